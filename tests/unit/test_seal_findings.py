"""Findings told apart against the audit before, and the verdict as a document of the run."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from standards_tables import context, small_tables

from auditlib.audit.recorder import Recorder
from auditlib.audit.schema import recorded_finding
from auditlib.audit.standard import verdict_on
from auditlib.audit.suppression import Suppression
from auditlib.disclosure import MinimumFrequency
from auditlib.errors import AuditError
from auditlib.records import CaseReference, Finding, Grade
from auditlib.seal.findings import Before, FindingsDocument, StatedFinding, findings_schema
from auditlib.seal.findings import findings_of as stated_findings
from auditlib.seal.recorded_run import verdict_of
from auditlib.standards.document import verdict_document, verdict_schema
from auditlib.standards.merging import RaisedFinding, brought_together
from auditlib.standards.verdict import Verdict

ROOT = Path(__file__).parents[2]


def finding(mark: str, **changes: Any) -> dict[str, Any]:
    words = ("criterion", "condition", "cause", "effect", "recommendation", "subject")
    return {
        **dict.fromkeys(words, mark),
        "grade": "minor",
        "evidence": ["02_two/share"],
        "fingerprint": mark * 64,
        **changes,
    }


def results(notebook: str, *findings: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {notebook: {"notebook": notebook, "findings": list(findings)}}


def findings_of(
    results: dict[str, dict[str, Any]], *, before: Before | None = None, failed: dict[str, str] | None = None
) -> dict[str, Any]:
    raised = [
        RaisedFinding(recorded_finding(one), name)
        for name, document in results.items()
        for one in document["findings"]
    ]
    together = brought_together(raised, failed=failed or {}, judge="11_standards")
    return stated_findings(together, notebooks=set(results), before=before)


def stated(content: dict[str, Any]) -> StatedFinding:
    document = {"schema": "auditlib/findings@2", "previous": None, "findings": [content]}
    return FindingsDocument.model_validate(document).findings[0]


def before(**by_notebook: dict[str, Any]) -> Before:
    raised = [stated({**one, "notebook": notebook, "state": "new"}) for notebook, one in by_notebook.items()]
    return Before("last-year", "0" * 64, {one.fingerprint: one for one in raised})


def states(document: dict[str, Any]) -> dict[str, str]:
    return {one["fingerprint"][0]: one["state"] for one in document["findings"]}


class TestFindings:
    def test_with_no_audit_before_all_are_new_and_it_is_said(self) -> None:
        document = findings_of(results("02_two", finding("a")))
        assert states(document) == {"a": "new"}
        assert document["previous"] is None

    def test_each_is_told_apart(self) -> None:
        now = {**results("02_two", finding("a"), finding("b")), **results("05_five")}
        known = Before(
            "last-year",
            "0" * 64,
            {
                **before(**{"02_two": finding("a", condition="worse then")}).findings,
                **before(**{"05_five": finding("c")}).findings,
                **before(**{"09_nine": finding("d")}).findings,
            },
        )
        document = findings_of(now, before=known)
        assert states(document) == {"a": "unchanged", "b": "new", "c": "resolved", "d": "not_examined"}
        assert document["previous"] == {"audit": "last-year", "sha256": "0" * 64}

    def test_an_unchanged_one_states_the_numbers_of_now(self) -> None:
        known = before(**{"02_two": finding("a", condition="then")})
        document = findings_of(results("02_two", finding("a", condition="now")), before=known)
        assert [one["condition"] for one in document["findings"]] == ["now"]

    def test_a_past_one_names_no_number_of_this_audit(self) -> None:
        document = findings_of(results("02_two"), before=before(**{"02_two": finding("a")}))
        assert [one["evidence"] for one in document["findings"]] == [[]]

    def test_the_heaviest_stand_first_and_the_past_last(self) -> None:
        now = results("02_two", finding("a", grade="opportunity"), finding("b", grade="major"))
        known = before(**{"02_two": finding("c", grade="major")})
        assert list(states(findings_of(now, before=known))) == ["b", "a", "c"]

    def test_the_document_fits_its_schema(self) -> None:
        document = findings_of(results("02_two", finding("a")), before=before(**{"02_two": finding("b")}))
        jsonschema.validate(document, findings_schema())
        assert FindingsDocument.model_validate_json(json.dumps(document)).previous is not None


def lacking(unit: str, mark: str, **changes: Any) -> dict[str, Any]:
    """A finding that is the same for every unit but for its name and its numbers."""
    words = {"condition": f"In {unit} it lacked.", "recommendation": f"Name somebody for unit {unit}."}
    own = {"subject": f"responsibilities:{unit}:client_manager", "evidence": [f"05_escalation/gap:{unit}"]}
    fixed = {"criterion": "E4: a role is held.", "cause": "c", "effect": "e"}
    return finding(mark, **(fixed | words | own | changes))


class TestBroughtTogether:
    def test_what_is_the_same_but_for_its_subject_is_one_finding_with_its_cases(self) -> None:
        now = results("05_escalation", lacking("U1", "a"), lacking("U2", "b"), lacking("U3", "c"))
        (one,) = findings_of(now)["findings"]
        assert [part["fingerprint"][0] for part in one["members"]] == ["a", "b", "c"]
        assert [case["words"] for case in one["cases"]] == [f"In U{at} it lacked." for at in (1, 2, 3)]
        assert one["evidence"] == [f"05_escalation/gap:U{at}" for at in (1, 2, 3)]
        assert one["condition"] == "In U1 it lacked. In U2 it lacked. In U3 it lacked."

    @pytest.mark.parametrize(
        "changes", [{"grade": "major"}, {"cause": "other"}, {"effect": "other"}, {"criterion": "E6: else."}]
    )
    def test_what_differs_in_more_stays_apart(self, changes: dict[str, str]) -> None:
        now = results("05_escalation", lacking("U1", "a"), lacking("U2", "b", **changes))
        assert len(findings_of(now)["findings"]) == 2

    @pytest.mark.parametrize(
        ("first", "second", "count"),
        [
            ("bonus on few answers, managers", "bonus on few answers, staff", 2),
            ("manager 2025-01-01: suppression", "staff 2025-01-01: suppression", 2),
            ("staff 2025-01-01: suppression", "staff 2025-07-01: suppression", 1),
            ("U1:client_manager", "U2:service_manager", 2),
            ("U1:client_manager", "U2:client_manager", 1),
            ("U1, managers", "U2, managers", 1),
        ],
    )
    def test_roles_are_judged_apart_and_units_of_one_role_together(
        self, first: str, second: str, count: int
    ) -> None:
        alike = {"criterion": "A12: a bonus rests on enough answers", "cause": "c", "effect": "e"}
        alike["recommendation"] = "Pay on a longer window."
        raised = (finding("a", subject=first, **alike), finding("b", subject=second, **alike))
        assert len(findings_of(results("03_compensation", *raised))["findings"]) == count

    def test_another_notebook_says_it_for_itself(self) -> None:
        now = {**results("05_escalation", lacking("U1", "a")), **results("06_complaints", lacking("U2", "b"))}
        assert len(findings_of(now)["findings"]) == 2

    def test_a_breach_of_a_metric_that_a_criterion_misses_is_that_criterions_finding(self) -> None:
        case = {"table": "complaints", "id": "C1", "unit": "U1", "words": "late"}
        metric = "complaints_resolved within_days=5"
        now = {
            **results("06_complaints", finding("a", metric=metric, cases=[case], grade="major")),
            **results("11_standards", finding("b", criterion="CO-02: solved", metric=metric)),
        }
        (one,) = findings_of(now, failed={metric: "CO-02"})["findings"]
        assert (one["notebook"], one["grade"], one["cases"]) == ("11_standards", "minor", [case])
        assert [part["fingerprint"][0] for part in one["members"]] == ["a"]
        assert len(findings_of(now)["findings"]) == 2, "a criterion that is met takes nothing away"
        other = {"complaints_resolved within_days=6": "CO-02"}
        assert len(findings_of(now, failed=other)["findings"]) == 2, "other options are another metric"

    def test_a_criterion_without_a_verdict_hides_no_major(self) -> None:
        now = {
            **results("06_complaints", finding("a", metric="m", grade="major")),
            **results("11_standards", finding("b", criterion="CO-02: x", grade="opportunity", metric="m")),
        }
        assert len(findings_of(now, failed={"m": "CO-02"})["findings"]) == 2

    def test_a_part_that_was_known_before_is_not_new(self) -> None:
        known = before(**{"05_escalation": lacking("U2", "b")})
        now = results("05_escalation", lacking("U1", "a"), lacking("U2", "b"))
        assert states(findings_of(now, before=known)) == {"a": "unchanged"}

    def test_a_part_of_a_finding_before_is_recognised_alone(self) -> None:
        whole = findings_of(results("05_escalation", lacking("U1", "a"), lacking("U2", "b")))
        models = FindingsDocument.model_validate_json(json.dumps(whole)).findings
        parts = {part.fingerprint: one for one in models for part in one.members}
        known = Before("last-year", "0" * 64, parts)
        now = results("05_escalation", lacking("U2", "b"))
        assert states(findings_of(now, before=known)) == {"b": "unchanged"}
        gone = findings_of(results("05_escalation"), before=known)
        assert [one["state"] for one in gone["findings"]] == ["resolved"]


def test_a_recorded_finding_is_read_back_whole() -> None:
    case = CaseReference("complaints", "C1", "U1", "late")
    made = Finding(
        "CO-02: solved", "c", "d", "e", "f", Grade.MAJOR, "s", ("k",), "a" * 64, (case,), "m days=5", 0.25
    )
    content = json.loads(json.dumps(asdict(made)))
    assert recorded_finding(content) == made


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    return verdict_on(small_tables(), context().run, root=ROOT)


class TestVerdict:
    def test_what_a_notebook_concludes_is_recorded_whole(self, verdict: Verdict) -> None:
        recorder = Recorder(
            notebook="11_standards", party="P", suppression=Suppression(minimum=MinimumFrequency(5))
        )
        recorder.verdict(verdict_document(verdict))
        document = recorder.document(question="Q", parameters={})
        jsonschema.validate(document["verdict"], verdict_schema())
        assert verdict_of({"11_standards": document}) == verdict_document(verdict)

    def test_without_one_the_key_is_absent(self) -> None:
        document = Recorder(
            notebook="01_intake", party="P", suppression=Suppression(minimum=MinimumFrequency(5))
        ).document(question="Q", parameters={})
        assert "verdict" not in document
        assert verdict_of({"01_intake": document}) is None

    def test_a_second_and_different_one_is_refused(self, verdict: Verdict) -> None:
        recorder = Recorder(
            notebook="11_standards", party="P", suppression=Suppression(minimum=MinimumFrequency(5))
        )
        recorder.verdict(verdict_document(verdict))
        recorder.verdict(verdict_document(verdict))
        with pytest.raises(AuditError, match="already given"):
            recorder.verdict({**verdict_document(verdict), "title": "Another"})

    def test_two_notebooks_cannot_both_conclude(self) -> None:
        with pytest.raises(AuditError, match="11_standards and 12_more both give a verdict"):
            verdict_of({"11_standards": {"verdict": {"a": 1}}, "12_more": {"verdict": {"a": 1}}})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"criterion": "A1", "subject": "z"}, {"criterion": "A2", "subject": "a"}),
        ({"criterion": "A1", "subject": "a"}, {"criterion": "A1", "subject": "b"}),
        ({"criterion": "A9", "subject": "z", "grade": "major"}, {"criterion": "A1", "subject": "a"}),
    ],
)
def test_findings_stand_by_grade_then_criterion_then_subject(
    first: dict[str, str], second: dict[str, str]
) -> None:
    """Whatever order they were raised in, now and in the audit before."""
    raised = [finding("b", **first), finding("a", **second)]
    for given in (raised, raised[::-1]):
        assert list(states(findings_of(results("02_two", *given)))) == ["b", "a"]
        past = findings_of(results("02_two"), before=before_of(given))
        assert [one["fingerprint"][0] for one in past["findings"]] == ["b", "a"]


def before_of(findings: list[dict[str, Any]]) -> Before:
    """Return an audit before in which one notebook raised `findings`."""
    raised = [stated({**entry, "notebook": "02_two", "state": "new"}) for entry in findings]
    return Before("last-year", "0" * 64, {entry.fingerprint: entry for entry in raised})
