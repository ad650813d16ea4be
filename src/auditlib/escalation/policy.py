"""The escalation policy as data: bands, attendance, and the rules of what is owed after a score."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from auditlib.contracts.tables import ROLES
from auditlib.obligations.policy import EVERY, Policy, Word
from auditlib.parameters.run import Strict

DUTIES = ("acknowledgement", "contact", "attendance", "documentation", "report")
NO_BAND = "none"
NO_SCORE = "unscored"
AcknowledgementText = Literal["states_why", "states_next"]
ContextField = Literal["note", "cause_code", "verbatim", "questions"]


class BandScale(Strict):
    """The scale that bands are declared on; items on another scale are converted to it linearly."""

    low: float = 1
    high: float = 5
    conversion: Literal["linear", "none"] = Field(
        "linear", description="none: items on another scale take no part in the band."
    )


class BandModel(Strict):
    """A half-open band: from the end of the band before it to below `below`."""

    band: Word
    below: float
    attendees: tuple[str, ...] = Field(min_length=1, description="Roles that must be at the contact.")

    @model_validator(mode="after")
    def _roles(self) -> Self:
        unknown = [role for role in self.attendees if role not in ROLES]
        if unknown:
            raise ValueError(f"no such role: {', '.join(unknown)}; known are {', '.join(ROLES)}")
        return self


class ReportTerms(Strict):
    """When a formal report is owed where nobody promised a day, and what makes it one."""

    days: int = Field(ge=1, description="Local days from the contact to the day it is due at the latest.")
    actions: bool = Field(True, description="Whether it must name actions, each with owner and due day.")


class EscalationPolicy(Policy):
    """What is owed after a survey response (E1 to E7)."""

    scale: BandScale = BandScale()
    bands: tuple[BandModel, ...] = Field(min_length=1, description="From the lowest scores upwards.")
    acknowledgement_states: tuple[AcknowledgementText, ...] = ("states_why", "states_next")
    context: tuple[ContextField, ...] = Field(
        ("note", "cause_code", "verbatim", "questions"), max_length=4, description="Fields of a contact."
    )
    report: ReportTerms

    @model_validator(mode="after")
    def _sound(self) -> Self:
        limits = [band.below for band in self.bands]
        if limits != sorted(set(limits)):
            raise ValueError("bands stand from the lowest scores upwards, each with a higher 'below'")
        names = [rule.duty for rule in self.rules]
        unknown = [name for name in names if name not in DUTIES]
        if unknown:
            raise ValueError(f"no such duty: {', '.join(unknown)}; known are {', '.join(DUTIES)}")
        if any(rule.kind != "rigid" for rule in self.rules):
            raise ValueError("escalation clocks are always rigid")
        self._limits()
        return self

    def _limits(self) -> None:
        acknowledgement, contact = self.rule("acknowledgement"), self.rule("contact")
        if acknowledgement is not None and EVERY not in acknowledgement.within:
            raise ValueError("the acknowledgement has one limit, 'every': it does not depend on the score")
        missing = [
            band.band for band in self.bands if contact and not {band.band, EVERY} & set(contact.within)
        ]
        if missing:
            raise ValueError(f"the contact has no limit for band {', '.join(missing)}")
        if contact is None and {"attendance", "documentation", "report"} & {rule.duty for rule in self.rules}:
            raise ValueError("attendance, documentation and report need a rule for the contact")
