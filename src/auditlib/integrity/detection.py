"""What one detector says about one group of linked units."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from auditlib.integrity.detectors import RATIO, Detector
from auditlib.integrity.groups import Group, MonthGrid
from auditlib.integrity.heaping import STATISTICS
from auditlib.integrity.observed import Observed
from auditlib.integrity.policy import IntegrityPolicy
from auditlib.integrity.unit_changes import Measured
from auditlib.records import Basis, Held, Interval, Number
from auditlib.statements import counted
from auditlib.statistics.changes import Contrast, Ints, PermutedLabels, contrast, deal, ways
from auditlib.statistics.types import Floats

if TYPE_CHECKING:
    from auditlib.statistics.changes import Flags

METHOD = "Knapp-Hartung, units as observations"
_STRATA_NEED = 2000
"""Labels are dealt within strata of size only where that leaves at least so many ways."""


_OUTSTANDING = 3.0
"""Sampling errors by which an effect has to stand out among so many tests."""


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
    n, linked, others
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
    others: int = 0
    levels: Floats = field(default_factory=lambda: np.full((2, 2), np.nan))
    units: tuple[UnitChange, ...] = ()
    reason: str = ""

    @property
    def key(self) -> str:
        """Names the detection within its audit."""
        return f"{self.detector.key}:{self.group.name.replace(' ', ':')}"

    @property
    def effect(self) -> tuple[float, float, float] | None:
        """Effect with its limits: percentage points, or a ratio of which 1 means no difference."""
        if self.contrast is None:
            return None
        parts = (self.contrast.estimate, self.contrast.low, self.contrast.high)
        low_first = tuple(shown(self.detector, part) for part in parts)
        return low_first[0], low_first[1], low_first[2]

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

    def numbers(self, level: float) -> tuple[Number, ...]:
        """Return effect and p-values under their keys, or the reason why there are none."""
        basis = tuple(_basis(table, self.group) for table in self.detector.tables)
        if self.contrast is None or self.effect is None:
            return (
                Number(f"effect:{self.key}", None, self.detector.effect, basis=basis, reason=self.reason),
            )
        value, low, high = self.effect
        interval = Interval(low, high, level, METHOD)
        sides = (("linked", 0), ("others", 1))
        return (
            Number(f"effect:{self.key}", value, self.detector.effect, self.n, interval, basis, self.reason),
            Number(f"p:{self.key}", self.p_value, "probability", self.n, None, basis),
            *(
                Number(f"{side}_{at}:{self.key}", float(self.levels[row, turn]), self.detector.level, self.n,
                       None, basis)
                for side, row in sides for turn, at in enumerate(("before", "after"))
            ),
            Number(f"smallest_p:{self.key}", self.smallest_p, "probability", self.n, None, basis),
            *(
                Number(f"{side}_units:{self.key}", units, "units", None, None, basis)
                for side, units in (("linked", self.linked), ("others", self.others))
            ),
        )  # fmt: skip


def shown(detector: Detector, value: float) -> float:
    """Return `value` of the working scale as it is shown: a ratio, or percentage points."""
    return float(np.exp(value)) if detector.effect == RATIO else 100 * value


def _basis(table: str, group: Group) -> Basis:
    if table == "complaints":
        return Basis(table, (("in_period", True),))
    where = (("in_period", True), ("survey_type", group.survey_type))
    return Basis(table, where, group.item if table == "responses" else "")


def dealt_for(
    group: Group, seen: Observed, policy: IntegrityPolicy, rng: np.random.Generator
) -> PermutedLabels:
    """Deal the links of a group anew over its units and those compared with, within strata of size."""
    chosen = group.linked | group.others
    months = group.before | group.after
    size = seen.scores[chosen][:, months].sum(axis=(1, 2))
    linked = group.linked[chosen]
    return deal(linked, _strata(linked, size), draws=policy.draws, rng=rng)


def detect(
    detector: Detector,
    group: Group,
    seen: Observed,
    dealt: PermutedLabels,
    *,
    calendar: MonthGrid,
    policy: IntegrityPolicy,
    level: float,
) -> Detection:
    """Run one detector on one group, or say why it cannot be run."""
    why = _cannot(detector, group, seen)
    if why:
        return Detection(detector, group, reason=why)
    found = detector.measure(seen, group, policy)
    chosen = group.linked | group.others
    usable = found.usable[chosen]
    few = _too_few(detector, group.linked[chosen] & usable, ~group.linked[chosen] & usable, policy)
    if few:
        return Detection(detector, group, reason=few)
    dim = _too_dim(detector, found, group.linked & found.usable, group.others & found.usable)
    if dim:
        return Detection(detector, group, reason=dim)
    least = _least_p(dealt, usable)
    if least > policy.error:
        return Detection(detector, group, reason=_hopeless(least, policy))
    tested = contrast(found.change[chosen], found.variance[chosen], usable, dealt, level=level)
    sign = SignStrength.WATCH if tested.p_value(detector.alternative) <= policy.error else SignStrength.QUIET
    within = chosen & found.usable
    return Detection(
        detector, group, sign, tested, least, int(found.n[within].sum()),
        tested.chosen, tested.others, found.levels, _unit_changes(group, found, within, calendar),
    )  # fmt: skip


def _cannot(detector: Detector, group: Group, seen: Observed) -> str:
    absent = [seen.missing[name] for name in detector.needs if name in seen.missing]
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


def _too_few(detector: Detector, linked: Flags, others: Flags, policy: IntegrityPolicy) -> str:
    counts = int(linked.sum()), int(others.sum())
    if min(counts) >= policy.least_units:
        return ""
    enough = (
        f"{counted(policy.least_answers, 'observation')} on either side of the link"
        if detector.largest is None
        else detector.largest.counted
    )
    return (
        f"Only {counted(counts[0], 'linked unit')} and {counted(counts[1], 'other')} have {enough}; "
        f"{policy.least_units} of each "
        "are needed."
    )


def _too_dim(detector: Detector, found: Measured, linked: Flags, others: Flags) -> str:
    """Return why not even the largest effect could be told from chance; empty where it could.

    An effect stands out in most audits where it is `_OUTSTANDING` times its sampling error, which falls
    with the square root of what is observed.
    """
    if detector.largest is None:
        return ""
    error = sum(1 / float((1 / found.variance[side]).sum()) for side in (linked, others))
    short = error * (_OUTSTANDING / detector.largest.effect) ** 2
    if short <= 1:
        return ""
    have = float(found.n[linked].sum())
    return (
        f"If {detector.largest.if_all}, it could still be chance: the linked units have {have:.0f} "
        f"{detector.largest.counted}, and about {counted(int(np.ceil(have * short)), 'is', 'are')} needed."
    )


def _least_p(dealt: PermutedLabels, usable: Flags) -> float:
    """Return the smallest p-value possible: assignments that leave a side too few usable units exceed."""
    drawn = dealt.labels[:, usable].sum(axis=1)
    lost = (drawn < 2) | (drawn > usable.sum() - 2)
    return max(dealt.smallest, float(lost.mean()))


def _hopeless(least: float, policy: IntegrityPolicy) -> str:
    return (
        f"So few units can be dealt anew that no p-value below {least:.3f} is possible; "
        f"{policy.error:g} would be needed."
    )


def _strata(linked: Flags, size: Floats) -> Ints:
    """Return small and large units as strata, or one stratum where that leaves too few ways to deal."""
    halves = (size > np.median(size)).astype(np.int64)
    return halves if ways(linked, halves) >= _STRATA_NEED else np.zeros(len(size), dtype=np.int64)


def _unit_changes(
    group: Group, found: Measured, within: Flags, calendar: MonthGrid
) -> tuple[UnitChange, ...]:
    return tuple(
        UnitChange(
            calendar.units[unit],
            bool(group.linked[unit]),
            float(found.change[unit]),
            float(np.sqrt(found.variance[unit])),
            int(found.n[unit]),
        )
        for unit in np.flatnonzero(within)
    )
