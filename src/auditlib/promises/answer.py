"""The answer of 10: promised calls in words, with findings and the tables they are read from."""

from __future__ import annotations

from dataclasses import dataclass, replace

from auditlib.promises import facts, statements
from auditlib.promises.findings import findings_of
from auditlib.promises.result import PromiseResult
from auditlib.records import Finding, Number, Sentence
from auditlib.statements import Answer, Exhibit

_PROMISES = {
    "half_within_hours": "Half within",
    "excused_share": "Excused",
    "excused_limit": "May be excused",
}


@dataclass(frozen=True, eq=False, repr=False)
class PromisesAnswer(Answer[PromiseResult]):
    """What promised calls come to, in words."""

    def numbers(self) -> tuple[Number, ...]:
        """Return the counts and shares of every rule, and the deviations by their verdict."""
        return tuple(facts.facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return what each rule comes to, by its kind."""
        return tuple(statements.summary(self.result, self.facts))

    def findings(self) -> tuple[Finding, ...]:
        """Return the rules that are not met, and the deviations that count for nothing."""
        return findings_of(self.result)

    def limits(self) -> tuple[Sentence, ...]:
        """Return what the judgement of promises cannot say."""
        return (statements.LIMITS,)

    def promises(self) -> Exhibit:
        """Return the table of promises by kind."""
        return Exhibit(
            self.to_frame(),
            "Promises by kind",
            ("duty",),
            facts.CALL_BACKS,
            self.numbers(),
            units={"satisfaction": "share", "target": "share"},
            labels=_PROMISES,
        )

    def excused(self) -> tuple[Sentence, ...]:
        """Return for each flexible rule how much is excused, beside what may be."""
        return tuple(statements.excused(self.result, self.facts))

    @property
    def flexible(self) -> tuple[PromisesAnswer, ...]:
        """Itself where some settled case may be excused, to be drawn; else nothing."""
        return tuple(replace(self, result=result) for result in self.result.flexible)

    def deviations(self) -> Exhibit:
        """Return the table of deviations that count for nothing."""
        by = ("duty", "verdict", "reason")
        return Exhibit(self.result.invalid(), "Deviations that count for nothing", by, facts.DEVIATIONS)
