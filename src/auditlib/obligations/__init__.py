"""What is owed after a trigger, by whom, by when, and what became of it: one engine for every duty.

`assess_one` is the law, one case at a time; `assess` is the same law as a table expression; `conclude`
judges a rule by its kind; `ObligationPolicy` is the rules as data.
"""

from auditlib.obligations.conclusion import Conclusion, conclude
from auditlib.obligations.hours import UnitPlace, WorkingHours, hours_of_rule, working_hours
from auditlib.obligations.law import Case, Status, assess_one
from auditlib.obligations.policy import (
    EVERY,
    CalendarChoice,
    Deviations,
    DutyRule,
    Limit,
    ObligationPolicy,
)
from auditlib.obligations.table import COLUMNS, assess

__all__ = [
    "COLUMNS",
    "EVERY",
    "CalendarChoice",
    "Case",
    "Conclusion",
    "Deviations",
    "DutyRule",
    "Limit",
    "ObligationPolicy",
    "Status",
    "UnitPlace",
    "WorkingHours",
    "assess",
    "assess_one",
    "conclude",
    "hours_of_rule",
    "working_hours",
]
