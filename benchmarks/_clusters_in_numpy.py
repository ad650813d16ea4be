"""What NumPy does in the last step of the scripts in Polars: limits, from sums over days of units.

Written apart from the estimators of the suite, so that the same figures check both.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Limits = tuple[float, float]


def units_in(frame: Any) -> Codes:
    """Return a number for the unit of each row of a frame, from 0."""
    return np.unique(frame.get_column("unit_id").to_numpy().astype(str), return_inverse=True)[1]


def spread(moves: Floats, unit: Codes) -> tuple[float, int]:
    """Return the variance of a figure by how much each day of a unit moves it, and its degrees of freedom.

    Units are strata, each with several days here.
    """
    days = np.bincount(unit)
    apart = moves - (np.bincount(unit, moves) / np.maximum(days, 1))[unit]
    squares, kept = np.bincount(unit, apart**2), days > 1
    return float((squares[kept] * days[kept] / (days[kept] - 1)).sum()), int((days[kept] - 1).sum())


def apart_from_unit(sums: Floats, cases: Floats, unit: Codes) -> Floats:
    """Return by how much each day's sum differs from what its unit gives for as many cases."""
    return sums - (np.bincount(unit, sums) / np.bincount(unit, cases))[unit] * cases


def t_quantile(degrees: int, level: float) -> float:
    """Return how many errors limits are away."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1 + level) / 2))


def independent(share: float, moves: Floats, unit: Codes, cases: float, *, level: float = LEVEL) -> float:
    """Return the independent cases that a share is worth (Korn and Graubard)."""
    variance, degrees = spread(moves, unit)
    if variance <= 0:
        return cases
    surely = (NormalDist().inv_cdf((1 + level) / 2) / t_quantile(degrees, level)) ** 2
    return min(cases, share * (1 - share) / variance * surely)


def share_limits(share: float, moves: Floats, unit: Codes, cases: float, *, level: float = LEVEL) -> Limits:
    """Return Wilson limits of a share over the independent cases that its days of units are worth."""
    return wilson(share, independent(share, moves, unit, cases, level=level), level=level)


def wilson(share: float, n: float, *, level: float = LEVEL) -> Limits:
    """Return the score limits of a share."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return float(centre - reach), float(centre + reach)


def pooled_limits(meeting: Floats, counted: Floats, unit: Codes, *, level: float = LEVEL) -> Limits:
    """Return the limits of the share of all cases together."""
    some, whole = counted > 0, float(counted.sum())
    share = float(meeting.sum() / whole)
    moves = apart_from_unit(meeting, counted, unit)[some] / whole
    return share_limits(share, moves, unit[some], whole, level=level)


def quantile_limits(
    seconds: Floats, many: Floats, within: Floats, cases: Floats, unit: Codes, *, share: float
) -> Limits:
    """Return the limits of a quantile: those of the share up to it, read off the distribution (Woodruff).

    Parameters
    ----------
    seconds, many
        Distinct times, and cases of each.
    within, cases
        Cases up to the quantile, and all of them, by day of a unit.
    unit
        Of each day.
    """
    moves = apart_from_unit(within, cases, unit) / cases.sum()
    low, high = share_limits(share, moves, unit, float(cases.sum()))
    return quantile(seconds, many, low), quantile(seconds, many, high)


def quantile(seconds: Floats, many: Floats, share: float) -> float:
    """Return the smallest time that at least `share` of the cases do not exceed."""
    up_to = np.cumsum(many)
    return float(seconds[np.searchsorted(up_to, share * up_to[-1] - 1e-9 * up_to[-1])])


def mean_limits(seconds: Floats, cases: Floats, unit: Codes) -> Limits:
    """Return the limits of a mean, symmetric on the scale of logarithms."""
    mean = float(seconds.sum() / cases.sum())
    variance, degrees = spread(apart_from_unit(seconds, cases, unit) / cases.sum(), unit)
    reach = t_quantile(degrees, LEVEL) * np.sqrt(variance) / mean
    return float(mean * np.exp(-reach)), float(mean * np.exp(reach))


def influences(
    times: Floats, ended: Floats, gone: Floats, bound: float
) -> tuple[float, float, Floats, Floats]:
    """Return the Kaplan-Meier share undone at a bound, who risked it, and what cases of each time move.

    What they move is the logarithm of the share: those who ended at a time, and those who left undone at it.
    """
    every = np.cumsum(ended + gone)
    at_risk = every[-1] - np.concatenate([[0.0], every[:-1]])
    after, inside = at_risk - ended, times <= bound
    inside &= after > 0
    undone = float(np.prod(1 - ended[times <= bound] / at_risk[times <= bound]))
    steps = np.divide(ended, at_risk * after, out=np.zeros_like(after), where=inside)
    own = np.divide(1.0, after, out=np.zeros_like(after), where=inside)
    left = np.cumsum(steps)
    return undone, float(at_risk[np.searchsorted(times, bound)]), left - own, left


def survival_limits(undone: float, sums: Floats, cases: Floats, unit: Codes) -> Limits:
    """Return the log-log limits of who would have given up, by influences added up by day of a unit."""
    variance, degrees = spread(apart_from_unit(sums, cases, unit), unit)
    half = t_quantile(degrees, LEVEL) * np.sqrt(variance) / abs(np.log(undone))
    centre = np.log(-np.log(undone))
    return float(1 - np.exp(-np.exp(centre - half))), float(1 - np.exp(-np.exp(centre + half)))


def apart_limits(apart: float, moves: Floats, cases: Floats, unit: Codes) -> Limits:
    """Return the limits of how far two shares of the same cases lie apart."""
    some = cases > 0
    variance, degrees = spread(apart_from_unit(moves, cases, unit)[some], unit[some])
    reach = t_quantile(degrees, LEVEL) * np.sqrt(variance)
    return float(apart - reach), float(apart + reach)


def column(frame: Any, name: str) -> Floats:
    """Return a column of a frame as floating numbers."""
    return np.asarray(frame.get_column(name).to_numpy(), dtype=np.float64)
