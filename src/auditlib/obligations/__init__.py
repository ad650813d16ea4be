"""What is owed after a trigger, by whom, by when, and what became of it: one engine for every duty.

`assess_one` is the law, one case at a time; `assess` is the same law as a table expression; `rates` counts
what became of duties; `ObligationPolicy` is the rules as data. What follow-ups, desks and promised calls
need alike stands here: the calendars of units, shares met, and the register of duties.
"""

from auditlib.obligations.answer import (
    CalendarsAnswer,
    RatesAnswer,
    RegisterAnswer,
    calendars_of,
    register_of,
)
from auditlib.obligations.calendar_use import CalendarUse
from auditlib.obligations.context import DutyContext
from auditlib.obligations.hours import (
    UnitPlace,
    WorkingHours,
    calendar_file,
    hours_of_rule,
    unit_places,
    working_hours,
)
from auditlib.obligations.law import NEVER, Case, Status, assess_one
from auditlib.obligations.policy import (
    EVERY,
    CalendarChoice,
    Deviations,
    DutyRule,
    Limit,
    ObligationPolicy,
    no_policy,
)
from auditlib.obligations.rates import FAILED, SETTLED, STATUSES, Rates, rates
from auditlib.obligations.register import DutyRegister, register_rows
from auditlib.obligations.table import COLUMNS, assess

__all__ = [
    "COLUMNS",
    "EVERY",
    "FAILED",
    "NEVER",
    "SETTLED",
    "STATUSES",
    "CalendarChoice",
    "CalendarUse",
    "CalendarsAnswer",
    "Case",
    "Deviations",
    "DutyContext",
    "DutyRegister",
    "DutyRule",
    "Limit",
    "ObligationPolicy",
    "Rates",
    "RatesAnswer",
    "RegisterAnswer",
    "Status",
    "UnitPlace",
    "WorkingHours",
    "assess",
    "assess_one",
    "calendar_file",
    "calendars_of",
    "hours_of_rule",
    "no_policy",
    "rates",
    "register_of",
    "register_rows",
    "unit_places",
    "working_hours",
]
