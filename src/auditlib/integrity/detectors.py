"""The detectors: what each looks at, what it takes to be true if nothing is wrong, and what else fits.

Their words stand in ``detectors.yaml``. Every detector turns counts into one change per unit, from before the
link to after it; whether linked units changed differently is then tested in one and the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from auditlib.integrity.sides import LOW, PERFECT
from auditlib.integrity.unit_changes import (
    Measure,
    complaints_diverge,
    heaping,
    invitations_fall,
    not_asked,
    reopened_not_invited,
    share,
    straight_lines,
    tail,
)
from auditlib.parameters.load import load
from auditlib.parameters.strict_model import Strict
from auditlib.statistics.changes import Alternative

RATIO = "ratio"
MEASURES: Mapping[str, Measure] = {
    "low_scores_missing": tail(LOW),
    "invitations_fall": invitations_fall,
    "complaints_diverge": complaints_diverge,
    "response_rate": share("answered", "invited"),
    "complainants_not_invited": share("complainants_invited", "complainants"),
    "reopened_not_invited": reopened_not_invited,
    "unhappy_not_asked": not_asked("unhappy"),
    "complainants_not_asked": not_asked("complained"),
    "perfect_answers": tail(PERFECT),
    "silent_tops": share("silent_top", "top"),
    "shared_device": share("shared", "devices"),
    "straight_lines": straight_lines,
    "begging": share("begging", "comments"),
    "heaping": heaping,
    "month_end": share("late_top", "top"),
}
"""Counts to changes, by detector."""


class Largest(Strict):
    """The largest effect gaming can have on a measure, so that too little data can be told beforehand."""

    effect: float = Field(gt=0, description="On the working scale, without its sign.")
    if_all: str = Field(description="What would have that effect, in words.")
    counted: str = Field(description="What the observations of the measure are.")


class Detector(Strict):
    """One detector."""

    key: str = Field("", description="Short name; that of its entry.")
    title: str = Field(description="Name in print.")
    looks_at: str = Field(description="What is compared, in words; also names the levels shown.")
    null_model: str = Field(description="What is taken to be true if nothing is wrong, in words.")
    innocent: str = Field(description="What else would look the same.")
    alternative: Alternative = Field(description="Direction that counts as a sign.")
    effect: Literal["percentage points", "ratio"] = Field(description="Unit of the effect.")
    level: str = Field(description="Unit of the levels before and after.")
    needs: tuple[str, ...] = Field(description="Counts it needs.")
    tables: tuple[str, ...] = Field(description="Tables they come from.")
    alone: bool = Field(
        True,
        description="Whether it may raise an alarm; an honest fix of a bad cause moves those that may not.",
    )
    largest: Largest | None = Field(
        None, description="Absent where the effect is never too small to be seen."
    )

    @property
    def measure(self) -> Measure:
        """Counts to changes."""
        return MEASURES[self.key]

    @property
    def unit(self) -> str:
        """What follows an effect in a table."""
        return "times" if self.effect == RATIO else self.effect

    def printed(self, value: float) -> float:
        """Return a value of the working scale as it is printed: a ratio, or percentage points."""
        return float(np.exp(value)) if self.effect == RATIO else 100 * value


class Pattern(Strict):
    """Detectors that point the same way."""

    key: str = Field("", description="Short name; that of its entry.")
    title: str = Field(description="Name in print.")
    plain: str = Field(description="What seems to have changed, to be read aloud.")
    detectors: tuple[str, ...] = Field(description="Keys of its detectors.")
    prompted_by: str = Field(
        "", description="Key of the detector that, beyond chance, has them tested by themselves too."
    )
    consistent_with: str = Field(description="What they are consistent with together.")
    ask_for: str = Field(description="What would settle it.")
    ask_with_transactions: str = Field(
        "", description="What would, where the evidence holds the transactions; as `ask_for` where empty."
    )

    def asked(self, *, transactions: bool) -> str:
        """Return what would settle it and is not in hand."""
        return self.ask_with_transactions if transactions and self.ask_with_transactions else self.ask_for


class Fault(Strict):
    """What might be done to the scores, of a declared size, so that it can be said whether it would show."""

    key: str = Field("", description="Short name; that of its entry.")
    kind: str = Field(description="Key of the kind of sign it would be.")
    says: str = Field(description="What is done, in words; `{share}` is its size.")
    share: float = Field(gt=0, le=1, description="Of those concerned.")
    moves: tuple[str, ...] = Field(description="Keys of the detectors that it moves.")

    @property
    def words(self) -> str:
        """What is done, with its size."""
        return self.says.format(share=f"{self.share:.0%}")

    @property
    def deed(self) -> str:
        """What is done, without its size."""
        return self.says.removeprefix("{share} of ")


class DetectorRegister(Strict):
    """Detectors, patterns and faults, by key and in the order they are shown."""

    detectors: dict[str, Detector]
    patterns: dict[str, Pattern]
    faults: dict[str, Fault]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.detectors.keys() != MEASURES.keys():
            raise ValueError("detectors and how they measure are not the same")
        grouped = sorted(key for pattern in self.patterns.values() for key in pattern.detectors)
        if grouped != sorted(self.detectors):
            raise ValueError("each detector belongs to one pattern")
        moved = {key for fault in self.faults.values() for key in fault.moves}
        if not moved <= self.detectors.keys() or any(
            f.kind not in self.patterns for f in self.faults.values()
        ):
            raise ValueError("faults name detectors and patterns that there are")
        return self


def _register() -> tuple[tuple[Detector, ...], tuple[Pattern, ...], tuple[Fault, ...]]:
    text = files("auditlib.integrity").joinpath("detectors.yaml").read_text(encoding="utf-8")
    read = load(DetectorRegister, text, name="detectors.yaml")
    return (
        tuple(detector.model_copy(update={"key": key}) for key, detector in read.detectors.items()),
        tuple(pattern.model_copy(update={"key": key}) for key, pattern in read.patterns.items()),
        tuple(fault.model_copy(update={"key": key}) for key, fault in read.faults.items()),
    )


DETECTORS, PATTERNS, FAULTS = _register()
"""In the order they are shown: who is heard, who is asked again, what is answered, and when."""
KIND_OF = {fault.key: fault.kind for fault in FAULTS}
"""Kind of sign of each fault."""
