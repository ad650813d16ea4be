"""Lazy frames of the evidence, computed: rows as pandas, how many, months of local days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

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
