"""What a client's files look like before anything is declared about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from auditlib.errors import DataError, Problem
from auditlib.onboarding.decoding import SAMPLE_RECORDS, TextLook, look_at_text
from auditlib.onboarding.facts import Facts, look_at_column
from auditlib.parameters.run import Dialect

if TYPE_CHECKING:
    import pyarrow as pa

_EXCEL = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
_PARQUET = (".parquet", ".pq")


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One file, or one worksheet of it.

    Parameters
    ----------
    file
        Path below the data folder; of a database, the table or view.
    form
        What it is.
    sheet
        Worksheet; empty for other forms.
    columns
        Facts of every named column of a sample.
    text
        How it is written, for a text file.
    connection
        Of a database, the environment variable that holds its address.
    """

    file: str
    form: Literal["csv", "excel", "parquet", "database"]
    sheet: str
    columns: tuple[Facts, ...]
    text: TextLook | None = None
    connection: str = ""

    @property
    def title(self) -> str:
        """What a person would call it: the sheet, otherwise the file without folder and endings."""
        last = self.file.rsplit("/", 1)[-1]
        return self.sheet or (last.rsplit(".", 1)[-1] if self.connection else last.split(".", 1)[0])

    @property
    def rows(self) -> int:
        """Rows of the sample."""
        return len(self.columns[0].cells) if self.columns else 0

    def column(self, name: str) -> Facts:
        """Return the facts of the column called `name`; KeyError where there is none."""
        for facts in self.columns:
            if facts.name == name:
                return facts
        raise KeyError(name)


def look_at(path: Path, *, file: str) -> Iterator[Look]:
    """Yield what one file holds: one look, or one for each worksheet that is not empty.

    Parameters
    ----------
    path
        Where the file is.
    file
        Its path below the data folder, as the run file will name it.

    Raises
    ------
    DataError
        When it cannot be read at all.
    """
    if not path.is_file():
        raise DataError(Problem("there is no such file.", file, remedy="Check the path."))
    ending = path.suffix.lower()
    if ending in _EXCEL:
        yield from _sheets(path, file)
    elif ending in _PARQUET:
        yield Look(file, "parquet", "", _parquet_columns(path, file))
    else:
        text = look_at_text(path, name=file)
        labels = text.labels or ("",) * len(text.header)
        yield Look(file, "csv", "", _columns(text.header, text.records, labels), text)


def look_in(variable: str) -> Iterator[Look]:
    """Yield what a database holds: one look for each table and view that can be read.

    Raises
    ------
    ParameterError, DataError
        When the database cannot be reached.
    """
    from auditlib.evidence.samples import samples

    for relation, rows in samples(variable, rows=SAMPLE_RECORDS):
        header = [name for name in rows.column_names if name.isprintable()]
        columns = _columns(header, _records(rows.select(header)), ("",) * len(header)) if header else ()
        yield Look(relation, "database", "", columns, connection=variable)


def _columns(
    header: Sequence[str], records: Sequence[Sequence[str]], labels: Sequence[str]
) -> tuple[Facts, ...]:
    return tuple(
        look_at_column(name, [record[position] for record in records], label=label)
        for position, (name, label) in enumerate(zip(header, labels, strict=False))
        if name
    )


def _sheets(path: Path, file: str) -> Iterator[Look]:
    from auditlib.evidence.spreadsheets import sheet_header, sheet_names, spreadsheet_blocks

    for sheet in sheet_names(path, name=file):
        try:
            header = [name for name in sheet_header(path, name=file, sheet=sheet) if name.isprintable()]
        except DataError:
            continue  # an empty sheet, or one without a header: nothing to map
        blocks = spreadsheet_blocks(
            path, name=file, sheet=sheet, dialect=Dialect(), wanted=header, references={}
        )
        first = next(iter(blocks), None)
        records = _records(first.records.select(header)) if first is not None and header else ()
        if header:
            yield Look(file, "excel", sheet, _columns(header, records, ("",) * len(header)))


def _parquet_columns(path: Path, file: str) -> tuple[Facts, ...]:
    from auditlib.evidence.columnar import columnar_blocks, columnar_header

    header = columnar_header(path, name=file)
    first = next(iter(columnar_blocks(path, name=file, wanted=header, threads=1)), None)
    records = _records(first.records.select(header)) if first is not None else ()
    return _columns(header, records, ("",) * len(header))


def _records(table: pa.Table) -> tuple[tuple[str, ...], ...]:
    columns = [
        [_text(cell) for cell in column.slice(0, SAMPLE_RECORDS).to_pylist()] for column in table.columns
    ]
    return tuple(zip(*columns, strict=True))


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    return cell.isoformat(sep=" ") if isinstance(cell, datetime) else str(cell)
