"""What a competent user would write in Polars for shares of contacts by every definition in use."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

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
}
GIVEN_UP = {
    "over_ended": (("gone",), ("answered",)),
    "over_offered": (("gone",), ("answered",)),
    "long_over_offered": (("gone_over_30",), ("answered", "gone_30")),
    "long_over_ended_without_short": (("gone_over_5",), ("answered",)),
}
JOINED = ("pooled", "mean_of_units", "mean_of_intervals")


def shares_of(file: Path, criteria: Sequence[tuple[str, str, int]]) -> dict[str, float]:
    """Return the share of every criterion by every definition and way of joining."""
    from importlib import import_module

    # Polars stands in the environment of the oracles alone.
    pl = import_module("polars")

    shares: dict[str, float] = {}
    for channel in dict.fromkeys(channel for _, channel, _ in criteria):
        (limit,) = {limit for _, called, limit in criteria if called == channel and limit}
        slots = _slots(pl, file, channel, limit)
        units = slots.group_by("unit_id").agg(pl.all().exclude("day", "slot").sum())
        total = units.select(pl.all().exclude("unit_id").sum())
        for metric in (metric for metric, called, _ in criteria if called == channel):
            for name, (meets, misses) in (MEETING if metric == "answered_within" else GIVEN_UP).items():
                met = pl.sum_horizontal(*meets)
                share = met / (met + pl.sum_horizontal(*misses))
                for joined, frame in zip(JOINED, (total, units, slots), strict=True):
                    value = frame.select(share.fill_nan(None).mean()).item()
                    shares[f"{channel}:{metric}:{name}:{joined}"] = float(value)
    return shares


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
