"""Records of delimited text to columns of text, with a check of the number of fields."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from auditlib.evidence.blocks import Block, BrokenRecord, shortened
from auditlib.evidence.record_split import MAX_RECORD, Stretch
from auditlib.statements import counted

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from auditlib.parameters.run import Dialect

_PARSE_BLOCK = 4 * MAX_RECORD


class Tokeniser:
    """Reads stretches of one file.

    Parameters
    ----------
    header
        Names of all columns of the file.
    dialect
        How the file is written.
    wanted, repetitive
        Columns to read, and those of them to read as dictionaries.
    threads
        Threads to use.
    """

    def __init__(
        self,
        header: tuple[str, ...],
        *,
        dialect: Dialect,
        wanted: Sequence[str],
        repetitive: frozenset[str],
        threads: int,
    ) -> None:
        self._header, self._dialect, self._threads = header, dialect, threads
        self._columns = list(dict.fromkeys(wanted))
        self._repetitive = repetitive

    def block(self, stretch: Stretch) -> Block:
        """Return the records of a stretch; those with a wrong number of fields are broken."""
        import numpy as np
        import pyarrow as pa

        if not len(stretch.lines):
            return Block(self._empty(), stretch.broken)
        table, wrong = self._tokens(stretch)
        lines = stretch.lines
        faults = self._faults(wrong, lines)
        if wrong:
            lines = np.delete(lines, [number - 1 for number, _, _ in wrong])
        if len(lines) != table.num_rows:
            raise RuntimeError(
                f"{counted(table.num_rows, 'record was', 'records were')} read where "
                f"{counted(len(lines), 'line starts', 'lines start')} one"
            )
        broken = tuple(sorted(stretch.broken + faults, key=lambda record: record.line))
        return Block(table.append_column("source_line", pa.array(lines)), broken)

    def _empty(self) -> pa.Table:
        import pyarrow as pa

        kinds = [(name, self._kind(name)) for name in self._columns]
        return pa.schema([*kinds, ("source_line", pa.int64())]).empty_table()

    def _kind(self, name: str) -> pa.DataType:
        import pyarrow as pa

        return pa.dictionary(pa.int32(), pa.string()) if name in self._repetitive else pa.string()

    def _faults(
        self, wrong: Sequence[tuple[int, int, str]], lines: NDArray[np.int64]
    ) -> tuple[BrokenRecord, ...]:
        expected = len(self._header)
        return tuple(
            BrokenRecord(
                int(lines[number - 1]),
                shortened(value),
                f"the row has {counted(fields, 'field')} where the header has {expected}",
                self._cells(value),
                placed=False,
            )
            for number, fields, value in wrong
        )

    def _cells(self, record: str) -> dict[str, str]:
        """Return the wanted cells of a record, counted from the left."""
        text = io.StringIO(record, newline="")
        row = next(csv.reader(text, delimiter=self._dialect.delimiter, quotechar=self._dialect.quote), [])
        cells = dict(zip(self._header, row, strict=False))
        return {name: shortened(cells[name]) for name in self._columns if name in cells}

    def _tokens(self, stretch: Stretch) -> tuple[pa.Table, list[tuple[int, int, str]]]:
        """Return the columns and the records with a wrong number of fields (number, fields, text)."""
        wrong: list[tuple[int, int, str]] = []

        def note(row: Any) -> str:
            if row.number is None:
                return "error"  # read again on one thread, where records are numbered
            wrong.append((row.number, row.actual_columns, row.text))
            return "skip"

        if self._threads > 1:
            try:
                return self._read(stretch, note, parallel=True), wrong
            except ValueError:
                wrong.clear()
        return self._read(stretch, note, parallel=False), wrong

    def _read(self, stretch: Stretch, note: Any, *, parallel: bool) -> pa.Table:
        import pyarrow as pa
        from pyarrow import csv

        return csv.read_csv(
            pa.BufferReader(stretch.text),
            read_options=csv.ReadOptions(
                column_names=list(self._header), use_threads=parallel, block_size=_PARSE_BLOCK
            ),
            parse_options=csv.ParseOptions(
                delimiter=self._dialect.delimiter,
                quote_char=self._dialect.quote,
                newlines_in_values=stretch.multiline,
                ignore_empty_lines=False,
                invalid_row_handler=note,
            ),
            convert_options=csv.ConvertOptions(
                column_types={name: self._kind(name) for name in self._columns},
                include_columns=self._columns,
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
