"""Signs that scores are managed rather than earned, looked for wherever pay depends on them.

`examine` runs every detector on every group of units linked on one day. No sign proves anything: each comes
with its null model and what else would look the same; and silence comes with what would have been seen.
"""

from auditlib.integrity.answer import IntegrityAnswer
from auditlib.integrity.detection import Detection, SignStrength
from auditlib.integrity.detectors import DETECTORS, FAULTS, Detector, Fault
from auditlib.integrity.examine import estimate, examine
from auditlib.integrity.policy import IntegrityPolicy, policy_of
from auditlib.integrity.result import IntegrityResult, Reach
from auditlib.integrity.visibility import Visibility

__all__ = [
    "DETECTORS",
    "FAULTS",
    "Detection",
    "Detector",
    "Fault",
    "IntegrityAnswer",
    "IntegrityPolicy",
    "IntegrityResult",
    "Reach",
    "SignStrength",
    "Visibility",
    "estimate",
    "examine",
    "policy_of",
]
