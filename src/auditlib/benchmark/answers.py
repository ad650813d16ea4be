"""Kinds of answers compared, by channel or type of transaction: as they are, and within the same units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditlib.benchmark.mix import indicators
from auditlib.benchmark.numbers import UNIT_OF
from auditlib.benchmark.scores import ScoreMeasure, coded
from auditlib.benchmark.wording import counted, listed, points, shown, spoken, what
from auditlib.records import Basis, Interval, Number, Refusal, Sentence
from auditlib.statistics import case_mix, discovery


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """Answers by channel or type of transaction.

    Parameters
    ----------
    by
        Column of the responses.
    frame
        One row per kind, the commonest first: the kind, units, n, value, within (difference to the commonest
        kind in the same units; 0 for itself), within_low, within_high, q (smallest false discovery rate at
        which it counts as different).
    hidden
        Kinds with fewer answers than the minimum cell.
    """

    measure: ScoreMeasure
    by: str
    frame: pd.DataFrame
    hidden: int
    confidence: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row per kind, the commonest first."""
        return self.frame.copy()

    @property
    def key(self) -> str:
        """End of the keys of its numbers."""
        return f"{self.by}:{self.measure.survey_type}:{self.measure.item.item}"

    @property
    def title(self) -> str:
        """What is compared, in words."""
        text = what(self.measure.statistic, self.measure.item)
        return f"By {self.by.replace('_', ' ')}: {self.measure.survey_type} survey, {text}"

    def summary(self) -> tuple[Sentence, ...]:
        """Return which kinds differ from the commonest within the same units."""
        first, kind = self.frame.iloc[0], self.measure.survey_type.capitalize()
        apart = self.frame[self.frame["q"] <= 1 - self.confidence]
        entries = [
            f"{spoken(row[self.by])} {points(float(row['within']), self.measure.statistic)}"
            for row in apart.to_dict("records")
        ]
        found = (
            f"{counted(len(apart), 'differs', 'differ')}: {listed(entries, as_written=True)}"
            if entries
            else "none is shown to differ"
        )
        text = (
            f"{kind} survey by {self.by.replace('_', ' ')}: compared with "
            f"{spoken(first[self.by])} ({shown(float(first['value']), self.measure.statistic)}) in the "
            f"same units, of {counted(len(self.frame) - 1, 'other')} {found}."
        )
        compared = tuple(f"within:{row}:{self.key}" for row in self.frame[self.by])
        keys = (f"value:{first[self.by]}:{self.key}", f"others:{self.key}", f"differ:{self.key}", *compared)
        return (Sentence(text, keys),)

    def numbers(self) -> tuple[Number, ...]:
        """Return each kind's value, and its difference within units with the interval."""
        unit = UNIT_OF[self.measure.statistic]
        found: list[Number] = []
        for row in self.frame.to_dict("records"):
            kind, n = str(row[self.by]), int(row["n"])
            basis = (self._basis(kind, n),)
            limits = Interval(
                float(row["within_low"]), float(row["within_high"]), self.confidence, "clustered by unit"
            )
            found.append(Number(f"value:{kind}:{self.key}", float(row["value"]), unit, n, basis=basis))
            found.append(Number(f"within:{kind}:{self.key}", float(row["within"]), unit, n, limits, basis))
        differ = int((self.frame["q"] <= 1 - self.confidence).sum())
        counts = {"others": len(self.frame) - 1, "differ": differ}
        return (*found, *(Number(f"{name}:{self.key}", count, "count") for name, count in counts.items()))

    def _basis(self, kind: str, n: int) -> Basis:
        where = (("survey_type", self.measure.survey_type), (self.by, kind), ("in_period", True))
        return Basis("responses", where, self.measure.item.item, n)


def kinds(
    mix: pd.DataFrame, measure: ScoreMeasure, *, by: str, minimum: int = 5, confidence: float = 0.95
) -> Kinds | Refusal:
    """Compare kinds of answers.

    Parameters
    ----------
    mix
        Counts by `by`, as `count_mix` returns them.
    minimum
        Answers below which a kind is left out.

    Notes
    -----
    The difference within units is the slope of a regression with unit effects (`statistics.case_mix`), its
    error clustered by unit: it does not mistake good units that use one channel for a good channel. Over all
    kinds the false discovery rate is held (Benjamini and Hochberg 1995).
    """
    from scipy.special import stdtr, stdtrit

    chosen = measure.select(mix)
    chosen = chosen[chosen[by] != ""]
    sizes = chosen.groupby(by)["n"].sum().sort_values(ascending=False, kind="stable")
    shown_kinds = sizes[sizes >= minimum]
    if len(shown_kinds) < 2:
        return Refusal(
            f"The {measure.survey_type} survey has fewer than two kinds of {by.replace('_', ' ')}."
        )
    kept = chosen[chosen[by].isin(shown_kinds.index)]
    score = coded(kept["score"], measure)
    unit = kept["unit_id"].to_numpy(dtype=str)
    found = case_mix.within_unit(score, indicators(kept, [by]), unit, weights=kept["n"].to_numpy())
    if isinstance(found, Refusal):
        return found
    freedom = len(np.unique(unit)) - 1
    half = float(stdtrit(freedom, (1 + confidence) / 2)) * found.slope_errors
    p = 2 * stdtr(freedom, -np.abs(found.slopes) / found.slope_errors)
    rows = kept.assign(total=score * kept["n"]).groupby(by)
    within = np.concatenate([[0.0], found.slopes])
    half = np.concatenate([[0.0], half])
    frame = pd.DataFrame(
        {
            by: list(shown_kinds.index),
            "units": rows["unit_id"].nunique().reindex(shown_kinds.index).to_numpy(),
            "n": shown_kinds.to_numpy(dtype=np.int64),
            "value": (rows["total"].sum() / rows["n"].sum()).reindex(shown_kinds.index).to_numpy(),
            "within": within, "within_low": within - half, "within_high": within + half,
            "q": np.concatenate([[1.0], discovery.benjamini_hochberg(p)]),
        }
    )  # fmt: skip
    return Kinds(measure, by, frame, len(sizes) - len(shown_kinds), confidence)
