"""What a competent user would write in Polars: first-contact resolution by windows, three sources, limits."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._clusters_in_numpy import apart_limits, column, pooled_limits, units_in

DAY = 86_400_000_000
DETAIL = 7
"""Days of the window by which channels and matters are told apart."""
SHARES = {
    "contacts": ("resolved", "base"),
    "mark": ("marked", "base"),
    "customers": ("said_resolved", "surveyed"),
}
_KEY = ("customer_id", "matter")
_TOTALS = (
    "unanswered",
    "censored",
    "early",
    "marked_returned",
    "unmarked_silent",
    "unmarked_answered",
    "denied",
)


def resolved_of(file: Path, answers: Path, windows: Sequence[int], *, until: int) -> dict[str, float]:
    """Return who was resolved at first contact, by what followed, by the mark and by customers, with limits.

    Parameters
    ----------
    answers
        What customers say of some contacts.
    """
    pl = import_module("polars")
    contacts = _silences(pl, file).join(pl.scan_parquet(answers), on="interaction_id", how="left")
    first = pl.scan_parquet(file).select(pl.col("offered_at").min()).collect().item()
    sums = {
        f"{name}_{days}": flag.sum()
        for days in windows
        for name, flag in _flags(pl, days, until=until, first=first).items()
    }
    begun = contacts.filter(pl.col("since").is_null() | (pl.col("since") > min(windows) * DAY))
    days = begun.group_by("unit_id", "day").agg(**sums)
    detail = _flags(pl, DETAIL, until=until, first=first)
    groups = [
        begun.group_by(by, "unit_id", "day").agg(base=detail["base"].sum(), resolved=detail["resolved"].sum())
        for by in ("channel", "matter")
    ]
    days, *groups = pl.collect_all([days, *groups])
    figures: dict[str, float] = {}
    for window in windows:
        figures |= {f"{window}:{key}": value for key, value in _window(days, window).items()}
    for by, frame in zip(("channel", "matter"), groups, strict=True):
        figures |= _groups(by, frame)
    return figures


def _silences(pl: Any, file: Path) -> Any:
    """Return contacts with the time since the last one about the same matter, and until the next."""
    begins = pl.any_horizontal(pl.col(name) != pl.col(name).shift() for name in _KEY)
    same, goes_on = pl.col("run") == pl.col("run").shift(), pl.col("run") == pl.col("run").shift(-1)
    past = pl.when(same).then(pl.col("latest").shift())
    following = pl.when(goes_on).then(pl.col("offered_at").shift(-1))
    return (
        pl.scan_parquet(file)
        .filter(pl.col("in_period"))
        .select(
            *_KEY, "unit_id", "channel", "interaction_id", "offered_at", "ended_at",
            day="offered_day", answered=pl.col("answered_at").is_not_null(), mark="resolved_first",
        )
        .sort(*_KEY, "offered_at", "interaction_id")
        .with_columns(run=begins.fill_null(value=True).cum_sum())
        .with_columns(latest=pl.col("ended_at").cum_max().over("run"))
        .with_columns(since=pl.col("offered_at") - past, until_next=following - pl.col("ended_at"))
    )  # fmt: skip


def _flags(pl: Any, days: int, *, until: int, first: int) -> dict[str, Any]:
    """Return what is counted under one window."""
    reach = days * DAY
    start = pl.col("since").is_null() | (pl.col("since") > reach)
    base = start & (pl.col("ended_at") <= until - reach)
    returned = (pl.col("until_next") <= reach).fill_null(value=False)
    twice = (pl.col("until_next") <= 2 * reach).fill_null(value=False)
    answered, mark, said = pl.col("answered"), pl.col("mark"), pl.col("said")
    watched = start & (pl.col("ended_at") <= until - 2 * reach) & mark
    return {
        "base": base,
        "censored": start & (pl.col("ended_at") > until - reach),
        "early": base & (pl.col("offered_at") <= first + reach),
        "unanswered": base & ~answered,
        "resolved": base & answered & ~returned,
        "marked": base & mark,
        "marked_returned": base & mark & returned,
        "unmarked_answered": base & answered & ~mark,
        "unmarked_silent": base & answered & ~mark & ~returned,
        "surveyed": base & said.is_not_null(),
        "said_resolved": base & said,
        "both_marked": base & mark & said.is_not_null(),
        "denied": base & mark & ~said,
        "watched": watched,
        "watched_returned": watched & returned,
        "watched_late": watched & twice & ~returned,
    }


def _window(days: Any, window: int) -> dict[str, float]:
    """Return the figures of one window from its sums over days of units."""

    def sums(name: str) -> Any:
        return column(days, f"{name}_{window}")

    unit = units_in(days)
    figures = {name: float(sums(name).sum()) for name in _TOTALS}
    for witness, (meeting, of) in SHARES.items():
        met, counted = sums(meeting), sums(of)
        low, high = pooled_limits(met, counted, unit)
        figures |= {witness: met.sum() / counted.sum(), f"{witness}:low": low, f"{witness}:high": high}
    came, late, watched = (sums(f"watched{what}") for what in ("_returned", "_late", ""))
    silent = watched - came
    often, chance = came.sum() / watched.sum(), late.sum() / silent.sum()
    moves = (came - often * watched) / watched.sum() - (late - chance * silent) / silent.sum()
    low, high = apart_limits(often - chance, moves, watched, unit)
    figures |= {"returned": often, "returned:chance": chance, "returned:low": low, "returned:high": high}
    marked, said, both = sums("both_marked"), sums("said_resolved"), sums("surveyed")
    apart = (marked.sum() - said.sum()) / both.sum()
    moves = (marked - said - apart * both) / both.sum()
    low, high = apart_limits(apart, moves, both, unit)
    return figures | {"denied:low": low, "denied:high": high}


def _groups(by: str, frame: Any) -> dict[str, float]:
    figures: dict[str, float] = {}
    for (name,), days in frame.partition_by(by, as_dict=True).items():
        met, counted = column(days, "resolved"), column(days, "base")
        low, high = pooled_limits(met, counted, units_in(days))
        key = f"{by}:{name}"
        figures |= {key: float(met.sum() / np.sum(counted)), f"{key}:low": low, f"{key}:high": high}
    return figures
