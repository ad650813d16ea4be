"""Change, stability and groups of the units of an audit's evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TypeVar

import narwhals as nw
import pandas as pd

from auditlib.benchmark.answers import Kinds, kinds
from auditlib.benchmark.comparisons import BenchmarkResult
from auditlib.benchmark.groups import GROUPINGS, Groups, groups
from auditlib.benchmark.improving import (
    EARLIER,
    LATER,
    SPAN,
    Improving,
    change_of_answers,
    change_of_published,
)
from auditlib.benchmark.mix import count_mix, unknown_adjusters
from auditlib.benchmark.opened import ScoreEvidence, register_of
from auditlib.benchmark.over_time import OverTime, month_text, over_time
from auditlib.benchmark.peers import Peers, peers
from auditlib.benchmark.result import Comparison
from auditlib.benchmark.scores import UnitScores, from_aggregates, from_cells
from auditlib.benchmark.spans import Spans, spans_of
from auditlib.benchmark.stability import Spell, Stability, stability
from auditlib.benchmark.unanswered import UnansweredComparison
from auditlib.parameters.run import Thresholds
from auditlib.records import Instrument, Refusal
from auditlib.statements import counted
from auditlib.statistics.trend import FEWEST_POINTS

Answer = TypeVar("Answer")
_EPOCH = date(1970, 1, 1)


def changes_in(
    evidence: ScoreEvidence, compared: BenchmarkResult
) -> tuple[OverTime | UnansweredComparison, ...]:
    """Follow the units of each comparison over time."""
    cells = evidence.cells()
    return tuple(_or_why(entry, "change over time", over_time(cells, entry)) for entry in compared)


def outliers_followed_in(
    evidence: ScoreEvidence, compared: BenchmarkResult, *, thresholds: Thresholds
) -> tuple[Stability | UnansweredComparison, ...]:
    """Follow the units called out in the first period: periods as published, or halves of the audited one."""
    return tuple(
        _or_why(entry, "outliers over periods", _followed(evidence, entry, thresholds)) for entry in compared
    )


def _followed(evidence: ScoreEvidence, comparison: Comparison, thresholds: Thresholds) -> Stability | Refusal:
    spells: list[Spell] = []
    for label, scores in _spells(evidence, comparison):
        if isinstance(scores, Refusal):
            return scores
        spells.append(Spell(label, scores))
    frame = comparison.frame
    names = dict(zip(frame["unit_id"].astype(str), frame["name"].astype(str), strict=True))
    return stability(spells, names, minimum_n=comparison.minimum_n, confidence=thresholds.confidence)


def _spells(evidence: ScoreEvidence, comparison: Comparison) -> Iterator[tuple[str, UnitScores | Refusal]]:
    measure, ids = comparison.measure, comparison.scores.unit_id
    if comparison.scores.table == "aggregates":
        published = evidence.frame("aggregates")
        periods = measure.select(published)[["period_start", "period_end"]].drop_duplicates("period_start")
        for start, end in periods.sort_values("period_start").astype("int64").itertuples(index=False):
            found = from_aggregates(published, measure, unit_ids=ids, period_start=int(start))
            yield f"{_month(start)} to {_month(end)}", found
        return
    cells = measure.select(evidence.cells())
    months = sorted(cells["month"].unique())
    for half in (months[: len(months) // 2], months[len(months) // 2 :]):
        if half:
            label = f"{month_text(int(half[0]))} to {month_text(int(half[-1]))}"
            yield label, from_cells(cells[cells["month"].isin(half)], measure, unit_ids=ids)


def _month(day: int) -> str:
    return f"{_EPOCH + timedelta(days=int(day)):%Y-%m}"


def improving_in(
    evidence: ScoreEvidence,
    compared: BenchmarkResult,
    changes: Sequence[OverTime | UnansweredComparison],
    *,
    adjust_for: Sequence[str] = (),
) -> tuple[Improving | UnansweredComparison, ...]:
    """Say for each comparison whether all units together improve.

    Parameters
    ----------
    changes
        As `changes_in` returns them for the same comparisons.
    adjust_for
        Columns of the responses that describe which customers answered.
    """
    followed = {entry.key: entry for entry in changes if isinstance(entry, OverTime)}
    found = tuple(
        _or_why(entry, IMPROVES, _improving(evidence, entry, followed.get(entry.key), adjust_for))
        for entry in compared
    )
    return found + tuple(_unanswered(kind, IMPROVES, why, key=kind) for kind, why in compared.refusals)


IMPROVES = "whether it improves"


def _improving(
    evidence: ScoreEvidence, comparison: Comparison, followed: OverTime | None, adjust_for: Sequence[str]
) -> Improving | Refusal:
    if comparison.scores.table == "aggregates":
        return _published_improving(evidence, comparison)
    if followed is None:
        return Refusal("no series of dated answers can be followed.")
    cells = comparison.measure.select(evidence.cells())
    pair = spans_of(cells["month"].to_numpy())
    if isinstance(pair, Refusal):
        return pair
    unknown = unknown_adjusters(evidence.lazy("responses"), adjust_for)
    if unknown is not None:
        return unknown
    mix = _mix_of_spans(evidence, comparison, pair, adjust_for)
    words = pair.earlier.words, pair.later.words
    change = change_of_answers(mix, comparison, spans=words, note=pair.note)
    if isinstance(change, Refusal):
        return change
    return Improving(comparison, change, followed.overall, followed.series.grain, followed.series.per_year)


def _mix_of_spans(
    evidence: ScoreEvidence, comparison: Comparison, pair: Spans, adjust_for: Sequence[str]
) -> pd.DataFrame:
    """Count answers of both spans by span and mix, where the responses are stored."""
    instrument = Instrument(comparison.measure.survey_type, (comparison.measure.item,))
    day = nw.col("submitted_day")
    parts = []
    for name, span in ((EARLIER, pair.earlier), (LATER, pair.later)):
        rows = evidence.lazy("responses").filter(day >= span.first_day, day <= span.last_day)
        parts.append(count_mix(rows, (instrument,), adjusters=adjust_for).assign(**{SPAN: name}))
    return pd.concat(parts, ignore_index=True)


def _published_improving(evidence: ScoreEvidence, comparison: Comparison) -> Improving | Refusal:
    spells: list[tuple[str, UnitScores]] = []
    for label, scores in _spells(evidence, comparison):
        if isinstance(scores, Refusal):
            return scores
        spells.append((label, scores))
    if len(spells) < 2:
        return Refusal(f"one period is published ({spells[0][0]}); a change takes a second.")
    (before, earlier), (after, later) = spells[-2:]
    change = change_of_published(earlier, later, comparison, spans=(before, after))
    if isinstance(change, Refusal):
        return change
    short = Refusal(
        f"{counted(len(spells), 'published period is', 'published periods are')} too few (at least "
        f"{FEWEST_POINTS})."
    )
    return Improving(comparison, change, short, "period", 1.0)


def groups_in(
    evidence: ScoreEvidence,
    compared: BenchmarkResult,
    *,
    thresholds: Thresholds,
    by: Sequence[str] = tuple(GROUPINGS),
    seed: int = 0,
) -> tuple[Groups | UnansweredComparison, ...]:
    """Compare groups of units, for each comparison and each column in `by` that the register fills."""
    if not compared.comparisons:
        return ()
    units = register_of(evidence)
    filled = [column for column in by if column in units and units[column].notna().any()]
    return tuple(
        _or_why(
            entry, GROUPINGS.get(column, column),
            groups(entry, units, by=column, minimum=thresholds.minimum_cell, seed=seed),
        )
        for entry in compared
        for column in filled
    )  # fmt: skip


def peers_in(
    evidence: ScoreEvidence, compared: BenchmarkResult, *, by: str, own_left_out: bool = True
) -> tuple[Peers | UnansweredComparison, ...]:
    """Compare each unit with its peers by column `by` of the register."""
    if not compared.comparisons:
        return ()
    units = register_of(evidence)
    return tuple(
        _or_why(entry, "peers", peers(entry, units, by=by, own_left_out=own_left_out)) for entry in compared
    )


def kinds_in(
    evidence: ScoreEvidence, compared: BenchmarkResult, *, by: str, thresholds: Thresholds
) -> tuple[Kinds | UnansweredComparison, ...]:
    """Compare kinds of answers by column `by` of the responses, for example ``channel``."""
    return tuple(
        _or_why(entry, by.replace("_", " "), _kinds(evidence, entry, by, thresholds)) for entry in compared
    )


def _kinds(
    evidence: ScoreEvidence, comparison: Comparison, by: str, thresholds: Thresholds
) -> Kinds | Refusal:
    if comparison.scores.table != "responses":
        return Refusal("published figures do not say it; that needs the responses.")
    unknown = unknown_adjusters(evidence.lazy("responses"), (by,))
    if unknown is not None:
        return unknown
    instrument = Instrument(comparison.measure.survey_type, (comparison.measure.item,))
    mix: pd.DataFrame = count_mix(evidence.lazy("responses"), (instrument,), adjusters=(by,))
    return kinds(
        mix, comparison.measure, by=by, minimum=thresholds.minimum_cell, confidence=thresholds.confidence
    )


def _or_why(comparison: Comparison, topic: str, found: Answer | Refusal) -> Answer | UnansweredComparison:
    if not isinstance(found, Refusal):
        return found
    return _unanswered(comparison.measure.survey_type, topic, found, key=comparison.key)


def _unanswered(kind: str, topic: str, why: Refusal, *, key: str) -> UnansweredComparison:
    question = f"{kind.capitalize()} survey, {topic}"
    return UnansweredComparison(question, f"unanswered:{topic.replace(' ', '_')}:{key}", why)
