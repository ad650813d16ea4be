"""The comparisons of all survey types, gathered: an overview, the answer, and what could not be compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from auditlib.benchmark.result import Comparison
from auditlib.benchmark.verdicts import OutlierStatus
from auditlib.benchmark.wording import listed, question
from auditlib.records import Basis, Number, Refusal, Sentence
from auditlib.statements import counted

MOST_ROWS = 60
"""Compared units up to which all are listed with their values."""


@dataclass(frozen=True, slots=True, eq=False)
class BenchmarkResult:
    """The comparisons of all survey types, and why one could not be made.

    Parameters
    ----------
    comparisons
        One per survey type that could be compared.
    refusals
        Survey type and reason, for each that could not.
    """

    comparisons: tuple[Comparison, ...]
    refusals: tuple[tuple[str, Refusal], ...] = ()

    def __iter__(self) -> Iterator[Comparison]:
        return iter(self.comparisons)

    def like(self, comparison: Comparison) -> Comparison | None:
        """Return the comparison of the same survey type; None where it could not be made."""
        kind = comparison.measure.survey_type
        return next((entry for entry in self.comparisons if entry.measure.survey_type == kind), None)

    def calling_out(self) -> tuple[Comparison, ...]:
        """Return the comparisons that call a unit out."""
        return tuple(entry for entry in self if len(entry.units(OutlierStatus.HIGHER, OutlierStatus.LOWER)))

    def leaving_out(self) -> tuple[Comparison, ...]:
        """Return the comparisons that leave a unit without a verdict."""
        return tuple(entry for entry in self if len(entry.units(OutlierStatus.NONE)))

    def listing(self, adjusted: BenchmarkResult) -> tuple[Comparison, ...]:
        """Return the comparisons to list values of: those adjusted, and those of few enough units."""
        return tuple(
            entry
            for entry in self
            if adjusted.like(entry) is not None or int(entry.judgement.chosen.sum()) <= MOST_ROWS
        )

    def judged(self) -> tuple[Sentence, ...]:
        """Return on how many units there is a verdict, per survey type."""
        return tuple(
            Sentence(
                f"{entry.measure.survey}: {int(entry.judgement.chosen.sum()):,} of "
                f"{counted(len(entry.frame), 'unit')} can be compared.",
                (f"compared:{entry.key}", f"units:{entry.key}"),
            )
            for entry in self
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the rows of all comparisons, led by survey type, item and statistic."""
        frames = []
        for comparison in self.comparisons:
            frame, scores = comparison.to_frame(), comparison.scores
            for column, value in (
                ("statistic", scores.measure.statistic),
                ("item", scores.measure.item.item),
                ("survey_type", scores.measure.survey_type),
            ):
                frame.insert(0, column, value)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

    def overview(self) -> pd.DataFrame:
        """Return one row per survey type: what was compared on how much, or why it could not be."""
        rows = [_overview(comparison) for comparison in self.comparisons]
        return pd.DataFrame(rows + [{"survey_type": kind, "why": why.reason} for kind, why in self.refusals])

    @property
    def tables(self) -> tuple[str, ...]:
        """Canonical tables the comparisons rest on."""
        return tuple(dict.fromkeys(comparison.scores.table for comparison in self.comparisons))

    @property
    def basis(self) -> Basis | None:
        """The rows all comparisons rest on; none where nothing could be compared."""
        return Basis(self.tables[0], (("in_period", True),)) if self.comparisons else None

    def limits(self) -> tuple[Sentence, ...]:
        """Return what these comparisons in particular cannot say."""
        sentences = tuple(comparison.limit for comparison in self.comparisons)
        return tuple(dict.fromkeys(sentences)) + self._refused()

    def _refused(self) -> tuple[Sentence, ...]:
        return tuple(
            Sentence(
                f"{kind.capitalize()} survey: no comparison. {why.reason} {why.remedy}".strip(),
                (f"refused:{kind}",),
            )
            for kind, why in self.refusals
        )

    def details(self) -> tuple[Sentence, ...]:
        """Return what follows the first sentence on each survey type."""
        return tuple(part for comparison in self.comparisons for part in comparison.summary()[1:])

    def summary(self) -> tuple[Sentence, ...]:
        """Return what stands out per survey type, what could not be compared and why, and how sure it is."""
        found = tuple(comparison.summary()[0] for comparison in self.comparisons) + self._refused()
        return (*found, self._certainty()) if self.comparisons else found

    def _certainty(self) -> Sentence:
        spans = [_span(comparison) for comparison in self.comparisons]
        keys = tuple(
            f"{name}:{entry.key}"
            for entry in self.comparisons
            for name in ("likely_span", "rank_span", "compared")
        )
        return Sentence(f"How sure is the order of units: the middle one {listed(spans)}.", keys)

    def numbers(self) -> tuple[Number, ...]:
        """Return the numbers of all comparisons."""
        refused = tuple(Number(f"refused:{kind}", None, reason=why.reason) for kind, why in self.refusals)
        return tuple(number for comparison in self.comparisons for number in comparison.numbers()) + refused


def _span(comparison: Comparison) -> str:
    """Say among how many places the middle unit probably stands, or else among how many it surely does."""
    likely = comparison.places.likely_span
    how, among = ("surely", comparison.places.span) if isinstance(likely, Refusal) else ("probably", likely)
    places = len(comparison.places.each.low)
    kind = comparison.measure.survey_type
    if among >= places:
        return f"may hold any of {counted(places, 'place')} in the {kind} survey"
    return f"{how} holds one of {among:,.0f} of {counted(places, 'place')} in the {kind} survey"


def _overview(comparison: Comparison) -> dict[str, Any]:
    judgement, measure = comparison.judgement, comparison.measure
    found, chosen = judgement.dispersion, judgement.chosen
    return {
        "survey_type": measure.survey_type,
        "question": question(measure.item),
        "units_compared": int(chosen.sum()),
        "units_without_verdict": int((~chosen).sum()),
        "n": int(comparison.scores.n[chosen].sum()),
        measure.statistic: judgement.target,
        "over_dispersion": None if isinstance(found, Refusal) else found.phi,
        "called_out": len(comparison.units(OutlierStatus.HIGHER, OutlierStatus.LOWER)),
        "why": "",
    }
