"""Contacts with what they waited and how long they were handled, one row each.

Conventions: a wait runs from the offer in real seconds, until the contact was answered or, for those never
answered, until it left the queue; who neither was answered nor left waits until the audit's instant. Handling
runs from the answer to the end. Where one of the two instants is a day without a time, or the later one lies
before the earlier, the time is unknown; so are those of a contact said to be both answered and given up.
Times are whole seconds, what is left over is dropped, in quantiles
and in curves; means are of microseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditlib.contracts import WHOLE_DAY, CanonicalTables
from auditlib.service_levels.contradictory import contradictory
from auditlib.service_levels.legs import joined_legs
from auditlib.service_levels.waits import SECOND
from auditlib.standards.whole_days import whole_day

if TYPE_CHECKING:
    import narwhals as nw

CONTACTS = "interactions"
ANSWERED, GIVEN_UP, NEITHER, UNKNOWN = "answered", "given_up", "neither", "unknown"
BOTH = "contradictory"
"""What is said to have become of a contact that cannot have become both."""
BECAME = (ANSWERED, GIVEN_UP, NEITHER, UNKNOWN, BOTH)
"""What may have become of a contact; unknown is whether one that was never answered gave up."""
_HOUR = 3600
_NAMED = ("matter", "queue")
"""What a contact may be about or offered to; empty where no source says it."""
_PLACES = ("unit_id", "channel", "day", "hour", *_NAMED)


def timed(tables: CanonicalTables, *, as_of: int) -> nw.LazyFrame[Any] | None:
    """Return the contacts of the period with their times; None where the evidence has no single contacts.

    Parameters
    ----------
    as_of
        Instant of the audit, in UTC microseconds: who still waits has waited until then.

    Returns
    -------
    narwhals.LazyFrame
        unit_id, channel, day, hour (local, of the offer; empty without a time), matter and queue (empty where
        no source says them), became (one of `BECAME`), left, handled (microseconds in the queue and from the
        answer to the end; empty where unknown), answered_after (microseconds until the answer, also where the
        contact is said to be given up as well; empty where unknown).
    """
    import narwhals as nw

    if CONTACTS not in tables.tables:
        return None
    contacts = joined_legs(tables.lazy(CONTACTS)).filter(nw.col("in_period"))
    answered, ended = nw.col("answered_at"), nw.col("ended_at")
    never = answered.is_null()
    waiting = never & ended.is_null() & ~nw.col("abandoned").fill_null(value=False)
    until = nw.when(~never).then(answered).when(waiting).then(nw.lit(as_of)).otherwise(ended)
    day_alone = whole_day(contacts, "offered") | (~never & whole_day(contacts, "answered"))
    vague = day_alone | (never & whole_day(contacts, "ended"))
    left = until - nw.col("offered_at")
    handled = ended - answered
    handled_vague = whole_day(contacts, "answered") | whole_day(contacts, "ended")
    timed_rows = contacts.with_columns(
        day=nw.col("offered_day").cast(nw.Int64),
        hour=_hour(),
        **{name: _named(contacts, name) for name in _NAMED},
        became=_became(never),
        left=nw.when(~(vague | contradictory()) & (left >= 0)).then(left),
        answered_after=nw.when(~(vague | never) & (left >= 0)).then(left),
        handled=nw.when(~(handled_vague | contradictory()) & (handled >= 0)).then(handled),
    )
    return timed_rows.select(*_PLACES, "became", "left", "handled", "answered_after")


def whole_seconds(column: str) -> nw.Expr:
    """Return microseconds as whole seconds."""
    import narwhals as nw

    # Exact for the times of a lifetime, and far cheaper in the database than dividing whole numbers.
    return (nw.col(column) / SECOND).floor().cast(nw.Int64)


def _hour() -> nw.Expr:
    import narwhals as nw

    second = nw.col("offered_second").cast(nw.Int64)
    return nw.when(second != WHOLE_DAY).then((second / _HOUR).floor().cast(nw.Int64))


def _named(contacts: nw.LazyFrame[Any], name: str) -> nw.Expr:
    import narwhals as nw

    mapped = name in contacts.collect_schema().names()
    return nw.col(name) if mapped else nw.lit(None, dtype=nw.String)


def _became(never: nw.Expr) -> nw.Expr:
    import narwhals as nw

    gave_up = nw.col("abandoned")
    both = nw.when(contradictory()).then(nw.lit(BOTH))
    became = both.when(~never).then(nw.lit(ANSWERED)).when(gave_up).then(nw.lit(GIVEN_UP))
    return became.when(~gave_up).then(nw.lit(NEITHER)).otherwise(nw.lit(UNKNOWN))
