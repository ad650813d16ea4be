"""Ids that a worksheet holds as something else than text, and what they may have lost by it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

_MOST_DIGITS = 15
"""Digits of a number that a worksheet keeps; those behind them become zeros."""


def worn(label: str, cells: Iterable[tuple[int, Any]]) -> Iterator[str]:
    """Yield a sentence for each way in which ids of a column may have lost something.

    Parameters
    ----------
    label
        The column.
    cells
        Row of the sheet and cell, as the worksheet holds it.
    """
    zeros, shorter = 0, False
    first: dict[str, tuple[int, Any]] = {}
    for line, cell in cells:
        if isinstance(cell, str) and cell.isdigit() and cell.startswith("0"):
            zeros = max(zeros, len(cell))
        elif loss := _loss(cell):
            first.setdefault(loss, (line, cell))
        elif isinstance(cell, float | int):
            shorter = True
    for loss, (line, cell) in first.items():
        yield f"column {label!r} holds ids and, first on line {line}, {cell!s}: {loss}."
    if zeros and shorter:
        yield f"some ids of column {label!r} begin with 0 and others are numbers: these may have lost theirs."


def _loss(cell: Any) -> str:
    if isinstance(cell, bool):
        return "a truth value, which may have been a word"
    if isinstance(cell, dt.date | dt.time):
        return "a date, which may have been an id such as 3-4"
    if isinstance(cell, float | int) and abs(cell) >= 10**_MOST_DIGITS:
        return "a number of so many digits that the last ones are lost"
    if isinstance(cell, float) and not cell.is_integer():
        return "a number with a fraction"
    return ""
