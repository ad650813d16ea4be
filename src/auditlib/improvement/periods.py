"""Periods of published figures, or halves of the audited one, with what each unit scored in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditlib.benchmark.result import Comparison
from auditlib.benchmark.scores import UnitScores, from_aggregates, from_cells
from auditlib.contracts import CanonicalTables
from auditlib.records import Refusal
from auditlib.time.epoch import date_of
from auditlib.time.months import month_of, month_text


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
