"""What the signs of gaming amount to, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditlib.integrity.business import BusinessChange
from auditlib.integrity.detection import Detection, ScoreChange, SignStrength
from auditlib.integrity.detectors import FAULTS, Fault
from auditlib.integrity.patterns import SignPattern
from auditlib.integrity.policy import IntegrityPolicy
from auditlib.integrity.visibility import Visibility
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
    visible
        By group: false alarms, and how often each declared fault would have been seen; empty where nothing
        was drawn.
    not_applicable
        Why nothing was looked for.
    scores
        What the scores of each group did in the same comparison.
    business
        How transactions changed in each group with a sign to explain; empty where none are in the evidence.
    unknown
        Whether nothing was looked for because the evidence does not tell, rather than because nothing is
        linked.
    """

    patterns: tuple[SignPattern, ...]
    policy: IntegrityPolicy
    level: float
    visible: tuple[Visibility, ...] = ()
    not_applicable: Refusal | None = None
    scores: tuple[ScoreChange, ...] = ()
    unknown: bool = False
    business: tuple[BusinessChange, ...] = ()

    def business_in(self, group: str) -> tuple[BusinessChange, ...]:
        """Return how transactions changed in one group, by what was counted."""
        return tuple(change for change in self.business if change.group.name == group)

    @property
    def false_alarms(self) -> float:
        """Share of companies drawn like the client's, nobody gaming, with an alarm about any group."""
        quiet = [1 - part.share for part in self.visible if part.fault is None]
        return float(1 - np.prod(quiet))

    @property
    def reach(self) -> tuple[Reach, ...]:
        """How far each declared fault would have been seen, over the groups of the audit."""
        parts = {fault: [part for part in self.visible if part.fault == fault] for fault in FAULTS}
        whole = len(self.groups)
        return tuple(Reach(fault, tuple(own), self.policy, whole) for fault, own in parts.items() if own)

    @property
    def drawn(self) -> int:
        """Companies drawn for each group."""
        return max((part.companies for part in self.visible), default=0)

    @property
    def blind(self) -> tuple[Reach, ...]:
        """The faults that would not have been seen in any group, or could not be looked for."""
        return tuple(reach for reach in self.reach if not reach.clear)

    def hidden(self, group: str) -> tuple[Fault, ...]:
        """Return the faults of the kind most feared that would not have been seen in `group`."""
        return tuple(
            part.fault
            for part in self.visible
            if part.group.name == group
            and part.fault is not None
            and part.fault.kind == FAULTS[0].kind
            and not part.clear(self.policy)
        )

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


@dataclass(frozen=True)
class Reach:
    """How far one fault would have been seen: in every group, in some of them, or in none.

    Parameters
    ----------
    fault
        What was planted.
    groups
        One entry for each group of the audit of which anything could be tested.
    policy
        How often a fault must be seen for silence to be worth a word.
    all_groups
        Groups of the audit, those of which nothing could be tested included.
    """

    fault: Fault
    groups: tuple[Visibility, ...]
    policy: IntegrityPolicy
    all_groups: int

    @property
    def drawn(self) -> tuple[Visibility, ...]:
        """The groups in which the fault could be looked for, the one it shows in least first."""
        return tuple(sorted((part for part in self.groups if part.companies), key=lambda part: part.share))

    @property
    def clear(self) -> tuple[Visibility, ...]:
        """The groups in which it would have been seen."""
        return tuple(part for part in self.drawn if part.clear(self.policy))

    @property
    def everywhere(self) -> bool:
        """Whether it would have been seen in every group."""
        return len(self.clear) == self.all_groups


def _linked_units(alarms: tuple[SignPattern, ...]) -> set[str]:
    return {
        unit.unit_id
        for alarm in alarms
        for detection in alarm.detections
        for unit in detection.units
        if unit.linked
    }
