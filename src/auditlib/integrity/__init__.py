"""Signs that scores are managed rather than earned, looked for wherever pay depends on them.

`examine` runs every detector on every group of units linked on one day. No sign proves anything: each comes
with its null model, its rate of false alarms, and what else would look the same.
"""

from auditlib.integrity.answer import IntegrityAnswer
from auditlib.integrity.detection import Detection, SignStrength
from auditlib.integrity.detectors import DETECTORS, Detector
from auditlib.integrity.examine import estimate, examine
from auditlib.integrity.performance import Performance, performance
from auditlib.integrity.policy import IntegrityPolicy, policy_of
from auditlib.integrity.result import IntegrityResult

__all__ = [
    "DETECTORS",
    "Detection",
    "Detector",
    "IntegrityAnswer",
    "IntegrityPolicy",
    "IntegrityResult",
    "Performance",
    "SignStrength",
    "estimate",
    "examine",
    "performance",
    "policy_of",
]
