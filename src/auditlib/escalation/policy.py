"""The escalation policy as data: bands, attendance, and the rules of what is owed after a score."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from auditlib.contracts.tables import ROLES
from auditlib.obligations.policy import EVERY, DutyRule, ObligationPolicy, Word
from auditlib.parameters.run import Strict
from auditlib.parameters.schema import file_schema
from auditlib.parameters.shape import did_you_mean
from auditlib.parameters.strict_model import Misfit
from auditlib.parameters.strict_yaml import Path

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
        for index, role in enumerate(self.attendees):
            if role not in ROLES:
                raise Misfit(
                    f"there is no role {role!r}", remedy=did_you_mean(role, ROLES), at=("attendees", index)
                )
        return self


class ReportTerms(Strict):
    """When a formal report is owed where nobody promised a day, and what makes it one."""

    days: int = Field(ge=1, description="Local days from the contact to the day it is due at the latest.")
    actions: bool = Field(True, description="Whether it must name actions, each with owner and due day.")


class EscalationPolicy(ObligationPolicy):
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
            message = "bands stand from the lowest scores upwards, each with a higher 'below'"
            raise Misfit(message, remedy="Put them in order.", at=("bands",))
        for index, rule in enumerate(self.rules):
            place: Path = ("rules", index)
            if rule.duty not in DUTIES:
                remedy = did_you_mean(rule.duty, DUTIES)
                raise Misfit(f"there is no duty {rule.duty!r}", remedy=remedy, at=(*place, "duty"))
            if rule.kind != "rigid":
                message = "escalation clocks are always rigid (B2)"
                raise Misfit(message, remedy="Delete 'kind'.", at=(*place, "kind"))
        self._limits()
        return self

    def _limits(self) -> None:
        places = {rule.duty: index for index, rule in enumerate(self.rules)}
        acknowledgement, contact = self.rule("acknowledgement"), self.rule("contact")
        if acknowledgement is not None and EVERY not in acknowledgement.within:
            message = "the acknowledgement has one limit, 'every': it does not depend on the score"
            at = ("rules", places["acknowledgement"], "within")
            raise Misfit(message, remedy="Write within: {every: {minutes: 5}}.", at=at)
        if contact is not None:
            self._contact_limits(contact, at=("rules", places["contact"], "within"))
        elif followed := [duty for duty in ("attendance", "documentation", "report") if duty in places]:
            message = f"the {followed[0]} rests on the contact, which has no rule"
            remedy = "Add a rule with duty: contact."
            raise Misfit(message, remedy=remedy, at=("rules", places[followed[0]], "duty"))

    def _contact_limits(self, contact: DutyRule, *, at: Path) -> None:
        for band in self.bands:
            if not {band.band, EVERY} & set(contact.within):
                message = f"the contact has no limit for the band {band.band!r}"
                raise Misfit(message, remedy=f"Add {band.band}: {{hours: 8}}, with your hours.", at=at)


def escalation_schema() -> dict[str, Any]:
    """Return the JSON Schema of the escalation policy, for editors."""
    return file_schema(EscalationPolicy, title="The policy of escalation")
