"""The work papers: every recorded number, statement, table, finding and control total on sheets to tick.

Nothing is computed: cells repeat what results and findings hold. Ticks of work that only a person does are
left to that person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from io import BytesIO
from pathlib import Path

from auditlib.audit.schema import TableModel
from auditlib.errors import Problem, VerificationFailed
from auditlib.records import Finding, Number, SourceTotals
from auditlib.report.case_sheets import CASES, DUTIES, DutyRows, read_duties, write_cases, write_duties
from auditlib.report.facts import Provenance
from auditlib.report.reading import RecordedNotebook, findings_recorded
from auditlib.report.spreadsheet_cells import Value
from auditlib.report.words import basis_of, day, instant
from auditlib.report.worksheet import Book, Printed, Worksheet, printed, sheet_names
from auditlib.statements import counted
from auditlib.statements.formats import LABEL_UNITS

TICKS = {
    "F": "footed: the parts were added up again and give the total",
    "R": "re-performed: worked out again independently, with the same result",
    "T": "traced: followed from the source row to this figure",
    "V": "vouched: followed from this figure back to the original document",
    "PBC": "provided by the client, not made by the auditor",
    "X": "exception: a finding rests on it",
}
INDEX, FINDINGS, SOURCES, STATEMENTS = "Index", "Findings", "Sources", "Statements"
TABLES = " tables"
"""Ending of the sheet that holds the tables of an area."""

INDEX_COLUMNS = {
    "Sheet": 17, "Tables": 20, "Question": 44, "Numbers": 9, "Exhibits": 9, "Findings": 9,
    "Prepared by": 18, "On": 11, "Reviewed by": 18, "On ": 11,
}  # fmt: skip
STATEMENT_COLUMNS = {"Area": 16, "Statement": 72, "References": 46, "Tick": 6, "Note": 20}
NUMBER_COLUMNS = {
    "Reference": 42, "Value": 12, "Unit": 11, "n": 8, "Lower limit": 11, "Upper limit": 11, "Level": 6,
    "Method": 12, "Rests on": 28, "Reason": 20, "Tick": 5, "Findings": 9, "Note": 16,
}  # fmt: skip
FINDING_COLUMNS = {
    "No.": 4, "Grade": 8, "Criterion": 22, "Subject": 14, "Condition": 28, "Cause": 22, "Effect": 22,
    "Recommendation": 26, "Evidence": 28, "Fingerprint": 12, "Area": 15, "Tick": 5, "Note": 14,
}  # fmt: skip
SOURCE_COLUMNS = {
    "File": 27, "Table": 19, "Rows in": 9, "Kept": 9, "Quarantined": 12, "Left out": 9, "Outside period": 9,
    "Client's total": 9, "Bytes": 11, "SHA-256": 36, "Tick": 7, "Note": 22,
}  # fmt: skip
_COUNTS = range(2, 9)
"""Columns of numbers of the sheet of sources."""
_WHOLE, _SHARE, _LEVEL = "#,##0", "0.00%", "0.##%"
_GRADES = ("major", "minor", "opportunity")
_NARROWEST, _WIDEST = 8, 30
"""Characters of a column of tables."""


@dataclass(frozen=True, slots=True)
class _Cited:
    """Findings in the order they are numbered, and the numbers of those that rest on a reference."""

    findings: tuple[tuple[Finding, str], ...]
    by_reference: Mapping[str, list[int]] = field(default_factory=dict)


def workpapers(directory: Path) -> bytes:
    """Return ``workpapers.xlsx`` of the run in `directory`; the same results give the same bytes.

    Raises
    ------
    VerificationFailed
        Where results do not have their published shape, or the rows of a source do not add up.
    """
    from auditlib.report.facts import read_facts
    from auditlib.report.reading import in_order, read_findings, read_results

    facts, duties = read_facts(directory), read_duties(directory)
    recorded = in_order(read_results(directory), facts.run)
    findings = read_findings(directory, recorded)
    return to_workbook(recorded, facts, findings=findings, duties=duties)


def to_workbook(
    recorded: Sequence[RecordedNotebook],
    facts: Provenance,
    *,
    findings: Sequence[tuple[Finding, str]] | None = None,
    duties: DutyRows | None = None,
) -> bytes:
    """Return the workbook of what notebooks recorded.

    Parameters
    ----------
    findings
        As the run brought them together.
    duties
        Those of the register the notebooks handed over that failed or are open.
    """
    import xlsxwriter

    stream = BytesIO()
    raw = xlsxwriter.Workbook(
        stream,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    created = facts.run.as_of.astimezone(UTC).replace(tzinfo=None)
    raw.set_properties({"title": _title(facts), "created": created})
    book = Book(raw, footer=f"Work papers of audit {facts.run.audit}")
    cited = _cited(findings_recorded(recorded) if findings is None else findings)
    notebooks = [entry.results.notebook for entry in recorded]
    names, of_tables = sheet_names(notebooks), sheet_names(notebooks, ending=TABLES)
    sheets = {notebook: (names[notebook], of_tables[notebook]) for notebook in notebooks}
    _index(book, recorded, facts, sheets, duties=duties is not None)
    _findings(book, cited, names)
    _statements(book, recorded)
    _sources(book, facts.totals)
    write_cases(book, cited.findings)
    if duties is not None:
        write_duties(book, duties)
    for entry in recorded:
        _numbers(book, names[entry.results.notebook], entry, cited)
        _tables(book, of_tables[entry.results.notebook], entry)
    raw.close()
    return stream.getvalue()


def _title(facts: Provenance) -> str:
    return f"Work papers: {facts.run.title or facts.run.party.name}"


def _index(
    book: Book,
    recorded: Sequence[RecordedNotebook],
    facts: Provenance,
    names: Mapping[str, Sequence[str]],
    *,
    duties: bool,
) -> None:
    run, sheet = facts.run, book.sheet(INDEX, tuple(INDEX_COLUMNS.values()))
    sheet.title(_title(facts))
    sheet.line(
        f"{run.party.name}, {day(run.period.start)} to {day(run.period.end)}, as of {instant(run.as_of)}."
    )
    sheet.line(f"Run file {facts.run_file}, SHA-256 {facts.run_file_sha256}.")
    sheet.line(f"Evidence {facts.evidence_key}.")
    sheet.line(
        "This file is sealed with the run: tick and sign a copy of it, and enter sign-offs with the run "
        "(auditlib signoff)."
    )
    sheet.row += 1
    sheet.heading(*INDEX_COLUMNS, right=(3, 4, 5))
    for notebook in recorded:
        results = notebook.results
        counts = [_count(len(notebook)) for notebook in (results.numbers, results.exhibits, results.findings)]
        sheet.write("", "", results.question, *counts)
        for column, name in enumerate(names[results.notebook]):
            sheet.link(column, name)
        sheet.to_fill(6, 7, 8, 9)
    for name, title in (
        (FINDINGS, "All findings"),
        (STATEMENTS, "All statements"),
        (SOURCES, "The client's files"),
        (CASES, "Cases of findings"),
        *([(DUTIES, "Duties that failed or are open")] if duties else []),
    ):
        sheet.write("", "", title)
        sheet.link(0, name)
        sheet.to_fill(6, 7, 8, 9)
    _legend(sheet)


def _legend(sheet: Worksheet) -> None:
    sheet.row += 1
    sheet.heading("Tick", "", "Meaning")
    for mark, meaning in TICKS.items():
        sheet.write(mark, "", meaning)
    sheet.line(
        "Set by the suite: F and PBC on the sheet of sources, X. All others are set by who did the work; "
        "fields to fill in are shaded."
    )


def _findings(book: Book, cited: _Cited, names: Mapping[str, str]) -> None:
    sheet = book.sheet(FINDINGS, tuple(FINDING_COLUMNS.values()))
    sheet.heading(*FINDING_COLUMNS, repeat=True)
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
        sheet.link(10, names[notebook])
        sheet.to_fill(12)
        sheet.choices(11, TICKS)
    if not cited.findings:
        sheet.line("No finding.")


def _statements(book: Book, recorded: Sequence[RecordedNotebook]) -> None:
    """Write every sentence of the audit with the references of the numbers it states."""
    sheet = book.sheet(STATEMENTS, tuple(STATEMENT_COLUMNS.values()))
    sheet.heading(*STATEMENT_COLUMNS, repeat=True)
    for notebook in recorded:
        for sentence in (*notebook.results.answer, *notebook.results.sentences):
            keys = " ".join(f"{notebook.results.notebook}/{key}" for key in sentence.keys)
            sheet.write(notebook.results.notebook, sentence.text, keys)
            sheet.to_fill(3, 4)
            sheet.choices(3, TICKS)


def _sources(book: Book, totals: Sequence[SourceTotals]) -> None:
    sheet = book.sheet(SOURCES, tuple(SOURCE_COLUMNS.values()))
    sheet.heading(*SOURCE_COLUMNS, repeat=True, right=_COUNTS)
    for total in totals:
        if total.rows_in != total.rows_accounted:
            raise VerificationFailed(
                Problem("rows kept, quarantined and left out do not add up to the rows read.", total.file)
            )
        sheet.write(
            total.file,
            total.table,
            *(_count(value) for value in _totals(total)),
            total.sha256,
            "F PBC",
        )
        sheet.to_fill(11)


def _totals(source: SourceTotals) -> tuple[int | None, ...]:
    return (
        source.rows_in, source.rows_kept, source.rows_quarantined, source.rows_left_out,
        source.rows_out_of_period, source.expected_rows, source.size,
    )  # fmt: skip


def _count(value: int | None) -> Printed | None:
    return None if value is None else Printed(value, _WHOLE)


def _numbers(book: Book, name: str, recorded: RecordedNotebook, cited: _Cited) -> None:
    """Write every number of an area, with room to sign for it."""
    results, sheet = recorded.results, book.sheet(name, tuple(NUMBER_COLUMNS.values()))
    sheet.title(results.question)
    sheet.write("Prepared by", "", "on", "", "Reviewed by", "", "", "", "on")
    sheet.to_fill(1, 3, 5, 6, 7, 9)
    sheet.heading(*NUMBER_COLUMNS, repeat=True, right=(1, 3, 4, 5, 6))
    for number in results.numbers:
        _number(sheet, f"{results.notebook}/{number.key}", number, cited)


def _number(sheet: Worksheet, reference: str, number: Number, cited: _Cited) -> None:
    interval = number.interval
    limits = (
        (
            _printed(interval.low, number.unit),
            _printed(interval.high, number.unit),
            Printed(interval.level, _LEVEL),
            interval.method,
        )
        if interval
        else ("",) * 4
    )
    places = cited.by_reference.get(reference, [])
    where = basis_of(number) if number.basis else ""
    tick = "X" if places else ""
    listed = ", ".join(map(str, places))
    value, n = _printed(number.value, number.unit), _count(number.n)
    sheet.write(reference, value, number.unit, n, *limits, where, number.reason, tick, listed)
    sheet.to_fill(*([12] if tick else [10, 12]))
    sheet.choices(10, TICKS)


def _printed(value: Value, unit: str) -> Value | Printed:
    """Return a number in full, shown as its unit is read: the cell holds every recorded digit."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if unit == "share":
        return Printed(value, _SHARE)
    return Printed(value, _WHOLE) if isinstance(value, int) and unit not in LABEL_UNITS else value


def _tables(book: Book, name: str, recorded: RecordedNotebook) -> None:
    """Write every table of an area as it was printed; numbers stand as numbers."""
    tables = [exhibit for exhibit in recorded.results.exhibits if isinstance(exhibit, TableModel)]
    sheet = book.sheet(name, _widths(tables))
    sheet.title(recorded.results.question)
    if not tables:
        sheet.line("This area has no table.")
    for table in tables:
        sheet.row += 1
        sheet.line(f"{table.id}: {table.title}", bold=True)
        numeric = [place for place, column in enumerate(table.columns) if column.numeric]
        sheet.heading(*(column.heading for column in table.columns), right=numeric)
        for row in table.rows:
            sheet.write(*(_as_printed(text, table, place) for place, text in enumerate(row)))
        if table.left_out:
            sheet.line(f"{counted(table.left_out, 'more row is', 'more rows are')} in the evidence.")
        if table.caption:
            sheet.line(table.caption)


def _as_printed(text: str, table: TableModel, place: int) -> str | Printed:
    """Return a cell of a table: labels stay text, though they may look like numbers."""
    return (printed(text) or text) if table.columns[place].numeric else text


def _widths(tables: Sequence[TableModel]) -> tuple[float, ...]:
    """Return the width of each column: that of its longest text in any table, within bounds."""
    longest: list[int] = []
    for table in tables:
        for place, column in enumerate(table.columns):
            texts = [column.heading, *(row[place] for row in table.rows)]
            if place == len(longest):
                longest.append(_NARROWEST)
            longest[place] = max(longest[place], *(len(text) + 2 for text in texts))
    return tuple(float(min(width, _WIDEST)) for width in longest) or (80.0,)


def _cited(raised: Sequence[tuple[Finding, str]]) -> _Cited:
    places: dict[str, list[int]] = {}
    for number, (finding, _) in enumerate(raised, start=1):
        for reference in finding.evidence:
            places.setdefault(reference, []).append(number)
    return _Cited(tuple(raised), places)
