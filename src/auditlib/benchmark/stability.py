"""Whether units called out in one period are called out again, and how far they fall back to the mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd

from auditlib.benchmark.numbers import UNIT_OF, rests_on
from auditlib.benchmark.scores import ScoreMeasure, UnitScores
from auditlib.benchmark.verdicts import OutlierJudgement, OutlierStatus, judge
from auditlib.benchmark.wording import counted, listed, shown, what
from auditlib.records import Basis, Held, Interval, Number, Refusal, Sentence
from auditlib.statistics import intervals
from auditlib.statistics.funnel import Variant

FEWEST_TO_CORRELATE = 10
"""Units in two periods below which a correlation says nothing."""
SIDES = (OutlierStatus.HIGHER, OutlierStatus.LOWER)


@dataclass(frozen=True, slots=True)
class Spell:
    """One period: its name and what each unit scored in it."""

    label: str
    scores: UnitScores


@dataclass(frozen=True, slots=True, eq=False)
class Stability:
    """Units called out in the first period, followed through the later ones.

    Parameters
    ----------
    spells
        The periods, in order.
    judgements
        What was found in each.
    frame
        One row per unit compared in the first period: unit_id, name, verdict (of the first period), expected
        (distance from the mean that shrinkage foretells), and per period value_1, distance_1 (from the mean
        of that period), verdict_1 ...; empty where the unit is not compared in a period.
    """

    measure: ScoreMeasure
    spells: tuple[Spell, ...]
    judgements: tuple[OutlierJudgement, ...]
    frame: pd.DataFrame
    confidence: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row per unit compared in the first period."""
        return self.frame.copy()

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it, or nothing where a unit called out is held back: mean and others would tell it."""
        called = self.frame[self.frame["verdict"].isin([side.value for side in SIDES])]
        keys = (f"{self.measure.statistic}:{unit}:{self.key}" for unit in called["unit_id"])
        lost = sum(held(key) for key in keys)
        return (None if lost else self), lost

    @property
    def drawn(self) -> bool:
        """Whether there is a unit to draw: none where the first period calls none out."""
        return any(len(self._still(side, 0)) for side in SIDES)

    @property
    def key(self) -> str:
        """End of the keys of its numbers."""
        return f"{self.measure.survey_type}:{self.measure.item.item}"

    @property
    def title(self) -> str:
        """What is followed, in words."""
        text = what(self.measure.statistic, self.measure.item)
        return f"{self.measure.survey}, called out in {self.spells[0].label}: {text}"

    @property
    def alt(self) -> str:
        """What a reader who cannot see the figure must know."""
        return " ".join(sentence.text for sentence in self.summary())

    def followed(self) -> pd.DataFrame:
        """Return, per side and period, where the units called out first stand, with what was foretold.

        Returns
        -------
        pandas.DataFrame
            called, period, units (still compared), again (called out on the same side), share (of them),
            distance (mean distance from the period's own mean), expected (what shrinkage foretold in the
            first period for the same units; empty for that period itself).
        """
        rows = [self._row(side, place) for side in SIDES for place in range(len(self.spells))]
        return pd.DataFrame([row for row in rows if row])

    def _row(self, side: OutlierStatus, place: int) -> dict[str, object]:
        mine = self._still(side, place)
        if mine.empty:
            return {}
        again = int((mine[f"verdict_{place + 1}"] == side.value).sum())
        return {
            "called": side.value,
            "period": self.spells[place].label,
            "units": len(mine),
            "again": again,
            "share": again / len(mine),
            "distance": float(mine[f"distance_{place + 1}"].mean()),
            "expected": float(mine["expected"].mean()) if place else None,
        }

    def _still(self, side: OutlierStatus, place: int) -> pd.DataFrame:
        rows = self.frame[self.frame["verdict"] == side.value]
        return rows[rows[f"verdict_{place + 1}"] != OutlierStatus.NONE.value]

    def summary(self) -> tuple[Sentence, ...]:
        """Return how many are called out again, and how much of the distance was chance."""
        parts = (self._again(), *(self._fall(side) for side in SIDES), self._agreement())
        return tuple(part for part in parts if part.text)

    def _again(self) -> Sentence:
        kind, first = self.measure.survey_type.capitalize(), self.spells[0].label
        found = {side: self._counts(side) for side in SIDES if len(self._still(side, 0))}
        if not found:
            return Sentence(f"{kind} survey: no unit is called out in {first}, so that none can be followed.")
        parts = [
            f"of {counted(len(self._still(side, 0)), 'unit')} called {side.value} in {first}, {text}"
            for side, text in found.items()
        ]
        later = tuple(
            f"{name}:{side.value}:{place + 1}:{self.key}"
            for side in found
            for place in range(1, len(self.spells))
            for name in ("again", "still")
        )
        keys = (*(f"called_first:{side.value}:{self.key}" for side in found), *later)
        return Sentence(f"{kind} survey: {'; '.join(parts)}.", keys)

    def _counts(self, side: OutlierStatus) -> str:
        parts = []
        for place in range(1, len(self.spells)):
            mine, label = self._still(side, place), self.spells[place].label
            again = int((mine[f"verdict_{place + 1}"] == side.value).sum())
            if mine.empty:
                parts.append(f"none is still compared in {label}")
                continue
            verb = "was" if again == 1 else "were"
            parts.append(
                f"{again or 'none'} of the {len(mine)} still compared {verb} called so again in {label}"
            )
        return listed(parts)

    def _fall(self, side: OutlierStatus) -> Sentence:
        mine = self._still(side, 1)
        if mine.empty:
            return Sentence("")
        first, later, foretold = (
            abs(float(mine[name].mean())) for name in ("distance_1", "distance_2", "expected")
        )
        text = (
            f"{self.measure.survey}, regression to the mean: those called {side.value} lay "
            f"{self._points(first)} from the mean, and in {self.spells[1].label} {self._points(later)}; "
            f"shrinkage had foretold {self._points(foretold)}: a way back of "
            f"{self._points(first - foretold)} comes with chance alone, and shows neither improvement nor "
            "decline."
        )
        keys = tuple(
            f"{name}:{side.value}:2:{self.key}"
            for name in ("first_distance", "distance", "expected", "way_back")
        )
        return Sentence(text, keys)

    def _points(self, distance: float) -> str:
        if self.measure.statistic == "mean":
            return f"{abs(distance):.2f}"
        return f"{100 * abs(distance):.1f} points"

    def _agreement(self) -> Sentence:
        both = self.frame.dropna(subset=["distance_1", "distance_2"])
        second = self.frame[self.frame["verdict_2"].isin([side.value for side in SIDES])]
        fresh = int((second["verdict_2"] != second["verdict"]).sum())
        if len(both) < FEWEST_TO_CORRELATE:
            return Sentence("")
        text = (
            f"{self.measure.survey}, all {counted(len(both), 'unit')} in both periods: "
            f"the values of {self.spells[0].label} and "
            f"{self.spells[1].label} correlate at {self._correlation():.2f}."
        )
        if len(second):
            called = counted(len(second), "unit")
            text += f" Of {called} called out in the second, {fresh:,} had not been in the first."
        keys = (f"correlation:{self.key}", f"called_second:{self.key}", f"new_second:{self.key}")
        return Sentence(text, keys)

    def _correlation(self) -> float:
        both = self.frame.dropna(subset=["distance_1", "distance_2"])
        return float(np.corrcoef(both["distance_1"], both["distance_2"])[0, 1])

    def numbers(self) -> tuple[Number, ...]:
        """Return what the sentences state, each with the rows of its period."""
        found = [
            number
            for side in SIDES
            for place in range(1, len(self.spells))
            for number in self._of(side, place)
        ]
        sides = [side.value for side in SIDES]
        second = self.frame[self.frame["verdict_2"].isin(sides)]
        basis = self._basis(0, 1)
        fresh = int((second["verdict_2"] != second["verdict"]).sum())
        both = int(self.frame["distance_2"].notna().sum())
        enough = both >= FEWEST_TO_CORRELATE
        first = tuple(
            Number(f"called_first:{side.value}:{self.key}", len(self._still(side, 0)), "units", basis=basis)
            for side in SIDES
        )
        return (
            *first,
            *found,
            Number(
                f"correlation:{self.key}", self._correlation() if enough else None, "ratio", both, basis=basis
            ),
            Number(f"called_second:{self.key}", len(second), "units", basis=basis),
            Number(f"new_second:{self.key}", fresh, "units", basis=basis),
        )

    def _of(self, side: OutlierStatus, place: int) -> tuple[Number, ...]:
        mine, end = self._still(side, place), f"{side.value}:{place + 1}:{self.key}"
        if self._still(side, 0).empty:
            return ()
        basis, unit = self._basis(place), UNIT_OF[self.measure.statistic]
        if mine.empty:
            return Number(f"again:{end}", 0, "units", basis=basis), Number(
                f"still:{end}", 0, "units", basis=basis
            )
        again = int((mine[f"verdict_{place + 1}"] == side.value).sum())
        limits = intervals.wilson(again, len(mine), level=self.confidence)
        interval = Interval(float(limits.low), float(limits.high), self.confidence, "Wilson")
        means = {
            "first_distance": mine["distance_1"],
            "distance": mine[f"distance_{place + 1}"],
            "expected": mine["expected"],
            "way_back": mine["distance_1"] - mine["expected"],
        }
        # units are no persons: a mean over few of them gives nobody away
        over = f"Mean over {counted(len(mine), 'unit')}."
        return (
            Number(f"again:{end}", again, "units", basis=basis),
            Number(f"still:{end}", len(mine), "units", basis=basis),
            Number(f"again_share:{end}", again / len(mine), "share", len(mine), interval, basis),
            *(
                Number(f"{name}:{end}", float(part.mean()), unit, basis=basis, reason=over)
                for name, part in means.items()
            ),
        )

    def _basis(self, *places: int) -> tuple[Basis, ...]:
        """Return the rows of the periods; halves of the audited one cannot be told apart by an equality."""
        if self.spells[0].scores.table == "responses":
            (whole,) = rests_on(self.spells[0].scores)
            return (replace(whole, rows=int(sum(spell.scores.n.sum() for spell in self.spells))),)
        return tuple(entry for place in places for entry in rests_on(self.spells[place].scores))

    def pooled(self) -> tuple[str, ...]:
        """Return the mean of each period as printed."""
        return tuple(shown(judgement.target, self.measure.statistic) for judgement in self.judgements)


def stability(
    spells: Sequence[Spell],
    names: dict[str, str],
    *,
    minimum_n: int,
    minimum_units: int = 10,
    confidence: float = 0.95,
    variant: Variant = "winsorised",
    consistent: bool = True,
) -> Stability | Refusal:
    """Judge the units of each period by itself and follow those the first calls out.

    Parameters
    ----------
    spells
        At least two periods of one measure, over the same units.
    names
        Name of each unit.

    Notes
    -----
    What shrinkage foretells is the unit's shrunk value in the first period less that period's centre: an
    honest guess of its next distance, if nothing but chance changes (Efron and Morris 1975, JASA 70:311-319).
    """
    if len(spells) < 2:
        return Refusal("There is one period only: outliers cannot be followed.")
    found = []
    for spell in spells:
        enough = spell.scores.known & (spell.scores.n >= max(2, minimum_n))
        judged = judge(
            spell.scores, enough, confidence=confidence, minimum_units=minimum_units, variant=variant,
            consistent=consistent,
        )  # fmt: skip
        if isinstance(judged, Refusal):
            return judged
        if isinstance(judged.dispersion, Refusal):
            return judged.dispersion
        if isinstance(judged.shrunk, Refusal):
            return judged.shrunk
        found.append(judged)
    frame = _frame(spells, found, names)
    return Stability(spells[0].scores.measure, tuple(spells), tuple(found), frame, confidence)


def _frame(spells: Sequence[Spell], found: Sequence[OutlierJudgement], names: dict[str, str]) -> pd.DataFrame:
    units = spells[0].scores.unit_id
    columns: dict[str, object] = {"unit_id": list(units), "name": [names.get(unit, unit) for unit in units]}
    first = found[0]
    expected = np.full(len(units), np.nan)
    if not isinstance(first.shrunk, Refusal):
        expected[first.chosen] = first.shrunk.value - first.shrunk.centre
    columns["expected"] = expected
    for place, (spell, judged) in enumerate(zip(spells, found, strict=True), start=1):
        value = np.where(judged.chosen, spell.scores.value, np.nan)
        verdicts = np.full(len(units), OutlierStatus.NONE.value, dtype=object)
        verdicts[judged.chosen] = [verdict.value for verdict in judged.verdicts()]
        columns[f"value_{place}"] = value
        columns[f"distance_{place}"] = value - float(value[judged.chosen].mean())
        columns[f"verdict_{place}"] = verdicts
    frame = pd.DataFrame(columns)
    frame.insert(2, "verdict", frame["verdict_1"])
    return frame[first.chosen].reset_index(drop=True)
