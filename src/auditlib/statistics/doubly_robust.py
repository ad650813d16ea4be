"""Doubly robust difference-in-differences: two periods, units unlike one another before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Refusal
from auditlib.statements import counted
from auditlib.statistics.types import Floats

FEWEST = 5
"""Units of either group for each covariate, the constant included."""
_EXTREME = 0.995
"""Probability of treatment from which a comparison unit is none: nothing treated is unlike it."""
_STEPS, _SMALL = 50, 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class DoublyRobust:
    """The effect on the treated, and each unit's influence on it; shape (units,)."""

    estimate: float
    influence: Floats


def doubly_robust(
    change: Floats, treated: NDArray[np.bool_], covariates: Floats, *, weight: Floats | None = None
) -> DoublyRobust | Refusal:
    """Estimate the effect on treated units from changes, held at the same covariates.

    Parameters
    ----------
    change
        Later less earlier outcome of each unit.
    treated
        Which units.
    covariates
        Known before the treatment, the constant not included; shape (units, covariates).
    weight
        How much each unit counts; default the same.

    Notes
    -----
    Sant'Anna and Zhao (2020), doi 10.1016/j.jeconom.2020.06.003, equation 3.1 with panel data: a logistic
    model of who is treated, a linear one of the others' changes; it holds where either does.
    """
    x = np.column_stack([np.ones(len(change)), covariates])
    counts = np.ones(len(change)) if weight is None else weight / weight.mean()
    if min(int(treated.sum()), int((~treated).sum())) < FEWEST * x.shape[1]:
        units = counted(int(treated.sum()), "linked unit")
        return Refusal(f"Too few units to hold the mix equal: {units} of {len(change)}.")
    fitted = _logistic(x, treated, counts)
    if fitted is None:
        return Refusal("Who was linked follows from the mix: nothing is left to compare.")
    odds, spread = fitted
    odds = np.where(odds / (1 + odds) < _EXTREME, odds, 0.0)
    others = counts * ~treated
    gram = (x * others[:, None]).T @ x / len(change)
    slope = np.linalg.solve(gram, (x * others[:, None]).T @ change / len(change))
    return _combined(change - x @ slope, treated, x, counts=counts, odds=odds, spread=spread, gram=gram)


def _logistic(x: Floats, treated: NDArray[np.bool_], counts: Floats) -> tuple[Floats, Floats] | None:
    """Return the odds of treatment, and the inverse information; None where it is separated."""
    beta = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        share = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        information = (x * (counts * share * (1 - share))[:, None]).T @ x / len(x)
        if np.linalg.cond(information) > 1e10:
            return None
        step = np.linalg.solve(information, x.T @ (counts * (treated - share)) / len(x))
        beta = beta + step
        if np.abs(step).max() < _SMALL:
            return np.exp(np.clip(x @ beta, -30, 30)), np.asarray(np.linalg.inv(information))
    return None


def _combined(
    residual: Floats,
    treated: NDArray[np.bool_],
    x: Floats,
    *,
    counts: Floats,
    odds: Floats,
    spread: Floats,
    gram: Floats,
) -> DoublyRobust:
    """Return estimate and influence from residuals of the others' model."""
    on, off = counts * treated, counts * ~treated * odds
    mean_on, mean_off = float((on * residual).mean() / on.mean()), float((off * residual).mean() / off.mean())
    of_treatment = x * (counts * (treated - odds / (1 + odds)))[:, None] @ spread
    of_outcome = x * (counts * ~treated * residual)[:, None] @ np.linalg.inv(gram)
    on_part = on * (residual - mean_on) - of_outcome @ (on[:, None] * x).mean(axis=0)
    off_part = (
        off * (residual - mean_off)
        + of_treatment @ ((off * (residual - mean_off))[:, None] * x).mean(axis=0)
        - of_outcome @ (off[:, None] * x).mean(axis=0)
    )
    influence = (on_part / on.mean() - off_part / off.mean()) / len(residual)
    return DoublyRobust(mean_on - mean_off, np.asarray(influence))
