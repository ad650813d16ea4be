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
    Cases,
    Criterion,
    DecisionMode,
    Direction,
    EvidenceLevel,
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

COLUMNS = (
    "criterion", "value", "n", "low", "high", "level", "successes", "excused", "statistic", "complete",
    "register", "unknown", "lowest", "highest",
)  # fmt: skip


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
            entry.level is EvidenceLevel.REGISTER,
            entry.unknown,
            *(entry.bounds or (None, None)),
        )
        for criterion, entry in rows
    ]
    frame = pd.DataFrame(found, columns=list(COLUMNS))
    numbers = ["value", "low", "high", "level", "successes", "lowest", "highest"]
    kinds: dict[str, type] = dict.fromkeys(numbers, float)
    kinds |= dict.fromkeys(["n", "excused", "unknown"], int) | dict.fromkeys(["complete", "register"], bool)
    return frame.astype(kinds)


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
    outcome, margin = _outcomes(measurements, criteria, mode, required_probability)
    open_ = (measurements["unknown"] > 0).to_numpy() & (outcome != Outcome.NOT_ASSESSABLE.value)
    if open_.any():
        few = outcome == _FEW
        ends = [_end(measurements[open_], inside=inside) for inside in (False, True)]
        low, high = (_outcomes(end, criteria, mode, required_probability, few=few[open_])[0] for end in ends)
        outcome[open_] = np.where(low == high, low, Outcome.NOT_DEMONSTRATED.value)
    outcome[outcome == _FEW] = Outcome.NOT_DEMONSTRATED.value
    return measurements.assign(outcome=outcome, margin=margin)


_FEW = "too few"


def _end(measurements: pd.DataFrame, *, inside: bool) -> pd.DataFrame:
    """Return measurements with all unknown cases inside the count, or all outside; see `unknown.ends`."""
    counted, unknown = measurements["successes"].notna(), measurements["unknown"]
    successes, n = measurements["successes"] + inside * unknown, measurements["n"] + unknown
    bound = measurements["highest" if inside else "lowest"].fillna(measurements["value"])
    ended = measurements.assign(
        value=(successes / n).where(counted, bound),
        successes=successes,
        n=n.where(counted, measurements["n"]),
    )
    for level in measurements.loc[counted & measurements["low"].notna(), "level"].unique():
        at = counted & measurements["low"].notna() & (measurements["level"] == level)
        limits = wilson(successes[at].to_numpy(), n[at].to_numpy(), level=float(level))
        ended.loc[at, "low"], ended.loc[at, "high"] = limits.low, limits.high
    return ended


def _outcomes(
    measurements: pd.DataFrame,
    criteria: Sequence[Criterion],
    mode: DecisionMode,
    required: float,
    *,
    few: Flags | None = None,
) -> tuple[NDArray[np.object_], Floats]:
    """Return outcome and margin of each row as it stands; rows of `few` have too few observations."""
    rows = _rows(measurements, criteria)
    short = rows.n < rows.minimum_n if few is None else few
    passed, failed = _verdict(rows, mode, required)
    margin = rows.sign * (rows.value - rows.target)
    none = np.isnan(rows.value) | (rows.n == 0)
    cases: list[tuple[Flags, str]] = [
        (none, Outcome.NOT_ASSESSABLE),
        (rows.rigid & (margin < 0), Outcome.NOT_MET),
        (rows.too_much_excused, Outcome.NOT_MET),
        (short, _FEW),
        (rows.rigid & ~rows.complete, Outcome.NOT_DEMONSTRATED),
        (rows.rigid | passed, Outcome.MET),
        (failed, Outcome.NOT_MET),
    ]
    outcome = np.full(len(margin), Outcome.NOT_DEMONSTRATED.value, dtype=object)
    for where, which in reversed(cases):
        outcome[where] = str(which)
    return outcome, np.where(none, np.nan, margin)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Measurements beside the demands they are judged by, one array element per row."""

    value: Floats
    n: Floats
    low: Floats
    high: Floats
    level: Floats
    successes: Floats
    whole: Flags
    """Counts, and shares of a population."""
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
    population = _population(measurements, demands)
    too_much = np.zeros(len(n), dtype=bool)
    too_much[moved] = excused[moved] / n[moved] > limit[moved]
    return _Rows(
        value,
        n,
        low,
        high,
        level,
        successes,
        (measurements["statistic"].to_numpy() == Statistic.COUNT.value) | population,
        measurements["statistic"].to_numpy() == Statistic.SHARE.value,
        measurements["complete"].to_numpy(dtype=bool),
        np.array([entry.kind is Kind.RIGID for entry in demands], dtype=bool),
        np.array([1.0 if entry.target.direction is Direction.AT_LEAST else -1.0 for entry in demands]),
        np.array([entry.target.value for entry in demands]),
        np.array([float(entry.minimum_n) for entry in demands]),
        too_much,
    )


def _population(measurements: pd.DataFrame, demands: Sequence[Criterion]) -> Flags:
    """Return where the cases are all there are; see `judge.is_population`."""
    open_ = np.array([entry.cases is None for entry in demands], dtype=bool)
    declared = np.array([entry.cases is Cases.POPULATION for entry in demands], dtype=bool)
    whole = np.where(open_, measurements["register"].to_numpy(dtype=bool), declared)
    return np.asarray(whole & measurements["complete"].to_numpy(dtype=bool))


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
    return np.where(rows.whole, good, passed), np.where(rows.whole, ~good, failed)


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
