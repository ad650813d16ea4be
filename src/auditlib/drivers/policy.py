"""What counts as a driver and as covering it, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from auditlib.parameters.policy import Policy, policy_named
from auditlib.parameters.run import EditionYear, ItemId, Run
from auditlib.parameters.schema import file_schema

Cause = Annotated[str, Field(min_length=1, description="Code of a cause, as the run file maps it.")]


class DriversPolicy(Policy):
    """How drivers are ranked, and which causes belong to which question."""

    policy: Literal["drivers"] = "drivers"
    edition: EditionYear = "2025"
    title: str = "What dissatisfies customers, and is something done about it?"
    top: int = Field(3, ge=1, description="Main drivers: so many of each ranking.")
    draws: int = Field(1999, ge=199, description="Samples of whole units for errors and ranks.")
    least_units: int = Field(10, ge=3, description="Units needed for errors that can be relied on.")
    least_answers: int = Field(200, ge=30, description="Complete responses a survey needs.")
    window_days: int = Field(180, ge=1, description="Days on either side of an action, at most.")
    not_drivers: dict[ItemId, str] = Field(
        default_factory=dict, description="Questions that are no drivers, with the reason."
    )
    causes: dict[ItemId, tuple[Cause, ...]] = Field(
        default_factory=dict, description="Causes that belong to each question."
    )


def policy_of(run: Run, texts: Mapping[str, str]) -> DriversPolicy:
    """Return the policy the run names; where it names none, the defaults: no cause has a question then."""
    return policy_named("drivers", DriversPolicy, run, texts) or DriversPolicy()


def drivers_schema() -> dict[str, Any]:
    """Return the JSON Schema of the drivers policy, for editors."""
    return file_schema(DriversPolicy, title="The policy of drivers")
