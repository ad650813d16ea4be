"""What a competent user would write in Polars: shares by every definition, and waits, with their limits."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks._clusters_in_numpy import (
    LEVEL,
    Floats,
    column,
    influences,
    mean_limits,
    pooled_limits,
    quantile,
    quantile_limits,
    share_limits,
    survival_limits,
    units_in,
)

MEETING = {
    "over_ended_abandoned_in_time_met": (("quick", "gone_quick"), ("slow", "gone_slow")),
    "over_answered": (("quick",), ("slow",)),
    "over_ended": (("quick",), ("slow", "gone")),
    "over_ended_without_abandoned_in_time": (("quick",), ("slow", "gone_slow")),
    "over_ended_short_met": (("quick", "gone_5"), ("slow", "gone_over_5")),
    "over_ended_without_short": (("quick",), ("slow", "gone_over_5")),
    "stat_server": (("quick",), ("slow", "gone_from_10")),
    "over_ended_and_flowed_out": (("quick",), ("slow", "gone")),
    "over_offered": (("quick",), ("slow", "gone")),
    "over_offered_without_short": (("quick",), ("slow", "gone_over_5")),
}
GIVEN_UP = {
    "over_ended": (("gone",), ("answered",)),
    "over_offered": (("gone",), ("answered",)),
    "long_over_offered": (("gone_over_30",), ("answered", "gone_30")),
    "long_over_ended_without_short": (("gone_over_5",), ("answered",)),
}


def shares_of(file: Path, criteria: Sequence[tuple[str, str, int]]) -> dict[str, float]:
    """Return the share of every criterion by every definition and way of joining, with its limits."""
    pl = _polars()
    shares: dict[str, float] = {}
    for channel in dict.fromkeys(channel for _, channel, _ in criteria):
        (limit,) = {limit for _, called, limit in criteria if called == channel and limit}
        slots = _slots(pl, file, channel, limit)
        asked = {
            f"{metric}:{name}": formula
            for metric in (metric for metric, called, _ in criteria if called == channel)
            for name, formula in (MEETING if metric == "answered_within" else GIVEN_UP).items()
        }
        days = slots.group_by("unit_id", "day").agg(
            pl.all().exclude("unit_id", "day", "slot").sum(),
            *(_share(pl, *formula).sum().alias(f"{name}:shares") for name, formula in asked.items()),
            *(_share(pl, *formula).count().alias(f"{name}:slots") for name, formula in asked.items()),
        )
        unit = units_in(days)
        for name, (meets, misses) in asked.items():
            meeting, missing = (_added(days, parts) for parts in (meets, misses))
            counted = meeting + missing
            slotted = (column(days, f"{name}:{part}") for part in ("shares", "slots"))
            for joined, (share, moves, cases) in _joined(unit, meeting, counted, *slotted).items():
                low, high = share_limits(share, moves[counted > 0], unit[counted > 0], cases)
                key = f"{channel}:{name}:{joined}"
                shares |= {key: share, f"{key}:low": low, f"{key}:high": high}
    return shares


def _share(pl: Any, meets: Sequence[str], misses: Sequence[str]) -> Any:
    met = pl.sum_horizontal(*meets)
    return (met / (met + pl.sum_horizontal(*misses))).fill_nan(None)


def _added(days: Any, parts: Sequence[str]) -> Floats:
    return np.asarray(np.sum([column(days, part) for part in parts], axis=0), np.float64)


def _joined(
    unit: NDArray[np.int64], meeting: Floats, counted: Floats, shares: Floats, slots: Floats
) -> dict[str, tuple[float, Floats, float]]:
    """Return each way of joining, by how much days of units move it, and the cases it is worth at most."""
    whole = float(counted.sum())
    pooled, by_slot = float(meeting.sum() / whole), float(shares.sum() / slots.sum())
    met, every = np.bincount(unit, meeting), np.bincount(unit, counted)
    of_unit, mean, smoothed = met / every, float((met / every).mean()), (met + 2) / (every + 4)
    chance = float((smoothed * (1 - smoothed) / every).sum()) / len(every) ** 2
    return {
        "pooled": (pooled, (meeting - of_unit[unit] * counted) / whole, whole),
        "mean_of_units": (
            mean,
            (meeting - of_unit[unit] * counted) / (every * len(every))[unit],
            min(whole, mean * (1 - mean) / chance),
        ),
        "mean_of_intervals": (by_slot, (shares - by_slot * slots) / slots.sum(), whole),
    }


def _polars() -> Any:
    """Return Polars, which stands in the environment of the oracles alone."""
    return import_module("polars")


QUANTILES = {"median": 0.5, "p90": 0.9}
BOUNDS = (30, 60, 120, 300)
_PARTS = ("unit_id", "matter", "hour", "month")


def waits_of(file: Path) -> dict[str, float]:
    """Return waits, handle times, shares given up and patience by channel with limits, and waits by part.

    Quantiles are of whole seconds, the smallest that at least the share do not exceed.
    """
    pl = _polars()
    contacts = _timed(pl, file)
    talks = contacts.filter("answered")
    by_part = [talks.group_by("channel", part).agg(_spread(pl, "wait")) for part in _PARTS]
    left = contacts.group_by("channel", "wait_seconds").agg(
        pl.col("answered").sum(), gone=(~pl.col("answered")).sum()
    )
    handled = talks.group_by("channel", "handle_seconds").agg(answered=pl.len())
    parts, left, handled = _split(pl.collect_all([*by_part, left, handled]))
    figures = {
        f"{channel}:{part}:{name}:{figure}": float(value)
        for part, frame in zip(_PARTS, parts, strict=True)
        for channel, name, *values in frame.select("channel", part, "mean", *QUANTILES).iter_rows()
        for figure, value in zip(("mean", *QUANTILES), values, strict=True)
    }
    for channel in sorted(left["channel"].unique()):
        own = contacts.filter(pl.col("channel") == channel)
        waits, handles = (
            frame.filter(pl.col("channel") == channel).sort(frame.columns[1]) for frame in (left, handled)
        )
        figures |= {f"{channel}:{key}": value for key, value in _channel(pl, own, waits, handles).items()}
    return figures


def _split(frames: list[Any]) -> tuple[list[Any], Any, Any]:
    *parts, left, handled = frames
    return parts, left, handled


def _timed(pl: Any, file: Path) -> Any:
    """Return contacts with their times in microseconds and whole seconds."""
    second = 1_000_000
    answered = pl.col("answered_at").is_not_null()
    left = pl.when(answered).then(pl.col("answered_at")).otherwise(pl.col("ended_at")) - pl.col("offered_at")
    local = pl.from_epoch(pl.col("offered_day"), time_unit="d")
    handle = pl.col("ended_at") - pl.col("answered_at")
    return (
        pl.scan_parquet(file)
        .filter(pl.col("in_period"))
        .select(
            "channel",
            "unit_id",
            "matter",
            day="offered_day",
            answered=answered,
            hour=pl.col("offered_second") // 3_600,
            month=local.dt.year().cast(pl.Int32) * 100 + local.dt.month(),
            wait=left,
            handle=handle,
            wait_seconds=(left // second).cast(pl.Int32),
            handle_seconds=(handle // second).cast(pl.Int32),
        )
    )


def _spread(pl: Any, what: str) -> list[Any]:
    seconds = pl.col(f"{what}_seconds")
    return [
        (pl.col(what).mean() / 1_000_000).alias("mean"),
        *(seconds.quantile(share, "equiprobable").alias(name) for name, share in QUANTILES.items()),
    ]


def _channel(pl: Any, contacts: Any, left: Any, handled: Any) -> dict[str, float]:
    """Return the figures of one channel from its contacts and its distributions of whole seconds."""
    spread = {
        "wait": (column(left, "wait_seconds"), column(left, "answered")),
        "handle": (column(handled, "handle_seconds"), column(handled, "answered")),
    }
    points = {
        (what, name): quantile(*spread[what], share) for what in spread for name, share in QUANTILES.items()
    }
    times, ended, gone = (column(left, name) for name in ("wait_seconds", "gone", "answered"))
    curves = {bound: influences(times, ended, gone, bound) for bound in BOUNDS}
    days, long = _by_day(pl, contacts, points, _moved(pl, times, curves), _end(*spread["wait"]))
    figures: dict[str, float] = {}
    talked = days.filter(pl.col("answered") > 0)
    cases, unit, every_unit = column(talked, "answered"), units_in(talked), units_in(days)
    for what, (seconds, many) in spread.items():
        time = column(talked, what) / 1_000_000
        figures |= _limited(f"{what}:mean", float(time.sum() / cases.sum()), mean_limits(time, cases, unit))
        for name, share in QUANTILES.items():
            within = column(talked, f"{what}:{name}")
            limits = quantile_limits(seconds, many, within, cases, unit, share=share)
            figures |= _limited(f"{what}:{name}", points[what, name], limits)
    gone, offered = column(days, "gone"), column(days, "offered")
    figures |= _limited(
        "given_up", float(gone.sum() / offered.sum()), pooled_limits(gone, offered, every_unit)
    )
    for bound, (undone, risked, *_) in curves.items():
        limits = survival_limits(undone, column(days, f"influence:{bound}"), offered, every_unit)
        figures |= _limited(f"patience:{bound}", 1 - undone, limits)
        figures[f"patience:{bound}:waited"] = risked
    return figures | _hours(long)


def _limited(key: str, value: float, limits: tuple[float, float]) -> dict[str, float]:
    return {key: value, f"{key}:low": limits[0], f"{key}:high": limits[1]}


def _end(seconds: Floats, many: Floats) -> float:
    """Return the interpolated 90% point, from which on a wait is long."""
    place = QUANTILES["p90"] * (many.sum() - 1)
    below, above = (seconds[np.searchsorted(np.cumsum(many), at, side="right")] for at in _around(place))
    return float(below + (above - below) * (place - np.floor(place)))


def _around(place: float) -> tuple[float, float]:
    return float(np.floor(place)), float(np.ceil(place))


def _moved(pl: Any, times: Floats, curves: Any) -> Any:
    """Return by how much contacts that left after so many seconds move the curves."""
    return pl.LazyFrame({"wait_seconds": times.astype(np.int32)}).with_columns(
        **{f"ended:{bound}": pl.lit(pl.Series(own)) for bound, (_, _, own, _) in curves.items()},
        **{f"left:{bound}": pl.lit(pl.Series(left)) for bound, (_, _, _, left) in curves.items()},
    )


def _by_day(pl: Any, contacts: Any, points: Any, moved: Any, end: float) -> tuple[Any, Any]:
    """Return sums by day of a unit, and long waits by hour and day of a unit."""
    talk = pl.col("answered")
    within = [
        (talk & (pl.col(f"{what}_seconds") <= point)).sum().alias(f"{what}:{name}")
        for (what, name), point in points.items()
    ]
    influence = [
        pl.when(talk).then(f"left:{bound}").otherwise(f"ended:{bound}").sum().alias(f"influence:{bound}")
        for bound in BOUNDS
    ]
    times_of_talks = [pl.col(what).filter(talk).sum() for what in ("wait", "handle")]
    counts = [talk.sum(), (~talk).sum().alias("gone"), pl.len().alias("offered")]
    days = (
        contacts.join(moved, on="wait_seconds", how="left")
        .group_by("unit_id", "day")
        .agg(*counts, *times_of_talks, *within, *influence)
    )
    long = (
        contacts.filter("answered")
        .group_by("hour", "unit_id", "day")
        .agg(cases=pl.len(), long=(pl.col("wait_seconds") >= end).sum())
    )
    days, long = pl.collect_all([days, long])
    return days, long


def _hours(long: Any) -> dict[str, float]:
    """Return the limits of the share of long waits by hour; they hold in all hours together."""
    figures: dict[str, float] = {}
    hours = long.partition_by("hour", as_dict=True)
    for (hour,), days in hours.items():
        met, cases = column(days, "long"), column(days, "cases")
        level = 1 - (1 - LEVEL) / len(hours)
        low, high = pooled_limits(met, cases, units_in(days), level=level)
        figures |= {f"long:{hour:02d}:low": low, f"long:{hour:02d}:high": high}
    return figures


def _slots(pl: Any, file: Path, channel: str, limit: int) -> Any:
    """Return what became of contacts by unit, day and half hour."""
    second = 1_000_000
    gone, answered = pl.col("abandoned"), pl.col("answered_at").is_not_null()
    wait = pl.when(answered).then(pl.col("answered_at")).otherwise(pl.col("ended_at")) - pl.col("offered_at")
    outcomes = {
        "answered": answered,
        "quick": answered & (wait <= limit * second),
        "slow": answered & (wait > limit * second),
        "gone": gone,
        "gone_quick": gone & (wait <= limit * second),
        "gone_slow": gone & (wait > limit * second),
        "gone_5": gone & (wait <= 5 * second),
        "gone_over_5": gone & (wait > 5 * second),
        "gone_from_10": gone & (wait >= 10 * second),
        "gone_30": gone & (wait <= 30 * second),
        "gone_over_30": gone & (wait > 30 * second),
    }
    return (
        pl.scan_parquet(file)
        .filter(pl.col("in_period"), pl.col("channel") == channel)
        .group_by("unit_id", day="offered_day", slot=pl.col("offered_second") // 1800)
        .agg(**{name: flag.sum().cast(pl.Int64) for name, flag in outcomes.items()})
        .collect(engine="streaming")
    )
