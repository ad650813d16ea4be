"""The difference between two periods within the same units, so that another mix of units is no change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditlib.benchmark.mix import KEYS, indicators
from auditlib.benchmark.result import Comparison
from auditlib.benchmark.scores import UnitScores, coded
from auditlib.benchmark.words import spoken
from auditlib.records import Refusal
from auditlib.statements import counted
from auditlib.statistics.bias_reduced import WithinSlope, within_slope
from auditlib.statistics.types import Floats

PERIOD = "span"
EARLIER, LATER = "earlier", "later"
"""Column that says which of the two periods answers are from, and its values."""
FEWEST_UNITS = 5
"""Units below which their differences do not say how sure a change is."""
LEAST_FREEDOM = 2.0
"""Degrees of freedom below which limits would say nothing: nearly all answers are of one unit."""


@dataclass(frozen=True, slots=True)
class MatchedChange:
    """The difference between two periods, within the same units.

    Parameters
    ----------
    periods
        The two periods in words, the earlier first.
    scored
        What all answers (of published figures: the units on average) scored in each.
    difference
        Later less earlier, within units and at the same mix of answers, with its limits.
    units, n
        Units in both periods, and answers (0 where they are not known).
    adjusted_for
        What the mix of answers is described by; empty where nothing describes it.
    method
        How the limits were found.
    note
        What else bears on the difference, in a sentence.
    neither
        Answers of the audited period that lie in neither; None where periods are published.
    """

    periods: tuple[str, str]
    scored: tuple[float, float]
    difference: float
    low: float
    high: float
    units: int
    n: int
    adjusted_for: tuple[str, ...]
    method: str
    note: str = ""
    neither: int | None = None


def change_of_answers(
    mix: pd.DataFrame,
    comparison: Comparison,
    *,
    periods: tuple[str, str],
    note: str = "",
    neither: int | None = None,
) -> MatchedChange | Refusal:
    """Compare two periods of answers within the same units and at the same mix.

    Parameters
    ----------
    mix
        Counts as `count_mix` returns them, by `PERIOD` and what else describes the answers.
    comparison
        What is compared, and at which level.
    periods
        The two periods in words, the earlier first.
    note, neither
        As in `MatchedChange`.

    Notes
    -----
    The slope of the later period in a regression with unit effects and the mix, its error clustered by unit
    (`statistics.bias_reduced`): neither units that answer more than before nor another mix can look like a
    change, customers of a unit may answer again and resemble each other, and the limits hold where few units
    are very unequal; they are wide then. What moves all units at once for a few months can look like a
    change; that is for the trend to tell.
    """
    measure = comparison.measure
    chosen = measure.select(mix)
    answered = chosen.groupby("unit_id")[PERIOD].nunique()
    matched = chosen[chosen["unit_id"].isin(answered.index[answered == 2])]
    units = matched["unit_id"].nunique()
    if units < FEWEST_UNITS:
        return _too_few(units, "answers", periods)
    adjusters = [str(name) for name in matched.columns if name not in (*KEYS, PERIOD)]
    score, weight = coded(matched["score"], measure), matched["n"].to_numpy(dtype=np.float64)
    later = (matched[PERIOD] == LATER).to_numpy(dtype=np.float64)
    described = indicators(matched, adjusters)
    fit = _fitted(matched, score, np.column_stack([later, described]), weight)
    if isinstance(fit, Refusal):
        return fit
    limits = fit.limits(level=comparison.confidence)
    values = tuple(float(np.average(score, weights=weight * (later == side))) for side in (0, 1))
    return MatchedChange(
        periods,
        (values[0], values[1]),
        fit.slope,
        float(limits.low),
        float(limits.high),
        units,
        n=int(weight.sum()),
        adjusted_for=tuple(spoken(name) for name in adjusters) if described.shape[1] else (),
        method="within units, clustered by unit, CR2",
        note=note,
        neither=neither,
    )


def _fitted(matched: pd.DataFrame, score: Floats, design: Floats, weight: Floats) -> WithinSlope | Refusal:
    """Return the change within units, or that nearly all answers are of one of them."""
    fit = within_slope(score, design, matched["unit_id"].to_numpy(dtype=str), weights=weight)
    if isinstance(fit, Refusal) or fit.freedom >= LEAST_FREEDOM:
        return fit
    share = float(matched.groupby("unit_id")["n"].sum().max()) / float(weight.sum())
    return Refusal(
        f"{share:.0%} of the answers are of one unit, so that units do not say how sure a change is.",
        "Ask for that unit by its parts.",
    )


def _too_few(units: int, basis: str, periods: tuple[str, str]) -> Refusal:
    return Refusal(
        f"{counted(units, 'unit has', 'units have')} {basis} both in {periods[0]} and in {periods[1]}; at "
        f"least {FEWEST_UNITS} are needed."
    )


def change_of_published(
    earlier: UnitScores, later: UnitScores, comparison: Comparison, *, periods: tuple[str, str]
) -> MatchedChange | Refusal:
    """Compare two published periods in the units that are in both with enough answers, each counted once.

    Parameters
    ----------
    earlier, later
        What each unit scored in the two periods.
    comparison
        What is compared, and at which level.
    periods
        The two periods in words, the earlier first.
    """
    from scipy.special import stdtrit

    least = comparison.minimum_n
    both = earlier.has_value & later.has_value & (earlier.n >= least) & (later.n >= least)
    units = int(both.sum())
    if units < FEWEST_UNITS:
        return _too_few(units, counted(least, "answer"), periods)
    differences = later.value[both] - earlier.value[both]
    error = float(differences.std(ddof=1)) / np.sqrt(units)
    half = float(stdtrit(units - 1, (1 + comparison.confidence) / 2)) * error
    difference = float(differences.mean())
    values = float(earlier.value[both].mean()), float(later.value[both].mean())
    low, high = difference - half, difference + half
    return MatchedChange(periods, values, difference, low, high, units, 0, (), "paired units, t")
