"""Whether scores improve: the latest period against the one before, and whether a trend bears it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import narwhals as nw
import numpy as np
import pandas as pd

from auditlib.benchmark.answer import BenchmarkAnswer, by_survey, unanswered
from auditlib.benchmark.facts import rests_on
from auditlib.benchmark.matched_change import (
    EARLIER,
    LATER,
    PERIOD,
    MatchedChange,
    change_of_answers,
    change_of_published,
)
from auditlib.benchmark.mix import count_mix, unknown_adjusters
from auditlib.benchmark.over_time import OverTime, OverTimeAnswer
from auditlib.benchmark.periods import PeriodPair, latest_periods, scored_periods
from auditlib.benchmark.result import Comparison
from auditlib.benchmark.words import as_change_a_year, as_difference, as_score, as_signed, stated
from auditlib.contracts import CanonicalTables
from auditlib.parameters.engagement import Engagement
from auditlib.records import Instrument, Interval, Number, Refusal, Sentence
from auditlib.statements import Answer, Facts, Unanswered, counted, listed, say
from auditlib.statistics.trend import FEWEST_POINTS, Trend

TOPIC = "whether it improves"


class Course(StrEnum):
    """Where scores are going, as a sentence says it."""

    BETTER = "improving"
    WORSE = "getting worse"
    AHEAD = "better than before"
    """A change beyond chance, where a trend cannot be tested."""
    BEHIND = "worse than before"
    UNCONFIRMED = "not shown to improve or to get worse"
    """The change and the trend do not bear each other out."""
    STEADY = "no change is shown"


@dataclass(frozen=True, slots=True, eq=False)
class Improving:
    """Whether all units together improve.

    Parameters
    ----------
    comparison
        The units, and what they are compared on.
    change
        The latest period against the one before.
    trend
        The line through the whole series, by its steps; or why there is none.
    grain
        What the series goes by: ``month`` or ``quarter``.
    per_year
        Steps in a year.
    """

    comparison: Comparison
    change: MatchedChange
    trend: Trend | Refusal
    grain: str
    per_year: float

    @property
    def yearly(self) -> Trend | Refusal:
        """The trend by year instead of by step; or why there is none."""
        line, steps = self.trend, self.per_year
        if isinstance(line, Refusal):
            return line
        return replace(line, slope=line.slope * steps, low=line.low * steps, high=line.high * steps)

    @property
    def course(self) -> Course:
        """Where scores go: only what both the change and the trend show beyond chance is called so."""
        change, line = side_of_none(self.change.low, self.change.high), self.trend
        trend = change if isinstance(line, Refusal) else side_of_none(line.low, line.high)
        if change == trend == 0:
            return Course.STEADY
        if change != trend:
            return Course.UNCONFIRMED
        well = (change > 0) == (self.comparison.measure.statistic != "bottom_box")
        if isinstance(line, Refusal):
            return Course.AHEAD if well else Course.BEHIND
        return Course.BETTER if well else Course.WORSE

    def to_frame(self) -> pd.DataFrame:
        """Return one row: both periods, the difference with its limits, and the trend a year."""
        yearly = self.yearly
        fitted = None if isinstance(yearly, Refusal) else (yearly.slope, yearly.low, yearly.high)
        trend, low, high = fitted or (np.nan,) * 3
        row = {
            "survey_type": self.comparison.measure.survey_type,
            "earlier": self.change.scored[0],
            "later": self.change.scored[1],
            "difference": self.change.difference,
            "low": self.change.low,
            "high": self.change.high,
            "trend": trend,
            "trend_low": low,
            "trend_high": high,
            "course": self.course.value,
        }
        return pd.DataFrame([row])


def side_of_none(low: float, high: float) -> int:
    """Return on which side of no change an interval lies; 0 where it holds it.

    Examples
    --------
    >>> side_of_none(0.1, 0.4), side_of_none(-0.1, 0.4), side_of_none(-0.3, -0.1)
    (1, 0, -1)
    """
    return int(low > 0) - int(high < 0)


class ImprovingAnswer(Answer[Improving]):
    """Where scores go, by how much, and whether a trend bears it out."""

    def numbers(self) -> tuple[Number, ...]:
        """Return the value of both periods, the difference and the trend, each with its interval."""
        return tuple(_facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return where scores go, by how much, and whether a trend bears it out."""
        facts = self.facts.about(self.result.comparison.key)
        return (say("{change} {trend}", facts, change=self._change(facts), trend=self._trend(facts)),)

    def _change(self, facts: Facts) -> Sentence:
        change, measure = self.result.change, self.result.comparison.measure
        statistic = measure.statistic
        return say(
            "{survey}: {course}. From {earlier} ({before}) to {later} ({after}); within the same "
            "{improving_units|unit|units|no unit}{mix} the difference is {difference}{sure}.{note}",
            facts,
            survey=measure.survey,
            course=self.result.course.value,
            earlier=stated(facts["improving_earlier"], as_score, statistic),
            before=change.periods[0],
            later=stated(facts["improving_later"], as_score, statistic),
            after=change.periods[1],
            mix=f" and at the same mix of {listed(change.adjusted_for)}" if change.adjusted_for else "",
            difference=stated(facts["improving_change"], as_difference, statistic),
            sure=_sure(change.low, change.high, statistic),
            note=f" {change.note}" if change.note else "",
        )

    def _trend(self, facts: Facts) -> Sentence:
        line, change = self.result.yearly, self.result.change
        if isinstance(line, Refusal):
            text = f"Whether it is a trend cannot be tested: {line.reason}"
            return Sentence(text, (facts["improving_trend"].key,))
        statistic = self.result.comparison.measure.statistic
        agrees = side_of_none(line.low, line.high) == side_of_none(change.low, change.high)
        return say(
            "{start} trend over all {improving_trend[n]} {grain}s is {slope}{sure}.",
            facts,
            start="The" if agrees else "But the",
            grain=self.result.grain,
            slope=stated(facts["improving_trend"], as_change_a_year, statistic),
            sure=_sure(line.low, line.high, statistic),
        )


def _sure(low: float, high: float, statistic: str) -> str:
    """Return the limits of a change; where they hold no change, that none between them is ruled out."""
    ends = f"{as_signed(low, statistic)} to {as_signed(high, statistic)}"
    return f" ({ends}), beyond chance" if side_of_none(low, high) else f"; {ends} is not ruled out"


def _facts(result: Improving) -> Iterator[Number]:
    key, unit, change = result.comparison.key, result.comparison.measure.unit, result.change
    level, basis = result.comparison.confidence, rests_on(result.comparison.scores)
    for name, value, period in zip((EARLIER, LATER), change.scored, change.periods, strict=True):
        yield Number(f"improving_{name}:{key}", value, unit, basis=basis, reason=f"In {period}.")
    yield Number(f"improving_units:{key}", change.units, "units", basis=basis)
    limits = Interval(change.low, change.high, level, change.method)
    yield Number(f"improving_change:{key}", change.difference, unit, change.n or None, limits, basis)
    trend, unit, line = f"improving_trend:{key}", f"{unit} a year", result.yearly
    if isinstance(line, Refusal):
        yield Number(trend, None, unit, reason=line.reason)
        return
    limits = Interval(line.low, line.high, level, "t, autocorrelation averaged")
    yield Number(trend, line.slope, unit, line.points, limits, basis)


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
        The answer of `compare`.
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
        lambda comparison: _course(engagement.evidence, comparison, followed.get(comparison.key), adjust_for),
        ImprovingAnswer,
    )
    refused = (unanswered(kind, TOPIC, why, key=kind) for kind, why in compared.result.refusals)
    return (*answers, *refused)


def _course(
    evidence: CanonicalTables, comparison: Comparison, followed: OverTime | None, adjust_for: Sequence[str]
) -> Improving | Refusal:
    if comparison.scores.table == "aggregates":
        return _published(evidence, comparison)
    if followed is None:
        return Refusal("no series of dated answers can be followed.")
    pair = latest_periods(comparison.measure.select(evidence.cells())["month"].to_numpy())
    if isinstance(pair, Refusal):
        return pair
    unknown = unknown_adjusters(evidence.lazy("responses"), adjust_for)
    if unknown is not None:
        return unknown
    mix = _mix(evidence, comparison, pair, adjust_for)
    words = pair.earlier.words, pair.later.words
    change = change_of_answers(mix, comparison, periods=words, note=pair.note)
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
        rows = evidence.lazy("responses").filter(day >= months.first_day, day <= months.last_day)
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
