"""The effect without the units of which integrity checks raised an alarm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from auditlib.compensation.inference import infer
from auditlib.compensation.procedure import PayQuestion, effects
from auditlib.records import Refusal


class ChangedUnit(Protocol):
    """A unit as an integrity check looked at it."""

    @property
    def unit_id(self) -> str:
        """The unit."""

    @property
    def linked(self) -> bool:
        """Whether its pay was linked."""


class SignOfUnits(Protocol):
    """One check of one group of units."""

    @property
    def units(self) -> Sequence[ChangedUnit]:
        """The units it looked at."""


class KindOfSign(Protocol):
    """Checks that point the same way, judged as one."""

    @property
    def detections(self) -> Sequence[SignOfUnits]:
        """Its checks."""


class Signs(Protocol):
    """What integrity checks found: whatever room made them."""

    @property
    def alarms(self) -> Sequence[KindOfSign]:
        """What needs explanation."""

    @property
    def tested(self) -> Sequence[object]:
        """What could be tested."""


@dataclass(frozen=True, slots=True)
class Alarms:
    """Linked units of which integrity checks raised an alarm.

    Parameters
    ----------
    units
        Their ids.
    tested
        Whether any check could be made.
    """

    units: frozenset[str]
    tested: bool


def alarms_of(signs: Signs) -> Alarms:
    """Return the linked units of which the checks raised an alarm."""
    units = frozenset(
        unit.unit_id
        for alarm in signs.alarms
        for detection in alarm.detections
        for unit in detection.units
        if unit.linked
    )
    return Alarms(units, bool(signs.tested))


@dataclass(frozen=True, slots=True)
class Unalarmed:
    """The effect without alarmed units.

    Parameters
    ----------
    units
        Linked units of the role that are left out.
    estimate, low, high, p_value
        Without them; None where `why` says that there is none.
    """

    units: int
    estimate: float | None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    why: str = ""


def unalarmed(
    question: PayQuestion, alarms: Alarms | None, *, draws: int, seed: int
) -> Unalarmed | Refusal | None:
    """Return the effect without alarmed units; None where no linked unit of the role is one.

    Parameters
    ----------
    alarms
        None where no check was made.
    """
    if alarms is None or not alarms.tested:
        return Refusal("No integrity check could be made, so alarmed units are not known.")
    linked = question.role_links.linked.any(axis=1)
    left_out = np.array([unit in alarms.units for unit in question.panel.units]) & linked
    if not left_out.any():
        return None
    units, clean = int(left_out.sum()), question.without(left_out)
    imputed = effects(clean)
    if isinstance(imputed, Refusal):
        return Unalarmed(units, None, why="without them no linked unit is left to estimate")
    rng = np.random.default_rng([seed, question.place])
    tested = infer(imputed, clean, draws=draws, reassignments=0, rng=rng)
    why = "too few linked units are left for a test" if isinstance(tested.method, Refusal) else ""
    estimate = float(imputed.coefficient[question.place])
    return Unalarmed(units, estimate, tested.low, tested.high, tested.p_value, why)
