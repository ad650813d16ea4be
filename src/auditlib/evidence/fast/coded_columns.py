"""Columns of a block as numbers into their distinct cells, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of a block as numbers into its distinct cells."""

    codes: NDArray[np.int32]
    cells: list[Any]
    values: pa.Array | None


@dataclass(frozen=True, slots=True)
class Paired:
    """A column beside the survey type: which pairs of the two occur, and the pair of each row.

    Parameters
    ----------
    pairs
        Number of each row's pair; pair ``s * width + c`` is of the survey type `s` and the cell `c`.
    width
        Distinct cells of the column.
    occurring
        The pairs that occur, ascending.
    """

    column: Coded
    pairs: NDArray[np.int32]
    width: int
    occurring: list[int]


def coded(records: pa.Table, place: str) -> Coded:
    """Return a column as codes; the last cell stands for null, and for a column that is not there."""
    import pyarrow as pa

    if not place:
        return Coded(np.zeros(records.num_rows, dtype=np.int32), [None], None)
    column = records[place]
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    joined = whole(column.unify_dictionaries() if column.num_chunks > 1 else column)
    cells = joined.dictionary.to_pylist()
    codes = joined.indices.fill_null(len(cells)) if joined.null_count else joined.indices
    return Coded(codes.to_numpy().astype(np.int32, copy=False), [*cells, None], joined.dictionary)


def paired(survey: Coded, column: Coded) -> Paired:
    """Return a column beside the survey type."""
    width = len(column.cells)
    pairs = survey.codes * np.int32(width) + column.codes if len(survey.cells) > 1 else column.codes
    occurring = np.flatnonzero(np.bincount(pairs, minlength=1))
    return Paired(column, pairs, width, occurring.tolist())


def looked_up(values: list[Any], column: Paired, kind: pa.DataType, *, absent: bool) -> pa.Array:
    """Return the values of rows; text as a dictionary in the order of the alphabet.

    Parameters
    ----------
    values
        The value of each pair.
    absent
        Whether pairs that occur may have none.
    """
    import pyarrow as pa

    if not pa.types.is_string(kind):
        if pa.types.is_float64(kind) and not absent:
            return pa.array(np.array([0.0 if value is None else value for value in values])[column.pairs])
        return pa.array(values, kind).take(pa.array(column.pairs))
    distinct = sorted({value for value in values if value is not None})
    index = {value: number for number, value in enumerate(distinct)}
    if absent or not distinct:
        numbers = pa.array([index.get(value) for value in values], pa.int32()).take(pa.array(column.pairs))
    else:
        numbers = pa.array(np.array([index.get(value, 0) for value in values], dtype=np.int32)[column.pairs])
    return pa.DictionaryArray.from_arrays(numbers, pa.array(distinct, pa.string()))


def present(cells: pa.Array, missing: list[str]) -> tuple[pa.Array, NDArray[np.bool_]]:
    """Return texts without those that stand for nothing, of which one is empty, and where those are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    offsets = np.frombuffer(cells.buffers()[1] or b"", dtype=np.int32)
    mask: NDArray[np.bool_] = np.diff(offsets[cells.offset : cells.offset + len(cells) + 1]) == 0
    if missing != [""]:
        mask |= mask_of(pc.is_in(cells, value_set=pa.array(missing)))
    if cells.null_count:
        mask |= mask_of(cells.is_null())
    if not mask.any():
        return cells, mask
    return pc.if_else(pa.array(mask), pa.scalar(None, pa.string()), cells), mask


def whole(column: pa.ChunkedArray) -> Any:
    """Return a column as one array."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def mask_of(flags: Any) -> NDArray[np.bool_]:
    """Return flags as an array of the other library."""
    mask: NDArray[np.bool_] = flags.to_numpy(zero_copy_only=False)
    return mask
