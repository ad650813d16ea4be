"""The rules of interval counts: who was answered in time was answered, and an interval is long and is over.

More can be answered or given up in an interval than came in it: who waits when it ends counts in the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditlib.contracts import WHOLE_DAY, Table
from auditlib.evidence.rule import QuarantineRule
from auditlib.evidence.totals import totals_in
from auditlib.records import Reason
from auditlib.time.epoch import DAY_SECONDS, SECOND

if TYPE_CHECKING:
    import narwhals as nw


def counted_rules(contract: Table, as_of: int) -> Iterator[QuarantineRule]:
    """Yield the rules of a table of interval counts; none for another table."""
    import narwhals as nw

    for name in totals_in(contract):
        message = "this names a row of totals or averages, which the other rows already say"
        yield QuarantineRule(Reason.OVERLAP, name, nw.col(f"{name}__total"), message)
    if contract.name != "interval_counts":
        return
    more = nw.col("answered_in_time") > nw.col("answered")
    yield QuarantineRule(Reason.SCALE, "answered_in_time", more, "more were answered in time than answered")
    yield from _length_rules(as_of)


def _length_rules(as_of: int) -> Iterator[QuarantineRule]:
    import narwhals as nw

    no_end, no_length = nw.col("ended_at").is_null(), nw.col("length").is_null()
    unsaid = "neither the end nor the length of the interval is said"
    yield QuarantineRule(Reason.TIME, "starts", no_end & no_length, unsaid)
    yield QuarantineRule(Reason.TIME, "length", nw.col("length") == 0, "an interval has a length above zero")
    lasted = seconds_until_end()
    yield QuarantineRule(Reason.TIME, "ended", lasted == 0, "the interval ends when it starts")
    # Reports write the end of a half hour as 09:30:00 or as 09:29:59.
    missing = nw.col("length") - lasted
    cut = "the interval was cut short: it ends before its length is over"
    yield QuarantineRule(Reason.TIME, "ended", missing > 1, cut)
    yield QuarantineRule(Reason.TIME, "ended", missing < 0, "the interval is longer than its length")
    unfinished = "the interval was cut short: it was not over at the instant of the audit"
    ends = nw.when(no_end).then(nw.col("starts_at") + nw.col("length") * SECOND).otherwise(nw.col("ended_at"))
    yield QuarantineRule(Reason.FUTURE, "starts", ends > as_of, unfinished)


def seconds_until_end() -> nw.Expr:
    """Return the seconds from the start of an interval to its end; an end that is a day is included."""
    import narwhals as nw

    days = (nw.col("ended_day") - nw.col("starts_day") + 1).cast(nw.Int64) * DAY_SECONDS
    apart = (nw.col("ended_at") - nw.col("starts_at")) // SECOND
    return nw.when(nw.col("ended_second") == WHOLE_DAY).then(days).otherwise(apart)
