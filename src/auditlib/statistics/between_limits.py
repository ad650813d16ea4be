"""Limits of the variance between units of the true values."""

from __future__ import annotations

from auditlib.statistics.types import Floats, Numbers, as_floats


def between_limits(estimates: Numbers, variances: Numbers, *, level: float = 0.95) -> tuple[float, float]:
    """Return limits of the variance between units that `level` of such intervals hold.

    Parameters
    ----------
    estimates, variances
        Estimate and its known sampling variance > 0 per unit, at least two.
    level
        Coverage, exact where true values are normal.

    Notes
    -----
    The Q-profile of Viechtbauer (2007), Statistics in Medicine 26:37-52: all variances at which the weighted
    squared distances from the weighted mean are no rarer than chi-squared with one degree of freedom less
    than there are units makes them. A limit is 0 where that holds of no difference at all.

    Examples
    --------
    >>> low, high = between_limits([0.0, 0.1, -0.1, 0.05, -0.05], [0.01] * 5)
    >>> low, round(high, 3)
    (0.0, 0.042)
    """
    from scipy.special import chdtri

    y, variance = as_floats(estimates), as_floats(variances)
    freedom, tail = len(y) - 1, (1 - level) / 2
    rare, common = (float(chdtri(freedom, share)) for share in (tail, 1 - tail))
    return _solved(y, variance, rare), _solved(y, variance, common)


def _solved(y: Floats, variance: Floats, wanted: float) -> float:
    """Return the variance between units at which the squared distances are `wanted`; they fall with it."""
    from scipy.optimize import brentq

    if _squares(0.0, y, variance) <= wanted:
        return 0.0
    most = float(y.var()) * len(y) / wanted + 1e-12
    return float(brentq(lambda tau2: _squares(tau2, y, variance) - wanted, 0.0, most, xtol=1e-14))


def _squares(tau2: float, y: Floats, variance: Floats) -> float:
    weight = 1 / (variance + tau2)
    centre = (weight * y).sum() / weight.sum()
    return float((weight * (y - centre) ** 2).sum())
