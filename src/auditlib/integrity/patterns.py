"""Kinds of signs: detectors that point the same way, tested as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from auditlib.integrity.detection import Detection, SignStrength
from auditlib.integrity.groups import Group
from auditlib.integrity.policy import IntegrityPolicy
from auditlib.records import Basis, Held, Number
from auditlib.statistics.changes import together, whole_or_part
from auditlib.statistics.multiplicity import holm
from auditlib.statistics.types import Floats


@dataclass(frozen=True)
class Pattern:
    """Detectors that point the same way.

    Parameters
    ----------
    key, title
        Short name, and the name in print.
    plain
        What seems to have changed, to be read aloud.
    detectors
        Keys of its detectors.
    consistent_with
        What they are consistent with together.
    ask_for
        What would settle it.
    """

    key: str
    title: str
    plain: str
    detectors: tuple[str, ...]
    consistent_with: str
    ask_for: str


PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "who_is_heard",
        "Who is heard",
        "unhappy customers are heard less than before",
        ("low_scores_missing", "invitations_fall", "complaints_diverge", "response_rate"),
        "customers likely to be unhappy not being invited, or being kept from answering",
        "the list of all transactions of these units and the wording of their invitations, then invite a "
        "random sample from outside the unit and compare its scores",
    ),
    Pattern(
        "who_is_asked_again",
        "Who is asked again",
        "customers known to be unhappy are asked again less than before",
        ("unhappy_not_asked", "complainants_not_asked"),
        "customers known to be unhappy being left out of later surveys",
        "the rules and lists by which customers are exempted from surveys, with who entered them and when",
    ),
    Pattern(
        "whose_answer",
        "Whose answer it is",
        "answers look less like those of many different customers than before",
        ("perfect_answers", "silent_tops", "shared_device", "straight_lines"),
        "answers given by somebody other than the customer, or under guidance",
        "the survey tool's log of addresses and devices, and call a sample of those who answered",
    ),
    Pattern(
        "asked_for_scores",
        "Scores asked for",
        "more customers than before say that a score was asked for",
        ("begging",),
        "customers being asked for a score",
        "the letters, signatures and scripts in use, and speak with the customers who wrote of it",
    ),
    Pattern(
        "steered",
        "Steered to the bonus",
        "answers gather at the day or the value at which the bonus is settled",
        ("heaping", "month_end"),
        "scores being steered towards the day or the value at which the bonus is settled",
        "who can see the running score of the month, and for answers changed, added or withdrawn near its "
        "end",
    ),
)


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
    """

    pattern: Pattern
    group: Group
    detections: tuple[Detection, ...]
    p_value: float | None
    p_adjusted: float = 1.0
    alarm: bool = False

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it without the units that are held back, and how many of those to be drawn they are."""
        kept = tuple(detection.without(held) for detection in self.detections)
        shown = replace(self, detections=kept)
        left_out = len(self.strongest.units) - len(shown.strongest.units)
        return (shown if shown.strongest.units else None), left_out

    @property
    def strongest(self) -> Detection:
        """The detection behind an alarm that chance explains least."""
        return min(self.carried_by, key=lambda each: each.p_value)

    @property
    def key(self) -> str:
        """Names the signature within its audit."""
        return f"{self.pattern.key}:{self.group.name.replace(' ', ':')}"

    @property
    def exhibit(self) -> str:
        """Names a figure about it."""
        return self.key.replace("_", "-").replace(":", "-")

    @property
    def eventful(self) -> bool:
        """Whether any of its detectors saw anything at all."""
        return any(detection.eventful for detection in self.detections)

    @property
    def carried_by(self) -> tuple[Detection, ...]:
        """The detections behind an alarm: those beyond chance alone, else the strongest."""
        tested = sorted(
            (detection for detection in self.detections if detection.contrast),
            key=lambda detection: detection.p_value,
        )
        strong = tuple(each for each in tested if each.sign in (SignStrength.ALARM, SignStrength.WATCH))
        return strong or tuple(tested[:1])

    @property
    def linked(self) -> int:
        """Linked units the strongest detection rests on."""
        return max((detection.linked for detection in self.detections), default=0)

    def numbers(self) -> tuple[Number, ...]:
        """Return both p-values under their keys."""
        n = sum(detection.n for detection in self.detections) or None
        reason = (
            "" if self.p_value is not None else "; ".join(dict.fromkeys(e.reason for e in self.detections))
        )
        adjusted = None if self.p_value is None else self.p_adjusted
        basis = (Basis("pay_links", (("role", self.group.role),)),)
        return (
            Number(f"p_kind:{self.key}", self.p_value, "probability", n, None, basis, reason),
            Number(f"p_adjusted:{self.key}", adjusted, "probability", n, None, basis, reason),
            Number(f"units:{self.key}", self.linked, "units", basis=basis),
        )


def signatures(detections: Sequence[Detection], policy: IntegrityPolicy) -> tuple[SignPattern, ...]:
    """Return every kind of sign in every group, corrected in two steps.

    First each group is tested on everything at once, and groups are corrected after Holm (1979): in an
    audit, a group in which nothing changed raises an alarm with at most the declared error. Then, within
    a group, the kinds of signs are corrected the same way; the strongest speaks for the group. Groups and
    kinds of which nothing at all was seen, and groups of so few units that no assignment of the links could
    be rare enough, cannot alarm and do not count as tests (Tarone 1990, doi 10.2307/2531456).
    """
    groups = [
        _kinds(detections, name) for name in dict.fromkeys(detection.group.name for detection in detections)
    ]
    p_values = {place: p for place, kinds in enumerate(groups) if (p := _p_of_group(kinds)) is not None}
    able = _able({place: _smallest(groups[place]) for place in p_values}, policy.error)
    adjusted = dict(zip(able, holm([p_values[place] for place in able]), strict=True))
    return tuple(
        signature
        for place, kinds in enumerate(groups)
        for signature in (_within(kinds, float(adjusted[place]), policy) if place in adjusted else kinds)
    )


def _smallest(kinds: Sequence[SignPattern]) -> float:
    return min(detection.smallest_p for kind in kinds for detection in kind.detections)


def _able(smallest: Mapping[int, float], error: float) -> list[int]:
    """Return which tests can raise an alarm at all, given the smallest p-value of each (Tarone 1990)."""
    values, counts = list(smallest.values()), range(1, len(smallest) + 1)
    tests = next((k for k in counts if sum(p * k <= error for p in values) <= k), 1)
    return [place for place, p in smallest.items() if p * tests <= error]


def _kinds(detections: Sequence[Detection], group: str) -> list[SignPattern]:
    own = [detection for detection in detections if detection.group.name == group]
    return [
        _signature(pattern, [each for each in own if each.detector.key in pattern.detectors])
        for pattern in PATTERNS
    ]


def _signed(detections: Sequence[Detection]) -> list[Floats]:
    """Return the statistics of `detections` under every assignment; larger is stronger."""
    return [
        detection.contrast.signed(detection.detector.alternative)
        for detection in detections
        if detection.contrast is not None and detection.eventful
    ]


def _p_of_group(kinds: Sequence[SignPattern]) -> float | None:
    """Return the p-value of all kinds taken as one test; None where nothing was seen."""
    parts = [part for part in (_signed(kind.detections) for kind in kinds) if part]
    return whole_or_part(parts) if parts else None


def _signature(pattern: Pattern, own: list[Detection]) -> SignPattern:
    signed, tested = _signed(own), any(each.contrast is not None for each in own)
    p_value = together(signed) if signed else 1.0 if tested else None
    return SignPattern(pattern, own[0].group, tuple(own), p_value)


def _within(kinds: list[SignPattern], group: float, policy: IntegrityPolicy) -> list[SignPattern]:
    """Return the kinds of one group, corrected among themselves and by the group's own p-value."""
    seen = [kind for kind in kinds if kind.eventful and kind.p_value is not None]
    p_values = [each.p_value for each in seen if each.p_value is not None]
    own = dict(zip((each.key for each in seen), holm(p_values), strict=True))
    strongest = min(zip(p_values, (each.key for each in seen), strict=True))[1]
    return [
        _corrected(kind, group if kind.key == strongest else max(group, float(own[kind.key])), policy)
        if kind.key in own
        else kind
        for kind in kinds
    ]


def _corrected(signature: SignPattern, adjusted: float, policy: IntegrityPolicy) -> SignPattern:
    alarm = adjusted <= policy.error
    kept = tuple(
        replace(detection, sign=SignStrength.ALARM)
        if alarm and detection.sign is SignStrength.WATCH
        else detection
        for detection in signature.detections
    )
    return replace(signature, detections=kept, p_adjusted=adjusted, alarm=alarm)


def detections_of(found: Iterable[SignPattern]) -> tuple[Detection, ...]:
    """Return the detections of `found`, in their order."""
    return tuple(detection for signature in found for detection in signature.detections)
