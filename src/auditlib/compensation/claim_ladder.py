"""What an effect has to bear before it is claimed: the rungs of a ladder, each asking more."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from auditlib.compensation.alarmed import Unalarmed
from auditlib.compensation.event_study import Drift
from auditlib.compensation.inference import Inference
from auditlib.compensation.placebo import Placebos
from auditlib.compensation.sensitivity import Sensitivity
from auditlib.compensation.specification_curve import SpecificationCurve
from auditlib.records import Refusal

HALF = 0.5
"""Departure from parallel trends that an effect has to bear, as a multiple of the largest one before."""
RARE = 0.05
"""Probability below which a drift before the link is called one."""


class RungName(StrEnum):
    """The rungs, in the order in which they are climbed."""

    TEST = "test"
    PLACEBOS = "placebos"
    DEPARTURES = "departures"
    ALARMED = "alarmed"
    DRIFT = "drift"
    CHOICES = "choices"


class TriedEffect(Protocol):
    """An effect with everything that was tried on it; see `result.RoleEffect`."""

    @property
    def estimate(self) -> float:
        """The effect."""

    @property
    def level(self) -> float:
        """Coverage of intervals."""

    @property
    def inference(self) -> Inference:
        """Its test."""

    @property
    def placebo(self) -> Placebos | Refusal:
        """Links that never happened."""

    @property
    def calibrated(self) -> float | None:
        """Its place among them."""

    @property
    def sensitivity(self) -> Sensitivity | Refusal:
        """Departures from parallel trends."""

    @property
    def unalarmed(self) -> Unalarmed | Refusal | None:
        """The effect without alarmed units."""

    @property
    def drift(self) -> Drift | Refusal:
        """What linked units did before."""

    @property
    def curve(self) -> SpecificationCurve:
        """Every choice."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One thing an effect has to bear.

    Parameters
    ----------
    name
        Which.
    holds
        Whether it does; None where it could not be tried.
    value, needed
        What was measured, and the limit it is held against; None where there is none.
    why
        Why it could not be tried.
    """

    name: RungName
    holds: bool | None
    value: float | None = None
    needed: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class ClaimLadder:
    """Every rung, and how far an effect climbs.

    Examples
    --------
    >>> ladder = ClaimLadder((Rung(RungName.TEST, True), Rung(RungName.PLACEBOS, False)))
    >>> ladder.height, str(ladder.reached), str(ladder.failing.name), ladder.topped
    (1, 'test', 'placebos', False)
    """

    rungs: tuple[Rung, ...]

    @property
    def height(self) -> int:
        """Rungs that hold before the first that does not."""
        return next((at for at, rung in enumerate(self.rungs) if not rung.holds), len(self.rungs))

    @property
    def reached(self) -> RungName | None:
        """The highest rung reached; None where the first does not hold."""
        return self.rungs[self.height - 1].name if self.height else None

    @property
    def failing(self) -> Rung | None:
        """The first rung that does not hold, or could not be tried; None at the top."""
        return None if self.topped else self.rungs[self.height]

    @property
    def topped(self) -> bool:
        """Whether every rung holds."""
        return self.height == len(self.rungs)


def claim_ladder(effect: TriedEffect) -> ClaimLadder:
    """Return the rungs of one role's effect."""
    return ClaimLadder(
        (
            _test(effect),
            _placebos(effect),
            _departures(effect),
            _alarmed(effect),
            _drift(effect),
            _choices(effect),
        )
    )


def _test(effect: TriedEffect) -> Rung:
    inference, needed = effect.inference, 1 - effect.level
    if isinstance(inference.method, Refusal) or inference.p_value is None:
        refused = isinstance(inference.method, Refusal)
        why = "Too little was linked, or not linked, as one." if refused else "There is no p-value."
        return Rung(RungName.TEST, None, None, needed, why)
    return Rung(RungName.TEST, inference.p_value <= needed, inference.p_value, needed)


def _placebos(effect: TriedEffect) -> Rung:
    needed = 1 - effect.level
    if effect.calibrated is None:
        why = effect.placebo.reason if isinstance(effect.placebo, Refusal) else "There is no error by group."
        return Rung(RungName.PLACEBOS, None, None, needed, why)
    return Rung(RungName.PLACEBOS, effect.calibrated <= needed, effect.calibrated, needed)


def _departures(effect: TriedEffect) -> Rung:
    if isinstance(effect.sensitivity, Refusal):
        return Rung(RungName.DEPARTURES, None, None, HALF, effect.sensitivity.reason)
    size = effect.sensitivity.relative
    return Rung(RungName.DEPARTURES, size >= HALF, size, HALF)


def _alarmed(effect: TriedEffect) -> Rung:
    clean, needed = effect.unalarmed, 1 - effect.level
    if isinstance(clean, Refusal):
        return Rung(RungName.ALARMED, None, None, needed, clean.reason)
    if clean is None:
        return Rung(RungName.ALARMED, True, None, needed)
    if clean.p_value is None or clean.estimate is None:
        return Rung(RungName.ALARMED, False, None, needed, clean.why)
    holds = clean.p_value <= needed and clean.estimate * effect.estimate > 0
    return Rung(RungName.ALARMED, holds, clean.p_value, needed)


def _drift(effect: TriedEffect) -> Rung:
    if isinstance(effect.inference.method, Refusal):
        return Rung(
            RungName.DRIFT, None, None, None, "There is no size of an effect to hold a drift against."
        )
    if isinstance(effect.drift, Refusal):
        return Rung(RungName.DRIFT, None, None, abs(effect.estimate), effect.drift.reason)
    unseen = abs(effect.estimate) > abs(effect.drift.carried)
    holds = effect.drift.p_value >= RARE and unseen
    return Rung(RungName.DRIFT, holds, effect.drift.carried, abs(effect.estimate))


def _choices(effect: TriedEffect) -> Rung:
    needed = 1 - effect.level
    supported = effect.curve.supports(effect.estimate, level=effect.level)
    if isinstance(effect.curve.joint, Refusal):
        return Rung(RungName.CHOICES, None, None, needed, effect.curve.joint.reason)
    return Rung(RungName.CHOICES, supported, effect.curve.joint.p_value, needed)
