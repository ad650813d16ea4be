"""The names of a source's columns: no two alike, and every mapped one present."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from auditlib.errors import DataError, Problem


def checked_header(names: Sequence[object], wanted: Sequence[str], *, file: str) -> tuple[str, ...]:
    """Return the column names, stripped of surrounding blanks.

    Raises
    ------
    DataError
        With every duplicate name and every missing wanted column.
    """
    header = tuple("" if name is None else str(name).strip() for name in names)
    problems = [*_duplicates(header, wanted, file), *_missing(header, wanted, file)]
    if problems:
        raise DataError(*problems)
    return _distinct(header)


def _duplicates(header: tuple[str, ...], wanted: Sequence[str], file: str) -> list[Problem]:
    seen: dict[str, int] = {}
    problems = []
    for position, name in enumerate(header, start=1):
        if name and name in seen:
            problems.append(
                Problem(
                    f"the header names {name!r} twice (columns {seen[name]} and {position}).",
                    file=file,
                    line=1,
                    column=position,
                    remedy="Ask for an export in which every column has its own name.",
                )
            )
        seen.setdefault(name, position)
    return problems


def _missing(header: tuple[str, ...], wanted: Sequence[str], file: str) -> list[Problem]:
    problems = []
    for name in dict.fromkeys(wanted):
        if name not in header:
            near = get_close_matches(name, [known for known in header if known], n=1, cutoff=0.3)
            hint = f"Did you mean {near[0]!r}?" if near else "Correct the mapping or the dialect."
            problems.append(Problem(f"there is no column {name!r}.", file=file, line=1, remedy=hint))
    return problems


def _distinct(header: tuple[str, ...]) -> tuple[str, ...]:
    """Give unnamed columns a name no mapping can ask for."""
    return tuple(name or f"\x00{position}" for position, name in enumerate(header))
