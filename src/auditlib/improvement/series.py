"""A unit's value month by month or quarter by quarter, where each step rests on enough answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.benchmark.scores import ScoreMeasure, from_cells
from auditlib.disclosure import MinimumFrequency
from auditlib.records import Refusal
from auditlib.statistics.types import Floats
from auditlib.time.months import at_ordinal, ordinal

GRAINS = {"month": 1, "quarter": 3}
"""Months in each step of a series, the finest first."""
MOST_UNITS = 0.75
"""Months are used where at least this share of units has enough answers in every one of them."""
ALL = ""
"""Unit id of the series of all units together."""


@dataclass(frozen=True, slots=True)
class Series:
    """Values of units over equal steps of time; arrays are units by steps.

    Parameters
    ----------
    grain
        ``month`` or ``quarter``.
    steps
        First month of each step, as ``year * 100 + month``.
    unit_id
        Units, led by `ALL` for all of them together.
    n, value
        Answers and value; NaN where there is none.
    complete
        Units that have enough answers in every step.
    """

    measure: ScoreMeasure
    grain: str
    steps: tuple[int, ...]
    unit_id: tuple[str, ...]
    n: NDArray[np.int64]
    value: Floats
    complete: NDArray[np.bool_]

    @property
    def per_year(self) -> float:
        """Steps in a year."""
        return 12 / GRAINS[self.grain]


def series(
    cells: pd.DataFrame, measure: ScoreMeasure, *, unit_ids: tuple[str, ...], disclosure: MinimumFrequency
) -> Series | Refusal:
    """Return the series of `unit_ids` by the finest step that most of them fill.

    Parameters
    ----------
    cells
        Columns unit_id, month, survey_type, item, score, n, of the audited period.
    disclosure
        Of how few answers no step is shown.
    """
    chosen = measure.select(cells)
    chosen = chosen[(chosen["n"] > 0) & chosen["unit_id"].isin(unit_ids)]
    if chosen.empty:
        return Refusal(f"No {measure.survey_type} response is dated, so that nothing can be seen over time.")
    for grain in GRAINS:
        by_grain = _by_grain(chosen, measure, unit_ids, grain, disclosure)
        if isinstance(by_grain, Refusal) or by_grain.complete[1:].mean() >= MOST_UNITS:
            break
    return by_grain


def _by_grain(
    chosen: pd.DataFrame,
    measure: ScoreMeasure,
    unit_ids: tuple[str, ...],
    grain: str,
    disclosure: MinimumFrequency,
) -> Series | Refusal:
    months = GRAINS[grain]
    at = chosen["month"].map(ordinal)
    step = at // months
    # a quarter that the period covers in part is not comparable with whole ones
    first, last = -(-int(at.min()) // months), (int(at.max()) + 1) // months
    wanted = list(range(first, last))
    if not wanted:
        return Refusal(f"The answers do not fill one {grain}.")
    placed = chosen.assign(step=step)[step.between(first, last - 1)]
    units = (ALL, *unit_ids)
    both = pd.concat([placed, placed.assign(unit_id=ALL)])
    keys = [f"{unit}\x1f{number}" for unit in units for number in wanted]
    labelled = both.assign(unit_id=both["unit_id"].astype(str) + "\x1f" + both["step"].astype(str))
    scores = from_cells(labelled, measure, unit_ids=tuple(keys))
    if isinstance(scores, Refusal):
        return scores
    n = scores.n.reshape(len(units), len(wanted))
    value = scores.value.reshape(len(units), len(wanted))
    starts = tuple(at_ordinal(number * months) for number in wanted)
    complete = np.asarray(disclosure.shows(n).all(axis=1), dtype=np.bool_)
    return Series(measure, grain, starts, units, n, value, complete)
