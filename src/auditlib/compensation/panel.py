"""Unit by month means of one question, with the answers they rest on: what effects are estimated from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.compensation.definition import STATISTICS
from auditlib.records import DETRACTOR, PROMOTER
from auditlib.statistics.types import Floats
from auditlib.time.months import months_from

Statistic = Literal["mean", "top_box", "bottom_box", "nps"]
_POINTS = 100.0
"""Points of a net promoter score from nobody to everybody."""


class ScoredQuestion:
    """One question with its statistic, and how both are said."""

    __slots__ = ()
    survey_type: str
    item: str
    statistic: Statistic
    wording: str

    @property
    def name(self) -> str:
        """What is measured, in words."""
        return f"{STATISTICS[self.statistic]} of {self.question} ({self.survey_type})"

    @property
    def question(self) -> str:
        """The question in quotation marks, or its id."""
        return f'"{self.wording}"' if self.wording else self.item


@dataclass(frozen=True, slots=True, eq=False)
class Panel(ScoredQuestion):
    """One value per unit and month.

    Parameters
    ----------
    survey_type, item, statistic
        What was asked, and how answers are summed up.
    units, months
        Labels of rows and columns; months as year * 100 + month, without gaps.
    value
        Mean, share, or net promoter score in points from -100 to 100; zero where nobody answered.
        Shape (units, months).
    n
        Answers; same shape.
    variance
        Variance of single answers within units and months, pooled.
    wording
        The question as asked; empty where only its id is known.
    table
        Canonical table it comes from: ``responses`` or ``aggregates``.
    """

    survey_type: str
    item: str
    statistic: Statistic
    units: tuple[str, ...]
    months: tuple[int, ...]
    value: Floats
    n: Floats
    variance: float
    wording: str = ""
    table: str = "responses"

    @property
    def answers(self) -> int:
        """Answers in all."""
        return int(self.n.sum())

    @property
    def rows(self) -> int:
        """Rows of its table that it rests on."""
        return int((self.n > 0).sum()) if self.table == "aggregates" else self.answers

    def between(self, first: int, last: int) -> Panel:
        """Return the panel from month position `first` to before `last`."""
        columns = slice(first, last)
        return replace(self, months=self.months[columns], value=self.value[:, columns], n=self.n[:, columns])

    def only(self, keep: NDArray[np.bool_]) -> Panel:
        """Return the panel with unit-months emptied where `keep`, broadcast to (units, months), is false."""
        return replace(self, value=self.value * keep, n=self.n * keep)


def panel(
    cells: pd.DataFrame,
    *,
    survey_type: str,
    item: str,
    statistic: Statistic = "mean",
    top: float = 4.0,
    bottom: float = 2.0,
    wording: str = "",
) -> Panel:
    """Sum cells up to one value per unit and month.

    Parameters
    ----------
    cells
        unit_id, month, survey_type, item, score, n.
    top, bottom
        Scores from which, and up to which, an answer counts for the top and bottom box.
    wording
        The question as asked.
    """
    answers = cells[(cells["survey_type"] == survey_type) & (cells["item"] == item)]
    units = tuple(sorted({str(unit) for unit in answers["unit_id"]}))
    months = months_from(int(answers["month"].min()), int(answers["month"].max())) if len(answers) else ()
    row = pd.Categorical(answers["unit_id"].astype(str), categories=list(units)).codes
    column = np.searchsorted(np.array(months), answers["month"].to_numpy())
    score, n = (
        _scored(answers["score"].to_numpy(dtype=float), statistic, top, bottom),
        answers["n"].to_numpy(float),
    )
    shape = (len(units), len(months))
    count, total, square = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for target, entry in ((count, n), (total, n * score), (square, n * score**2)):
        np.add.at(target, (row, column), entry)
    value = total / np.maximum(count, 1)
    spread = (square - count * value**2).sum() / max(1.0, (count - (count > 0)).sum())
    return Panel(survey_type, item, statistic, units, months, value, count, float(max(spread, 0.0)), wording)


def _scored(score: Floats, statistic: Statistic, top: float, bottom: float) -> Floats:
    if statistic == "mean":
        return score
    if statistic == "nps":
        return _POINTS * ((score >= PROMOTER).astype(np.float64) - (score <= DETRACTOR))
    return (score >= top if statistic == "top_box" else score <= bottom).astype(np.float64)


def counts(rows: pd.DataFrame, like: Panel) -> Floats:
    """Count rows (unit_id, month, n) on the units and months of `like`."""
    placed = rows[rows["unit_id"].isin(like.units) & rows["month"].isin(like.months)]
    row = pd.Categorical(placed["unit_id"].astype(str), categories=list(like.units)).codes
    column = np.searchsorted(np.array(like.months), placed["month"].to_numpy())
    total = np.zeros((len(like.units), len(like.months)))
    np.add.at(total, (row, column), placed["n"].to_numpy(dtype=float))
    return total
