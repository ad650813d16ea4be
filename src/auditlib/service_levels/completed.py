"""Interval counts with everything that follows from what they say: of the latest export, each column filled.

Conventions: an interval that was exported on several days holds as it was exported last. Who was answered was
answered in time or late, so that two of the three counts say the third. A rounded share of those given up
says their number up to its rounding. Where a part is more than its whole nothing is known of the interval but
how many contacts were offered in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import narwhals as nw

INTERVAL = ("unit_id", "channel", "queue", "starts_at")
"""What makes two rows counts of the same interval, whatever day they were exported on."""
OPTIONAL = ("abandoned_in_time", "abandoned_short", "short_seconds", "flowed_out", "waiting", "answered_late")
"""Optional counts, which are unknown where no source feeds them."""
_STEPS = (0.01, 0.001, 0.0001, 0.00001, 0.000001)
_EXACT = 1e-9
_EXACT_COUNT = 1e-6
"""What binary fractions add to a share or to a count that is a multiple of its step."""


def completed(intervals: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return the latest export of each interval, with what follows from other columns.

    Adds every column of `OPTIONAL`, ``abandoned_least`` and ``abandoned_most``, which differ from
    ``abandoned`` where a rounded share says it, and ``contradicting``: whether a part is more than its whole.
    """
    names = intervals.collect_schema().names()
    if "abandoned_most" in names:
        return intervals
    return _believed(_abandoned(_answered(_with_every_column(latest_exports(intervals)))))


def latest_exports(intervals: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return each interval as it was exported last; one without a day of export came before all."""
    import narwhals as nw

    if not exported_again(intervals):
        return intervals
    exported = nw.col("exported_on").cast(nw.Int64).fill_null(-1)
    ranked = intervals.with_columns(exported=exported).with_columns(
        latest=nw.col("exported").max().over(*INTERVAL)
    )
    return ranked.filter(nw.col("exported") == nw.col("latest")).drop("exported", "latest")


def exported_again(intervals: nw.LazyFrame[Any]) -> bool:
    """Return whether the counts are of more than one day of export."""
    import narwhals as nw

    if "exported_on" not in intervals.collect_schema().names():
        return False
    days = intervals.select(
        first=nw.col("exported_on").min(),
        last=nw.col("exported_on").max(),
        dated=nw.col("exported_on").count(),
        rows=nw.len(),
    )
    first, last, dated, rows = days.collect().rows()[0]
    return first is not None and (first != last or dated != rows)


def _with_every_column(intervals: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    import narwhals as nw

    present = intervals.collect_schema().names()
    absent = [nw.lit(None, dtype=nw.Int64).alias(name) for name in OPTIONAL if name not in present]
    return intervals.with_columns(*absent) if absent else intervals


def _answered(intervals: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Fill in the third of those answered, answered in time and answered late."""
    import narwhals as nw

    whole, quick, late = nw.col("answered"), nw.col("answered_in_time"), nw.col("answered_late")
    return intervals.with_columns(
        answered=nw.when(whole.is_null()).then(quick + late).otherwise(whole),
        answered_in_time=nw.when(quick.is_null()).then(whole - late).otherwise(quick),
    )


def _abandoned(intervals: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Fill in those given up from their share, with the least and the most that its rounding allows."""
    import narwhals as nw

    counted = nw.col("abandoned")
    if "abandoned_share" not in intervals.collect_schema().names():
        return intervals.with_columns(abandoned_least=counted, abandoned_most=counted)
    half = share_step(intervals) / 2
    offered, share = nw.col("offered"), nw.col("abandoned_share")
    by_share = counted.is_null() & ~share.is_null()
    nearest = (share * offered).round(0)
    # A count lies as near to its share as rounding can move it, and among those that nothing else became of.
    least = ((share - half) * offered - _EXACT_COUNT).ceil()
    most = ((share + half) * offered + _EXACT_COUNT).floor()
    least = _smaller(nw.when(least > 0).then(least).otherwise(0), nearest)
    unclaimed = offered - nw.col("answered").fill_null(0) - nw.col("flowed_out").fill_null(0)
    most = _smaller(nw.when(most > nearest).then(most).otherwise(nearest), offered)
    most = nw.when((most > unclaimed) & (unclaimed >= least)).then(unclaimed).otherwise(most)
    nearest = _smaller(nearest, most)
    return intervals.with_columns(
        **{
            name: nw.when(by_share).then(value.cast(nw.Int64)).otherwise(counted)
            for name, value in (("abandoned", nearest), ("abandoned_least", least), ("abandoned_most", most))
        }
    )


_PARTS = (
    ("answered_in_time", "answered"),
    ("answered_late", "answered"),
    ("abandoned_in_time", "abandoned_most"),
    ("abandoned_short", "abandoned_most"),
)
"""Counts that are part of another of the same interval; intake looks at those that are said alone."""
_COUNTS = ("answered", "answered_in_time", "abandoned", "abandoned_least", "abandoned_most", *OPTIONAL)


def _believed(intervals: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Take nothing of an interval for known, but those offered, where a part is more than its whole."""
    import narwhals as nw

    exceeds = [nw.col(part) > nw.col(whole) for part, whole in _PARTS]
    if "within_seconds" in intervals.collect_schema().names():
        # Of those given up within the shorter limit none waited beyond the longer.
        brief, quick = nw.col("abandoned_short"), nw.col("abandoned_in_time")
        limit, short_limit = nw.col("within_seconds"), nw.col("short_seconds")
        exceeds += [(short_limit < limit) & (brief > quick), (short_limit > limit) & (quick > brief)]
    marked = intervals.with_columns(contradicting=nw.any_horizontal(*exceeds, ignore_nulls=True))
    known = ~nw.col("contradicting")
    counts = [name for name in _COUNTS if name != "short_seconds"]
    return marked.with_columns(nw.when(known).then(nw.col(name)).alias(name) for name in counts)


def _smaller(value: nw.Expr, bound: nw.Expr) -> nw.Expr:
    import narwhals as nw

    return nw.when(value < bound).then(value).otherwise(bound)


def share_step(intervals: nw.LazyFrame[Any]) -> float:
    """Return the coarsest step that all shares of those given up are multiples of; 0 where none is."""
    import narwhals as nw

    share = nw.col("abandoned_share")
    off = {
        f"step_{place}": ((share / step).round(0) * step - share).abs().max()
        for place, step in enumerate(_STEPS)
    }
    apart = intervals.select(**off).collect().rows()[0]
    fitting = (step for step, most in zip(_STEPS, apart, strict=True) if (most or 0.0) < _EXACT)
    return next(fitting, 0.0)
