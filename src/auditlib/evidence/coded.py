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

    codes: NDArray[np.int64]
    cells: list[Any]
    values: pa.Array | None


def coded(records: pa.Table, place: str) -> Coded:
    """Return a column as codes; the last cell stands for null, and for a column that is not there."""
    import pyarrow as pa

    if not place:
        return Coded(np.zeros(records.num_rows, dtype=np.int64), [None], None)
    column = records[place]
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    joined = whole(column.unify_dictionaries())
    cells = joined.dictionary.to_pylist()
    codes = joined.indices.fill_null(len(cells)).cast(pa.int64()).to_numpy()
    return Coded(codes, [*cells, None], joined.dictionary)


def pairs_in(survey: Coded, column: Coded) -> list[tuple[int, int]]:
    """Return which cells stand in rows of which survey type."""
    width = len(column.cells)
    seen = np.bincount(survey.codes * width + column.codes, minlength=1)
    return [divmod(int(pair), width) for pair in np.flatnonzero(seen)]


def looked_up(values: list[Any], pairs: NDArray[np.int64], kind: pa.DataType) -> pa.Array:
    """Return the values of rows; text as a dictionary in the order of the alphabet."""
    import pyarrow as pa

    if not pa.types.is_string(kind):
        return pa.array(values, kind).take(pa.array(pairs))
    distinct = sorted({value for value in values if value is not None})
    index = {value: number for number, value in enumerate(distinct)}
    numbers = pa.array([index.get(value) for value in values], pa.int32()).take(pa.array(pairs))
    return pa.DictionaryArray.from_arrays(numbers, pa.array(distinct, pa.string()))


def whole(column: pa.ChunkedArray) -> Any:
    """Return a column as one array."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def mask_of(flags: Any) -> NDArray[np.bool_]:
    """Return flags as an array of the other library."""
    mask: NDArray[np.bool_] = flags.to_numpy(zero_copy_only=False)
    return mask
