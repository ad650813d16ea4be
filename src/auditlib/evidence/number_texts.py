"""Numbers in cells of text, as expressions of the database."""

from __future__ import annotations

from auditlib.contracts import ColumnKind

_DIGITS = "'^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?$'"


def number_in(text: str, *, decimal: str) -> str:
    """Return the number that a cell is; null where it is none.

    Parameters
    ----------
    text
        Expression of the cell.
    decimal
        Sign before the decimals: ``.`` or ``,``.
    """
    if decimal == ",":
        text = f"CASE WHEN contains({text}, '.') THEN NULL ELSE replace({text}, ',', '.') END"
    return f"CASE WHEN regexp_matches({text}, {_DIGITS}) THEN TRY_CAST({text} AS DOUBLE) END"


def in_notation(constant: str, kind: ColumnKind, *, decimal: str) -> str:
    """Return a constant as the cells beside it are written: a run file has points in its numbers.

    Examples
    --------
    >>> in_notation("0.01", ColumnKind.SHARE, decimal=","), in_notation("0.01", ColumnKind.ID, decimal=",")
    ('0,01', '0.01')
    """
    measured = kind in (ColumnKind.NUMBER, ColumnKind.SHARE)
    return constant.replace(".", ",") if decimal == "," and measured else constant


def count_in(text: str, *, decimal: str) -> str:
    """Return a whole number, thousands apart by the sign that is not the decimal one, or with ``.0``."""
    apart = "." if decimal == "," else ","
    grouped = f"regexp_matches({text}, '^[1-9][0-9]{{0,2}}([{apart}][0-9]{{3}})+$')"
    plain = f"regexp_replace({text}, '[{decimal}]0{{1,2}}$', '')"
    bare = f"CASE WHEN {grouped} THEN replace({text}, '{apart}', '') ELSE {plain} END"
    return f"CASE WHEN regexp_matches({bare}, '^[0-9]+$') THEN TRY_CAST({bare} AS BIGINT) END"


def grouped_in(text: str, *, decimal: str) -> str:
    """Return a number with decimals whose thousands are apart by the sign that is not the decimal one."""
    apart = "." if decimal == "," else ","
    grouped = f"regexp_matches({text}, '^[1-9][0-9]{{0,2}}([{apart}][0-9]{{3}})+[{decimal}][0-9]+$')"
    bare = f"replace(replace({text}, '{apart}', ''), '{decimal}', '.')"
    return f"CASE WHEN {grouped} THEN TRY_CAST({bare} AS DOUBLE) END"


def is_number(code: str) -> bool:
    """Return whether a text is a number as Python writes one."""
    try:
        float(code)
    except ValueError:
        return False
    return True


def plain_number(code: str) -> str:
    """Return a number as the query writes one that it turns into text: ``99`` for ``99.0``."""
    value = float(code)
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
