"""The same evidence under another edition: what would have been concluded (A13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditlib.records import Number, Outcome, Sentence
from auditlib.standards.difference import CriterionChange, CriterionDifference, difference
from auditlib.standards.verdict import DECIDED, Verdict
from auditlib.standards.words import said
from auditlib.statements import counted

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

        changes = {each.criterion: each for each in self._differences()}
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
        """Return decision and score under both editions."""
        return (
            tuple(
                number
                for verdict in (self.before, self.after)
                for number in (
                    Number(f"decision:{verdict.demands.edition.name}", verdict.decision.compared.value),
                    Number(
                        f"score:{verdict.demands.edition.name}",
                        verdict.decision.score.low,
                        "share",
                        reason="share of the weight judged",
                    ),
                    Number(
                        f"rule:pass_mark:{verdict.demands.edition.name}",
                        verdict.demands.edition.rule.pass_mark,
                        "share",
                        reason="declared by the edition",
                    ),
                )
            )
            + self._counts()
        )

    def _counts(self) -> tuple[Number, ...]:
        changes = [each.change for each in self._differences()]
        counts = {
            "moved": len(self.moved()),
            "added": changes.count(CriterionChange.ADDED),
            "removed": changes.count(CriterionChange.REMOVED),
        }
        return tuple(
            Number(f"restated:{name}", count, "count", reason="counted between the two editions")
            for name, count in counts.items()
        )

    def summary(self) -> tuple[Sentence, ...]:
        """Return the restatement in one sentence."""
        added = sum(each.change is CriterionChange.ADDED for each in self._differences())
        removed = sum(each.change is CriterionChange.REMOVED for each in self._differences())
        moved = self.moved()
        named = f" ({', '.join(moved)})" if moved else ""
        text = (
            f"{_said(self.before)}; on the same evidence, {_said(self.after)}. "
            f"{counted(len(moved), 'outcome moves', 'outcomes move')}{named}, "
            f"{counted(added, 'criterion is', 'criteria are')} added and {removed} removed.{self._mark()}"
        )
        return (Sentence(text[:1].upper() + text[1:], tuple(number.key for number in self.numbers())),)

    def _mark(self) -> str:
        was, now = (verdict.demands.edition.rule.pass_mark for verdict in (self.before, self.after))
        return "" if was == now else f" The pass mark is {now:.1%} instead of {was:.1%}."

    def _differences(self) -> tuple[CriterionDifference, ...]:
        return difference(self.before.demands.edition, self.after.demands.edition)

    def _ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.before.demands.edition.ids, *self.after.demands.edition.ids)))


def _outcome(verdict: Verdict, identifier: str) -> str:
    found: Outcome | None = None
    if identifier in verdict.demands.edition.ids:
        found = verdict.judgement(identifier).outcome
    return ABSENT if found is None else said(found)


def _said(verdict: Verdict) -> str:
    decision = verdict.decision
    judged = decision.compared is not Outcome.NOT_ASSESSABLE
    score = f", score {decision.score.low:.1%}" if judged else ", without a score"
    return f"the operation {DECIDED[decision.compared]} {decision.standard}{score}"
