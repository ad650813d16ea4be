"""Files appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def write_table(path: Path, rows: pd.DataFrame) -> None:
    """Write `rows` to `path` as Parquet, whole or not at all; the same rows give the same bytes."""
    import pyarrow as pa
    from pyarrow import parquet

    path.parent.mkdir(parents=True, exist_ok=True)
    neighbour = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        table = pa.Table.from_pandas(rows, preserve_index=False).replace_schema_metadata(None)
        parquet.write_table(table, neighbour, compression="zstd", write_page_checksum=True)
        neighbour.replace(path)
    finally:
        neighbour.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write `text` to `path` through a neighbour that is renamed into place when it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    neighbour = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with neighbour.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        neighbour.replace(path)
    finally:
        neighbour.unlink(missing_ok=True)
