"""Cells: how many valid answers a unit got in a month, per survey type, item and native score.

Only answers inside the audited period are counted. One selection per item; counts are integers, so
the same on one thread or many.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from auditlib.time.epoch import day_number
from auditlib.time.months import months_of_days

if TYPE_CHECKING:
    import narwhals as nw
    import pyarrow as pa

CELL_KEY = ("unit_id", "month", "survey_type", "item", "score")


def cell_schema() -> pa.Schema:
    """Return the columns of the cells, in order."""
    import pyarrow as pa

    kinds = (pa.string(), pa.int32(), pa.string(), pa.string(), pa.float64(), pa.int64())
    return pa.schema(list(zip((*CELL_KEY, "n"), kinds, strict=True)))


def months(start: dt.date, end: dt.date) -> pa.Table:
    """Return every day of a period (``submitted_day``, days since 1970) with its ``month`` (yyyymm)."""
    import pyarrow as pa

    days = range(day_number(start), day_number(end) + 1)
    return pa.table(
        {"submitted_day": pa.array(days, pa.int32()), "month": pa.array(months_of_days(days), pa.int32())}
    )


def item_cells(responses: nw.LazyFrame[Any], item: str, *, calendar: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return the cells of one item.

    Parameters
    ----------
    responses
        The canonical table.
    item
        Its score column.
    calendar
        Days of the audited period with their month; days outside it drop out.
    """
    import narwhals as nw

    answered = responses.filter(~nw.col(item).is_null()).select(
        "unit_id", "submitted_day", "survey_type", nw.col(item).alias("score")
    )
    dated = answered.join(calendar, on="submitted_day", how="inner")
    counted = dated.group_by("unit_id", "month", "survey_type", "score").agg(n=nw.len())
    return counted.select(
        "unit_id", "month", "survey_type", nw.lit(item).alias("item"), "score", nw.col("n").cast(nw.Int64)
    )
