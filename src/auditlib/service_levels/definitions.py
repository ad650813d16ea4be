"""Published definitions of service level and of abandonment, as data.

A definition is read as what it does with each disposition: how a contact left the queue. A disposition meets,
misses, or is left out; the share is what meets over what meets or misses. So every published formula is one
value of the same form, and any evidence that tells dispositions apart can compute it.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, Self

from pydantic import Field, model_validator

from auditlib.parameters.policy import Policy
from auditlib.parameters.schema import file_schema
from auditlib.parameters.strict_model import Misfit, Name, Strict


class Left(StrEnum):
    """What became of a contact, before any limit is held against its wait."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    FLOWED_OUT = "flowed_out"
    WAITING = "waiting"


class Disposition(StrEnum):
    """How a contact left the queue, by the limit and by what counts as a short wait."""

    ANSWERED_IN_TIME = "answered_in_time"
    ANSWERED_LATE = "answered_late"
    ABANDONED_SHORT = "abandoned_short"
    ABANDONED_IN_TIME = "abandoned_in_time"
    ABANDONED_LATE = "abandoned_late"
    FLOWED_OUT = "flowed_out"
    WAITING = "waiting"

    @property
    def left(self) -> Left:
        """What became of such a contact, whatever it waited."""
        return Left(self.split("_")[0]) if self.startswith(("answered", "abandoned")) else Left(self)


class Treatment(StrEnum):
    """What a definition does with a disposition."""

    MEETS = "meets"
    MISSES = "misses"
    LEFT_OUT = "left_out"


class Aggregation(StrEnum):
    """How shares of parts become one: all contacts together, or the mean of the parts' shares."""

    POOLED = "pooled"
    MEAN_OF_UNITS = "mean_of_units"
    MEAN_OF_INTERVALS = "mean_of_intervals"


class ClockStart(StrEnum):
    """From when a contact waits: from its offer to the queue, or from its arrival before any announcement."""

    OFFERED = "offered"
    ARRIVED = "arrived"


class ShareDefinition(Strict):
    """One published definition of a share of contacts."""

    title: str = Field(description="What the share is of what, as a reader would say it.")
    source: str = Field(description="Who publishes it, and where.")
    dated: date = Field(description="When the source was read, or says it was made.")
    meets: tuple[Disposition, ...] = Field(min_length=1, description="Dispositions that count as met.")
    misses: tuple[Disposition, ...] = Field(
        min_length=1, description="Dispositions in the whole only; those in neither list are left out."
    )
    within: int | None = Field(None, ge=0, description="Limit in seconds, where the definition fixes one.")
    within_inclusive: bool = Field(True, description="Whether a wait of exactly the limit is in time.")
    short: int | None = Field(
        None, ge=0, description="Seconds up to which an abandoned contact is short; none is where left out."
    )
    short_inclusive: bool = Field(True, description="Whether a wait of exactly `short` is short.")
    clock: ClockStart = Field(ClockStart.OFFERED, description="From when the wait counts.")
    aggregation: Aggregation = Field(Aggregation.POOLED, description="How units and intervals are joined.")

    @model_validator(mode="after")
    def _apart(self) -> Self:
        contradictory = sorted(set(self.meets) & set(self.misses))
        if contradictory:
            message = f"a disposition meets or misses, not both: {', '.join(contradictory)}"
            raise Misfit(message, remedy="Keep it in one of the lists.", at=("misses",))
        short = self.treatment(Disposition.ABANDONED_SHORT)
        if self.short is None and short is not self.treatment(Disposition.ABANDONED_IN_TIME):
            message = "short contacts are treated apart, and 'short' does not say how short they are"
            raise Misfit(message, remedy="Give 'short' in seconds.", at=("short",))
        return self

    def treatment(self, disposition: Disposition) -> Treatment:
        """Return what the definition does with contacts that left the queue so."""
        if disposition in self.meets:
            return Treatment.MEETS
        return Treatment.MISSES if disposition in self.misses else Treatment.LEFT_OUT

    def disposition(self, left: Left, waited: float, *, limit: float) -> Disposition:
        """Return how a contact left the queue: the scalar reference, which reads as definitions do.

        Parameters
        ----------
        left
            What became of it.
        waited
            Time from the start of the clock until it left the queue, in the unit of `limit`.
        limit
            Time of the service level.

        Examples
        --------
        >>> definition = ShareDefinition(
        ...     title="", source="", dated="2026-01-01", short=5,
        ...     meets=["answered_in_time"], misses=["answered_late", "abandoned_in_time", "abandoned_late"],
        ... )
        >>> definition.disposition(Left.ABANDONED, 5.0, limit=20)
        <Disposition.ABANDONED_SHORT: 'abandoned_short'>
        """
        if left in {Left.FLOWED_OUT, Left.WAITING}:
            return Disposition(left)
        in_time = waited <= limit if self.within_inclusive else waited < limit
        if left is Left.ANSWERED:
            return Disposition.ANSWERED_IN_TIME if in_time else Disposition.ANSWERED_LATE
        if self.short is not None:
            short = waited <= self.short if self.short_inclusive else waited < self.short
            if short:
                return Disposition.ABANDONED_SHORT
        return Disposition.ABANDONED_IN_TIME if in_time else Disposition.ABANDONED_LATE


class DefinitionPolicy(Policy):
    """Named definitions of one share: the variants that are in use for it."""

    title: str
    requirements: tuple[str, ...] = Field(("D2",), description="Requirements it serves.")
    definitions: dict[Name, ShareDefinition] = Field(min_length=1)


def definitions_schema() -> dict[str, Any]:
    """Return the JSON Schema of a file of definitions."""
    return file_schema(DefinitionPolicy, title="Published definitions of a share of contacts")
