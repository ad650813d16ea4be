"""Months that end just above the bonus threshold, beyond those that chance puts there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditlib.statistics.types import Floats

DRAWS = 200
_SLACK = 1e-9
"""A mean on the threshold counts as above it, whatever the last bit of its float says."""
STATISTICS = ("mean", "top_box")
"""Metrics whose monthly value can be drawn anew from scores."""


@dataclass(frozen=True)
class Moved:
    """Excess of months just above the threshold over those just below, by unit.

    Parameters
    ----------
    excess
        Observed less expected difference, as a share of the unit's months.
    variance
        Its variance when months are drawn anew.
    months
        Months with answers.
    """

    excess: Floats
    variance: Floats
    months: Floats


def moved_months(
    scores: Floats,
    values: Floats,
    *,
    threshold: float,
    width: float,
    statistic: str,
    rng: np.random.Generator,
) -> Moved:
    """Compare each unit's months with months drawn anew from its own scores.

    Parameters
    ----------
    scores
        Answers by unit, month and score; shape (units, months, scores).
    values
        Native score of each column.
    threshold, width
        Where the bonus starts, and how near counts as just above or below; in units of the metric.
    statistic
        ``"mean"`` or ``"top_box"``.

    Notes
    -----
    Drawing anew keeps the level of a unit, the number of answers of each month and the steps of the
    scale, all of which decide how many months end just above by chance; a smooth density would not.
    """
    worth = values if statistic == "mean" else (values >= values[-1] - (values[-1] - values[0]) / 4)
    excess, variance, months = (np.zeros(len(scores)) for _ in range(3))
    for unit, given in enumerate(scores):
        n = given.sum(axis=1)
        own = given[n > 0]
        if not len(own):
            continue
        n = n[n > 0]
        total = own.sum(axis=0)
        drawn = rng.multinomial(n.astype(np.int64), total / total.sum(), size=(DRAWS, len(n)))
        chance = _balance(drawn @ worth / n, threshold, width).sum(axis=1)
        seen = _balance(own @ worth / n, threshold, width).sum()
        excess[unit] = (seen - chance.mean()) / len(n)
        variance[unit] = chance.var() / len(n) ** 2
        months[unit] = len(n)
    return Moved(excess, variance, months)


def _balance(value: Floats, threshold: float, width: float) -> Floats:
    """Return 1 just above the threshold, -1 just below, 0 elsewhere."""
    distance = value - threshold
    above = (distance >= -_SLACK) & (distance < width - _SLACK)
    below = (distance < -_SLACK) & (distance >= -width - _SLACK)
    return above.astype(np.float64) - below
