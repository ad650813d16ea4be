"""Excel worksheets as blocks of records; a record's line is its row in the sheet."""

from __future__ import annotations

import datetime as dt
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditlib.errors import DataError, Problem
from auditlib.evidence.blocks import Block, BrokenRecord, shortened
from auditlib.evidence.headers import numbered_columns, placed_header
from auditlib.evidence.worksheet_losses import Hollow, column_letters, hollow_cells, worn
from auditlib.statements import counted

if TYPE_CHECKING:
    from auditlib.parameters.origins import Reference
    from auditlib.parameters.run import Dialect

MAX_UNPACKED = 2 << 30
"""Largest workbook, in bytes once unpacked; protects against archives made to fill the memory."""
_BLOCK_ROWS = 50_000
_UNTOLD = (
    "in this form of workbook, cells with errors and formulas without a saved value cannot be told from "
    "empty ones; where that matters, ask for .xlsx."
)


def spreadsheet_blocks(
    path: Path,
    *,
    name: str,
    sheet: str | None,
    dialect: Dialect,
    wanted: Sequence[str],
    references: Mapping[str, Reference],
    missing: Collection[str] = frozenset(),
    ids: Collection[str] = frozenset(),
) -> Iterator[Block]:
    """Yield the records of one worksheet, `wanted` columns only, as text.

    Whole numbers lose their decimal point (``7``, not ``7.0``); dates become ISO text. A record is broken
    where one of these cells holds an error that is not among `missing`, or a formula without a saved value.

    Raises
    ------
    DataError
        When the workbook or sheet cannot be read, is empty, or lacks a wanted column.
    """
    chosen = _chosen(path, name=name, sheet=sheet)
    with _workbook(path, name=name):
        hollow = hollow_cells(path, chosen)
    rows: Iterator[tuple[int, list[Any]]] = enumerate(_rows(path, name=name, sheet=chosen), start=1)
    skipped = len(list(islice(rows, dialect.skip_rows)))
    header_rows, rows = _header(
        rows, name=name, rows_of_header=dialect.header_rows, names_row=dialect.names_row
    )
    line = skipped + dialect.names_row
    header = placed_header(
        header_rows, wanted, file=name, references=references, names_row=dialect.names_row, line=line
    )
    sheet_of = _Sheet(header, tuple(wanted), _unknown(hollow or {}, missing))
    notes = () if hollow is not None else (_UNTOLD,)
    while chunk := list(islice(rows, _BLOCK_ROWS)):
        worn_ids = [
            note
            for label in sorted({*ids}.intersection(wanted))
            for note in worn(label, _cells_of(chunk, header.index(label)))
        ]
        yield replace(_block(chunk, sheet_of), notes=(*notes, *worn_ids))


def _cells_of(rows: list[tuple[int, list[Any]]], place: int) -> Iterator[tuple[int, Any]]:
    return ((line, row[place]) for line, row in rows if place < len(row))


def _unknown(hollow: Hollow, missing: Collection[str]) -> Hollow:
    """Return the hollow cells without the errors that are declared to hold no value."""
    return {
        line: {place: error for place, error in cells.items() if not error or error not in missing}
        for line, cells in hollow.items()
    }


def sheet_rows(path: Path, *, name: str, sheet: str, most: int) -> list[tuple[int, list[str]]]:
    """Return the first rows of a worksheet as text, each with its line; nothing is said about a header."""
    rows = enumerate(_rows(path, name=name, sheet=sheet), start=1)
    return [(line, [cell_text(cell) for cell in row]) for line, row in islice(rows, most)]


def _header(
    rows: Iterator[tuple[int, list[Any]]], *, name: str, rows_of_header: int, names_row: int
) -> tuple[list[list[Any]], Iterator[tuple[int, list[Any]]]]:
    """Return the rows of the header, and those behind them; without a header its columns are numbered."""
    head = list(islice(rows, max(rows_of_header, 1)))
    if len(head) < max(rows_of_header, 1):
        raise DataError(
            Problem("the sheet is empty.", file=name, remedy="Correct 'sheet' or ask for a new export.")
        )
    if not rows_of_header:
        return [numbered_columns(len(head[0][1]))], chain(head, rows)
    header_rows = [list(row) for _, row in head]
    while (names := header_rows[names_row - 1]) and names[-1] in ("", None):
        names.pop()
    return header_rows, rows


def _rows(path: Path, *, name: str, sheet: str) -> Iterator[list[Any]]:
    with _workbook(path, name=name) as book:
        if sheet not in book.sheet_names:
            raise _no_sheet(sheet, book.sheet_names, name)
        return iter(book.get_sheet_by_name(sheet).to_python(skip_empty_area=False))


def _chosen(path: Path, *, name: str, sheet: str | None) -> str:
    """Return the worksheet meant: the one declared, or the only one that is seen and not empty."""
    if sheet is not None:
        return sheet
    with _workbook(path, name=name) as book:
        import python_calamine

        worksheets = [
            sheet for sheet in book.sheets_metadata if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        if not worksheets:
            raise _no_sheet(None, book.sheet_names, name)
        if len(worksheets) == 1:
            return str(worksheets[0].name)
        visible = [
            worksheet.name
            for worksheet in worksheets
            if worksheet.visible == python_calamine.SheetVisibleEnum.Visible
        ]
        filled = [sheet for sheet in visible if book.get_sheet_by_name(sheet).total_height]
        if len(filled) != 1 or worksheets[0].name not in visible:
            raise _undecided([worksheet.name for worksheet in worksheets], visible, name)
        return str(filled[0])


def _undecided(sheets: Sequence[str], visible: Sequence[str], name: str) -> DataError:
    listed = ", ".join(f"{sheet!r}" if sheet in visible else f"{sheet!r} (hidden)" for sheet in sheets)
    message = f"it is not declared which worksheet is meant: {listed}."
    return DataError(Problem(message, file=name, remedy="Write 'sheet' with the name of the one to read."))


def sheet_names(path: Path, *, name: str) -> tuple[str, ...]:
    """Return the names of the worksheets of a workbook; DataError where it is none that can be read."""
    with _workbook(path, name=name) as book:
        return tuple(book.sheet_names)


@contextmanager
def _workbook(path: Path, *, name: str) -> Iterator[Any]:
    """Open a workbook; whatever is wrong with it, while opening or reading, is said in words."""
    import python_calamine

    try:
        _check_size(path, name=name)
        with python_calamine.load_workbook(str(path)) as book:
            yield book
    except (
        python_calamine.CalamineError, zipfile.BadZipFile, zlib.error, OSError, ValueError, SyntaxError
    ) as error:  # fmt: skip
        raise DataError(
            Problem(
                f"the workbook cannot be read ({error}).",
                file=name,
                remedy="Ask the client to send it again, unprotected.",
            )
        ) from error


def _no_sheet(wanted: str | None, sheets: list[str], name: str) -> DataError:
    near = get_close_matches(wanted or "", sheets, n=1, cutoff=0.3)
    hint = f"Did you mean {near[0]!r}?" if near else f"It has {', '.join(map(repr, sheets)) or 'no sheets'}."
    return DataError(Problem(f"there is no worksheet {wanted!r}.", file=name, remedy=hint))


def _check_size(path: Path, *, name: str) -> None:
    if path.stat().st_size == 0:
        raise DataError(
            Problem("the file is empty (0 bytes).", file=name, remedy="Ask the client for a new export.")
        )
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > MAX_UNPACKED:
        raise DataError(
            Problem(
                f"the workbook unpacks to {counted(size, 'byte')}.",
                file=name,
                remedy="Ask the client for CSV or Parquet.",
            )
        )


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What is needed to turn rows of a worksheet into records."""

    header: tuple[str, ...]
    wanted: tuple[str, ...]
    hollow: Hollow

    def fault(self, line: int, row: list[Any]) -> str:
        """Return what is wrong with a row; empty where nothing is."""
        if any(cell not in ("", None) for cell in row[len(self.header) :]):
            return f"the row has cells right of the header's {counted(len(self.header), 'column')}"
        for place, error in sorted(self.hollow.get(line, {}).items()):
            label = self.header[place - 1] if place <= len(self.header) else ""
            if label in self.wanted:
                cell = f"cell {column_letters(place)}{line}, column {label!r}, holds"
                return f"{cell} the error {error}" if error else f"{cell} a formula without a saved value"
        return ""


def _block(chunk: list[tuple[int, list[Any]]], sheet: _Sheet) -> Block:
    import pyarrow as pa

    faults = {line: fault for line, row in chunk if (fault := sheet.fault(line, row))}
    filled = [
        (line, row) for line, row in chunk if line in faults or any(cell not in ("", None) for cell in row)
    ]
    sound = [(line, row) for line, row in filled if line not in faults]
    places = {name: sheet.header.index(name) for name in sheet.wanted}
    columns = {
        name: pa.array([_text(row, place) for _, row in sound], pa.string()) for name, place in places.items()
    }
    records = pa.table({**columns, "source_line": pa.array([line for line, _ in sound], pa.int64())})
    broken = tuple(
        BrokenRecord(
            line,
            shortened(";".join(_shown_cells(line, row, sheet.hollow))),
            faults[line],
            {
                name: shortened(_text(row, place))
                for name, place in places.items()
                if place + 1 not in sheet.hollow.get(line, {})
            },
        )
        for line, row in filled
        if line in faults
    )
    return Block(records, broken)


def _shown_cells(line: int, row: list[Any], hollow: Hollow) -> Iterator[str]:
    errors = hollow.get(line, {})
    yield from (errors.get(place) or cell_text(cell) for place, cell in enumerate(row, start=1))


def _text(row: list[Any], position: int) -> str:
    return cell_text(row[position]) if position < len(row) else ""


def cell_text(cell: Any) -> str:
    """Return a cell of a worksheet or database as text."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return _time_text(cell) if isinstance(cell, dt.date | dt.time | dt.timedelta) else str(cell)


def _time_text(cell: dt.date | dt.time | dt.timedelta) -> str:
    """Return a date or instant in ISO form, and a duration as a clock shows it: ``26:00:00``."""
    if isinstance(cell, dt.datetime):
        return _instant_text(cell)
    if not isinstance(cell, dt.timedelta):
        return cell.isoformat()
    minutes, seconds = divmod(round(abs(cell.total_seconds())), 60)
    sign = "-" if cell < dt.timedelta() else ""
    return f"{sign}{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def _instant_text(cell: dt.datetime) -> str:
    """Round to the millisecond: a worksheet stores an instant as a fraction of a day."""
    rounded = cell + dt.timedelta(microseconds=500)
    rounded = rounded.replace(microsecond=rounded.microsecond // 1000 * 1000)
    return rounded.isoformat(sep=" ")
