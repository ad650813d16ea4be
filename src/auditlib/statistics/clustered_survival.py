"""Survival from counted times whose cases come in clusters: the curve, and limits that allow for clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Interval
from auditlib.statistics.strata import spread_at_mix
from auditlib.statistics.types import Floats

SCALE = 10**12
"""Influences are added up as integers, so that sums do not depend on the order of their parts."""

_LAST_BITS = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class CountedSurvival:
    """The share not yet done by time, from how many ended and how many left at each time.

    Parameters
    ----------
    times
        Distinct times, ascending, shape (times,).
    ended, left
        Cases done at each, and cases that left undone at it (censored), shape (times,).
    """

    times: Floats
    ended: Floats
    left: Floats

    @property
    def at_risk(self) -> Floats:
        """Cases neither done nor gone just before each time."""
        gone = np.cumsum(self.ended + self.left)
        return np.asarray(gone[-1] - np.concatenate([[0.0], gone[:-1]]))

    @property
    def share(self) -> Floats:
        """Share not yet done just after each time (Kaplan and Meier 1958, JASA 53:457-481)."""
        return np.asarray(np.cumprod(1 - self.ended / self.at_risk))

    def undone(self, time: float) -> float:
        """Return the share not yet done at `time`, which is included.

        Examples
        --------
        >>> curve = CountedSurvival(np.array([10.0, 20.0]), np.array([1.0, 1.0]), np.array([2.0, 1.0]))
        >>> curve.undone(9), curve.undone(10), curve.undone(20)
        (1.0, 0.8, 0.4)
        """
        reached = int(np.searchsorted(self.times, time, side="right"))
        return 1.0 if reached == 0 else float(self.share[reached - 1])

    def quantile(self, share: float) -> float | None:
        """Return the smallest time by which at least `share` of the cases are done; None where none is known.

        Examples
        --------
        >>> curve = CountedSurvival(np.array([10.0, 20.0]), np.array([1.0, 1.0]), np.array([2.0, 1.0]))
        >>> curve.quantile(0.2), curve.quantile(0.6), curve.quantile(0.9)
        (10.0, 20.0, None)
        """
        done = self.share <= 1 - share + _LAST_BITS
        return float(self.times[int(np.argmax(done))]) if done.any() else None

    def risked(self, time: float) -> float:
        """Return the cases neither done nor gone at `time`."""
        reached = int(np.searchsorted(self.times, time, side="left"))
        return 0.0 if reached == len(self.times) else float(self.at_risk[reached])

    def influences(self, time: float) -> tuple[Floats, Floats]:
        """Return by how much a case done, and one gone undone, at each of the `times` moves log share.

        Notes
        -----
        The derivative of the logarithm of the product-limit estimate. The squares of all cases add up to
        Greenwood's variance where cases are independent; sums over clusters of cases allow for clusters
        (Ying and Wei 1994, Journal of Multivariate Analysis 50:17-29; Williams 1995, Lifetime Data Analysis
        1:171-186).
        """
        at_risk = self.at_risk
        after = at_risk - self.ended
        inside = (self.times <= time) & (after > 0)
        step = np.divide(self.ended, at_risk * after, out=np.zeros_like(after), where=inside)
        gone = np.cumsum(step)
        own = np.divide(1.0, after, out=np.zeros_like(after), where=inside)
        return np.asarray(gone - own), gone


def survival_limits(
    share: float, sums: Floats, cases: Floats, stratum: NDArray[np.int64], *, level: float
) -> Interval | None:
    """Return the log-log limits of a share not yet done; None where it is 0 or 1, or clusters are too few.

    Parameters
    ----------
    share
        The share.
    sums, cases
        Influences on its logarithm added up by cluster, and how many cases these are of, shape (clusters,).
    stratum
        Place of the stratum of each cluster, from 0, shape (clusters,).
    level
        Coverage.
    """
    spread = spread_at_mix(sums, cases, stratum)
    if not spread.degrees or not 0 < share < 1:
        return None
    half = spread.quantile(level) * spread.error / abs(np.log(share))
    centre = np.log(-np.log(share))
    low, high = (float(np.exp(-np.exp(centre + move))) for move in (half, -half))
    return Interval(low, high, level, "Kaplan-Meier, days of units as clusters")


def quantile_limits(
    curve: CountedSurvival,
    sums: Floats,
    cases: Floats,
    stratum: NDArray[np.int64],
    *,
    share: float,
    level: float,
) -> Interval | None:
    """Return limits of the time by which `share` of the cases are done; None where they cannot be told.

    Parameters
    ----------
    sums, cases
        Influences on the logarithm of the share not yet done at that time, added up by cluster, and how many
        cases these are of, shape (clusters,).
    stratum
        Place of the stratum of each cluster, from 0, shape (clusters,).
    share
        Of the quantile, between 0 and 1.
    level
        Coverage.

    Notes
    -----
    The limits of the share not yet done at the quantile are read back as times (Woodruff 1952, JASA
    47:635-646; of censored times Brookmeyer and Crowley 1982, Biometrics 38:29-41). There are none where the
    curve does not fall as far as the lower of them.
    """
    limits = survival_limits(1 - share, sums, cases, stratum, level=level)
    if limits is None:
        return None
    low, high = curve.quantile(1 - limits.high), curve.quantile(1 - limits.low)
    return None if low is None or high is None else Interval(low, high, level, limits.method)
