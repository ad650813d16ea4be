"""A certificate can be reached under every edition, and is lost by each single breach that the rule names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from auditlib.audit.standard import measures
from auditlib.records import (
    Criterion,
    Direction,
    EvidenceLevel,
    Finding,
    Grade,
    Interval,
    Kind,
    Measurement,
    Outcome,
    Statistic,
)
from auditlib.standards.answer import VerdictAnswer
from auditlib.standards.document import VerdictDocument, decision_part, verdict_document
from auditlib.standards.edition import Edition, load_edition
from auditlib.standards.measure import nothing
from auditlib.standards.profile import demands_on
from auditlib.standards.retaken import retaken
from auditlib.standards.verdict import Verdict, verdict_of
from auditlib.standards.weighing import weighed_finding

FOLDER = Path(__file__).parents[2] / "params" / "standards" / "service-excellence"
EDITIONS = ("2025", "2026")
BREACHES = ("A12: the scores can be trusted", "E4: roles are held", "data.reliability: the data holds")


@cache
def edition(year: str) -> Edition:
    return load_edition((FOLDER / f"{year}.yaml").read_text(encoding="utf-8"), name=f"{year}.yaml")


def measured(criterion: Criterion, *, good: bool = True) -> Measurement:
    """A thousand observations on the good or on the bad side; nothing where this suite has no measure."""
    if criterion.metric not in measures():
        return replace(nothing("this suite does not measure it"), metric=criterion.metric, built=False)
    up = (criterion.target.direction is Direction.AT_LEAST) is good
    value = criterion.target.value + (0.0 if good else 0.5 if up else -0.5)
    interval = None if criterion.kind is Kind.RIGID else Interval(value, value, 0.95, "exact")
    return Measurement(
        criterion.metric, value, 1000, Statistic.MEAN, "", interval, level=EvidenceLevel.RESPONSES
    )


def judged(year: str, changes: Mapping[str, Measurement] | None = None) -> Verdict:
    law = edition(year)
    changes = changes or {}
    return verdict_of(
        demands_on(law, law.effective_to), [changes.get(one.id) or measured(one) for one in law.criteria]
    )


def whole(verdict: Verdict, *findings: Finding, closed: frozenset[str] = frozenset()) -> Verdict:
    """Return the verdict decided over `findings` too, by way of the document a notebook records."""
    document = VerdictDocument.model_validate(verdict_document(verdict))
    criteria = verdict.demands.edition.criteria
    weighed = [weighed_finding(one, criteria, notebook="04_integrity") for one in findings]
    return retaken(document, findings=weighed, closed=closed)


def breach(text: str, grade: Grade = Grade.MAJOR, mark: str = "a") -> Finding:
    return Finding(text, "Found.", "Cause.", "Effect.", "Do it.", grade, "subject", fingerprint=mark * 64)


@pytest.mark.parametrize("year", EDITIONS)
def test_a_company_with_everything_right_is_certified(year: str) -> None:
    found = judged(year)
    assert found.decision.outcome is Outcome.MET
    scope = found.decision.scope
    assert set(scope.outside) == {one.id for one in edition(year).criteria if one.metric not in measures()}
    assert "CF-16" in scope.outside
    assert scope.weight == sum(one.weight for one in edition(year).criteria)
    said = " ".join(sentence.text for sentence in VerdictAnswer(found).summary())
    assert f"{scope.weight_outside:g} of {scope.weight:g} of the weight" in said
    assert whole(found).decision.outcome is Outcome.MET


def decisive(*, year: str) -> list[str]:
    return [
        one.id
        for one in edition(year).criteria
        if one.metric in measures() and (one.must_pass or one.severity is Grade.MAJOR)
    ]


@pytest.mark.parametrize(
    ("year", "identifier"), [(year, name) for year in EDITIONS for name in decisive(year=year)]
)
def test_each_major_or_must_pass_that_is_missed_loses_the_certificate(year: str, identifier: str) -> None:
    criterion = edition(year).criterion(identifier)
    found = judged(year, {identifier: measured(criterion, good=False)})
    assert found.decision.outcome is Outcome.NOT_MET
    assert whole(found).decision.outcome is Outcome.NOT_MET
    blind = judged(year, {identifier: replace(nothing("not handed over"), metric=criterion.metric)})
    assert blind.decision.outcome is Outcome.NOT_DEMONSTRATED, "the party could give the evidence"


def lighter(*, year: str) -> list[str]:
    measurable = (one.id for one in edition(year).criteria if one.metric in measures())
    return [name for name in measurable if name not in decisive(year=year)]


@pytest.mark.parametrize(
    ("year", "identifier"), [(year, name) for year in EDITIONS for name in lighter(year=year)]
)
def test_each_minor_that_is_missed_loses_the_certificate_until_its_plan_is_accepted(
    year: str, identifier: str
) -> None:
    criterion = edition(year).criterion(identifier)
    found = whole(judged(year, {identifier: measured(criterion, good=False)}))
    stops = criterion.severity is Grade.MINOR
    assert found.decision.outcome is (Outcome.NOT_MET if stops else Outcome.MET)
    assert found.decision.open_minors == ((identifier,) if stops else ())
    assert whole(found, closed=frozenset({identifier})).decision.outcome is Outcome.MET


@pytest.mark.parametrize("year", EDITIONS)
@pytest.mark.parametrize("text", BREACHES)
def test_each_major_of_another_notebook_loses_the_certificate(year: str, text: str) -> None:
    found = whole(judged(year), breach(text))
    assert found.decision.outcome is Outcome.NOT_MET
    assert found.decision.open_majors == (f"{text.partition(':')[0]} (04_integrity)",)
    assert f"; the open major: {found.decision.open_majors[0]}" in VerdictAnswer(found).summary()[1].text
    assert whole(judged(year), breach(text), closed=frozenset({"a" * 64})).decision.outcome is Outcome.MET


@pytest.mark.parametrize("year", EDITIONS)
@pytest.mark.parametrize("text", BREACHES)
def test_each_minor_of_another_notebook_loses_it_until_its_plan_is_accepted(year: str, text: str) -> None:
    minor = breach(text, Grade.MINOR)
    found = whole(judged(year), minor)
    assert found.decision.outcome is Outcome.NOT_MET
    assert (
        "with 0 open majors and 1 minor without an accepted plan." in VerdictAnswer(found).summary()[0].text
    )
    assert whole(judged(year), minor, closed=frozenset({"a" * 64})).decision.outcome is Outcome.MET
    assert whole(judged(year), breach(text, Grade.OPPORTUNITY)).decision.outcome is Outcome.MET


@pytest.mark.parametrize("year", EDITIONS)
@pytest.mark.parametrize(("count", "outcome"), [(3, Outcome.MET), (4, Outcome.NOT_MET)])
def test_minors_that_gather_count_as_a_major(year: str, count: int, outcome: Outcome) -> None:
    minors = [breach("E4: roles are held", Grade.MINOR, mark) for mark in "abcd"[:count]]
    assert whole(judged(year), *minors).decision.trace[3].outcome is outcome


@pytest.mark.parametrize("year", EDITIONS)
def test_the_document_gives_back_what_was_decided(year: str) -> None:
    worse = {name: measured(edition(year).criterion(name), good=False) for name in ("CF-13", "CF-09")}
    found = judged(year, worse)
    again = whole(found)
    before, after = decision_part(found), decision_part(again)
    plans, trace = (after.trace[4], before.trace[4]), (after.trace[:4], before.trace[:4])
    assert trace[0] == trace[1]
    assert [step.outcome for step in plans] == [Outcome.NOT_MET, Outcome.NOT_DEMONSTRATED]
    assert after.model_copy(update={"whole": False, "trace": before.trace}) == before
    assert [one.outcome for one in again.judgements] == [one.outcome for one in found.judgements]
    assert [one.text for one in VerdictAnswer(again).summary()][1:] == [
        one.text for one in VerdictAnswer(found).summary()
    ][1:-1]
