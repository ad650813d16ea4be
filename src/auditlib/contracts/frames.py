"""Lazy frames of the evidence, computed: rows as pandas or batch by batch, whether there is one, months."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd
    import pyarrow as pa

Frame = Any
"""A narwhals frame, eager or lazy."""


def collected(frame: Frame) -> nw.DataFrame[Any]:
    """Return `frame` computed; an eager one already is."""
    import narwhals as nw

    eager: nw.DataFrame[Any] = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    return eager


def any_row(frame: Frame) -> bool:
    """Return whether there is a row."""
    return bool(collected(frame.head(1)).shape[0])


def rows_in(frame: nw.LazyFrame[Any]) -> int:
    """Return how many rows `frame` has."""
    import narwhals as nw

    return int(frame.select(rows=nw.len()).collect().rows()[0][0])


def to_pandas(frame: Frame) -> pd.DataFrame:
    """Return the rows of a frame; integer columns with gaps stay integers."""
    import pandas as pd
    import pyarrow as pa

    whole = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int32Dtype(), pa.bool_(): pd.BooleanDtype()}
    rows: pd.DataFrame = collected(frame).to_arrow().to_pandas(types_mapper=whole.get)
    return rows


def month_of(days: pd.Series) -> pd.Series:
    """Return the month of local days (since 1970-01-01) as year times 100 plus month."""
    import pandas as pd

    dates = pd.to_datetime(days.astype("int64"), unit="D")
    return dates.dt.year * 100 + dates.dt.month


def batches(frame: Frame, *, rows: int = 1 << 20) -> Iterator[pa.Table]:
    """Yield the rows of a frame, some at a time, in the order in which they come.

    Parameters
    ----------
    rows
        About as many in each but the last.
    """
    import narwhals as nw
    import pyarrow as pa

    native = nw.to_native(frame)
    stream = native if hasattr(native, "__arrow_c_stream__") else collected(frame).to_arrow()
    waiting: list[pa.RecordBatch] = []
    for batch in pa.RecordBatchReader.from_stream(stream):
        waiting.append(batch)
        if sum(part.num_rows for part in waiting) >= rows:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)
