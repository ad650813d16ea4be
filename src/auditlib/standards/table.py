"""The law of `judge_one` over a whole table of measurements at once.

For many units times criteria. Hypothesis holds it to the scalar law, row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from auditlib.records import (
    Criterion,
    DecisionMode,
    Direction,
    Judgement,
    Kind,
    Measurement,
    Outcome,
    Statistic,
)
from auditlib.statistics.intervals import wilson
from auditlib.statistics.types import Floats, normal_quantile

if TYPE_CHECKING:
    import pandas as pd

Flags = NDArray[np.bool_]

COLUMNS = ("criterion", "value", "n", "low", "high", "level", "successes", "excused", "statistic", "complete")


def measurements_frame(rows: Sequence[tuple[Criterion, Measurement]]) -> pd.DataFrame:
    """Return measurements as the table that `judge` takes: one row each, columns `COLUMNS`."""
    import pandas as pd

    found = [
        (
            criterion.id,
            entry.value,
            entry.n,
            entry.interval.low if entry.interval else None,
            entry.interval.high if entry.interval else None,
            entry.interval.level if entry.interval else None,
            entry.successes,
            entry.excused,
            entry.statistic.value,
            entry.complete,
        )
        for criterion, entry in rows
    ]
    frame = pd.DataFrame(found, columns=list(COLUMNS))
    numbers = ["value", "low", "high", "level", "successes"]
    return frame.astype(dict.fromkeys(numbers, float) | {"n": int, "excused": int, "complete": bool})


def judge(
    measurements: pd.DataFrame,
    criteria: Sequence[Criterion],
    *,
    mode: DecisionMode = DecisionMode.INTERVAL,
    required_probability: float = 0.95,
) -> pd.DataFrame:
    """Return `measurements` with the columns ``outcome`` and ``margin``.

    Parameters
    ----------
    measurements
        Columns `COLUMNS`; other columns, such as the unit, are kept.
    criteria
        The criteria that the column ``criterion`` names.
    mode, required_probability
        As for `judge_one`.
    """
    rows = _rows(measurements, criteria)
    passed, failed = _verdict(rows, mode, required_probability)
    margin = rows.sign * (rows.value - rows.target)
    none = np.isnan(rows.value) | (rows.n == 0)
    cases: list[tuple[Flags, Outcome]] = [
        (none, Outcome.NOT_ASSESSABLE),
        (rows.rigid & (margin < 0), Outcome.NOT_MET),
        (rows.too_much_excused, Outcome.NOT_MET),
        (rows.n < rows.minimum_n, Outcome.NOT_DEMONSTRATED),
        (rows.rigid & ~rows.complete, Outcome.NOT_DEMONSTRATED),
        (rows.rigid | passed, Outcome.MET),
        (failed, Outcome.NOT_MET),
    ]
    outcome = np.full(len(margin), Outcome.NOT_DEMONSTRATED.value, dtype=object)
    for where, which in reversed(cases):
        outcome[where] = which.value
    return measurements.assign(outcome=outcome, margin=np.where(none, np.nan, margin))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Measurements beside the demands they are judged by, one array element per row."""

    value: Floats
    n: Floats
    low: Floats
    high: Floats
    level: Floats
    successes: Floats
    count: Flags
    share: Flags
    complete: Flags
    rigid: Flags
    sign: Floats
    target: Floats
    minimum_n: Floats
    too_much_excused: Flags


def _rows(measurements: pd.DataFrame, criteria: Sequence[Criterion]) -> _Rows:
    """Put each measurement beside its demand; validly excused cases count as within the limit."""
    law = {entry.id: entry for entry in criteria}
    demands = [law[identifier] for identifier in measurements["criterion"]]
    n, value, low, high, level, successes, excused = (
        measurements[name].to_numpy(dtype=np.float64, copy=True)
        for name in ("n", "value", "low", "high", "level", "successes", "excused")
    )
    level[np.isnan(level)] = 0.95
    limit = np.array([np.nan if entry.excused_limit is None else entry.excused_limit for entry in demands])
    flexible = np.array([entry.kind is Kind.FLEXIBLE for entry in demands], dtype=bool)
    moved = flexible & ~np.isnan(limit) & (excused > 0) & (n > 0) & ~np.isnan(value)
    successes[moved] += excused[moved]
    value[moved] = successes[moved] / n[moved]
    for each in np.unique(level[moved]):
        at = moved & (level == each)
        limits = wilson(successes[at], n[at], level=float(each))
        low[at], high[at] = limits.low, limits.high
    too_much = np.zeros(len(n), dtype=bool)
    too_much[moved] = excused[moved] / n[moved] > limit[moved]
    return _Rows(
        value,
        n,
        low,
        high,
        level,
        successes,
        measurements["statistic"].to_numpy() == Statistic.COUNT.value,
        measurements["statistic"].to_numpy() == Statistic.SHARE.value,
        measurements["complete"].to_numpy(dtype=bool),
        np.array([entry.kind is Kind.RIGID for entry in demands], dtype=bool),
        np.array([1.0 if entry.target.direction is Direction.AT_LEAST else -1.0 for entry in demands]),
        np.array([entry.target.value for entry in demands]),
        np.array([float(entry.minimum_n) for entry in demands]),
        too_much,
    )


def _verdict(rows: _Rows, mode: DecisionMode, required: float) -> tuple[Flags, Flags]:
    """Return which rows demonstrate the target, and which demonstrate that it is missed."""
    good = rows.sign * (rows.value - rows.target) >= 0
    if mode is DecisionMode.POINT:
        return good, ~good
    if mode is DecisionMode.PROBABILITY:
        chance = _chance(rows)
        passed, failed = chance >= required, chance <= 1 - required
    else:
        worst = np.where(rows.sign > 0, rows.low, rows.high)
        best = np.where(rows.sign > 0, rows.high, rows.low)
        passed = rows.sign * (worst - rows.target) >= 0
        failed = rows.sign * (best - rows.target) < 0
    return np.where(rows.count, good, passed), np.where(rows.count, ~good, failed)


def _chance(rows: _Rows) -> Floats:
    """Return the posterior probability that each target is reached; NaN without an interval."""
    from scipy.special import betainc, ndtr

    critical = np.array([normal_quantile(float(level)) for level in rows.level])
    spread = (rows.high - rows.low) / 2 / critical
    with np.errstate(divide="ignore", invalid="ignore"):
        normal = ndtr((rows.target - rows.value) / spread)
    beta = betainc(rows.successes + 0.5, rows.n - rows.successes + 0.5, np.clip(rows.target, 0.0, 1.0))
    share = rows.share & ~np.isnan(rows.successes)
    below = np.where(share, beta, normal)
    chance = np.where(rows.sign > 0, 1 - below, below)
    reached = (rows.sign * (rows.value - rows.target) >= 0).astype(np.float64)
    chance = np.where(~share & (spread == 0), reached, chance)
    return np.where(np.isnan(rows.low), np.nan, chance)


def outcomes(judgements: Sequence[Judgement]) -> dict[str, Outcome]:
    """Return the outcome of each criterion, by id."""
    return {entry.criterion.id: entry.outcome for entry in judgements}
