"""How cells write a length of time, and the unit that reads them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

CLOCK = re.compile(r"(?:[0-9]+[.])?[0-9]{1,6}:[0-5][0-9]:[0-5][0-9](?:[.,][0-9]+)?")
"""h:mm:ss, with days before it or parts of a second behind it."""
TWO_PARTS = re.compile(r"[0-9]{1,6}:[0-5][0-9](?:[.,][0-9]+)?")
"""mm:ss or hh:mm: the cells themselves do not say which."""


_ENOUGH = 0.95


def written_as(cells: Mapping[str, int]) -> str:
    """Return the unit that reads nearly all cells, by how often each stands; empty where they are no clocks.

    Examples
    --------
    >>> written_as({"0:01:30": 3}), written_as({"01:30": 3, "312:05": 1}), written_as({"90": 3})
    ('clock', 'mm:ss', '')
    """
    for unit, pattern in (("clock", CLOCK), ("mm:ss", TWO_PARTS)):
        fitting = sum(count for cell, count in cells.items() if pattern.fullmatch(cell))
        if cells and fitting >= _ENOUGH * sum(cells.values()):
            return unit
    return ""


def duration_remedy(cells: Sequence[str]) -> str:
    """Return the unit that would read cells which the declared one does not.

    Examples
    --------
    >>> duration_remedy(["0:01:30"])
    'They look like h:mm:ss: write unit: clock.'
    """
    if cells and all(CLOCK.fullmatch(cell) for cell in cells):
        return "They look like h:mm:ss: write unit: clock."
    if cells and all(TWO_PARTS.fullmatch(cell) for cell in cells):
        return (
            f"{cells[0]!r} has two parts: write unit: mm:ss where they are minutes and seconds, unit: hh:mm "
            "where they are hours and minutes. Nothing in the cells says which; ask the client."
        )
    return "Correct the unit, or what it runs from."
