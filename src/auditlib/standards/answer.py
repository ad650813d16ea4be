"""The answer of 11: a verdict in words, and the tables it is read from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditlib.records import Finding, Judgement, Kind, Measurement, Number, Outcome, Sentence
from auditlib.standards import change, facts, statements
from auditlib.standards.findings import findings
from auditlib.standards.verdict import Verdict
from auditlib.standards.words import amount, demanded, limit, said
from auditlib.statements import Answer, Exhibit

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class VerdictAnswer(Answer[Verdict]):
    """What an operation is judged by, what was measured, and what follows, in words."""

    def numbers(self) -> tuple[Number, ...]:
        """Return every measured value with its basis, the outcomes, the scores, and what words count."""
        return tuple(facts.facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return the decision, the criteria behind it, what is outside and what stays open."""
        return tuple(statements.summary(self.result, self.facts))

    def aspects(self) -> tuple[Sentence, ...]:
        """Return how process and results stand to each other."""
        return tuple(statements.aspects(self.result, self.facts))

    def limits(self) -> tuple[Sentence, ...]:
        """Return what the verdict cannot say."""
        return tuple(statements.limits(self.result))

    def measured(self) -> str:
        """Return what was found for every criterion that has a value, for those who cannot see it drawn."""
        return statements.measured(self.result)

    def findings(self) -> tuple[Finding, ...]:
        """Return a finding for each criterion that stands in the way."""
        return findings(self.result)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per criterion, values in words."""
        import pandas as pd

        return pd.DataFrame([_criterion(judgement) for judgement in self.result.judgements])

    def criteria(self) -> Exhibit:
        """Return every criterion: demand, finding, outcome and reason."""
        title = "Every criterion: demand, finding, outcome and reason"
        return Exhibit(self.to_frame(), title, ("criterion",), facts=tuple(self.facts))

    def categories(self) -> Exhibit:
        """Return how many criteria of each category have each outcome."""
        import pandas as pd

        titles = self.result.demands.edition.categories
        counts = Counter((entry.criterion.category, entry.outcome) for entry in self.result.judgements)
        rows = [
            (title, *(str(counts[name, outcome]) for outcome in Outcome)) for name, title in titles.items()
        ]
        frame = pd.DataFrame(rows, columns=["category", *(said(outcome) for outcome in Outcome)])
        return Exhibit(frame, "Outcomes by category", ("category",))

    def trace(self) -> Exhibit:
        """Return the steps of the decision rule, one row each."""
        import pandas as pd

        rows = [
            (f"step {place}", step.rule, step.found, said(step.outcome), ", ".join(step.criteria) or "none")
            for place, step in enumerate(self.result.decision.trace, start=1)
        ]
        frame = pd.DataFrame(rows, columns=["step", "rule", "found", "outcome", "decided_by"])
        return Exhibit(frame, "The rule, step by step", ("step",), keys=facts.deciding(self.result))

    def change(self) -> Exhibit:
        """Return what stands between the operation and the standard, one row per criterion."""
        return Exhibit(
            change.blocking(self.result),
            "What stands between the operation and the standard",
            ("criterion",),
            facts=change.numbers(self.result),
            units={"score_if_met": "text"},  # a percentage in words, beside a column of words
        )

    def modes(self) -> Exhibit:
        """Return the decision in each decision mode."""
        return Exhibit(change.by_mode(self.result), "The decision in each mode", ("mode",))


def _criterion(judgement: Judgement) -> dict[str, str | int | None]:
    criterion, measurement = judgement.criterion, judgement.measurement
    value, unit = measurement.value, measurement.unit
    interval = None if criterion.kind is Kind.RIGID else measurement.interval
    return {
        "criterion": criterion.id,
        "demand": criterion.demand,
        "outcome": said(judgement.outcome),
        "demanded": limit(criterion.target, unit) if value is not None else "",
        "found": amount(value, unit) if value is not None else "",
        "interval": f"{amount(interval.low, unit)} to {amount(interval.high, unit)}" if interval else "",
        "observations": measurement.n,
        "still_needed": judgement.n_missing,
        "stands_on": _stands_on(measurement),
        "reason": _further_reason(judgement),
    }


def _stands_on(measurement: Measurement) -> str:
    """Return the tables whose rows were counted; where none is named, what kind of evidence it is."""
    tables = dict.fromkeys(basis.table.replace("_", " ") for basis in measurement.basis)
    return " and ".join(tables) or measurement.level.value


def _further_reason(judgement: Judgement) -> str:
    """Return the reason without what stands in the columns beside it."""
    value, unit = judgement.measurement.value, judgement.measurement.unit
    if value is None:
        return judgement.reason
    beside = f"{amount(value, unit)}, {demanded(judgement.criterion, unit)}"
    return judgement.reason.removeprefix(beside).removeprefix("; ") or "judged as it stands"
