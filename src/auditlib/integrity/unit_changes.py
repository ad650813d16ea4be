"""From sums to one change per unit, from before the link to after it: one function for each detector."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from auditlib.integrity.groups import Group
from auditlib.integrity.heaping import Heaps
from auditlib.integrity.policy import IntegrityPolicy
from auditlib.integrity.sides import HEAPS, Sides
from auditlib.integrity.tail_odds import Counts, odds_beyond
from auditlib.statistics.changes import Flags, between
from auditlib.statistics.types import Floats

_LEAST_NEAR = 0.5
"""Months a unit must be expected to end just below the threshold before it can show anything."""
_LEAST_EXPECTED = 1.0
"""Invitations expected of a unit before it counts."""
_LEAST_HABITS = 2
"""Units whose habits before the link can be told, before any habit is."""
_HALF = 0.5
"""Added to counts before a logarithm (Haldane 1956), so that an empty cell has one."""
_PRIOR = 5
"""Observations with the share of all that are added to a unit's own, so that no share is 0 or 1 by chance."""


@dataclass(frozen=True)
class Measured:
    """The change of each unit, and the levels it went between.

    Parameters
    ----------
    change, variance
        Shape (..., units); logarithms where the detector's effect is a ratio.
    usable
        Units with enough observations on either side.
    n
        Observations behind each unit's change.
    levels
        Level before and after for the linked units, then for the others; shape (..., 2, 2).
    """

    change: Floats
    variance: Floats
    usable: Flags
    n: Floats
    levels: Floats


Measure = Callable[[Sides, IntegrityPolicy], Measured]
Estimates = tuple[Floats, Floats]
"""Value of each unit, and its sampling variance; infinite where the unit has none."""


def share(k: str, n: str) -> Measure:
    """Return a measure of the change of ``k / n`` in each unit."""

    def measure(sides: Sides, policy: IntegrityPolicy) -> Measured:
        before, after = sides.of(k, n)
        return _shares(before, after, sides.group, least=policy.least_answers)

    return measure


def _shares(before: Floats, after: Floats, group: Group, *, least: float) -> Measured:
    usable = (before[1] >= least) & (after[1] >= least)
    sizes = [np.maximum(part[1], 1) for part in (before, after)]
    change = after[0] / sizes[1] - before[0] / sizes[0]
    variance = _spread_of(before, after) * (1 / sizes[0] + 1 / sizes[1])
    return Measured(change, variance, usable, before[1] + after[1], _levels(before, after, group, usable))


def _spread_of(before: Floats, after: Floats) -> Floats:
    """Return p (1 - p) of each unit, drawn towards the share of all so that none is 0 or 1 by chance."""
    k, n = before + after
    overall = k.sum(axis=-1, keepdims=True) / np.maximum(n.sum(axis=-1, keepdims=True), 1)
    p = (k + _PRIOR * overall) / (n + _PRIOR)
    return np.asarray(np.maximum(p * (1 - p), 1e-12))


def _levels(before: Floats, after: Floats, group: Group, usable: Flags) -> Floats:
    """Return pooled ratios of the first to the second row: linked, others; before, after."""
    sides = [
        [_pooled(part, chosen & usable) for part in (before, after)]
        for chosen in (group.linked, group.comparison)
    ]
    return np.moveaxis(np.array(sides, dtype=np.float64), (0, 1), (-2, -1))


def _pooled(part: Floats, chosen: Flags) -> Floats:
    k, n = (part * chosen).sum(axis=-1)
    return np.asarray(k / np.maximum(n, _HALF))


def _log_rate(counts: Floats) -> Floats:
    return np.asarray(np.log((counts[0] + _HALF) / np.maximum(counts[1], 1)))


def invitations_fall(sides: Sides, policy: IntegrityPolicy) -> Measured:
    """Measure the change of the logarithm of invitations a month, of months that have any."""
    before, after = sides.of("invited", "invited_months")
    usable = (before[0] >= policy.least_answers) & (after[0] >= policy.least_answers)
    change = _log_rate(after) - _log_rate(before)
    variance = 1 / (after[0] + _HALF) + 1 / (before[0] + _HALF)
    levels = _levels(before, after, sides.group, usable)
    return Measured(change, variance, usable, before[0] + after[0], levels)


def tail(names: tuple[str, ...]) -> Measure:
    """Return a measure of the odds of the tail beyond what the rest accounts for; see `tail_odds.slope_of`.

    Parameters
    ----------
    names
        Counts of answers, of those in the tail, and the sums over the rest.
    """

    def measure(sides: Sides, policy: IntegrityPolicy) -> Measured:
        before, after = (Counts(*part) for part in sides.of(*names))
        change, variance = odds_beyond(before, after, sides.slopes[names[1]])
        usable = np.minimum(before.n, after.n) >= policy.least_answers
        was, now = (np.array([part.tail, part.n]) for part in (before, after))
        return Measured(change, variance, usable, before.n + after.n, _levels(was, now, sides.group, usable))

    return measure


def not_asked(event: str) -> Measure:
    """Return a measure of the invitations missing after `event`, as a share of those after a happy answer."""

    def measure(sides: Sides, policy: IntegrityPolicy) -> Measured:
        parts = sides.of(f"{event}_asked", f"{event}_days", "happy_asked", "happy_days")
        invited = [part[0] for part in parts]
        expected = [part[1] * part[2] / np.maximum(part[3], _HALF) for part in parts]
        baseline, now = (_asked_share(part, owed) for part, owed in zip(parts, expected, strict=True))
        change, variance = beyond_baseline(baseline, now)
        usable = np.isfinite(now[1])
        was, then = (np.array(pair) for pair in zip(invited, expected, strict=True))
        return Measured(change, variance, usable, expected[1], _levels(was, then, sides.group, usable))

    return measure


def _asked_share(counts: Floats, expected: Floats) -> tuple[Floats, Floats]:
    """Return invitations as a share of those expected from happy customers' rate, and its variance."""
    enough = expected >= _LEAST_EXPECTED
    safe = np.where(enough, expected, 1.0)
    variance = np.where(enough, 1 / safe + 1 / np.maximum(counts[2], 1), np.inf)
    return np.where(enough, counts[0] / safe, 0.0), variance


def complaints_diverge(sides: Sides, policy: IntegrityPolicy) -> Measured:
    """Measure the change of complaints a month beyond that of the share of low answers, in logarithms.

    Where linked units have fewer low answers than before, against the others, complaints need only follow by
    `IntegrityPolicy.complaints_follow` of it; where they have more, complaints may rise by all of it. So
    neither a fix of what customers complain about, nor a service that got worse, is a divergence.
    """
    low, complained = sides.of("low", "answers"), sides.of("complaints_open", "answers_months")
    levels = np.log(np.maximum(_levels(*low, sides.group, np.ones_like(sides.group.linked)), 1e-9))
    fall = (levels[..., 0, 1] - levels[..., 0, 0]) - (levels[..., 1, 1] - levels[..., 1, 0])
    follow = np.where(fall <= 0, policy.complaints_follow, 1.0)[..., None]
    change = _log_rate(complained[1]) - _log_rate(complained[0])
    change = change - follow * (_log_rate(low[1]) - _log_rate(low[0]))
    variance = sum(1 / (part[0] + _HALF) for part in complained)
    variance = np.asarray(variance + follow**2 * sum(1 / (part[0] + _HALF) for part in low))
    usable = np.minimum(low[0][1], low[1][1]) >= policy.least_answers
    usable &= complained[0][0] + complained[1][0] >= policy.least_answers
    was, now = (np.array([part[0], few[0]]) for part, few in zip(complained, low, strict=True))
    n = complained[0][0] + complained[1][0]
    return Measured(change, variance, usable, n, _levels(was, now, sides.group, usable))


def reopened_not_invited(sides: Sides, policy: IntegrityPolicy) -> Measured:
    """Measure the change of the share of reopened cases that were invited, beyond that of the other cases."""
    reopened = share("reopened_invited", "reopened")(sides, policy)
    settled = share("settled_invited", "settled")(sides, policy)
    change, variance = reopened.change - settled.change, reopened.variance + settled.variance
    return Measured(change, variance, reopened.usable & settled.usable, reopened.n, reopened.levels)


def straight_lines(sides: Sides, policy: IntegrityPolicy) -> Measured:
    """Measure the change of straight lines beyond those expected at the same total of scores."""
    before, after = sides.of("straight", "expected_straight", "straight_noise", "lines")
    raw = _shares(before[[0, 3]], after[[0, 3]], sides.group, least=policy.least_answers)
    excess = [(part[0] - part[1]) / np.maximum(part[3], 1) for part in (before, after)]
    noise = [np.maximum(part[2], _HALF) / np.maximum(part[3], 1) ** 2 for part in (before, after)]
    return Measured(excess[1] - excess[0], noise[0] + noise[1], raw.usable, raw.n, raw.levels)


def heaping(sides: Sides, policy: IntegrityPolicy) -> Measured:
    """Measure the share of months just below the threshold that were moved over it."""
    before, after = (Heaps(*part).moved for part in sides.of(*HEAPS))
    change, variance = beyond_baseline((before.share, before.variance), (after.share, after.variance))
    usable = after.months >= _LEAST_NEAR
    was, now = (np.array([part.share * part.months, part.months]) for part in (before, after))
    return Measured(change, variance, usable, after.months, _levels(was, now, sides.group, usable))


def beyond_baseline(before: Estimates, after: Estimates) -> Estimates:
    """Return how far each unit lies beyond what it was expected to go on doing, and the variance of that.

    Parameters
    ----------
    before, after
        What each unit did on either side of the link.

    Notes
    -----
    For measures that a null model centres on one value. What was seen before is then mostly noise, and
    subtracting it whole would double the noise; it is subtracted as far as units differ lastingly
    (Robinson 1991, doi 10.1214/ss/1177011926): not at all where they do not, whole where all of it lasts.
    """
    (was, noise), (now, variance) = before, after
    finite = np.isfinite(noise)
    habit = finite & (finite.sum(axis=-1, keepdims=True) >= _LEAST_HABITS)
    lasting = between(was, noise)[..., None]
    weight = np.where(habit, 1 / (np.where(finite, noise, 1.0) + lasting), 0.0)
    total = weight.sum(axis=-1, keepdims=True)
    centre = (weight * was).sum(axis=-1, keepdims=True) / np.where(total > 0, total, 1.0)
    trust = np.where(habit, lasting * weight, 0.0)
    expected = centre + trust * np.where(habit, was - centre, 0.0)
    return now - expected, variance + trust * np.where(habit, noise, 0.0)
