"""Means from interval counts: of all contacts together, and the mean of the intervals' own means.

The second counts an interval of three contacts as much as one of three thousand. Which of the two a party
publishes can change what it says (state Medicaid call centres, January 2024: 12.9 minutes as the mean of the
states, 17.7 of all calls).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import rows_in
from auditlib.records import Interval
from auditlib.service_levels.channel_contacts import channel_contacts
from auditlib.service_levels.counts import TABLE, counts
from auditlib.service_levels.unit_days import sums_by_day
from auditlib.service_levels.waiting.result import CountedMeans
from auditlib.statistics.clustered_share import pooled_share
from auditlib.statistics.clustered_times import mean_interval
from auditlib.statistics.strata import places

if TYPE_CHECKING:
    import narwhals as nw

_PARTS = 1_000_000
"""Means are added up in millionths, as whole numbers, so that sums do not depend on the order of rows."""


def counted_means(tables: CanonicalTables, *, level: float) -> tuple[CountedMeans, ...]:
    """Return the means that interval counts say, for each channel.

    Parameters
    ----------
    level
        Coverage of the intervals.
    """
    if TABLE not in tables.tables:
        return ()
    import narwhals as nw

    rows = tables.lazy(TABLE).filter(nw.col("in_period")).select("channel").unique().collect().rows()
    channels = sorted(str(channel) for (channel,) in rows)
    return tuple(entry for channel in channels for entry in _of_channel(tables, channel, level=level))


def _of_channel(tables: CanonicalTables, channel: str, *, level: float) -> Iterator[CountedMeans]:
    contacts = channel_contacts(tables, channel)
    used = counts(tables, channel, single=contacts is not None, why="there are no single contacts")
    if used is None or not used.intervals:
        return
    intervals = used.used
    for measure, column, of in (
        ("wait", "mean_wait", "answered"),
        ("given_up", "abandoned_share", "offered"),
    ):
        if column in intervals.collect_schema().names():
            entry = _means(intervals, channel, measure=measure, column=column, of=of, level=level)
            if entry is not None:
                yield entry
    handled = _handled(intervals, channel, level=level)
    if handled is not None:
        yield handled


def _means(
    intervals: nw.LazyFrame[Any], channel: str, *, measure: str, column: str, of: str, level: float
) -> CountedMeans | None:
    """Return both means of a column, weighted by `of` or, where none says that, by contacts offered.

    Of an interval without such a contact there is no mean, whatever the source writes there: mostly nought.
    """
    import narwhals as nw

    saying = intervals.filter(~nw.col(column).is_null())
    weight = of if rows_with(saying, of) else "offered"
    weighted = saying.filter(nw.col(weight) > 0)
    millionths = (nw.col(column) * _PARTS).round().cast(nw.Int64)
    days = sums_by_day(
        weighted,
        day="starts_day",
        rows=nw.lit(1),
        plain=millionths,
        time=millionths * nw.col(weight),
        cases=nw.col(weight),
    )
    total = int(days["cases"].sum())
    if not total:
        return None
    rows = int(days["rows"].sum())
    pooled = int(days["time"].sum()) / _PARTS / total
    plain = int(days["plain"].sum()) / _PARTS / rows
    limits = _limits(days, measure=measure, level=level)
    concerned = _concerned(intervals, weight)
    return CountedMeans(channel, measure, rows, concerned, total, weight, pooled, plain, limits)


def _concerned(intervals: nw.LazyFrame[Any], weight: str) -> int:
    """Return the intervals that could say a mean: all but those known to have no contact of the kind."""
    import narwhals as nw

    return rows_in(intervals.filter((nw.col(weight) != 0).fill_null(value=True)))


def _handled(intervals: nw.LazyFrame[Any], channel: str, *, level: float) -> CountedMeans | None:
    """Return the mean handle time: seconds handled over contacts answered."""
    import narwhals as nw

    if "handle_seconds" not in intervals.collect_schema().names():
        return None
    saying = intervals.filter(~nw.col("handle_seconds").is_null(), ~nw.col("answered").is_null())
    seconds = nw.col("handle_seconds").cast(nw.Int64) * _PARTS
    days = sums_by_day(
        saying, day="starts_day", rows=nw.lit(1), plain=nw.lit(0), time=seconds, cases=nw.col("answered")
    )
    total = int(days["cases"].sum())
    if not total:
        return None
    mean, rows = int(days["time"].sum()) / _PARTS / total, int(days["rows"].sum())
    limits = _limits(days, measure="handle", level=level)
    silent = intervals.filter(nw.col("handle_seconds").is_null() | nw.col("answered").is_null())
    concerned = rows + _concerned(silent, "answered")
    return CountedMeans(channel, "handle", rows, concerned, total, "answered", mean, None, limits)


def _limits(days: pd.DataFrame, *, measure: str, level: float) -> Interval | None:
    """Return limits of the pooled mean, days of units as clusters."""
    filled = days[days["cases"] > 0]
    cases = filled["cases"].to_numpy(dtype=np.float64)
    time = filled["time"].to_numpy(dtype=np.float64) / _PARTS
    unit = places(filled["unit_id"])
    if measure != "given_up":
        return mean_interval(time, cases, unit, level=level)
    low, high = pooled_share(time, cases, unit).limits(level=level)
    return Interval(low, high, level, "Wilson, days of units as clusters")


def rows_with(intervals: nw.LazyFrame[Any], column: str) -> bool:
    """Return whether any interval says a column."""
    import narwhals as nw

    return bool(intervals.select(saying=(~nw.col(column).is_null()).any()).collect().rows()[0][0])
