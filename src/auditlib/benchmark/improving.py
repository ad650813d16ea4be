"""Whether scores improve: the latest span against the one before it, and whether a trend bears it out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from auditlib.benchmark.mix import KEYS, indicators
from auditlib.benchmark.numbers import UNIT_OF, rests_on
from auditlib.benchmark.result import Comparison
from auditlib.benchmark.scores import UnitScores, coded
from auditlib.benchmark.wording import listed, per_year, points, shown, signed, spoken
from auditlib.records import Interval, Number, Refusal, Sentence
from auditlib.statements import counted
from auditlib.statistics import case_mix
from auditlib.statistics.trend import Trend

SPAN = "span"
EARLIER, LATER = "earlier", "later"
"""Column that says which of the two spans answers are from, and its values."""
FEWEST_UNITS = 5
"""Units below which their differences do not say how sure a change is."""


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


@dataclass(frozen=True, slots=True)
class MatchedChange:
    """The difference between two spans, within the same units.

    Parameters
    ----------
    spans
        The two spans in words, the earlier first.
    scored
        What all answers (of published figures: the units on average) scored in each.
    difference
        Later less earlier, within units and at the same mix of answers, with its limits.
    units, n
        Units in both spans, and answers (0 where they are not known).
    adjusted_for
        What the mix of answers is described by; empty where nothing describes it.
    method
        How the limits were found.
    note
        What else bears on the difference, in a sentence.
    """

    spans: tuple[str, str]
    scored: tuple[float, float]
    difference: float
    low: float
    high: float
    units: int
    n: int
    adjusted_for: tuple[str, ...]
    method: str
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Improving:
    """Whether all units together improve.

    Parameters
    ----------
    change
        The latest span against the one before.
    trend
        The line through the whole series, by year; or why there is none.
    grain
        What the series goes by: ``month`` or ``quarter``.
    """

    comparison: Comparison
    change: MatchedChange
    trend: Trend | Refusal
    grain: str
    per_year: float

    @property
    def key(self) -> str:
        """End of the keys of its numbers."""
        return self.comparison.key

    @property
    def course(self) -> Course:
        """Where scores go: only what both the change and the trend show beyond chance is called so."""
        change = _side(self.change.low, self.change.high)
        line = self.trend
        trend = change if isinstance(line, Refusal) else _side(line.low, line.high)
        if change == trend == 0:
            return Course.STEADY
        if change != trend:
            return Course.UNCONFIRMED
        well = (change > 0) == (self.comparison.measure.statistic != "bottom_box")
        if isinstance(line, Refusal):
            return Course.AHEAD if well else Course.BEHIND
        return Course.BETTER if well else Course.WORSE

    def to_frame(self) -> pd.DataFrame:
        """Return one row: both spans, the difference with its limits, and the trend a year."""
        line = None if isinstance(self.trend, Refusal) else self.trend
        per_year = [np.nan] * 3 if line is None else [
            part * self.per_year for part in (line.slope, line.low, line.high)
        ]  # fmt: skip
        return pd.DataFrame(
            [
                {
                    "survey_type": self.comparison.measure.survey_type,
                    "earlier": self.change.scored[0],
                    "later": self.change.scored[1],
                    "difference": self.change.difference,
                    "low": self.change.low,
                    "high": self.change.high,
                    "trend": per_year[0],
                    "trend_low": per_year[1],
                    "trend_high": per_year[2],
                    "course": self.course.value,
                }
            ]
        )

    def summary(self) -> tuple[Sentence, ...]:
        """Return where scores go, by how much, and whether a trend bears it out."""
        return (Sentence(f"{self._found()} {self._borne_out()}", tuple(part.key for part in self.numbers())),)

    def _found(self) -> str:
        change, statistic = self.change, self.comparison.measure.statistic
        before, after = (shown(value, statistic) for value in change.scored)
        mix = f" and at the same mix of {listed(change.adjusted_for)}" if change.adjusted_for else ""
        return (
            f"{self.comparison.measure.survey}: {self.course.value}. From {before} ({change.spans[0]}) "
            f"to {after} ({change.spans[1]}); within the same {counted(change.units, 'unit')}{mix} the "
            "difference is "
            f"{points(change.difference, statistic)}{_sure(change.low, change.high, statistic)}."
            f"{' ' if change.note else ''}{change.note}"
        )

    def _borne_out(self) -> str:
        if isinstance(self.trend, Refusal):
            return f"Whether it is a trend cannot be tested: {self.trend.reason}"
        line, statistic = self.trend, self.comparison.measure.statistic
        slope, low, high = (part * self.per_year for part in (line.slope, line.low, line.high))
        agrees = _side(low, high) == _side(self.change.low, self.change.high)
        return (
            f"{'The' if agrees else 'But the'} trend over all {line.points} {self.grain}s is "
            f"{per_year(slope, statistic)}{_sure(low, high, statistic)}."
        )

    def numbers(self) -> tuple[Number, ...]:
        """Return the value of both spans, the difference and the trend, each with its interval."""
        basis, unit, change = rests_on(self.comparison.scores), self._unit, self.change
        level = self.comparison.confidence
        limits = Interval(change.low, change.high, level, change.method)
        n = change.n or None
        spans = tuple(
            Number(f"improving_{name}:{self.key}", value, unit, basis=basis, reason=f"In {span}.")
            for name, value, span in zip((EARLIER, LATER), change.scored, change.spans, strict=True)
        )
        units = Number(f"improving_units:{self.key}", change.units, "units", basis=basis)
        difference = Number(f"improving_change:{self.key}", change.difference, unit, n, limits, basis)
        return (*spans, units, difference, self._trend_number())

    def _trend_number(self) -> Number:
        key, unit = f"improving_trend:{self.key}", f"{self._unit} a year"
        if isinstance(self.trend, Refusal):
            return Number(key, None, unit, reason=self.trend.reason)
        slope, low, high = (
            part * self.per_year for part in (self.trend.slope, self.trend.low, self.trend.high)
        )
        limits = Interval(low, high, self.comparison.confidence, "t, autocorrelation averaged")
        return Number(key, slope, unit, self.trend.points, limits, rests_on(self.comparison.scores))

    @property
    def _unit(self) -> str:
        return UNIT_OF[self.comparison.measure.statistic]


def _side(low: float, high: float) -> int:
    """Return on which side of no change an interval lies; 0 where it holds it."""
    return int(low > 0) - int(high < 0)


def _sure(low: float, high: float, statistic: str) -> str:
    """Return the limits of a change; where they hold no change, that none between them is ruled out."""
    ends = f"{signed(low, statistic)} to {signed(high, statistic)}"
    if _side(low, high):
        return f" ({ends}), beyond chance"
    return f"; {ends} is not ruled out"


def change_of_answers(
    mix: pd.DataFrame, comparison: Comparison, *, spans: tuple[str, str], note: str = ""
) -> MatchedChange | Refusal:
    """Compare two spans of answers within the same units and at the same mix.

    Parameters
    ----------
    mix
        Counts as `count_mix` returns them, by `SPAN` and what else describes the answers.
    spans
        The two spans in words, the earlier first.

    Notes
    -----
    The slope of the later span in a regression with unit effects and the mix (`statistics.case_mix`), its
    error clustered by unit: neither units that answer more than before nor another mix can look like a
    change. What moves all units at once for a few months can; that is for the trend to tell.
    """
    from scipy.special import stdtrit

    measure = comparison.measure
    chosen = measure.select(mix)
    both = chosen.groupby("unit_id")[SPAN].nunique()
    kept = chosen[chosen["unit_id"].isin(both.index[both == 2])]
    units = kept["unit_id"].nunique()
    if units < FEWEST_UNITS:
        return _too_few(units, "answers", spans)
    adjusters = [str(name) for name in kept.columns if name not in (*KEYS, SPAN)]
    score, weight = coded(kept["score"], measure), kept["n"].to_numpy(dtype=np.float64)
    later = (kept[SPAN] == LATER).to_numpy(dtype=np.float64)
    described = indicators(kept, adjusters)
    design = np.column_stack([later, described])
    found = case_mix.within_unit(score, design, kept["unit_id"].to_numpy(dtype=str), weights=weight)
    if isinstance(found, Refusal):
        return found
    half = float(stdtrit(units - 1, (1 + comparison.confidence) / 2)) * float(found.slope_errors[0])
    difference = float(found.slopes[0])
    values = tuple(float(np.average(score, weights=weight * (later == side))) for side in (0, 1))
    adjusted_for = tuple(spoken(name) for name in adjusters) if described.shape[1] else ()
    return MatchedChange(
        spans, (values[0], values[1]), difference, difference - half, difference + half, units,
        int(weight.sum()), adjusted_for, "within units, clustered by unit", note,
    )  # fmt: skip


def _too_few(units: int, what: str, spans: tuple[str, str]) -> Refusal:
    return Refusal(
        f"{counted(units, 'unit has', 'units have')} {what} both in {spans[0]} and in {spans[1]}; at "
        f"least {FEWEST_UNITS} are needed."
    )


def change_of_published(
    earlier: UnitScores, later: UnitScores, comparison: Comparison, *, spans: tuple[str, str]
) -> MatchedChange | Refusal:
    """Compare two published periods in the units that are in both with enough answers, each counted once."""
    from scipy.special import stdtrit

    least = comparison.minimum_n
    both = earlier.known & later.known & (earlier.n >= least) & (later.n >= least)
    units = int(both.sum())
    if units < FEWEST_UNITS:
        return _too_few(units, counted(least, "answer"), spans)
    differences = later.value[both] - earlier.value[both]
    error = float(differences.std(ddof=1)) / np.sqrt(units)
    half = float(stdtrit(units - 1, (1 + comparison.confidence) / 2)) * error
    difference = float(differences.mean())
    values = float(earlier.value[both].mean()), float(later.value[both].mean())
    return MatchedChange(
        spans, values, difference, difference - half, difference + half, units, 0, (), "paired units, t"
    )
