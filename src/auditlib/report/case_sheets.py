"""Sheets of the work papers that list single cases: those of findings, and duties that were not met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from auditlib.records import Finding
from auditlib.report.worksheet import Book
from auditlib.statements import counted

CASES, DUTIES = "Cases", "Duties"
MOST_CASES, MOST_DUTIES = 500, 5_000
"""Cases of one finding, and duties, that a sheet lists; the register of duties holds all."""
CASE_COLUMNS = {"Finding": 8, "Criterion": 44, "Table": 18, "Case": 18, "Unit": 12, "What": 40}
DUTY_COLUMNS = {
    "Duty": 18, "Case": 16, "Unit": 10, "Class": 14, "Triggered (UTC)": 19, "Due (UTC)": 19, "Done (UTC)": 19,
    "Status": 12, "Detail": 34, "File": 26, "Line": 8,
}  # fmt: skip
_ORDER = ("missing", "late", "wrong_party", "pending")


@dataclass(frozen=True, slots=True)
class DutyRows:
    """Duties that failed or are still open, as they are listed, and how many there are of all kinds."""

    listed: tuple[tuple[Any, ...], ...]
    left_out: int
    every: int


def read_duties(directory: Path) -> DutyRows | None:
    """Return what the register of duties in `directory` holds for the work papers; None without one."""
    from pyarrow import parquet

    files = sorted((directory / "exhibits").glob("*-duties.parquet"))
    if not files:
        return None
    rows = [row for file in files for row in parquet.read_table(file).to_pylist()]
    failed = sorted((row for row in rows if row["status"] in _ORDER), key=_turn)
    listed = tuple(tuple(_cell(row[name]) for name in _NAMES) for row in failed[:MOST_DUTIES])
    return DutyRows(listed, len(failed) - len(listed), len(rows))


_NAMES = (
    "duty", "case_id", "unit_id", "case_class", "trigger", "due", "done", "status", "detail", "source_file",
    "source_line",
)  # fmt: skip


def _turn(row: Mapping[str, Any]) -> tuple[str, int, str, str]:
    return row["duty"], _ORDER.index(row["status"]), str(row["due"] or ""), row["case_id"]


def _cell(value: Any) -> str | int:
    """Return a value as it is written; instants to the second, in UTC."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return "" if value is None else value


def write_cases(book: Book, findings: Sequence[tuple[Finding, str]]) -> None:
    """Write the cases of every finding, worst first, under the number of the finding."""
    sheet = book.sheet(CASES, tuple(CASE_COLUMNS.values()))
    sheet.heading(*CASE_COLUMNS, repeat=True)
    for number, (finding, _) in enumerate(findings, start=1):
        for case in finding.cases[:MOST_CASES]:
            sheet.write(number, finding.criterion, case.table, case.id, case.unit, case.words)
        left_out = len(finding.cases) - MOST_CASES
        if finding.cases_left_out:
            sheet.line(
                f"Finding {number} rests on {counted(finding.cases_in_all, 'case')}. All of them stand in "
                "the folder exhibits, in files that end in -cases.parquet."
            )
        elif left_out > 0:
            sheet.line(f"Finding {number}: findings.json holds {counted(left_out, 'more case')}.")
    if not any(finding.cases for finding, _ in findings):
        sheet.line("No finding rests on single cases.")


def write_duties(book: Book, duties: DutyRows) -> None:
    """Write the duties that failed or are still open."""
    sheet = book.sheet(DUTIES, tuple(DUTY_COLUMNS.values()))
    sheet.line(
        f"Duties that failed or are still open. All {duties.every:,}, those that were met among them, stand "
        "in the register: in the folder exhibits, the file that ends in -duties.parquet."
    )
    sheet.heading(*DUTY_COLUMNS, right=(10,))
    for row in duties.listed:
        sheet.write(*row)
    if duties.left_out:
        sheet.line(f"{duties.left_out:,} more are in the register.")
