"""Tests of one role's effect: all that can be computed, and the one that can be believed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from auditlib.linkage.panel import Panel
from auditlib.linkage.procedure import Choices, effects, pattern
from auditlib.linkage.register import RoleLinks
from auditlib.records import Refusal
from auditlib.statistics.adoption import Ints
from auditlib.statistics.clustered import critical, two_sided
from auditlib.statistics.few_clusters import Design, Method, design_of, recommend
from auditlib.statistics.imputation import Imputation, cluster_scores
from auditlib.statistics.randomisation import randomisation
from auditlib.statistics.types import Floats
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
        By that method; None where it gives none.
    error
        Jackknife error; None where leaving out a cluster leaves nothing to estimate.
    design
        Clusters, and those linked.
    trials
        All tests, the used one included.
    """

    method: Method | Refusal
    p_value: float | None
    low: float | None
    high: float | None
    error: float | None
    design: Design
    trials: tuple[Trial, ...]

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
    dates = pattern(links[which], panel, cluster=cluster)
    design = design_of(dates, never=len(panel.months))
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
    if deals:
        statistic = _dealt(panel, links, which=which, choices=choices, cluster=cluster)
        dealt = randomisation(
            dates, statistic, actual=estimate / score, draws=deals, rng=np.random.default_rng(seeds[2])
        )
        trials.append(Trial("randomisation", dealt.p_value, dealt.smallest, f"{dealt.draws} deals"))
    low = high = p_value = None
    if not isinstance(method, Refusal):
        p_value = {trial.name: trial.p_value for trial in trials}.get(_TRIAL[method])
    if method is Method.JACKKNIFE and jackknife:
        half = critical(level, degrees) * jackknife
        low, high = estimate - half, estimate + half
    elif method is Method.BOOTSTRAP:
        low, high = _inverted(found, which, level=level, draws=min(draws, 1999), seed=seeds[0], step=score)
    return Tested(method, p_value, low, high, jackknife, design, tuple(trials))


_TRIAL = {
    Method.JACKKNIFE: "jackknife",
    Method.BOOTSTRAP: "wild bootstrap, restricted",
    Method.RANDOMISATION: "randomisation",
}


def _drawn(name: str, found: WildBootstrap) -> Trial:
    return Trial(name, found.p_value, found.smallest, f"{found.draws} draws, {found.weights}")


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
    panel: Panel, links: tuple[RoleLinks, ...], *, which: int, choices: Choices, cluster: Ints | None
) -> Callable[[Ints], Floats]:
    """Return the statistic under other assignments of one role's dates; the other role stays as it is."""
    groups = np.arange(len(panel.units)) if cluster is None else cluster

    def statistic(assigned: Ints) -> Floats:
        return np.array([one(dates[groups]) for dates in assigned])

    def one(adopted: Ints) -> float:
        linked = np.arange(len(panel.months))[None, :] >= adopted[:, None]
        dealt = RoleLinks(links[which].role, adopted, linked, linked, linked.astype(np.float64))
        others = tuple(dealt if place == which else link for place, link in enumerate(links))
        found = effects(panel, others, choices=choices, cluster=cluster)
        if isinstance(found, Refusal) or found.standard_error[which] == 0:
            return float("nan")
        return float(found.coefficient[which] / found.standard_error[which])

    return statistic
