"""The work papers: every recorded number, finding and control total on sheets a reviewer can tick.

Nothing is computed: cells repeat what results and findings hold. Ticks of work that only a person does are
left to that person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from io import BytesIO
from pathlib import Path
from typing import Any

from auditlib.audit.schema import FindingModel, NumberModel, TableModel
from auditlib.errors import Problem, VerificationFailed
from auditlib.records import SourceTotals
from auditlib.report.facts import Facts
from auditlib.report.reading import Recorded
from auditlib.report.spreadsheet_cells import Value, cell_of
from auditlib.report.words import basis_of, day, instant

TICKS = {
    "F": "footed: the parts were added up again and give the total",
    "R": "re-performed: worked out again independently, with the same result",
    "T": "traced: followed from the source row to this figure",
    "V": "vouched: followed from this figure back to the original document",
    "PBC": "provided by the client, not made by the auditor",
    "X": "exception: a finding rests on it",
}
INDEX_HEADINGS = (
    "Sheet", "Question", "Numbers", "Exhibits", "Findings", "Prepared by", "On", "Reviewed by", "On",
)  # fmt: skip
INDEX, FINDINGS, SOURCES = "Index", "Findings", "Sources"
NUMBER_HEADINGS = (
    "Reference", "Value", "Unit", "n", "Lower limit", "Upper limit", "Level", "Method", "Rests on", "Reason",
    "Tick", "Findings", "Note",
)  # fmt: skip
FINDING_HEADINGS = (
    "No.", "Grade", "Criterion", "Subject", "Condition", "Cause", "Effect", "Recommendation", "Evidence",
    "Fingerprint", "Area", "Tick", "Note",
)  # fmt: skip
SOURCE_HEADINGS = (
    "File", "Table", "Rows in", "Kept", "Quarantined", "Outside period", "Client's total", "Bytes", "SHA-256",
    "Tick", "Note",
)  # fmt: skip
_GRADES = ("major", "minor", "opportunity")
_LONGEST_SHEET_NAME = 31


@dataclass(slots=True)
class _Sheet:
    """A worksheet that is filled from top to bottom."""

    sheet: Any
    bold: Any
    free: Any
    row: int = 0

    def write(self, *cells: Value, bold: bool = False) -> None:
        for column, value in enumerate(cells):
            written, style = cell_of(value), self.bold if bold else None
            if isinstance(written, bool):
                self.sheet.write_boolean(self.row, column, written, style)
            elif isinstance(written, int | float):
                self.sheet.write_number(self.row, column, written, style)
            elif written:
                self.sheet.write_string(self.row, column, written, style)
        self.row += 1

    def to_fill(self, *columns: int) -> None:
        """Mark cells of the row just written as those that a person fills."""
        for column in columns:
            self.sheet.write_blank(self.row - 1, column, None, self.free)

    def tick(self, column: int) -> None:
        """Offer the tick marks in the row just written."""
        rule = {"validate": "list", "source": list(TICKS), "ignore_blank": True}
        self.sheet.data_validation(self.row - 1, column, self.row - 1, column, rule)


@dataclass(frozen=True, slots=True)
class _Cited:
    """Findings in the order they are numbered, and the numbers of those that rest on a reference."""

    findings: tuple[tuple[FindingModel, str], ...]
    by_reference: Mapping[str, list[int]] = field(default_factory=dict)


def workpapers(directory: Path) -> bytes:
    """Return ``workpapers.xlsx`` of the run in `directory`; the same results give the same bytes.

    Raises
    ------
    VerificationFailed
        Where results do not have their published shape, or the rows of a source do not add up.
    """
    from auditlib.report.facts import read_facts
    from auditlib.report.reading import read_results

    return to_workbook(read_results(directory), read_facts(directory))


def to_workbook(recorded: Sequence[Recorded], facts: Facts) -> bytes:
    """Return the workbook of what notebooks recorded."""
    import xlsxwriter

    stream = BytesIO()
    book = xlsxwriter.Workbook(
        stream,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    title = f"Work papers: {facts.run.title or facts.run.party.name}"
    created = facts.run.as_of.astimezone(UTC).replace(tzinfo=None)
    book.set_properties({"title": title, "created": created})
    cited = _cited(recorded)
    names = sheet_names([one.results.notebook for one in recorded])
    _index(_sheet(book, INDEX), recorded, facts, title, names)
    _findings(_sheet(book, FINDINGS), cited)
    _sources(_sheet(book, SOURCES), facts.totals)
    for one in recorded:
        _area(_sheet(book, names[one.results.notebook]), one, cited)
    book.close()
    return stream.getvalue()


def sheet_names(notebooks: Iterable[str]) -> dict[str, str]:
    """Return the name of each notebook's sheet: its id, cut to what a workbook allows, each once."""
    names: dict[str, str] = {}
    for number, notebook in enumerate(notebooks, start=1):
        fits = len(notebook) <= _LONGEST_SHEET_NAME
        names[notebook] = notebook if fits else f"{notebook[: _LONGEST_SHEET_NAME - 3]}~{number:02d}"
    return names


def _sheet(book: Any, name: str) -> _Sheet:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 12, 16)
    return _Sheet(sheet, book.add_format({"bold": True}), book.add_format({"bg_color": "#FFF8E1"}))


def _index(
    sheet: _Sheet, recorded: Sequence[Recorded], facts: Facts, title: str, names: Mapping[str, str]
) -> None:
    run = facts.run
    sheet.write(title, bold=True)
    sheet.write("Party", run.party.name)
    sheet.write("Period", f"{day(run.period.start)} to {day(run.period.end)}")
    sheet.write("As of", instant(run.as_of))
    sheet.write("Run file", facts.run_file, facts.run_file_sha256)
    sheet.write("Evidence", facts.evidence_key)
    sheet.write(
        "This file is sealed with the run: tick and sign a copy of it, and enter sign-offs with the run."
    )
    sheet.row += 1
    sheet.write(*INDEX_HEADINGS, bold=True)
    for one in recorded:
        results = one.results
        counts = (len(results.numbers), len(results.exhibits), len(results.findings))
        sheet.write("", results.question, *counts)
        name = names[results.notebook]
        sheet.sheet.write_url(sheet.row - 1, 0, f"internal:'{name}'!A1", string=name)
        sheet.to_fill(5, 6, 7, 8)
    sheet.row += 1
    sheet.write("Tick", "Meaning", bold=True)
    for mark, meaning in TICKS.items():
        sheet.write(mark, meaning)
    sheet.write(
        "Set by the suite: F and PBC on the sheet of sources, X. All others are set by who did the work."
    )


def _findings(sheet: _Sheet, cited: _Cited) -> None:
    sheet.write(*FINDING_HEADINGS, bold=True)
    for number, (finding, notebook) in enumerate(cited.findings, start=1):
        sheet.write(
            number,
            finding.grade,
            finding.criterion,
            finding.subject,
            finding.condition,
            finding.cause,
            finding.effect,
            finding.recommendation,
            " ".join(finding.evidence),
            finding.fingerprint,
            notebook,
            "X",
        )
        sheet.to_fill(12)
        sheet.tick(11)
    if not cited.findings:
        sheet.write("No finding.")


def _sources(sheet: _Sheet, totals: Sequence[SourceTotals]) -> None:
    sheet.write(*SOURCE_HEADINGS, bold=True)
    for one in totals:
        if one.rows_in != one.rows_kept + one.rows_quarantined:
            raise VerificationFailed(
                Problem("rows kept and quarantined do not add up to the rows read.", one.file)
            )
        sheet.write(
            one.file,
            one.table,
            one.rows_in,
            one.rows_kept,
            one.rows_quarantined,
            one.rows_out_of_period,
            one.expected_rows,
            one.size,
            one.sha256,
            "F PBC",
        )
        sheet.to_fill(10)


def _area(sheet: _Sheet, recorded: Recorded, cited: _Cited) -> None:
    results = recorded.results
    sheet.write(results.question, bold=True)
    sheet.write("Prepared by", "", "Reviewed by", "")
    sheet.to_fill(1, 3)
    for said in (*results.answer, *results.sentences):
        sheet.write(said.text, " ".join(f"{results.notebook}/{key}" for key in said.keys))
    sheet.row += 1
    sheet.write(*NUMBER_HEADINGS, bold=True)
    for number in results.numbers:
        _number(sheet, f"{results.notebook}/{number.key}", number, cited)
    for exhibit in results.exhibits:
        if isinstance(exhibit, TableModel):
            _table(sheet, exhibit)


def _number(sheet: _Sheet, reference: str, number: NumberModel, cited: _Cited) -> None:
    interval = number.interval
    limits = (interval.low, interval.high, interval.level, interval.method) if interval else ("",) * 4
    places = cited.by_reference.get(reference, [])
    where = basis_of(number) if number.basis else ""
    tick = "X" if places else ""
    listed = ", ".join(map(str, places))
    sheet.write(reference, number.value, number.unit, number.n, *limits, where, number.reason, tick, listed)
    sheet.to_fill(12)
    sheet.tick(10)


def _table(sheet: _Sheet, exhibit: TableModel) -> None:
    sheet.row += 1
    sheet.write(f"Table {exhibit.id}: {exhibit.title}", bold=True)
    sheet.write(*(column.heading for column in exhibit.columns), bold=True)
    for row in exhibit.rows:
        sheet.write(*row)
    if exhibit.left_out:
        sheet.write(f"{exhibit.left_out:,} more rows are in the evidence.")
    if exhibit.caption:
        sheet.write(exhibit.caption)


def _cited(recorded: Sequence[Recorded]) -> _Cited:
    found = [(finding, one.results.notebook) for one in recorded for finding in one.results.findings]
    found.sort(key=lambda pair: (_GRADES.index(pair[0].grade), pair[0].criterion, pair[0].subject))
    places: dict[str, list[int]] = {}
    for number, (finding, _) in enumerate(found, start=1):
        for reference in finding.evidence:
            places.setdefault(reference, []).append(number)
    return _Cited(tuple(found), places)
