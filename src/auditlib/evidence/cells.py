"""Cells: how many valid answers a unit got in a month, per survey type, item and native score.

Only answers inside the audited period are counted. One selection per item; counts are integers, so
the same on one thread or many.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import narwhals as nw
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

CELL_KEY = ("unit_id", "month", "survey_type", "item", "score")
MOST_CELLS = 1 << 22
"""Largest array that `CellCounter` keeps per item; beyond it the stored table is counted instead."""


def cell_schema() -> pa.Schema:
    """Return the columns of the cells, in order."""
    import pyarrow as pa

    kinds = (pa.string(), pa.int32(), pa.string(), pa.string(), pa.float64(), pa.int64())
    return pa.schema(list(zip((*CELL_KEY, "n"), kinds, strict=True)))


def months(start: dt.date, end: dt.date) -> pa.Table:
    """Return every day of a period (``submitted_day``, days since 1970) with its ``month`` (yyyymm)."""
    import pyarrow as pa

    days = range((end - start).days + 1)
    dates = [start + dt.timedelta(days=day) for day in days]
    numbers = [(date - dt.date(1970, 1, 1)).days for date in dates]
    return pa.table(
        {
            "submitted_day": pa.array(numbers, pa.int32()),
            "month": pa.array([date.year * 100 + date.month for date in dates], pa.int32()),
        }
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


class CellCounter:
    """Counts cells piece by piece in one array per item, while the rows are at hand anyway.

    Parameters
    ----------
    items
        Score columns.
    start, end
        First and last day of the audited period.
    """

    def __init__(self, items: Sequence[str], start: dt.date, end: dt.date) -> None:
        import numpy as np

        calendar = months(start, end)
        self._first = calendar["submitted_day"][0].as_py()
        self._months, self._month_of = np.unique(calendar["month"].to_numpy(), return_inverse=True)
        self._values: tuple[dict[Any, int], dict[Any, int], dict[Any, int]] = ({}, {}, {})
        self._counts = {item: np.zeros((0, len(self._months), 0, 0), dtype=np.int64) for item in items}
        self.overflown = False

    def add(self, rows: pa.Table) -> None:
        """Count the answers of canonical rows."""
        import numpy as np

        day = rows["submitted_day"].fill_null(-(1 << 30)).to_numpy().astype(np.int64) - self._first
        inside = (day >= 0) & (day < len(self._month_of))
        month = self._month_of[np.where(inside, day, 0)]
        unit, units = _codes(rows["unit_id"])
        survey, surveys = _codes(rows["survey_type"])
        for item in self._counts:
            score, scores = _codes(rows[item])
            shape = (len(units), len(self._months), len(surveys), len(scores))
            if self.overflown or math.prod(shape) > MOST_CELLS:
                self.overflown = True
                return
            place = ((unit * shape[1] + month) * shape[2] + survey) * shape[3] + score
            chosen = inside & (score < len(scores) - 1)
            counted = np.bincount(place if chosen.all() else place[chosen], minlength=math.prod(shape))
            self._merge(item, counted.reshape(shape), (units, surveys, scores))

    def _merge(self, item: str, counted: NDArray[np.int64], axes: tuple[list[Any], ...]) -> None:
        """Add the counts of a piece to those of the whole, which grow with new units and scores."""
        import numpy as np

        unit, survey, score = (
            np.array([known.setdefault(value, len(known)) for value in axis], dtype=np.int64)
            for known, axis in zip(self._values, axes, strict=True)
        )
        whole = self._counts[item]
        shape = (len(self._values[0]), len(self._months), len(self._values[1]), len(self._values[2]))
        if math.prod(shape) > MOST_CELLS:
            self.overflown = True
            return
        grown = np.pad(whole, [(0, new - old) for new, old in zip(shape, whole.shape, strict=True)])
        grown[np.ix_(unit, np.arange(shape[1]), survey, score)] += counted
        self._counts[item] = grown

    def table(self, item: str) -> pa.Table:
        """Return the cells of one item in their order."""
        import numpy as np
        import pyarrow as pa

        counts = self._counts[item]
        unit, month, survey, score = np.nonzero(counts)
        units, surveys, scores = (list(known) for known in self._values)
        columns = (
            pa.array(units, pa.string()).take(pa.array(unit)),
            pa.array(self._months[month], pa.int32()),
            pa.array(surveys, pa.string()).take(pa.array(survey)),
            pa.repeat(pa.scalar(item, pa.string()), len(unit)),
            pa.array(scores, pa.float64()).take(pa.array(score)),
            pa.array(counts[unit, month, survey, score], pa.int64()),
        )
        order = [(name, "ascending") for name in CELL_KEY]
        return pa.table(list(columns), schema=cell_schema()).sort_by(order)


def _codes(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], list[Any]]:
    """Return a column as numbers into its distinct values; the last stands for null."""
    import pyarrow as pa

    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    whole = coded.unify_dictionaries().combine_chunks()
    whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
    values = whole.dictionary.to_pylist()
    return whole.indices.fill_null(len(values)).cast(pa.int64()).to_numpy(), [*values, None]
