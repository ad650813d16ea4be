"""Every number in the words of a verdict has a key, whatever the mode, the result and the sample."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from auditlib.audit.numerals import orphans
from auditlib.audit.suppression import Suppression
from auditlib.audit.tables import Layout, tabulate
from auditlib.disclosure import MinimumFrequency
from auditlib.records import (
    Basis,
    CaseReference,
    Criterion,
    DecisionMode,
    Grade,
    Kind,
    Measurement,
    Number,
    Outcome,
    Statistic,
)
from auditlib.standards import change
from auditlib.standards.answer import VerdictAnswer
from auditlib.standards.decision import decide
from auditlib.standards.edition import Edition, load_edition
from auditlib.standards.facts import deciding, deciding_numbers
from auditlib.standards.findings import findings
from auditlib.standards.observed import share_of
from auditlib.standards.profile import demands_on
from auditlib.standards.restate import Restatement
from auditlib.standards.verdict import Verdict, verdict_of
from auditlib.statements import Exhibit

FILE = Path(__file__).parents[2] / "params/standards/service-excellence/2025.yaml"
BASIS = Basis("responses", (("in_period", True),), rows=1)
SHARES, SIZES = (0.01, 0.78, 0.86, 1.0), (7, 4321)


@pytest.fixture(scope="module")
def edition() -> Edition:
    return load_edition(FILE.read_text("utf-8"), name="2025.yaml")


def verdict(edition: Edition, mode: DecisionMode, *, share: float, n: int) -> Verdict:
    rule = replace(edition.rule, mode=mode, required_probability=0.97)
    demands = demands_on(replace(edition, rule=rule), date(2025, 12, 31))
    return verdict_of(demands, [measured(one, share=share, n=n) for one in edition.criteria])


def measured(criterion: Criterion, *, share: float, n: int) -> Measurement:
    met = round(share * n)
    excused = min(n - met, max(1, n // 30)) if criterion.excused_limit is not None else 0
    found = share_of(met, n, confidence=0.95, basis=(BASIS,), none="", excused=excused)
    return replace(found, metric=criterion.metric, unit="share")


@pytest.mark.parametrize(("n", "told"), [(4, False), (5, True), (6, True)])
def test_fewer_cases_than_the_smallest_cell_are_not_told_and_a_breach_stays_one(
    edition: Edition, n: int, told: bool
) -> None:
    demands = demands_on(edition, date(2025, 12, 31))
    found = [measured(one, share=0.5, n=n) for one in edition.criteria]
    judged = verdict_of(demands, found, disclosure=MinimumFrequency(5)).judgements
    assert all((entry.measurement.value is not None) is told for entry in judged)
    breached = [entry for entry in judged if entry.outcome is Outcome.NOT_MET]
    rigid = [one for one in edition.criteria if one.kind is Kind.RIGID]
    if not told:
        assert {entry.criterion.kind for entry in breached} == {Kind.RIGID}
        assert {entry.outcome for entry in judged} == {Outcome.NOT_MET, Outcome.NOT_ASSESSABLE}
    assert len(rigid) >= len([entry for entry in breached if entry.criterion.kind is Kind.RIGID]) > 0


def test_what_is_not_told_leaves_no_number_without_a_key(edition: Edition) -> None:
    demands, cell = demands_on(edition, date(2025, 12, 31)), Number("threshold:minimum_cell", 5, "count")
    few = [measured(one, share=0.5, n=3) for one in edition.criteria]
    found = verdict_of(demands, few, disclosure=MinimumFrequency(5))
    known = {one.key: one for one in (*VerdictAnswer(found).numbers(), *change.numbers(found), cell)}
    for raised in findings(found, subject="operation"):
        for text in (raised.condition, raised.recommendation, raised.cause, raised.effect):
            assert alone(text, (*raised.evidence, cell.key), known) == []


def alone(text: str, keys: tuple[str, ...], known: dict[str, Number]) -> list[str]:
    return [f"{each} in {text}" for each in orphans(text, [known[key] for key in keys])]


def cells(found: Verdict, known: dict[str, Number]) -> list[str]:
    told = []
    for frame in (VerdictAnswer(found).to_frame(), change.blocking(found)):
        exhibit = Exhibit(frame, by=("criterion",), basis=BASIS, facts=VerdictAnswer(found).numbers())
        layout = Layout(
            "x", exhibit, known, Suppression(minimum=MinimumFrequency(1)), lambda _, text: text, 60
        )
        table = tabulate(layout)
        for row, references in zip(table.rows, table.references, strict=True):
            for text, reference in zip(row, references, strict=True):
                keys = tuple(reference.split(" + ")) if reference else ()
                told += alone(text, tuple(key for key in keys if key in known), known)
    return told


@pytest.mark.parametrize("mode", list(DecisionMode))
def test_no_number_of_a_verdict_is_without_a_key(edition: Edition, mode: DecisionMode) -> None:
    told = []
    for share in SHARES:
        for n in SIZES:
            found = verdict(edition, mode, share=share, n=n)
            known = {one.key: one for one in (*VerdictAnswer(found).numbers(), *change.numbers(found))}
            for sentence in (
                *VerdictAnswer(found).summary(),
                *VerdictAnswer(found).aspects(),
                *VerdictAnswer(found).limits(),
            ):
                told += alone(sentence.text, sentence.keys, known)
            for one in findings(found):
                for part in (one.criterion, one.condition, one.cause, one.effect, one.recommendation):
                    told += alone(part, one.evidence, known)
            told += cells(found, known)
    assert told == []


def test_how_many_kinds_there_are_gives_nobody_away(edition: Edition) -> None:
    """One answer shows one kind of survey in use, and no month without an answer."""
    demands = demands_on(edition, date(2025, 12, 31))
    kinds = Measurement("", 1, 1, Statistic.COUNT, unit="count", basis=(BASIS,))
    found = [
        replace(kinds, value=0 if one.target.value == 0 else 1)
        if one.metric in ("survey_types_in_use", "months_without_responses")
        else measured(one, share=0.0, n=3)
        for one in edition.criteria
    ]
    judged = verdict_of(demands, found, disclosure=MinimumFrequency(5))
    survey, months = judged.judgement("CF-01"), judged.judgement("RP-03")
    assert (survey.outcome, months.outcome) == (Outcome.NOT_MET, Outcome.MET)
    assert survey.reason == "1, at least 2 demanded"
    recorded = {one.key: one for one in VerdictAnswer(judged).numbers()}
    assert (recorded["found:CF-01"].value, recorded["found:CF-01"].n) == (1, None)
    (said,) = (one.headline for one in findings(judged) if one.criterion.startswith("CF-01"))
    assert said == "Kinds of survey in use: 1; at least 2 are demanded"


def test_unknown_cases_are_the_cause_and_what_is_to_be_supplied(edition: Edition) -> None:
    """Nothing better can be shown than all of those that are known; and no number is without its key."""
    demands = demands_on(edition, date(2025, 12, 31))
    found = [replace(measured(one, share=1.0, n=4000), unknown=1234) for one in edition.criteria]
    judged = verdict_of(demands, found)
    known = {one.key: one for one in (*VerdictAnswer(judged).numbers(), *change.numbers(judged))}
    raised = [
        one
        for one in findings(judged)
        if one.grade is Grade.OPPORTUNITY and "cases are unknown" in one.condition
    ]
    assert len(raised) > 5
    for one in raised:
        assert one.cause == "Of 1,234 cases the evidence does not say whether what is demanded was done."
        assert one.recommendation.startswith("Supply what these rows leave open")
        for part in (one.condition, one.cause, one.recommendation, one.headline):
            assert alone(part, one.evidence, known) == []


def test_where_nothing_is_judged_there_is_no_score_and_not_one_of_zero(edition: Edition) -> None:
    demands = demands_on(edition, date(2025, 12, 31))
    judged = verdict_of(demands, [measured(one, share=0.5, n=0) for one in edition.criteria])
    first = VerdictAnswer(judged).summary()[0].text
    assert "none of its criteria could be judged, so that it has no score, with 0 open majors" in first
    again = Restatement(judged, judged).summary()[0].text
    assert "0.0%" not in first + again


def test_every_number_in_a_step_of_the_rule_is_one_of_those_that_decide(edition: Edition) -> None:
    """Whatever number of criteria stays open, for few cases or for none: each has a key of its own."""
    told = []
    demands = demands_on(edition, date(2025, 12, 31))
    for shown in range(len(edition.criteria) + 1):
        found = [
            measured(one, share=SHARES[place % 2], n=(4321, 2)[place % 3 == 0] if place < shown else 0)
            for place, one in enumerate(edition.criteria)
        ]
        judged = verdict_of(demands, found)
        for whole in (None, ()):
            decision = decide(demands, judged.judgements, findings=whole)
            taken = replace(judged, decision=decision)
            known = {one.key: one for one in deciding_numbers(taken)}
            for step in decision.trace:
                told += alone(step.found, deciding(taken), known)
                told += alone(step.rule, deciding(taken), known)
    assert told == []


@pytest.mark.parametrize(
    ("n", "kind", "told"), [(5, Kind.FLEXIBLE, 1), (4, Kind.FLEXIBLE, 0), (4, Kind.RIGID, 1)]
)
def test_a_finding_names_its_cases_unless_their_cell_is_too_small(
    edition: Edition, n: int, kind: Kind, told: int
) -> None:
    """A rigid demand allows no case outside its limit, so that each counts by itself."""
    case = CaseReference("accounts", "A1", "U1", "not met face to face")
    demands = demands_on(edition, date(2025, 12, 31))
    first = next(one for one in demands.edition.criteria if one.kind is kind and one.minimum_n == 1)
    found = [
        replace(measured(one, share=0.0, n=n), cases=(case,) if one is first else ())
        for one in demands.edition.criteria
    ]
    raised = findings(verdict_of(demands, found, disclosure=MinimumFrequency(5)))
    own = [finding for finding in raised if finding.criterion.startswith(f"{first.id}:")]
    assert [len(finding.cases) for finding in own] == [told]


@pytest.mark.parametrize("unknown", [1, 7, 1_148])
@pytest.mark.parametrize("share", SHARES)
def test_unknown_cases_and_their_bounds_have_keys_of_their_own(
    edition: Edition, share: float, unknown: int
) -> None:
    n = 4_321
    reason = f"{unknown:,} of {n + unknown:,} rows do not say it"
    open_ = [
        share_of(
            round(share * n), n, confidence=0.95, basis=(BASIS,), none="", unknown=unknown, reason=reason
        )
        for _ in edition.criteria
    ]
    demands = demands_on(edition, date(2025, 12, 31))
    found = verdict_of(demands, [replace(one, unit="share") for one in open_])
    known = {one.key: one for one in (*VerdictAnswer(found).numbers(), *change.numbers(found))}
    first = edition.criteria[0].id
    assert known[f"unknown:{first}"].value == unknown
    assert known[f"lowest:{first}"].value == pytest.approx(round(share * n) / (n + unknown))
    assert known[f"highest:{first}"].value == pytest.approx((round(share * n) + unknown) / (n + unknown))
    told = cells(found, known)
    for one in findings(found):
        for part in (one.criterion, one.condition, one.cause, one.effect, one.recommendation):
            told += alone(part, one.evidence, known)
    assert told == []
