"""What one detector says about one group of linked units, and what the scores of the group did."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from auditlib.integrity.assignment import DealtBy
from auditlib.integrity.detectors import Detector
from auditlib.integrity.groups import Group, MonthGrid
from auditlib.integrity.heaping import STATISTICS
from auditlib.integrity.observed import Observed
from auditlib.integrity.policy import IntegrityPolicy
from auditlib.integrity.sides import Sides, sides_of
from auditlib.integrity.unit_changes import Measured
from auditlib.records import Held
from auditlib.statements import counted
from auditlib.statistics.changes import Contrast, Flags, Ints, PermutedLabels, contrast, deal, ways
from auditlib.statistics.types import Floats

_STRATA_NEED = 2000
"""Labels are dealt within strata of size only where that leaves at least so many ways."""
_OUTSTANDING = 3.0
"""Sampling errors by which an effect has to stand out among so many tests."""
_TINY = 1e-9


class SignStrength(StrEnum):
    """How strong a sign is."""

    ALARM = "needs explanation"
    """Beyond chance if it had been the only test, and part of a kind of sign that is beyond chance anyway."""
    WATCH = "worth a look"
    """Beyond chance if it had been the only test; among so many, some are."""
    QUIET = "nothing seen"
    NOT_RUN = "cannot be tested"


@dataclass(frozen=True)
class UnitChange:
    """Change of one unit; where to look first, and no proof about the unit."""

    unit_id: str
    linked: bool
    change: float
    error: float
    n: int


@dataclass(frozen=True)
class Detection:
    """One detector on one group.

    Parameters
    ----------
    detector, group
        What was looked at, and where.
    sign
        How strong it is.
    contrast
        The test, on the detector's working scale; None where it could not be made.
    smallest_p
        Smallest p-value that dealing the links anew can give here.
    n, linked, unlinked
        Observations, and units on either side.
    levels
        Before and after for the linked units, then for the others.
    units
        Change of each unit.
    reason
        Why there is no test, or what limits it.
    """

    detector: Detector
    group: Group
    sign: SignStrength = SignStrength.NOT_RUN
    contrast: Contrast | None = None
    smallest_p: float = 1.0
    n: int = 0
    linked: int = 0
    unlinked: int = 0
    levels: Floats = field(default_factory=lambda: np.full((2, 2), np.nan))
    units: tuple[UnitChange, ...] = ()
    reason: str = ""

    @property
    def key(self) -> str:
        """Names the detection within its audit."""
        return f"{self.detector.key}:{self.group.key}"

    @property
    def effect(self) -> tuple[float, float, float] | None:
        """Effect with its limits: percentage points, or a ratio of which 1 means no difference."""
        if self.contrast is None:
            return None
        parts = (self.contrast.estimate, self.contrast.low, self.contrast.high)
        value, low, high = (self.detector.printed(part) for part in parts)
        return value, low, high

    def without(self, held: Held) -> Detection:
        """Return it without the units that are held back; the table of units names their numbers."""
        row = f"{self.group.name}:{self.detector.title}"
        names = ("n", "change")
        units = (
            unit
            for unit in self.units
            if not any(held(f"units.{name}:{row}:{unit.unit_id}", unit.n) for name in names)
        )
        return replace(self, units=tuple(units))

    @property
    def eventful(self) -> bool:
        """Whether what the detector looks for, or its change, was seen at all; otherwise p is 1 for sure."""
        return self.contrast is not None and bool(np.any(self.contrast.t != 0))

    @property
    def p_value(self) -> float:
        """p-value of this test taken alone; 1 where there is none."""
        return 1.0 if self.contrast is None else self.contrast.p_value(self.detector.alternative)


@dataclass(frozen=True, eq=False)
class GroupData:
    """One group with what was counted of it, and its links dealt anew.

    Parameters
    ----------
    group
        Whose pay was linked when.
    assignment
        At what level, and what units are compared within.
    sides
        What was counted before the link and after it.
    observed
        What was counted by unit and month.
    place
        What was dealt, unit or region, that each compared unit belongs to.
    block
        What each of those is compared within.
    dealt
        Other ways to deal the links, within blocks and strata of size.
    calendar
        Units and months of the audit.
    policy, level
        What is looked for, and the coverage of intervals.
    """

    group: Group
    assignment: DealtBy
    sides: Sides
    observed: Observed
    place: Ints
    block: Ints
    dealt: PermutedLabels
    calendar: MonthGrid
    policy: IntegrityPolicy
    level: float

    @property
    def chosen(self) -> Flags:
        """Units of the group and those compared with, over the units of the audit."""
        return self.assignment.compared

    def by_place(self, measured: Measured) -> tuple[Floats, Floats]:
        """Return change and variance of what was dealt; the variance is infinite where it has no change.

        Parameters
        ----------
        measured
            Changes of units, shape (..., units of the audit).
        """
        change = measured.change[..., self.chosen]
        usable = measured.usable[..., self.chosen]
        variance = np.where(usable, measured.variance[..., self.chosen], np.inf)
        if self.assignment.by == "unit":
            return np.where(usable, change, 0.0), variance
        belongs = (self.place[:, None] == np.arange(len(self.block))).astype(np.float64)
        total = (1 / variance) @ belongs
        safe = np.where(total > 0, total, 1.0)
        whole = (np.where(usable, change, 0.0) / variance) @ belongs
        return whole / safe, np.where(total > 0, 1 / safe, np.inf)


def group_data(
    group: Group,
    observed: Observed,
    calendar: MonthGrid,
    policy: IntegrityPolicy,
    *,
    assignment: DealtBy,
    level: float,
    rng: np.random.Generator,
) -> GroupData:
    """Return a group with its links dealt anew.

    Parameters
    ----------
    group, observed, calendar, policy, assignment, level
        See `GroupData`.
    rng
        Draws the ways to deal.
    """
    chosen = assignment.compared
    names, first, place = np.unique(assignment.cluster[chosen], return_index=True, return_inverse=True)
    answers = observed.scores[chosen][:, group.before | group.after].sum(axis=(1, 2))
    size = np.bincount(place, answers, minlength=len(names)).astype(np.float64)
    # What nearly all units go with is linked where most of its own are.
    linked = np.bincount(place, group.linked[chosen], minlength=len(names)) * 2 >= np.bincount(place)
    block = assignment.block[chosen][first]
    dealt = deal(linked, _strata(linked, size, block), draws=policy.draws, rng=rng)
    sides = sides_of(observed, group, policy)
    place = np.asarray(place, dtype=np.int64)
    return GroupData(group, assignment, sides, observed, place, block, dealt, calendar, policy, level)


def detect(detector: Detector, data: GroupData) -> Detection:
    """Run one detector on one group, or say why it cannot be run."""
    group, policy, chosen = data.group, data.policy, data.chosen
    why = _cannot(detector, group, data.observed)
    if why:
        return Detection(detector, group, reason=why)
    measured = detector.measure(data.sides, policy)
    change, variance = data.by_place(measured)
    usable, linked = np.isfinite(variance), data.dealt.labels[0]
    few = _too_few(detector, linked & usable, ~linked & usable, data)
    if few:
        return Detection(detector, group, reason=few)
    within = chosen & measured.usable
    dim = _too_dim(detector, measured, group.linked & within, group.comparison & within)
    if dim:
        return Detection(detector, group, reason=dim)
    least = _least_p(data.dealt, usable)
    if least > policy.error:
        return Detection(detector, group, reason=_hopeless(least, data))
    tested = contrast(change, variance, usable, data.dealt, level=data.level, block=data.block)
    beyond = tested.p_value(detector.alternative) <= policy.error
    return Detection(
        detector,
        group,
        SignStrength.WATCH if beyond else SignStrength.QUIET,
        tested,
        least,
        int(measured.n[within].sum()),
        int((group.linked & within).sum()),
        int((group.comparison & within).sum()),
        measured.levels,
        _unit_changes(data, measured, within),
    )


def _cannot(detector: Detector, group: Group, observed: Observed) -> str:
    absent = [observed.missing[name] for name in detector.needs if name in observed.missing]
    if absent:
        return absent[0][:1].upper() + absent[0][1:] + "."
    if detector.key != "heaping":
        return ""
    if np.isnan(group.thresholds).any():
        return "The register of pay links names no threshold."
    if group.statistic not in STATISTICS:
        return (
            f"Pay follows {group.statistic or 'an unnamed statistic'}, which is not drawn anew from scores."
        )
    return ""


def _too_few(detector: Detector, linked: Flags, comparison: Flags, data: GroupData) -> str:
    counts, policy = (int(linked.sum()), int(comparison.sum())), data.policy
    if min(counts) >= policy.least_units:
        return ""
    single, several = data.assignment.words
    enough = (
        f"{counted(policy.least_answers, 'observation')} on either side of the link"
        if detector.largest is None
        else detector.largest.counted
    )
    start = "Only " if data.assignment.by == "unit" else f"Pay was linked by whole {several}: "
    return (
        f"{start}{counted(counts[0], f'linked {single}', f'linked {several}')} and "
        f"{counted(counts[1], 'other')} have {enough}; "
        f"{policy.least_units} of each are needed."
    )


def _too_dim(detector: Detector, measured: Measured, linked: Flags, comparison: Flags) -> str:
    """Return why not even the largest effect could be told from chance; empty where it could.

    An effect stands out in most audits where it is `_OUTSTANDING` times its sampling error, which falls
    with the square root of what is observed.
    """
    if detector.largest is None:
        return ""
    error = sum(1 / float((1 / measured.variance[side]).sum()) for side in (linked, comparison))
    short = error * (_OUTSTANDING / detector.largest.effect) ** 2
    if short <= 1:
        return ""
    have = float(measured.n[linked].sum())
    return (
        f"If {detector.largest.if_all}, it could still be chance: the linked units have {have:.0f} "
        f"{detector.largest.counted}, and about {counted(int(np.ceil(have * short)), 'is', 'are')} needed."
    )


def _least_p(dealt: PermutedLabels, usable: Flags) -> float:
    """Return the smallest p-value possible: assignments that leave a side too few usable units exceed."""
    drawn = dealt.labels[:, usable].sum(axis=1)
    lost = (drawn < 2) | (drawn > usable.sum() - 2)
    return max(dealt.smallest, float(lost.mean()))


def _hopeless(least: float, data: GroupData) -> str:
    return (
        f"So few {data.assignment.words[1]} can be dealt anew that no p-value below {least:.3f} is possible; "
        f"{data.policy.error:g} would be needed."
    )


def _strata(linked: Flags, size: Floats, block: Ints) -> Ints:
    """Return small and large units of each block as strata, or blocks where that leaves too few ways."""
    middle = np.array([np.median(size[block == place]) for place in block])
    halves = 2 * block + (size > middle)
    return halves if ways(linked, halves) >= _STRATA_NEED else block


def _unit_changes(data: GroupData, measured: Measured, within: Flags) -> tuple[UnitChange, ...]:
    return tuple(
        UnitChange(
            data.calendar.units[unit],
            bool(data.group.linked[unit]),
            float(measured.change[unit]),
            float(np.sqrt(measured.variance[unit])),
            int(measured.n[unit]),
        )
        for unit in np.flatnonzero(within)
    )


@dataclass(frozen=True)
class ScoreChange:
    """Change of the mean score of the linked units against the others, in points of the paid question.

    It is no estimate of what the link did; that is a question of its own, with comparisons of its own.
    """

    group: Group
    contrast: Contrast
    n: int

    @property
    def key(self) -> str:
        """Names its number within the audit."""
        return f"score:{self.group.key}"


def score_change(data: GroupData) -> ScoreChange | None:
    """Return the change of the mean score of a group; None where too few units have answers."""
    group, policy = data.group, data.policy
    before, after = (_mean(data.observed, months) for months in (group.before, group.after))
    enough = (before[2] >= policy.least_answers) & (after[2] >= policy.least_answers)
    n = before[2] + after[2]
    change, variance = data.by_place(
        Measured(after[0] - before[0], after[1] + before[1], enough, n, np.full((2, 2), np.nan))
    )
    usable, linked = np.isfinite(variance), data.dealt.labels[0]
    if min((linked & usable).sum(), (~linked & usable).sum()) < policy.least_units:
        return None
    tested = contrast(change, variance, usable, data.dealt, level=data.level, block=data.block)
    return ScoreChange(group, tested, int(n[data.chosen & enough].sum()))


def _mean(observed: Observed, months: Flags) -> tuple[Floats, Floats, Floats]:
    """Return mean score, its variance and the number of answers of each unit."""
    scores = observed.scores[:, months].sum(axis=1)
    n = scores.sum(axis=1)
    safe = np.maximum(n, 1)
    mean = scores @ observed.values / safe
    squares = float(scores.sum(axis=0) @ observed.values**2 - n @ mean**2)
    return mean, np.asarray(max(squares, _TINY) / max(float(n.sum()), 1.0) / safe), n
