"""Parquet files as blocks of records, page checksums verified; a record's line is its row number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from auditlib.errors import DataError, Problem
from auditlib.evidence.blocks import Block, BrokenRecord, shortened
from auditlib.evidence.cell_text import as_text
from auditlib.evidence.headers import checked_header, placed_header

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import parquet

    from auditlib.parameters.origins import Reference

_BLOCK_ROWS = 1 << 17
_NOTHING: Mapping[str, Reference] = MappingProxyType({})


def columnar_blocks(
    path: Path,
    *,
    name: str,
    wanted: Sequence[str],
    references: Mapping[str, Reference] = _NOTHING,
    repetitive: frozenset[str] = frozenset(),
    threads: int,
) -> Iterator[Block]:
    """Yield the records of a Parquet file, `wanted` columns only, in the file's own types.

    Raises
    ------
    DataError
        When the file is damaged or lacks a wanted column.
    """
    import numpy as np
    import pyarrow as pa

    labels = list(dict.fromkeys(wanted))
    plain = sorted(label for label in repetitive if label not in references)
    with _readable(name), _open(path, name, plain) as file:
        names = file.schema_arrow.names
        header = placed_header([names], wanted, file=name, references=references)
        columns = list(dict.fromkeys(names[header.index(label)] for label in labels))
        read = [
            header[at] for column in columns for at, column_name in enumerate(names) if column_name == column
        ]
        _check_flat(file.schema_arrow, columns, name)
        line = 1
        for batch in file.iter_batches(_BLOCK_ROWS, columns=columns, use_threads=threads > 1):
            table = pa.Table.from_batches([batch]).rename_columns(read).select(labels)
            lines = pa.array(np.arange(line, line + len(batch)), pa.int64())
            # A table without columns has no rows either: where none is wanted, the lines alone are left.
            placed = table.append_column("source_line", lines) if labels else pa.table({"source_line": lines})
            yield _block(placed, repetitive)
            line += len(batch)


def columnar_header(path: Path, *, name: str) -> tuple[str, ...]:
    """Return the column names of a Parquet file."""
    with _readable(name), _open(path, name) as file:
        return checked_header(file.schema_arrow.names, (), file=name)


def _open(path: Path, name: str, dictionaries: Sequence[str] = ()) -> parquet.ParquetFile:
    from pyarrow import parquet

    if path.stat().st_size == 0:
        raise DataError(
            Problem("the file is empty (0 bytes).", file=name, remedy="Ask the client for a new export.")
        )
    return parquet.ParquetFile(
        path,
        page_checksum_verification=True,
        read_dictionary=list(dictionaries) or None,
        pre_buffer=False,  # otherwise all that was read stays in memory
    )


@contextmanager
def _readable(name: str) -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DataError(
            Problem(
                f"the Parquet file is damaged or is none ({str(error).splitlines()[0]}).",
                file=name,
                remedy="Ask the client to send it again.",
            )
        ) from error


def _check_flat(schema: pa.Schema, columns: Sequence[str], name: str) -> None:
    import pyarrow as pa

    for field in schema:
        if field.name in columns and pa.types.is_nested(field.type):
            raise DataError(
                Problem(
                    f"column {field.name!r} holds lists or records.",
                    file=name,
                    remedy="Ask for one value per cell.",
                )
            )


def _block(table: pa.Table, repetitive: frozenset[str]) -> Block:
    """Return records as text or in their own types; those whose text cannot be read are broken."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        for column in table.columns:
            column.validate(full=True)
        return Block(_plain(table, repetitive))
    except pa.ArrowInvalid:
        broken = _unreadable(table)
        lines = pa.array([record.line for record in broken], pa.int64())
        sound = table.filter(pc.invert(pc.is_in(table["source_line"], value_set=lines)))
        return Block(_plain(_decoded(sound), repetitive), broken)


def _unreadable(table: pa.Table) -> tuple[BrokenRecord, ...]:
    """Return the records with text that is not UTF-8, each with the first such cell."""
    lines = table["source_line"].to_pylist()
    faults: dict[int, BrokenRecord] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        for line, cell in zip(
            lines, _bytes(column).to_pylist() if _is_text(column.type) else (), strict=False
        ):
            if cell is not None and line not in faults and not _is_utf8(cell):
                message = f"column {name!r} holds text that is not UTF-8"
                value = shortened(cell.decode("utf-8", "replace"))
                faults[line] = BrokenRecord(line, value, message, _cells_read(table, lines.index(line)))
    return tuple(faults[line] for line in sorted(faults))


def _cells_read(table: pa.Table, place: int) -> dict[str, str]:
    """Return the cells of one row that can be read, as text."""
    row = table.slice(place, 1)
    cells = {}
    for name, column in zip(row.column_names, row.columns, strict=True):
        if not _is_text(column.type):
            cells[name] = shortened(as_text(column)[0].as_py())
        elif (cell := _bytes(column)[0].as_py()) is None or _is_utf8(cell):
            cells[name] = shortened((cell or b"").decode("utf-8").strip())
    return cells


def _decoded(table: pa.Table) -> pa.Table:
    """Return a table with all text made anew: cells at fault would still stand in its dictionaries."""
    import pyarrow as pa

    columns = []
    for column in table.columns:
        rebuilt = _bytes(column).cast(pa.string()) if _is_text(column.type) else column
        again = _is_text(column.type) and pa.types.is_dictionary(column.type)
        columns.append(rebuilt.dictionary_encode() if again else rebuilt)
    return pa.Table.from_arrays(columns, names=table.column_names)


def _bytes(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return cells of text as the bytes they are, unread."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
        column = pa.chunked_array([chunk.dictionary_decode() for chunk in column.chunks], kind)
    return column.cast(pa.binary())


def _is_utf8(cell: bytes) -> bool:
    try:
        cell.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _plain(table: pa.Table, repetitive: frozenset[str]) -> pa.Table:
    """Replace dictionaries of text that were not asked for, bytes and view columns, by plain text.

    Other dictionaries become what they hold, numbers of two bytes such of four, which the database can read;
    the rest stays.
    """
    import pyarrow as pa

    return table.cast(pa.schema([_plain_field(field, repetitive) for field in table.schema]))


def _plain_field(field: pa.Field, repetitive: frozenset[str]) -> pa.Field:
    import pyarrow as pa

    if pa.types.is_float16(field.type):
        return pa.field(field.name, pa.float32())
    if field.name in repetitive and _is_text_dictionary(field.type):
        return field
    if pa.types.is_dictionary(field.type) and not _is_text(field.type):
        return pa.field(field.name, field.type.value_type)
    return pa.field(field.name, pa.string()) if _is_textual(field.type) else field


def _is_text(kind: pa.DataType) -> bool:
    """Whether cells are text, or bytes in which text may stand."""
    import pyarrow as pa

    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner) or _is_bytes(inner)
                or pa.types.is_string_view(inner))  # fmt: skip


def _is_bytes(kind: pa.DataType) -> bool:
    import pyarrow as pa

    plain = pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
    return bool(plain or pa.types.is_fixed_size_binary(kind) or pa.types.is_binary_view(kind))


def _is_text_dictionary(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_dictionary(kind) and pa.types.is_string(kind.value_type))


def _is_textual(kind: pa.DataType) -> bool:
    """Whether cells are to become plain text."""
    import pyarrow as pa

    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    plain = pa.types.is_string(kind)
    return bool(not plain and (_is_text(kind) or pa.types.is_null(inner)))
