"""Answers on follow-ups, in words, with their findings and the tables they are read from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from auditlib.escalation import facts, statements
from auditlib.escalation.clock_sensitivity import ClockSensitivity
from auditlib.escalation.findings import findings_of
from auditlib.escalation.flag_comparison import FlagComparison
from auditlib.escalation.latency import Latencies
from auditlib.escalation.result import EscalationResult
from auditlib.obligations import RatesAnswer
from auditlib.records import Finding, Number, Sentence
from auditlib.statements import Answer, Exhibit

LIMITS = (
    "A follow-up is judged by what was recorded: whether the customer was helped is asked elsewhere, and an "
    "acknowledgement is judged by its marks, not by its wording."
)
_WORST = {"failed": "Duties failed", "failures": "Which", "overdue_hours": "Overdue (hours)"}
_STEPS = {"span": "Measured in", "p90": "90% within", "share_within_a_day": "Within a day"}


@dataclass(frozen=True, eq=False, repr=False)
class EscalationAnswer(Answer[EscalationResult]):
    """What became of every duty after a response, in words."""

    ranges: ClassVar[bool] = True

    def numbers(self) -> tuple[Number, ...]:
        """Return the numbers the sentences and the table by duty state."""
        return tuple(facts.facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return whether the promise was kept, which duty is weakest, and what cannot be told."""
        return tuple(statements.summary(self.result, self.facts))

    def findings(self) -> tuple[Finding, ...]:
        """Return the duties that were not met, each with its cases, and what matrix and reports lack."""
        return findings_of(self.result)

    def limits(self) -> tuple[Sentence, ...]:
        """Return what it cannot say."""
        return (Sentence(LIMITS),)

    def duties(self) -> RatesAnswer:
        """Return what became of every duty."""
        return RatesAnswer(self.result.rates(), "Duties by status")

    def bands(self) -> RatesAnswer:
        """Return what became of every duty, by band of the response."""
        return RatesAnswer(self.result.rates("band"), "Duties by band and status")

    def contacts(self, by: str) -> RatesAnswer:
        """Return what became of the contacts by a column of the rows: ``unit_id`` or ``month``."""
        return RatesAnswer(self.result.of("contact", by))

    def failures(self) -> Exhibit:
        """Return the table of why duties failed."""
        return Exhibit(
            self.result.details(),
            "Failures by duty and reason",
            ("duty", "status", "detail"),
            facts.RESPONSES,
            labels={"detail": "What was lacking"},
        )

    def worst(self, limit: int) -> Exhibit:
        """Return the table of the worst cases, at most `limit` of them."""
        return Exhibit(
            self.result.worst(limit),
            "The worst cases",
            ("response_id",),
            facts.RESPONSES,
            units={"overdue_hours": "hours", "lowest": "score"},
            labels=_WORST,
        )


@dataclass(frozen=True, eq=False, repr=False)
class LatenciesAnswer(Answer[Latencies]):
    """How long each step takes, in words."""

    def numbers(self) -> tuple[Number, ...]:
        """Return the quantiles of every step; without value where they have not been reached."""
        return tuple(facts.of_latencies(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return how long half and nine tenths of acknowledgements and contacts take, open ones included."""
        return tuple(statements.of_latencies(self.result, self.facts))

    def only(self, stage: str) -> Self:
        """Return the answer on one step alone, to be drawn."""
        return replace(self, result=self.result.only(stage))

    def steps(self) -> Exhibit:
        """Return the table of steps."""
        return Exhibit(
            self.to_frame(),
            "Time from step to step, by the wall clock",
            ("stage", "group"),
            facts=self.numbers(),
            units={"median": "duration", "p90": "duration"},
            labels=_STEPS,
        )


@dataclass(frozen=True, eq=False, repr=False)
class SensitivityAnswer(Answer[ClockSensitivity]):
    """What other readings of the clock say, in words."""

    def numbers(self) -> tuple[Number, ...]:
        """Return the share met and the contacts judged differently, by reading."""
        return tuple(facts.of_sensitivity(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return which reading departs furthest."""
        return (statements.of_sensitivity(self.result, self.facts),)

    def readings(self) -> Exhibit:
        """Return the table of readings."""
        title = "Contacts under other readings of the clock"
        return Exhibit(self.to_frame(), title, ("reading",), facts=self.numbers())


@dataclass(frozen=True, eq=False, repr=False)
class FlagsAnswer(Answer[FlagComparison]):
    """How the source's own flag compares with the clock, in words."""

    ranges: ClassVar[bool] = True

    def numbers(self) -> tuple[Number, ...]:
        """Return how many contacts carry a flag, and how many of those part from the clock."""
        return tuple(facts.of_flags(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return how far the flag can be believed."""
        return tuple(statements.of_flags(self.result, self.facts))

    def contacts(self) -> Exhibit:
        """Return the table of contacts by flag, status and why the two part."""
        title, by = "Contacts by the source's flag and by the clock", ("flag", "status", "reason")
        return Exhibit(self.to_frame(), title, by, facts.FLAGGED, self.numbers())
