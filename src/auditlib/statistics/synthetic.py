"""Synthetic difference-in-differences: few treated units against weighted others and earlier periods."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Refusal
from auditlib.statements import counted
from auditlib.statistics.types import Floats

FEWEST_OTHERS = 19
"""Untreated units from which placebos can give a p-value of 5 %."""
FEWEST_BEFORE = 4
"""Periods before the treatment that weights are found on."""
_HEAVY = 1e3
"""How much the sum of weights counts for, in multiples of the size of the data."""


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticDifference:
    """The effect on few treated units, and its place among placebos.

    Parameters
    ----------
    estimate
        Mean effect over treated units and later periods.
    p_value
        Share of placebos at least as large, the actual one included.
    error
        Standard deviation of the placebos.
    placebos
        How many there were.
    unit_weight, period_weight
        Of untreated units and of earlier periods; each adds to one.
    """

    estimate: float
    p_value: float
    error: float
    placebos: int
    unit_weight: Floats
    period_weight: Floats


def synthetic_difference(
    outcome: Floats, treated: NDArray[np.bool_], first: int, *, draws: int = 199, rng: np.random.Generator
) -> SyntheticDifference | Refusal:
    """Estimate the effect on units treated from one period on, and place it among untreated units.

    Parameters
    ----------
    outcome
        Without gaps; shape (units, periods).
    treated
        Which units.
    first
        Position of the first treated period.
    draws
        Most sets of untreated units that are taken as if treated.

    Notes
    -----
    Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), doi 10.1257/aer.20190159: algorithm 1, with
    placebos after algorithm 4. Weights are not negative and add to one, with an intercept; those of units
    are drawn together by the paper's penalty.
    """
    many, untreated = int(treated.sum()), outcome[~treated]
    if len(untreated) < FEWEST_OTHERS or many < 1:
        others = counted(len(untreated), "unit without it", "units without it")
        return Refusal(f"Only {others}: placebos need {FEWEST_OTHERS}.")
    if first < FEWEST_BEFORE or first >= outcome.shape[1]:
        return Refusal(f"Fewer than {FEWEST_BEFORE} periods lie before it, or none after.")
    estimate, unit_weight, period_weight = _weighted(untreated, outcome[treated].mean(axis=0), first, many)
    placebos = np.array([_placebo(untreated, many, first, rng) for _ in range(draws)])
    beyond = int((np.abs(placebos) >= abs(estimate) * (1 - 1e-10)).sum())
    spread = float(placebos.std())
    return SyntheticDifference(
        estimate, (1 + beyond) / (1 + draws), spread, draws, unit_weight, period_weight
    )


def _placebo(untreated: Floats, many: int, first: int, rng: np.random.Generator) -> float:
    chosen = np.zeros(len(untreated), dtype=bool)
    chosen[rng.permutation(len(untreated))[:many]] = True
    return _weighted(untreated[~chosen], untreated[chosen].mean(axis=0), first, many)[0]


def _weighted(untreated: Floats, treated: Floats, first: int, many: int) -> tuple[float, Floats, Floats]:
    """Return the estimate with both sets of weights."""
    before, after = untreated[:, :first], untreated[:, first:]
    noise = float(np.diff(before, axis=1).std(ddof=1))
    penalty = (many * after.shape[1]) ** 0.25 * noise
    unit_weight = _simplex(before.T, treated[:first], penalty * np.sqrt(first))
    period_weight = _simplex(before, after.mean(axis=1), 1e-6 * noise * np.sqrt(len(untreated)))
    change = after.mean(axis=1) - before @ period_weight
    own = float(treated[first:].mean() - treated[:first] @ period_weight)
    return own - float(unit_weight @ change), unit_weight, period_weight


def _simplex(columns: Floats, target: Floats, penalty: float) -> Floats:
    """Return weights on `columns`, not negative and adding to one, that follow `target` up to a constant."""
    from scipy.optimize import nnls

    centred, goal = columns - columns.mean(axis=0), target - target.mean()
    size = max(1e-12, float(np.abs(centred).max()))
    heavy = _HEAVY * size * np.ones((1, centred.shape[1]))
    system = np.vstack([centred, penalty * np.eye(centred.shape[1]), heavy])
    right = np.concatenate([goal, np.zeros(centred.shape[1]), [_HEAVY * size]])
    weight = np.asarray(nnls(system, right, maxiter=50 * centred.shape[1])[0])
    return weight / max(1e-300, float(weight.sum()))
