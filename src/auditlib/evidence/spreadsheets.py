"""Excel worksheets as blocks of records; a record's line is its row in the sheet."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditlib.errors import DataError, Problem
from auditlib.evidence.blocks import Block, BrokenRecord, shown
from auditlib.evidence.headers import checked_header, numbered_columns, placed_header
from auditlib.records import counted

if TYPE_CHECKING:
    from auditlib.parameters.origins import Reference
    from auditlib.parameters.run import Dialect

MAX_UNPACKED = 2 << 30
"""Largest workbook, in bytes once unpacked; protects against archives made to fill the memory."""
_BLOCK_ROWS = 50_000


def spreadsheet_blocks(
    path: Path,
    *,
    name: str,
    sheet: str | None,
    dialect: Dialect,
    wanted: Sequence[str],
    references: Mapping[str, Reference],
) -> Iterator[Block]:
    """Yield the records of one worksheet, `wanted` columns only, as text.

    Whole numbers lose their decimal point (``7``, not ``7.0``); dates become ISO text.

    Raises
    ------
    DataError
        When the workbook or sheet cannot be read, is empty, or lacks a wanted column.
    """
    rows: Iterator[tuple[int, list[Any]]] = enumerate(_rows(path, name=name, sheet=sheet), start=1)
    skipped = len(list(islice(rows, dialect.skip_rows)))
    named, rows = _header(rows, name=name, rows_of_header=dialect.header_rows, names_row=dialect.names_row)
    line = skipped + dialect.names_row
    header = placed_header(
        named, wanted, file=name, references=references, names_row=dialect.names_row, line=line
    )
    while chunk := list(islice(rows, _BLOCK_ROWS)):
        yield _block(chunk, header, wanted=wanted)


def sheet_header(path: Path, *, name: str, sheet: str | None = None) -> tuple[str, ...]:
    """Return the column names of a worksheet."""
    rows = enumerate(_rows(path, name=name, sheet=sheet), start=1)
    return checked_header(_header(rows, name=name, rows_of_header=1, names_row=1)[0][0], (), file=name)


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
    named = [list(row) for _, row in head]
    while (names := named[names_row - 1]) and names[-1] in ("", None):
        names.pop()
    return named, rows


def _rows(path: Path, *, name: str, sheet: str | None) -> Iterator[list[Any]]:
    with _workbook(path, name=name) as book:
        sheets = book.sheet_names
        chosen = sheets[0] if sheet is None and sheets else sheet
        if chosen not in sheets:
            raise _no_sheet(chosen, sheets, name)
        return iter(book.get_sheet_by_name(chosen).to_python(skip_empty_area=False))


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
    except (python_calamine.CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
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


def _block(chunk: list[tuple[int, list[Any]]], header: tuple[str, ...], *, wanted: Sequence[str]) -> Block:
    import pyarrow as pa

    filled = [(line, row) for line, row in chunk if any(cell not in ("", None) for cell in row)]
    sound = [(line, row) for line, row in filled if not _surplus(row, header)]
    columns = {
        name: pa.array([_text(row, header.index(name)) for _, row in sound], pa.string()) for name in wanted
    }
    records = pa.table(columns).append_column(
        "source_line", pa.array([line for line, _ in sound], pa.int64())
    )
    broken = tuple(_broken(line, row, header) for line, row in filled if _surplus(row, header))
    return Block(records, broken)


def _surplus(row: list[Any], header: tuple[str, ...]) -> bool:
    return any(cell not in ("", None) for cell in row[len(header) :])


def _broken(line: int, row: list[Any], header: tuple[str, ...]) -> BrokenRecord:
    value = ";".join(cell_text(cell) for cell in row)
    return BrokenRecord(
        line, shown(value), f"the row has cells right of the header's {counted(len(header), 'column')}"
    )


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
