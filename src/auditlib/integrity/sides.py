"""What was counted before a link and after it: the sums detectors work on, and simulations draw anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from auditlib.integrity.groups import Group
from auditlib.integrity.heaping import STATISTICS, BonusRule, heaps_of
from auditlib.integrity.observed import Observed
from auditlib.integrity.policy import IntegrityPolicy
from auditlib.integrity.tail_odds import slope_of
from auditlib.statistics.changes import Flags
from auditlib.statistics.types import Floats

Sums = Mapping[str, Floats]
LOW = ("answers", "low", "rest", "rest_squares")
PERFECT = ("complete", "perfect", "imperfect", "imperfect_squares")
HEAPS = ("heap_above", "heap_below", "heap_expected_above", "heap_expected_below", "heap_spread")


@dataclass(frozen=True, eq=False)
class Sides:
    """Sums by unit on either side of the link of one group.

    Parameters
    ----------
    group
        Whose link.
    before, after
        By name, shape (..., units): each count of `Observed`; the months with invitations or answers
        (``invited_months``, ``answers_months``); complaints of months with answers (``complaints_open``); and
        months near the bonus threshold (`HEAPS`), where it is known.
    slopes
        How ``low`` and ``perfect`` answers went with the rest before the link (`tail_odds.slope_of`).
    """

    group: Group
    before: Sums
    after: Sums
    slopes: Mapping[str, float] = field(default_factory=dict)

    def of(self, *names: str) -> tuple[Floats, Floats]:
        """Return the sums called `names` before and after; shape (names, ..., units) each."""
        before, after = (np.array([side[name] for name in names]) for side in (self.before, self.after))
        return before, after


def sides_of(observed: Observed, group: Group, policy: IntegrityPolicy) -> Sides:
    """Return what was counted on either side of the link of `group`."""
    before, after = (_sums(observed, group, months, policy) for months in (group.before, group.after))
    chosen = group.linked | group.comparison
    slopes = {}
    if "low" in observed.counts:
        slopes["low"] = slope_of(_monthly(observed, LOW)[:, chosen][:, :, group.before], side=-1)
    if "perfect" in observed.counts:
        slopes["perfect"] = slope_of(_monthly(observed, PERFECT)[:, chosen][:, :, group.before], side=1)
    return Sides(group, before, after, slopes)


def _monthly(observed: Observed, names: tuple[str, ...]) -> Floats:
    return np.array([observed.counts[name] for name in names])


def _sums(observed: Observed, group: Group, months: Flags, policy: IntegrityPolicy) -> dict[str, Floats]:
    sums = {name: count[:, months].sum(axis=1) for name, count in observed.counts.items()}
    for name in ("invited", "answers"):
        if name in observed.counts:
            sums[f"{name}_months"] = (observed.counts[name][:, months] > 0).sum(axis=1).astype(np.float64)
    if {"complaints", "answers"} <= observed.counts.keys():
        alive = (observed.counts["answers"] > 0) & months
        sums["complaints_open"] = (observed.counts["complaints"] * alive).sum(axis=1)
    if group.statistic in STATISTICS and not np.isnan(group.thresholds).any():
        sums |= _heaps(observed, group, months, policy)
    return sums


def _heaps(observed: Observed, group: Group, months: Flags, policy: IntegrityPolicy) -> dict[str, Floats]:
    rules = [
        BonusRule(float(at), policy.heap_width, group.statistic, observed.top_box) for at in group.thresholds
    ]
    near = heaps_of(observed.scores[:, months], observed.values, rules)
    values = (near.above, near.below, near.expected_above, near.expected_below, near.spread)
    return dict(zip(HEAPS, values, strict=True))
