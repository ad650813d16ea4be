"""Business time: elapsed and deadline, exact inverses, over windows, holidays and clock changes.

Three forms of one law: `elapsed_one` and `deadline_one` read like the clause; `elapsed` and `deadline`
answer for arrays on a `timetable`; `with_elapsed` and `with_deadline` are table expressions. Instants
and open times are integer microseconds. Nothing here reads a file or asks the time.
"""

from auditlib.calendars.calendar import (
    ALWAYS,
    HOUR,
    MINUTE,
    SECOND,
    UTC_DAY,
    Calendar,
    Window,
    local_day,
    reached,
)
from auditlib.calendars.clause import deadline_one, elapsed_one, merge
from auditlib.calendars.pauses import Pauses, deadline_paused, elapsed_paused, pauses
from auditlib.calendars.public_holidays import public_holidays, subdivision_of, subdivisions
from auditlib.calendars.tables import ClockTables, clock_tables, with_deadline, with_elapsed, with_total
from auditlib.calendars.timetable import Timetable, deadline, elapsed, timetable, total
from auditlib.calendars.zones import ZoneTables, with_day_end, with_local_day, zone_tables

__all__ = [
    "ALWAYS",
    "HOUR",
    "MINUTE",
    "SECOND",
    "UTC_DAY",
    "Calendar",
    "ClockTables",
    "Pauses",
    "Timetable",
    "Window",
    "ZoneTables",
    "clock_tables",
    "deadline",
    "deadline_one",
    "deadline_paused",
    "elapsed",
    "elapsed_one",
    "elapsed_paused",
    "local_day",
    "merge",
    "pauses",
    "public_holidays",
    "reached",
    "subdivision_of",
    "subdivisions",
    "timetable",
    "total",
    "with_day_end",
    "with_deadline",
    "with_elapsed",
    "with_local_day",
    "with_total",
    "zone_tables",
]
