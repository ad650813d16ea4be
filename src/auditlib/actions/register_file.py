"""The register of actions as a file, .xlsx or .csv: written to be filled in, and read back."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from auditlib.actions.register import HEADINGS, TO_FILL, Action, State, action_of, as_row, row_problems
from auditlib.errors import DataError, ParameterError, Problem
from auditlib.errors.values import named
from auditlib.files.workbooks import sheets_of
from auditlib.records import ActionType
from auditlib.report.spreadsheet_cells import cell_of
from auditlib.report.worksheet import Book
from auditlib.statements import counted

SHEET = "Actions"
MOST_BYTES = 16 << 20
WIDTHS = (12, 5, 9, 22, 16, 34, 34, 18, 11, 11, 12, 24, 24)
"""Characters of each column."""


def register_path(outputs: Path, audit: str) -> Path:
    """Return the register beside a run: the .csv where there is one, otherwise the .xlsx."""
    table = outputs / f"{audit}.actions.csv"
    return table if table.exists() else table.with_suffix(".xlsx")


def register_bytes(actions: Iterable[Action], *, suffix: str, created: datetime) -> bytes:
    """Return the register as .xlsx or .csv; no cell of it is a formula."""
    rows = [HEADINGS, *(as_row(action) for action in actions)]
    cells = [[str(cell_of(text)) for text in row] for row in rows]
    if suffix == ".csv":
        stream = StringIO()
        csv.writer(stream, lineterminator="\r\n").writerows(cells)
        return stream.getvalue().encode("utf-8-sig")
    if suffix == ".xlsx":
        return _workbook(cells, created)
    raise ParameterError(Problem(f"a register is .xlsx or .csv, not {named(suffix)}."))


def read_register(path: Path, *, fingerprints: Iterable[str] | None = None) -> tuple[Action, ...]:
    """Read a register back.

    Parameters
    ----------
    fingerprints
        Fingerprints it may name; None where any may stand.

    Raises
    ------
    DataError
        With every problem: line, column, what to do.
    """
    rows = _rows(path)
    if not rows or tuple(rows[0]) != HEADINGS:
        raise DataError(
            Problem(
                "the headings are not those of a register.",
                str(path),
                1,
                remedy=f"They are {', '.join(HEADINGS)}.",
            )
        )
    numbered = [
        (line, dict(zip(HEADINGS, row, strict=True)))
        for line, row in enumerate(rows[1:], start=2)
        if any(row)
    ]
    allowed = {row["Fingerprint"] for _, row in numbered} if fingerprints is None else set(fingerprints)
    problems = [
        problem for line, row in numbered for problem in row_problems(row, allowed, file=str(path), line=line)
    ]
    problems += _twice(numbered, str(path))
    if problems:
        raise DataError(*problems)
    return tuple(action_of(row) for _, row in numbered)


def _twice(numbered: Sequence[tuple[int, Mapping[str, str]]], file: str) -> list[Problem]:
    keys: set[tuple[str, str]] = set()
    problems = []
    for line, row in numbered:
        key = (row["Fingerprint"], row["No."])
        if key in keys:
            message = "this action stands in the register twice."
            problems.append(Problem(message, file, line, "No.", "Number the actions of a finding 1, 2, 3."))
        keys.add(key)
    return problems


def _rows(path: Path) -> list[list[str]]:
    content = path.read_bytes()
    if len(content) > MOST_BYTES:
        raise DataError(Problem(f"the register has {counted(len(content), 'byte')}.", str(path)))
    if path.suffix == ".csv":
        return _csv_rows(content, str(path))
    sheets = sheets_of(content, str(path))
    if SHEET not in sheets:
        raise DataError(Problem(f"there is no sheet {named(SHEET)}.", str(path)))
    return [_fitted([_text(cell) for cell in row]) for row in sheets[SHEET]]


def _csv_rows(content: bytes, name: str) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
        return [
            _fitted([_text(cell) for cell in row])
            for row in csv.reader(StringIO(text, newline=""), strict=True)
        ]
    except UnicodeDecodeError:
        raise DataError(Problem("the file is not UTF-8.", name, remedy="Save it as CSV UTF-8.")) from None
    except csv.Error as error:
        raise DataError(Problem(f"the file is no CSV ({error}).", name)) from None


def _fitted(row: list[str]) -> list[str]:
    """Return the row with as many cells as there are headings; more than that is told by the headings."""
    while len(row) > len(HEADINGS) and not row[-1]:
        row = row[:-1]
    if len(row) > len(HEADINGS):
        message = (
            f"a row has {counted(len(row), 'cell')} and a register "
            f"{counted(len(HEADINGS), 'column')}: {named(row[-1])} is right of it."
        )
        raise DataError(Problem(message, remedy="Move it to a workbook of your own."))
    return [*row, *[""] * (len(HEADINGS) - len(row))]


def _text(cell: Any) -> str:
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = "" if cell is None else str(cell).strip()
    return text[1:] if text.startswith("'") and text[1:].lstrip().startswith(("=", "+", "-", "@")) else text


def _workbook(cells: Sequence[Sequence[str]], created: datetime) -> bytes:
    import xlsxwriter

    stream = BytesIO()
    raw = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    raw.set_properties(
        {"title": "Corrective actions", "created": created.astimezone(UTC).replace(tzinfo=None)}
    )
    sheet = Book(raw, footer="Register of corrective actions").sheet(SHEET, WIDTHS)
    heading, *rows = cells
    sheet.heading(*heading, repeat=True)
    first = HEADINGS.index(TO_FILL[0])
    for row in rows:
        sheet.texts(*row, shaded_from=first)
    for name, values in (("Type", ActionType), ("State", State)):
        column = HEADINGS.index(name)
        rule = {"validate": "list", "source": [value.value for value in values]}
        sheet.sheet.data_validation(1, column, max(len(cells), 2) + 200, column, rule)
    raw.close()
    return stream.getvalue()
