"""Which low answers go with dissatisfaction: impact times frequency, within units.

The outcome is whether the headline question got one of its worst answers (its declared bottom box); a
question is low where its own answer lies in its bottom box. Regressions are of one outcome on all
questions at once, with an effect for every unit, so that neither differences between units nor the other
questions are counted in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any

import numpy as np

from auditlib.contracts import CanonicalTables
from auditlib.drivers.policy import DriversPolicy
from auditlib.parameters.run import Run
from auditlib.records import Basis, Held, Instrument, Interval, Item, Refusal
from auditlib.standards.observed import IN_PERIOD
from auditlib.statements import counted
from auditlib.statistics.redrawn import Spread, cluster_weights, spread_of
from auditlib.statistics.relative_importance import MOST_PREDICTORS, lmg
from auditlib.statistics.types import Floats
from auditlib.statistics.within import centred, slopes, solvable

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

METHOD = "t, whole units redrawn"
_LMG_WORK = 400_000
"""Subsets times draws: enough draws for an error of LMG shares, few enough to be quick."""
_SLACK = 1e-9
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and its interval."""

    value: float
    interval: Interval

    @property
    def in_points(self) -> Estimate:
        """A difference of shares, in percentage points."""
        ends = self.interval
        scaled = Interval(_HUNDRED * ends.low, _HUNDRED * ends.high, ends.level, ends.method)
        return Estimate(_HUNDRED * self.value, scaled)


@dataclass(frozen=True, slots=True)
class DriverQuestion:
    """One question as a driver of the overall answer.

    Parameters
    ----------
    survey_type, item
        The question.
    low_share
        Frequency: share of complete responses in which it got one of its worst answers.
    penalty
        Impact: how much likelier a bad overall answer is where this one is low, the others held, within
        units; a difference of shares.
    contribution
        Impact times frequency: share of all complete responses.
    weight
        Share of the variance of the overall score it accounts for, of what all questions account for (LMG).
    best, worst
        Ranks by contribution that it may hold, 1 the largest.
    """

    survey_type: str
    item: Item
    low_share: float
    penalty: Estimate
    contribution: Estimate
    weight: Estimate
    best: int
    worst: int

    @property
    def name(self) -> str:
        """The question as tables name it: its id without the prefix all questions share."""
        return self.item.item.removeprefix("q_")


@dataclass(frozen=True, slots=True)
class Survey:
    """The questions of one survey type, largest contribution first; or why they cannot be ranked.

    Parameters
    ----------
    n, units
        Complete responses, and units they came from.
    incomplete
        Responses of the period left out because a question was not answered.
    bad_share
        Share of complete responses with a bad overall answer.
    explained
        R² of the overall score on all questions, within units.
    """

    instrument: Instrument
    questions: tuple[DriverQuestion, ...] = ()
    n: int = 0
    units: int = 0
    incomplete: int = 0
    bad_share: float = 0.0
    explained: float = 0.0
    refusal: Refusal | None = None
    left_out: int = 0

    @property
    def survey_type(self) -> str:
        """The survey type."""
        return self.instrument.survey_type

    def without(self, held: Held) -> Survey:
        """Return it without the questions whose numbers are held back."""
        whole = held(f"responses:{self.survey_type}", self.n)
        names = ("low_share", "penalty")
        questions = tuple(
            question
            for question in self.questions
            if not (whole or any(held(f"{name}:{self.survey_type}:{question.name}") for name in names))
        )
        return replace(self, questions=questions, left_out=len(self.questions) - len(questions))

    @property
    def basis(self) -> Basis:
        """The responses it rests on; those that leave a question out are not told apart there."""
        return Basis("responses", (*IN_PERIOD, ("survey_type", self.survey_type)))


@dataclass(frozen=True, slots=True)
class _Sums:
    """By unit: responses, sums and sums of products of scores and of low flags, the headline first."""

    n: Floats
    scores: Floats
    score_products: Floats
    flags: Floats
    flag_products: Floats


def examine_survey(
    tables: CanonicalTables, run: Run, policy: DriversPolicy, survey_type: str, *, rng: np.random.Generator
) -> Survey:
    """Rank the questions of `survey_type` by what their low answers contribute to bad overall answers."""
    instrument = run.instrument(survey_type)
    drivers = _drivers(instrument, policy)
    if not drivers:
        return Survey(
            instrument, refusal=Refusal("it asks nothing besides the overall question and its consequences.")
        )
    if len(drivers) > MOST_PREDICTORS:
        why = f"it has {counted(len(drivers), 'question')}, and at most {MOST_PREDICTORS} can be told apart."
        return Survey(instrument, refusal=Refusal(why, "List some under not_drivers in the policy."))
    answered = _answered(tables, instrument)
    sums = _sums(answered, (instrument.headline, *drivers))
    return _examined(instrument, drivers, sums, _count(answered), run, policy=policy, rng=rng)


def _drivers(instrument: Instrument, policy: DriversPolicy) -> tuple[Item, ...]:
    headline = instrument.headline
    return tuple(
        item for item in instrument.items if item != headline and item.item not in policy.not_drivers
    )


def _answered(tables: CanonicalTables, instrument: Instrument) -> nw.LazyFrame[Any]:
    import narwhals as nw

    return tables.lazy("responses").filter(
        nw.col("in_period"), nw.col("survey_type") == instrument.survey_type
    )


def _count(frame: nw.LazyFrame[Any]) -> int:
    import narwhals as nw

    return int(frame.select(n=nw.len()).collect().rows()[0][0])


def _sums(answered: nw.LazyFrame[Any], items: tuple[Item, ...]) -> _Sums:
    """Return sums over complete responses by unit; all are integers, so that no order of rows shows."""
    import narwhals as nw

    steps = {
        f"s{place:02d}": ((nw.col(predictor.item) - predictor.scale.low) / predictor.scale.step).round()
        for place, predictor in enumerate(items)
    }
    flags = {
        f"b{place:02d}": nw.col(predictor.item) <= predictor.scale.bottom_box + _SLACK
        for place, predictor in enumerate(items)
    }
    whole = {name: value.cast(nw.Int64) for name, value in (steps | flags).items()}
    complete = answered.filter(*(~nw.col(item.item).is_null() for item in items)).with_columns(**whole)
    pairs = [*combinations_with_replacement(steps, 2), *combinations_with_replacement(flags, 2)]
    products = {a + b: (nw.col(a) * nw.col(b)).sum().cast(nw.Int64) for a, b in pairs}
    sums = {name: nw.col(name).sum().cast(nw.Int64) for name in whole}
    sums_by_unit = complete.group_by("unit_id").agg(n=nw.len(), **sums, **products).collect().to_pandas()
    by_unit = sums_by_unit.sort_values("unit_id", ignore_index=True)
    n = by_unit["n"].to_numpy(dtype=float)
    return _Sums(n, *_one_and_two(by_unit, list(steps)), *_one_and_two(by_unit, list(flags)))


def _one_and_two(by_unit: pd.DataFrame, names: list[str]) -> tuple[Floats, Floats]:
    """Return sums, shape (units, k), and sums of products, shape (units, k, k)."""
    rows = [[min(a, b) + max(a, b) for b in names] for a in names]
    products = np.stack([by_unit[row].to_numpy(dtype=float) for row in rows], axis=1)
    return by_unit[names].to_numpy(dtype=float), products


def _examined(
    instrument: Instrument,
    drivers: tuple[Item, ...],
    sums: _Sums,
    answered: int,
    run: Run,
    *,
    policy: DriversPolicy,
    rng: np.random.Generator,
) -> Survey:
    n, units = int(sums.n.sum()), len(sums.n)
    unranked = Survey(instrument, (), n, units, answered - n)
    refusal = _too_few(n, units, policy)
    if refusal is not None:
        return replace(unranked, refusal=refusal)
    low = centred(sums.n, sums.flags, sums.flag_products)
    score = centred(sums.n, sums.scores, sums.score_products)
    if not (solvable(low.sum(axis=0)) and solvable(score.sum(axis=0))):
        why = "a question never got a bad answer, or two always got the same: they cannot be told apart."
        return replace(unranked, refusal=Refusal(why))
    weights = cluster_weights(units, draws=policy.draws, rng=rng)
    level = run.thresholds.confidence
    impact = _impact(low, sums, weights, level=level)
    worth = _worth(score, weights, level=level)
    shares = sums.flags.sum(axis=0) / n
    questions = [
        DriverQuestion(
            instrument.survey_type,
            item,
            float(shares[place + 1]),
            estimate_of(impact[0], place, level=level),
            estimate_of(impact[1], place, level=level),
            estimate_of(worth, place, level=level),
            int(impact[1].best[place]),
            int(impact[1].worst[place]),
        )
        for place, item in enumerate(drivers)
    ]
    questions.sort(key=lambda question: (-question.contribution.value, question.item.item))
    explained = float(lmg(score.sum(axis=0)).sum())
    return Survey(instrument, tuple(questions), n, units, answered - n, float(shares[0]), explained)


def _too_few(n: int, units: int, policy: DriversPolicy) -> Refusal | None:
    if n < policy.least_answers:
        why = (
            f"{counted(n, 'response answers', 'responses answer')} every question, and "
            f"{policy.least_answers} are needed."
        )
        return Refusal(why, "Ask for responses with their answers to single questions.")
    if units < policy.least_units:
        return Refusal(
            f"they come from {counted(units, 'unit')}: with fewer than {policy.least_units} no error can "
            "be relied on."
        )
    return None


def _impact(low: Floats, sums: _Sums, weights: Floats, *, level: float) -> tuple[Spread, Spread]:
    """Return penalties, and penalties times frequencies."""
    drawn, regular = _drawn(low, weights)
    shares = (weights[regular] @ sums.flags / (weights[regular] @ sums.n)[:, None])[:, 1:]
    point = slopes(low.sum(axis=0))
    share = (sums.flags.sum(axis=0) / sums.n.sum())[1:]
    moved = slopes(drawn)
    units = len(low)
    return (
        spread_of(point, moved, clusters=units, level=level),
        spread_of(point * share, moved * shares, clusters=units, level=level),
    )


def _worth(score: Floats, weights: Floats, *, level: float) -> Spread:
    """Return LMG shares of what all questions together account for."""
    subsets = 2 ** (score.shape[-1] - 1)
    drawn, _ = _drawn(score, weights[: max(199, _LMG_WORK // subsets)])
    shares, moved = lmg(score.sum(axis=0)), lmg(drawn)
    return spread_of(
        shares / shares.sum(),
        moved / moved.sum(axis=-1, keepdims=True),
        clusters=len(score),
        level=level,
    )


def _drawn(moments: Floats, weights: Floats) -> tuple[Floats, Any]:
    """Return moments under each draw, without draws in which a question happens not to vary."""
    drawn = np.einsum("dg,gij->dij", weights, moments)
    regular = solvable(drawn)
    return drawn[regular], regular


def estimate_of(spread: Spread, place: int, *, level: float) -> Estimate:
    """Return one of the estimates of `spread` with its interval."""
    low, high = float(spread.limits.low[place]), float(spread.limits.high[place])
    return Estimate(float(spread.estimates[place]), Interval(low, high, level, METHOD))
