"""Answers on the clocks of a desk and of complaints, and on their stops: words, findings and tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from auditlib.obligations import RatesAnswer
from auditlib.records import Finding, Number, Sentence
from auditlib.service_desk import facts, findings, statements
from auditlib.service_desk.result import IncidentResult
from auditlib.service_desk.stop_signs import ClockStops
from auditlib.statements import Answer, Exhibit

LIMITS = (
    "The shares of a desk's clocks depend on the limits and opening hours that the policy declares; where "
    "customers were promised others, they say nothing of those."
)
ABOUT = {"incident_events": "stops of a desk's clocks", "complaint_events": "stops of complaints' clocks"}
"""What signs are looked for in, by the table of the log."""
_SIGNS = {"p_adjusted": "p, corrected", "verdict": "What it says", "looks_at": "Looks at"}


@dataclass(frozen=True, eq=False, repr=False)
class ClocksAnswer(Answer[IncidentResult]):
    """What became of every clock of a log, in words."""

    def numbers(self) -> tuple[Number, ...]:
        """Return the breaches of every clock, and why a clock could not be judged."""
        return tuple(facts.of_clocks(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return the clocks that this log cannot show, in any case or in some, each with the reason."""
        return tuple(statements.unjudged(self.result, self.facts))

    def findings(self) -> tuple[Finding, ...]:
        """Return the clocks that were not kept, each with its cases."""
        return findings.of_clocks(self.result)

    def rates(self) -> RatesAnswer:
        """Return the statuses by clock and severity."""
        return RatesAnswer(self.result.rates(), "Complaints by clock and severity")


@dataclass(frozen=True, eq=False, repr=False)
class DeskAnswer(ClocksAnswer):
    """What became of every clock of a help desk, beside the desk's own flag, in words."""

    def numbers(self) -> tuple[Number, ...]:
        """Return the flag's shares, those of the clocks, and the oddities of the log."""
        return tuple(facts.facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return what the flag says, what the clocks say, and why they part."""
        return tuple(statements.summary(self.result, self.facts))

    def notes(self) -> tuple[Sentence, ...]:
        """Return what an auditor should know of the log."""
        return tuple(statements.notes(self.result, self.facts))

    def unreconciled(self) -> tuple[Sentence, ...]:
        """Return why the flag is not held against a clock; nothing where it is."""
        return () if self.result.reconciled else (statements.unreconciled(self.result),)

    def limits(self) -> tuple[Sentence, ...]:
        """Return what shares of clocks cannot say."""
        return (Sentence(LIMITS),)

    def flag_and_clocks(self) -> Exhibit:
        """Return the table of shares met by priority: by the flag and by the clocks."""
        title = "Incidents met: by the flag and by the clocks"
        return Exhibit(self.to_frame(), title, ("priority",), facts=self.numbers())

    def reconciliations(self) -> dict[str, Exhibit]:
        """Return by clock the table of flag against status; nothing where no flag is held against one."""
        by = ("flag", "status", "reason")
        return {
            clock: Exhibit(
                self.result.reconciliation(clock),
                f"Flag against the clock {statements.spoken(clock)}",
                by,
                self.result.events,
            )
            for clock in self.result.reconciled
        }

    def implied_slas(self) -> tuple[Exhibit, ...]:
        """Return the table of clocks and limits that fit the flag; nothing where none could be tried."""
        units = {"agreement": "share", "limit_from_hours": "hours", "limit_to_hours": "hours"}
        by = ("priority", "clock_until", "calendar")
        return tuple(
            Exhibit(fitted, "Clocks and limits that fit the flag", by, self.result.events, units=units)
            for fitted in self.result.fitted
        )


@dataclass(frozen=True, eq=False, repr=False)
class ClockStopsAnswer(Answer[ClockStops]):
    """Whether clocks are stopped to keep their limits, in words."""

    by: ClassVar[tuple[str, ...]] = ("sign", "clock", "group")

    @property
    def about(self) -> str:
        """What it is about, in words."""
        return ABOUT[self.result.policy.log]

    @property
    def start(self) -> str:
        """What its keys and exhibits begin with."""
        return self.result.start

    def numbers(self) -> tuple[Number, ...]:
        """Return counts, shares and p-values of every sign, or why there are none."""
        return tuple(facts.of_stops(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return what was seen, what could not be tested, and that no sign proves anything."""
        return tuple(statements.of_stops(self.result, self.facts))

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding for every sign that needs an explanation."""
        return findings.of_signs(self.result)

    def warning(self) -> tuple[Sentence, ...]:
        """Return the sentence that belongs beside the share of cases in time; nothing without a sign."""
        return self.summary()[:1] if self.result.alarms else ()

    def signs(self) -> Exhibit:
        """Return the table of signs; persons are left out."""
        return Exhibit(
            self.to_frame(),
            f"Signs in {self.about}",
            self.by,
            self.result.basis,
            self.numbers(),
            units={"p_adjusted": "probability"},
            labels=_SIGNS,
        )

    def meanings(self) -> Exhibit:
        """Return the table of what each sign looks at, its null model, and what else looks the same."""
        title = f"What the signs in {self.about} mean"
        return Exhibit(self.result.meanings(), title, ("sign",), labels=_SIGNS)
