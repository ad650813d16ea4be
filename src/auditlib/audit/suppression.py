"""Cells that are too small to be shown, so that no single answer can be read off a report."""

from __future__ import annotations

from dataclasses import replace

from auditlib.records import Number, counted

COUNTED = frozenset({"rows", "count", "responses", "invitations", "units", "months", "bytes", "rank"})
"""Units of plain counts. A count that gives no n is shown however small; one that gives the n of the cell
it is a part of is held back with that cell."""


_SUPPRESSED = "Suppressed"


def too_small(n: int | None, *, minimum: int) -> bool:
    """Tell whether a cell of `n` observations must not be shown; an empty cell hides nobody."""
    return n is not None and 0 < n < minimum


def suppressed(number: Number, *, minimum: int) -> Number:
    """Return `number` without value, interval and exact n where it rests on fewer than `minimum`."""
    if number.value is None or not too_small(number.n, minimum=minimum):
        return number
    reason = f"{_SUPPRESSED}: fewer than {counted(minimum, 'observation')}."
    return replace(number, value=None, n=None, interval=None, reason=reason)


def is_suppressed(number: Number) -> bool:
    """Tell whether `number` was held back because its cell is too small."""
    return number.value is None and number.reason.startswith(_SUPPRESSED)
