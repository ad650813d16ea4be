"""The answer of 07: whether verdicts on service levels survive every definition in use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from auditlib.records import Number, Sentence
from auditlib.service_levels import facts, statements
from auditlib.service_levels.result import Sensitivity, SensitivityResult
from auditlib.standards.words import said
from auditlib.statements import Answer, Exhibit

_LABELS = {
    "definition": "Definition",
    "title": "Share of contacts",
    "verdict": "Verdict",
    **{f"least_{joined}": words.capitalize() for joined, words in statements.JOINED.items()},
    **{f"most_{joined}": f"{words.capitalize()}, at most" for joined, words in statements.JOINED.items()},
}


@dataclass(frozen=True, eq=False, repr=False)
class SensitivityAnswer(Answer[SensitivityResult]):
    """Criteria under every definition of their share, in words."""

    def numbers(self) -> tuple[Number, ...]:
        """Return every share, and how many ways of counting come to what."""
        return tuple(facts.facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return for each criterion whether its verdict survives every definition in use."""
        return tuple(statements.summary(self.result, self.facts))

    def limits(self) -> tuple[Sentence, ...]:
        """Return what cannot be said."""
        return tuple(statements.limits(self.result))

    def variants(self) -> tuple[tuple[str, Exhibit], ...]:
        """Return a table for each criterion: every way of counting, with its share and its verdict."""
        return tuple((entry.criterion.id, self._variants(entry)) for entry in self.result.criteria)

    def _variants(self, entry: Sensitivity) -> Exhibit:
        import pandas as pd

        rows: dict[str, dict[str, Any]] = {}
        for judged in entry.variants:
            variant = judged.share.variant
            named = {"criterion": entry.criterion.id, "definition": judged.definition}
            row = rows.setdefault(judged.definition, {**named, "title": variant.definition.title})
            row[f"least_{variant.aggregation}"] = judged.share.least
            if not judged.share.exact:
                row[f"most_{variant.aggregation}"] = judged.share.most
            verdicts = row.setdefault("verdict", [])
            verdicts.append(said(judged.outcome))
        for row in rows.values():
            row["verdict"] = " or ".join(dict.fromkeys(row["verdict"]))
        title = f"{statements.measured(entry.criterion)} by every definition in use"
        return Exhibit(
            pd.DataFrame(list(rows.values())),
            title,
            ("criterion", "definition"),
            facts=tuple(self.facts),
            labels=_LABELS,
        )
