"""How a number is printed: one format per unit, so that the same number looks the same everywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from auditlib.statements.words import spoken_share, with_sign

MISSING = "\N{EN DASH}"
"""Printed where there is no value."""
SUPPRESSED = "suppressed"
"""Printed where a cell is too small to be shown."""
QUOTED = "quoted"
"""Unit of cells that repeat what stands in the client's files or in a standard, digits included."""
NAMING = frozenset({"id", "month", "line", "year", "flag", QUOTED})
"""Units of cells that name something, so that their digits are no numbers of the audit."""
LABEL_UNITS = NAMING | {"text"}
"""Units of cells that are no numbers themselves; a text may still state one, and then names its key."""

_MINUS = "\N{MINUS SIGN}"


def _decimals(places: int) -> Callable[[float], str]:
    return lambda value: f"{value:,.{places}f}"


def _share(value: float) -> str:
    if 0 < value < 0.0005:
        return "< 0.1%"
    if 0.9995 <= value < 1:
        return "> 99.9%"
    return f"{value * 100:.1f}%"


def _month(value: float) -> str:
    return f"{int(value) // 100:04d}-{int(value) % 100:02d}"


def _probability(value: float) -> str:
    return "< 0.001" if 0 <= value < 0.001 else f"{value:.3f}"


def _label(value: float) -> str:
    return f"{value:g}"


def _signed(value: float) -> str:
    return with_sign(value, decimals=2)


def _size(value: float) -> str:
    return f"{abs(value):.2f}"


def _level(value: float) -> str:
    return f"{100 * value:.4g}%"


_WHOLE = _decimals(0)
FORMATS: Mapping[str, Callable[[float], str]] = MappingProxyType(
    {
        "share": _share,
        "spoken share": spoken_share,
        "rows": _WHOLE,
        "count": _WHOLE,
        "answers": _WHOLE,
        "accounts": _WHOLE,
        "cases": _WHOLE,
        "responses": _WHOLE,
        "invitations": _WHOLE,
        "units": _WHOLE,
        "months": _WHOLE,
        "rank": _WHOLE,
        "bytes": _WHOLE,
        "points": _decimals(2),
        "score": _decimals(2),
        "mean": _decimals(2),
        "ratio": _decimals(2),
        "z": _decimals(2),
        "percentage points": _decimals(1),
        "days": _decimals(1),
        "hours": _decimals(1),
        "minutes": _decimals(1),
        "duration": _decimals(1),  # in the unit of time that its row names
        "seconds": _WHOLE,
        "probability": _probability,
        "month": _month,
        "line": _label,
        "year": _label,
        "id": _label,
        "signed": _signed,  # a difference in a sentence, which says its direction
        "size": _size,  # a difference whose direction the sentence says in words
        "level": _level,  # a declared level: as many decimals as it has
    }
)


def format_value(value: float | str | bool | None, unit: str) -> str:
    """Return `value` as it is printed in `unit`; text stays as it is."""
    if value is None or value != value:  # noqa: PLR0124 - only NaN differs from itself
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    printed = FORMATS[unit](value) if unit in FORMATS else _unlisted(value)
    return _MINUS + printed[1:] if printed.startswith("-") and printed.strip("-0.,%") else printed.lstrip("-")


def _unlisted(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.3f}"


SAME = "same"
"""Unit of limits: that of the number they stand beside."""

COLUMNS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "answer": ("Answer", "text"),
        "answers": ("Answers", "cases"),
        "cases": ("Cases", "cases"),
        "chi2": ("χ²", "z"),
        "column": ("Column", QUOTED),
        "comment": ("Comment", QUOTED),
        "complaints": ("Complaints", "cases"),
        "conflicting": ("Conflict", "rows"),
        "coverage": ("Coverage", "share"),
        "deviations": ("Deviations", "cases"),
        "due": ("Due", "text"),
        "expected_rows": ("Client's total", "rows"),
        "entry": ("Entry", "line"),
        "file": ("File", QUOTED),
        "field_count": ("Fields", "rows"),
        "follow_ups": ("Follow ups", "cases"),
        "future": ("Future", "rows"),
        "grounds": ("Grounds", "text"),
        "high": ("Upper limit", SAME),
        "identical": ("Copy", "rows"),
        "item": ("Item", "text"),
        "judged": ("Judged", "cases"),
        "key": ("No id", "rows"),
        "line": ("Line", "line"),
        "low": ("Lower limit", SAME),
        "mean": ("Mean", "mean"),
        "kept_where": ("Kept where", QUOTED),
        "message": ("Message", QUOTED),
        "month": ("Month", "month"),
        "n": ("n", "count"),
        "name": ("Name", "id"),
        "named": ("Named", "id"),
        "over_dispersion": ("Over-dispersion", "ratio"),
        "p": ("p", "probability"),
        "p_value": ("p", "probability"),
        "quarantined_share": ("Share quarantined", "share"),
        "question": ("Question", QUOTED),
        "rank": ("Rank", "rank"),
        "rate": ("Rate", "share"),
        "rows_in": ("Rows in", "rows"),
        "rows_kept": ("Kept", "rows"),
        "rows_left_out": ("Left out", "rows"),
        "rows_out_of_period": ("Outside period", "rows"),
        "rows_quarantined": ("Quarantined", "rows"),
        "scale": ("Scale", "rows"),
        "share": ("Share", "share"),
        "shrunk": ("Shrunk value", SAME),
        "source": ("Source", QUOTED),
        "source_line": ("Line", "line"),
        "survey_type": ("Survey type", "text"),
        "surveys": ("Surveys", QUOTED),  # as published: a number or the name of a band
        "time": ("Time", "rows"),
        "top_box": ("Top box", "share"),
        "bottom_box": ("Bottom box", "share"),
        "unit": ("Unit", "text"),
        "unit_id": ("Unit", "id"),
        "value": ("Value", QUOTED),
        "year": ("Year", "year"),
        "z": ("z", "z"),
    }
)
"""Columns that appear in many tables: how they are headed, and the unit they are printed in."""


def heading(column: str) -> str:
    """Return the heading of `column`: the listed one, otherwise its name in words."""
    if column in COLUMNS:
        return COLUMNS[column][0]
    words = column.replace("_", " ").strip()
    return words[:1].upper() + words[1:] if words == words.lower() else words


def label_unit(column: str) -> str:
    """Return the unit of a `column` of text, from its name."""
    if column.endswith("_id"):
        return "id"
    unit = COLUMNS[column][1] if column in COLUMNS else "text"
    return unit if unit in LABEL_UNITS else "text"


def unit_of(column: str, *, whole: bool) -> str:
    """Return the unit of a numeric `column` nothing else is known of, from its name and type."""
    if column in COLUMNS:
        return COLUMNS[column][1]
    if column.endswith("_month"):
        return "month"
    if column.endswith(("_share", "_rate")):
        return "share"
    return "count" if whole else ""
