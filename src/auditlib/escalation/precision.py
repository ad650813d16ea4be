"""Events of which only the day is known: a day begins when it begins and ends when it ends."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw

from auditlib.contracts import WHOLE_DAY, CanonicalTables
from auditlib.contracts.frames import Frame, collected
from auditlib.records import Reason
from auditlib.time.local_days import ZoneTables, with_day_end

EVENTS = {
    "responses": "submitted",
    "acknowledgements": "sent",
    "follow_ups": "held",
    "follow_up_reports": "presented",
}
"""Tables by the instant that a duty is judged on."""
DAY_ONLY, NO_CALENDAR = "only the day is known", "no calendar for the unit"
UNRECORDED, IN_QUARANTINE = "not recorded", "in quarantine"
"""Why a status is unknown; these name the empty columns, or the table and the reason, after a colon."""
_DOUBTS = {
    DAY_ONLY: "only the day of an event is known, and the time of day decides",
    NO_CALENDAR: "the policy names no calendar for the unit",
}


def doubt_of(detail: str) -> str:
    """Return in words why a status is unknown."""
    if detail.startswith(IN_QUARANTINE):
        _, table, reason = detail.split(": ")
        return f"their record in {table.replace('_', ' ')} is in quarantine ({_fault(reason)})"
    columns = detail.removeprefix(f"{UNRECORDED}: ").replace("_", " ")
    return _DOUBTS.get(detail, f"a row leaves open what the duty turns on ({columns})")


def _fault(reason: str) -> str:
    if reason == Reason.TIME:
        return "no date or time, or one that cannot be"
    return Reason.of(reason).sentence


@dataclass(frozen=True, slots=True)
class Days:
    """What is needed where the evidence knows some events by their day alone.

    Parameters
    ----------
    zones
        Local days of the units' zones.
    as_of
        UTC microseconds; what is recorded had happened by then.
    """

    zones: ZoneTables
    as_of: int


def day_only(tables: CanonicalTables) -> bool:
    """Return whether any event that a duty is judged on is known by its day alone."""
    return any(_holds_days(tables, table, stem) for table, stem in EVENTS.items())


def _holds_days(tables: CanonicalTables, table: str, stem: str) -> bool:
    if table not in tables.tables:
        return False
    frame = tables.lazy(table)
    if f"{stem}_second" not in frame.collect_schema().names():
        return False
    days = frame.select((nw.col(f"{stem}_second") == WHOLE_DAY).cast(nw.Int64).sum().alias("days"))
    return bool(collected(days).rows()[0][0])


def with_until(events: Frame, days: Days, *, stem: str) -> Frame:
    """Add ``<stem>_until``: the last instant an event may have been; its own where that is known.

    `events` names its zone in ``zone``, and holds ``<stem>_at``, ``<stem>_day`` and ``<stem>_second``.
    """
    ended = with_day_end(events, days.zones, day=f"{stem}_day", zone="zone", into="last")
    # The day ends with its last microsecond: midnight is the next day.
    last = nw.min_horizontal(nw.col("last") - 1, nw.lit(days.as_of))
    until = nw.when(whole_day(stem)).then(last).otherwise(nw.col(f"{stem}_at"))
    return ended.with_columns(nw.max_horizontal(until, nw.col(f"{stem}_at")).alias(f"{stem}_until")).drop(
        "last"
    )


def whole_day(stem: str) -> nw.Expr:
    """Return whether only the day of an instant is known."""
    return (nw.col(f"{stem}_second") == WHOLE_DAY).fill_null(value=False)


def follows(later: str, earlier: str, *, day: str = "") -> nw.Expr:
    """Return whether the instant `later` is not before `earlier`; by their days where one is a whole day.

    Parameters
    ----------
    later, earlier
        Stems of instants with ``_at``, ``_day`` and ``_second``.
    day
        Column with the day of `earlier`, where it is not its own.
    """
    by_day = nw.col(f"{later}_day") >= nw.col(day or f"{earlier}_day")
    exactly = nw.col(f"{later}_at") >= nw.col(f"{earlier}_at")
    return nw.when(whole_day(later) | whole_day(earlier)).then(by_day).otherwise(exactly)
