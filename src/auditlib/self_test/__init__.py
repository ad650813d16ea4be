"""Would this audit have found what is wrong? Known faults planted in a copy of the client's own evidence.

Every check that is tried is the very one the audit uses; the evidence itself is never touched. `examine`
plants, asks the checks, and counts how much of what was planted they found, and what they found besides.
"""

from auditlib.self_test.answer import SelfTestAnswer
from auditlib.self_test.examine import examine
from auditlib.self_test.result import FaultTrial, SelfTest

__all__ = ["FaultTrial", "SelfTest", "SelfTestAnswer", "examine"]
