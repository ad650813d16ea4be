"""What a client's files look like before anything is declared about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from auditlib.errors import DataError, Problem
from auditlib.evidence.file_signatures import form_of
from auditlib.onboarding.column_facts import ColumnFacts, look_at_column
from auditlib.onboarding.decoding import SAMPLE_RECORDS, Grid, TextLook, grid_of, look_at_text
from auditlib.onboarding.recogniser import Recogniser
from auditlib.onboarding.recognisers import recognised, simplified_name

if TYPE_CHECKING:
    import pyarrow as pa

_EXCEL = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
_PARQUET = (".parquet", ".pq")
_TRIED = 200


@dataclass(frozen=True, slots=True, eq=False)
class FileLook:
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
    grid
        Its first rows, for a text file or a worksheet.
    header_rows
        Rows of its header.
    layout
        Name of the recogniser it fits; empty where none does.
    rivals
        Names of other recognisers that fit.
    """

    file: str
    form: Literal["csv", "excel", "parquet", "database"]
    sheet: str
    columns: tuple[ColumnFacts, ...]
    text: TextLook | None = None
    connection: str = ""
    grid: Grid | None = None
    header_rows: int = 1
    layout: str = ""
    rivals: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What a person would call it: the sheet, otherwise the file without folder and endings."""
        last = self.file.rsplit("/", 1)[-1]
        return self.sheet or (last.rsplit(".", 1)[-1] if self.connection else last.split(".", 1)[0])

    @property
    def where(self) -> str:
        """The file, and the worksheet of it."""
        return f"{self.file}, sheet {self.sheet}" if self.sheet else self.file

    @property
    def rows(self) -> int:
        """Rows of the sample."""
        return len(self.columns[0].cells) if self.columns else 0

    @property
    def records(self) -> int:
        """Records of the file, by its lines where it is longer than the sample; 0 where unknown."""
        if self.rows < SAMPLE_RECORDS:
            return self.rows
        return self.grid.lines - self.grid.skip_rows - self.header_rows if self.grid is not None else 0

    def column(self, name: str) -> ColumnFacts:
        """Return the facts of the column called `name`; KeyError where there is none."""
        for facts in self.columns:
            if facts.name == name:
                return facts
        raise KeyError(name)

    def find(self, alternatives: str) -> ColumnFacts | None:
        """Return the first column that has one of the names, apart by bars; None where none has."""
        return next(self.called(alternatives), None)

    def called(self, alternatives: str) -> Iterator[ColumnFacts]:
        """Yield every column that has one of the names, apart by bars, in the order of the names."""
        for name in alternatives.split("|"):
            for facts in self.columns:
                if facts.name and simplified_name(facts.name) == simplified_name(name):
                    yield facts

    def origin(self, facts: ColumnFacts) -> str | dict[str, str | int]:
        """Return how the run file names a column: by name, by its place among namesakes, or by position."""
        if not facts.name:
            return {"position": facts.position}
        namesakes = [column for column in self.columns if column.name == facts.name]
        if len(namesakes) == 1:
            return facts.name
        return {"column": facts.name, "occurrence": namesakes.index(facts) + 1}


def look_at(path: Path, *, file: str, exports: Mapping[str, Recogniser] | None = None) -> Iterator[FileLook]:
    """Yield what one file holds: one look, or one for each worksheet that is not empty.

    Parameters
    ----------
    path
        Where the file is.
    file
        Its path below the data folder, as the run file will name it.
    exports
        Recognisers by name.

    Raises
    ------
    DataError
        When it cannot be read at all.
    """
    if not path.is_file():
        raise DataError(Problem("there is no such file.", file, remedy="Check the path."))
    ending = path.suffix.lower()
    form = form_of(path) if not ending else ""  # a name without an ending says nothing: the content does
    if ending in _EXCEL or form == "excel":
        yield from _sheets(path, file, exports or {})
    elif ending in _PARQUET or form == "parquet":
        yield _recognised(FileLook(file, "parquet", "", _parquet_columns(path, file)), exports)
    else:
        text, grid = look_at_text(path, name=file)
        yield _gridded(FileLook(file, "csv", "", (), text), grid, exports or {})


def _recognised(look: FileLook, exports: Mapping[str, Recogniser] | None) -> FileLook:
    """Return the look with the recognisers it fits by its names alone."""
    cells = {facts.name: facts.filled[:_TRIED] for facts in look.columns}
    names = [facts.name for facts in look.columns]
    fitting = recognised(exports or {}, form=look.form, header=names, header_rows=1, cells=cells)
    return replace(look, layout=fitting[0], rivals=fitting[1:]) if fitting else look


def _gridded(look: FileLook, grid: Grid, exports: Mapping[str, Recogniser]) -> FileLook:
    """Return the look of a file or worksheet, with the header that its layout says it has."""
    fitting = _fitting_grid(look.form, grid, exports)
    rows = exports[fitting[0]].signature.header_rows if fitting else grid.header_rows
    columns = _columns(grid.header(rows), grid.records(rows), grid.labels(rows))
    layout, rivals = (fitting[0], fitting[1:]) if fitting else ("", ())
    return replace(look, columns=columns, grid=grid, header_rows=rows, layout=layout, rivals=rivals)


def _fitting_grid(form: str, grid: Grid, exports: Mapping[str, Recogniser]) -> tuple[str, ...]:
    """Return the recognisers a file fits, each tried with the header it says there is."""
    fitting: list[str] = []
    for rows in sorted({recogniser.signature.header_rows for recogniser in exports.values()}, reverse=True):
        header, records = grid.header(rows), grid.records(rows)[:_TRIED]
        cells = {
            name: [record[place] for record in records if record[place]] for place, name in enumerate(header)
        }
        last = grid.last_row(rows)
        fitting += recognised(exports, form=form, header=header, header_rows=rows, last_row=last, cells=cells)
    return tuple(fitting)


def look_in(variable: str, *, exports: Mapping[str, Recogniser] | None = None) -> Iterator[FileLook]:
    """Yield what a database holds: one look for each table and view that can be read.

    Raises
    ------
    ParameterError, DataError
        When the database cannot be reached.
    """
    from auditlib.evidence.databases.samples import samples

    for relation, rows in samples(variable, rows=SAMPLE_RECORDS):
        header = [name for name in rows.column_names if name.isprintable()]
        columns = _stored(rows.select(header)) if header else ()
        yield _recognised(FileLook(relation, "database", "", columns, connection=variable), exports)


def _columns(
    header: Sequence[str],
    records: Sequence[Sequence[str]],
    labels: Sequence[str],
    *,
    native: Sequence[bool] | None = None,
) -> tuple[ColumnFacts, ...]:
    native_flags = native or (False,) * len(header)
    return tuple(
        look_at_column(
            name,
            [record[place] for record in records],
            label=label,
            position=place + 1,
            native=native_flags[place],
        )
        for place, (name, label) in enumerate(zip(header, labels, strict=False))
        if name or label
    )


def _sheets(path: Path, file: str, exports: Mapping[str, Recogniser]) -> Iterator[FileLook]:
    from auditlib.evidence.spreadsheets import sheet_names, sheet_rows

    for sheet in sheet_names(path, name=file):
        rows = sheet_rows(path, name=file, sheet=sheet, most=SAMPLE_RECORDS)
        numbered = [(line, row) for line, row in rows if any(row)]
        if numbered:
            look = FileLook(file, "excel", sheet, ())
            yield _gridded(look, grid_of(numbered, lines=rows[-1][0]), exports)


def _parquet_columns(path: Path, file: str) -> tuple[ColumnFacts, ...]:
    from auditlib.evidence.columnar import columnar_blocks, columnar_header

    header = columnar_header(path, name=file)
    first = next(iter(columnar_blocks(path, name=file, wanted=header, threads=1)), None)
    if first is None:
        return _columns(header, (), ("",) * len(header))
    return _stored(first.records.select(header))


def _stored(table: pa.Table) -> tuple[ColumnFacts, ...]:
    """Return the facts of columns that have types of their own."""
    names = table.column_names
    native = [isinstance(_first(column), date) for column in table.columns]
    return _columns(names, _records(table), ("",) * len(names), native=native)


def _first(column: pa.ChunkedArray) -> Any:
    """Return the first filled cell of a column; None where there is none."""
    return next((cell for cell in column.slice(0, _TRIED).to_pylist() if cell is not None), None)


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
