"""What a competent user would write in Polars: shares by every definition, waits, first contacts."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
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
    "over_offered_without_short": (("quick",), ("slow", "gone_over_5")),
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
    pl = _polars()

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


def _polars() -> Any:
    """Return Polars, which stands in the environment of the oracles alone."""
    return import_module("polars")


def waits_of(file: Path) -> dict[str, float]:
    """Return the mean, the median and the 90% point of waits and handle times by channel, in seconds.

    Quantiles are of whole seconds, the smallest that at least the share do not exceed. Waits by unit, matter,
    hour and month, and the steps of patience, are computed besides, as the suite does.
    """
    pl = _polars()
    second = 1_000_000
    answered = pl.col("answered_at").is_not_null()
    left = pl.when(answered).then(pl.col("answered_at")).otherwise(pl.col("ended_at")) - pl.col("offered_at")
    local = pl.from_epoch(pl.col("offered_day"), time_unit="d")
    contacts = (
        pl.scan_parquet(file)
        .filter(pl.col("in_period"))
        .select(
            "channel",
            "unit_id",
            "matter",
            answered=answered,
            hour=pl.col("offered_second") // 3_600,
            month=local.dt.year() * 12 + local.dt.month(),
            wait=left,
            handle=pl.col("ended_at") - pl.col("answered_at"),
        )
    )
    talks = contacts.filter("answered")
    spread = [
        figure.alias(f"{what}:{name}")
        for what in ("wait", "handle")
        for name, figure in {
            "mean": pl.col(what).mean() / second,
            "median": (pl.col(what) // second).quantile(0.5, "lower"),
            "p90": (pl.col(what) // second).quantile(0.9, "lower"),
        }.items()
    ]
    by = [talks.group_by("channel", part).agg(spread) for part in ("unit_id", "matter", "hour", "month")]
    patience = contacts.group_by("channel", pl.col("wait") // second, "answered").agg(pl.len())
    whole, *_ = pl.collect_all([talks.group_by("channel").agg(spread), *by, patience])
    return {
        f"{row['channel']}:{name}": float(value)
        for row in whole.iter_rows(named=True)
        for name, value in row.items()
        if name != "channel"
    }


def resolved_of(file: Path, windows: Sequence[int], *, until: int) -> dict[str, float]:
    """Return the share of matters resolved at first contact, by days without another contact."""
    pl = _polars()
    day = 86_400_000_000
    by = ["customer_id", "matter"]
    contacts = (
        pl.scan_parquet(file)
        .filter(pl.col("in_period"))
        .select(*by, "offered_at", "ended_at", "interaction_id", answered=pl.col("answered_at").is_not_null())
        .sort(*by, "offered_at", "interaction_id")
        .with_columns(
            past=pl.col("ended_at").cum_max().shift(1).over(by),
            following=pl.col("offered_at").shift(-1).over(by),
        )
    )
    since, silence = pl.col("offered_at") - pl.col("past"), pl.col("following") - pl.col("ended_at")
    sums = {}
    for days in windows:
        first = since.is_null() | (since > days * day)
        base = first & (pl.col("ended_at") + days * day <= until)
        back = (silence <= days * day).fill_null(value=False)
        sums[f"base_{days}"] = base.sum()
        sums[f"resolved_{days}"] = (base & pl.col("answered") & ~back).sum()
    row = contacts.select(**sums).collect().row(0, named=True)
    return {str(days): row[f"resolved_{days}"] / row[f"base_{days}"] for days in windows}


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
