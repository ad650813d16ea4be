"""What may stand in a cell of a workbook: numbers as numbers, text that is never a formula."""

from __future__ import annotations

import re

from auditlib.audit.redaction import neutralised

Value = bool | int | float | str | None
LONGEST = 32_767
"""Characters a cell of a workbook holds."""
_ESCAPE = re.compile(r"_(x[0-9A-Fa-f]{4}_)")


def cell_of(value: Value) -> bool | int | float | str:
    """Return `value` as a cell holds it: text without control characters, escapes or formulas."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    line = "".join(letter if letter.isprintable() else " " for letter in _ESCAPE.sub(r"_ \1", value))
    return neutralised(line)[:LONGEST]
