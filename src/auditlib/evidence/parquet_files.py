"""Canonical tables as Parquet: page checksums written, and verified whenever a page is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self

from auditlib.contracts import ColumnKind, Table
from auditlib.evidence.plan import repeats

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray
    from pyarrow import dataset, ipc

_FEW = 64
_DISTINCT = (
    "source_line",
    "response_id",
    "invitation_id",
    "customer_id",
    "interaction_id",
    "event_id",
    "comment",
)
"""Columns whose values seldom repeat, so that a dictionary of them would only cost time."""


def canonical_schema(contract: Table) -> pa.Schema:
    """Return the stored columns of a table: its own, where a row came from, whether it is in the period."""
    import pyarrow as pa

    kinds = {
        ColumnKind.NUMBER: pa.float64(),
        ColumnKind.SHARE: pa.float64(),
        ColumnKind.SCORE: pa.float64(),
        ColumnKind.COUNT: pa.int64(),
        ColumnKind.FLAG: pa.bool_(),
        ColumnKind.DAY: pa.int32(),
    }
    fields: list[tuple[str, pa.DataType]] = []
    for column in contract.columns:
        if column.kind is ColumnKind.INSTANT:
            parts = (("at", pa.int64()), ("day", pa.int32()), ("second", pa.int32()))
            fields += [(f"{column.name}_{part}", kind) for part, kind in parts]
        else:
            fields.append((column.name, kinds.get(column.kind, pa.string())))
    origin = [("source_file", pa.string()), ("source_line", pa.int64()), ("in_period", pa.bool_())]
    return pa.schema(fields + origin)


def coded_schema(contract: Table) -> pa.Schema:
    """Return the stored columns with those texts as dictionaries whose values repeat."""
    import pyarrow as pa

    often = {column.name for column in contract.columns if repeats(column)} | {"source_file"}
    coded = pa.dictionary(pa.int32(), pa.string())
    fields = canonical_schema(contract)
    return pa.schema(
        [
            pa.field(f.name, coded if f.name in often and pa.types.is_string(f.type) else f.type)
            for f in fields
        ]
    )


def fitted(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return the columns of `schema`, each in its type."""
    import pyarrow as pa

    columns = []
    for field in schema:
        column = rows[field.name]
        if pa.types.is_dictionary(field.type) and not pa.types.is_dictionary(column.type):
            column = column.cast(pa.string()).dictionary_encode()
        columns.append(column.cast(field.type))
    return pa.table(columns, schema=schema).unify_dictionaries()


def merged(rows: pa.Table, judged: pa.Table) -> pa.Table:
    """Return two tables of one schema as one, in the order of the file."""
    import pyarrow as pa

    if not judged.num_rows:
        return rows
    return (
        pa.concat_tables([rows, judged.select(rows.column_names)]).unify_dictionaries().sort_by("source_line")
    )


def without(rows: pa.Table, positions: NDArray[np.int64]) -> pa.Table:
    """Return rows without those at some ascending positions; few of them leave runs that are not copied."""
    import numpy as np
    import pyarrow as pa

    if not len(positions):
        return rows
    if len(positions) > _FEW:
        return rows.take(pa.array(np.delete(np.arange(rows.num_rows), positions)))
    begins, ends = [0, *(positions + 1).tolist()], [*positions.tolist(), rows.num_rows]
    runs = [rows.slice(begin, end - begin) for begin, end in zip(begins, ends, strict=True)]
    return pa.concat_tables(runs)


class TableWriter:
    """Writes one Parquet file in pieces; on leaving, the file is complete and on the disk."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        from pyarrow import parquet

        self.path, self.schema, self.rows = path, schema, 0
        distinct = (*_DISTINCT, *(name for name in schema.names if name.endswith(("_at", "_second"))))
        self._writer = parquet.ParquetWriter(
            path,
            schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=[name for name in schema.names if name not in distinct],
            write_page_checksum=True,
            store_schema=False,  # dictionaries are a matter of storage: readers are to find plain text
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._writer.close()

    def write(self, rows: pa.Table) -> None:
        """Append rows, cast to the schema of the file."""
        if rows.num_rows:
            self._writer.write_table(fitted(rows, self.schema))
            self.rows += rows.num_rows


class Staging:
    """Holds the pieces of a table on the disk until it is known which rows are copies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: ipc.RecordBatchStreamWriter | None = None
        self._late: pa.Table | None = None

    def add(self, rows: pa.Table) -> None:
        """Put a piece behind the others."""
        from pyarrow import ipc

        if self._writer is None:
            self._writer = ipc.new_stream(self._path, rows.schema)
        self._writer.write_table(rows.combine_chunks())

    def insert(self, rows: pa.Table) -> None:
        """Keep a few rows, ascending, that belong between those of the pieces."""
        self._late = rows

    def pieces(self) -> Iterator[pa.Table]:
        """Yield the pieces in their order with the inserted rows in their places; empty the disk."""
        if self._writer is None:
            return
        rows = self._late
        for piece in self._staged():
            if rows is None or not rows.num_rows or not piece.num_rows:
                yield piece
                continue
            last = piece["source_line"][-1].as_py()
            count = int((rows["source_line"].to_numpy() <= last).sum())
            yield merged(piece, rows.slice(0, count))
            rows = rows.slice(count)
        if rows is not None and rows.num_rows:
            yield rows

    def _staged(self) -> Iterator[pa.Table]:
        import pyarrow as pa
        from pyarrow import ipc

        assert self._writer is not None  # noqa: S101 - the caller's condition, for the type checker
        self._writer.close()
        with pa.OSFile(str(self._path)) as stream:
            for batch in ipc.open_stream(stream):
                yield pa.Table.from_batches([batch])
        self._path.unlink()


def read_pieces(path: Path) -> Iterator[pa.Table]:
    """Yield a stored table piece by piece, checksums verified."""
    import pyarrow as pa
    from pyarrow import parquet

    with parquet.ParquetFile(path, page_checksum_verification=True) as file:
        for group in range(file.num_row_groups):
            yield pa.table(file.read_row_group(group, use_threads=False))


def verified_dataset(path: Path) -> dataset.Dataset:
    """Return a stored table to be scanned, checksums verified."""
    from pyarrow import dataset

    options = dataset.ParquetFragmentScanOptions(page_checksum_verification=True, pre_buffer=False)
    return dataset.dataset(path, format=dataset.ParquetFileFormat(default_fragment_scan_options=options))


def frame_of(table: pa.Table) -> pd.DataFrame:
    """Return an Arrow table as a pandas frame."""
    frame: pd.DataFrame = table.to_pandas()
    return frame
