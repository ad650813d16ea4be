"""What goes with dissatisfaction, and whether something is done about it.

`examine` ranks the questions of each survey by impact times frequency, and the causes that customers name,
and holds the register of systemic actions against the first of them.
"""

from auditlib.drivers.answer import DriversAnswer
from auditlib.drivers.coverage import Covered
from auditlib.drivers.examine import examine
from auditlib.drivers.policy import DriversPolicy, policy_of
from auditlib.drivers.questions import DriverQuestion, Survey
from auditlib.drivers.result import Driver, DriversResult

__all__ = [
    "Covered",
    "Driver",
    "DriverQuestion",
    "DriversAnswer",
    "DriversPolicy",
    "DriversResult",
    "Survey",
    "examine",
    "policy_of",
]
