"""Which units stand out: from responses where there are any, from published figures otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.benchmark.answer import BenchmarkAnswer
from auditlib.benchmark.mix import adjusted_scores, counted_mix
from auditlib.benchmark.outliers import OutlierJudgement, funnel_limits, judge
from auditlib.benchmark.rank_sets import ComparedRanks, draws_for, rank_sets
from auditlib.benchmark.repeats import repeated_answers_of
from auditlib.benchmark.result import BenchmarkResult, Comparison, ComparisonChoices
from auditlib.benchmark.scores import (
    ENDS,
    STATISTICS,
    ScoreMeasure,
    UnitScores,
    from_aggregates,
    from_cells,
    interval,
)
from auditlib.benchmark.statements import reasons
from auditlib.contracts import CanonicalTables
from auditlib.disclosure import MinimumFrequency
from auditlib.errors import ParameterError, Problem
from auditlib.parameters.engagement import Engagement
from auditlib.records import Instrument, Item, Refusal
from auditlib.statistics.funnel import Variant
from auditlib.statistics.repeated import RepeatedAnswers
from auditlib.statistics.types import Floats

_NO_SURVEY = Refusal(
    "No survey is declared, so that there is no score to compare units on.",
    "Declare the instruments in the run file.",
)
_VARYING = 2
"""Answers that can have a variance."""
_DESCRIBING = ("name", "region", "unit_type")


def compare(
    engagement: Engagement,
    *,
    statistic: str = "",
    item: str = "",
    survey_type: str = "",
    minimum_n: int = 0,
    adjust_for: Sequence[str] = (),
    meaningful: float = 0.0,
    variant: Variant = "winsorised",
    consistent: bool = True,
) -> BenchmarkAnswer:
    """Answer which units stand out; level, least numbers and seed are those of the run.

    Parameters
    ----------
    statistic
        Empty: the mean, which tells units apart with the fewest answers; of published figures, which have no
        mean with an error, the top-box share.
    minimum_n
        Answers needed for a verdict; 0 takes the run's own threshold.

    See Also
    --------
    ComparisonChoices : what the other parameters mean.
    """
    thresholds = engagement.run.thresholds
    choices = ComparisonChoices(
        statistic=statistic or ("mean" if "responses" in engagement.evidence.tables else "top_box"),
        item=item,
        survey_type=survey_type,
        adjust_for=tuple(adjust_for),
        minimum_n=minimum_n or thresholds.minimum_n,
        disclosure=MinimumFrequency.of(thresholds),
        confidence=thresholds.confidence,
        meaningful=meaningful,
        variant=variant,
        consistent=consistent,
        seed=engagement.run.seed,
    )
    return BenchmarkAnswer(estimate(engagement.evidence, choices))


def estimate(evidence: CanonicalTables, choices: ComparisonChoices) -> BenchmarkResult:
    """Compare the units of the evidence, each survey type by itself.

    Parameters
    ----------
    evidence
        Its cells or published figures, register of units and surveys.
    choices
        What is compared, and how strictly.
    """
    instruments = tuple(evidence.instruments.values())
    if not instruments:
        return BenchmarkResult((), (("any", _NO_SURVEY),), choices)
    return compare_units(
        evidence.cells(),
        instruments,
        choices,
        units=register_of(evidence),
        aggregates=evidence.frame("aggregates") if "aggregates" in evidence.tables else None,
        mix=counted_mix(evidence, choices.adjust_for, item=choices.item) if choices.adjust_for else None,
        repeats=partial(repeated_answers_of, evidence),
    )


def register_of(evidence: CanonicalTables) -> pd.DataFrame:
    """Return the register of units; without one, the units that answers or published figures name."""
    if "units" in evidence.tables:
        return evidence.frame("units")
    unit_ids = set(evidence.cells()["unit_id"].astype(str))
    if "aggregates" in evidence.tables:
        unit_ids |= set(evidence.frame("aggregates")["unit_id"].astype(str))
    return pd.DataFrame({"unit_id": sorted(unit_ids)})


def compare_units(
    cells: pd.DataFrame,
    instruments: Sequence[Instrument],
    choices: ComparisonChoices,
    *,
    units: pd.DataFrame,
    aggregates: pd.DataFrame | None = None,
    mix: pd.DataFrame | Refusal | None = None,
    repeats: Callable[..., RepeatedAnswers | None] | None = None,
) -> BenchmarkResult:
    """Compare units on one statistic, each survey type by itself.

    Parameters
    ----------
    cells
        Counts in the audited period: unit_id, survey_type, item, score, n (month is summed over).
    instruments
        The survey types with their items and scales; each is compared on its headline item.
    choices
        What is compared, and how strictly.
    units
        The register of units: unit_id, and name, region, unit_type where known.
    aggregates
        The canonical table of published shares, used for survey types without cells.
    mix
        Counts by case mix, as `count_mix` returns them; given, values are adjusted for it. A refusal is
        handed on for each survey type.
    repeats
        Who answered how often, as `repeated_answers_of` returns it for a measure and `unit_ids`; without it
        each answer is taken for that of another customer.

    Raises
    ------
    ParameterError
        For a statistic, survey type or item that does not exist.
    """
    if not instruments:
        return BenchmarkResult((), (("any", _NO_SURVEY),), choices)
    _check(instruments, choices)
    unit_ids = tuple(sorted({str(unit) for unit in units["unit_id"]}))
    comparisons: list[Comparison] = []
    refusals: list[tuple[str, Refusal]] = []
    for instrument in _wanted(instruments, choices):
        measure = ScoreMeasure(instrument.survey_type, _item(instrument, choices.item), choices.statistic)
        scores = _scores(cells, aggregates, measure, unit_ids=unit_ids)
        if repeats is not None and not isinstance(scores, Refusal):
            scores = _repeated(scores, repeats(measure, unit_ids=unit_ids))
        if mix is not None and not isinstance(scores, Refusal):
            scores = mix if isinstance(mix, Refusal) else adjusted_scores(scores, mix)
        outcome = scores if isinstance(scores, Refusal) else _compare(scores, units, choices)
        if isinstance(outcome, Refusal):
            refusals.append((instrument.survey_type, outcome))
        else:
            comparisons.append(outcome)
    return BenchmarkResult(tuple(comparisons), tuple(refusals), choices)


def _check(instruments: Sequence[Instrument], choices: ComparisonChoices) -> None:
    types = tuple(instrument.survey_type for instrument in instruments)
    items = tuple(entry.item for instrument in instruments for entry in instrument.items)
    for parameter, value, allowed in (
        ("statistic", choices.statistic, STATISTICS),
        ("survey type", choices.survey_type or types[0], types),
        ("item", choices.item or items[0], items),
    ):
        if value not in allowed:
            raise ParameterError(
                Problem(f"There is no {parameter} {value!r}.", remedy=f"Choose one of: {', '.join(allowed)}.")
            )


def _wanted(instruments: Sequence[Instrument], choices: ComparisonChoices) -> tuple[Instrument, ...]:
    return tuple(
        instrument
        for instrument in instruments
        if choices.survey_type in ("", instrument.survey_type)
        and (not choices.item or any(entry.item == choices.item for entry in instrument.items))
    )


def _item(instrument: Instrument, item: str) -> Item:
    return next((entry for entry in instrument.items if entry.item == item), instrument.headline)


def _scores(
    cells: pd.DataFrame, aggregates: pd.DataFrame | None, measure: ScoreMeasure, *, unit_ids: tuple[str, ...]
) -> UnitScores | Refusal:
    """Take responses where there are any, published figures otherwise."""
    if aggregates is not None and measure.select(cells).empty and not measure.select(aggregates).empty:
        return from_aggregates(aggregates, measure, unit_ids=unit_ids)
    return from_cells(cells, measure, unit_ids=unit_ids)


def _repeated(scores: UnitScores, answers: RepeatedAnswers | None) -> UnitScores:
    if answers is None or scores.table != "responses":
        return scores
    return replace(scores, design_effect=answers.design_effect())


def _compare(scores: UnitScores, units: pd.DataFrame, choices: ComparisonChoices) -> Comparison | Refusal:
    too_large = _beyond_the_scale(scores.measure, choices.meaningful)
    if too_large is not None:
        return too_large
    minimum_n, disclosure = max(_VARYING, choices.minimum_n), choices.disclosure.at_least(_VARYING)
    confidence = choices.confidence
    judgement = judge(
        scores,
        scores.has_value & (scores.n >= minimum_n),
        confidence=confidence,
        meaningful=choices.meaningful,
        small_effect=choices.small_effect,
        minimum_units=choices.minimum_units,
        variant=choices.variant,
        consistent=choices.consistent,
    )
    if isinstance(judgement, Refusal):
        return judgement
    draws = choices.draws or draws_for(len(judgement.z))
    ranks = rank_sets(scores, judgement, confidence=confidence, seed=choices.seed, draws=draws)
    if isinstance(ranks, Refusal):
        return ranks
    frame = _frame(scores, judgement, disclosure=disclosure, confidence=confidence)
    frame = frame.assign(**_ranks(ranks, judgement.chosen))
    why = reasons(scores, judgement, minimum_n=minimum_n, disclosure=disclosure)
    frame["verdict"], frame["why"] = ([verdict.value for verdict, _ in why], [reason for _, reason in why])
    frame, limits = _described(frame, units), funnel_limits(scores, judgement)
    effect = None if choices.meaningful else choices.small_effect
    return Comparison(scores, judgement, ranks, frame, limits, confidence, minimum_n, disclosure, effect)


def _beyond_the_scale(measure: ScoreMeasure, meaningful: float) -> Refusal | None:
    """Return why a declared difference cannot be meant: no two units could be that far apart."""
    scale = measure.item.scale
    low, high = ENDS.get(measure.statistic, (scale.low, scale.high))
    if meaningful < high - low:
        return None
    return Refusal(
        f"A meaningful difference of {meaningful:g} is no less than the whole range of values, {low:g} to "
        f"{high:g}, so that every unit would be like the others.",
        "Declare it in the units of the values: five points of a share or of a net promoter score are 0.05.",
    )


def _described(frame: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Put name, region and unit type beside each unit; an unnamed unit is called by its id."""
    register = units.drop_duplicates("unit_id").set_index("unit_id")
    for position, column in enumerate(_DESCRIBING, start=1):
        description = register[column] if column in register else pd.Series(dtype="object")
        values = description.reindex(frame["unit_id"]).astype("object").fillna("").tolist()
        frame.insert(position, column, values)
    frame["name"] = frame["name"].where(frame["name"] != "", frame["unit_id"])
    return frame


def _frame(
    scores: UnitScores, judgement: OutlierJudgement, *, disclosure: MinimumFrequency, confidence: float
) -> pd.DataFrame:
    """Return one row per unit with what it scored, and how far from the others that is."""
    showable = scores.has_value & disclosure.shows(scores.n)  # a band that reaches below it gives no interval
    limits = interval(scores, showable, level=confidence)
    frame = pd.DataFrame(
        {
            "unit_id": list(scores.unit_id),
            "n": scores.n,
            "n_high": scores.n_high,
            "effective_n": scores.effective_n,
            "value": np.where(showable, scores.value, np.nan),
            "low": limits.low,
            "high": limits.high,
        }
    )
    spread = {"z_chance": judgement.z_chance, "z": judgement.z}
    if not isinstance(judgement.standing, Refusal):
        spread |= {"below": judgement.standing.below, "above": judgement.standing.above}
    if not isinstance(judgement.shrunk, Refusal):
        shrunk = judgement.shrunk
        spread |= {"shrunk": shrunk.value, "shrunk_low": shrunk.low, "shrunk_high": shrunk.high}
        spread["reliability"] = judgement.reliability
    return frame.assign(**{column: _placed(values, judgement.chosen) for column, values in spread.items()})


def _ranks(ranks: ComparedRanks, chosen: NDArray[np.bool_]) -> dict[str, pd.Series]:
    """Return the columns of ranks; empty where a unit is not compared."""
    likely = None if isinstance(ranks.likely, Refusal) else ranks.likely
    columns: dict[str, pd.Series] = {}
    for name, sets in (("likely", likely), ("rank", ranks.marginal), ("joint", ranks.joint)):
        for end in ("low", "high"):
            entries = pd.Series(pd.NA, index=range(len(chosen)), dtype="Int64")
            if sets is not None:
                entries[chosen] = getattr(sets, end)
            columns[f"{name}_{end}"] = entries
    return columns


def _placed(values: Floats, chosen: NDArray[np.bool_]) -> Floats:
    full = np.full(len(chosen), np.nan)
    full[chosen] = values
    return full
