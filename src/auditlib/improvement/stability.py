"""Whether units called out in one period are called out again, and how far they fall back to the mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd

from auditlib.benchmark.answer import BenchmarkAnswer, by_survey
from auditlib.benchmark.facts import rests_on, unit_facts
from auditlib.benchmark.outliers import OutlierJudgement, judge
from auditlib.benchmark.result import Comparison
from auditlib.benchmark.scores import ScoreMeasure
from auditlib.benchmark.words import joined, measured, shortlist, stated
from auditlib.improvement.periods import ScoredPeriod, scored_periods
from auditlib.improvement.words import as_distance
from auditlib.parameters.engagement import Engagement
from auditlib.records import Basis, Held, Interval, Number, Refusal, Sentence
from auditlib.statements import Answer, Facts, Unanswered, counted, say
from auditlib.statistics import intervals
from auditlib.statistics.outlier_verdicts import CALLED_OUT, OutlierStatus

FEWEST_TO_CORRELATE = 10
"""Units in two periods below which a correlation says nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Stability:
    """Units called out in the first period, followed through the later ones.

    Parameters
    ----------
    periods
        The periods, in order.
    judgements
        What was found in each.
    frame
        One row per unit compared in the first period: unit_id, name, verdict (of the first period), expected
        (distance from the mean that shrinkage foretells), and per period value_1, distance_1 (from the mean
        of that period), verdict_1 ...; empty where the unit is not compared in a period.
    whole
        Numbers of the units called out first over all periods: where one is held back, so is the figure.
    """

    measure: ScoreMeasure
    periods: tuple[ScoredPeriod, ...]
    judgements: tuple[OutlierJudgement, ...]
    frame: pd.DataFrame
    confidence: float
    whole: tuple[Number, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return one row per unit compared in the first period."""
        return self.frame.copy()

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it, or nothing where a unit called out is held back: mean and others would tell it."""
        keys = (f"{self.measure.statistic}:{unit}:{self.measure.key}" for unit in self.called_first)
        lost = sum(held(key) for key in keys)
        return (None if lost else self), lost

    @property
    def called_first(self) -> tuple[str, ...]:
        """Units that the first period calls out, on either side."""
        called = self.frame["verdict"].isin([side.value for side in CALLED_OUT])
        return tuple(self.frame.loc[called, "unit_id"].astype(str))

    def still_compared(self, side: OutlierStatus, place: int) -> pd.DataFrame:
        """Return the units the first period calls out on one side that a period still compares.

        Parameters
        ----------
        side
            Where they were called out.
        place
            Of the period, 0 the first.
        """
        rows = self.frame[self.frame["verdict"] == side.value]
        return rows[rows[f"verdict_{place + 1}"] != OutlierStatus.NONE.value]

    def again(self, side: OutlierStatus, place: int) -> int:
        """Return how many units a period calls out on the side where the first one did."""
        return int((self.still_compared(side, place)[f"verdict_{place + 1}"] == side.value).sum())

    @property
    def called_in_second(self) -> pd.DataFrame:
        """Rows of the units that the second period calls out."""
        return self.frame[self.frame["verdict_2"].isin([side.value for side in CALLED_OUT])]

    @property
    def in_both(self) -> pd.DataFrame:
        """Rows of the units compared in the first and the second period."""
        return self.frame.dropna(subset=["distance_1", "distance_2"])

    @property
    def correlation(self) -> float | None:
        """How far the values of both periods go together; None of too few units."""
        both = self.in_both
        if len(both) < FEWEST_TO_CORRELATE:
            return None
        return float(np.corrcoef(both["distance_1"], both["distance_2"])[0, 1])


def stability(
    periods: Sequence[ScoredPeriod],
    names: dict[str, str],
    *,
    minimum_n: int,
    confidence: float = 0.95,
) -> Stability | Refusal:
    """Judge the units of each period by itself and follow those the first calls out.

    Parameters
    ----------
    periods
        At least two periods of one measure, over the same units.
    names
        Name of each unit.
    minimum_n, confidence
        Answers a unit needs for a verdict, and the level of the inner limits.

    Notes
    -----
    What shrinkage foretells is the unit's shrunk value in the first period less that period's centre: an
    honest guess of its next distance, if nothing but chance changes (Efron and Morris 1975, JASA 70:311-319).
    """
    if len(periods) < 2:
        return Refusal("There is one period only: outliers cannot be followed.")
    judgements = []
    for period in periods:
        enough = period.scores.has_value & (period.scores.n >= max(2, minimum_n))
        judged = judge(period.scores, enough, confidence=confidence)
        if isinstance(judged, Refusal):
            return judged
        if isinstance(judged.dispersion, Refusal):
            return judged.dispersion
        if isinstance(judged.shrunk, Refusal):
            return judged.shrunk
        judgements.append(judged)
    frame = _frame(periods, judgements, names)
    return Stability(periods[0].scores.measure, tuple(periods), tuple(judgements), frame, confidence)


def _frame(
    periods: Sequence[ScoredPeriod], judgements: Sequence[OutlierJudgement], names: dict[str, str]
) -> pd.DataFrame:
    units, first = periods[0].scores.unit_id, judgements[0]
    columns: dict[str, Any] = {"unit_id": list(units), "name": [names.get(unit, unit) for unit in units]}
    expected = np.full(len(units), np.nan)
    if not isinstance(first.shrunk, Refusal):
        expected[first.chosen] = first.shrunk.value - first.shrunk.centre
    columns["expected"] = expected
    for place, (period, judged) in enumerate(zip(periods, judgements, strict=True), start=1):
        value = np.where(judged.chosen, period.scores.value, np.nan)
        verdicts = np.full(len(units), OutlierStatus.NONE.value, dtype=object)
        verdicts[judged.chosen] = [verdict.value for verdict in judged.verdicts()]
        columns[f"value_{place}"] = value
        columns[f"distance_{place}"] = value - float(value[judged.chosen].mean())
        columns[f"verdict_{place}"] = verdicts
    frame = pd.DataFrame(columns)
    frame.insert(2, "verdict", frame["verdict_1"])
    return frame[first.chosen].reset_index(drop=True)


class StabilityAnswer(Answer[Stability]):
    """How many units are called out again, and how much of their distance was chance."""

    @property
    def survey_type(self) -> str:
        """The survey type."""
        return self.result.measure.survey_type

    @property
    def drawn(self) -> bool:
        """Whether there is a unit to draw: none where the first period calls none out."""
        return any(len(self.result.still_compared(side, 0)) for side in CALLED_OUT)

    @property
    def title(self) -> str:
        """What is followed, in words."""
        measure = self.result.measure
        return f"{measure.survey}, called out in {self.result.periods[0].label}: {measured(measure)}"

    @property
    def alt(self) -> str:
        """What a reader who cannot see the figure must know."""
        return str(self)

    def numbers(self) -> tuple[Number, ...]:
        """Return what the sentences state, each with the rows of its period."""
        return tuple(_facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return how many are called out again, and how much of the distance was chance."""
        return tuple(_sentences(self.result, self.facts))


def _facts(result: Stability) -> Iterator[Number]:
    key, basis = result.measure.key, _basis(result, 0, 1)
    yield from result.whole
    for side in CALLED_OUT:
        called = len(result.still_compared(side, 0))
        yield Number(f"called_first:{side.value}:{key}", called, "units", basis=basis)
    for side in CALLED_OUT:
        for place in range(1, len(result.periods)):
            yield from _side_facts(result, side, place)
    # units that the second period compares, whether or not enough of them
    both = int(result.frame["distance_2"].notna().sum())
    second = result.called_in_second
    fresh = int((second["verdict_2"] != second["verdict"]).sum())
    yield Number(f"correlation:{key}", result.correlation, "ratio", both, basis=basis)
    yield Number(f"called_second:{key}", len(second), "units", basis=basis)
    yield Number(f"new_second:{key}", fresh, "units", basis=basis)


def _side_facts(result: Stability, side: OutlierStatus, place: int) -> Iterator[Number]:
    still, again = result.still_compared(side, place), result.again(side, place)
    if result.still_compared(side, 0).empty:
        return
    end, basis, unit = (
        f"{side.value}:{place + 1}:{result.measure.key}",
        _basis(result, place),
        result.measure.unit,
    )
    yield Number(f"again:{end}", again, "units", basis=basis)
    yield Number(f"still:{end}", len(still), "units", basis=basis)
    if still.empty:
        return
    limits = intervals.wilson(again, len(still), level=result.confidence)
    interval = Interval(float(limits.low), float(limits.high), result.confidence, "Wilson")
    yield Number(f"again_share:{end}", again / len(still), "share", len(still), interval, basis)
    # units are no persons: a mean over few of them gives nobody away
    over = f"Mean over {counted(len(still), 'unit')}."
    for name, values in (
        ("first_distance", still["distance_1"]),
        ("distance", still[f"distance_{place + 1}"]),
        ("expected", still["expected"]),
        ("way_back", still["distance_1"] - still["expected"]),
        ("moved", still["distance_1"] - still[f"distance_{place + 1}"]),
    ):
        yield Number(f"{name}:{end}", float(values.mean()), unit, basis=basis, reason=over)


def _basis(result: Stability, *places: int) -> tuple[Basis, ...]:
    """Return the rows of the periods; halves of the audited one cannot be told apart by an equality."""
    if result.periods[0].scores.table == "responses":
        (whole,) = rests_on(result.periods[0].scores)
        return (replace(whole, rows=int(sum(period.scores.n.sum() for period in result.periods))),)
    return tuple(basis for place in places for basis in rests_on(result.periods[place].scores))


def _sentences(result: Stability, facts: Facts) -> Iterator[Sentence]:
    survey, first, second = result.measure.survey, result.periods[0].label, result.periods[1].label
    sides = [side for side in CALLED_OUT if len(result.still_compared(side, 0))]
    if not sides:
        yield Sentence(f"{survey}: no unit is called out in {first}, so that none can be followed.")
    else:
        again = joined([_again(result, side, facts) for side in sides], "; ")
        yield say("{survey}: {again}.", facts, survey=survey, again=again)
    for side in CALLED_OUT:
        if len(result.still_compared(side, 1)):
            yield _fall(result, side, facts)
    if result.correlation is None:
        return
    about = facts.about(result.measure.key)
    together = say(
        "{survey}, all {correlation[n]|,.0f} units in both periods: the values of {first} and {second} "
        "correlate at {correlation|.2f}.",
        about,
        survey=survey,
        first=first,
        second=second,
    )
    if not len(result.called_in_second):
        yield together
        return
    fresh = (
        "{together} Of {called_second|unit|units} called out in the second, {new_second} had not been in the "
        "first."
    )
    yield say(fresh, about, together=together)


def _again(result: Stability, side: OutlierStatus, facts: Facts) -> Sentence:
    """Say how many of the units called out first on one side are called out again."""
    places = range(1, len(result.periods))
    later: list[str | Sentence] = [_again_in(result, side, place, facts) for place in places]
    return say(
        f"of {{called_first:{side.value}|unit|units}} called {side.value} in {{first}}, {{later}}",
        facts.about(result.measure.key),
        first=result.periods[0].label,
        later=shortlist(later),
    )


def _again_in(result: Stability, side: OutlierStatus, place: int, facts: Facts) -> Sentence:
    about, label = facts.about(f"{side.value}:{place + 1}:{result.measure.key}"), result.periods[place].label
    if not about["still"].value:
        return Sentence(f"none is still compared in {label}", (about["again"].key, about["still"].key))
    none = Sentence("none", (about["again"].key,))
    return say(
        "{times} of the {still} still compared {again~was|were} called so again in {label}",
        about,
        times=say("{again}", about) if about["again"].value else none,
        label=label,
    )


def _fall(result: Stability, side: OutlierStatus, facts: Facts) -> Sentence:
    """Say how the units moved, and how much of the way back to the mean comes with chance alone."""
    about, statistic = facts.about(f"{side.value}:2:{result.measure.key}"), result.measure.statistic
    names = ("first_distance", "distance", "expected", "way_back", "moved")
    said = {name: stated(about[name], as_distance, statistic) for name in names}
    outward = 1 if side is OutlierStatus.HIGHER else -1
    out = {name: outward * float(about[name].value or 0) for name in names}
    return say(
        f"{{survey}}, regression to the mean: those called {side.value} lay {{first_distance}} from the "
        f"mean, and in {{later}} {{distance}}{'' if out['distance'] >= 0 else ' on the other side of it'}: "
        f"{_course(out['moved'], said['moved'].text)}; shrinkage had foretold {{expected}}. {_chance(out)}",
        about,
        survey=result.measure.survey,
        later=result.periods[1].label,
        **said,
    )


def _course(moved: float, said: str) -> str:
    """Return what happened to the distance; what rounds to nothing is no movement."""
    if not any(digit in said for digit in "123456789"):
        return "they stayed where they were ({moved})"
    return "they came back by {moved}" if moved > 0 else "they moved away by {moved}"


def _chance(out: Mapping[str, float]) -> str:
    """Return what chance alone had let expect beside what happened; distances away from the mean count up."""
    if out["way_back"] <= 0:
        return "Chance alone had let expect no way back ({way_back})."
    if out["moved"] <= 0:
        return (
            "A way back of {way_back} would have come with chance alone, and did not; whether that is more "
            "than chance is not tested here."
        )
    text = "A way back of {way_back} comes with chance alone, and shows neither improvement nor decline"
    rest = "; whether the rest is more than chance is not tested here"
    return f"{text}{rest if out['moved'] > out['way_back'] else ''}."


def outliers_followed(
    engagement: Engagement, compared: BenchmarkAnswer
) -> tuple[StabilityAnswer | Unanswered, ...]:
    """Answer whether units called out in the first period are called out again.

    Parameters
    ----------
    compared
        The answer of `benchmark.compare`.

    Notes
    -----
    Periods are those published, otherwise the two halves of the audited one.
    """
    confidence = engagement.run.thresholds.confidence

    def follow(comparison: Comparison) -> Stability | Refusal:
        periods = scored_periods(engagement.evidence, comparison)
        if isinstance(periods, Refusal):
            return periods
        names: dict[str, str] = dict(
            comparison.frame[["unit_id", "name"]].astype(str).itertuples(index=False)
        )
        followed = stability(periods, names, minimum_n=comparison.minimum_n, confidence=confidence)
        if isinstance(followed, Refusal):
            return followed
        return replace(followed, whole=tuple(unit_facts(comparison, followed.called_first)))

    return by_survey(compared, "outliers over periods", follow, StabilityAnswer)
