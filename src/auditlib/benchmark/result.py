"""What a comparison of units is, as values: one frame per survey type, with what it was judged by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd

from auditlib.benchmark.outliers import OutlierJudgement
from auditlib.benchmark.rank_sets import ComparedRanks
from auditlib.benchmark.scores import ScoreMeasure, UnitScores
from auditlib.disclosure import UNRESTRICTED, MinimumFrequency
from auditlib.records import Held, Refusal
from auditlib.statistics.between_limits import between_limits
from auditlib.statistics.funnel import Variant
from auditlib.statistics.outlier_verdicts import ALARM, CALLED_OUT, SMALL_EFFECT, OutlierStatus
from auditlib.statistics.reliability import SUFFICIENT, n_for_reliability_between
from auditlib.statistics.types import normal_quantile

PARTS = 60
"""Parts of many units, in order of value, of which a figure shows the typical unit."""
MOST_ROWS = 60
"""Compared units up to which all are listed with their values."""


@dataclass(frozen=True, slots=True)
class ComparisonChoices:
    """What units are compared on, and how strictly.

    Parameters
    ----------
    statistic
        ``mean``, ``top_box``, ``bottom_box`` or ``nps``.
    item
        Item to compare instead of each survey's headline question.
    survey_type
        The only survey type to compare; empty for all.
    adjust_for
        Columns of the responses that describe the case mix; empty compares units as they are.
    minimum_n
        Answers a unit needs for a verdict; at least 2, because one answer has no variance.
    disclosure
        Of how few answers no value of a unit is shown; of fewer than 2 in no case.
    meaningful, small_effect
        Difference from the others that is worth acting on, in the units of the statistic; where that is 0,
        in standard deviations of one answer.
    minimum_units
        Units that a funnel needs to have limits for over-dispersion.
    confidence
        Level of intervals and inner limits.
    variant, consistent
        How over-dispersion is estimated; see `statistics.funnel.over_dispersion`.
    seed, draws
        Start and number of the simulated samples behind the ranks; 0 takes as many as `draws_for` says.
    """

    statistic: str = "mean"
    item: str = ""
    survey_type: str = ""
    adjust_for: tuple[str, ...] = ()
    minimum_n: int = 30
    disclosure: MinimumFrequency = UNRESTRICTED
    meaningful: float = 0.0
    small_effect: float = SMALL_EFFECT
    minimum_units: int = 10
    confidence: float = 0.95
    variant: Variant = "winsorised"
    consistent: bool = True
    seed: int = 0
    draws: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Units compared on one statistic of one item of one survey type.

    Parameters
    ----------
    scores
        What each unit scored.
    judgement
        What chance and over-dispersion could explain.
    ranks
        Ranks each unit may hold.
    frame
        One row per unit in ascending order of id; see `to_frame`.
    limits
        Funnel limits over n, ready to draw.
    confidence
        Level of intervals and inner limits.
    minimum_n, disclosure
        Answers needed for a verdict; of how few no value is shown.
    small_effect
        Standard deviations of one answer that the meaningful difference is; None where it was declared.
    """

    scores: UnitScores
    judgement: OutlierJudgement
    ranks: ComparedRanks
    frame: pd.DataFrame
    limits: pd.DataFrame
    confidence: float
    minimum_n: int
    disclosure: MinimumFrequency
    small_effect: float | None = None

    @property
    def measure(self) -> ScoreMeasure:
        """What is compared."""
        return self.scores.measure

    @property
    def key(self) -> str:
        """End of the keys of this comparison's numbers."""
        return self.measure.key

    def number_key(self, unit: str) -> str:
        """Return the key of a unit's number, or of the pooled one."""
        return f"{self.measure.statistic}:{unit}:{self.key}"

    def to_frame(self) -> pd.DataFrame:
        """Return one row per unit: what it scored, with its interval, verdict and why.

        Returns
        -------
        pandas.DataFrame
            unit_id, name, region, unit_type, n, n_high, effective_n (independent answers that they are
            worth), value, low, high, z_chance, z, below, above (probability that it truly lies meaningfully
            below or above the others), shrunk, shrunk_low, shrunk_high, reliability, likely_low, likely_high
            (ranks it probably holds), rank_low, rank_high (its rank set), joint_low, joint_high (all rank
            sets at once), verdict, why. A cell that cannot be had is empty and `why` says why.
        """
        return self.frame.copy()

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it with gaps for the units whose numbers are held back, and how many they are."""
        rows = self.frame.to_dict("records")
        lost = [held(self.number_key(str(row["unit_id"])), certain_n(row, self.disclosure)) for row in rows]
        if not any(lost):
            return (None, len(rows)) if held(self.number_key("pooled")) else (self, 0)
        frame = self.frame.copy()
        frame.loc[lost, list(frame.select_dtypes("float"))] = np.nan
        part = replace(self, frame=frame)
        if held(self.number_key("pooled")) or part.compared.empty:
            return None, len(rows)
        return replace(part, limits=self._limits_of(part.compared["n"])), sum(lost)

    def _limits_of(self, n: pd.Series) -> pd.DataFrame:
        """Return the limits over no more than `n`: their ends would tell the sizes of other units."""
        limits = self.limits
        within = limits["n"].between(n.min(), n.max())
        return limits[within] if within.sum() > 1 else limits

    @property
    def compared(self) -> pd.DataFrame:
        """Rows of the units compared whose value is known and shown."""
        return self.frame[self.judgement.chosen].dropna(subset=["value"])

    def units(self, *verdicts: OutlierStatus) -> pd.DataFrame:
        """Return the rows with one of `verdicts`, those farthest from the target by chance alone first."""
        rows = self.frame[self.frame["verdict"].isin([verdict.value for verdict in verdicts])]
        return rows.sort_values("z_chance", key=np.abs, ascending=False, kind="stable")

    @property
    def called_out(self) -> pd.DataFrame:
        """Rows of the units that surely differ from the others, the surest first."""
        return self.units(*CALLED_OUT)

    @property
    def called_by_chance_alone(self) -> int:
        """How many units would lie outside limits that know no over-dispersion."""
        return int((np.abs(self.judgement.z_chance) > normal_quantile(ALARM)).sum())

    @property
    def reliable(self) -> int:
        """How many units are compared with sufficient reliability."""
        return int((self.judgement.reliability >= SUFFICIENT).sum())

    @property
    def needed(self) -> tuple[int | None, int | None]:
        """From how many answers to how many a unit needs for sufficient reliability; None where none will do.

        Few units leave the differences between them open: a single number would be made of chance.
        """
        return self.needed_for(SUFFICIENT)

    def needed_for(self, reliability: float) -> tuple[int | None, int | None]:
        """Return from how many answers to how many a unit needs for a reliability."""
        chosen, judgement = self.judgement.chosen, self.judgement
        variances = judgement.sigma2 / self.scores.effective_n[chosen]
        between = between_limits(self.scores.value[chosen], variances, level=self.confidence)
        return n_for_reliability_between(between, judgement.answer_variance, target=reliability)

    @property
    def banded(self) -> bool:
        """Whether any number of answers is published as a band."""
        return bool((self.scores.n != self.scores.n_high).any()) and self.scores.table == "aggregates"

    def typical(self) -> pd.DataFrame:
        """Return the typical unit of each of `PARTS` equal parts of the compared units in order of value.

        Returns
        -------
        pandas.DataFrame
            first, last (observed places of the part, 1 is the highest value), and the median of value, low,
            high, likely_low, likely_high, joint_low, joint_high over its units.
        """
        # units of one value stay in order of id: by n, sure and unsure ones would form parts
        rows = self.compared.sort_values("value", ascending=False, kind="stable")
        part = np.arange(len(rows)) * PARTS // len(rows)
        columns = ["value", "low", "high", "likely_low", "likely_high", "joint_low", "joint_high"]
        grouped = rows[columns].astype("Float64").astype(float).groupby(part)
        place = pd.Series(np.arange(1, len(rows) + 1), index=rows.index).groupby(part)
        return grouped.median().assign(first=place.min(), last=place.max())[["first", "last", *columns]]


def certain_n(row: Mapping[Any, Any], disclosure: MinimumFrequency) -> int | None:
    """Return the answers a unit has; None where its published band reaches below what may be shown.

    Parameters
    ----------
    row
        Of a comparison's frame.
    disclosure
        Of how few answers no value is shown.
    """
    n = int(row["n"])
    return n if n == int(row["n_high"]) or disclosure.shows(n) else None


@dataclass(frozen=True, slots=True, eq=False)
class BenchmarkResult:
    """The comparisons of all survey types, and why one could not be made.

    Parameters
    ----------
    comparisons
        One per survey type that could be compared.
    refusals
        Survey type and reason, for each that could not.
    choices
        What was compared, and how strictly.
    """

    comparisons: tuple[Comparison, ...]
    refusals: tuple[tuple[str, Refusal], ...] = ()
    choices: ComparisonChoices = ComparisonChoices()

    def __iter__(self) -> Iterator[Comparison]:
        return iter(self.comparisons)

    def like(self, comparison: Comparison) -> Comparison | None:
        """Return the comparison of the same survey type; None where it could not be made."""
        survey_type = comparison.measure.survey_type
        return next((candidate for candidate in self if candidate.measure.survey_type == survey_type), None)

    @property
    def tables(self) -> tuple[str, ...]:
        """Canonical tables the comparisons rest on."""
        return tuple(dict.fromkeys(comparison.scores.table for comparison in self))

    def to_frame(self) -> pd.DataFrame:
        """Return the rows of all comparisons, led by survey type, item and statistic."""
        frames = []
        for comparison in self:
            frame, measure = comparison.to_frame(), comparison.measure
            for column, value in (
                ("statistic", measure.statistic),
                ("item", measure.item.item),
                ("survey_type", measure.survey_type),
            ):
                frame.insert(0, column, value)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
