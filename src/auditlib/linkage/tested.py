"""Tests of one role's effect: all that can be computed, and the one that can be believed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from auditlib.linkage.panel import Panel
from auditlib.linkage.procedure import Choices, assignment, effects
from auditlib.linkage.register import RoleLinks
from auditlib.records import Refusal
from auditlib.statements import counted
from auditlib.statistics.adoption import Ints
from auditlib.statistics.clustered import critical, two_sided
from auditlib.statistics.few_clusters import ClusterDesign, Method, recommend
from auditlib.statistics.imputation import Imputation, cluster_scores
from auditlib.statistics.randomisation import ReassignedOutcomes, constant_effects, permutations, placed
from auditlib.statistics.wild_bootstrap import WildBootstrap, wild_bootstrap

DEALS = 199
"""Other assignments a randomisation test looks at."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One way of testing: its p-value, the smallest it could give, and what it is."""

    name: str
    p_value: float
    smallest: float
    note: str


@dataclass(frozen=True, slots=True)
class Tested:
    """The test of an effect.

    Parameters
    ----------
    method
        The test used, or why none can be.
    p_value, low, high
        By that method; None where it gives none. Randomisation gives the constant effects it does not reject.
    error
        Jackknife error; None where leaving out a cluster leaves nothing to estimate.
    design
        Clusters, and those linked.
    trials
        All tests, the used one included.
    no_interval
        Why there are no limits.
    """

    method: Method | Refusal
    p_value: float | None
    low: float | None
    high: float | None
    error: float | None
    design: ClusterDesign
    trials: tuple[Trial, ...]
    no_interval: str = ""

    @property
    def gap(self) -> float:
        """Restricted less unrestricted bootstrap p-value."""
        found = {trial.name: trial.p_value for trial in self.trials}
        return found["wild bootstrap, restricted"] - found["wild bootstrap, unrestricted"]


def test_effect(
    found: Imputation,
    panel: Panel,
    links: tuple[RoleLinks, ...],
    *,
    which: int,
    choices: Choices,
    cluster: Ints | None,
    level: float,
    draws: int,
    deals: int,
    rng: np.random.Generator,
) -> Tested:
    """Test one role's effect by every method, and name the one to believe."""
    dealt_to = assignment(found, links[which], panel, which=which, cluster=cluster)
    design = dealt_to.design
    method = recommend(design)
    estimate, degrees = float(found.coefficient[which]), design.clusters - 1
    jackknife = None if found.jackknife is None else float(found.jackknife[which])
    seeds = [int(seed) for seed in rng.integers(0, 2**31, 3)]
    restricted = _bootstrap(found, which, restricted=True, draws=draws, seed=seeds[0])
    unrestricted = _bootstrap(found, which, restricted=False, draws=draws, seed=seeds[1])
    score = float(found.standard_error[which])
    trials = [
        Trial("clustered errors", two_sided(estimate / score, degrees), 0.0, "t, G - 1: too bold with few"),
        _drawn("wild bootstrap, restricted", restricted),
        _drawn("wild bootstrap, unrestricted", unrestricted),
    ]  # fmt: skip
    if jackknife:
        trials.insert(0, Trial("jackknife", two_sided(estimate / jackknife, degrees), 0.0, "t, G - 1"))
    deals = deals or (DEALS if method is Method.RANDOMISATION else 0)
    dealt: ReassignedOutcomes | None = None
    if deals:
        dates = dealt_to.dates[dealt_to.counted]
        drawn = permutations(dates, draws=deals, rng=np.random.default_rng(seeds[2]))
        others = np.tile(dealt_to.dates, (len(drawn), 1))
        others[:, dealt_to.counted] = drawn
        dealt = _dealt(panel, links, others, which=which, choices=choices, cluster=cluster)
        trials.append(_placed(dealt, dates, estimate / score))
    p_value = None
    if not isinstance(method, Refusal):
        p_value = {trial.name: trial.p_value for trial in trials}.get(_TRIAL[method])
    ends = _interval(
        found, method, dealt, which=which, level=level, degrees=degrees, draws=draws, seed=seeds[0]
    )
    low, high, why = (None, None, ends.reason) if isinstance(ends, Refusal) else (*ends, "")
    return Tested(method, p_value, low, high, jackknife, design, tuple(trials), why)


def _interval(
    found: Imputation,
    method: Method | Refusal,
    dealt: ReassignedOutcomes | None,
    *,
    which: int,
    level: float,
    degrees: int,
    draws: int,
    seed: int,
) -> tuple[float, float] | Refusal:
    """Return the limits by the method used, or why there are none."""
    estimate, score = float(found.coefficient[which]), float(found.standard_error[which])
    if isinstance(method, Refusal):
        return method
    if method is Method.BOOTSTRAP:
        return _inverted(found, which, level=level, draws=min(draws, 1999), seed=seed, step=score)
    if method is Method.RANDOMISATION and dealt is not None:
        limits = constant_effects(dealt, estimate=estimate, error=score, level=level)
        return limits if isinstance(limits, Refusal) else (float(limits.low), float(limits.high))
    if found.jackknife is None:
        return Refusal("No interval: without some cluster nothing is left to estimate.")
    half = critical(level, degrees) * float(found.jackknife[which])
    return estimate - half, estimate + half


_TRIAL = {
    Method.JACKKNIFE: "jackknife",
    Method.BOOTSTRAP: "wild bootstrap, restricted",
    Method.RANDOMISATION: "randomisation",
}


def _drawn(name: str, found: WildBootstrap) -> Trial:
    return Trial(name, found.p_value, found.smallest, f"{counted(found.draws, 'draw')}, {found.weights}")


def _bootstrap(found: Imputation, which: int, *, restricted: bool, draws: int, seed: int) -> WildBootstrap:
    scores = cluster_scores(found, which=which, restricted=restricted)
    return wild_bootstrap(scores, draws=draws, rng=np.random.default_rng(seed))


def _inverted(
    found: Imputation, which: int, *, level: float, draws: int, seed: int, step: float
) -> tuple[float, float]:
    """Return the values that the restricted bootstrap does not reject, by bisection on each side."""
    estimate = float(found.coefficient[which])

    def kept(value: float) -> bool:
        moved = _shifted(found, which, by=value)
        return _bootstrap(moved, which, restricted=True, draws=draws, seed=seed).p_value > 1 - level

    return _edge(kept, estimate, -step), _edge(kept, estimate, step)


def _edge(kept: Callable[[float], bool], start: float, step: float) -> float:
    inside, outside = start, start + step
    for _ in range(8):
        if not kept(outside):
            break
        inside, step = outside, 2 * step
        outside = outside + step
    for _ in range(12):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if kept(middle) else (inside, middle)
    return (inside + outside) / 2


def _shifted(found: Imputation, which: int, *, by: float) -> Imputation:
    outcome = found.fitted.outcome - by * found.fitted.design[which]
    moved = found.coefficient.copy()
    moved[which] -= by
    return replace(found, coefficient=moved, fitted=replace(found.fitted, outcome=outcome))


def _dealt(
    panel: Panel,
    links: tuple[RoleLinks, ...],
    assigned: Ints,
    *,
    which: int,
    choices: Choices,
    cluster: Ints | None,
) -> ReassignedOutcomes:
    """Estimate under other assignments of one role's dates; the other role stays as it is.

    The actual links are put through each assignment as if they were the outcome, so that the test of any
    constant effect follows without estimating again.
    """
    groups = np.arange(len(panel.units)) if cluster is None else cluster
    treatment = replace(panel, value=links[which].linked.astype(np.float64))
    rows = []
    for dates in assigned:
        adopted = dates[groups]
        linked = np.arange(len(panel.months))[None, :] >= adopted[:, None]
        one = RoleLinks(links[which].role, adopted, linked, linked, linked.astype(np.float64))
        others = tuple(one if place == which else link for place, link in enumerate(links))
        pair = [effects(shown, others, choices=choices, cluster=cluster) for shown in (panel, treatment)]
        rows.append(_products(pair, which))
    columns = np.array(rows).reshape(-1, 5).T
    return ReassignedOutcomes(columns[0], columns[1], columns[2:])


def _products(pair: Sequence[Imputation | Refusal], which: int) -> tuple[float, ...]:
    """Return both estimates and the scaled products of their scores; NaN where there is no estimate."""
    outcome, treatment = pair
    if isinstance(outcome, Refusal) or isinstance(treatment, Refusal):
        return (np.nan,) * 5
    first, second = outcome.scores[:, which], treatment.scores[:, which]
    factor = len(first) / (len(first) - 1)
    squares = (
        factor * float(one @ other) for one, other in ((first, first), (first, second), (second, second))
    )
    return float(outcome.coefficient[which]), float(treatment.coefficient[which]), *squares


def _placed(dealt: ReassignedOutcomes, dates: Ints, actual: float) -> Trial:
    values = dealt.statistics(np.zeros(1))[0]
    found = placed(dates, values, actual=actual)
    return Trial("randomisation", found.p_value, found.smallest, f"{counted(found.draws, 'deal')}")
