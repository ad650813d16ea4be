"""Control charts: which points of a series are more than its own ordinary variation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Refusal
from auditlib.statements import counted
from auditlib.statistics.types import Floats, Numbers, as_floats

FEWEST_POINTS = 6
"""Below it the moving range is too unsure to set limits with."""
MEAN_RANGE = 1.128
"""Mean range of two normal values in standard deviations (d2 for n = 2)."""
INDIVIDUAL, RANGE = 2.66, 3.268
"""3 / d2, and D4 for n = 2: the constants of Shewhart charts as printed in ISO 7870-2."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A series with its limits; arrays have one entry per point.

    Parameters
    ----------
    signal
        Points outside their limits.
    range_limit
        Largest ordinary step between neighbouring points; 0 where the chart has none.
    """

    values: Floats
    centre: float
    low: Floats
    high: Floats
    signal: NDArray[np.bool_]
    range_limit: float = 0.0


def xmr(values: Numbers) -> Chart | Refusal:
    """Chart single values: centre -/+ 2.66 mean moving range; steps up to 3.268 of it are ordinary.

    Notes
    -----
    Shewhart's individuals and moving range chart (Wheeler 1993, Understanding Variation). It takes points for
    independent: of months that resemble each other far more lie outside (`residual_chart` allows for that).
    """
    x = as_floats(values)
    if len(x) < FEWEST_POINTS:
        return Refusal(
            f"{counted(len(x), 'point is', 'points are')} too few for a control chart (at least "
            f"{FEWEST_POINTS})."
        )
    step = float(np.abs(np.diff(x)).mean())
    centre = float(x.mean())
    low, high = (np.full(len(x), centre + sign * INDIVIDUAL * step) for sign in (-1, 1))
    return Chart(x, centre, low, high, (x < low) | (x > high), RANGE * step)


def laney_p(successes: Numbers, n: Numbers) -> Chart | Refusal:
    """Chart shares of varying, large n, where ordinary variation exceeds binomial chance.

    Notes
    -----
    Laney (2002), Quality Engineering 14:531-537: limits p +/- 3 sigma_i sigma_z, with sigma_i the binomial
    error of point i and sigma_z the mean moving range of z over 1.128.
    """
    count, total = as_floats(successes), as_floats(n)
    if (total <= 0).any() or (count < 0).any() or (count > total).any():
        raise ValueError("counts must satisfy 0 <= successes <= n and n > 0")
    if len(count) < FEWEST_POINTS:
        return Refusal(
            f"{counted(len(count), 'point is', 'points are')} too few for a control chart (at least "
            f"{FEWEST_POINTS})."
        )
    centre = float(count.sum() / total.sum())
    if centre in (0.0, 1.0):
        return Refusal("Every answer is the same: the share does not vary.")
    share, error = count / total, np.sqrt(centre * (1 - centre) / total)
    spread = float(np.abs(np.diff((share - centre) / error)).mean()) / MEAN_RANGE
    low, high = (np.clip(centre + sign * 3 * error * spread, 0, 1) for sign in (-1, 1))
    return Chart(share, centre, low, high, (share < low) | (share > high))
