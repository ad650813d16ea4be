"""Findings told apart against the audit before, and the verdict as a document of the run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from standards_tables import context, small_tables

from auditlib.audit.recorder import Recorder
from auditlib.audit.standard import verdict_on
from auditlib.errors import AuditError
from auditlib.runs.assemble import verdict_of
from auditlib.runs.findings import Before, FindingsDocument, StatedFinding, findings_of, findings_schema
from auditlib.standards.document import verdict_document, verdict_schema
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


def before(**by_notebook: dict[str, Any]) -> Before:
    stated = [
        StatedFinding.model_validate({**one, "notebook": notebook, "state": "new"})
        for notebook, one in by_notebook.items()
    ]
    return Before("last-year", "0" * 64, {one.fingerprint: one for one in stated})


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


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    return verdict_on(small_tables(), context().run, root=ROOT)


class TestVerdict:
    def test_what_a_notebook_concludes_is_recorded_whole(self, verdict: Verdict) -> None:
        recorder = Recorder(notebook="11_standards", party="P", minimum=5)
        recorder.verdict(verdict_document(verdict))
        document = recorder.document(question="Q", parameters={})
        jsonschema.validate(document["verdict"], verdict_schema())
        assert verdict_of({"11_standards": document}) == verdict_document(verdict)

    def test_without_one_the_key_is_absent(self) -> None:
        document = Recorder(notebook="01_intake", party="P", minimum=5).document(question="Q", parameters={})
        assert "verdict" not in document
        assert verdict_of({"01_intake": document}) is None

    def test_a_second_and_different_one_is_refused(self, verdict: Verdict) -> None:
        recorder = Recorder(notebook="11_standards", party="P", minimum=5)
        recorder.verdict(verdict_document(verdict))
        recorder.verdict(verdict_document(verdict))
        with pytest.raises(AuditError, match="already given"):
            recorder.verdict({**verdict_document(verdict), "title": "Another"})

    def test_two_notebooks_cannot_both_conclude(self) -> None:
        with pytest.raises(AuditError, match="11_standards and 12_more both give a verdict"):
            verdict_of({"11_standards": {"verdict": {"a": 1}}, "12_more": {"verdict": {"a": 1}}})
