"""Interval counts with everything that follows from what they say: of the latest export, each column filled.

Conventions: an interval that was exported on several days holds as it was exported last. Who was answered was
answered in time or late, so that two of the three counts say the third. A rounded share of those given up, or
answered in time, says their number up to its rounding. A mean handle time of those answered says its seconds.
Where a part is more than its whole nothing is known of the interval but how many contacts were offered in it.
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

    Adds every column of `OPTIONAL`; for ``abandoned`` and ``answered_in_time`` the ``_least`` and the
    ``_most`` that they are, which differ where a rounded share says the count; and ``contradicting``: whether
    a part is more than its whole.
    """
    names = intervals.collect_schema().names()
    if "abandoned_most" in names:
        return intervals
    whole = _answered(_with_every_column(latest_exports(intervals)))
    return _handled(_believed(_abandoned(_in_time(whole))))


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


SHARES_IN_TIME = {"in_time_of_answered": "answered", "in_time_of_offered": "offered"}
"""Shares answered in time, and what they are shares of."""
SHARES = {"abandoned": ("abandoned_share",), "answered_in_time": tuple(SHARES_IN_TIME)}
"""Counts, and the rounded shares that may say them."""


def _in_time(intervals: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Fill in those answered in time from their share: no more than were answered."""
    import narwhals as nw

    filled = _with_bounds(intervals, "answered_in_time")
    names = intervals.collect_schema().names()
    for share in (share for share in SHARES_IN_TIME if share in names):
        filled = _by_share(filled, "answered_in_time", share, SHARES_IN_TIME[share], room=nw.col("answered"))
    return filled


def _abandoned(intervals: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Fill in those given up from their share: among those that nothing else became of."""
    import narwhals as nw

    filled = _with_bounds(intervals, "abandoned")
    if "abandoned_share" not in intervals.collect_schema().names():
        return filled
    unclaimed = nw.col("offered") - nw.col("answered").fill_null(0) - nw.col("flowed_out").fill_null(0)
    return _by_share(filled, "abandoned", "abandoned_share", "offered", room=unclaimed)


def _with_bounds(intervals: nw.LazyFrame[Any], count: str) -> nw.LazyFrame[Any]:
    import narwhals as nw

    return intervals.with_columns(nw.col(count).alias(f"{count}_{end}") for end in ("least", "most"))


def _by_share(
    intervals: nw.LazyFrame[Any], count: str, column: str, of: str, *, room: nw.Expr
) -> nw.LazyFrame[Any]:
    """Fill in a count from its rounded share, with the least and the most that its rounding allows.

    A count lies as near to its share as rounding can move it, and is no more than there is room for.
    """
    import narwhals as nw

    half = share_step(intervals, column) / 2
    counted, whole, share = nw.col(count), nw.col(of), nw.col(column)
    by_share = counted.is_null() & ~share.is_null()
    nearest = (share * whole).round(0)
    least = ((share - half) * whole - _EXACT_COUNT).ceil()
    most = ((share + half) * whole + _EXACT_COUNT).floor()
    least = _smaller(nw.when(least > 0).then(least).otherwise(0), nearest)
    most = _smaller(nw.when(most > nearest).then(most).otherwise(nearest), whole)
    most = nw.when((most > room) & (room >= least)).then(room).otherwise(most)
    nearest = _smaller(nearest, most)
    bounds = {count: nearest, f"{count}_least": least, f"{count}_most": most}
    return intervals.with_columns(
        nw.when(by_share).then(value.cast(nw.Int64)).otherwise(nw.col(name)).alias(name)
        for name, value in bounds.items()
    )


def _handled(intervals: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Fill in the seconds of handling from their mean, to the nearest second."""
    import narwhals as nw

    names = intervals.collect_schema().names()
    if "mean_handle" not in names:
        return intervals
    by_mean = (nw.col("mean_handle") * nw.col("answered")).round(0).cast(nw.Int64)
    seconds = nw.col("handle_seconds") if "handle_seconds" in names else nw.lit(None, dtype=nw.Int64)
    return intervals.with_columns(handle_seconds=nw.when(seconds.is_null()).then(by_mean).otherwise(seconds))


_PARTS = (
    ("answered_in_time", "answered"),
    ("answered_late", "answered"),
    ("abandoned_in_time", "abandoned_most"),
    ("abandoned_short", "abandoned_most"),
)
"""Counts that are part of another of the same interval; intake looks at those that are said alone."""
_BOUNDED = ("answered_in_time", "abandoned")
_COUNTS = ("answered", *(f"{name}{end}" for name in _BOUNDED for end in ("", "_least", "_most")), *OPTIONAL)


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


def share_step(intervals: nw.LazyFrame[Any], column: str) -> float:
    """Return the coarsest step that all shares of a column are multiples of; 0 where none is."""
    import narwhals as nw

    share = nw.col(column)
    off = {
        f"step_{place}": ((share / step).round(0) * step - share).abs().max()
        for place, step in enumerate(_STEPS)
    }
    apart = intervals.select(**off).collect().rows()[0]
    fitting = (step for step, most in zip(_STEPS, apart, strict=True) if (most or 0.0) < _EXACT)
    return next(fitting, 0.0)
