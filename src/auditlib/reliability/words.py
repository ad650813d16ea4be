"""How answers and reasons are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from auditlib.records import Reliability

ANSWERS: Mapping[Reliability, str] = MappingProxyType(
    {
        Reliability.SUFFICIENT: "Sufficiently reliable",
        Reliability.NOT_SUFFICIENT: "Not sufficiently reliable",
        Reliability.UNDETERMINED: "Undetermined",
    }
)


def percent(share: float) -> str:
    """Return a share in percent, never 0.0% or 100.0% where it is neither."""
    if 0 < share < 0.0005:
        return "under 0.1%"
    return "over 99.9%" if 0.9995 <= share < 1 else f"{share:.1%}"


def listed(parts: Sequence[str], *, separator: str = ", ", most: int = 6) -> str:
    """Return `parts` as a list in a sentence, cut after `most`."""
    shown = list(parts[:most])
    if len(parts) > most:
        shown.append("others")
    return shown[0] if len(shown) == 1 else f"{separator.join(shown[:-1])} and {shown[-1]}"
