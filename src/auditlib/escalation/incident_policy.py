"""The resolution policy of a help desk as data: states, pauses, limits by priority."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from auditlib.obligations.policy import Policy
from auditlib.parameters.misfit import Misfit
from auditlib.parameters.run import Strict
from auditlib.parameters.schema import file_schema


class States(Strict):
    """What the states of the log mean; a state that is not listed is unknown and reported."""

    working: tuple[str, ...] = Field(min_length=1)
    waiting_for_customer: tuple[str, ...] = Field((), description="The clock stands still.")
    resolved: tuple[str, ...] = Field(min_length=1, description="Here too; the last resolution counts.")
    closed: tuple[str, ...] = Field(min_length=1, description="Closing is no resolution.")

    @model_validator(mode="after")
    def _once(self) -> Self:
        every = [*self.working, *self.waiting_for_customer, *self.resolved, *self.closed]
        twice = sorted({state for state in every if every.count(state) > 1})
        if twice:
            raise Misfit(f"a state has one meaning; listed twice: {', '.join(twice)}", remedy="Keep one.")
        return self

    @property
    def stopped(self) -> tuple[str, ...]:
        """States in which the clock stands still."""
        return (*self.waiting_for_customer, *self.resolved)

    @property
    def known(self) -> tuple[str, ...]:
        """Every listed state."""
        return (*self.working, *self.stopped, *self.closed)


class AutomaticClosing(Strict):
    """How long after the resolution the system closes a case by itself."""

    days: float = Field(5, gt=0)
    tolerance_hours: float = Field(3, ge=0)


class IncidentPolicy(Policy):
    """When incidents are to be resolved; each rule is one clock, with its limits by priority."""

    states: States
    automatic_closing: AutomaticClosing = AutomaticClosing()
    probe: tuple[str, ...] = Field((), description="Calendars the desk's own flag is tried on.")

    @model_validator(mode="after")
    def _limits(self) -> Self:
        for index, rule in enumerate(self.rules):
            if rule.calendars is not None:
                message = f"the clock {rule.duty!r} has one calendar for the whole desk"
                remedy = "Name it under 'calendar', and delete 'calendars'."
                raise Misfit(message, remedy=remedy, at=("rules", index, "calendars"))
            if not rule.within:
                message = f"the clock {rule.duty!r} has no limits"
                raise Misfit(message, remedy="Add 'within' by priority.", at=("rules", index, "within"))
        return self


def incident_schema() -> dict[str, Any]:
    """Return the JSON Schema of the resolution policy, for editors."""
    return file_schema(IncidentPolicy, title="The policy of resolving incidents")
