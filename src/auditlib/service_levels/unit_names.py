"""Units as sentences name them: in quotation marks where their id could be read as a number or a letter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from auditlib.statements import listed

NAMED = 4
"""Units that a sentence names."""
_BARE = re.compile(r"(?<![\w\-.:/@])\d")
_SHORT = 3


def unit_name(unit: str) -> str:
    """Return the id of a unit as a sentence names it.

    Examples
    --------
    >>> [unit_name(unit) for unit in ("Lille", "NL-012", "017", "A")]
    ['Lille', 'NL-012', "'017'", "'A'"]
    """
    return f"'{unit}'" if len(unit) < _SHORT or _BARE.search(unit) else unit


def unit_names(units: Sequence[str], *, conjunction: str = "and") -> str:
    """Return units as a sentence lists them: of many the first, and that there are others.

    Examples
    --------
    >>> unit_names(["Lille", "Lyon", "Metz", "Namur", "Toul", "Vichy"], conjunction="or")
    'Lille, Lyon, Metz, Namur or others'
    """
    named = [unit_name(unit) for unit in units[:NAMED]]
    return listed([*named, "others"] if len(units) > NAMED else named, conjunction=conjunction)
