"""What each duty became is handed over, traced and listed; a duty not met is a finding with its cases."""

from __future__ import annotations

import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
import python_calamine
from small_report import record

sys.path.insert(0, str(Path(__file__).parents[1] / "spec"))

from escalation_world import PARAMS, World, at, context, day

from auditlib.audit.files import write_table
from auditlib.audit.numerals import orphans
from auditlib.disclosure import MinimumFrequency
from auditlib.escalation import EscalationAnswer, EscalationResult, reperform
from auditlib.obligations import register_of
from auditlib.records import Finding, Grade, Refusal
from auditlib.report.case_sheets import CASES, DUTIES, read_duties
from auditlib.report.reading import read_results
from auditlib.report.workpapers import to_workbook
from auditlib.seal.duties import case_of, duties_of_case, duties_of_outcome, outcome_of
from auditlib.statements import Unanswered

MONDAY = "2025-06-02 09:00"
TEXT = (PARAMS / "policies" / "escalation.yaml").read_text(encoding="utf-8")
HOUR = 3_600_000_000


def result_of(*, policy: str = "") -> EscalationResult:
    """Five customers: two in time, one of them to the instant, two late, one never contacted."""
    cases = {"R1": (2.0, 7), "R2": (3.5, 60), "R3": (2.0, 26), "R4": (2.0, None), "R5": (2.0, 8)}
    responses = [
        {
            "response_id": name, "survey_type": "visit", "unit_id": "U1", "submitted_at": at(MONDAY),
            "submitted_day": day("2025-06-02"), "q_overall": score, "source_line": line, "anonymous": False,
        }
        for line, (name, (score, _)) in enumerate(cases.items(), start=2)
    ]  # fmt: skip
    told = {
        "note": "n",
        "cause_code": "c",
        "verbatim": "v",
        "questions": "q",
        "reached": True,
        "declined": False,
    }
    follow_ups = [
        {"follow_up_id": f"F{name}", "response_id": name, "held_at": at(MONDAY) + hours * HOUR} | told
        for name, (_, hours) in cases.items()
        if hours is not None
    ]
    world = World({"responses": responses, "follow_ups": follow_ups})
    found = reperform(world, context(as_of="2025-07-01 09:00", policy=policy))
    assert isinstance(found, EscalationResult)
    return found


def finding_of(result: EscalationResult, duty: str) -> Finding:
    return next(
        finding for finding in EscalationAnswer(result).findings() if finding.subject == f"duty:{duty}"
    )


def test_a_duty_that_was_not_met_is_a_finding_with_every_case_gravest_band_first() -> None:
    found = finding_of(result_of(), "contact")
    assert [case.id for case in found.cases] == ["R4", "R3", "R2"]
    assert [case.words for case in found.cases] == ["missing", "late", "late"]
    assert {(case.table, case.unit) for case in found.cases} == {("responses", "U1")}
    assert found.metric == "contacted_in_time"
    assert found.shortfall == pytest.approx(3 / 5)
    assert found.condition.startswith("2 of 5 cases (40.0%) were met")
    known = {f"05_escalation/{number.key}" for number in EscalationAnswer(result_of()).numbers()}
    assert set(found.evidence) <= known


def test_the_grade_stands_in_the_policy() -> None:
    assert finding_of(result_of(), "contact").grade is Grade.MAJOR
    assert finding_of(result_of(), "documentation").grade is Grade.MINOR
    lighter = TEXT.replace(
        "      service: {hours: 24}\n", "      service: {hours: 24}\n    severity: minor\n"
    )
    assert finding_of(result_of(policy=lighter), "contact").grade is Grade.MINOR


def test_too_few_cases_are_listed_but_not_counted_in_words() -> None:
    result = result_of()
    few = replace(result, context=replace(result.context, disclosure=MinimumFrequency(6)))
    found = finding_of(few, "contact")
    assert not any(character.isdigit() for character in found.condition)
    assert len(found.cases) == 3  # the duty is rigid: each case counts by itself


def test_the_register_holds_every_duty_once_and_no_words_of_anybody(tmp_path: Path) -> None:
    result = result_of()
    register = register_of(EscalationAnswer(result))
    assert len(register.rows) == len(result.rows)
    assert not {"note", "verbatim", "comment"} & set(register.rows.columns)
    late = register.rows[(register.rows["case_id"] == "R3") & (register.rows["duty"] == "contact")].iloc[0]
    assert str(late["trigger"]) == "2025-06-02 07:00:00+00:00"
    assert (late["done"] - late["trigger"]) == pd.Timedelta(hours=26)
    for name in ("one", "two"):
        write_table(tmp_path / f"{name}.parquet", register.rows)
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


def test_without_a_judged_duty_the_register_is_empty_and_says_so() -> None:
    register = register_of(Unanswered.not_assessable("follow-up", Refusal("There is no table of responses.")))
    assert register.rows.empty
    assert register.to_frame().empty
    assert "No duty could be judged" in register.summary()[0].text


def handed(folder: Path) -> Path:
    rows = register_of(EscalationAnswer(result_of())).rows
    write_table(folder / "exhibits" / "05_escalation-duties.parquet", rows)
    return folder


def test_a_case_is_traced_by_its_id_and_an_outcome_by_its_name(tmp_path: Path) -> None:
    directory = handed(tmp_path)
    assert case_of("duty:R3") == "R3"
    assert outcome_of("05_escalation/late:contact") == outcome_of("late:contact") == ("late", "contact")
    assert outcome_of("share:contact") is None
    late = duties_of_outcome(directory, "late", "contact")
    assert [each.fields["case_id"] for each in late] == ["R3", "R2"]  # by 18 and by 4 hours
    assert "late" in late[0].text
    assert late[0].row == "responses:responses.csv:4"
    every = duties_of_case(directory, "R4")
    assert {each.fields["duty"]: each.fields["status"] for each in every} == {
        "contact": "missing",
        "documentation": "missing",
    }
    assert duties_of_case(directory, "R99") == []


def test_the_work_papers_list_what_failed_and_name_the_rest(tmp_path: Path) -> None:
    facts = record(tmp_path)
    duties = read_duties(handed(tmp_path))
    assert duties is not None
    book = python_calamine.CalamineWorkbook.from_filelike(
        BytesIO(to_workbook(read_results(tmp_path), facts, duties=duties))
    )
    rows = book.get_sheet_by_name(DUTIES).to_python()
    assert f"All {len(result_of().rows):,}, those that were met" in str(rows[0][0])
    assert [row[1] for row in rows[2:] if row[0] == "contact"] == ["R4", "R3", "R2"]
    assert CASES in book.sheet_names
    assert read_duties(tmp_path / "elsewhere") is None


def test_no_number_of_a_finding_is_without_a_key() -> None:
    answer = EscalationAnswer(result_of())
    numbers = {f"05_escalation/{number.key}": number for number in answer.numbers()}
    for finding in answer.findings():
        own = [numbers[key] for key in finding.evidence]
        for text in (finding.criterion, finding.condition, finding.cause, finding.effect):
            assert orphans(text, own) == (), text
