"""The answer of 07: whether verdicts on service levels survive every definition in use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from auditlib.records import Criterion, Number, Sentence
from auditlib.service_levels import facts, statements
from auditlib.service_levels.result import CriterionByDefinition, ServiceLevelsByDefinition
from auditlib.standards.words import said
from auditlib.statements import Answer, Exhibit
from auditlib.statements.formats import QUOTED

_LABELS = {
    "definition": "Definition",
    "queue": "Queue",
    "contacts_of_queue": "Contacts",
    "least_of_queue": "Share",
    "most_of_queue": "Share, at most",
    "title": statements.SHARE_OF,
    "verdict": "Verdict",
    **{f"least_{joined}": words.capitalize() for joined, words in statements.JOINED.items()},
    **{f"most_{joined}": f"{words.capitalize()}, at most" for joined, words in statements.JOINED.items()},
}


@dataclass(frozen=True, eq=False, repr=False)
class ServiceLevelsAnswer(Answer[ServiceLevelsByDefinition]):
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

    def parts(self) -> tuple[ServiceLevelsAnswer, ...]:
        """Return the same answer for each criterion alone."""
        return tuple(
            replace(self, result=replace(self.result, criteria=(entry,), refusals=()))
            for entry in self.result.criteria
        )

    @property
    def criterion(self) -> Criterion:
        """The criterion of an answer that is about one alone."""
        (entry,) = self.result.criteria
        return entry.criterion

    @property
    def survives(self) -> bool:
        """Whether every way of counting comes to the same verdict, so that its figure is a detail."""
        return all(entry.robust for entry in self.result.criteria)

    @property
    def several_queues(self) -> bool:
        """Whether the counts of its channel name several queues, so that each has a share of its own."""
        return any(entry.queues for entry in self.result.criteria)

    @property
    def name(self) -> str:
        """What its figure and its table are found by."""
        return self.criterion.id.lower()

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables of contacts that the answer rests on."""
        return self.result.tables

    @property
    def title(self) -> str:
        """What its figure and its table are called."""
        return f"{statements.measured(self.criterion)} by every definition in use"

    @property
    def alt(self) -> str:
        """What its figure shows, for those who cannot see it."""
        return " ".join(sentence.text for sentence in self.summary())

    def variants(self) -> Exhibit:
        """Return every way of counting of one criterion, with its share and its verdict."""
        (entry,) = self.result.criteria
        return self._variants(entry)

    def queues(self) -> Exhibit:
        """Return the share of every queue of one criterion, as the standard counts it."""
        import pandas as pd

        (entry,) = self.result.criteria
        rows = [
            {
                "criterion": entry.criterion.id,
                "queue": part.queue,
                "contacts_of_queue": part.share.contacts,
                "least_of_queue": part.share.least,
                "most_of_queue": part.share.most,
            }
            for part in entry.queues
        ]
        return Exhibit(
            pd.DataFrame(rows),
            f"{statements.measured(self.criterion)} by queue",
            ("criterion", "queue"),
            facts=tuple(self.facts),
            labels=_LABELS,
            units={"queue": QUOTED, "contacts_of_queue": "cases"},
        )

    def _variants(self, entry: CriterionByDefinition) -> Exhibit:
        import pandas as pd

        rows: dict[str, dict[str, Any]] = {}
        bounded = {judged.share.variant.aggregation for judged in entry.open}
        for judged in entry.variants:
            variant = judged.share.variant
            identity = {"criterion": entry.criterion.id, "definition": judged.definition}
            row = rows.setdefault(judged.definition, {**identity, "title": variant.definition.title})
            row[f"least_{variant.aggregation}"] = judged.share.least
            if variant.aggregation in bounded:
                row[f"most_{variant.aggregation}"] = judged.share.most
            verdicts = row.setdefault("verdict", [])
            verdicts.append(said(judged.outcome))
        for row in rows.values():
            row["verdict"] = " or ".join(dict.fromkeys(row["verdict"]))
        return Exhibit(
            pd.DataFrame(list(rows.values())),
            self.title,
            ("criterion", "definition"),
            facts=tuple(self.facts),
            labels=_LABELS,
            units={"title": QUOTED},
        )
