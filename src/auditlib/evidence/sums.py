"""Numbers that are the sum of several columns of the source, as expressions of the database.

Until they are added up, the cells of a row stand in one text, as they are shown where one of them is no
number: ``3 + (empty)``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from auditlib.evidence.engine import literal
from auditlib.evidence.plan import ADDED

EMPTY = "(empty)"
"""What stands for a cell without anything in it."""


def terms(text: str, count: int, *, missing: Collection[str], codes: Mapping[str, str]) -> list[str]:
    """Return the cells that are added up: null where one holds no value, translated where it is a code.

    Parameters
    ----------
    text
        Expression of all of them in one text.
    count
        How many they are.
    missing
        Cells that hold no value.
    codes
        Cells as written, and what they mean.
    """
    cells = [f"split_part({text}, {literal(ADDED)}, {place})" for place in range(1, count + 1)]
    return [_meant(cell, missing, codes) for cell in cells]


def _meant(cell: str, missing: Collection[str], codes: Mapping[str, str]) -> str:
    listed = ", ".join(literal(code or EMPTY) for code in missing)
    cases = "".join(f"WHEN {literal(old or EMPTY)} THEN {literal(new)} " for old, new in codes.items())
    present = f"CASE WHEN {cell} IN ({listed}) THEN NULL ELSE {cell} END"
    return f"CASE {cell} {cases}ELSE {present} END" if cases else present


def none_filled(cells: Collection[str]) -> str:
    """Return whether no cell holds a value."""
    return " AND ".join(f"({cell}) IS NULL" for cell in cells)


def total(text: str, cells: Collection[str], number: Callable[[str], str]) -> str:
    """Return the sum of cells; null where one of them holds no number, or where they are not told apart.

    Parameters
    ----------
    text
        Expression of all of them in one text.
    cells
        Expression of each.
    number
        Returns the number that a cell is.
    """
    apart = f"len(string_split({text}, {literal(ADDED)})) = {len(cells)}"
    return f"CASE WHEN {apart} THEN {' + '.join(f'({number(cell)})' for cell in cells)} END"
