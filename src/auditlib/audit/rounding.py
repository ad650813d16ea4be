"""Floats that are stored have ten significant digits, rounded here and nowhere else.

The last bits of a float differ between processors and libraries; ten digits are more than any number
of an audit carries, and make every results file the same bytes on every machine.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

DIGITS = 10


def rounded(value: float) -> float:
    """Return `value` with ten significant digits; negative zero becomes zero.

    Raises
    ------
    ValueError
        Where `value` is not finite: a number that cannot be had is None with a reason.
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be stored: a number that cannot be had is None with a reason")
    return float(f"{value:.{DIGITS}g}") + 0.0


def plain(value: Any) -> Any:
    """Return `value` as built-in types with rounded floats, ready to be written as JSON."""
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if hasattr(value, "item"):
        value = value.item()
    return rounded(value) if isinstance(value, float) else value
