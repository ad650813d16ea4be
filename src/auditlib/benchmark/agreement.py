"""Whether another comparison calls out the same units: by another statistic, rule, or mix of customers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from auditlib.benchmark.answer import BenchmarkAnswer, ComparisonAnswer
from auditlib.benchmark.compare import estimate
from auditlib.benchmark.rank_sets import FEWEST_DRAWS
from auditlib.benchmark.result import MOST_ROWS, BenchmarkResult, Comparison, ComparisonChoices
from auditlib.benchmark.words import NAMES, readable, shortlist
from auditlib.parameters.engagement import Engagement
from auditlib.records import Number, Refusal, Sentence
from auditlib.statements import Answer, Exhibit, say
from auditlib.statistics.outlier_verdicts import CALLED_OUT, OutlierStatus

_CALLED = tuple(side.value for side in CALLED_OUT)
_OPPOSITE = {
    OutlierStatus.HIGHER.value: OutlierStatus.LOWER.value,
    OutlierStatus.LOWER.value: OutlierStatus.HIGHER.value,
    OutlierStatus.POSSIBLY_HIGHER.value: OutlierStatus.POSSIBLY_LOWER.value,
    OutlierStatus.POSSIBLY_LOWER.value: OutlierStatus.POSSIBLY_HIGHER.value,
}
_COLUMNS = ["survey_type", "unit_id", "name", "first", "second", "first_value", "second_value"]
_PARTS = (
    ("lost", "no longer"),
    ("untold", "that cannot be told this way"),
    ("gained", "in addition"),
    ("reversed", "the other way"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """Units called out by either of two comparisons.

    Parameters
    ----------
    label
        What the second does differently, as a phrase: ``"by mean score"``.
    first, second
        The two comparisons.
    frame
        Columns survey_type, unit_id, name, first, second (verdicts, in the sense of the first: a unit of more
        low answers is lower), first_value, second_value; one row per unit that either calls out.
    """

    label: str
    first: BenchmarkResult
    second: BenchmarkResult
    frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Return one row per unit that either comparison calls out."""
        return self.frame.copy()

    @property
    def survey_types(self) -> tuple[str, ...]:
        """Surveys that could be compared both times."""
        return tuple(entry.measure.survey_type for entry in self.first if self.second.like(entry) is not None)

    def key(self, name: str, survey_type: str) -> str:
        """Return the key of a number about a survey."""
        return f"agreement_{name}:{self.label.replace(' ', '_')}:{survey_type}"

    def unjudged(self, survey_type: str) -> Refusal | None:
        """Return why the units of a survey get no verdict; None where they do."""
        compared = (entry for entry in self.first if entry.measure.survey_type == survey_type)
        reasons = (entry.judgement.standing for entry in compared)
        return next((reason for reason in reasons if isinstance(reason, Refusal)), None)

    def compared(self, survey_type: str) -> int:
        """Return how many units of a survey are compared."""
        entries = (entry for entry in self.first if entry.measure.survey_type == survey_type)
        return sum(int(entry.judgement.chosen.sum()) for entry in entries)

    def parts(self, survey_type: str) -> dict[str, pd.DataFrame]:
        """Return the units of a survey that both call out, only one does, or both on opposite sides.

        Lost are only those that the second shows to be like the others; of the rest it cannot be told there.
        """
        rows = self.frame[self.frame["survey_type"] == survey_type]
        first, second = rows["first"].isin(_CALLED), rows["second"].isin(_CALLED)
        alike = rows["second"].eq(OutlierStatus.ALIKE.value)
        same = first & second & (rows["first"] == rows["second"])
        return {
            "both": rows[same],
            "lost": rows[first & alike],
            "untold": rows[first & ~second & ~alike],
            "gained": rows[second & ~first],
            "reversed": rows[first & second & ~same],
        }


def agree(first: BenchmarkResult, second: BenchmarkResult, *, label: str) -> Agreement:
    """Return where `second` agrees with `first`, survey type by survey type.

    Parameters
    ----------
    first, second
        Two comparisons of the same units.
    label
        What the second does differently, as a phrase.
    """
    pairs = [(entry, second.like(entry)) for entry in first]
    frames = [_either(entry, counterpart) for entry, counterpart in pairs if counterpart is not None]
    frame = pd.concat([pd.DataFrame(columns=_COLUMNS), *frames], ignore_index=True)
    return Agreement(label, first, second, frame)


def _either(first: Comparison, second: Comparison) -> pd.DataFrame:
    again = second.frame.set_index("unit_id").reindex(first.frame["unit_id"])
    rows = first.frame[["unit_id", "name", "verdict"]].rename(columns={"verdict": "first"})
    verdicts = again["verdict"].replace(_OPPOSITE) if _turned(first, second) else again["verdict"]
    rows = rows.assign(second=verdicts.tolist(), second_value=again["value"].tolist())
    rows.insert(4, "first_value", first.frame["value"])
    rows.insert(0, "survey_type", first.measure.survey_type)
    return rows[rows["first"].isin(_CALLED) | rows["second"].isin(_CALLED)]


def _turned(first: Comparison, second: Comparison) -> bool:
    """Return whether more of one is less of the other: many low answers are few good ones."""
    counts_low = [entry.measure.statistic == "bottom_box" for entry in (first, second)]
    return counts_low[0] is not counts_low[1]


class AgreementAnswer(Answer[Agreement]):
    """How many units both comparisons call out, and which only one does."""

    def numbers(self) -> tuple[Number, ...]:
        """Return the counts behind the sentences."""
        return tuple(_facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return per survey type how many units both call out, and which only one does."""
        return (*map(self._sentence, self.result.survey_types), *self._refused())

    def values(self) -> Mapping[str, Exhibit]:
        """Return raw, second and shrunk values side by side, by survey type.

        Listed are surveys that could be compared both times, and those of few enough units.
        """
        listed = (
            entry
            for entry in self.result.first
            if self.result.second.like(entry) is not None or int(entry.judgement.chosen.sum()) <= MOST_ROWS
        )
        return {
            entry.measure.survey_type: ComparisonAnswer(entry).values(self.result.second.like(entry))
            for entry in listed
        }

    def _sentence(self, survey_type: str) -> Sentence:
        parts, key = self.result.parts(survey_type), self.result.key
        start = f"{survey_type.capitalize()} survey, {self.result.label}"
        if not sum(len(rows) for rows in parts.values()):
            why, keys = self.result.unjudged(survey_type), tuple(key(name, survey_type) for name in parts)
            if why is None:
                return Sentence(f"{start}: either way no unit is called out.", keys)
            return Sentence(
                f"{start}: no verdict either way. {why.reason}", (*keys, key("compared", survey_type))
            )
        facts = self.facts.about(f"{self.result.label.replace(' ', '_')}:{survey_type}")
        sentence = say("{start}: {agreement_both|unit|units|no unit} called out again", facts, start=start)
        for name, phrase in _PARTS:
            if len(parts[name]):
                names = shortlist([readable(str(unit)) for unit in parts[name]["name"]], most=4)
                text = f"{{before}}, {{agreement_{name}}} {phrase} ({{names}})"
                sentence = say(text, facts, before=sentence, names=names)
        return say("{sentence}.", facts, sentence=sentence)

    def _refused(self) -> Iterator[Sentence]:
        for survey_type, why in self.result.second.refusals:
            text = f"{survey_type.capitalize()} survey, {self.result.label}: {why.reason}"
            yield Sentence(text, (self.result.key("refused", survey_type),))


def _facts(result: Agreement) -> Iterator[Number]:
    for survey_type in result.survey_types:
        for name, rows in result.parts(survey_type).items():
            yield Number(result.key(name, survey_type), len(rows), "units")
        why = result.unjudged(survey_type)
        if why is not None:
            compared = result.compared(survey_type)
            yield Number(result.key("compared", survey_type), compared, "units", reason=why.reason)
    for survey_type, why in result.second.refusals:
        yield Number(result.key("refused", survey_type), None, reason=why.reason)


def agreement(
    engagement: Engagement, compared: BenchmarkAnswer, *, label: str = "", times: float = 1.0, **choices: Any
) -> AgreementAnswer:
    """Answer whether the same units are called out where the comparison is made otherwise.

    Parameters
    ----------
    compared
        The answer of `compare`.
    label
        What is done differently, as a phrase; empty where it is the statistic or the meaningful difference.
    times
        By how much the meaningful difference is larger.
    **choices
        What is chosen otherwise; see `ComparisonChoices`. An empty statistic is the one to check by.
    """
    first = compared.result.choices
    chosen = replace(first, draws=FEWEST_DRAWS, **choices)  # its ranks are not shown
    chosen = replace(chosen, meaningful=times * first.meaningful, small_effect=times * first.small_effect)
    if not chosen.statistic:
        by = "top_box" if first.statistic == "mean" else _checked_by(engagement)
        chosen = replace(chosen, statistic=by)
    second = estimate(engagement.evidence, chosen)
    return AgreementAnswer(agree(compared.result, second, label=label or _label(chosen, times)))


def _label(chosen: ComparisonChoices, times: float) -> str:
    if times == 1:
        return f"by {NAMES[chosen.statistic]}"
    return f"with a {'larger' if times > 1 else 'smaller'} meaningful difference"


def _checked_by(engagement: Engagement) -> str:
    """Return what a comparison of shares is checked by: published figures have no mean with an error."""
    return "mean" if "responses" in engagement.evidence.tables else "bottom_box"
