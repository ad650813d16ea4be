"""Months that end just above the bonus threshold, beyond those that chance puts there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditlib.statistics.changes import Flags
from auditlib.statistics.types import Floats

_SLACK = 1e-9
"""A mean on the threshold counts as above it, whatever the last bit of its float says."""
STATISTICS = ("mean", "top_box")
"""Metrics whose monthly value can be computed from the scores of single answers."""
_NOTHING = (0.0, 0.0, 0.0, 0.0, 0.0)
"""A unit that cannot come near the threshold."""
_MANY = 400
"""Beyond so many answers a month its mean is taken to be normal, within 1e-3 of the exact share."""


@dataclass(frozen=True)
class BonusRule:
    """Where the bonus starts, and how near counts as just above or just below.

    Parameters
    ----------
    threshold, width
        In units of the metric.
    statistic
        ``"mean"`` or ``"top_box"``.
    top
        Least score in the top box.
    """

    threshold: float
    width: float
    statistic: str
    top: float = np.inf


@dataclass(frozen=True)
class Moved:
    """Months moved from just below the threshold to just above it, by unit.

    Parameters
    ----------
    share
        Months moved, as a share of the months expected just below; 0 where nobody steers.
    variance
        Sampling variance of that share.
    months
        Months expected just below the threshold: how much can be seen at all.
    """

    share: Floats
    variance: Floats
    months: Floats


@dataclass(frozen=True, eq=False)
class Heaps:
    """Months near the threshold, by unit; shape (..., units).

    Parameters
    ----------
    above, below
        Months that ended just above, and just below, the threshold.
    expected_above, expected_below
        Months expected there.
    spread
        Variance of what `moved` weighs together.
    """

    above: Floats
    below: Floats
    expected_above: Floats
    expected_below: Floats
    spread: Floats

    @property
    def moved(self) -> Moved:
        """What is missing below and too much above, the surer one for more."""
        near = self.expected_below > 0
        weight = np.where(near, self.expected_below / np.where(near, self.expected_above, 1.0), 0.0)
        missing = self.expected_below - self.below + weight * (self.above - self.expected_above)
        scale = np.where(near, self.expected_below * (1 + weight), 1.0)
        variance = np.where(near, self.spread / scale**2, np.inf)
        return Moved(np.where(near, missing / scale, 0.0), variance, np.where(near, self.expected_below, 0.0))


def moved_months(scores: Floats, values: Floats, rules: list[BonusRule]) -> Moved:
    """Compare each unit's months with what its own scores would give; parameters as of `heaps_of`."""
    return heaps_of(scores, values, rules).moved


def heaps_of(scores: Floats, values: Floats, rules: list[BonusRule]) -> Heaps:
    """Return the months near the threshold, and those each unit's own scores would put there.

    Parameters
    ----------
    scores
        Answers by unit, month and score; shape (units, months, scores).
    values
        Native score of each column, equally spaced.
    rules
        One for each unit.

    Notes
    -----
    Bunching estimators fit a smooth density around the kink (Kleven 2016,
    doi 10.1146/annurev-economics-080315-015234). A month's mean of few answers has no smooth density: it
    lives on a lattice. Its distribution is computed exactly instead, as the sum of as many answers as the
    month had, each drawn from the unit's own scores, about a level that drifts from month to month as
    much as the levels of all units do. A month moved over the threshold is missing below and found above.
    """
    drift = _drift(scores, values)
    heaps = [_unit(months, values, rule, drift) for months, rule in zip(scores, rules, strict=True)]
    return Heaps(*np.array(heaps, dtype=np.float64).reshape(-1, 5).T)


def _unit(months: Floats, values: Floats, rule: BonusRule, drift: float) -> tuple[float, ...]:
    """Return the counts of `Heaps` of one unit."""
    worth = values if rule.statistic == "mean" else (values >= rule.top).astype(np.float64)
    n = months.sum(axis=1)
    answered, n = months[n > 0], n[n > 0]
    if not len(n):
        return _NOTHING
    reach = np.maximum(rule.width, _point(worth) / n)
    spread = drift if rule.statistic == "mean" else 0.0
    above, below = _chances(answered.sum(axis=0), worth, n, reach=reach, rule=rule, drift=spread)
    if min(above.sum(), below.sum()) <= _SLACK:
        return _NOTHING
    ended = _sides(answered @ worth / n, reach, rule)
    weight = float(below.sum() / above.sum())
    noise = float((below + weight**2 * above - (weight * above - below) ** 2).sum())
    return float(ended[0].sum()), float(ended[1].sum()), float(above.sum()), float(below.sum()), noise


def _point(worth: Floats) -> float:
    """Return what counts as one point of an answer: a quarter of the scale, and one step of it at least."""
    return max(float(np.diff(np.unique(worth)).min()), float(np.ptp(worth)) / 4)


def _sides(value: Floats, reach: Floats, rule: BonusRule) -> tuple[Flags, Flags]:
    """Return which means are just above, and just below, the threshold.

    Below, near is what the rule calls near; above, it is also where one answer more may lead.
    """
    distance = value - rule.threshold
    above = (distance >= -_SLACK) & (distance < reach - _SLACK)
    return above, (distance < -_SLACK) & (distance >= -rule.width - _SLACK)


def _chances(
    total: Floats, worth: Floats, n: Floats, *, reach: Floats, rule: BonusRule, drift: float
) -> tuple[Floats, Floats]:
    """Return each month's chance to end just above, and just below, the threshold."""
    share = total / total.sum()
    few = n <= _MANY
    chances = np.empty((2, len(n)))
    if few.any():
        chances[:, few] = _exact(share, worth, n[few], reach=reach[few], rule=rule, drift=drift)
    if not few.all():
        chances[:, ~few] = _normal(share, worth, n[~few], reach=reach[~few], rule=rule, drift=drift)
    return chances[0], chances[1]


def _exact(
    share: Floats, worth: Floats, n: Floats, *, reach: Floats, rule: BonusRule, drift: float
) -> Floats:
    """Return both chances from the distribution of a sum of `n` answers, by Fourier transform."""
    lattice = np.unique(worth)
    weights = np.array([share[worth == value].sum() for value in lattice])
    step = float(lattice[1] - lattice[0])
    most = float(n.max())
    length = 2 ** int(np.ceil(np.log2(most * (len(lattice) - 1 + 10 * drift / step) + 2)))
    blur = np.outer(n * drift / step, 2 * np.pi * np.fft.rfftfreq(length))
    wave = np.fft.rfft(weights, length)[None, :] ** n[:, None] * np.exp(-0.5 * blur**2)
    chance = np.fft.irfft(wave, length)
    means = lattice[0] + step * np.arange(length) / n[:, None]
    above, below = _sides(means, reach[:, None], rule)
    return np.array([(chance * side).sum(axis=1) for side in (above, below)])


def _normal(
    share: Floats, worth: Floats, n: Floats, *, reach: Floats, rule: BonusRule, drift: float
) -> Floats:
    """Return both chances where there are so many answers that their mean is as good as normal."""
    from scipy.special import ndtr

    centre = float(share @ worth)
    spread = np.sqrt(float(share @ (worth - centre) ** 2) / n + drift**2)
    edges = rule.threshold + np.array([np.full(len(n), -rule.width), np.zeros(len(n)), reach])
    low, middle, high = ndtr((edges - centre) / np.maximum(spread, _SLACK))
    return np.array([high - middle, middle - low])


def _drift(scores: Floats, values: Floats) -> float:
    """Return the standard deviation of monthly levels about their unit's, beyond sampling; by moments."""
    n = scores.sum(axis=2)
    total = n.sum(axis=1)
    means = np.divide(scores @ values, n, out=np.zeros_like(n), where=n > 0)
    centre = np.divide((n * means).sum(axis=1), total, out=np.zeros_like(total), where=total > 0)
    inside = float(((scores @ values**2) - n * means**2).sum()) / max(float((n - (n > 0)).sum()), 1.0)
    across = float((n * (means - centre[:, None]) ** 2).sum())
    freedom = float(((n > 0).sum(axis=1) - (total > 0)).sum())
    scale = float(
        (total - np.divide((n**2).sum(axis=1), total, out=np.zeros_like(total), where=total > 0)).sum()
    )
    return float(np.sqrt(max(0.0, (across - freedom * inside) / scale))) if scale > 0 else 0.0
