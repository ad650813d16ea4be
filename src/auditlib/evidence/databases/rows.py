"""Rows that a database sent as lines of text, back in the types it holds them in.

Every engine sends the same lines: ``1`` and then the cells, apart by commas; a cell without a value is empty,
an empty text is ``""``, other texts stand in double quotes where need be. The hash of what was read is the
SHA-256 of these lines, so that whoever has the database can compute it again.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import TYPE_CHECKING

from auditlib.evidence.blocks import shortened
from auditlib.evidence.databases.columns import CellType, Offered
from auditlib.statements import counted

if TYPE_CHECKING:
    import pyarrow as pa

FIRST = "1"
"""What every line starts with, so that none is empty."""
VALUE, MESSAGE = "value", "message"
"""Columns that hold, for a row that cannot be kept, the cell at fault and what is wrong with it."""
_MOST_ROWS, _MOST_BYTES = 1 << 17, 1 << 25
_TRUE = ("t", "true", "1")
_WORDS = {
    CellType.TEXT: "text in UTF-8",
    CellType.INSTANT: "instant from the year 1 to 9999",
    CellType.LOCAL: "local time from the year 1 to 9999",
    CellType.DAY: "day from the year 1 to 9999",
}


Line = bytes | bytearray | memoryview


def gathered(lines: Iterable[Line]) -> Generator[tuple[bytes, int], None, None]:
    """Yield lines many at a time, with their number."""
    waiting, rows = bytearray(), 0
    for line in lines:
        waiting += line
        rows += 1
        if rows == _MOST_ROWS or len(waiting) >= _MOST_BYTES:
            yield bytes(waiting), rows
            waiting, rows = bytearray(), 0
    if rows:
        yield bytes(waiting), rows


def place(index: int) -> str:
    """Return the name of a column while only its place matters."""
    return f"c{index}"


def row_schema(columns: Sequence[Offered]) -> pa.Schema:
    """Return the types of the table that `rows_of` gives."""
    import pyarrow as pa

    fields = [(place(index), _arrow(column.cell_type)) for index, column in enumerate(columns)]
    return pa.schema([*fields, (VALUE, pa.string()), (MESSAGE, pa.string())])


def rows_of(piece: bytes, columns: Sequence[Offered], *, expected: int) -> pa.Table:
    """Return lines as columns ``c0``, ``c1`` and so on in their types, then `VALUE` and `MESSAGE`.

    A cell that its type cannot hold, such as the day 0000-00-00 or the instant 'infinity', is left out, and
    the last two columns name the first such cell of its row.
    """
    import pyarrow as pa

    cells, faults = _cells(piece, len(columns))
    if cells.num_rows != expected:
        raise RuntimeError(f"the database sent {counted(expected, 'line')}, and {cells.num_rows} came out")
    typed = []
    for index, column in enumerate(columns):
        values, unfit = _typed(cells[place(index)], column.cell_type)
        typed.append(values)
        for row in unfit:
            faults.setdefault(row, (index, str(cells[place(index)][row])))
    values, messages = _described(faults, columns, rows=expected)
    return pa.table([*typed, values, messages], schema=row_schema(columns))


def _cells(piece: bytes, width: int) -> tuple[pa.Table, dict[int, tuple[int, str]]]:
    """Return the cells as text, and those that are no UTF-8 by their row: the column, and what is seen."""
    import pyarrow as pa

    try:
        return _parsed(piece, width, pa.string()), {}
    except pa.ArrowInvalid:
        raw = _parsed(piece, width, pa.binary())
    faults: dict[int, tuple[int, str]] = {}
    columns = {}
    for index in range(width):
        texts = []
        for row, cell in enumerate(raw[place(index)].to_pylist()):
            text = (cell or b"").decode("utf-8", "replace")
            sound = cell is not None and text.encode() == cell
            texts.append(text if sound else None)
            if cell is not None and not sound:
                faults.setdefault(row, (index, text))
        columns[place(index)] = pa.array(texts, pa.string())
    return pa.table(columns), faults


def _parsed(piece: bytes, width: int, kind: pa.DataType) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    names = [place(index) for index in range(width)]
    return csv.read_csv(
        pa.BufferReader(piece),
        csv.ReadOptions(column_names=["", *names], use_threads=False, block_size=len(piece) + 1),
        csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        csv.ConvertOptions(
            column_types=dict.fromkeys(("", *names), kind),
            include_columns=names or [""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[""],
        ),
    )


def _arrow(cell_type: CellType) -> pa.DataType:
    import pyarrow as pa

    kinds = {
        CellType.WHOLE: pa.int64(),
        CellType.NUMBER: pa.float64(),
        CellType.INSTANT: pa.timestamp("us", "UTC"),
        CellType.LOCAL: pa.timestamp("us"),
        CellType.DAY: pa.date32(),
        CellType.FLAG: pa.bool_(),
    }
    return kinds.get(cell_type, pa.string())


def _typed(cells: pa.ChunkedArray, cell_type: CellType) -> tuple[pa.ChunkedArray, Sequence[int]]:
    """Return cells in their type, and the rows whose cell it cannot hold."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if cell_type is CellType.FLAG:
        return pc.if_else(cells.is_valid(), pc.is_in(cells, value_set=pa.array(_TRUE)), None), ()
    if cell_type is CellType.EXACT:  # 99.00 is 99, wherever codes are compared
        return pc.replace_substring_regex(cells, r"^(-?[0-9]+)(?:\.0*|(\.[0-9]*[1-9])0*)$", r"\1\2"), ()
    kind = _arrow(cell_type)
    try:
        return cells.cast(kind), ()
    except pa.ArrowInvalid:
        unfit = pa.array([cell for cell in cells.unique().to_pylist() if not _fits(cell, kind)], pa.string())
        bad = pc.is_in(cells, value_set=unfit)
        return pc.if_else(bad, None, cells).cast(kind), pc.indices_nonzero(bad).to_pylist()


def _fits(cell: str | None, kind: pa.DataType) -> bool:
    import pyarrow as pa

    try:
        pa.scalar(cell, pa.string()).cast(kind)
    except pa.ArrowInvalid:
        return False
    return True


def _described(
    faults: dict[int, tuple[int, str]], columns: Sequence[Offered], *, rows: int
) -> tuple[pa.Array, pa.Array]:
    import pyarrow as pa

    if not faults:
        return pa.nulls(rows, pa.string()), pa.nulls(rows, pa.string())
    values: list[str | None] = [None] * rows
    messages: list[str | None] = [None] * rows
    for row, (index, cell) in faults.items():
        column = columns[index]
        values[row] = shortened(cell)
        messages[row] = (
            f"column {column.name!r} holds no {_WORDS.get(column.cell_type, column.cell_type.value)} here"
        )
    return pa.array(values, pa.string()), pa.array(messages, pa.string())
