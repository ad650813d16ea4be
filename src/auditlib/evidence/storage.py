"""Canonical tables as Parquet: page checksums written, and verified whenever a page is read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self

from auditlib.contracts import Kind, Table

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from pyarrow import dataset, ipc

_HASH_BYTES = 1 << 20
_DISTINCT = ("source_line", "response_id", "invitation_id", "interaction_id", "event_id", "comment")
"""Columns whose values seldom repeat, so that a dictionary of them would only cost time."""


def canonical_schema(contract: Table) -> pa.Schema:
    """Return the stored columns of a table: its own, where a row came from, whether it is in the period."""
    import pyarrow as pa

    held = {
        Kind.NUMBER: pa.float64(),
        Kind.SHARE: pa.float64(),
        Kind.SCORE: pa.float64(),
        Kind.COUNT: pa.int64(),
        Kind.FLAG: pa.bool_(),
        Kind.DAY: pa.int32(),
    }
    fields: list[tuple[str, pa.DataType]] = []
    for column in contract.columns:
        if column.kind is Kind.INSTANT:
            parts = (("at", pa.int64()), ("day", pa.int32()), ("second", pa.int32()))
            fields += [(f"{column.name}_{part}", kind) for part, kind in parts]
        else:
            fields.append((column.name, held.get(column.kind, pa.string())))
    origin = [("source_file", pa.string()), ("source_line", pa.int64()), ("in_period", pa.bool_())]
    return pa.schema(fields + origin)


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
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._writer.close()

    def write(self, rows: pa.Table) -> None:
        """Append rows, cast to the schema of the file."""
        if rows.num_rows:
            self._writer.write_table(rows.select(self.schema.names).cast(self.schema))
            self.rows += rows.num_rows


class Staging:
    """Holds the pieces of a table on the disk until it is known which rows are copies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: ipc.RecordBatchFileWriter | None = None

    def add(self, rows: pa.Table) -> None:
        """Put a piece behind the others."""
        from pyarrow import ipc

        if self._writer is None:
            self._writer = ipc.new_file(self._path, rows.schema)
        self._writer.write_table(rows.combine_chunks())

    def pieces(self) -> Iterator[pa.Table]:
        """Yield the pieces in their order, and remove them from the disk."""
        import pyarrow as pa
        from pyarrow import ipc

        if self._writer is None:
            return
        self._writer.close()
        with pa.OSFile(str(self._path)) as stream:
            reader = ipc.open_file(stream)
            for number in range(reader.num_record_batches):
                yield pa.Table.from_batches([reader.get_batch(number)])
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


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_HASH_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def to_disk(path: Path) -> None:
    """Wait until a file or directory has reached the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    """Write a text file under a temporary name and rename it, so that it is whole or absent."""
    draft = path.with_name(f".{path.name}.tmp")
    draft.write_text(text, encoding="utf-8", newline="\n")
    to_disk(draft)
    draft.replace(path)


def frame_of(table: pa.Table) -> pd.DataFrame:
    """Return an Arrow table as a pandas frame."""
    frame: pd.DataFrame = table.to_pandas()
    return frame
