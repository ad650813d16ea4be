"""One number per unit, from cells of integer counts or from published aggregates."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.records import DETRACTOR, PROMOTER, Item, Refusal
from auditlib.statistics import intervals
from auditlib.statistics.ordinal import ordinal_mean
from auditlib.statistics.types import Floats, Limits

Statistic = Literal["mean", "top_box", "bottom_box", "nps"]
STATISTICS: tuple[str, ...] = get_args(Statistic)


@dataclass(frozen=True, slots=True)
class ScoreMeasure:
    """What is compared: one statistic of one item of one survey type."""

    survey_type: str
    item: Item
    statistic: str

    @property
    def is_share(self) -> bool:
        """Whether the statistic is a share of answers."""
        return self.statistic in ("top_box", "bottom_box")

    @property
    def survey(self) -> str:
        """The survey type as a sentence begins with it."""
        return f"{self.survey_type.capitalize()} survey"

    @property
    def question(self) -> str:
        """The wording of the item, in quotation marks."""
        return f'"{self.item.wording}"'

    @property
    def key(self) -> str:
        """End of the keys of its numbers."""
        return f"{self.survey_type}:{self.item.item}"

    @property
    def unit(self) -> str:
        """Unit its values are numbers in."""
        return UNIT_OF[self.statistic]

    def select(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of cells or aggregates that belong to it."""
        return frame[(frame["survey_type"] == self.survey_type) & (frame["item"] == self.item.item)]


@dataclass(frozen=True, slots=True)
class AnswerCounts:
    """How often each unit got each answer.

    Parameters
    ----------
    scores
        What answers count, rising, from one end of the scale to the other.
    counts
        Shape (units, scores); no whole numbers where they are shares of a published number of answers.
    """

    scores: Floats
    counts: Floats


@dataclass(frozen=True, slots=True)
class UnitScores:
    """What each unit scored, before anybody judges it; all arrays have one entry per unit.

    Parameters
    ----------
    unit_id
        Units in ascending order of id.
    n
        Answers each number rests on; the lowest the published band allows where n is banded; 0 where
        there are none or their number is not known.
    n_high
        Highest number of answers; equal to `n` where n is exact, -1 where a band is open.
    value
        Mean, share or net promoter score; NaN only where there is none (`has_value` is false).
    variance
        Variance of one answer within the unit; NaN below two answers.
    has_value
        Whether the unit has a value.
    table
        Canonical table it comes from: ``responses`` or ``aggregates``.
    banded
        Whether any n is a band, so that standard errors rest on its lower end.
    note
        What else limits these numbers, in a sentence; empty where nothing does.
    adjusted_for
        Case mix that values are adjusted for; empty where they are as answered.
    period_start
        First day (days since 1970) of the published period; None for responses.
    answers
        What each unit was answered; None where only shares are published.
    design_effect
        By how much customers who answer again widen the variance of each unit's value; None where it is not
        known who answered.
    """

    measure: ScoreMeasure
    unit_id: tuple[str, ...]
    n: NDArray[np.int64]
    n_high: NDArray[np.int64]
    value: Floats
    variance: Floats
    has_value: NDArray[np.bool_]
    table: str
    banded: bool = False
    note: str = ""
    adjusted_for: tuple[str, ...] = ()
    period_start: int | None = None
    answers: AnswerCounts | None = None
    design_effect: Floats | None = None

    @property
    def effective_n(self) -> Floats:
        """Independent answers that those of each unit are worth."""
        n = self.n.astype(np.float64)
        return n if self.design_effect is None else n / self.design_effect


def from_cells(
    cells: pd.DataFrame, measure: ScoreMeasure, *, unit_ids: tuple[str, ...]
) -> UnitScores | Refusal:
    """Return the scores of `unit_ids` on one item, from integer counts.

    Parameters
    ----------
    cells
        Columns unit_id, survey_type, item, score (native) and n (count); other columns are summed over.

    Notes
    -----
    Sums are integers and each mean is one division of two of them, so that it is the same on every machine.
    """
    refusal = _unsuited(measure)
    if refusal is not None:
        return refusal
    chosen = measure.select(cells)
    chosen = chosen[chosen["n"] > 0]
    if chosen.empty:
        return Refusal(f"No {measure.survey_type} response answers {measure.question} in the audited period.")
    counts = chosen.pivot_table(
        index="unit_id", columns="score", values="n", aggfunc="sum", fill_value=0, observed=True
    )
    counts = counts.reindex(list(unit_ids), fill_value=0).astype("int64")
    codes, denominator = _integer_codes(tuple(float(score) for score in counts.columns), measure)
    table = counts.to_numpy()
    n, value, variance = _moments(table, codes, denominator=denominator, plug_in=measure.statistic != "mean")
    answers = _answer_counts(table, np.array(codes) / denominator, measure)
    return UnitScores(measure, unit_ids, n, n, value, variance, n > 0, "responses", answers=answers)


def _answer_counts(counts: NDArray[np.int64], values: Floats, measure: ScoreMeasure) -> AnswerCounts:
    """Return answers by what they count; the ends of the scale stand among them, answered or not."""
    ends = ENDS.get(measure.statistic, (measure.item.scale.low, measure.item.scale.high))
    scores, place = np.unique(np.concatenate([ends, values]), return_inverse=True)
    by_score = np.zeros((len(scores), len(counts)))
    np.add.at(by_score, place[len(ends) :], counts.T)
    return AnswerCounts(scores, by_score.T)


def _unsuited(measure: ScoreMeasure) -> Refusal | None:
    scale = measure.item.scale
    if measure.statistic == "nps" and not scale.promoter:
        return Refusal(
            f"A net promoter score needs a scale of 0 to 10; {measure.question} has {scale.low:g} to "
            f"{scale.high:g}.",
            "Choose mean, top_box or bottom_box.",
        )
    return None


def _integer_codes(scores: tuple[float, ...], measure: ScoreMeasure) -> tuple[list[int], int]:
    """Return what each score counts as integers over one denominator."""
    scale = measure.item.scale
    if measure.statistic == "top_box":
        return [int(score >= scale.top_box) for score in scores], 1
    if measure.statistic == "bottom_box":
        return [int(score <= scale.bottom_box) for score in scores], 1
    if measure.statistic == "nps":
        return [int(score >= PROMOTER) - int(score <= DETRACTOR) for score in scores], 1
    exact = [Fraction(repr(float(score))) for score in scores]
    denominator = lcm(*(fraction.denominator for fraction in exact))
    return [int(fraction * denominator) for fraction in exact], denominator


def coded(scores: pd.Series[float], measure: ScoreMeasure) -> Floats:
    """Return what each score counts for the measure's mean."""
    codes, denominator = _integer_codes(tuple(float(score) for score in scores), measure)
    return np.array(codes, dtype=np.float64) / denominator


def _moments(
    counts: NDArray[np.int64], codes: list[int], *, denominator: int, plug_in: bool
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return n, mean and variance of one answer per unit, from units by scores counts."""
    n = counts.sum(axis=1)
    sums = counts @ np.array(codes, dtype=np.int64)
    squares = counts @ np.array([code**2 for code in codes], dtype=np.int64)
    rows = [(int(a), int(b), int(c)) for a, b, c in zip(n, sums, squares, strict=True)]
    value = np.array([total / (denominator * size) if size else np.nan for size, total, _ in rows])
    spread = [_variance(row, denominator=denominator, plug_in=plug_in) for row in rows]
    return n, value, np.array(spread)


def _variance(row: tuple[int, int, int], *, denominator: int, plug_in: bool) -> float:
    """Return the variance of one answer from n, sum and sum of squares, in whole numbers until the end."""
    size, total, square = row
    if size < 2:
        return float("nan")
    return (size * square - total**2) / (size * (size if plug_in else size - 1) * denominator**2)


_BOX = {"top_box": "top", "bottom_box": "bottom"}


def from_aggregates(
    aggregates: pd.DataFrame,
    measure: ScoreMeasure,
    *,
    unit_ids: tuple[str, ...],
    period_start: int | None = None,
) -> UnitScores | Refusal:
    """Return the scores of `unit_ids` on one item, from published shares and numbers of surveys.

    Parameters
    ----------
    aggregates
        The canonical table `aggregates`.
    period_start
        First day of the period to use, as stored; None takes the latest.
    """
    chosen = measure.select(aggregates)
    if chosen.empty:
        return Refusal(f"No published figure for {measure.question} of the {measure.survey_type} survey.")
    start = int(chosen["period_start"].max()) if period_start is None else period_start
    latest = chosen[chosen["period_start"] == start]
    note = "Published for several periods; the latest is used." if period_start is None else ""
    note = "" if len(latest) == len(chosen) else note
    shares = _published(latest, measure)
    if isinstance(shares, Refusal):
        return shares
    value, variance, published = shares
    lows, highs = (published[column].reindex(list(unit_ids)) for column in ("n_low", "n_high"))
    value, variance = value.reindex(list(unit_ids)), variance.reindex(list(unit_ids))
    n = lows.fillna(0).to_numpy(dtype=np.int64)
    n_high = highs.fillna(-1).to_numpy(dtype=np.int64)
    has_value = value.notna().to_numpy(dtype=bool)
    banded = bool((has_value & (n != n_high)).any())
    values, variances = np.asarray(value, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    return UnitScores(
        measure,
        unit_ids,
        n,
        n_high,
        values,
        variances,
        has_value,
        "aggregates",
        banded=banded,
        note=note,
        period_start=start,
    )


def _published(
    latest: pd.DataFrame, measure: ScoreMeasure
) -> tuple[pd.Series[float], pd.Series[float], pd.DataFrame] | Refusal:
    """Return value and variance of one answer per unit, and the rows they come from."""
    item, statistic = measure.item, measure.statistic
    boxes = {box: part.set_index("unit_id") for box, part in latest.groupby("box", observed=True)}
    if statistic == "mean":
        return Refusal(
            f"{measure.question} is published as shares; a mean with a standard error needs the responses.",
            "Choose top_box or bottom_box, or ask for the responses.",
        )
    wanted = ("top", "bottom") if statistic == "nps" else (_BOX[statistic],)
    absent = [box for box in wanted if box not in boxes]
    if absent:
        return Refusal(f"{measure.question} is published without its {' and '.join(absent)} box.")
    if statistic == "nps":
        scale = item.scale
        if (scale.low, scale.high, scale.top_box, scale.bottom_box) != (0, 10, PROMOTER, DETRACTOR):
            return Refusal(
                f"The published boxes of {measure.question} are not those of a net promoter score."
            )
        top, bottom = boxes["top"]["value"], boxes["bottom"]["value"]
        return top - bottom, top + bottom - (top - bottom) ** 2, boxes["top"]
    box = boxes[wanted[0]]
    return box["value"], box["value"] * (1 - box["value"]), box


def interval(scores: UnitScores, chosen: NDArray[np.bool_], *, level: float) -> Limits:
    """Return limits for the units in `chosen` (each with n >= 2); NaN elsewhere."""
    low, high = np.full(len(scores.n), np.nan), np.full(len(scores.n), np.nan)
    n, value = scores.effective_n[chosen], scores.value[chosen]
    method = interval_method(scores)
    if method == WILSON:
        limits = intervals.wilson(value * n, n, level=level)
    elif method == DIRICHLET:
        answers = scores.answers or _promoters_and_detractors(scores)
        limits = ordinal_mean(answers.counts[chosen], answers.scores, effective=n, level=level)
    else:
        limits = intervals.mean_t(value, scores.variance[chosen], n, level=level)
    low[chosen], high[chosen] = limits.low, limits.high
    return Limits(low, high)


def _promoters_and_detractors(scores: UnitScores) -> AnswerCounts:
    """Return the answers behind published net promoter scores: P + D = variance + (P - D)^2."""
    both = scores.variance + scores.value**2
    promoters, detractors = (both + scores.value) / 2, (both - scores.value) / 2
    shares = np.stack([detractors, 1 - both, promoters], axis=1)
    return AnswerCounts(np.array([-1.0, 0, 1]), np.maximum(shares, 0) * scores.n[:, None])


WILSON, DIRICHLET, STUDENT = "Wilson", "Dirichlet", "t"


def interval_method(scores: UnitScores) -> str:
    """Return the name of the interval that values of `scores` get; adjusted ones are no count of answers."""
    if scores.adjusted_for:
        return STUDENT
    return WILSON if scores.measure.is_share else DIRICHLET


ENDS = {"top_box": (0.0, 1.0), "bottom_box": (0.0, 1.0), "nps": (-1.0, 1.0)}
"""Lowest and highest an answer can count; for a mean they are those of the scale."""
UNIT_OF = {"mean": "points", "top_box": "share", "bottom_box": "share", "nps": "net share"}
"""Unit that values of each statistic are numbers in."""
