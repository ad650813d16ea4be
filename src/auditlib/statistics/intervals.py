"""Intervals for shares, means and net promoter scores.

What statsmodels has is taken from it. Loading it costs a process some two seconds, once: it is loaded by what
needs it, when it needs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np

from auditlib.records import Refusal
from auditlib.statements import counted
from auditlib.statistics.types import Floats, Limits, Numbers, as_floats, normal_quantile

_LAST_BITS = 1e-9
"""So that the last bits of a product do not add a rank."""


def wilson(successes: Numbers, n: Numbers, *, level: float = 0.95) -> Limits:
    """Return score limits for shares.

    Parameters
    ----------
    successes, n
        Counts, 0 <= successes <= n and n > 0; `successes` may be a share times n.

    Notes
    -----
    Wilson (1927), JASA 22:209-212; without continuity correction, as method 3 of Newcombe (1998),
    Statistics in Medicine 17:857-872.
    """
    return _of_statsmodels(successes, n, level=level, method="wilson")


def clopper_pearson(successes: Numbers, n: Numbers, *, level: float = 0.95) -> Limits:
    """Return exact binomial limits for shares (Clopper and Pearson 1934, Biometrika 26:404-413)."""
    return _of_statsmodels(successes, n, level=level, method="beta")


def _of_statsmodels(successes: Numbers, n: Numbers, *, level: float, method: str) -> Limits:
    """Return limits by `statsmodels.stats.proportion.proportion_confint`, the ends of 0 and 1 exactly."""
    from statsmodels.stats.proportion import proportion_confint

    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    count, total = _counts(successes, n)
    low, high = proportion_confint(count, total, alpha=1 - level, method=method)
    return Limits(np.where(count == 0, 0.0, low), np.where(count == total, 1.0, high))


def mean_t(mean: Numbers, variance: Numbers, n: Numbers, *, level: float = 0.95) -> Limits:
    """Return t limits for means of `n` >= 2 independent scores with sample variance `variance`."""
    from scipy.special import stdtrit

    total = as_floats(n)
    if (total < 2).any():
        raise ValueError("one score has no variance: leave units with n below 2 out")
    half = stdtrit(total - 1, (1 + level) / 2) * np.sqrt(as_floats(variance) / total)
    return Limits(as_floats(mean) - half, as_floats(mean) + half)


def nps(promoters: Numbers, detractors: Numbers, n: Numbers) -> tuple[Floats, Floats]:
    """Return net promoter scores between -1 and 1 and their standard errors.

    Notes
    -----
    The variance of one answer coded 1, 0, -1 is (P + D) - (P - D)^2; the error divides it by n.
    """
    total = as_floats(n)
    promoting, detracting = as_floats(promoters) / total, as_floats(detractors) / total
    if (promoting + detracting > 1 + 1e-12).any():
        raise ValueError("promoters and detractors together exceed n")
    value = promoting - detracting
    return value, np.sqrt(np.maximum((promoting + detracting) - value**2, 0) / total)


def quantile_ranks(n: int, share: float, *, level: float = 0.95) -> tuple[int, int, int]:
    """Return the ranks, from 1, of the values at a quantile and at its limits: lower, quantile, upper.

    Parameters
    ----------
    n
        Values there are.
    share
        The share of them that the quantile is to reach, between 0 and 1.

    Notes
    -----
    The normal approximation of Conover (1999), Practical Nonparametric Statistics, 3.2. A rank beyond the
    last value is that of the last.

    Examples
    --------
    >>> quantile_ranks(100, 0.9)
    (85, 90, 96)
    """
    spread = normal_quantile(level) * sqrt(n * share * (1 - share))
    low, value, high = (
        min(n, max(1, ceil(n * share + move - _LAST_BITS))) for move in (-spread, 0.0, spread)
    )
    return low, value, high


@dataclass(frozen=True, slots=True)
class ClusterMean:
    """A mean of scores that come in clusters, such as several answers of one customer."""

    mean: float
    standard_error: float
    low: float
    high: float
    n: int
    clusters: int


def cluster_mean(values: Numbers, clusters: Numbers, *, level: float = 0.95) -> ClusterMean | Refusal:
    """Return the mean of `values` with an error robust to dependence within clusters.

    Parameters
    ----------
    values, clusters
        Score and cluster label of each answer, equally long.

    Notes
    -----
    Liang and Zeger (1986), Biometrika 73:13-22, for a regression on a constant, scaled by G / (G - 1).
    """
    from scipy.special import stdtrit

    scores = as_floats(values)
    _, label = np.unique(np.asarray(clusters), return_inverse=True)
    if label.shape != scores.shape:
        raise ValueError("each value needs its cluster")
    count = int(label.max()) + 1 if len(label) else 0
    if count < 2:
        return Refusal(f"{counted(count, 'cluster')}: dependence within clusters cannot be told from chance.")
    mean = float(scores.mean())
    sums = np.bincount(label, weights=scores - mean, minlength=count)
    error = float(np.sqrt((sums**2).sum() * count / (count - 1)) / len(scores))
    half = float(stdtrit(count - 1, (1 + level) / 2)) * error
    return ClusterMean(mean, error, mean - half, mean + half, len(scores), count)


def _counts(successes: Numbers, n: Numbers) -> tuple[Floats, Floats]:
    count, total = as_floats(successes), as_floats(n)
    if (total <= 0).any() or (count < 0).any() or (count > total).any():
        raise ValueError("counts must satisfy 0 <= successes <= n and n > 0")
    return count, total
