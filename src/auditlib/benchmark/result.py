"""What one comparison found, as values: a frame per unit, sentences, and numbers with their basis."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
import pandas as pd

from auditlib.benchmark.numbers import UNIT_OF, certain_n, numbers_of, rests_on
from auditlib.benchmark.places import ComparedRanks
from auditlib.benchmark.scores import ScoreMeasure, UnitScores
from auditlib.benchmark.verdicts import ALARM, OutlierJudgement, OutlierStatus
from auditlib.benchmark.wording import band, counted, listed, percent, readable, shown, what
from auditlib.records import Basis, Held, Number, Refusal, Sentence
from auditlib.statistics.reliability import SUFFICIENT, n_for_reliability
from auditlib.statistics.types import normal_quantile

NAMED = 20
"""Units named per reason for no verdict: more is a file, not a page."""
_SHARED_REASONS = tuple(
    (re.compile(form), text)
    for form, text in (
        (r"^(?:[\d,]+|no) responses?; a verdict needs [\d,]+\.", "Fewer responses than a verdict needs."),
        (
            r"^Between [\d,]+ and [\d,]+ surveys?; .*",
            "The band of surveys reaches below what a verdict needs.",
        ),
        (r"The value is suppressed below [\d,]+\.", "So few that the value is suppressed."),
        (r"^Only [\d,]+ units? can be compared; .*", "Too few units to tell over-dispersion from outliers."),
    )
)
PARTS = 60
"""Parts of many units, in order of value, of which a figure shows the typical unit."""
_PRINTED_RANKS = {
    "likely_low": "likely_rank_from",
    "likely_high": "likely_rank_to",
    "rank_low": "rank_set_from",
    "rank_high": "rank_set_to",
}


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Units compared on one statistic of one item of one survey type.

    Parameters
    ----------
    scores
        What each unit scored.
    judgement
        What chance and over-dispersion could explain.
    places
        Ranks each unit may hold.
    frame
        One row per unit in ascending order of id; see `to_frame`.
    limits
        Funnel limits over n, ready to draw.
    confidence
        Level of intervals and inner limits.
    minimum_n, minimum_cell
        Answers needed for a verdict, and for a value to be shown.
    """

    ranges: ClassVar[bool] = True

    scores: UnitScores
    judgement: OutlierJudgement
    places: ComparedRanks
    frame: pd.DataFrame
    limits: pd.DataFrame
    confidence: float
    minimum_n: int
    minimum_cell: int

    @property
    def measure(self) -> ScoreMeasure:
        """What is compared."""
        return self.scores.measure

    @property
    def key(self) -> str:
        """End of the keys of this comparison's numbers."""
        return f"{self.measure.survey_type}:{self.measure.item.item}"

    @property
    def unit(self) -> str:
        """Unit its values are printed in."""
        return UNIT_OF[self.measure.statistic]

    @property
    def title(self) -> str:
        """What is compared, in words."""
        measure = self.measure
        return f"{measure.survey}, {what(measure.statistic, measure.item)}"

    def to_frame(self) -> pd.DataFrame:
        """Return one row per unit: what it scored, with its interval, verdict and why.

        Returns
        -------
        pandas.DataFrame
            unit_id, name, region, unit_type, n, n_high, value, low, high, z_chance, z, q, shrunk, shrunk_low,
            shrunk_high, reliability, likely_low, likely_high (ranks it probably holds), rank_low, rank_high
            (its rank set), joint_low, joint_high (all rank sets at once), verdict, why. A cell that cannot be
            had is empty and `why` says why.
        """
        return self.frame.copy()

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it with gaps for the units whose numbers are held back, and how many they are."""
        rows = self.frame.to_dict("records")
        lost = [
            held(self.number_key(str(row["unit_id"])), certain_n(row, minimum=self.minimum_cell))
            for row in rows
        ]
        if not any(lost):
            return (None, len(rows)) if held(self.number_key("pooled")) else (self, 0)
        frame = self.frame.copy()
        frame.loc[lost, list(frame.select_dtypes("float"))] = np.nan
        kept = replace(self, frame=frame)
        if held(self.number_key("pooled")) or kept.compared.empty:
            return None, len(rows)
        return replace(kept, limits=self._limits_of(kept.compared["n"])), sum(lost)

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
        """Return the rows with one of `verdicts`, farthest from the target first."""
        rows = self.frame[self.frame["verdict"].isin([verdict.value for verdict in verdicts])]
        return rows.sort_values("z", key=np.abs, ascending=False, kind="stable")

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

    @property
    def banded(self) -> bool:
        """Whether any number of answers is published as a band."""
        return bool((self.scores.n != self.scores.n_high).any()) and self.scores.table == "aggregates"

    @property
    def alt(self) -> str:
        """What a reader who cannot see its figures must know."""
        return self._standing_out().text

    @property
    def basis(self) -> Basis:
        """The rows the comparison rests on, for its tables."""
        return rests_on(self.scores)[0]

    def called_out(self) -> pd.DataFrame:
        """Return the units outside the outer limits, the farthest first, as printed."""
        return self._printed(self.units(OutlierStatus.HIGHER, OutlierStatus.LOWER))

    def without_verdict(self) -> pd.DataFrame:
        """Return the units without a verdict and why, as printed."""
        rows = named(self.with_bands(self.frame[self.frame["verdict"] == OutlierStatus.NONE.value]))
        return rows[["unit_id", "name", "surveys", "why"]]

    def reasons(self) -> pd.DataFrame:
        """Return how many units have no verdict for each reason, the commonest first, and some of them."""
        rows = self.frame[self.frame["verdict"] == OutlierStatus.NONE.value]
        why = rows["why"].map(_in_common)
        groups = [(str(reason), part["name"].astype(str).tolist()) for reason, part in rows.groupby(why)]
        groups.sort(key=lambda group: (-len(group[1]), group[0]))
        entries = [(reason, len(names), listed(names, most=NAMED)) for reason, names in groups]
        return pd.DataFrame(entries, columns=["why", "units", "named"])

    def _printed(self, rows: pd.DataFrame) -> pd.DataFrame:
        size = "surveys" if self.banded else "n"
        columns = [
            "unit_id",
            "name",
            size,
            "value",
            "low",
            "high",
            "shrunk",
            *_PRINTED_RANKS.values(),
            "verdict",
        ]
        shown_rows = named(self.with_bands(rows)).rename(columns=_PRINTED_RANKS)
        present = [column for column in columns if column in shown_rows]
        return shown_rows[present].rename(columns={"value": self.measure.statistic})

    def with_bands(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Put the published band of n in words beside each unit."""
        bands = [band(int(low), int(high)) for low, high in zip(rows["n"], rows["n_high"], strict=True)]
        return rows.assign(surveys=bands)

    def summary(self) -> tuple[Sentence, ...]:
        """Return what was found: who stands out, who has no verdict, how much is more than chance."""
        parts = (
            self._standing_out(), self._dispersion(), self._ranks(), self._reliability(), self._silent(),
            self._grounds(),
        )  # fmt: skip
        return tuple(part for part in parts if part.text)

    def number_key(self, unit: str) -> str:
        """Return the key of a unit's number, or of the pooled one."""
        return f"{self.measure.statistic}:{unit}:{self.key}"

    def _standing_out(self) -> Sentence:
        scores, compared = self.scores, int(self.judgement.chosen.sum())
        pooled = shown(self.judgement.target, scores.measure.statistic)
        when = " over the whole period" if scores.table == "responses" else ""
        units = counted(compared, "unit is", "units are")
        start = f"{self.title}: {units} compared with their pooled value of {pooled}{when}"
        keys = [self.number_key("pooled"), f"compared:{self.key}", f"higher:{self.key}", f"lower:{self.key}"]
        if isinstance(self.judgement.dispersion, Refusal):
            return Sentence(
                f"{start}; none gets a verdict. {self.judgement.dispersion.reason}",
                (*keys[:2], f"phi:{self.key}"),
            )
        higher, lower = self.units(OutlierStatus.HIGHER), self.units(OutlierStatus.LOWER)
        keys += [self.number_key(str(unit)) for rows in (higher, lower) for unit in rows["unit_id"][:6]]
        return Sentence(f"{start}. {_called_out(higher, lower)}", tuple(keys))

    def _dispersion(self) -> Sentence:
        found = self.judgement.dispersion
        if isinstance(found, Refusal):
            return Sentence("")
        alone = int((np.abs(self.judgement.z_chance) > normal_quantile(ALARM)).sum())
        called = len(self.units(OutlierStatus.HIGHER, OutlierStatus.LOWER))
        names = ("phi", "times_chance", "chance_only", "called")
        keys = tuple(f"{name}:{self.key}" for name in names)
        start = f"{self.measure.survey}: units differ"
        text = (
            f"{start} {_times(found.phi)} as chance alone would make them (over-dispersion {found.phi:.1f}); "
            f"limits for chance alone would call out {alone:,}, these call out {called:,}."
        )
        if found.tau2 == 0:
            text = (
                f"{self.measure.survey}: no difference between units is shown beyond what chance alone would "
                f"make (over-dispersion {found.phi:.2f})."
            )
        return Sentence(text, keys)

    def _ranks(self) -> Sentence:
        found, k = self.places, len(self.places.each.low)
        upper, lower = counted(found.upper_half, "unit"), counted(found.lower_half, "unit")
        likely = found.likely_span
        roughly = (
            likely.reason
            if isinstance(likely, Refusal)
            else f"the middle unit stands somewhere among {likely:,.0f} of {counted(k, 'place')} (such "
            "intervals hold "
            f"for {percent(self.confidence)} of units)."
        )
        text = (
            f"{self.measure.survey}, ranks: {roughly} Taking nothing for granted about how units differ, "
            f"{counted(round(found.span), 'place')} cannot be ruled out for it; {upper} can be placed in "
            "the upper half "
            f"for sure, and {lower} in the lower half."
        )
        names = ("compared", "likely_span", "rank_span", "upper_half", "lower_half")
        keys = tuple(f"{name}:{self.key}" for name in names)
        return Sentence(text, keys)

    def _reliability(self) -> Sentence:
        shrunk, needed = self.judgement.shrunk, self.needed()
        if isinstance(shrunk, Refusal):
            return Sentence(shrunk.reason, (f"tau:{self.key}",))
        if isinstance(needed, Refusal):
            return Sentence(needed.reason, (f"needed:{self.key}",))
        enough = int((self.judgement.reliability >= SUFFICIENT).sum())
        text = (
            f"{self.measure.survey}: reliability reaches {SUFFICIENT:.1f} in "
            f"{enough:,} of {counted(len(shrunk.value), 'unit')}; it takes "
            f"about {counted(needed, 'answer')} a unit."
        )
        names = ("sufficient_reliability", "reliable", "compared", "needed")
        return Sentence(text, tuple(f"{name}:{self.key}" for name in names))

    def needed(self) -> int | Refusal:
        """Return the answers a unit needs for sufficient reliability."""
        shrunk = self.judgement.shrunk
        if isinstance(shrunk, Refusal):
            return shrunk
        return n_for_reliability(shrunk.tau2, self.judgement.sigma2)

    def _silent(self) -> Sentence:
        silent = int((~self.judgement.chosen).sum())
        if not silent:
            return Sentence("")
        survey, verb = self.measure.survey, "has" if silent == 1 else "have"
        return Sentence(
            f"{survey}: {counted(silent, 'unit')} {verb} no verdict, "
            f"because fewer than {counted(self.minimum_n, 'answer is', 'answers are')} "
            "certain, or no value is known; the reasons are counted below.",
            (f"silent:{self.key}", f"minimum_n:{self.key}"),
        )

    @property
    def limit(self) -> Sentence:
        """What bounds every statement made from this comparison."""
        if self.scores.banded:
            return self._grounds()
        return Sentence(
            f"The {self.measure.survey_type} survey speaks for those who answered; a unit needs "
            f"{counted(self.minimum_n, 'answer')} for a verdict.",
            (f"minimum_n:{self.key}",),
        )

    def _grounds(self) -> Sentence:
        if not self.scores.banded:
            return Sentence(self.scores.note)
        text = (
            "Standard errors rest on banded n: the lower end of each published band is used, so that limits "
            "are wider than they need be for units with more surveys."
        )
        return Sentence(f"{text} {self.scores.note}".strip())

    def numbers(self) -> tuple[Number, ...]:
        """Return every number with what it rests on: one per unit, the pooled value and the counts."""
        return numbers_of(self)


def _in_common(why: str) -> str:
    """Return a reason as units share it, without the numbers of one."""
    for form, text in _SHARED_REASONS:
        why = form.sub(text, why)
    return why


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """Return `rows` with names as they are read, not all in capitals."""
    return rows.assign(name=[readable(str(name)) for name in rows["name"]])


def _called_out(higher: pd.DataFrame, lower: pd.DataFrame) -> str:
    explain = "than chance and over-dispersion could explain"
    if higher.empty and lower.empty:
        return (
            "None is shown to lie higher or lower: all are within the outer limits for chance "
            "and over-dispersion."
        )
    if higher.empty or lower.empty:
        rows, side, other = (lower, "lower", "higher") if higher.empty else (higher, "higher", "lower")
        return f"{_with_names(rows)} {_lie(rows)} {side} {explain}; none is shown to lie {other}."
    return f"{_with_names(higher)} {_lie(higher)} higher {explain}, and {_with_names(lower)} lower."


def _lie(rows: pd.DataFrame) -> str:
    return "lies" if len(rows) == 1 else "lie"


def _with_names(rows: pd.DataFrame) -> str:
    return f"{len(rows):,} ({listed([str(name) for name in rows['name']])})"


def _times(phi: float) -> str:
    return f"{np.sqrt(phi):.1f} times as much"
