"""How cells write a length of time, and the unit that reads them."""

from __future__ import annotations

import re
from collections.abc import Sequence

CLOCK = re.compile(r"(?:[0-9]+[.])?[0-9]{1,6}:[0-5][0-9]:[0-5][0-9](?:[.,][0-9]+)?")
"""h:mm:ss, with days before it or parts of a second behind it."""
TWO_PARTS = re.compile(r"[0-9]{1,6}:[0-5][0-9](?:[.,][0-9]+)?")
"""mm:ss or hh:mm: the cells themselves do not say which."""


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
