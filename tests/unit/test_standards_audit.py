"""A whole standard judged on small evidence: through files, measures, profile and decision."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from standards_tables import context, small_tables

from auditlib.audit.standard import editions, measures, read_edition, verdict_on
from auditlib.errors import ParameterError
from auditlib.parameters.run import Run
from auditlib.records import EvidenceLevel, Outcome
from auditlib.standards.answer import VerdictAnswer
from auditlib.standards.planned import PLANNED
from auditlib.standards.verdict import Verdict

ROOT = Path(__file__).parents[2]
RESPONSE = {
    "response_id": "R1",
    "survey_type": "transactional",
    "unit_id": "A",
    "account_id": "K1",
    "submitted_day": 20_100,
    "in_period": True,
}


def run(**more: Any) -> Run:
    return context(**more).run


def judged(*, standard: str = "", profile: str = "", **tables: Any) -> Verdict:
    own = run(profile=profile) if profile else run()
    return verdict_on(small_tables(**tables), own, root=ROOT, standard=standard)


def test_every_planned_metric_is_one_that_an_edition_names() -> None:
    named = {
        criterion.metric
        for name in editions(root=ROOT)
        for criterion in read_edition(name, root=ROOT).criteria
    }
    assert set(PLANNED) <= named
    # promises are judged by their policy in a notebook of their own; no edition asks for them yet
    promised = {"call_backs_in_time", "deviations_valid", "satisfied_with_type"}
    assert set(measures()) - promised <= named, "a measure nothing asks for"


def test_with_no_evidence_nothing_is_met_and_every_reason_is_told() -> None:
    found = judged()
    assert {one.outcome for one in found.judgements} == {Outcome.NOT_ASSESSABLE}
    assert all(one.reason for one in found.judgements)
    assert found.decision.outcome is Outcome.NOT_ASSESSABLE
    assert found.decision.score.low == 0.0


def test_from_aggregates_only_what_they_can_answer_is_answered() -> None:
    published = [
        {
            "unit_id": "A",
            "survey_type": "transactional",
            "item": "q_overall",
            "box": "top",
            "value": 0.9,
            "n_low": 400.0,
            "period_start": 20_089,
        }
    ]
    found = judged(units=[{"unit_id": "A"}], aggregates=published)
    answered = {
        one.criterion.id: one for one in found.judgements if one.outcome is not Outcome.NOT_ASSESSABLE
    }
    # CF-07 is a share of units: entries of a register give no person away, however few
    assert set(answered) == {"CF-01", "CF-04", "CF-07"}
    assert answered["CF-01"].outcome is Outcome.NOT_MET, "one survey type is a major finding"
    assert answered["CF-04"].outcome is Outcome.MET
    assert answered.pop("CF-07").measurement.level is EvidenceLevel.REGISTER
    assert {one.measurement.level for one in answered.values()} == {EvidenceLevel.AGGREGATES}
    assert "cannot be answered from aggregates" in found.judgement("CF-02").reason
    assert found.decision.open_majors == ("CF-01",)


def test_the_profile_of_the_run_is_applied_and_its_looser_targets_are_named() -> None:
    found = judged(profile="small-b2b")
    assert found.demands.edition.criterion("CF-02").target.value == 0.10
    assert found.judgement("CF-15").outcome is Outcome.WAIVED
    assert found.judgement("IM-04").outcome is Outcome.NOT_ASSESSABLE, (
        "no evidence shows that there is no chat"
    )
    assert found.judgement("IM-04").reason.endswith("but the evidence has no interactions")
    assert any(
        "asks for less than the standard in CF-02, IM-01" in one.text for one in VerdictAnswer(found).limits()
    )


def test_under_another_edition_the_profile_of_the_run_is_left_out() -> None:
    found = judged(standard="service-excellence@2026", profile="small-b2b")
    assert found.demands.edition.year == 2026
    assert found.demands.looser == ()
    assert "certifies nothing" in found.demands.note


@pytest.mark.parametrize(
    "name", ["service-excellence@2024", "service-excellence", "other@2025", "../2025", "x@../../2025"]
)
def test_an_edition_that_does_not_exist_is_an_error_with_those_that_do(name: str) -> None:
    with pytest.raises(ParameterError, match="There are service-excellence@2025"):
        judged(standard=name)


def test_a_question_nobody_was_asked_is_missing_evidence_and_no_crash() -> None:
    found = judged(standard="service-excellence@2026", responses=[RESPONSE], rewards=[{"response_id": "R1"}])
    assert found.judgement("CF-14").outcome is Outcome.NOT_ASSESSABLE
    assert found.judgement("CF-17").outcome is Outcome.NOT_ASSESSABLE
    assert found.judgement("CF-01").outcome is Outcome.NOT_MET


def test_every_sentence_names_numbers_that_are_recorded() -> None:
    found = judged(responses=[RESPONSE])
    keys = {number.key for number in VerdictAnswer(found).numbers()}
    said = (*VerdictAnswer(found).summary(), *VerdictAnswer(found).aspects(), *VerdictAnswer(found).limits())
    assert {key for sentence in said for key in sentence.keys} <= keys
