"""Whether an operation meets the standard: the rule of A15 and A6, step by step."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

import pytest

from auditlib.records import (
    Aspect,
    Criterion,
    Decision,
    DecisionMode,
    Direction,
    Finding,
    Grade,
    Judgement,
    Kind,
    Measurement,
    Outcome,
    Statistic,
    Target,
    WeighedFinding,
)
from auditlib.standards.decision import decide
from auditlib.standards.edition import DecisionRule, Edition
from auditlib.standards.profile import Demands
from auditlib.standards.weighing import category_of, weighed_finding

RULE = DecisionRule(DecisionMode.INTERVAL, 0.95, 0.8, 0.5, 3, 0.3)
MET, NOT_MET = Outcome.MET, Outcome.NOT_MET
SHORT, BLIND = Outcome.NOT_DEMONSTRATED, Outcome.NOT_ASSESSABLE


def criterion(
    name: str,
    *,
    weight: float = 1.0,
    aspect: Aspect = Aspect.PROCESS,
    severity: Grade = Grade.MINOR,
    must_pass: bool = False,
    category: str = "feedback",
) -> Criterion:
    return Criterion(
        name,
        category,
        "A demand.",
        ("A15",),
        "metric",
        Target(0.5, Direction.AT_LEAST, 1.0, 0.0),
        Kind.FLEXIBLE,
        severity,
        weight,
        aspect,
        "evidence",
        "because",
        "own",
        must_pass=must_pass,
    )


def decision(
    *pairs: tuple[Criterion, Outcome],
    rule: DecisionRule = RULE,
    findings: Sequence[WeighedFinding] | None = None,
    closed: Collection[str] = (),
    unmeasured: Collection[str] = (),
    certifies: bool = True,
) -> Decision:
    edition = Edition(
        "own",
        2025,
        "Own standard",
        date(2025, 1, 1),
        date(2025, 12, 31),
        None,
        {"feedback": "Feedback", "people": "People"},
        rule,
        tuple(one for one, _ in pairs),
    )
    measured = Measurement("metric", 0.5, 100, Statistic.SHARE)
    judgements = [
        Judgement(one, replace(measured, built=one.id not in unmeasured), outcome, "")
        for one, outcome in pairs
    ]
    return decide(Demands(edition, certifies=certifies), judgements, findings=findings, closed=closed)


def found_elsewhere(name: str, grade: Grade = Grade.MAJOR, category: str = "04_integrity") -> WeighedFinding:
    return WeighedFinding(name, f"{name} (04_integrity)", grade, category)


def outcomes(found: Decision) -> list[Outcome]:
    return [step.outcome for step in found.trace]


def test_all_met_meets_the_standard() -> None:
    found = decision((criterion("P-01"), MET), (criterion("R-01", aspect=Aspect.RESULT), MET))
    assert found.outcome is MET
    assert outcomes(found) == [MET] * 5
    assert found.score.low == found.score.high == 1.0


def test_no_evidence_at_all_is_not_assessable_and_never_met() -> None:
    assert decision((criterion("P-01"), BLIND)).outcome is BLIND
    assert decision((criterion("P-01"), Outcome.WAIVED)).outcome is BLIND
    assert decision().outcome is BLIND


@pytest.mark.parametrize(
    ("outcome", "expected"), [(MET, MET), (NOT_MET, NOT_MET), (SHORT, SHORT), (BLIND, SHORT)]
)
def test_a_must_pass_decides_alone(outcome: Outcome, expected: Outcome) -> None:
    must = criterion("P-01", weight=0.1, must_pass=True, severity=Grade.OPPORTUNITY)
    found = decision((must, outcome), (criterion("P-02", weight=99), MET))
    assert found.trace[0].outcome is expected
    assert found.outcome is expected


@pytest.mark.parametrize(("met_weight", "expected"), [(79.9, NOT_MET), (80.0, MET), (80.1, MET)])
def test_the_pass_mark_just_below_on_and_just_above(met_weight: float, expected: Outcome) -> None:
    found = decision(
        (criterion("P-01", weight=met_weight), MET), (criterion("P-02", weight=100 - met_weight), NOT_MET)
    )
    assert found.trace[1].outcome is expected


def test_open_criteria_leave_the_score_open_only_where_they_can_decide_it() -> None:
    short = criterion("P-02", weight=10)
    assert decision((criterion("P-01", weight=90), MET), (short, SHORT)).trace[1].outcome is MET
    undecided = decision((criterion("P-01", weight=75), MET), (criterion("P-02", weight=25), BLIND))
    assert undecided.trace[1].outcome is SHORT
    assert (undecided.score.low, undecided.score.high) == (0.75, 1.0)
    lost = decision((criterion("P-01", weight=75), NOT_MET), (criterion("P-02", weight=25), BLIND))
    assert lost.trace[1].outcome is NOT_MET


def test_waived_and_not_applicable_leave_the_score() -> None:
    found = decision(
        (criterion("P-01"), MET),
        (criterion("P-02", weight=50), Outcome.WAIVED),
        (criterion("P-03", weight=50), Outcome.NOT_APPLICABLE),
    )
    assert found.score.weight == 1.0
    assert found.outcome is MET


def test_process_and_results_are_scored_apart_and_combined_as_declared() -> None:
    pairs = (
        (criterion("P-01", weight=3), MET),
        (criterion("P-02", weight=1), NOT_MET),
        (criterion("R-01", weight=1, aspect=Aspect.RESULT), MET),
        (criterion("R-02", weight=1, aspect=Aspect.RESULT), NOT_MET),
    )
    found = decision(*pairs, rule=replace(RULE, process_weight=0.2))
    assert found.process is not None
    assert found.results is not None
    assert (found.process.low, found.results.low) == (0.75, 0.5)
    assert found.score.low == pytest.approx(0.2 * 0.75 + 0.8 * 0.5)


def test_where_only_one_of_the_two_is_judged_the_score_is_that_one() -> None:
    found = decision((criterion("R-01", aspect=Aspect.RESULT), MET))
    assert found.process is None
    assert found.score.low == 1.0


def test_an_open_major_stops_the_decision_until_it_is_closed() -> None:
    pairs = ((criterion("P-01", weight=99), MET), (criterion("P-02", severity=Grade.MAJOR), NOT_MET))
    found = decision(*pairs)
    assert found.open_majors == ("P-02",)
    assert found.trace[2].outcome is NOT_MET
    assert found.outcome is NOT_MET
    closed = decision(*pairs, closed={"P-02"})
    assert closed.outcome is MET
    assert (closed.open_majors, closed.closed) == ((), ("P-02",))


@pytest.mark.parametrize(("minors", "expected"), [(2, MET), (3, NOT_MET), (4, NOT_MET)])
def test_minors_of_one_category_add_up_to_a_major(minors: int, expected: Outcome) -> None:
    pairs = [(criterion(f"P-{index:02}"), NOT_MET) for index in range(minors)]
    found = decision((criterion("P-99", weight=99), MET), *pairs)
    assert found.trace[3].outcome is expected
    assert bool(found.open_majors) is (expected is NOT_MET)


def test_minors_of_different_categories_do_not_add_up() -> None:
    pairs = [
        (criterion(f"P-{index:02}", category=category), NOT_MET)
        for index, category in enumerate(["feedback", "feedback", "people", "people"])
    ]
    assert decision((criterion("P-99", weight=99), MET), *pairs).trace[3].outcome is MET


def test_a_closed_minor_gathers_with_no_others() -> None:
    pairs = [(criterion(f"P-{index:02}"), NOT_MET) for index in range(3)]
    found = decision((criterion("P-99", weight=99), MET), *pairs, closed={"P-00"})
    assert found.trace[3].outcome is MET
    assert found.open_minors == ("P-01", "P-02")


def test_minors_that_could_still_add_up_leave_the_decision_open() -> None:
    pairs = [(criterion(f"P-{index:02}"), outcome) for index, outcome in enumerate([NOT_MET, NOT_MET, SHORT])]
    found = decision((criterion("P-99", weight=99), MET), *pairs)
    assert found.trace[3].outcome is SHORT
    assert found.outcome is SHORT


@pytest.mark.parametrize(("process_met", "flagged"), [(69, False), (71, True), (100, True)])
def test_strong_process_with_weak_results_is_flagged(process_met: float, flagged: bool) -> None:
    found = decision(
        (criterion("P-01", weight=process_met), MET),
        (criterion("P-02", weight=max(0.0001, 100 - process_met)), NOT_MET),
        (criterion("R-01", weight=40, aspect=Aspect.RESULT), MET),
        (criterion("R-02", weight=60, aspect=Aspect.RESULT), NOT_MET),
    )
    assert found.mismatch.startswith("Strong process, weak results") is flagged


def test_weak_process_with_strong_results_is_flagged_too_and_open_ones_say_nothing() -> None:
    weak = ((criterion("P-01"), NOT_MET), (criterion("R-01", aspect=Aspect.RESULT), MET))
    assert decision(*weak).mismatch.startswith("Weak process, strong results")
    unknown = ((criterion("P-01"), BLIND), (criterion("R-01", aspect=Aspect.RESULT), MET))
    assert decision(*unknown).mismatch == ""


def test_the_trace_tells_every_step_with_its_numbers() -> None:
    found = decision((criterion("P-01", must_pass=True), NOT_MET), (criterion("P-02"), MET))
    assert [step.rule.split(" ")[0] for step in found.trace] == ["every", "the", "no", "no", "every"]
    assert "0 of 1 met, 1 not met" in found.trace[0].found
    assert "50.0%" in found.trace[1].found
    assert found.trace[0].criteria == ("P-01",)


def test_a_major_of_another_notebook_stops_the_decision_although_every_criterion_is_met() -> None:
    pairs = ((criterion("P-01"), MET), (criterion("R-01", aspect=Aspect.RESULT), MET))
    gamed = [found_elsewhere("A12")]
    assert decision(*pairs).outcome is MET
    assert not decision(*pairs).whole
    found = decision(*pairs, findings=gamed)
    assert found.outcome is NOT_MET
    assert found.whole
    assert found.open_majors == ("A12 (04_integrity)",)
    assert found.trace[2].outcome is NOT_MET
    assert decision(*pairs, findings=gamed, closed={"A12"}).outcome is MET


def test_findings_on_one_requirement_are_counted_each_and_named_once() -> None:
    twice = [found_elsewhere("A12"), found_elsewhere("A12")]
    found = decision((criterion("P-01"), MET), findings=twice)
    assert len(found.open_majors) == 2
    assert found.trace[2].found.startswith("2 open")
    assert found.trace[2].criteria == ("A12 (04_integrity) twice",)


def test_an_opportunity_of_another_notebook_never_stops_a_decision() -> None:
    found = decision((criterion("P-01"), MET), findings=[found_elsewhere("A12", Grade.OPPORTUNITY)] * 9)
    assert found.outcome is MET
    assert found.open_majors == found.open_minors == ()


@pytest.mark.parametrize(("elsewhere", "expected"), [(1, MET), (2, NOT_MET)])
def test_minors_of_other_notebooks_gather_with_those_of_the_criteria(
    elsewhere: int, expected: Outcome
) -> None:
    own = (criterion("P-01"), NOT_MET)
    others = [found_elsewhere(f"E{place}", Grade.MINOR, "feedback") for place in range(elsewhere)]
    found = decision((criterion("P-99", weight=99), MET), own, findings=others)
    assert found.trace[3].outcome is expected
    assert [len(group.names) for group in found.gathered] == ([] if expected is MET else [3])
    apart = [found_elsewhere(f"E{place}", Grade.MINOR, "05_escalation") for place in range(elsewhere)]
    assert decision((criterion("P-99", weight=99), MET), own, findings=apart).trace[3].outcome is MET


def test_a_minor_withholds_the_certificate_until_its_plan_is_accepted() -> None:
    pairs = ((criterion("P-01", weight=98), MET), (criterion("P-02"), NOT_MET), (criterion("P-03"), NOT_MET))
    other = [found_elsewhere("E4", Grade.MINOR, "05_escalation")]
    found = decision(*pairs, findings=other)
    assert found.outcome is NOT_MET
    assert outcomes(found) == [MET, MET, MET, MET, NOT_MET]
    assert found.trace[4].criteria == ("P-02", "P-03", "E4 (04_integrity)")
    assert found.trace[4].found == "3 minors without an accepted plan"
    left = decision(*pairs, findings=other, closed={"P-02", "P-03"})
    assert left.outcome is NOT_MET
    assert left.trace[4].found == "1 minor without an accepted plan"
    planned = decision(*pairs, findings=other, closed={"P-02", "P-03", "E4"})
    assert planned.outcome is MET
    assert planned.trace[4].found == "0 minors without an accepted plan"


def test_the_criteria_alone_do_not_show_plans_so_that_a_minor_leaves_them_undecided() -> None:
    pairs = ((criterion("P-01", weight=99), MET), (criterion("P-02"), NOT_MET))
    alone = decision(*pairs)
    assert alone.outcome is alone.trace[4].outcome is SHORT
    assert alone.trace[4].found == "1 minor; plans are read when the run is assembled"
    assert decision(*pairs, findings=()).outcome is NOT_MET


def test_a_criterion_without_evidence_may_hide_a_minor_so_that_holding_it_back_certifies_nothing() -> None:
    pairs = ((criterion("P-01", weight=99), MET), (criterion("P-02"), BLIND))
    found = decision(*pairs, findings=())
    assert (found.outcome, found.open_minors) == (SHORT, ())
    assert outcomes(found) == [MET, MET, MET, MET, SHORT]
    unseen = "1 criterion that could raise one has no evidence"
    assert found.trace[4].found == f"0 minors without an accepted plan, {unseen}"
    assert found.trace[4].criteria == ("P-02",)
    shown = decision(pairs[0], (criterion("P-02"), NOT_MET), findings=(), closed={"P-02"})
    assert shown.outcome is MET
    assert decision(pairs[0], (criterion("P-02"), SHORT), findings=()).outcome is MET


def test_minors_that_no_criterion_is_about_gather_under_the_name_of_their_notebook() -> None:
    others = [found_elsewhere(f"X{place}", Grade.MINOR, "05_escalation") for place in range(3)]
    found = decision((criterion("P-01"), MET), findings=others)
    assert found.outcome is NOT_MET
    assert found.open_majors == ("3 minors in 'beside the standard, 05_escalation'",)


@pytest.mark.parametrize("severity", [Grade.MAJOR, Grade.MINOR])
def test_what_this_suite_does_not_measure_is_outside_and_named_with_its_weight(severity: Grade) -> None:
    pairs = (
        (criterion("P-01", weight=3), MET),
        (criterion("R-01", weight=3, aspect=Aspect.RESULT), MET),
        (criterion("P-02", weight=94, severity=severity, must_pass=severity is Grade.MAJOR), BLIND),
    )
    found = decision(*pairs, unmeasured={"P-02"})
    assert found.outcome is MET
    assert (found.scope.outside, found.scope.weight_outside, found.scope.weight) == (("P-02",), 94, 100)
    assert found.score.low == found.score.high == 1.0
    assert decision(*pairs).outcome is SHORT, "evidence that the party could give is not outside"


def test_a_standard_of_which_nothing_is_measured_certifies_nothing() -> None:
    assert decision((criterion("P-01"), BLIND), unmeasured={"P-01"}).outcome is BLIND


def test_an_edition_outside_its_window_compares_and_certifies_nothing() -> None:
    met = decision((criterion("P-01"), MET), certifies=False)
    assert (met.outcome, met.compared) == (Outcome.NOT_APPLICABLE, MET)
    assert "certifies nothing" in met.trace[-1].found
    failed = decision((criterion("P-01", must_pass=True), NOT_MET), certifies=False)
    assert failed.outcome is failed.compared is NOT_MET


@pytest.mark.parametrize(
    ("identifier", "category"),
    [("PE-01", "people"), ("A12", "feedback"), ("B2", "people"), ("C9", ""), ("data.reliability", "")],
)
def test_a_finding_belongs_to_the_category_of_its_criterion_or_of_its_requirement(
    identifier: str, category: str
) -> None:
    criteria = (
        replace(criterion("P-01"), requirements=("A2", "A12")),
        replace(criterion("PE-01", category="people"), requirements=("B2", "A12")),
    )
    assert category_of(identifier, criteria) == category
    finding = Finding(
        f"{identifier}: a demand: in words.", "", "", "", "", Grade.MINOR, "U1", fingerprint="f"
    )
    weighed = weighed_finding(finding, criteria, notebook="05_escalation")
    assert weighed == WeighedFinding(
        "f", f"{identifier} (05_escalation)", Grade.MINOR, category or "05_escalation"
    )


@pytest.mark.parametrize("outcome", [NOT_MET, SHORT, BLIND])
@pytest.mark.parametrize(
    ("severity", "steps"),
    [(Grade.MAJOR, {2}), (Grade.MINOR, {4}), (Grade.OPPORTUNITY, set())],
)
def test_a_criterion_stops_a_decision_by_its_grade_and_an_opportunity_never_does(
    severity: Grade, steps: set[int], outcome: Outcome
) -> None:
    """Majors stop the step of majors, minors that of plans; none where the criterion is an opportunity."""
    small = criterion("P-02", weight=1, severity=severity)
    found = decision((criterion("P-01", weight=99), MET), (small, outcome), findings=())
    shown_and_short = severity is Grade.MINOR and outcome is SHORT  # it withholds nothing, and earns nothing
    stopped = {place for place, step in enumerate(outcomes(found)) if step is not MET}
    assert stopped == (set() if shown_and_short else steps)
    assert (found.outcome is MET) is (not stopped)
