"""How far an effect survives if the trend of the treated may bend after adoption.

Rambachan and Roth (2023), doi 10.1093/restud/rdad018: the slope of the departure from parallel trends
changes by at most `bend` from one period to the next; 0 allows a straight line. The interval is the
shortest of fixed length around a weighting of coefficients (Armstrong and Kolesar 2018,
doi 10.3982/ECTA14434).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from auditlib.statistics.types import Floats, Limits


def smoothness(
    estimate: Floats,
    covariance: Floats,
    *,
    before: int,
    weights: Floats,
    bend: float,
    level: float = 0.95,
) -> Limits:
    """Return the interval of a weighted effect after adoption that is robust to bends up to `bend`.

    Parameters
    ----------
    estimate, covariance, before, weights
        As for `relative_magnitudes.relative_magnitudes`.
    bend
        Largest change of slope between neighbouring periods, in units of the outcome; 0 or more.
    """
    import scipy.optimize

    minimize: Any = scipy.optimize.minimize

    straight = np.arange(-before, 0, dtype=np.float64)
    drift = float(weights @ np.arange(1, len(weights) + 1))
    bends, fixed = _bends(before, weights)
    start = _least_error(covariance, before, weights, straight, drift)

    def half(entries: Floats) -> float:
        weighting = np.concatenate([entries[:before], weights])
        error = float(np.sqrt(weighting @ covariance @ weighting))
        return error * _folded(bend * (entries[before:].sum() + fixed) / error, level)

    limits: Any = [
        {"type": "eq", "fun": lambda entries: straight @ entries[:before] + drift},
        {"type": "ineq", "fun": lambda entries: entries[before:] - bends @ entries[:before]},
        {"type": "ineq", "fun": lambda entries: entries[before:] + bends @ entries[:before]},
    ]
    if bend == 0:
        chosen, width = start, half(np.concatenate([start, np.zeros(before)]))
    else:
        scale = half(np.concatenate([start, np.abs(bends @ start)]))
        minimum: Any = minimize(
            lambda entries: half(entries) / scale,
            np.concatenate([start, np.abs(bends @ start)]),
            method="SLSQP",
            constraints=limits,
            options={"maxiter": 500, "ftol": 1e-12},
        )
        chosen = np.asarray(minimum.x[:before])
        chosen = chosen - straight * (straight @ chosen + drift) / (straight @ straight)  # straight lines out
        width = half(np.concatenate([chosen, np.abs(bends @ chosen)]))
    centre = float(np.concatenate([chosen, weights]) @ estimate)
    return Limits(np.asarray(centre - width), np.asarray(centre + width))


def _bends(before: int, weights: Floats) -> tuple[Floats, float]:
    """Return how bends before adoption enter the bias by the earlier weights, and what later bends add.

    With the departure at the reference zero and its straight part weighted out, the bias is a sum of bends:
    the one j periods before adoption counts ``sum over t > j of (t - j) weight(-t)``.
    """
    earlier = np.array(
        [[max(lag - j, 0) for lag in range(before, 0, -1)] for j in range(before)], dtype=np.float64
    )
    later = [
        sum((t - s) * float(weights[t - 1]) for t in range(s + 1, len(weights) + 1))
        for s in range(1, len(weights))
    ]
    return earlier, float(np.abs(later).sum()) if later else 0.0


def _least_error(covariance: Floats, before: int, weights: Floats, straight: Floats, drift: float) -> Floats:
    """Return the earlier weights of least error that weight a straight line out."""
    inverse = np.linalg.inv(covariance[:before, :before])
    free = -inverse @ covariance[:before, before:] @ weights
    gap = -drift - float(straight @ free)
    return np.asarray(free + inverse @ straight * gap / float(straight @ inverse @ straight))


def _folded(bias: float, level: float) -> float:
    """Return the quantile of the absolute value of a normal with mean `bias` and variance 1."""
    from scipy.optimize import brentq
    from scipy.special import ndtr

    def missing(value: float) -> float:
        return float(ndtr(value - bias) - ndtr(-value - bias)) - level

    return float(brentq(missing, 0.0, abs(bias) + 10.0))
