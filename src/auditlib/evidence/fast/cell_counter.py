"""Cells counted piece by piece while the rows are at hand, in place of reading the stored table again."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from auditlib.evidence.cells import CELL_KEY, cell_schema, months

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

MOST_CELLS = 1 << 22
"""Largest array that `CellCounter` keeps per item; beyond it the stored table is counted instead."""


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
        self._months, numbers = np.unique(calendar["month"].to_numpy(), return_inverse=True)
        self._month_of = numbers.astype(np.int32)
        self._values: tuple[dict[Any, int], dict[Any, int], dict[Any, int]] = ({}, {}, {})
        self._counts = {item: np.zeros((0, len(self._months), 0, 0), dtype=np.int64) for item in items}
        self.overflown = False

    def add(self, rows: pa.Table) -> None:
        """Count the answers of canonical rows."""
        import numpy as np

        months = len(self._months)
        day = rows["submitted_day"].fill_null(-(1 << 30)).to_numpy() - np.int32(self._first)
        inside = (day >= 0) & (day < len(self._month_of))
        month = self._month_of[day] if inside.all() else self._months_inside(day, inside)
        units, surveys, scores = self._values
        unit, survey = self._numbers(rows["unit_id"], units), self._numbers(rows["survey_type"], surveys)
        for item, counts in self._counts.items():
            score = self._numbers(rows[item], scores, answers=True)
            shape = (len(units), months + 1, len(surveys), len(scores) + 1)
            if self.overflown or math.prod(shape) > MOST_CELLS:
                self.overflown = True
                return
            # Behind the last month stand the days outside the period, behind the last score no answer.
            place = (unit * np.int32(shape[1]) + month) * np.int32(shape[2]) + survey
            at = place * np.int32(shape[3]) + np.where(score < 0, np.int32(shape[3] - 1), score)
            counted = np.bincount(at, minlength=math.prod(shape)).reshape(shape)[:, :-1, :, :-1]
            grown = [(0, new - old) for new, old in zip(counted.shape, counts.shape, strict=True)]
            self._counts[item] = (np.pad(counts, grown) if np.any(grown) else counts) + counted

    def _months_inside(self, day: NDArray[np.int32], inside: NDArray[np.bool_]) -> NDArray[np.int32]:
        import numpy as np

        return np.where(inside, self._month_of[np.where(inside, day, 0)], np.int32(len(self._months)))

    def _numbers(
        self, column: pa.ChunkedArray, numbering: dict[Any, int], *, answers: bool = False
    ) -> NDArray[np.int32]:
        """Return the number of each value, the same in every piece; -1 where there is no answer."""
        import numpy as np

        codes, cells = _codes(column)
        counted = [cell for cell in cells if cell is not None or not answers]
        numbers = {cell: numbering.setdefault(cell, len(numbering)) for cell in counted}
        return np.array([numbers.get(cell, -1) for cell in cells], dtype=np.int32)[codes]

    def table(self, item: str) -> pa.Table:
        """Return the cells of one item in their order."""
        import numpy as np
        import pyarrow as pa

        counts = self._counts[item]
        unit, month, survey, score = np.nonzero(counts)
        units, surveys, scores = (list(values) for values in self._values)
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


def _codes(column: pa.ChunkedArray) -> tuple[NDArray[np.int32], list[Any]]:
    """Return a column as numbers into its distinct values; the last stands for null."""
    import pyarrow as pa

    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    whole = coded.unify_dictionaries().combine_chunks()
    whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
    values = whole.dictionary.to_pylist()
    numbers = whole.indices.fill_null(len(values)) if whole.null_count else whole.indices
    return numbers.to_numpy(), [*values, None]
