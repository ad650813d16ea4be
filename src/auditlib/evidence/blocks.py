"""What every reader of a source produces: blocks of records, still as the client wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class BrokenRecord:
    """A record whose fields cannot be told apart.

    Parameters
    ----------
    line
        Line of the file it starts on (row of the sheet or of the Parquet file).
    value
        The beginning of the record as it stands in the file.
    message
        What is wrong with it, for an auditor.
    cells
        Its cells that can be read all the same, by column.
    placed
        Whether it is certain that these cells stand in their columns.
    """

    line: int
    value: str
    message: str
    cells: Mapping[str, str] = field(default_factory=dict)
    placed: bool = True


@dataclass(frozen=True, slots=True)
class Block:
    """Some consecutive records of a source.

    Parameters
    ----------
    records
        The mapped columns under the source's own names, then ``source_line``, ascending.
    broken
        Records of the same stretch of the file that have no place in `records`.
    notes
        What a reader of the evidence must know about the source as a whole, in sentences.
    """

    records: pa.Table
    broken: tuple[BrokenRecord, ...] = ()
    notes: tuple[str, ...] = ()


VALUE_SHOWN = 200
"""Characters of a broken value that the quarantine keeps."""


def shortened(value: str) -> str:
    """Return `value` cut to what the quarantine keeps."""
    return value if len(value) <= VALUE_SHOWN else value[: VALUE_SHOWN - 1] + "…"
