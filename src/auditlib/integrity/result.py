"""What the signs of gaming amount to, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditlib.integrity.detection import Detection, ScoreChange, SignStrength
from auditlib.integrity.patterns import SignPattern
from auditlib.integrity.performance import Performance
from auditlib.integrity.policy import IntegrityPolicy
from auditlib.records import Refusal, Ungrouped

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class IntegrityResult(Ungrouped):
    """Every kind of sign in every group of linked units.

    Parameters
    ----------
    patterns
        In order of group and kind; empty where no pay is linked.
    policy, level
        What was looked for, and the coverage of intervals.
    performance
        The register of false alarms and power; None where it is not to be stated.
    not_applicable
        Why nothing was looked for.
    scores
        What the scores of each group did in the same comparison.
    unknown
        Whether nothing was looked for because the evidence does not tell, rather than because nothing is
        linked.
    """

    patterns: tuple[SignPattern, ...]
    policy: IntegrityPolicy
    level: float
    performance: Performance | None = None
    not_applicable: Refusal | None = None
    scores: tuple[ScoreChange, ...] = ()
    unknown: bool = False

    @property
    def detections(self) -> tuple[Detection, ...]:
        """Every detector on every group."""
        return tuple(detection for pattern in self.patterns for detection in pattern.detections)

    @property
    def untested(self) -> tuple[Detection, ...]:
        """Detections that could not be made."""
        return tuple(entry for entry in self.detections if entry.sign is SignStrength.NOT_RUN)

    @property
    def alarms(self) -> tuple[SignPattern, ...]:
        """What needs explanation."""
        return tuple(pattern for pattern in self.patterns if pattern.alarm)

    @property
    def tested(self) -> tuple[SignPattern, ...]:
        """Kinds of signs that could be tested."""
        return tuple(pattern for pattern in self.patterns if pattern.p_value is not None)

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups of linked units, in order."""
        return tuple(dict.fromkeys(pattern.group.name for pattern in self.patterns))

    @property
    def alarmed(self) -> dict[str, tuple[SignPattern, ...]]:
        """What needs explanation, by group."""
        names = dict.fromkeys(alarm.group.name for alarm in self.alarms)
        return {name: tuple(alarm for alarm in self.alarms if alarm.group.name == name) for name in names}

    def shares(self, group: str) -> dict[str, int]:
        """Return how many units a group shares with each other one that raised an alarm, where any."""
        units = {name: _linked_units(alarms) for name, alarms in self.alarmed.items()}
        shared = {name: len(units[group] & members) for name, members in units.items() if name != group}
        return {name: count for name, count in shared.items() if count}

    def in_common(self, score: ScoreChange) -> int:
        """Return how many linked units a group shares with one that raised an alarm, at most."""
        shared = (int((score.group.linked & alarm.group.linked).sum()) for alarm in self.alarms)
        return max(shared, default=0)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per group and kind of sign: p alone, p allowing for all, and what it says."""
        import pandas as pd

        rows = [
            (
                pattern.group.name,
                pattern.pattern.title,
                pattern.sign.value,
                np.nan if pattern.p_value is None else pattern.p_value,
                np.nan if pattern.p_value is None else pattern.p_adjusted,
                pattern.linked,
            )
            for pattern in self.patterns
        ]
        return pd.DataFrame(rows, columns=["group", "kind", "sign", "p", "p_adjusted", "linked"])


def _linked_units(alarms: tuple[SignPattern, ...]) -> set[str]:
    return {
        unit.unit_id
        for alarm in alarms
        for detection in alarm.detections
        for unit in detection.units
        if unit.linked
    }
