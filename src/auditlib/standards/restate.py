"""The same evidence under another edition: what would have been concluded (A13)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditlib.records import Number, Outcome, Sentence
from auditlib.standards.difference import CriterionChange, CriterionDifference, difference
from auditlib.standards.statements import DECIDED
from auditlib.standards.verdict import Verdict
from auditlib.standards.words import said
from auditlib.statements import Exhibit, Facts, say

if TYPE_CHECKING:
    import pandas as pd

ABSENT = "not in this edition"


@dataclass(frozen=True, slots=True)
class Restatement:
    """Two verdicts on one evidence, under two editions."""

    before: Verdict
    after: Verdict

    def to_frame(self) -> pd.DataFrame:
        """Return one row per criterion of either edition: both outcomes and what changed between them."""
        import pandas as pd

        changes = {difference.criterion: difference for difference in self._differences()}
        rows = []
        for identifier in self._ids():
            change = changes.get(identifier)
            before, after = _outcome(self.before, identifier), _outcome(self.after, identifier)
            what = change.change.value if change else "unchanged"
            why = change.reason if change else ""
            rows.append((identifier, before, after, "yes" if before != after else "no", what, why))
        names = ("before", "after")
        return pd.DataFrame(rows, columns=["criterion", *names, "moved", "change", "reason"])

    def differing(self) -> pd.DataFrame:
        """Return the rows of `to_frame` where the demand or the outcome differs."""
        frame = self.to_frame()
        return frame[(frame["moved"] == "yes") | (frame["change"] != "unchanged")]

    def moved(self) -> tuple[str, ...]:
        """Return the criteria of both editions whose outcome differs."""
        shared = set(self.before.demands.edition.ids) & set(self.after.demands.edition.ids)
        return tuple(
            identifier
            for identifier in self._ids()
            if identifier in shared and _outcome(self.before, identifier) != _outcome(self.after, identifier)
        )

    def numbers(self) -> tuple[Number, ...]:
        """Return decision and score under both editions, and what lies between them."""
        return tuple(self._facts())

    def _facts(self) -> Iterator[Number]:
        for verdict in (self.before, self.after):
            name, decision = verdict.demands.edition.name, verdict.decision
            mark, judged = verdict.demands.edition.rule.pass_mark, "share of the weight judged"
            yield Number(f"decision:{name}", decision.compared.value)
            yield Number(f"score:{name}", decision.score.low, "share", reason=judged)
            yield Number(f"rule:pass_mark:{name}", mark, "share", reason="declared by the edition")
        changes = [difference.change for difference in self._differences()]
        counts = {
            "moved": len(self.moved()),
            "added": changes.count(CriterionChange.ADDED),
            "removed": changes.count(CriterionChange.REMOVED),
        }
        for name, count in counts.items():
            reason = "counted between the two editions"
            yield Number(f"restated:{name}", count, "count", reason=reason)

    def summary(self) -> tuple[Sentence, ...]:
        """Return the restatement in one sentence."""
        facts, moved = Facts.of(self.numbers()), self.moved()
        sentence = say(
            "{before}; on the same evidence, {after}. {restated:moved|outcome moves|outcomes move}{ids}, "
            "{restated:added|criterion is|criteria are} added and {restated:removed} removed.{mark}",
            facts,
            before=_decided(self.before, facts),
            after=_decided(self.after, facts),
            ids=f" ({', '.join(moved)})" if moved else "",
            mark=self._mark(facts),
        )
        return (replace(sentence, text=sentence.text[:1].upper() + sentence.text[1:]),)

    def _mark(self, facts: Facts) -> str | Sentence:
        before, after = (verdict.demands.edition for verdict in (self.before, self.after))
        if before.rule.pass_mark == after.rule.pass_mark:
            return ""
        now, was = (f"rule:pass_mark:{edition.name}" for edition in (after, before))
        return say(f" The pass mark is {{{now}}} instead of {{{was}}}.", facts)

    def exhibit(self) -> Exhibit:
        """Return the criteria that differ, or whose outcome moves."""
        title = "Criteria that differ, or whose outcome moves"
        return Exhibit(self.differing(), title, ("criterion",), units={"reason": "quoted"})

    def _differences(self) -> tuple[CriterionDifference, ...]:
        return difference(self.before.demands.edition, self.after.demands.edition)

    def _ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.before.demands.edition.ids, *self.after.demands.edition.ids)))


def _outcome(verdict: Verdict, identifier: str) -> str:
    known = identifier in verdict.demands.edition.ids
    return said(verdict.judgement(identifier).outcome) if known else ABSENT


def _decided(verdict: Verdict, facts: Facts) -> Sentence:
    decision = verdict.decision
    judged = decision.compared is not Outcome.NOT_ASSESSABLE
    return say(
        f"the operation {{decided}} {{edition}}{', score {score}' if judged else ', without a score'}",
        facts.about(verdict.demands.edition.name),
        decided=DECIDED[decision.compared],
        edition=decision.standard,
    )
