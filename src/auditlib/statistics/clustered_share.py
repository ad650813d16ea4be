"""Shares whose cases come in clusters: of all cases, the mean over groups, and the mean over parts.

Clusters lie in strata that are all there are, such as the days of units. The limits are those of a share of
the independent cases that are worth as much, so that they stay inside the scale and have a width at 0 and at
1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from auditlib.statistics.intervals import wilson
from auditlib.statistics.strata import ClusterSpread, against_own_stratum, spread_of_clusters
from auditlib.statistics.types import Floats, normal_quantile


@dataclass(frozen=True, slots=True)
class ClusteredShare:
    """A share, its error between clusters, and all cases behind it.

    Parameters
    ----------
    independent
        Cases of a pooled share that it would be worth if cases did not go together: where small groups weigh
        as much as large ones, fewer than there are.
    """

    value: float
    spread: ClusterSpread
    cases: float
    independent: float

    def effective(self, *, level: float) -> float:
        """Return the independent cases that it is worth at a coverage; never more than there are."""
        return _worth(self.value, self.spread, self.independent, level=level)

    def limits(self, *, level: float) -> tuple[float, float]:
        """Return the Wilson limits over its effective cases; see `worth_limits`.

        Examples
        --------
        >>> four = pooled_share(np.array([9.0, 7.0, 1.0, 3.0]), np.full(4, 10.0), np.array([0, 0, 1, 1]))
        >>> [round(limit, 3) for limit in four.limits(level=0.95)]
        [0.24, 0.76]
        """
        return worth_limits(self.value, self.spread, self.independent, level=level)


def _worth(share: float, spread: ClusterSpread, cases: float, *, level: float) -> float:
    of_cases = share * (1 - share)
    if not spread.degrees or spread.variance <= 0 or of_cases <= 0:
        return cases
    surely = (normal_quantile(level) / spread.quantile(level)) ** 2
    return min(cases, of_cases / spread.variance * surely)


def worth_limits(share: float, spread: ClusterSpread, cases: float, *, level: float) -> tuple[float, float]:
    """Return Wilson limits over the independent cases that a share is worth.

    Parameters
    ----------
    spread
        Of the share, between clusters.
    cases
        How many it would be worth if cases did not go together.
    level
        Coverage.

    Notes
    -----
    What few clusters say of their own spread is uncertain, so that cases are worth less by the square of the
    ratio of the normal quantile to that of t, and never more than there are (Korn and Graubard 1998, Survey
    Methodology 24:193-201). Simulated (``tests/unit/test_statistics_clustered_share.py``).
    """
    worth = _worth(share, spread, cases, level=level)
    limits = wilson(share * worth, worth, level=level)
    return float(limits.low), float(limits.high)


def pooled_share(meeting: Floats, counted: Floats, stratum: NDArray[np.int64]) -> ClusteredShare:
    """Return the share of all cases together.

    Parameters
    ----------
    meeting, counted
        Cases that meet, and all of them, of each cluster, shape (clusters,); without a case it says nothing.
    stratum
        Place of the stratum of each cluster, from 0, shape (clusters,).
    """
    value = float(meeting.sum() / counted.sum())
    moves = against_own_stratum(meeting, counted, stratum) / counted.sum()
    return _clustered(value, moves, counted, stratum)


def mean_over_groups(meeting: Floats, counted: Floats, group: NDArray[np.int64]) -> ClusteredShare:
    """Return the mean of the shares of groups, each counted once; groups without a case are left out.

    Parameters
    ----------
    meeting, counted
        Cases that meet, and all of them, of each cluster, shape (clusters,).
    group
        Place of the group of each cluster, from 0, shape (clusters,); groups are the strata.

    Notes
    -----
    A small group weighs as much as a large one, so that the mean is worth fewer cases than there are; a group
    of one cluster errs at least as much as its cases would if they were as much alike as those of the others.
    """
    met, whole = (np.bincount(group, weights=part) for part in (meeting, counted))
    filled = whole > 0
    shares = np.divide(met, whole, out=np.zeros_like(met), where=filled)
    value = float(shares[filled].mean())
    weight = np.divide(1.0, whole * filled.sum(), out=np.zeros_like(whole), where=filled)
    moves = (meeting - shares[group] * counted) * weight[group]
    # Two that meet and two that do not are added, since a share of 0 or 1 has no error of its own.
    smoothed = (met + 2) / (whole + 4)
    chance = weight**2 * whole * smoothed * (1 - smoothed)
    single = np.bincount(group[counted > 0], minlength=len(whole)) == 1
    apart = np.abs(shares - value) * weight * whole
    moves = np.where(single[group], _moves_of_single(moves, group, single, chance, apart)[group], moves)
    clustered = _clustered(value, moves, counted, group)
    worth = (
        value * (1 - value) / chance.sum() if 0 < value < 1 else filled.sum() ** 2 / (1 / whole[filled]).sum()
    )
    return replace(clustered, independent=min(clustered.cases, float(worth)))


def _moves_of_single(
    moves: Floats, group: NDArray[np.int64], single: NDArray[np.bool_], chance: Floats, apart: Floats
) -> Floats:
    """Return by how much groups of one cluster move a mean of groups, shape (groups,).

    By what sets them apart from it, and at least by what chance does in them, were their cases as much alike
    as those of the other groups.
    """
    several = ~single & (chance > 0)
    others = several[group]
    of_cases = float(chance[several].sum())
    variance = spread_of_clusters(moves[others], group[others]).variance
    alike = max(1.0, variance / of_cases) if of_cases else 1.0
    return np.maximum(apart, np.sqrt(chance * alike))


def mean_over_parts(
    shares: Floats, parts: Floats, stratum: NDArray[np.int64], *, cases: float
) -> ClusteredShare:
    """Return the mean of the shares of parts that clusters consist of, each part counted once.

    Parameters
    ----------
    shares, parts
        Sum of the shares of the parts of each cluster, and how many these are, shape (clusters,).
    stratum
        Place of the stratum of each cluster, from 0, shape (clusters,).
    cases
        Cases of all parts.
    """
    value = float(shares.sum() / parts.sum())
    mean = _clustered(value, (shares - value * parts) / parts.sum(), parts, stratum)
    return ClusteredShare(value, mean.spread, cases, cases)


def _clustered(value: float, moves: Floats, counted: Floats, stratum: NDArray[np.int64]) -> ClusteredShare:
    filled = counted > 0
    cases = float(counted.sum())
    return ClusteredShare(value, spread_of_clusters(moves[filled], stratum[filled]), cases, cases)
