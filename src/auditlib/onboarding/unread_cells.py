"""What to declare for cells that cannot be read as what they should be: their notation, or a missing code."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from auditlib.contracts import Column, ColumnKind
from auditlib.evidence.sums import EMPTY as EMPTY_TERM
from auditlib.onboarding.yaml_text import origin_text, quoted, sequence
from auditlib.parameters.origins import cells_of
from auditlib.parameters.run import Source
from auditlib.statements import listed

NUMBER = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]+)?")
ASK = "Correct the cells, or ask the client."
EMPTY = "The cells are empty: map another column, or ask the client for it."
_NUMBERS = (ColumnKind.NUMBER, ColumnKind.COUNT, ColumnKind.SHARE)
_SENTINEL = re.compile(r"-(?:1|[89]+)")
"""Negative numbers that stand for 'no value' where nothing can be below zero."""
_LONGEST_CODE = 20


def missing_remedy(column: Column, cells: Sequence[str], source: Source, in_use: Collection[str]) -> str:
    """Return what to do about cells that cannot be read.

    A word is offered as one for 'no value' only where no number can be meant and no column of the source
    holds it as a value: 'missing' is about every column of the source.

    Parameters
    ----------
    column
        Canonical column they are for.
    cells
        Different cells.
    source
        The source they came through.
    in_use
        Cells that other rows or columns of the source hold as values.
    """
    if not cells:
        return EMPTY
    emptied = [cell for cell in cells if cell in source.missing]
    if emptied:
        count, pronoun = ("stands", "it") if len(emptied) == 1 else ("stand", "them")
        counts = "counts" if len(emptied) == 1 else "count"
        cell_list = listed([repr(cell) for cell in emptied])
        return f"{cell_list} {count} under 'missing' and so {counts} as empty: take {pronoun} off that list."
    terms = cells_of(source.columns.get(column.name, "")).terms
    if terms and any(EMPTY_TERM in cell for cell in cells):
        zero = f'values: {{{column.name}: {{"": "0"}}}}'
        return f"Where a cell that is empty means 0, write {zero}; otherwise ask the client for it."
    notation = notation_remedy(column, cells, source) if column.kind in _NUMBERS else ""
    if notation:
        return notation
    codes = [cell for cell in cells if looks_missing(cell, column) and cell not in in_use]
    if not codes:
        return ASK
    return f"Where such a cell means no value, write missing: {sequence([*source.missing, *codes])}."


def looks_missing(cell: str, column: Column) -> bool:
    """Return whether a cell may stand for 'no value': a short one without digits, or -1, -9, -99 in a count.

    Examples
    --------
    >>> from auditlib.contracts import TABLES
    >>> offered = TABLES["interval_counts"].column("offered")
    >>> [looks_missing(cell, offered) for cell in ("n/a", "-99", "243,5", "12 calls")]
    [True, True, False, False]
    """
    if column.kind is ColumnKind.COUNT and _SENTINEL.fullmatch(cell):
        return True
    return len(cell) <= _LONGEST_CODE and not any(sign.isdigit() for sign in cell)


def notation_remedy(column: Column, cells: Sequence[str], source: Source) -> str:
    """Return the setting of the number format that would read cells; empty where none would."""
    if not all(NUMBER.fullmatch(cell) for cell in cells):
        return ""
    separator = "," if source.dialect.decimal == "." else "."
    apart = all(separator in cell for cell in cells)
    fractions = [cell for cell in cells if separator in cell or source.dialect.decimal in cell]
    rounded = f"columns: {{{column.name}: {_scaled(column, source)}}} rounds them"
    if apart:
        head = f"The numbers are written with {separator!r}: write dialect: {{decimal: {quoted(separator)}}}"
        whole = column.kind is ColumnKind.COUNT
        return f"{head}, and for decimals in a whole number {rounded}." if whole else f"{head}."
    if column.kind is ColumnKind.COUNT and len(fractions) == len(cells):
        return f"These are decimals where whole numbers are counted: {rounded}; or map another column."
    return ""


def percentages(column: Column, source: Source) -> str:
    """Return the line that makes shares of percentages without their sign."""
    line = f"columns: {{{column.name}: {_scaled(column, source, factor=0.01)}}}"
    return f"Where they are percentages without their sign, write {line}; otherwise ask the client."


def _scaled(column: Column, source: Source, *, factor: float = 1) -> str:
    """Return the column of the source times a factor; a factor of one rounds a count."""
    origin = source.columns.get(column.name, "...")
    return origin_text({"column": origin if isinstance(origin, str) else origin.label, "scale": factor})
