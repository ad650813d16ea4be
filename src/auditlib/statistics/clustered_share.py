"""Shares whose cases come in clusters: of all cases, the mean over groups, and the mean over parts.

Each share comes with what every cluster adds to its error; the limits are those of a share of the independent
cases that are worth as much, so that they stay inside the scale and have a width at 0 and at 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditlib.statistics.intervals import wilson
from auditlib.statistics.types import Floats


@dataclass(frozen=True, slots=True, eq=False)
class ClusteredShare:
    """A share, and the residual of each cluster; residuals add up to nought.

    Parameters
    ----------
    value
        The share.
    residuals
        By how much a cluster moves the share, shape (clusters,).
    cases
        All cases behind it.
    """

    value: float
    residuals: Floats
    cases: float

    @property
    def variance(self) -> float:
        """Variance between clusters of the linearised share (Woodruff 1971, JASA 66:411-414)."""
        clusters = len(self.residuals)
        if clusters < 2:
            return 0.0
        return float((self.residuals**2).sum()) * clusters / (clusters - 1)

    @property
    def effective(self) -> float:
        """Independent cases that it is worth; never more than there are."""
        return _effective(self.value, self.variance, self.cases)

    def limits(self, *, level: float) -> tuple[float, float]:
        """Return the Wilson limits over its effective cases.

        Examples
        --------
        >>> ten = pooled_share(np.array([9.0, 1.0]), np.array([10.0, 10.0]))
        >>> [round(limit, 3) for limit in ten.limits(level=0.95)]
        [0.078, 0.922]
        """
        return worth_limits(self.value, self.variance, self.cases, level=level)


def _effective(share: float, variance: float, cases: float) -> float:
    spread = share * (1 - share)
    return cases if variance <= spread / cases else spread / variance


def worth_limits(share: float, variance: float, cases: float, *, level: float) -> tuple[float, float]:
    """Return Wilson limits over the independent cases that a share is worth.

    Parameters
    ----------
    variance
        Of the share, between clusters.
    cases
        How many it would be worth if cases did not go together.
    """
    worth = _effective(share, variance, cases)
    limits = wilson(share * worth, worth, level=level)
    return float(limits.low), float(limits.high)


def pooled_share(meeting: Floats, counted: Floats) -> ClusteredShare:
    """Return the share of all cases together.

    Parameters
    ----------
    meeting, counted
        Cases that meet, and all of them, of each cluster, shape (clusters,).
    """
    value = float(meeting.sum() / counted.sum())
    return ClusteredShare(value, (meeting - value * counted) / counted.sum(), float(counted.sum()))


def mean_over_groups(group: NDArray[np.int64], meeting: Floats, counted: Floats) -> ClusteredShare:
    """Return the mean of the shares of groups, each counted once; groups without a case are left out.

    Parameters
    ----------
    group
        Place of the group of each cluster, from 0, shape (clusters,).
    meeting, counted
        Cases that meet, and all of them, of each cluster, shape (clusters,).

    Notes
    -----
    The groups are those there are, not a sample of groups: the error is that of their shares.
    """
    met, whole = (np.bincount(group, weights=part) for part in (meeting, counted))
    told = whole > 0
    shares = np.divide(met, whole, out=np.zeros_like(met), where=told)
    weight = np.divide(1.0, whole * told.sum(), out=np.zeros_like(whole), where=told)
    residuals = (meeting - shares[group] * counted) * weight[group]
    return ClusteredShare(float(shares[told].mean()), residuals, float(counted.sum()))


def mean_over_parts(shares: Floats, parts: Floats, *, cases: float) -> ClusteredShare:
    """Return the mean of the shares of parts that clusters consist of, each part counted once.

    Parameters
    ----------
    shares, parts
        Sum of the shares of the parts of each cluster, and how many these are, shape (clusters,).
    cases
        Cases of all parts.
    """
    value = float(shares.sum() / parts.sum())
    return ClusteredShare(value, (shares - value * parts) / parts.sum(), cases)
