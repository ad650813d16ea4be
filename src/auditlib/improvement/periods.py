"""Periods that can be held against each other: as published, halves of the audited one, or two years."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditlib.benchmark.result import Comparison
from auditlib.benchmark.scores import UnitScores, from_aggregates, from_cells
from auditlib.contracts import CanonicalTables
from auditlib.records import Refusal
from auditlib.time.epoch import date_of, day_number
from auditlib.time.months import YEAR, at_ordinal, first_day, month_of, month_text, ordinal


@dataclass(frozen=True, slots=True)
class ScoredPeriod:
    """One period: its name and what each unit scored in it."""

    label: str
    scores: UnitScores


def scored_periods(evidence: CanonicalTables, comparison: Comparison) -> tuple[ScoredPeriod, ...] | Refusal:
    """Return the units of a comparison in each published period, otherwise in both halves of the audited one.

    Parameters
    ----------
    evidence
        Its cells or published figures.
    comparison
        The units, and what they are compared on.
    """
    periods: list[ScoredPeriod] = []
    for label, scores in _scores(evidence, comparison):
        if isinstance(scores, Refusal):
            return scores
        periods.append(ScoredPeriod(label, scores))
    return tuple(periods)


def _scores(evidence: CanonicalTables, comparison: Comparison) -> Iterator[tuple[str, UnitScores | Refusal]]:
    measure, ids = comparison.measure, comparison.scores.unit_id
    if comparison.scores.table == "aggregates":
        published = evidence.frame("aggregates")
        periods = measure.select(published)[["period_start", "period_end"]].drop_duplicates("period_start")
        for start, end in periods.sort_values("period_start").astype("int64").itertuples(index=False):
            scores = from_aggregates(published, measure, unit_ids=ids, period_start=int(start))
            yield f"{_month_of(start)} to {_month_of(end)}", scores
        return
    cells = measure.select(evidence.cells())
    months = sorted(cells["month"].unique())
    for half in (months[: len(months) // 2], months[len(months) // 2 :]):
        if half:
            label = f"{month_text(int(half[0]))} to {month_text(int(half[-1]))}"
            yield label, from_cells(cells[cells["month"].isin(half)], measure, unit_ids=ids)


def _month_of(day: int) -> str:
    return month_text(month_of(date_of(day)))


@dataclass(frozen=True, slots=True)
class Months:
    """Whole months.

    Parameters
    ----------
    words
        First and last month, as printed.
    first_day, last_day
        In days since 1970, both included.
    """

    words: str
    first_day: int
    last_day: int


@dataclass(frozen=True, slots=True)
class PeriodPair:
    """Two periods of the same length, one after the other; `note` says what else parts them."""

    earlier: Months
    later: Months
    note: str


def latest_periods(months: NDArray[np.int64]) -> PeriodPair | Refusal:
    """Return the last year and the year before it, or the two halves of less than two years.

    Parameters
    ----------
    months
        Months with answers, as ``year * 100 + month``, in any order.
    """
    first, end = ordinal(int(months.min())), ordinal(int(months.max())) + 1
    length = YEAR if end - first >= 2 * YEAR else (end - first) // 2
    if not length:
        return Refusal("the answers are of one month only; a change takes two spans of time.")
    note = "" if length == YEAR else "They are other months of the year, so that seasons are part of it."
    return PeriodPair(_months(end - 2 * length, end - length), _months(end - length, end), note)


def _months(first: int, end: int) -> Months:
    words = " to ".join(month_text(at_ordinal(number)) for number in (first, end - 1))
    begins, ends = (day_number(first_day(at_ordinal(number))) for number in (first, end))
    return Months(words, begins, ends - 1)
