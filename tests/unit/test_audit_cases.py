"""A finding lists its first cases; all of them are handed over, and their number is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyarrow import parquet
from small_company import company, run

from auditlib.audit.case_list import MOST_LISTED
from auditlib.audit.schema import recorded_finding
from auditlib.audit.session import Audit
from auditlib.records import CaseReference, Finding, Grade
from auditlib.report.case_sheets import write_cases
from auditlib.report.worksheet import Book
from auditlib.standards.merging import RaisedFinding, brought_together


def finding(cases: int, *, subject: str = "clock:resolution") -> Finding:
    listed = tuple(CaseReference("incident_events", f"{subject} {n:04}", "D1", "late") for n in range(cases))
    return Finding("A10: in time", "Late.", "", "", "Look.", Grade.MAJOR, subject, cases=listed)


def closed(folder: Path, *findings: Finding) -> list[Finding]:
    audit = Audit(run(), company(), notebook="05_escalation", question="In time?", work=folder)
    audit.finding(*findings)
    audit.finding(*findings)  # a cell that runs twice raises nothing twice
    audit.close()
    written = json.loads((folder / "results" / "05_escalation.json").read_text(encoding="utf-8"))
    return [recorded_finding(each) for each in written["findings"]]


@pytest.mark.parametrize("cases", [0, MOST_LISTED - 1, MOST_LISTED])
def test_as_many_as_can_be_listed_are_listed(tmp_path: Path, cases: int) -> None:
    (recorded,) = closed(tmp_path, finding(cases))
    assert (len(recorded.cases), recorded.cases_in_all, recorded.cases_left_out) == (cases, 0, 0)
    assert not list((tmp_path / "exhibits").glob("*-cases.parquet"))


def test_of_more_the_first_are_listed_and_all_are_handed_over(tmp_path: Path) -> None:
    many = MOST_LISTED + 1
    recorded, short = closed(tmp_path, finding(many), finding(3, subject="clock:contact"))
    assert (len(recorded.cases), recorded.cases_in_all, recorded.cases_left_out) == (MOST_LISTED, many, 1)
    assert (len(short.cases), short.cases_in_all) == (3, 0)
    assert recorded.cases_counted == many
    rows = parquet.read_table(tmp_path / "exhibits" / "05_escalation-cases.parquet").to_pylist()
    assert [row["id"] for row in rows] == [f"clock:resolution {n:04}" for n in range(many)]
    assert {row["fingerprint"] for row in rows} == {recorded.fingerprint}


def test_findings_that_become_one_say_how_many_cases_all_have(tmp_path: Path) -> None:
    many = MOST_LISTED + 1
    recorded = closed(tmp_path, finding(many, subject="clock:a"), finding(2, subject="clock:b"))
    raised = [RaisedFinding(model, "05_escalation") for model in recorded]
    (joined,) = brought_together(raised, failed={}, judge="11_standards")
    assert joined.finding.cases_counted == many + 2
    assert len(joined.finding.cases) == MOST_LISTED + 2


def test_the_work_papers_say_where_all_cases_are(tmp_path: Path) -> None:
    import xlsxwriter
    from openpyxl import load_workbook

    recorded = closed(tmp_path / "work", finding(MOST_LISTED + 1))
    path = tmp_path / "cases.xlsx"
    with xlsxwriter.Workbook(path) as book:
        write_cases(Book(book, footer=""), [(model, "05_escalation") for model in recorded])
    words = [str(row[0]) for row in load_workbook(path).active.iter_rows(values_only=True)]
    assert words[-1].startswith(f"Finding 1 rests on {MOST_LISTED + 1:,} cases. All of them stand in")
