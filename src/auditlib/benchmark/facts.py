"""Every number of a comparison, with the rows it rests on; keys end with survey type and item."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np

from auditlib.benchmark.result import BenchmarkResult, Comparison, certain_n
from auditlib.benchmark.scores import UnitScores, interval_method
from auditlib.records import Basis, Interval, Number, Refusal
from auditlib.statements import counted
from auditlib.statistics.outlier_verdicts import OutlierStatus
from auditlib.statistics.reliability import SUFFICIENT

Where = tuple[tuple[str, str | int | float | bool], ...]
MOST_LISTED = 500
"""Units up to which each has its own number among the results; beyond, those outside limits have."""
MOST_ALONE = 10
"""Units of a survey and side that have a finding each, the farthest first; all others share one."""
_BOXES = {"top_box": ("top",), "bottom_box": ("bottom",), "nps": ("top", "bottom")}


def benchmark_facts(result: BenchmarkResult) -> Iterator[Number]:
    """Yield the numbers of all comparisons, and one without a value for each that could not be made."""
    for comparison in result:
        yield from comparison_facts(comparison)
    for survey_type, why in result.refusals:
        yield Number(f"refused:{survey_type}", None, reason=why.reason)


def comparison_facts(comparison: Comparison) -> Iterator[Number]:
    """Yield the pooled value, the counts, the spread, and one number per unit."""
    yield pooled_fact(comparison)
    yield from _counts(comparison)
    yield from _spread(comparison)
    frame = comparison.frame
    plain = frame["verdict"].isin([OutlierStatus.ALIKE, OutlierStatus.UNCLEAR, OutlierStatus.NONE])
    left_out = plain if len(frame) > MOST_LISTED else plain & False
    for row in frame[~left_out].to_dict("records"):
        yield _unit(comparison, row)
    if left_out.any():
        why = (
            f"Units not called out or without a verdict: with more than {MOST_LISTED} units they have no "
            "number of their own among the results; the table of the comparison (to_frame) holds them all."
        )
        basis = rests_on(comparison.scores)
        yield Number(f"unlisted:{comparison.key}", int(left_out.sum()), "units", basis=basis, reason=why)


def unit_facts(comparison: Comparison, units: Collection[str]) -> Iterator[Number]:
    """Yield the numbers of some units: what is drawn of them elsewhere is held back where these are.

    Parameters
    ----------
    comparison
        What was compared.
    units
        Their ids.
    """
    frame = comparison.frame
    for row in frame[frame["unit_id"].astype(str).isin(units)].to_dict("records"):
        yield _unit(comparison, row)


def _unit(comparison: Comparison, row: dict[Any, Any]) -> Number:
    value, unit, n = float(row["value"]), str(row["unit_id"]), int(row["n"])
    measure, key, why = comparison.measure, comparison.number_key(unit), str(row["why"])
    certain = certain_n(row, comparison.disclosure)
    if np.isnan(value):
        return Number(key, None, measure.unit, certain, reason=why)
    low, high = float(row["low"]), float(row["high"])
    limits = Interval(low, high, comparison.confidence, interval_method(comparison.scores))
    return Number(key, value, measure.unit, certain, limits, unit_basis(comparison.scores, unit, n), why)


def unit_basis(scores: UnitScores, unit: str, n: int) -> tuple[Basis, ...]:
    """Return the rows that one unit's value rests on.

    Parameters
    ----------
    scores
        What was compared.
    unit, n
        The unit and its answers.
    """
    if scores.table == "responses":
        where = (("unit_id", unit), ("survey_type", scores.measure.survey_type), ("in_period", True))
        return (Basis("responses", where, scores.measure.item.item, n),)
    return _published(scores, (("unit_id", unit),), rows=1)


def rests_on(scores: UnitScores) -> tuple[Basis, ...]:
    """Return the rows that all units' values rest on together, compared or not."""
    if scores.table == "responses":
        where = (("survey_type", scores.measure.survey_type), ("in_period", True))
        return (Basis("responses", where, scores.measure.item.item, int(scores.n.sum())),)
    return _published(scores, (), rows=int(scores.has_value.sum()))


def _published(scores: UnitScores, chosen: tuple[tuple[str, str], ...], *, rows: int) -> tuple[Basis, ...]:
    where: Where = (
        *chosen,
        ("survey_type", scores.measure.survey_type),
        ("item", scores.measure.item.item),
        ("period_start", int(scores.period_start or 0)),
    )
    boxes = _BOXES[scores.measure.statistic]
    return tuple(Basis("aggregates", (*where, ("box", box)), "value", rows) for box in boxes)


def pooled_fact(comparison: Comparison) -> Number:
    """Return the value of all units together."""
    n = int(comparison.frame.loc[comparison.judgement.chosen, "n"].sum())
    key, unit, target = comparison.number_key("pooled"), comparison.measure.unit, comparison.judgement.pooled
    basis = rests_on(comparison.scores)
    return Number(key, target, unit, n, basis=basis, reason=_left_out(comparison))


def _left_out(comparison: Comparison) -> str:
    """Say which of the rows the basis selects are not in the pooled value."""
    text, scores = "Over all answers of the units compared.", comparison.scores
    out = ~comparison.judgement.chosen & scores.has_value
    if not out.any():
        return text
    answers = counted(int(scores.n[out].sum()), "answer", none="no answer")
    rows = answers if scores.table == "responses" else "the rows"
    units = counted(int(out.sum()), "unit")
    return f"{text} Left out of the rows named: {rows} of {units} without a verdict."


def _counts(comparison: Comparison) -> Iterator[Number]:
    key, chosen = comparison.key, comparison.judgement.chosen
    higher, lower = (len(comparison.units(side)) for side in (OutlierStatus.HIGHER, OutlierStatus.LOWER))
    alike, judgement = len(comparison.units(OutlierStatus.ALIKE)), comparison.judgement
    yield Number(f"units:{key}", len(comparison.frame), "units")
    yield Number(f"compared:{key}", int(chosen.sum()), "units")
    yield Number(f"silent:{key}", int((~chosen).sum()), "units")
    yield Number(f"higher:{key}", higher, "units")
    yield Number(f"lower:{key}", lower, "units")
    yield Number(f"called:{key}", higher + lower, "units")
    yield Number(f"alike:{key}", alike, "units")
    yield Number(f"unclear:{key}", int(chosen.sum()) - higher - lower - alike, "units")
    unit, why = comparison.measure.unit, "What true values of units scatter around, each unit counted once."
    yield Number(f"typical:{key}", judgement.target, unit, int(chosen.sum()), reason=why)
    yield Number(f"meaningful:{key}", judgement.meaningful, unit, reason=_meaningful(comparison))
    if isinstance(judgement.standing, Refusal):
        yield Number(f"standing:{key}", None, reason=judgement.standing.reason)
    yield Number(f"may_be_wrong:{key}", 1 - comparison.confidence, "share", reason="Declared.")
    yield Number(f"minimum_n:{key}", comparison.minimum_n, "answers")
    yield Number(f"chance_only:{key}", comparison.called_by_chance_alone, "units")
    for side, units in (("higher", higher), ("lower", lower)):
        if units > MOST_ALONE:
            yield Number(f"{side}_further:{key}", units - MOST_ALONE, "units")


def _meaningful(comparison: Comparison) -> str:
    effect = comparison.small_effect
    return "Declared." if effect is None else f"Standard deviations of one answer: {effect:g}."


def _spread(comparison: Comparison) -> Iterator[Number]:
    key, dispersion, shrunk = comparison.key, comparison.judgement.dispersion, comparison.judgement.shrunk
    if isinstance(dispersion, Refusal):
        yield Number(f"phi:{key}", None, "ratio", reason=dispersion.reason)
    else:
        yield Number(f"phi:{key}", dispersion.phi, "ratio", dispersion.units)
    times = None if isinstance(dispersion, Refusal) else float(np.sqrt(dispersion.phi))
    yield Number(f"times_chance:{key}", times, "ratio", reason="Root of the over-dispersion.")
    unit = comparison.measure.unit
    if isinstance(shrunk, Refusal):
        yield Number(f"tau:{key}", None, unit, reason=shrunk.reason)
    else:
        yield Number(f"tau:{key}", float(np.sqrt(shrunk.tau2)), unit, len(shrunk.value))
    yield _or_why(f"likely_span:{key}", comparison.ranks.likely_span, "places")
    yield Number(f"rank_span:{key}", comparison.ranks.span, "places")
    yield Number(f"upper_half:{key}", comparison.ranks.upper_half, "units")
    yield Number(f"lower_half:{key}", comparison.ranks.lower_half, "units")
    yield Number(f"reliable:{key}", comparison.reliable, "units")
    yield Number(f"sufficient_reliability:{key}", SUFFICIENT, "ratio", reason="Declared.")
    for end, answers in zip(("least", "most"), comparison.needed, strict=True):
        why = "" if answers else "Units may differ by less than could be told with any number of answers."
        yield Number(f"needed_{end}:{key}", answers, "answers", reason=why)


def _or_why(key: str, value: float | Refusal, unit: str) -> Number:
    if isinstance(value, Refusal):
        return Number(key, None, unit, reason=value.reason)
    return Number(key, value, unit)
