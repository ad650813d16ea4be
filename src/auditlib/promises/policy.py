"""What customers were promised, as data: rigid, flexible and discretionary rules for call-backs (B2)."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from auditlib.obligations.policy import EVERY, DutyRule, ObligationPolicy
from auditlib.parameters.schema import file_schema
from auditlib.parameters.strict_model import Misfit
from auditlib.parameters.strict_yaml import Path
from auditlib.records import Kind


class PromiseRule(DutyRule):
    """One promise, and the cases it holds for."""

    transaction_types: tuple[str, ...] = Field(
        (), description="Types of transaction it holds for; empty for those that no other rule names."
    )
    promised_time: bool = Field(False, description="Whether it holds for calls promised for a given time.")
    survey_type: str = Field(
        "", description="Survey whose headline item says how satisfied customers are, where that decides."
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        discretionary = self.kind is Kind.DISCRETIONARY
        if discretionary != bool(self.survey_type):
            message = "'survey_type' belongs to a discretionary rule, and every one needs it"
            raise Misfit(message, remedy="Correct 'kind', or add or delete it.", at=("survey_type",))
        if discretionary and not self.transaction_types:
            message = "a discretionary rule holds for types of transaction that are named"
            raise Misfit(message, remedy="Name them, as responses do.", at=("transaction_types",))
        if not discretionary and self.promised_time == bool(self.within):
            message = "a promise has one limit: the time promised, or a span of time"
            remedy = "Keep 'promised_time' or 'within'."
            raise Misfit(message, remedy=remedy, at=("within",))
        if self.within and EVERY not in self.within:
            message = "a span of time holds for every case of its rule"
            raise Misfit(message, remedy="Write within: {every: {hours: 4}}.", at=("within",))
        return self


class ServicePromises(ObligationPolicy):
    """What customers were promised; each case is judged by the first rule that fits it."""

    rules: tuple[PromiseRule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _apart(self) -> Self:
        first_rules: dict[tuple[str, bool], int] = {}
        for index, rule in enumerate(self.rules):
            for kind in rule.transaction_types or ("",):
                if (kind, rule.promised_time) in first_rules:
                    these = f"the type {kind!r}" if kind else "the other cases"
                    at: Path = ("rules", index, "duty")
                    raise Misfit(f"two rules for {these}", remedy="Keep one.", at=at)
                first_rules[kind, rule.promised_time] = index
        return self


def promises_schema() -> dict[str, Any]:
    """Return the JSON Schema of the policy of service promises, for editors."""
    return file_schema(ServicePromises, title="The policy of service promises")
