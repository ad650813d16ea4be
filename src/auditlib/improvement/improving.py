"""Whether scores improve: the latest period against the one before, and whether a trend bears it out."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw
import pandas as pd

from auditlib.benchmark import BenchmarkAnswer, Comparison
from auditlib.benchmark.answer import by_survey, unanswered
from auditlib.benchmark.mix import count_mix, unknown_adjusters
from auditlib.contracts import CanonicalTables
from auditlib.improvement.answer import ImprovingAnswer
from auditlib.improvement.latest_periods import PeriodPair, latest_periods
from auditlib.improvement.matched_change import EARLIER, LATER, PERIOD, change_of_answers, change_of_published
from auditlib.improvement.over_time import OverTime, OverTimeAnswer
from auditlib.improvement.periods import scored_periods
from auditlib.improvement.result import Improving
from auditlib.parameters.engagement import Engagement
from auditlib.records import Instrument, Refusal
from auditlib.statements import Unanswered, counted
from auditlib.statistics.trend import FEWEST_POINTS
from auditlib.time.months import month_of

TOPIC = "whether it improves"


def improving(
    engagement: Engagement,
    compared: BenchmarkAnswer,
    changes: Sequence[OverTimeAnswer | Unanswered],
    *,
    adjust_for: Sequence[str] = (),
) -> tuple[ImprovingAnswer | Unanswered, ...]:
    """Answer for each survey whether all units together improve.

    Parameters
    ----------
    compared
        The answer of `benchmark.compare`.
    changes
        The answer of `changes` about the same comparisons.
    adjust_for
        Columns of the responses that describe which customers answered.
    """
    followed = {
        change.result.comparison.key: change.result
        for change in changes
        if not isinstance(change, Unanswered)
    }
    answers = by_survey(
        compared,
        TOPIC,
        lambda comparison: _course(engagement, comparison, followed.get(comparison.key), adjust_for),
        ImprovingAnswer,
    )
    refused = (unanswered(kind, TOPIC, why, key=kind) for kind, why in compared.result.refusals)
    return (*answers, *refused)


def _course(
    engagement: Engagement, comparison: Comparison, followed: OverTime | None, adjust_for: Sequence[str]
) -> Improving | Refusal:
    evidence, period = engagement.evidence, engagement.run.period
    if comparison.scores.table == "aggregates":
        return _published(evidence, comparison)
    if followed is None:
        return Refusal("no series of dated answers can be followed.")
    answers = comparison.measure.select(evidence.cells()).groupby("month")["n"].sum()
    by_month = {int(str(month)): int(n) for month, n in answers.items()}
    pair = latest_periods(by_month, audited=(month_of(period.start), month_of(period.end)))
    if isinstance(pair, Refusal):
        return pair
    unknown = unknown_adjusters(evidence.lazy("responses"), adjust_for)
    if unknown is not None:
        return unknown
    mix = _mix(evidence, comparison, pair, adjust_for)
    words = pair.earlier.words, pair.later.words
    change = change_of_answers(mix, comparison, periods=words, note=pair.note, neither=pair.neither)
    if isinstance(change, Refusal):
        return change
    return Improving(comparison, change, followed.overall, followed.series.grain, followed.series.per_year)


def _mix(
    evidence: CanonicalTables, comparison: Comparison, pair: PeriodPair, adjust_for: Sequence[str]
) -> pd.DataFrame:
    """Count answers of both periods by period and mix, where the responses are stored."""
    instrument = Instrument(comparison.measure.survey_type, (comparison.measure.item,))
    day = nw.col("submitted_day")
    parts = []
    for name, months in ((EARLIER, pair.earlier), (LATER, pair.later)):
        inside = [(day >= first) & (day <= last) for first, last in months.spans]
        rows = evidence.lazy("responses").filter(nw.any_horizontal(*inside, ignore_nulls=True))
        parts.append(count_mix(rows, (instrument,), adjusters=adjust_for).assign(**{PERIOD: name}))
    return pd.concat(parts, ignore_index=True)


def _published(evidence: CanonicalTables, comparison: Comparison) -> Improving | Refusal:
    periods = scored_periods(evidence, comparison)
    if isinstance(periods, Refusal):
        return periods
    if len(periods) < 2:
        return Refusal(f"one period is published ({periods[0].label}); a change takes a second.")
    earlier, later = periods[-2:]
    labels = earlier.label, later.label
    change = change_of_published(earlier.scores, later.scores, comparison, periods=labels)
    if isinstance(change, Refusal):
        return change
    published = counted(len(periods), "published period is", "published periods are")
    short = Refusal(f"{published} too few (at least {FEWEST_POINTS}).")
    return Improving(comparison, change, short, "period", 1.0)
