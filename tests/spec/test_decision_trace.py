"""What a decision says beside its outcome: its trace, its scope, and what each finding belongs to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from decisions import BLIND, MET, NOT_MET, SHORT, criterion, decision, found_elsewhere

from auditlib.records import (
    Aspect,
    Decision,
    Finding,
    Grade,
    Outcome,
    WeighedFinding,
)
from auditlib.standards.weighing import category_of, weighed_finding


def outcomes(found: Decision) -> list[Outcome]:
    return [step.outcome for step in found.trace]


def test_all_met_meets_the_standard() -> None:
    found = decision((criterion("P-01"), MET), (criterion("R-01", aspect=Aspect.RESULT), MET))
    assert found.outcome is MET
    assert outcomes(found) == [MET] * 5
    assert found.score.low == found.score.high == 1.0


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
    others = [found_elsewhere(f"X{place}", Grade.MINOR, "05_escalation") for place in range(4)]
    found = decision((criterion("P-01"), MET), findings=others)
    assert found.outcome is NOT_MET
    assert found.open_majors == ("4 minors in 'beside the standard, 05_escalation'",)


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
