"""From counts to one change per unit, from before the link to after it: one function for each detector."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from auditlib.integrity.groups import Group
from auditlib.integrity.heaping import BonusRule, moved_months
from auditlib.integrity.observed import Observed
from auditlib.integrity.policy import IntegrityPolicy
from auditlib.integrity.tail_odds import counts_of, odds_beyond, slope_of
from auditlib.statistics.changes import Flags, between
from auditlib.statistics.types import Floats

_LEAST_NEAR = 0.5
"""Months a unit must be expected to end just below the threshold before it can show anything."""
_LEAST_EXPECTED = 1.0
"""Invitations expected of a unit before it counts."""
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
    usable: Flags
    n: Floats
    levels: Floats


Measure = Callable[[Observed, Group, IntegrityPolicy], Measured]
Estimates = tuple[Floats, Floats]
"""Value of each unit, and its sampling variance; infinite where the unit has none."""


def share(k: str, n: str) -> Measure:
    """Return a measure of the change of ``k / n`` in each unit."""

    def measure(observed: Observed, group: Group, policy: IntegrityPolicy) -> Measured:
        before, after = (_sums(observed, (k, n), months) for months in (group.before, group.after))
        return _shares(before, after, group, least=policy.least_answers)

    return measure


def _sums(observed: Observed, names: tuple[str, ...], months: Flags) -> Floats:
    """Return sums over `months`; shape (names, units)."""
    return np.array([observed.counts[name][:, months].sum(axis=1) for name in names])


def _shares(before: Floats, after: Floats, group: Group, *, least: float) -> Measured:
    usable = (before[1] >= least) & (after[1] >= least)
    sizes = [np.maximum(part[1], 1) for part in (before, after)]
    change = after[0] / sizes[1] - before[0] / sizes[0]
    variance = _spread_of(before, after) * (1 / sizes[0] + 1 / sizes[1])
    return Measured(change, variance, usable, before[1] + after[1], _levels(before, after, group, usable))


def _spread_of(before: Floats, after: Floats) -> Floats:
    """Return p (1 - p) of each unit, drawn towards the share of all so that none is 0 or 1 by chance."""
    k, n = before + after
    overall = k.sum() / max(n.sum(), 1)
    p = (k + 5 * overall) / (n + 5)
    return np.asarray(np.maximum(p * (1 - p), 1e-12))


def _levels(before: Floats, after: Floats, group: Group, usable: Flags) -> Floats:
    """Return pooled ratios of the first to the second row: linked, others; before, after."""
    sides = [
        [
            part[0, chosen & usable].sum() / max(part[1, chosen & usable].sum(), _HALF)
            for part in (before, after)
        ]
        for chosen in (group.linked, group.comparison)
    ]
    return np.array(sides, dtype=np.float64)


def _a_month(observed: Observed, name: str, months: Flags, *, alive: str) -> Floats:
    """Return a count and the months it comes from: those in which the unit has anything under `alive`.

    A month without is one in which the unit was not open, or of which nothing was delivered.
    """
    open_ = (observed.counts[alive] > 0) & months
    return np.array([(observed.counts[name] * open_).sum(axis=1), open_.sum(axis=1)], dtype=np.float64)


def _log_rate(counts: Floats) -> Floats:
    return np.asarray(np.log((counts[0] + _HALF) / np.maximum(counts[1], 1)))


def invitations_fall(observed: Observed, group: Group, policy: IntegrityPolicy) -> Measured:
    """Measure the change of the logarithm of invitations a month."""
    before, after = (
        _a_month(observed, "invited", months, alive="invited") for months in (group.before, group.after)
    )
    usable = (before[0] >= policy.least_answers) & (after[0] >= policy.least_answers)
    change = _log_rate(after) - _log_rate(before)
    variance = 1 / (after[0] + _HALF) + 1 / (before[0] + _HALF)
    levels = _levels(before, after, group, usable)
    return Measured(change, variance, usable, before[0] + after[0], levels)


def tail(names: tuple[str, str, str, str], *, side: Literal[-1, 1]) -> Measure:
    """Return a measure of the odds of the tail beyond what the rest accounts for; see `tail_odds.slope_of`.

    Parameters
    ----------
    names
        Counts of answers, of those in the tail, and the sums over the rest.
    """

    def measure(observed: Observed, group: Group, policy: IntegrityPolicy) -> Measured:
        chosen = group.linked | group.comparison
        monthly = np.array([observed.counts[name] for name in names])
        before, after = (counts_of(monthly[:, :, months]) for months in (group.before, group.after))
        slope = slope_of(monthly[:, chosen][:, :, group.before], side=side)
        change, variance = odds_beyond(before, after, slope)
        usable = np.minimum(before.n, after.n) >= policy.least_answers
        was, now = (np.array([part.tail, part.n]) for part in (before, after))
        return Measured(change, variance, usable, before.n + after.n, _levels(was, now, group, usable))

    return measure


def not_asked(event: str) -> Measure:
    """Return a measure of the invitations missing after `event`, as a share of those after a happy answer."""

    def measure(observed: Observed, group: Group, policy: IntegrityPolicy) -> Measured:
        names = (f"{event}_asked", f"{event}_days", "happy_asked", "happy_days")
        parts = [_sums(observed, names, months) for months in (group.before, group.after)]
        invited = [part[0] for part in parts]
        expected = [part[1] * part[2] / np.maximum(part[3], _HALF) for part in parts]
        baseline, now = (_asked_share(part, owed) for part, owed in zip(parts, expected, strict=True))
        change, variance = beyond_baseline(baseline, now)
        usable = np.isfinite(now[1])
        was, then = (np.array(pair) for pair in zip(invited, expected, strict=True))
        return Measured(change, variance, usable, expected[1], _levels(was, then, group, usable))

    return measure


def _asked_share(counts: Floats, expected: Floats) -> tuple[Floats, Floats]:
    """Return invitations as a share of those expected from happy customers' rate, and its variance."""
    enough = expected >= _LEAST_EXPECTED
    safe = np.where(enough, expected, 1.0)
    variance = np.where(enough, 1 / safe + 1 / np.maximum(counts[2], 1), np.inf)
    return np.where(enough, counts[0] / safe, 0.0), variance


def complaints_diverge(observed: Observed, group: Group, policy: IntegrityPolicy) -> Measured:
    """Measure the change of complaints a month against that of the share of low answers, in logarithms."""
    low = [_sums(observed, ("low", "answers"), months) for months in (group.before, group.after)]
    complained = [
        _a_month(observed, "complaints", months, alive="answers") for months in (group.before, group.after)
    ]
    change = _log_rate(complained[1]) - _log_rate(complained[0]) - _log_rate(low[1]) + _log_rate(low[0])
    variance = np.asarray(sum(1 / (part[0] + _HALF) for part in (*low, *complained)))
    usable = np.minimum(low[0][1], low[1][1]) >= policy.least_answers
    usable &= complained[0][0] + complained[1][0] >= policy.least_answers
    was, now = (np.array([part[0], few[0]]) for part, few in zip(complained, low, strict=True))
    return Measured(
        change, variance, usable, complained[0][0] + complained[1][0], _levels(was, now, group, usable)
    )


def straight_lines(observed: Observed, group: Group, policy: IntegrityPolicy) -> Measured:
    """Measure the change of straight lines beyond those expected at the same total of scores."""
    names = ("straight", "expected_straight", "straight_noise", "lines")
    before, after = (_sums(observed, names, months) for months in (group.before, group.after))
    raw = _shares(before[[0, 3]], after[[0, 3]], group, least=policy.least_answers)
    excess = [(part[0] - part[1]) / np.maximum(part[3], 1) for part in (before, after)]
    noise = [np.maximum(part[2], _HALF) / np.maximum(part[3], 1) ** 2 for part in (before, after)]
    return Measured(excess[1] - excess[0], noise[0] + noise[1], raw.usable, raw.n, raw.levels)


def heaping(observed: Observed, group: Group, policy: IntegrityPolicy) -> Measured:
    """Measure the share of months just below the threshold that were moved over it."""
    rules = [
        BonusRule(float(at), policy.heap_width, group.statistic, observed.top_box) for at in group.thresholds
    ]
    before, after = (
        moved_months(observed.scores[:, months], observed.values, rules)
        for months in (group.before, group.after)
    )
    change, variance = beyond_baseline((before.share, before.variance), (after.share, after.variance))
    usable = after.months >= _LEAST_NEAR
    was, now = (np.array([part.share * part.months, part.months]) for part in (before, after))
    return Measured(change, variance, usable, after.months, _levels(was, now, group, usable))


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
    if finite.sum() < 2:
        return now, variance
    lasting = between(was[finite], noise[finite])
    weight = 1 / (noise[finite] + lasting)
    centre = float((weight * was[finite]).sum() / weight.sum())
    trust = np.where(finite, lasting / (lasting + np.where(finite, noise, 1.0)), 0.0)
    expected = centre + trust * np.where(finite, was - centre, 0.0)
    return now - expected, variance + trust * np.where(finite, noise, 0.0)
