"""The answer about what the party published: what gives it, and what was changed since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from auditlib.records import Finding, Number, Sentence
from auditlib.service_levels.published import facts, statements
from auditlib.service_levels.published.findings import findings_of
from auditlib.service_levels.published.matching import GivenBy, MatchedShare
from auditlib.service_levels.published.result import PublishedAgainstEvidence
from auditlib.service_levels.published.words import MEASURED, ways_text, when
from auditlib.service_levels.statements import SHARE_OF
from auditlib.service_levels.unit_names import unit_name
from auditlib.service_levels.variants import VariantShare
from auditlib.statements import Answer, Exhibit
from auditlib.statements.formats import QUOTED

GIVEN = {
    GivenBy.BY_CLAIM: "the definition claimed",
    GivenBy.BY_FORM: "the form of the standard",
    GivenBy.BY_EARLIER: "an earlier export",
    GivenBy.OTHERWISE: "another way of counting",
    GivenBy.PERHAPS: "perhaps one of them",
    GivenBy.BY_NONE: "none",
    GivenBy.OPEN: "not assessable",
}
"""What gives a figure, in a word of a table."""
_LABELS = {
    "figure": "Figure",
    "about": SHARE_OF,
    "published": "Published",
    "definition": "Definition claimed",
    "given": "Given by",
    "form": "Form of the standard",
    "most_form": "Form of the standard, at most",
    "nearest": "Nearest way of counting",
    "most_nearest": "Nearest way of counting, at most",
    "later": "By the latest export",
    "most_later": "By the latest export, at most",
    "giving": "Ways that give it",
    "ways": "Ways of counting",
    "names": "Which these are",
}
_ENDS = ("form", "nearest", "later")
"""Columns that are followed by a highest end, where the evidence tells bounds alone."""


@dataclass(frozen=True, eq=False, repr=False)
class PublishedAnswer(Answer[PublishedAgainstEvidence]):
    """What the party published, held against its evidence, in words."""

    def numbers(self) -> tuple[Number, ...]:
        """Return every figure, the shares beside it, and what was restated."""
        return tuple(facts.facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return what gives the figures, and what was changed since."""
        return tuple(statements.summary(self.result, self.facts))

    def limits(self) -> tuple[Sentence, ...]:
        """Return what cannot be said."""
        return tuple(statements.limits(self.result))

    def findings(self) -> tuple[Finding, ...]:
        """Return a finding for each figure, restatement and change that readers were not told."""
        return findings_of(self.result, self.facts)

    @property
    def held_against(self) -> bool:
        """Whether any figure was held against the evidence, so that there is something to draw."""
        return any(entry.ways for entry in self.result.figures)

    @property
    def title(self) -> str:
        """What its figure and its table are called."""
        outcomes = self.result.outcomes
        if outcomes[GivenBy.BY_NONE]:
            return "Some published figures are given by no way of counting"
        if self.result.flattering:
            return "Some published figures meet the demand by their definition alone"
        otherwise = self.result.by_outcome(GivenBy.OTHERWISE)
        if otherwise:
            claimed = any(entry.figure.definition for entry in otherwise)
            than = "claimed" if claimed else "the form of the standard"
            return f"Some published figures follow another definition than {than}"
        if outcomes[GivenBy.BY_EARLIER]:
            return "Some published figures are given by an earlier export alone"
        return "Published figures beside what the evidence gives"

    @property
    def alt(self) -> str:
        """What its figure shows, for those who cannot see it."""
        return " ".join(sentence.text for sentence in self.summary())

    def exhibit(self) -> Exhibit:
        """Return every published figure with what gives it."""
        import pandas as pd

        rows = [_row(entry) for entry in self.result.figures]
        bounded = [name for name in _ENDS if any(row[f"most_{name}"] is not None for row in rows)]
        exact = [f"most_{name}" for name in _ENDS if name not in bounded]
        seldom = ("nearest", "later")
        unused = [name for name in seldom if all(row[name] is None for row in rows)]
        return Exhibit(
            pd.DataFrame(rows).drop(columns=[*exact, *unused]),
            self.title,
            ("figure",),
            facts=tuple(self.facts),
            labels=_LABELS | {name: f"{_LABELS[name]}, at least" for name in bounded},
            units={
                "figure": "id",
                "published": "share",
                "about": QUOTED,
                "names": QUOTED,
                "definition": QUOTED,
                **{f"most_{name}": "share" for name in bounded},
            },
        )


def _row(entry: MatchedShare) -> dict[str, Any]:
    figure = entry.figure
    shares = entry.giving or entry.possible
    channel = f"{figure.channel} " if figure.channel else ""
    unit = f", {unit_name(figure.unit)}" if figure.unit else ""
    nearest = entry.nearest if entry.given is GivenBy.BY_NONE else None
    return {
        "figure": str(figure.number),
        "about": f"{channel}{MEASURED[figure.measure]} {when(figure)}{unit}",
        "published": figure.value,
        "definition": figure.definition or "not said",
        "given": GIVEN[entry.given],
        "form": None if entry.form is None else entry.form.least,
        "most_form": _highest(entry.form),
        "nearest": None if nearest is None else nearest.least,
        "most_nearest": _highest(nearest),
        "later": None if entry.later is None else entry.later.least,
        "most_later": _highest(entry.later),
        "giving": len(entry.giving) if entry.ways else None,
        "ways": len(entry.ways) if entry.ways else None,
        "names": ways_text([share.variant for share in shares]),
    }


def _highest(way: VariantShare | None) -> float | None:
    """Return the highest end of a way of counting of which the evidence tells bounds alone."""
    return None if way is None or way.exact else way.most
