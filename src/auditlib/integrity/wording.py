"""What signs amount to in words. Nothing here accuses: a sign asks for an explanation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from auditlib.integrity.detection import Detection
from auditlib.integrity.detectors import RATIO
from auditlib.integrity.groups import Group
from auditlib.integrity.patterns import SignPattern
from auditlib.statements import with_sign

_SINGLE_DIGIT = 0.1


def measured(detection: Detection, level: float) -> str:
    """Return the effect of a detection in words, with its interval at `level`."""
    if detection.effect is None:
        return detection.reason
    value, low, high = detection.effect
    interval = f"{level:.0%} interval"
    if detection.detector.effect == RATIO:
        text = f"{value:.2f} times that of the others ({interval} {low:.2f} to {high:.2f})"
    else:
        shift, lower, upper = (with_sign(one, decimals=1) for one in (value, low, high))
        text = f"{shift} percentage points against the others ({interval} {lower} to {upper})"
    return f"{detection.detector.looks_at} {text}"


def keys_of(found: Iterable[SignPattern]) -> tuple[str, ...]:
    """Return the keys of the p-values, units and effects that `found` rest on."""
    return tuple(
        key
        for each in found
        for key in (
            f"p_adjusted:{each.key}",
            f"units:{each.key}",
            *(f"effect:{detection.key}" for detection in each.carried_by),
        )
    )


def whom(group: Group) -> str:
    """Return a group in words."""
    who = {"manager": "units whose managers were", "staff": "units whose staff were"}.get(group.role, "units")
    return f"{who} {linked_on(group)}"


def linked_on(group: Group) -> str:
    """Say when the pay of a group was linked."""
    return f"linked on {group.starts_on.day} {group.starts_on:%B %Y}"


def listed(words: Sequence[str]) -> str:
    """Join words as in a sentence."""
    parts = list(words)
    return ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else "".join(parts)


def share(value: float) -> str:
    """Return a share of simulated companies as a percentage."""
    return f"{value:.0%}" if value >= _SINGLE_DIGIT or value == 0 else f"{value:.1%}"
