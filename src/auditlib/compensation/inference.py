"""Tests of one role's effect, the one that can be believed, and what may then be claimed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from auditlib.compensation.placebo import Placebos
from auditlib.compensation.procedure import PayQuestion, assignment, deal_dates, effects
from auditlib.records import Refusal
from auditlib.statements import counted
from auditlib.statistics.adoption import Ints
from auditlib.statistics.clustered import critical, two_sided
from auditlib.statistics.few_clusters import ClusterDesign, Method, recommend
from auditlib.statistics.imputation import Imputation, cluster_scores
from auditlib.statistics.randomisation import ReassignedOutcomes, constant_effects, placed
from auditlib.statistics.wild_bootstrap import WildBootstrap, wild_bootstrap

PERMUTATIONS = 199
"""Other assignments a randomisation test looks at."""
INVERTED_DRAWS = 1999
"""Most bootstrap draws for each end of an interval, which asks for some twenty tests."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One way of testing: its p-value, the smallest it could give, and what it is."""

    name: str
    p_value: float
    smallest: float
    note: str


@dataclass(frozen=True, slots=True)
class Inference:
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
        p_values = {trial.name: trial.p_value for trial in self.trials}
        return p_values["wild bootstrap, restricted"] - p_values["wild bootstrap, unrestricted"]


def infer(
    imputed: Imputation,
    question: PayQuestion,
    *,
    draws: int,
    reassignments: int,
    rng: np.random.Generator,
) -> Inference:
    """Test one role's effect by every method, and name the one to believe.

    Parameters
    ----------
    imputed
        What `procedure.effects` answers to `question`.
    draws
        Bootstrap draws.
    reassignments
        Other assignments of dates that are looked at for display; where randomisation is the test to
        believe, some are looked at anyway.
    """
    place, assigned = question.place, assignment(imputed, question)
    design, method = assigned.design, recommend(assigned.design)
    estimate, degrees = float(imputed.coefficient[place]), design.clusters - 1
    jackknife = None if imputed.jackknife is None else float(imputed.jackknife[place])
    seeds = [int(seed) for seed in rng.integers(0, 2**31, 3)]
    score = float(imputed.standard_error[place])
    trials = [
        Trial("clustered errors", two_sided(estimate / score, degrees), 0.0, "t, G - 1: too bold with few"),
        *_bootstraps(imputed, place, draws=draws, seeds=seeds),
    ]
    if jackknife:
        trials.insert(0, Trial("jackknife", two_sided(estimate / jackknife, degrees), 0.0, "t, G - 1"))
    reassigned: ReassignedOutcomes | None = None
    if many := reassignments or (PERMUTATIONS if method is Method.RANDOMISATION else 0):
        dates = assigned.dates[assigned.counted]
        dealt = deal_dates(assigned, draws=many, rng=np.random.default_rng(seeds[2]))
        reassigned = _reassigned(question, dealt)
        trials.append(_placed(reassigned, dates, estimate / score))
    p_value = None
    if not isinstance(method, Refusal):
        p_value = {trial.name: trial.p_value for trial in trials}.get(_TRIAL[method])
    ends = _interval(imputed, method, reassigned, question, degrees=degrees, draws=draws, seed=seeds[0])
    low, high, why = (None, None, ends.reason) if isinstance(ends, Refusal) else (*ends, "")
    return Inference(method, p_value, low, high, jackknife, design, tuple(trials), why)


_TRIAL = {
    Method.JACKKNIFE: "jackknife",
    Method.BOOTSTRAP: "wild bootstrap, restricted",
    Method.RANDOMISATION: "randomisation",
}


def _bootstraps(imputed: Imputation, place: int, *, draws: int, seeds: Sequence[int]) -> list[Trial]:
    trials = []
    for name, restricted, seed in (("restricted", True, seeds[0]), ("unrestricted", False, seeds[1])):
        drawn = _bootstrap(imputed, place, restricted=restricted, draws=draws, seed=seed)
        note = f"{counted(drawn.draws, 'draw')}, {drawn.weights}"
        trials.append(Trial(f"wild bootstrap, {name}", drawn.p_value, drawn.smallest, note))
    return trials


def _bootstrap(imputed: Imputation, place: int, *, restricted: bool, draws: int, seed: int) -> WildBootstrap:
    scores = cluster_scores(imputed, treatment=place, restricted=restricted)
    return wild_bootstrap(scores, draws=draws, rng=np.random.default_rng(seed))


def _interval(
    imputed: Imputation,
    method: Method | Refusal,
    reassigned: ReassignedOutcomes | None,
    question: PayQuestion,
    *,
    degrees: int,
    draws: int,
    seed: int,
) -> tuple[float, float] | Refusal:
    """Return the limits by the method used, or why there are none."""
    place, level = question.place, question.level
    estimate, score = float(imputed.coefficient[place]), float(imputed.standard_error[place])
    if isinstance(method, Refusal):
        return method
    if method is Method.BOOTSTRAP:
        fewer = min(draws, INVERTED_DRAWS)
        return _inverted(imputed, place, level=level, draws=fewer, seed=seed, step=score)
    if method is Method.RANDOMISATION and reassigned is not None:
        limits = constant_effects(reassigned, estimate=estimate, error=score, level=level)
        return limits if isinstance(limits, Refusal) else (float(limits.low), float(limits.high))
    if imputed.jackknife is None:
        return Refusal("No interval: without some cluster nothing is left to estimate.")
    half = critical(level, degrees) * float(imputed.jackknife[place])
    return estimate - half, estimate + half


def _inverted(
    imputed: Imputation, place: int, *, level: float, draws: int, seed: int, step: float
) -> tuple[float, float]:
    """Return the values that the restricted bootstrap does not reject, by bisection on each side."""
    estimate = float(imputed.coefficient[place])

    def accepted(value: float) -> bool:
        moved = _moved(imputed, place, by=value)
        return _bootstrap(moved, place, restricted=True, draws=draws, seed=seed).p_value > 1 - level

    return _edge(accepted, estimate, -step), _edge(accepted, estimate, step)


def _edge(accepted: Callable[[float], bool], start: float, step: float) -> float:
    inside, outside = start, start + step
    for _ in range(8):
        if not accepted(outside):
            break
        inside, step = outside, 2 * step
        outside = outside + step
    for _ in range(12):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if accepted(middle) else (inside, middle)
    return (inside + outside) / 2


def _moved(imputed: Imputation, place: int, *, by: float) -> Imputation:
    outcome = imputed.fitted.outcome - by * imputed.fitted.design[place]
    coefficient = imputed.coefficient.copy()
    coefficient[place] -= by
    return replace(imputed, coefficient=coefficient, fitted=replace(imputed.fitted, outcome=outcome))


def _reassigned(question: PayQuestion, assigned: Ints) -> ReassignedOutcomes:
    """Estimate under other assignments of one role's dates; the other role stays as it is.

    The actual links are put through each assignment as if they were the outcome, so that the test of any
    constant effect follows without estimating again.
    """
    panel, place = question.panel, question.place
    treatment = replace(panel, value=question.role_links.linked.astype(np.float64))
    rows = []
    for dates in assigned:
        reassigned = question.dated(dates)
        rows.append(_products([effects(reassigned), effects(reassigned.on(treatment))], place))
    columns = np.array(rows).reshape(-1, 5).T
    return ReassignedOutcomes(columns[0], columns[1], columns[2:])


def _products(pair: Sequence[Imputation | Refusal], place: int) -> tuple[float, ...]:
    """Return both estimates and the scaled products of their scores; NaN where there is no estimate."""
    outcome, treatment = pair
    if isinstance(outcome, Refusal) or isinstance(treatment, Refusal):
        return (np.nan,) * 5
    first, second = outcome.scores[:, place], treatment.scores[:, place]
    factor = len(first) / (len(first) - 1)
    pairs = ((first, first), (first, second), (second, second))
    squares = (factor * float(former @ latter) for former, latter in pairs)
    return float(outcome.coefficient[place]), float(treatment.coefficient[place]), *squares


def _placed(reassigned: ReassignedOutcomes, dates: Ints, actual: float) -> Trial:
    place = placed(dates, reassigned.statistics(np.zeros(1))[0], actual=actual)
    return Trial("randomisation", place.p_value, place.smallest, f"{counted(place.draws, 'deal')}")


class EffectClaim(StrEnum):
    """What may be said of an effect: only what its own test and its placebos both support."""

    SHOWN = "shown"
    """The test calls it an effect, and so does its place among placebos."""
    DISPUTED = "disputed"
    """The test calls it an effect, but too many placebos look as strong."""
    NOT_SHOWN = "not shown"
    """The test calls it none, or there are no placebos to say how often the test is wrong."""
    UNTESTABLE = "cannot be tested"


def calibrated(estimate: float, inference: Inference, placebo: Placebos | Refusal) -> float | None:
    """Return the placebo-calibrated p-value; None without placebos or without a jackknife error."""
    if isinstance(placebo, Refusal) or not inference.error:
        return None
    return placebo.p_value(estimate / inference.error)


def claim(
    estimate: float, inference: Inference, placebo: Placebos | Refusal, *, level: float = 0.95
) -> EffectClaim:
    """Return what may be claimed.

    Parameters
    ----------
    estimate
        The effect that was tested.
    placebo
        Placebo links dated at random; without them nothing is shown, whatever the test says.
    """
    if isinstance(inference.method, Refusal) or inference.p_value is None:
        return EffectClaim.UNTESTABLE
    if inference.p_value > 1 - level:
        return EffectClaim.NOT_SHOWN
    p_placebo = calibrated(estimate, inference, placebo)
    if p_placebo is None:
        return EffectClaim.NOT_SHOWN
    return EffectClaim.SHOWN if p_placebo <= 1 - level else EffectClaim.DISPUTED


def unchecked(
    estimate: float, inference: Inference, placebo: Placebos | Refusal, *, level: float = 0.95
) -> str:
    """Return why an effect that the test alone calls one is not claimed; empty where that is not so."""
    no_test = isinstance(inference.method, Refusal) or inference.p_value is None
    if no_test or (inference.p_value or 0.0) > 1 - level:
        return ""
    if isinstance(placebo, Refusal):
        return placebo.reason
    if calibrated(estimate, inference, placebo) is None:
        return "No error by cluster can be had, so that the effect has no place among placebo links."
    return ""
