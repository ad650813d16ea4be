"""Mean and quantiles of times whose cases come in clusters, such as the waits of one unit and day.

Waits are skewed, so that an interval that reaches as far down as up is wrong: that of the mean is symmetric
on the scale of logarithms, that of a quantile is read off the distribution itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Interval
from auditlib.statistics.clustered_share import pooled_share, worth_limits
from auditlib.statistics.strata import against_own_stratum, spread_of_clusters
from auditlib.statistics.types import Floats

_LAST_BITS = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class CountedTimes:
    """Distinct times in ascending order with how many cases took each, shape (times,)."""

    seconds: Floats
    cases: Floats

    @property
    def total(self) -> float:
        """All cases."""
        return float(self.cases.sum())

    def quantile(self, share: float) -> float:
        """Return the smallest time that at least `share` of the cases did not exceed.

        Examples
        --------
        >>> times = CountedTimes(np.array([10.0, 20.0, 60.0]), np.array([5.0, 4.0, 1.0]))
        >>> times.quantile(0.5), times.quantile(0.9), times.quantile(0.95)
        (10.0, 20.0, 60.0)
        """
        reached = np.cumsum(self.cases) >= share * self.total - _LAST_BITS * self.total
        return float(self.seconds[int(np.argmax(reached))])


def mean_interval(
    seconds: Floats, cases: Floats, stratum: NDArray[np.int64], *, level: float
) -> Interval | None:
    """Return limits of the mean time of all cases; None where clusters are too few.

    Parameters
    ----------
    seconds, cases
        Time added up, and how many cases it is of, by cluster, shape (clusters,); clusters have cases.
    stratum
        Place of the stratum of each cluster, from 0, shape (clusters,).
    level
        Coverage.

    Notes
    -----
    The error is that of a ratio of sums over clusters in strata (Woodruff 1971, JASA 66:411-414), judged by
    t, on the scale of logarithms. Simulated
    (``tests/unit/test_statistics_clustered_times.py``): lognormal and exponential waits of 60 days, with days
    that differ, are covered in 93 to 97% at 95%.
    """
    total = float(cases.sum())
    if seconds.sum() <= 0:
        return None
    mean = float(seconds.sum()) / total
    spread = spread_of_clusters(against_own_stratum(seconds, cases, stratum) / total, stratum)
    if not spread.degrees:
        return None
    reach = spread.quantile(level) * spread.error / mean
    low, high = mean * np.exp(-reach), mean * np.exp(reach)
    return Interval(float(low), float(high), level, "logarithm of the mean, days of units as clusters")


def quantile_interval(
    times: CountedTimes,
    within: Floats,
    cases: Floats,
    stratum: NDArray[np.int64],
    *,
    share: float,
    level: float,
) -> Interval | None:
    """Return limits of the time that `share` of the cases did not exceed; None where clusters are too few.

    Parameters
    ----------
    times
        All cases.
    within, cases
        Cases that took no longer than the quantile, and all of them, by cluster, shape (clusters,).
    stratum
        Place of the stratum of each cluster, from 0, shape (clusters,).
    share
        Of the quantile, between 0 and 1.
    level
        Coverage.

    Notes
    -----
    Woodruff (1952), JASA 47:635-646: the limits of the share of cases at or below the quantile, clusters
    allowed for, are read back as times. These are the Wilson limits over the cases that the clustered ones
    are worth, so that they stay between 0 and 1.
    """
    reached = pooled_share(within, cases, stratum)
    if not reached.spread.degrees:
        return None
    ends = worth_limits(share, reached.spread, reached.cases, level=level)
    low, high = (times.quantile(end) for end in ends)
    return Interval(low, high, level, "order statistics, days of units as clusters")
