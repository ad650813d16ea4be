"""The answer of 01: whether each table can be relied on for its purpose."""

from __future__ import annotations

from dataclasses import dataclass

from auditlib.contracts import TABLES
from auditlib.parameters.engagement import Engagement
from auditlib.records import Finding, Number, Sentence
from auditlib.reliability import facts, statements
from auditlib.reliability.assessment import Assessment, assess
from auditlib.reliability.coverage import Coverage
from auditlib.reliability.findings import findings_of
from auditlib.reliability.rates import Rates
from auditlib.statements import Answer, Exhibit


@dataclass(frozen=True, eq=False, repr=False)
class ReliabilityAnswer(Answer[Assessment]):
    """The reliability of each table, in words."""

    def numbers(self) -> tuple[Number, ...]:
        """Return the counts of each table and of the answers."""
        return tuple(facts.facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return how many tables can be relied on, and which cannot."""
        return tuple(statements.summary(self.result, self.facts))

    def limits_beside(self, coverage: Coverage, rates: Rates) -> tuple[Sentence, ...]:
        """Return what the intake cannot say."""
        return tuple(statements.limits(self.result, coverage, rates))

    def findings(self) -> tuple[Finding, ...]:
        """Return a finding for each table that is not sufficiently reliable, and each total that differs."""
        return findings_of(self.result)

    def exhibit(self) -> Exhibit:
        """Return the table of tables."""
        return Exhibit(
            self.to_frame(),
            "Reliability of each table for its purpose",
            ("table",),
            facts=tuple(self.facts),
            caption="Quarantined rows are kept apart and used nowhere.",
        )


def reliability(engagement: Engagement, *tables: str) -> ReliabilityAnswer:
    """Answer whether `tables` can be relied on for their purpose; default: all that were supplied."""
    run = engagement.run
    return ReliabilityAnswer(
        assess(engagement.evidence, thresholds=run.thresholds, period=run.period, of=tables or TABLES)
    )
