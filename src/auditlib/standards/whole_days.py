"""Time between instants of which some are known by their day alone: it lies between a least and a most.

A day without a time is a day, not its midnight. What the whole of that day leaves open is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from auditlib.contracts import WHOLE_DAY
from auditlib.time.epoch import DAY

if TYPE_CHECKING:
    import narwhals as nw


BY_DAYS = ", or leave it open by their days without times"
"""What is added to what rows do not say."""


class Moment(NamedTuple):
    """An instant in UTC microseconds; where only its day is known, that day's first."""

    at: int
    whole_day: bool = False


def within_one(start: Moment, end: Moment, *, limit: int, included: bool = True) -> bool | None:
    """Return whether `end` came within `limit` of `start`; None where their days leave that open.

    Parameters
    ----------
    start, end
        The two instants; `end` is not before `start`.
    limit
        Microseconds.
    included
        Whether a time of exactly `limit` is within it.
    """
    day = DAY - 1
    least = max(0, end.at - start.at - day * start.whole_day)
    most = end.at - start.at + day * end.whole_day
    outcomes = {time <= limit if included else time < limit for time in (least, most)}
    return outcomes.pop() if len(outcomes) == 1 else None


def whole_day(frame: nw.LazyFrame[Any], stem: str) -> nw.Expr:
    """Return whether only the day of an instant is known; never where the table does not say."""
    import narwhals as nw

    if f"{stem}_second" not in frame.collect_schema().names():
        return nw.lit(value=False)
    return (nw.col(f"{stem}_second") == WHOLE_DAY).fill_null(value=False)


def beyond(whole: nw.Expr) -> nw.Expr:
    """Return by how much an instant may lie later: up to a day where no time is known, else nothing."""
    import narwhals as nw

    return nw.when(whole).then(nw.lit(DAY - 1)).otherwise(nw.lit(0))


def within(least: nw.Expr, most: nw.Expr, *, limit: int, included: bool = True) -> nw.Expr:
    """Return whether a time kept to `limit`; empty where it is missing, or its bounds leave that open."""
    import narwhals as nw

    surely = most <= limit if included else most < limit
    surely_not = least > limit if included else least >= limit
    inside = nw.when(surely).then(nw.lit(value=True))
    return inside.when(surely_not).then(nw.lit(value=False))


def repeated(
    frame: nw.LazyFrame[Any], stem: str, *, of: Sequence[str], key: str, limit: int, included: bool = True
) -> nw.LazyFrame[Any]:
    """Add ``again``: whether a row came within `limit` of the last one that agrees with it in `of`.

    False for the first of its kind; empty where the days of the two leave it open. See `within_one`.
    """
    import narwhals as nw

    at = nw.col(f"{stem}_at")
    order = [f"{stem}_at", key]
    marked = frame.with_columns(may_be_later=beyond(whole_day(frame, stem)))
    since = at - at.shift(1).over(*of, order_by=order)
    later = nw.col("may_be_later").shift(1).over(*of, order_by=order)
    timed = marked.with_columns(since=since, begun_later=later)
    least, most = nw.col("since") - nw.col("begun_later"), nw.col("since") + nw.col("may_be_later")
    least = nw.when(least > 0).then(least).otherwise(nw.lit(0))
    first = nw.col("since").is_null()
    again = within(least, most, limit=limit, included=included)
    return timed.with_columns(again=nw.when(first).then(nw.lit(value=False)).otherwise(again))


def holds_days(frame: nw.LazyFrame[Any], *stems: str) -> bool:
    """Return whether any of these instants is known by its day alone."""
    import narwhals as nw

    present = frame.collect_schema().names()
    mine = [stem for stem in stems if f"{stem}_second" in present]
    if not mine:
        return False
    days = [whole_day(frame, stem).cast(nw.Int64).sum().alias(stem) for stem in mine]
    return any(count for count in frame.select(*days).collect().rows()[0])
