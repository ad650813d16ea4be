"""The policy of a desk's clocks as data: states, pauses, limits by severity and tier of the account."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from auditlib.obligations.policy import DutyRule, ObligationPolicy
from auditlib.parameters.run import Strict
from auditlib.parameters.schema import file_schema
from auditlib.parameters.strict_model import Misfit
from auditlib.records import Grade

Stage = Literal["contact", "escalate", "resolve"]
CONTACT: Stage = "contact"
ESCALATE: Stage = "escalate"
RESOLVE: Stage = "resolve"


class LogStates(Strict):
    """What the states of the log mean; a state that is not listed is unknown and reported."""

    working: tuple[str, ...] = Field(min_length=1)
    contacted: tuple[str, ...] = Field((), description="The customer has been contacted; the clock runs.")
    escalated: tuple[str, ...] = Field((), description="Handed to a higher level; the clock runs.")
    waiting_for_customer: tuple[str, ...] = Field((), description="The clock stands still.")
    resolved: tuple[str, ...] = Field(min_length=1, description="Here too; the last resolution counts.")
    closed: tuple[str, ...] = Field(
        min_length=1, description="Closing is no resolution; it neither stops nor starts a clock."
    )

    @model_validator(mode="after")
    def _once(self) -> Self:
        every = [*self.running, *self.waiting_for_customer, *self.resolved, *self.closed]
        twice = sorted({state for state in every if every.count(state) > 1})
        if twice:
            raise Misfit(f"a state has one meaning; listed twice: {', '.join(twice)}", remedy="Keep one.")
        return self

    @property
    def running(self) -> tuple[str, ...]:
        """States in which the clock runs."""
        return (*self.working, *self.contacted, *self.escalated)

    @property
    def stopped(self) -> tuple[str, ...]:
        """States in which the clock stands still."""
        return (*self.waiting_for_customer, *self.resolved)

    @property
    def listed(self) -> tuple[str, ...]:
        """Every listed state."""
        return (*self.running, *self.stopped, *self.closed)


class AutomaticClosing(Strict):
    """How long after the resolution the system closes a case by itself."""

    days: float = Field(5, gt=0)
    tolerance_hours: float = Field(3, ge=0)

    @property
    def words(self) -> str:
        """The days, as they are read aloud."""
        return f"{self.days:g} {'day' if self.days == 1 else 'days'}"


class StopTerms(Strict):
    """When stops of a clock need an explanation."""

    cause_required: tuple[str, ...] = Field((), description="States in which a stop has to give its cause.")
    causes: tuple[str, ...] = Field((), description="Causes that count; any where none is listed.")
    near: float = Field(0.05, gt=0, lt=1, description="Last part of the limit that stops may heap in.")
    beside: float = Field(0.2, gt=0, le=1, description="Last part of the limit it is compared within.")
    error: float = Field(0.05, gt=0, lt=1, description="Chance, in a whole audit, of an alarm by chance.")
    least_cases: int = Field(10, ge=1, description="Stopped cases a group needs.")
    least_groups: int = Field(5, ge=3, description="Units, or persons, that peers need.")
    severity: Grade = Field(Grade.MAJOR, description="Grade of the finding that an alarm raises.")

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if self.near >= self.beside:
            message = "'near' lies inside 'beside'"
            raise Misfit(message, remedy="Give the wider part as 'beside'.", at=("near",))
        return self


class IncidentRule(DutyRule):
    """One clock: from the opening of a case to its first contact, its escalation or its resolution."""

    stage: Stage = RESOLVE


class IncidentPolicy(ObligationPolicy):
    """When cases are to be contacted, escalated and resolved; each rule is one clock."""

    log: Literal["incident_events", "complaint_events"] = Field(
        "incident_events", description="Table of events the clocks are read from."
    )
    rules: tuple[IncidentRule, ...] = Field(min_length=1)
    states: LogStates
    automatic_closing: AutomaticClosing = AutomaticClosing()
    stops: StopTerms = StopTerms()
    probe: tuple[str, ...] = Field((), description="Calendars the desk's own flag is tried on.")

    @model_validator(mode="after")
    def _limits(self) -> Self:
        for index, rule in enumerate(self.rules):
            if not rule.within:
                message = f"the clock {rule.duty!r} has no limits"
                remedy = "Add 'within' by priority, or by priority and tier (critical/gold)."
                raise Misfit(message, remedy=remedy, at=("rules", index, "within"))
            if rule.kind != "rigid":
                message = "the clocks of a desk are always rigid (B2)"
                raise Misfit(message, remedy="Delete 'kind'.", at=("rules", index, "kind"))
        odd = set(self.stops.cause_required) - set(self.states.waiting_for_customer)
        if odd:
            message = (
                f"a stop that needs a cause is one that waits for the customer: {', '.join(sorted(odd))}"
            )
            remedy = "List it under 'waiting_for_customer' as well."
            raise Misfit(message, remedy=remedy, at=("stops", "cause_required"))
        return self


def incident_schema() -> dict[str, Any]:
    """Return the JSON Schema of the policy of a desk's clocks, for editors."""
    return file_schema(IncidentPolicy, title="The policy of a desk's clocks")
