"""Kinds of signs: detectors that point the same way, tested as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Self

from auditlib.integrity.detection import Detection, SignStrength
from auditlib.integrity.detectors import KIND_OF, PATTERNS, Pattern
from auditlib.integrity.directions import Directions, along
from auditlib.integrity.groups import Group
from auditlib.integrity.policy import IntegrityPolicy
from auditlib.records import Held
from auditlib.statistics.changes import share_beyond, together, whole_or_part
from auditlib.statistics.multiplicity import holm
from auditlib.statistics.types import Floats


@dataclass(frozen=True)
class SignPattern:
    """One kind of sign in one group: its detectors taken as one test.

    Parameters
    ----------
    pattern, group
        What and where.
    detections
        Its detections, untested ones included.
    p_value
        Of its detectors taken as one test; None where none could be tested.
    p_adjusted
        Allowing for all groups of the audit, and for all kinds within the group.
    alarm
        Whether that is at or below the declared error.
    p_prompted
        Along what the declared faults would move, where another change prompts it; else None.
    """

    pattern: Pattern
    group: Group
    detections: tuple[Detection, ...]
    p_value: float | None
    p_adjusted: float = 1.0
    alarm: bool = False
    p_prompted: float | None = None

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it without the units that are held back, and how many of those to be drawn they are."""
        part = replace(self, detections=tuple(detection.without(held) for detection in self.detections))
        left_out = len(self.strongest.units) - len(part.strongest.units)
        return (part if part.strongest.units else None), left_out

    @property
    def strongest(self) -> Detection:
        """The detection behind an alarm that chance explains least."""
        return self.carried_by[0]

    @property
    def key(self) -> str:
        """Names the pattern within its audit."""
        return f"{self.pattern.key}:{self.group.key}"

    @property
    def exhibit(self) -> str:
        """Names a figure about it."""
        return self.key.replace("_", "-").replace(":", "-")

    @property
    def eventful(self) -> bool:
        """Whether any of its detectors saw anything at all."""
        return any(detection.eventful and detection.detector.alone for detection in self.detections)

    @property
    def prompted(self) -> bool:
        """Whether the change that prompts it to be tested by itself is beyond chance alone."""
        prompts = (entry for entry in self.detections if entry.detector.key == self.pattern.prompted_by)
        return self.eventful and any(entry.sign is SignStrength.WATCH for entry in prompts)

    @property
    def carried_by(self) -> tuple[Detection, ...]:
        """The detections behind an alarm: beyond chance alone, else the strongest that may raise it."""
        tested = sorted(
            (detection for detection in self.detections if detection.contrast),
            key=lambda detection: (not detection.detector.alone, detection.p_value),
        )
        beyond = (SignStrength.ALARM, SignStrength.WATCH)
        strong = [detection for detection in tested if detection.sign in beyond]
        if not any(detection.detector.alone for detection in strong):
            strong = tested[:1] + [detection for detection in strong if detection is not tested[0]]
        return tuple(strong)

    @property
    def sign(self) -> SignStrength:
        """How strong it is: as strong as it is found to be together, else as its strongest detection."""
        if self.p_value is None:
            return SignStrength.NOT_RUN
        if self.alarm:
            return SignStrength.ALARM
        watched = any(detection.sign is SignStrength.WATCH for detection in self.detections)
        return SignStrength.WATCH if watched else SignStrength.QUIET

    @property
    def linked(self) -> int:
        """Linked units the strongest detection rests on."""
        return max((detection.linked for detection in self.detections), default=0)


_LEAST = 1e-9
_NO_WEIGHTS: Mapping[str, Directions] = MappingProxyType({})
PROMPTED = 0.4
"""Share of the error for kinds of signs that another change prompts to be tested by themselves."""


def corrected(
    detections: Sequence[Detection],
    policy: IntegrityPolicy,
    *,
    weights: Mapping[str, Directions] = _NO_WEIGHTS,
) -> tuple[SignPattern, ...]:
    """Return every kind of sign in every group, corrected along two routes that share the error.

    First each group is tested on everything at once, and groups are corrected after Holm (1979); then, within
    a group, the kinds of signs are corrected the same way; the strongest speaks for the group. Groups and
    kinds of which nothing at all was seen, and groups of so few units that no assignment of the links could
    be rare enough, cannot alarm and do not count as tests (Tarone 1990, doi 10.2307/2531456).

    Beside that, a kind is tested by itself where its prompt is beyond chance alone: where low answers became
    fewer, whether customers are left out is the question at once, and its detectors are weighed by what that
    would move at this client's size. Prompted kinds are corrected among
    themselves, so that an honest fix, which prompts too, alarms within the declared error.
    Where no prompt can be tested, the first route has the whole of it.

    Parameters
    ----------
    weights
        By group; without, nothing is prompted.
    """
    groups = [
        _kinds(detections, name, weights.get(name, {}))
        for name in dict.fromkeys(detection.group.name for detection in detections)
    ]
    beside = PROMPTED if any(weights.values()) else 0.0
    whole = _whole(groups, policy, share=1 - beside)
    prompted = {
        kind.key: kind.p_prompted for kinds in groups for kind in kinds if kind.p_prompted is not None
    }
    by_itself = dict(zip(prompted, holm(list(prompted.values())) / max(beside, _LEAST), strict=True))
    return tuple(
        _corrected(kind, min(whole.get(kind.key, 1.0), float(by_itself.get(kind.key, 1.0))), policy)
        for kinds in groups
        for kind in kinds
    )


def _whole(
    groups: Sequence[Sequence[SignPattern]], policy: IntegrityPolicy, *, share: float
) -> dict[str, float]:
    """Return corrected p-values of kinds by key, from tests of whole groups with a share of the error."""
    p_values = {place: p for place, kinds in enumerate(groups) if (p := _p_of_group(kinds)) is not None}
    able = _able({place: _smallest(groups[place]) for place in p_values}, policy.error * share)
    adjusted = holm([p_values[place] for place in able])
    return {
        key: min(p / share, 1.0)
        for place, group in zip(able, adjusted, strict=True)
        for key, p in _within(groups[place], float(group)).items()
    }


def _smallest(kinds: Sequence[SignPattern]) -> float:
    return min(detection.smallest_p for kind in kinds for detection in kind.detections)


def _able(smallest: Mapping[int, float], error: float) -> list[int]:
    """Return which tests can raise an alarm at all, given the smallest p-value of each (Tarone 1990)."""
    values, counts = list(smallest.values()), range(1, len(smallest) + 1)
    tests = next((k for k in counts if sum(p * k <= error for p in values) <= k), 1)
    return [place for place, p in smallest.items() if p * tests <= error]


def _kinds(detections: Sequence[Detection], group: str, weights: Directions) -> list[SignPattern]:
    return [
        _uncorrected(
            pattern,
            [
                detection
                for detection in detections
                if detection.group.name == group and detection.detector.key in pattern.detectors
            ],
            {key: weight for key, weight in weights.items() if KIND_OF[key] == pattern.key},
        )
        for pattern in PATTERNS
    ]


def _signed(detections: Sequence[Detection]) -> list[Floats]:
    """Return the statistics of `detections` under every assignment; larger is stronger."""
    return [
        detection.contrast.signed(detection.detector.alternative)
        for detection in detections
        if detection.contrast is not None and detection.detector.alone and detection.eventful
    ]


def _p_of_group(kinds: Sequence[SignPattern]) -> float | None:
    """Return the p-value of all kinds taken as one test; None where nothing was seen."""
    parts = [part for part in (_signed(kind.detections) for kind in kinds) if part]
    return float(whole_or_part(parts)) if parts else None


def _uncorrected(pattern: Pattern, detections: list[Detection], weights: Directions) -> SignPattern:
    signed = _signed(detections)
    tested = any(detection.contrast is not None and detection.detector.alone for detection in detections)
    p_value = float(together(signed)) if signed else 1.0 if tested else None
    kind = SignPattern(pattern, detections[0].group, tuple(detections), p_value)
    if not weights or not kind.prompted:
        return kind
    t = {
        entry.detector.key: entry.contrast.signed(entry.detector.alternative)
        for entry in detections
        if entry.contrast is not None
    }
    return replace(kind, p_prompted=share_beyond(along(t, weights)))


def _within(kinds: Sequence[SignPattern], group: float) -> dict[str, float]:
    """Return p-values of the kinds of one group, corrected among themselves and by the group's own."""
    p_values = {kind.key: kind.p_value for kind in kinds if kind.eventful and kind.p_value is not None}
    among_kinds = dict(zip(p_values, holm(list(p_values.values())), strict=True))
    strongest = min(zip(p_values.values(), p_values, strict=True))[1]
    return {key: group if key == strongest else max(group, float(p)) for key, p in among_kinds.items()}


def _corrected(kind: SignPattern, adjusted: float, policy: IntegrityPolicy) -> SignPattern:
    alarm = adjusted <= policy.error
    detections = tuple(
        replace(detection, sign=SignStrength.ALARM)
        if alarm and detection.sign is SignStrength.WATCH
        else detection
        for detection in kind.detections
    )
    return replace(kind, detections=detections, p_adjusted=adjusted, alarm=alarm)
