"""Sheets of the work papers that list single cases: those of findings, and duties that were not met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditlib.audit.schema import FindingModel
from auditlib.report.worksheet import Book

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
    import pandas as pd

    files = sorted((directory / "exhibits").glob("*-duties.parquet"))
    if not files:
        return None
    rows = pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
    open_ = rows[rows["status"].isin(_ORDER)]
    turn = open_["status"].map({status: place for place, status in enumerate(_ORDER)})
    ordered = open_.assign(turn=turn).sort_values(["duty", "turn", "due", "case_id"])
    for name in ("trigger", "due", "done"):
        ordered[name] = ordered[name].dt.strftime("%Y-%m-%d %H:%M:%S")
    names = ["duty", "case_id", "unit_id", "case_class", "trigger", "due", "done", "status", "detail",
             "source_file", "source_line"]  # fmt: skip
    shown = ordered[names].astype(object).where(ordered[names].notna(), "").head(MOST_DUTIES)
    listed = tuple(tuple(row) for row in shown.itertuples(index=False, name=None))
    return DutyRows(listed, len(ordered) - len(listed), len(rows))


def write_cases(book: Book, findings: Sequence[tuple[FindingModel, str]]) -> None:
    """Write the cases of every finding, worst first, under the number of the finding."""
    sheet = book.sheet(CASES, tuple(CASE_COLUMNS.values()))
    sheet.heading(*CASE_COLUMNS, repeat=True)
    for number, (finding, _) in enumerate(findings, start=1):
        for case in finding.cases[:MOST_CASES]:
            sheet.write(number, finding.criterion, case.table, case.id, case.unit, case.words)
        left = len(finding.cases) - MOST_CASES
        if left > 0:
            sheet.line(f"Finding {number}: {left:,} more cases are in findings.json.")
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
