"""The answer of 02: comparisons in words, and the tables they are read from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, TypeVar

import pandas as pd

from auditlib.benchmark import facts, statements
from auditlib.benchmark.findings import findings_of
from auditlib.benchmark.result import MOST_ROWS, BenchmarkResult, Comparison
from auditlib.benchmark.words import as_band, readable, shortlist, title_of
from auditlib.records import Basis, Finding, Number, Refusal, Sentence
from auditlib.statements import Answer, Exhibit, Unanswered, listed
from auditlib.statistics.outlier_verdicts import OutlierStatus

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
        (r"^[\d,]+ units? (?:is|are) too few to say .*", "Too few units to say how much sound ones differ."),
    )
)
_PRINTED_RANKS = {
    "likely_low": "likely_rank_from",
    "likely_high": "likely_rank_to",
    "rank_low": "rank_set_from",
    "rank_high": "rank_set_to",
}


class ComparisonAnswer(Answer[Comparison]):
    """Units of one survey type compared, in words."""

    ranges: ClassVar[bool] = True

    @property
    def survey_type(self) -> str:
        """The survey type."""
        return self.result.measure.survey_type

    @property
    def title(self) -> str:
        """What is compared, in words."""
        return title_of(self.result.measure)

    @property
    def alt(self) -> str:
        """What a reader who cannot see its figures must know."""
        return statements.standing_out(self.result, self.facts.about(self.result.key)).text

    def numbers(self) -> tuple[Number, ...]:
        """Return every number with what it rests on: one per unit, the pooled value and the counts."""
        return tuple(facts.comparison_facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return who stands out, how much is more than chance, and who has no verdict."""
        return tuple(statements.summary(self.result, self.facts))

    def called_out(self) -> Exhibit:
        """Return the table of the units that surely differ from the others."""
        banded, rows = self.result.banded, _with_bands(self.result.called_out).rename(columns=_PRINTED_RANKS)
        rows = rows.assign(probability=rows[["below", "above"]].max(axis=1))
        size = "surveys" if banded else "n"
        columns = [
            "unit_id",
            "name",
            size,
            "value",
            "low",
            "high",
            "shrunk",
            "probability",
            *_PRINTED_RANKS.values(),
        ]
        present = [column for column in (*columns, "verdict") if column in rows]
        rows = rows[present].rename(columns={"value": self.result.measure.statistic})
        return self._exhibit(rows, "Units called out", by="unit_id", units={"probability": "share"})

    def reasons(self) -> Exhibit:
        """Return how many units have no verdict for each reason, the commonest first, and some of them."""
        rows = self.result.units(OutlierStatus.NONE).sort_index()
        why = rows["why"].map(_in_common)
        groups = [(str(reason), part["name"].astype(str).tolist()) for reason, part in rows.groupby(why)]
        groups.sort(key=lambda group: (-len(group[1]), group[0]))
        entries = [(reason, len(names), _shortlisted(names)) for reason, names in groups]
        frame = pd.DataFrame(entries, columns=["why", "units", "named"])
        return self._exhibit(frame, "Why no verdict", by="why")

    def values(self, adjusted: Comparison | None = None) -> Exhibit:
        """Return each value side by side: as answered, at the average case mix, and drawn to the mean.

        Of more than sixty units only those called out by either comparison are listed.

        Parameters
        ----------
        adjusted
            The same comparison adjusted for case mix; None where it could not be.
        """
        unit = self.result.measure.unit
        units = {"raw": unit, "adjusted": unit, "shrunk": unit, "reliability": "ratio"}
        frame = _side_by_side(self.result, adjusted)
        return self._exhibit(frame, "Raw, adjusted, shrunk", by="unit_id", units=units)

    def _exhibit(self, frame: pd.DataFrame, title: str, *, by: str, **layout: Any) -> Exhibit:
        basis = facts.rests_on(self.result.scores)[0]
        return Exhibit(frame, f"{title}: {self.title}", by=(by,), basis=basis, **layout)


class BenchmarkAnswer(Answer[BenchmarkResult]):
    """The comparisons of all survey types, in words: an overview, and what could not be compared."""

    def __iter__(self) -> Iterator[ComparisonAnswer]:
        return (ComparisonAnswer(comparison) for comparison in self.result)

    @property
    def tables(self) -> tuple[str, ...]:
        """Canonical tables the comparisons rest on."""
        return self.result.tables

    def numbers(self) -> tuple[Number, ...]:
        """Return the numbers of all comparisons."""
        return tuple(facts.benchmark_facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return what stands out per survey type, what could not be compared and why, and how sure it is."""
        standing_out = (
            statements.standing_out(comparison, self.facts.about(comparison.key))
            for comparison in self.result
        )
        sure = (statements.certainty(self.result, self.facts),) if self.result.comparisons else ()
        return (*standing_out, *statements.refused(self.result), *sure)

    def details(self) -> tuple[Sentence, ...]:
        """Return what follows the first sentence on each survey type."""
        return tuple(
            sentence
            for comparison in self.result
            for sentence in tuple(statements.summary(comparison, self.facts))[1:]
        )

    def judged(self) -> tuple[Sentence, ...]:
        """Return on how many units there is a verdict, per survey type."""
        return tuple(statements.judged(self.result, self.facts))

    def limits(self) -> tuple[Sentence, ...]:
        """Return what these comparisons in particular cannot say."""
        return tuple(statements.limits(self.result, self.facts))

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding for each unit called out, the worse side before the better one."""
        return findings_of(self.result)

    def overview(self) -> Exhibit:
        """Return what was compared on how much, per survey type, or why it could not be."""
        rows = [_overview(comparison) for comparison in self.result]
        refused = [{"survey_type": kind, "why": why.reason} for kind, why in self.result.refusals]
        basis = Basis(self.tables[0], (("in_period", True),)) if self.tables else None
        return Exhibit(pd.DataFrame(rows + refused), "What was compared", by=("survey_type",), basis=basis)

    def called_out(self) -> Mapping[str, Exhibit]:
        """Return the units called out, by survey type; a survey that calls none out has no table."""
        return {entry.survey_type: entry.called_out() for entry in self if len(entry.result.called_out)}

    def reasons(self) -> Mapping[str, Exhibit]:
        """Return why units have no verdict, by survey type that leaves some out."""
        left_out = (entry for entry in self if len(entry.result.units(OutlierStatus.NONE)))
        return {entry.survey_type: entry.reasons() for entry in left_out}


def _overview(comparison: Comparison) -> dict[str, Any]:
    judgement, measure = comparison.judgement, comparison.measure
    dispersion, chosen = judgement.dispersion, judgement.chosen
    return {
        "survey_type": measure.survey_type,
        "question": measure.item.quoted,
        "units_compared": int(chosen.sum()),
        "units_without_verdict": int((~chosen).sum()),
        "n": int(comparison.scores.n[chosen].sum()),
        measure.statistic: judgement.target,
        "over_dispersion": None if isinstance(dispersion, Refusal) else dispersion.phi,
        "called_out": len(comparison.called_out),
        "why": "",
    }


def _with_bands(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with names as they are read, not all in capitals, and the published band of n in words."""
    bands = [as_band(int(low), int(high)) for low, high in zip(rows["n"], rows["n_high"], strict=True)]
    return rows.assign(surveys=bands, name=[readable(str(name)) for name in rows["name"]])


def _shortlisted(names: list[str]) -> str:
    return listed(shortlist([readable(name) for name in names], most=NAMED))


def _in_common(why: str) -> str:
    """Return a reason as units share it, without the numbers of a single unit."""
    for form, text in _SHARED_REASONS:
        why = form.sub(text, why)
    return why


def _side_by_side(raw: Comparison, adjusted: Comparison | None) -> pd.DataFrame:
    """Return one row per unit in order of name; of many units only those called out by either comparison."""
    rows = _with_bands(raw.frame[raw.judgement.chosen]).rename(columns={"value": "raw"})
    if "shrunk" not in rows:
        rows = rows.assign(shrunk=float("nan"), reliability=float("nan"))
    size = "surveys" if raw.banded else "n"
    columns = ["unit_id", "name", size, "raw", "low", "high", "shrunk", "reliability", "verdict"]
    if adjusted is not None:
        by_unit = adjusted.frame.set_index("unit_id").reindex(rows["unit_id"])
        rows = rows.assign(
            adjusted=by_unit["value"].to_numpy(),
            adjusted_verdict=by_unit["verdict"].fillna("no verdict").to_numpy(),
        )
        columns.insert(6, "adjusted")
        columns.append("adjusted_verdict")
    if len(rows) > MOST_ROWS:
        verdicts = [column for column in columns if column.endswith("verdict")]
        rows = rows[rows[verdicts].isin(["higher", "lower"]).any(axis=1)]
    return rows[columns].sort_values(["name", "unit_id"], kind="stable", ignore_index=True)


Computed = TypeVar("Computed")
Given = TypeVar("Given")


def pictured(answers: Iterable[Any]) -> tuple[Any, ...]:
    """Return the answers that have something to draw: an empty frame tells a reader nothing."""
    return tuple(answer for answer in answers if not isinstance(answer, Unanswered) and answer.drawn)


def by_survey(
    compared: BenchmarkAnswer,
    topic: str,
    ask: Callable[[Comparison], Computed | Refusal],
    answer: Callable[[Computed], Given],
) -> tuple[Given | Unanswered, ...]:
    """Return the answer about each comparison, or what stands for it where there is none.

    Parameters
    ----------
    compared
        The comparisons.
    topic
        What is asked, as a sentence about a survey names it.
    ask
        Computes the result; or says why there is none.
    answer
        Makes an answer of the result.
    """
    results = ((comparison, ask(comparison)) for comparison in compared.result)
    return tuple(
        unanswered(comparison.measure.survey_type, topic, result, key=comparison.key)
        if isinstance(result, Refusal)
        else answer(result)
        for comparison, result in results
    )


def unanswered(survey_type: str, topic: str, why: Refusal, *, key: str) -> Unanswered:
    """Return what stands for an answer about a survey that there is none of.

    Parameters
    ----------
    survey_type, topic
        What was asked of which survey.
    why
        Why it has no answer.
    key
        End of the key of the number there is none of.
    """
    title = f"{survey_type.capitalize()} survey, {topic}"
    return Unanswered(title, why, f"unanswered:{topic.replace(' ', '_')}:{key}")
