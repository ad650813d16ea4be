"""From counts to one change per unit, from before the link to after it: one function for each detector."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from auditlib.integrity.groups import Group
from auditlib.integrity.heaping import moved_months
from auditlib.integrity.observed import Observed
from auditlib.integrity.policy import IntegrityPolicy
from auditlib.statistics.types import Floats

_HALF = 0.5
"""Added to counts before a logarithm (Haldane 1956), so that an empty cell has one."""


@dataclass(frozen=True)
class Measured:
    """The change of each unit, and the levels it went between.

    Parameters
    ----------
    change, variance
        Shape (units,); logarithms where the detector's effect is a ratio.
    usable
        Units with enough observations on either side.
    n
        Observations behind each unit's change.
    levels
        Level before and after for the linked units, then for the others; shape (2, 2).
    """

    change: Floats
    variance: Floats
    usable: npt.NDArray[np.bool_]
    n: Floats
    levels: Floats


Measure = Callable[[Observed, Group, IntegrityPolicy, np.random.Generator], Measured]


def share(k: str, n: str) -> Measure:
    """Return a measure of the change of ``k / n`` in each unit."""

    def measure(seen: Observed, group: Group, policy: IntegrityPolicy, _: np.random.Generator) -> Measured:
        before, after = (_sums(seen, (k, n), months) for months in (group.before, group.after))
        return _shares(before, after, group, least=policy.least_answers)

    return measure


def _sums(seen: Observed, names: tuple[str, ...], months: npt.NDArray[np.bool_]) -> Floats:
    """Return sums over `months`; shape (names, units)."""
    return np.array([seen.counts[name][:, months].sum(axis=1) for name in names])


def _shares(before: Floats, after: Floats, group: Group, *, least: float) -> Measured:
    usable = (before[1] >= least) & (after[1] >= least)
    counted = [np.maximum(part[1], 1) for part in (before, after)]
    change = after[0] / counted[1] - before[0] / counted[0]
    variance = _spread_of(before, after) * (1 / counted[0] + 1 / counted[1])
    return Measured(change, variance, usable, before[1] + after[1], _levels(before, after, group, usable))


def _spread_of(before: Floats, after: Floats) -> Floats:
    """Return p (1 - p) of each unit, drawn towards the share of all so that none is 0 or 1 by chance."""
    k, n = before + after
    overall = k.sum() / max(n.sum(), 1)
    p = (k + 5 * overall) / (n + 5)
    return np.asarray(np.maximum(p * (1 - p), 1e-12))


def _levels(before: Floats, after: Floats, group: Group, usable: npt.NDArray[np.bool_]) -> Floats:
    """Return pooled ratios of the first to the second row: linked, others; before, after."""
    sides = [
        [
            part[0, chosen & usable].sum() / max(part[1, chosen & usable].sum(), _HALF)
            for part in (before, after)
        ]
        for chosen in (group.linked, group.others)
    ]
    return np.array(sides, dtype=np.float64)


def invitations_fall(
    seen: Observed, group: Group, policy: IntegrityPolicy, _: np.random.Generator
) -> Measured:
    """Measure the change of the logarithm of invitations a month."""
    before, after = (
        np.array([seen.counts["invited"][:, months].sum(axis=1), np.full(len(group.linked), months.sum())])
        for months in (group.before, group.after)
    )
    usable = (before[0] >= policy.least_answers) & (after[0] >= policy.least_answers)
    change = np.log((after[0] + _HALF) / after[1]) - np.log((before[0] + _HALF) / before[1])
    variance = 1 / (after[0] + _HALF) + 1 / (before[0] + _HALF)
    levels = _levels(before, after, group, usable)
    return Measured(change, variance, usable, before[0] + after[0], levels)


def _sides(group: Group) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    return group.linked, group.others


def low_scores_missing(
    seen: Observed, group: Group, policy: IntegrityPolicy, _: np.random.Generator
) -> Measured:
    """Measure whether low answers vanish by more than the rise of high answers accounts for.

    A shift of satisfaction moves the log-odds of low and of high answers by about as much in opposite
    directions (proportional odds, McCullagh 1980); the sum of the two changes is then about nought.
    """
    names = ("low", "high", "answers")
    before, after = (_sums(seen, names, months) for months in (group.before, group.after))
    sums, variances = zip(*(_shape(*part) for part in (before, after)), strict=True)
    usable = (before[2] >= policy.least_answers) & (after[2] >= policy.least_answers)
    levels = _levels(before[[0, 2]], after[[0, 2]], group, usable)
    return Measured(sums[1] - sums[0], variances[0] + variances[1], usable, before[2] + after[2], levels)


def _shape(low: Floats, high: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return log-odds of low plus log-odds of high answers, and the sampling variance of that sum."""
    total = np.maximum(n, 1)
    value = _logit(low, total) + _logit(high, total)
    shared = 2 * total / ((total - low + _HALF) * (total - high + _HALF))
    variance = _logit_variance(low, total) + _logit_variance(high, total) - shared
    return value, np.maximum(variance, 1 / total)


def _logit(k: Floats, n: Floats) -> Floats:
    return np.asarray(np.log((k + _HALF) / (n - k + _HALF)))


def _logit_variance(k: Floats, n: Floats) -> Floats:
    return np.asarray(1 / (k + _HALF) + 1 / (n - k + _HALF))


def unhappy_not_asked(
    seen: Observed, group: Group, policy: IntegrityPolicy, _: np.random.Generator
) -> Measured:
    """Measure the change of the share invited again: known unhappy customers less happy ones."""
    names = ("unhappy_again", "unhappy", "happy_again", "happy")
    before, after = (_sums(seen, names, months) for months in (group.before, group.after))
    parts = [
        _shares(before[at : at + 2], after[at : at + 2], group, least=policy.least_answers) for at in (0, 2)
    ]
    unhappy, happy = parts
    return Measured(
        unhappy.change - happy.change,
        unhappy.variance + happy.variance,
        unhappy.usable & happy.usable,
        unhappy.n + happy.n,
        unhappy.levels,
    )


def complaints_diverge(
    seen: Observed, group: Group, policy: IntegrityPolicy, _: np.random.Generator
) -> Measured:
    """Measure the change of complaints a month against that of the share of low answers, in logarithms."""
    names = ("complaints", "low", "answers")
    before, after = (_sums(seen, names, months) for months in (group.before, group.after))
    change = np.log((after[0] + _HALF) / group.after.sum()) - np.log((before[0] + _HALF) / group.before.sum())
    change -= np.log((after[1] + _HALF) / (after[2] + 1)) - np.log((before[1] + _HALF) / (before[2] + 1))
    variance = sum(1 / (part[row] + _HALF) for part in (before, after) for row in (0, 1))
    usable = np.minimum(before[2], after[2]) >= policy.least_answers
    usable &= before[0] + after[0] >= policy.least_answers
    levels = _levels(before[:2], after[:2], group, usable)
    return Measured(change, np.asarray(variance), usable, before[0] + after[0], levels)


def straight_lines(seen: Observed, group: Group, policy: IntegrityPolicy, _: np.random.Generator) -> Measured:
    """Measure the change of straight lines beyond those expected at the same scores."""
    names = ("straight", "expected_straight", "lines")
    before, after = (_sums(seen, names, months) for months in (group.before, group.after))
    raw = _shares(before[[0, 2]], after[[0, 2]], group, least=policy.least_answers)
    expected = _shares(before[[1, 2]], after[[1, 2]], group, least=policy.least_answers)
    return Measured(raw.change - expected.change, raw.variance, raw.usable, raw.n, raw.levels)


def heaping(seen: Observed, group: Group, policy: IntegrityPolicy, rng: np.random.Generator) -> Measured:
    """Measure the change of months just above the threshold beyond those that chance puts there."""
    parts = [
        moved_months(
            seen.scores[:, months],
            seen.values,
            threshold=group.threshold,
            width=policy.heap_width,
            statistic=group.statistic,
            rng=rng,
        )
        for months in (group.before, group.after)
    ]
    before, after = parts
    usable = (before.months > 0) & (after.months > 0)
    levels = [
        [float(part.excess[chosen & usable].mean()) if (chosen & usable).any() else 0.0 for part in parts]
        for chosen in _sides(group)
    ]
    return Measured(
        after.excess - before.excess,
        np.maximum(before.variance + after.variance, 1e-12),
        usable,
        before.months + after.months,
        np.array(levels),
    )
