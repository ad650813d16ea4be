"""Columns that name months: by number, or by name in nine languages."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from auditlib.onboarding.date_formats import plausible
from auditlib.onboarding.vocabulary import simplified, vocabulary
from auditlib.onboarding.yaml_text import mapping, sequence

_NUMBERED = {
    "%Y-%m": re.compile(r"[12][0-9]{3}-(?:0[1-9]|1[0-2])"),
    "%Y/%m": re.compile(r"[12][0-9]{3}/(?:0[1-9]|1[0-2])"),
    "%m/%Y": re.compile(r"(?:0[1-9]|1[0-2])/[12][0-9]{3}"),
    "%m.%Y": re.compile(r"(?:0[1-9]|1[0-2])[.][12][0-9]{3}"),
    "%m-%Y": re.compile(r"(?:0[1-9]|1[0-2])-[12][0-9]{3}"),
}
_IN_ENGLISH = ("%B %Y", "%b %Y", "%B-%Y", "%b-%Y", "%Y %B", "%Y %b", "%Y-%b", "%b-%y", "%b %y")
_YEAR = re.compile(r"(?:[12][0-9])?[0-9]{2}")
_JOINING = frozenset({"de", "d", "del"})
_CENTURY = 2000
_SHORT = "is {cell!r} the month {month}? It could be a day."


@dataclass(frozen=True, slots=True)
class NamedMonths:
    """How a column writes months.

    Parameters
    ----------
    format
        The format that reads them.
    cells
        What cells mean in that format, where none reads them as they stand.
    doubt
        What the auditor must decide.
    """

    format: str
    cells: Mapping[str, str] = field(default_factory=dict)
    doubt: str = ""


def months_named(cells: Collection[str]) -> NamedMonths | None:
    """Return how cells write months; None where one of them names none.

    Examples
    --------
    >>> months_named(["January 2025", "February 2025"]).format, months_named(["januari 2025"]).cells
    ('%B %Y', {'januari 2025': '2025-01'})
    """
    for form, pattern in _NUMBERED.items():
        if cells and all(map(pattern.fullmatch, cells)):
            return NamedMonths(form)
    meant = {cell: month for cell in cells if (month := _month(cell))}
    if not cells or len(meant) < len(cells):
        return None
    first = next(iter(meant))
    short = any(re.search(r"(?<![0-9])[0-9]{2}(?![0-9])", cell) for cell in cells)
    doubt = _SHORT.format(cell=first, month=meant[first]) if short else ""
    fitting = (form for form in _IN_ENGLISH if all(plausible(cell, form) for cell in cells))
    if form := next(fitting, ""):
        return NamedMonths(form, doubt=doubt)
    return NamedMonths("%Y-%m", meant, doubt)


def months_remedy(months: NamedMonths) -> str:
    """Return how cells that name months are read as a day."""
    meant = f" and their meaning under values: {{COLUMN: {mapping(months.cells)}}}" if months.cells else ""
    block = f"dates_of: {{COLUMN: {{formats: {sequence([months.format])}, of_month: first}}}}"
    return f"They name months: write {block}{meant}; of_month: last takes the last day."


def _month(cell: str) -> str:
    """Return the month that a cell names, as ``2025-01``; empty where it names none."""
    words = [word for word in simplified(cell).split() if word not in _JOINING]
    years = [word for word in words if _YEAR.fullmatch(word)]
    names = [word for word in words if word not in years]
    if len(years) != 1 or len(names) != 1:
        return ""
    number = next((code for code, known in vocabulary().months.items() if names[0] in known), "")
    year = int(years[0]) if len(years[0]) > 2 else _CENTURY + int(years[0])
    return f"{year}-{number}" if number else ""
