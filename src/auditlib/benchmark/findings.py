"""Findings: units that surely differ from the others by more than a meaningful difference, on either side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditlib.benchmark.facts import MOST_ALONE
from auditlib.benchmark.result import Comparison
from auditlib.benchmark.words import as_distance, as_level, as_score, measured, readable
from auditlib.records import CaseReference, Finding, Grade
from auditlib.statements import counted
from auditlib.statistics.outlier_verdicts import OutlierStatus


@dataclass(frozen=True, slots=True)
class _Side:
    """What is said of units on one side."""

    verdict: OutlierStatus
    way: str
    criterion: str
    effect: str
    recommendation: str
    grade: Grade


_CAUSE = (
    "A comparison shows where to look and not why: customers, channels and ways of working differ in more "
    "than is recorded."
)


def findings_of(comparisons: Iterable[Comparison]) -> tuple[Finding, ...]:
    """Return one finding for each unit called out, the worse side before the better one."""
    return tuple(
        finding
        for comparison in comparisons
        for side in _sides(comparison.measure.statistic)
        for finding in _findings(comparison, side)
    )


def _sides(statistic: str) -> tuple[_Side, _Side]:
    low, high = (OutlierStatus.LOWER, "lower"), (OutlierStatus.HIGHER, "higher")
    worse, better = (high, low) if statistic == "bottom_box" else (low, high)
    return _worse(*worse), _better(*better)


def _worse(verdict: OutlierStatus, way: str) -> _Side:
    return _Side(
        verdict,
        way,
        criterion="D6: No unit serves its customers meaningfully worse than the others",
        effect="Its customers are served worse than those of other units, and the average of all hides it.",
        recommendation="Look at the cases of the unit, ask it what differs, and change that; a unit that "
        "stands out moves back a little by itself, so that only the next period shows whether it helped.",
        grade=Grade.MINOR,
    )


def _better(verdict: OutlierStatus, way: str) -> _Side:
    return _Side(
        verdict,
        way,
        criterion="D6: What a unit does meaningfully better is known to the others",
        effect="What it does right stays with it.",
        recommendation="Find out what the unit does differently, make sure that it asks all its customers, "
        "and try it in another unit before it becomes a rule.",
        grade=Grade.OPPORTUNITY,
    )


def _findings(comparison: Comparison, side: _Side) -> Iterator[Finding]:
    rows: list[dict[Any, Any]] = comparison.units(side.verdict).to_dict("records")
    for row in rows[:MOST_ALONE]:
        yield _alone(comparison, side, row)
    if rows[MOST_ALONE:]:
        yield _together(comparison, side, rows[MOST_ALONE:])


def _alone(comparison: Comparison, side: _Side, row: Mapping[Any, Any]) -> Finding:
    unit, name = str(row["unit_id"]), readable(str(row["name"]))
    measure = comparison.measure
    scored, typical = _scored(comparison, row), as_score(comparison.judgement.target, measure.statistic)
    far = as_distance(comparison.judgement.meaningful, measure.statistic)
    limits = (as_score(float(row[end]), measure.statistic) for end in ("low", "high"))
    return Finding(
        criterion=side.criterion,
        condition=f"{name}, {measure.survey_type} survey, {measured(measure)}: {scored} "
        f"({as_level(comparison.confidence)} interval {' to '.join(limits)}), against {typical} of the "
        f"typical unit: surely {side.way} than the others by more than {far}.",
        cause=_CAUSE,
        effect=side.effect,
        recommendation=side.recommendation,
        grade=side.grade,
        subject=f"{unit}:{measure.survey_type}",
        evidence=(comparison.number_key(unit), f"typical:{comparison.key}", f"meaningful:{comparison.key}"),
        cases=(_case(comparison, side, row),),
        shortfall=_shortfall(comparison, side, row),
        headline=f"{name}: {scored} in the {measure.survey_type} survey against {typical} of the typical "
        f"unit; {side.way} by more than {far}",
    )


def _together(comparison: Comparison, side: _Side, rows: Sequence[Mapping[Any, Any]]) -> Finding:
    measure, many = comparison.measure, counted(len(rows), "further unit lies", "further units lie")
    return Finding(
        criterion=side.criterion,
        condition=f"{measure.survey}, {measured(measure)}: {many} {side.way} than "
        "the others by more than a meaningful difference; its cases name them.",
        cause=_CAUSE,
        effect=side.effect,
        recommendation=side.recommendation,
        grade=side.grade,
        subject=f"further units, {side.way}:{measure.survey_type}",
        evidence=(f"{side.verdict.value}_further:{comparison.key}",),
        cases=tuple(_case(comparison, side, row) for row in rows),
        shortfall=_shortfall(comparison, side, rows[0]),
    )


def _scored(comparison: Comparison, row: Mapping[Any, Any]) -> str:
    """Return the value of a unit with what it rests on, as far as that is published."""
    value, n = as_score(float(row["value"]), comparison.measure.statistic), int(row["n"])
    if n == int(row["n_high"]):
        return f"{value} of {counted(n, 'answer')}"
    return f"{value} of {counted(n, 'survey')} or more" if comparison.disclosure.shows(n) else value


def _case(comparison: Comparison, side: _Side, row: Mapping[Any, Any]) -> CaseReference:
    unit, name = str(row["unit_id"]), readable(str(row["name"]))
    return CaseReference(
        "units", unit, unit, f"{name}: {_scored(comparison, row)}, {side.way} than the others"
    )


def _shortfall(comparison: Comparison, side: _Side, row: Mapping[Any, Any]) -> float | None:
    """Return how far a unit lies on the worse side of all, as a share of their value."""
    whole = comparison.judgement.target
    if side.grade is not Grade.MINOR or comparison.measure.statistic == "nps" or whole <= 0:
        return None
    return abs(float(row["value"]) - whole) / whole
