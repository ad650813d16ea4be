"""Parquet files as blocks of records, page checksums verified; a record's line is its row number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from auditlib.errors import DataError, Problem
from auditlib.evidence.blocks import Block
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
    import pyarrow as pa

    labels = list(dict.fromkeys(wanted))
    plain = sorted(label for label in repetitive if label not in references)
    with _readable(name), _open(path, name, plain) as file:
        names = file.schema_arrow.names
        header = placed_header([names], wanted, file=name, references=references)
        columns = list(dict.fromkeys(names[header.index(label)] for label in labels))
        read = [header[at] for column in columns for at, own in enumerate(names) if own == column]
        _check_flat(file.schema_arrow, columns, name)
        line = 1
        for batch in file.iter_batches(_BLOCK_ROWS, columns=columns, use_threads=threads > 1):
            table = pa.Table.from_batches([batch]).rename_columns(read).select(labels)
            lines = pa.array(range(line, line + len(batch)), pa.int64())
            yield Block(_plain(table, repetitive).append_column("source_line", lines))
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
        path, page_checksum_verification=True, read_dictionary=list(dictionaries) or None
    )


@contextmanager
def _readable(name: str) -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError) as error:
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


def _plain(table: pa.Table, repetitive: frozenset[str]) -> pa.Table:
    """Replace dictionaries that were not asked for, and view columns, by plain text; the rest stays."""
    import pyarrow as pa

    fields = [
        pa.field(field.name, pa.string())
        if _is_textual(field.type) and not (field.name in repetitive and _is_text_dictionary(field.type))
        else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))


def _is_text_dictionary(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_dictionary(kind) and pa.types.is_string(kind.value_type))


def _is_textual(kind: pa.DataType) -> bool:
    import pyarrow as pa

    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(
        pa.types.is_dictionary(kind)
        or pa.types.is_large_string(inner)
        or pa.types.is_string_view(inner)
        or pa.types.is_null(inner)
    )
