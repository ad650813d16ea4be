"""Whether scores improve, as a value: two periods held against each other, and the trend of the series."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pandas as pd

from auditlib.benchmark import Comparison
from auditlib.improvement.matched_change import MatchedChange
from auditlib.records import Refusal
from auditlib.statistics.trend import Trend


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
        known = None if isinstance(yearly, Refusal) else (yearly.slope, yearly.low, yearly.high)
        trend, low, high = known or (np.nan,) * 3
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
