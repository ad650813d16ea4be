"""How answers and reasons are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from auditlib.records import Reason, Reliability

ANSWERS: Mapping[Reliability, str] = MappingProxyType(
    {
        Reliability.SUFFICIENT: "Sufficiently reliable",
        Reliability.NOT_SUFFICIENT: "Not sufficiently reliable",
        Reliability.UNDETERMINED: "Undetermined",
    }
)

REASONS: Mapping[str, str] = MappingProxyType(
    {
        Reason.FIELD_COUNT: (
            "more or fewer fields than the header, an unclosed quote, or a cell that cannot be read"
        ),
        Reason.IDENTICAL: "copy of a row that was kept",
        Reason.CONFLICTING: "one id with different content",
        Reason.OVERLAP: "row of totals, or a time counted twice",
        Reason.UNIT: "unit not in the register of units",
        Reason.TIME: "date or time unreadable, impossible or before its trigger",
        Reason.FUTURE: "later than the date of the audit",
        Reason.SCALE: "score off its scale, or an unknown label or code",
        Reason.KEY: "row without an id",
    }
)
"""Why a row is in quarantine, in the order in which the tests are made."""


SHORT_REASONS: Mapping[str, str] = MappingProxyType(
    {
        Reason.FIELD_COUNT: "fields",
        Reason.IDENTICAL: "copy",
        Reason.CONFLICTING: "conflict",
        Reason.OVERLAP: "overlap",
        Reason.UNIT: "unit",
        Reason.TIME: "time",
        Reason.FUTURE: "future",
        Reason.SCALE: "scale",
        Reason.KEY: "no id",
    }
)
"""Reasons as columns of a table are headed."""


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
