"""What units are compared on: shares of contacts by unit and day, as the criteria of an audit ask for them.

Compared are the share answered in time and the share given up of each channel a criterion names, and the
share of waits longer than the median of the channel: where a unit's median is higher than that of the others,
more than half of its waits are longer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import to_pandas
from auditlib.records import Criterion, Direction, Refusal
from auditlib.service_levels.channels import NO_CONTACTS
from auditlib.service_levels.completed import completed
from auditlib.service_levels.counts import TABLE
from auditlib.service_levels.doubted import latest_intervals
from auditlib.service_levels.unit_days import sums_by_day
from auditlib.service_levels.waiting.channel_words import by, spoken
from auditlib.service_levels.waiting.patience import no_abandonment
from auditlib.service_levels.waiting.timed import (
    ANSWERED,
    BOTH,
    CONTACTS,
    GIVEN_UP,
    UNKNOWN,
    whole_seconds,
)
from auditlib.service_levels.waits import SECOND
from auditlib.time.months import months_of_days

if TYPE_CHECKING:
    import narwhals as nw

IN_TIME, LONG_WAIT = "answered_within", "long_wait"
GIVEN = "abandoned"
_FAMILIES = (IN_TIME, GIVEN)


@dataclass(frozen=True, slots=True)
class UnitShare:
    """What units are compared on.

    Parameters
    ----------
    measure
        ``answered_within``, ``abandoned`` or ``long_wait``.
    seconds
        Limit that contacts are answered within, or the median wait of the channel; 0 of those given up.
    good
        Whether a high share is good (`Direction.AT_LEAST`) or a low one.
    table
        Of the contacts: single ones, or interval counts.
    """

    measure: str
    channel: str
    seconds: int
    good: Direction
    table: str = CONTACTS

    @property
    def key(self) -> str:
        """End of the keys of its numbers."""
        return f"{self.measure}:{self.channel}"


def shares_asked(criteria: Sequence[Criterion]) -> tuple[UnitShare, ...]:
    """Return what the criteria of an audit have units compared on, each once.

    Parameters
    ----------
    criteria
        What the edition demands; those about other things are passed over.
    """
    asked = [
        UnitShare(
            criterion.metric,
            str(criterion.options["channel"]),
            int(criterion.options.get("seconds", 0)),
            criterion.target.direction,
        )
        for criterion in criteria
        if criterion.metric in _FAMILIES
    ]
    channels = dict.fromkeys(share.channel for share in asked if share.measure == IN_TIME)
    long_waits = [UnitShare(LONG_WAIT, channel, 0, Direction.AT_MOST) for channel in channels]
    return tuple(dict.fromkeys((*asked, *long_waits)))


def by_unit_and_day(
    tables: CanonicalTables, contacts: nw.LazyFrame[Any] | None, asked: UnitShare
) -> tuple[UnitShare, pd.DataFrame] | Refusal:
    """Return contacts that meet, and all of them, by unit and day.

    Contacts of which it is not known whether they meet are left out of both; the frame has ``unit_id``,
    ``meeting``, ``cases`` and ``unknown``.

    Parameters
    ----------
    contacts
        See `timed`; None where there are no single contacts.
    """
    import narwhals as nw

    if contacts is None:
        return _from_counts(tables, asked)
    ours = contacts.filter(nw.col("channel") == asked.channel)
    if asked.measure == LONG_WAIT:
        return _long_waits(ours, asked)
    meeting = _in_time(asked.seconds) if asked.measure == IN_TIME else _gave_up()
    days = _summed(ours, meeting)
    if asked.measure == GIVEN and not days.empty and not days["meeting"].sum():
        return no_abandonment(asked.channel)
    return (asked, days) if not days.empty else _no_contact(asked.channel)


def _no_contact(channel: str) -> Refusal:
    return Refusal(f"No contact {by(channel)} lies in the period.", f"Ask for the contacts {by(channel)}.")


def _in_time(seconds: int) -> nw.Expr:
    """Return 1 where a contact was answered in time, 0 where not; empty where nobody knows.

    One said to be both answered and given up that waited longer was not answered in time, whichever it was.
    """
    import narwhals as nw

    answered, left = nw.col("became") == ANSWERED, nw.col("left")
    quick = nw.when(left <= seconds * SECOND).then(nw.lit(1)).otherwise(nw.lit(0))
    timed = nw.when(~left.is_null()).then(quick)
    missed = nw.when((nw.col("answered_after") > seconds * SECOND).fill_null(value=False)).then(nw.lit(0))
    certain = nw.when(answered).then(timed).otherwise(nw.lit(0))
    return nw.when(nw.col("became") == BOTH).then(missed).otherwise(certain)


def _gave_up() -> nw.Expr:
    import narwhals as nw

    known = ~nw.col("became").is_in([UNKNOWN, BOTH])
    return nw.when(known).then((nw.col("became") == GIVEN_UP).cast(nw.Int64))


def _summed(contacts: nw.LazyFrame[Any], meeting: nw.Expr) -> pd.DataFrame:
    import narwhals as nw

    meets = nw.col("meets")
    return sums_by_day(
        contacts.select("unit_id", "day", meets=meeting),
        day="day",
        meeting=meets.fill_null(0).cast(nw.Int64),
        cases=(~meets.is_null()).cast(nw.Int64),
        unknown=meets.is_null().cast(nw.Int64),
    )


def _long_waits(contacts: nw.LazyFrame[Any], asked: UnitShare) -> tuple[UnitShare, pd.DataFrame] | Refusal:
    """Return waits longer than the median of the channel, by unit and day."""
    import narwhals as nw

    answered = contacts.filter(nw.col("became") == ANSWERED, ~nw.col("left").is_null())
    steps = answered.select(seconds=whole_seconds("left")).group_by("seconds").agg(cases=nw.len())
    waits = to_pandas(steps.sort("seconds"))
    if waits.empty:
        return _no_contact(asked.channel)
    up_to = np.cumsum(waits["cases"].to_numpy(dtype=np.int64))
    median = int(waits["seconds"].iloc[int(np.searchsorted(2 * up_to, up_to[-1]))])
    longer = (whole_seconds("left") > median).cast(nw.Int64)
    share = UnitShare(LONG_WAIT, asked.channel, median, asked.good)
    return share, _summed(answered, longer)


def _from_counts(tables: CanonicalTables, asked: UnitShare) -> tuple[UnitShare, pd.DataFrame] | Refusal:
    """Return the same from interval counts, where these say it."""
    import narwhals as nw

    if TABLE not in tables.tables:
        return NO_CONTACTS
    if asked.measure == LONG_WAIT:
        return Refusal(
            f"Interval counts of {spoken(asked.channel)} do not say how long single contacts waited.",
            "Ask for the contacts of the period.",
        )
    # Rounded shares given up say their number up to their rounding, small beside what units differ by.
    intervals = completed(latest_intervals(tables).filter(nw.col("channel") == asked.channel))
    quick = nw.when(nw.col("within_seconds") == asked.seconds).then(nw.col("answered_in_time"))
    meets = quick if asked.measure == IN_TIME else nw.col("abandoned")
    rows = intervals.select(
        "unit_id", day=nw.col("starts_day").cast(nw.Int64), meets=meets, offered=nw.col("offered")
    )
    told = ~nw.col("meets").is_null()
    days = sums_by_day(
        rows,
        day="day",
        meeting=nw.col("meets").fill_null(0),
        cases=nw.when(told).then(nw.col("offered")).otherwise(nw.lit(0)),
        unknown=nw.when(told).then(nw.lit(0)).otherwise(nw.col("offered")),
    )
    days = _possible(days)
    if days.empty or not days["cases"].sum():
        return Refusal(
            f"The interval counts of {spoken(asked.channel)} do not say it at this limit.",
            "Ask for the contacts of the period.",
        )
    share = UnitShare(asked.measure, asked.channel, asked.seconds, asked.good, TABLE)
    return share, days


def _possible(days: pd.DataFrame) -> pd.DataFrame:
    """Leave contacts of a unit and month unknown where more met than came: those before waited for it."""
    months = months_of_days(days["day"].to_numpy(dtype=np.int64))
    sums = days.groupby([days["unit_id"], months])[["meeting", "cases"]].transform("sum")
    impossible = sums["meeting"] > sums["cases"]
    unknown = days["unknown"] + days["cases"].where(impossible, 0)
    return days.assign(
        meeting=days["meeting"].mask(impossible, 0), cases=days["cases"].mask(impossible, 0), unknown=unknown
    )


def channels_of(asked: Sequence[UnitShare]) -> Iterator[str]:
    """Yield the channels that units are compared on, each once."""
    yield from dict.fromkeys(share.channel for share in asked)
