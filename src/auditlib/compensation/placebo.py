"""The whole procedure on adoptions that never happened, drawn from the party's own untreated months.

Every placebo takes unit-months without any link, assigns link dates to some of the units, and runs the
default procedure as if they were real. Whatever it finds is false: how often it calls an effect is its
false-alarm rate, and how far its estimates scatter says which effect could be seen. Assigned in two ways: at
random, and as parties really choose: units that were low in their last quarter first.

All placebos share one company's months: where one large unit or one odd year makes errors by cluster too
small, their rate shows it. The actual statistic is therefore also judged by its place among theirs
(`Placebos.p_value`), and an effect is only claimed where both agree (`inference.claim`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from auditlib.compensation.procedure import PayQuestion, assignment, effects, pattern, split
from auditlib.compensation.register import linked_from
from auditlib.records import Refusal
from auditlib.statements import counted
from auditlib.statistics.adoption import Ints, by_cluster
from auditlib.statistics.clustered import critical
from auditlib.statistics.few_clusters import FEWEST, Method, recommend
from auditlib.statistics.imputation import cluster_scores
from auditlib.statistics.intervals import wilson
from auditlib.statistics.types import Floats
from auditlib.statistics.wild_bootstrap import wild_bootstrap

ENOUGH = 50
"""Placebos below which no rate is stated."""
POWER = 0.8
LAST_QUARTER = 3
NOISE = 0.25
"""How much chance enters the choice of low units, in standard deviations of their last quarter."""
DRAWS = 199
"""Bootstrap draws for each placebo, where the test is a bootstrap."""


@dataclass(frozen=True, slots=True, eq=False)
class Placebos:
    """What the procedure finds where there is nothing to find.

    Parameters
    ----------
    estimate, statistic
        Of each placebo that has an estimate, the statistic with jackknife errors; shape (placebos,).
    alarms
        Placebos called an effect at the audit's level, by the test that the actual links call for.
    low, high
        Limits of the false-alarm rate (Wilson): chance in the draw, given the party's months.
    units
        Clusters that lent months, and how many of them adopt in each placebo.
    method
        The test that raised the alarms. Randomisation compares with assignments like these, so that its rate
        is the nominal one by construction unless low units are chosen first.
    """

    estimate: Floats
    statistic: Floats
    alarms: int
    low: float
    high: float
    units: tuple[int, int]
    method: Method

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

    def p_value(self, statistic: float) -> float:
        """Return the placebo-calibrated p-value: the share of placebos as strong, the actual one included."""
        return (1 + self.as_strong(statistic)) / (1 + len(self.statistic))

    def crossing(self, level: float) -> float:
        """Return the critical value that raises false alarms at the nominal rate on these months."""
        rank = int(np.ceil(level * (1 + len(self.statistic)))) - 1
        return float(np.sort(np.abs(self.statistic))[min(rank, len(self.statistic) - 1)])

    def detectable(self, error: float, *, crossing: float) -> float:
        """Return the smallest effect that would be called in four of five audits with that error.

        Parameters
        ----------
        crossing
            Critical value of the test.
        """
        return float(error * (crossing - np.quantile(self.statistic, 1 - POWER)))


def placebos(
    question: PayQuestion,
    *,
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
    imputed = effects(question)
    if isinstance(imputed, Refusal):
        return imputed
    design = assignment(imputed, question).design
    recommended = recommend(design)
    method = Method.JACKKNIFE if isinstance(recommended, Refusal) else recommended
    lender = _lender(question)
    if lender.clusters < 2 * FEWEST:
        return Refusal(
            f"Only {counted(lender.clusters, 'unit has', 'units have')} enough months without a link for "
            "placebo adoptions.",
            f"At least {2 * FEWEST} are needed.",
        )
    fewest = 2 if method is Method.RANDOMISATION else FEWEST
    share = round(design.treated / design.clusters * lender.clusters)
    treated = int(np.clip(share, fewest, lender.clusters - FEWEST))
    dates = pattern(question)
    starts = np.sort(dates[dates < len(question.panel.months)])
    assigned = _assign(lender, starts, treated, count=count, low_first=low_first, rng=rng)
    runs = _runs(lender, assigned, method, rng=rng)
    if len(runs) < ENOUGH:
        return Refusal(f"Only {len(runs)} of {counted(count, 'placebo adoption')} could be estimated.")
    if method is Method.RANDOMISATION:
        reference = runs
        if low_first:
            at_random = _assign(lender, starts, treated, count=count, low_first=False, rng=rng)
            reference = _runs(lender, at_random, method, rng=rng)
        runs[:, 3] = _ranked(runs[:, 2], reference[:, 2]) <= 1 - question.level
    alarms = int(runs[:, 3].sum())
    limits = wilson(alarms, len(runs))
    return Placebos(
        estimate=runs[:, 0],
        statistic=runs[:, 1],
        alarms=alarms,
        low=float(limits.low),
        high=float(limits.high),
        units=(lender.clusters, treated),
        method=method,
    )


def _lender(question: PayQuestion) -> PayQuestion:
    """Return the question on the units with enough months without a link to stand on either side of a date.

    It has no links yet: those of a placebo are assigned to it.
    """
    panel, parts = question.panel, split(question)
    lent = panel.n * parts.clean * (parts.weight > 0)
    enough = 2 * (LAST_QUARTER + 1 + question.choices.anticipation)
    units = np.flatnonzero((lent > 0).sum(axis=1) >= enough)
    names = tuple(panel.units[unit] for unit in units)
    cluster = np.unique(question.groups[units], return_inverse=True)[1].astype(np.int64)
    lending = replace(panel, units=names, value=panel.value[units], n=lent[units])
    return replace(question, panel=lending, links=(), cluster=cluster)


def _assign(
    lender: PayQuestion,
    starts: Ints,
    treated: int,
    *,
    count: int,
    low_first: bool,
    rng: np.random.Generator,
) -> list[Ints]:
    """Assign the actual start months, shifted together, to `treated` clusters per placebo.

    A date goes only to a cluster with a quarter of lent months on either side of it: months end where a
    real link began, and a cluster without months after its date would count as linked and add nothing.
    """
    aside = lender.choices.anticipation
    months, edge = len(lender.panel.months), LAST_QUARTER + aside
    answers = by_cluster(lender.panel.n, lender.groups)
    score = by_cluster(lender.panel.value * lender.panel.n, lender.groups) / np.maximum(answers, 1e-300)
    recent, measured = _recent(score, answers), np.cumsum(answers > 0, axis=1)
    like = starts[((np.arange(treated) + 0.5) / treated * len(starts)).astype(np.int64)]
    assigned = []
    for _ in range(count):
        adopted = np.full(lender.clusters, months, dtype=np.int64)
        dates = np.clip(like + int(rng.integers(-edge, edge + 1)), edge + 1, months - LAST_QUARTER)
        for date, size in zip(*np.unique(dates, return_counts=True), strict=True):
            before = measured[:, date - aside - 1] >= LAST_QUARTER
            after = measured[:, -1] - measured[:, date - 1] >= LAST_QUARTER
            free = (adopted >= months) & before & after
            most = max(0, min(int(size), int(free.sum()) - FEWEST))
            adopted[_choose(recent[:, date], free, most, low_first=low_first, rng=rng)] = date
        assigned.append(adopted[lender.groups])
    return assigned


def _choose(
    recent: Floats, free: NDArray[np.bool_], size: int, *, low_first: bool, rng: np.random.Generator
) -> Ints:
    order = rng.normal(size=len(recent))
    if low_first:
        order = recent + NOISE * order * float(recent.std())
    return np.argsort(np.where(free, order, np.inf), kind="stable")[:size]


def _recent(value: Floats, n: Floats) -> Floats:
    """Return each mean over the quarter before each month; where nobody answered, the mean over all."""
    months = value.shape[1]
    total, count = np.cumsum(value * n, axis=1), np.cumsum(n, axis=1)
    overall = total[:, -1:] / np.maximum(count[:, -1:], 1)
    recent = np.repeat(overall, months + 1, axis=1)
    for month in range(LAST_QUARTER, months):
        before, until = month - LAST_QUARTER - 1, month - 1
        sums = [array[:, until] - (array[:, before] if before >= 0 else 0) for array in (total, count)]
        recent[:, month] = np.where(sums[1] > 0, sums[0] / np.maximum(sums[1], 1), overall[:, 0])
    return recent


def _runs(lender: PayQuestion, assigned: list[Ints], method: Method, *, rng: np.random.Generator) -> Floats:
    """Return estimate, jackknife t, clustered t and alarm of each placebo that could be estimated."""
    runs = [_run(lender, adopted, method, rng=rng) for adopted in assigned]
    return np.array([run for run in runs if run is not None]).reshape(-1, 4)


def _run(
    lender: PayQuestion, adopted: Ints, method: Method, *, rng: np.random.Generator
) -> tuple[float, float, float, bool] | None:
    placebo = replace(lender, links=(linked_from(lender.role, adopted, months=len(lender.panel.months)),))
    imputed = effects(placebo)
    if isinstance(imputed, Refusal) or imputed.jackknife is None or not imputed.jackknife[0] > 0:
        return None
    estimate = float(imputed.coefficient[0])
    statistic = estimate / float(imputed.jackknife[0])
    if method is Method.BOOTSTRAP:
        alarm = wild_bootstrap(cluster_scores(imputed), draws=DRAWS, rng=rng).p_value <= 1 - lender.level
    else:
        alarm = abs(statistic) > critical(lender.level, lender.clusters - 1)
    return estimate, statistic, estimate / float(imputed.standard_error[0]), alarm


def _ranked(statistic: Floats, reference: Floats) -> Floats:
    """Return the share of `reference` at least as large as each statistic, that one included."""
    beyond = np.searchsorted(np.sort(np.abs(reference)), np.abs(statistic), side="left")
    return np.asarray((1 + len(reference) - beyond) / (1 + len(reference)))
