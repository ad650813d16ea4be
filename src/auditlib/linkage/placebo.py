"""The whole procedure on adoptions that never happened, drawn from the party's own untreated months.

Every placebo takes unit-months without any link, deals link dates to some of the units, and runs the default
procedure as if they were real. Whatever it finds is false: how often it calls an effect is its false-alarm
rate, and how far its estimates scatter says which effect could be seen. Dealt in two ways: at random, and as
parties really choose: units that were low in their last quarter first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditlib.linkage.panel import Panel
from auditlib.linkage.procedure import Choices, effects, split
from auditlib.linkage.register import RoleLinks
from auditlib.records import Refusal
from auditlib.statistics.adoption import Ints
from auditlib.statistics.clustered import critical
from auditlib.statistics.few_clusters import FEWEST
from auditlib.statistics.intervals import wilson
from auditlib.statistics.types import Floats

ENOUGH = 50
"""Placebos below which no rate is stated."""
POWER = 0.8
LAST_QUARTER = 3
LUCK = 0.25
"""How much chance enters the choice of low units, in standard deviations of their last quarter."""


@dataclass(frozen=True, slots=True, eq=False)
class Placebos:
    """What the procedure finds where there is nothing to find.

    Parameters
    ----------
    estimate, statistic
        Of each placebo; shape (placebos,).
    alarms
        Placebos called an effect at the audit's level.
    low, high
        Limits of the false-alarm rate (Wilson).
    wanted
        Placebos asked for; those without an estimate are missing from `estimate`.
    units
        Units that lent months, and how many of them adopt in each placebo.
    """

    estimate: Floats
    statistic: Floats
    alarms: int
    low: float
    high: float
    wanted: int
    units: tuple[int, int]
    low_first: bool

    @property
    def rate(self) -> float:
        """False-alarm rate."""
        return self.alarms / len(self.statistic)

    @property
    def mean(self) -> float:
        """Mean estimate: what the way of choosing units adds by itself."""
        return float(self.estimate.mean())

    def as_strong(self, statistic: float) -> int:
        """Return how many placebos have a statistic at least as large as `statistic`."""
        return int((np.abs(self.statistic) >= abs(statistic)).sum())

    def detectable(self, error: float, *, crossing: float) -> float:
        """Return the smallest effect that would be called in four of five audits with that error.

        Parameters
        ----------
        crossing
            Critical value of the test.
        """
        return float(error * (crossing - np.quantile(self.statistic, 1 - POWER)))


def placebos(
    panel: Panel,
    links: tuple[RoleLinks, ...],
    *,
    which: int,
    choices: Choices,
    level: float = 0.95,
    count: int = 1000,
    low_first: bool = False,
    rng: np.random.Generator,
) -> Placebos | Refusal:
    """Run the default procedure on `count` placebo adoptions of one role.

    Parameters
    ----------
    low_first
        Whether units with a low last quarter adopt first, as where pay is linked because scores are low.
    """
    parts = split(panel, links, choices=choices)
    lent = panel.n * parts.clean * (parts.weight > 0)
    units = np.flatnonzero((lent > 0).sum(axis=1) >= 2 * (LAST_QUARTER + 1 + choices.hold_out))
    share = links[which].units / len(panel.units)
    treated = int(np.clip(round(share * len(units)), FEWEST, max(len(units) - FEWEST, 0)))
    if len(units) < 2 * FEWEST:
        return Refusal(
            f"Only {len(units)} units have enough months without a link for placebo adoptions.",
            f"At least {2 * FEWEST} are needed.",
        )
    lender = Panel(
        panel.survey_type, panel.item, panel.statistic, tuple(panel.units[unit] for unit in units),
        panel.months, panel.value[units], lent[units], panel.variance,
    )  # fmt: skip
    starts = links[which].adopted[links[which].adopted < len(panel.months)]
    dealt = _deal(lender, starts, treated, choices=choices, count=count, low_first=low_first, rng=rng)
    found = np.array([result for adopted in dealt if (result := _run(lender, adopted, choices)) is not None])
    if len(found) < ENOUGH:
        return Refusal(f"Only {len(found)} of {count} placebo adoptions could be estimated.")
    statistic = found[:, 0] / found[:, 1]
    alarms = int((np.abs(statistic) > critical(level, len(units) - 1)).sum())
    limits = wilson(alarms, len(found))
    return Placebos(
        found[:, 0], statistic, alarms, float(limits.low), float(limits.high), count,
        (len(units), treated), low_first,
    )  # fmt: skip


def _deal(
    lender: Panel,
    starts: Ints,
    treated: int,
    *,
    choices: Choices,
    count: int,
    low_first: bool,
    rng: np.random.Generator,
) -> list[Ints]:
    """Deal start months, drawn from the actual ones and shifted, to `treated` units per placebo."""
    months, edge = len(lender.months), LAST_QUARTER + choices.hold_out
    recent = _recent(lender)
    dealt = []
    for _ in range(count):
        adopted = np.full(len(lender.units), months, dtype=np.int64)
        shift = int(rng.integers(-edge, edge + 1))
        dates = np.sort(np.clip(rng.choice(starts, size=treated) + shift, edge + 1, months - LAST_QUARTER))
        for date, size in zip(*np.unique(dates, return_counts=True), strict=True):
            chosen = _choose(recent[:, date], adopted >= months, int(size), low_first=low_first, rng=rng)
            adopted[chosen] = date
        dealt.append(adopted)
    return dealt


def _choose(
    recent: Floats, free: NDArray[np.bool_], size: int, *, low_first: bool, rng: np.random.Generator
) -> Ints:
    order = rng.normal(size=len(recent))
    if low_first:
        order = recent + LUCK * order * float(recent.std())
    return np.argsort(np.where(free, order, np.inf), kind="stable")[:size]


def _recent(lender: Panel) -> Floats:
    """Return each unit's mean over the quarter before each month; where nobody answered, the unit's mean."""
    total = np.cumsum(lender.value * lender.n, axis=1)
    count = np.cumsum(lender.n, axis=1)
    own = total[:, -1:] / np.maximum(count[:, -1:], 1)
    recent = np.repeat(own, len(lender.months) + 1, axis=1)
    for month in range(LAST_QUARTER, len(lender.months)):
        before, until = month - LAST_QUARTER - 1, month - 1
        sums = [array[:, until] - (array[:, before] if before >= 0 else 0) for array in (total, count)]
        recent[:, month] = np.where(sums[1] > 0, sums[0] / np.maximum(sums[1], 1), own[:, 0])
    return recent


def _run(lender: Panel, adopted: Ints, choices: Choices) -> tuple[float, float] | None:
    linked = np.arange(len(lender.months))[None, :] >= adopted[:, None]
    link = RoleLinks("manager", adopted, linked, linked, linked.astype(np.float64))
    found = effects(lender, (link,), choices=choices)
    if isinstance(found, Refusal) or found.jackknife is None or not found.jackknife[0] > 0:
        return None
    return float(found.coefficient[0]), float(found.jackknife[0])
