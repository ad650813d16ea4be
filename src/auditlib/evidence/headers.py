"""The columns of a source: every mapped one is there, and it is clear which one is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType

from auditlib.errors import DataError, Problem
from auditlib.parameters.origins import Reference
from auditlib.statements import counted, listed

Header = Sequence[Sequence[object]]
_NOTHING: Mapping[str, Reference] = MappingProxyType({})


def checked_header(names: Sequence[object], wanted: Sequence[str], *, file: str) -> tuple[str, ...]:
    """Return the names of columns of which only the wanted ones must be there, each once.

    Raises
    ------
    DataError
        With every wanted column that is missing or that several have the name of.
    """
    return placed_header([names], wanted, file=file)


def placed_header(
    rows: Header,
    wanted: Sequence[str],
    *,
    file: str,
    references: Mapping[str, Reference] = _NOTHING,
    names_row: int = 1,
    line: int = 1,
) -> tuple[str, ...]:
    """Return one name per column: a wanted one has its label, which no other column has.

    Parameters
    ----------
    rows
        All rows of the header.
    wanted
        Labels of the columns that are read.
    references
        Of labels that are more than a name, what they stand for.
    names_row
        Row of the header, from 1, that names the columns.
    line
        Line of the file on which that row stands.

    Raises
    ------
    DataError
        With every wanted column that is missing, not told apart, or wanted under two labels.
    """
    header_rows = [[_text(name) for name in row] for row in rows]
    problems: list[Problem] = []
    labels: dict[int, str] = {}
    for label in dict.fromkeys(wanted):
        reference = references.get(label) or Reference(column=label)
        places = _places(reference, header_rows, names_row)
        if len(places) != 1:
            problems.append(_unclear(reference, places, header_rows[names_row - 1], file=file, line=line))
        elif places[0] in labels:
            problems.append(_two_labels(label, labels[places[0]], file=file, line=line))
        else:
            labels[places[0]] = label
    if problems:
        raise DataError(*problems)
    return _distinct(header_rows[names_row - 1], labels)


def numbered_columns(count: int) -> list[str]:
    """Return what the columns of a file without a header are called."""
    return [str(number) for number in range(1, count + 1)]


def _text(name: object) -> str:
    return "" if name is None else str(name).strip()


def _places(reference: Reference, header_rows: list[list[str]], names_row: int) -> list[int]:
    """Return the places of the columns that a reference may stand for."""
    width = len(header_rows[names_row - 1])
    if reference.position is not None:
        return [reference.position - 1] if reference.position <= width else []
    row = reference.names_row or names_row
    names = header_rows[row - 1][:width] if row <= len(header_rows) else []
    places = [place for place, name in enumerate(names) if name == (reference.column or "").strip()]
    if reference.occurrence is None:
        return places
    return places[reference.occurrence - 1 : reference.occurrence]


def _unclear(reference: Reference, places: list[int], names: list[str], *, file: str, line: int) -> Problem:
    """Say that no column fits, or that several do."""
    if places:
        return _repeated(reference, places, file=file, line=line)
    if reference.position is not None:
        message = f"there is no column {reference.position}: the header has {counted(len(names), 'column')}."
        return Problem(message, file, line, remedy="Correct 'position', or the dialect.")
    near = get_close_matches(reference.column or "", [name for name in names if name], n=1, cutoff=0.3)
    hint = f"Did you mean {near[0]!r}?" if near else "Correct the mapping or the dialect."
    suffix = reference.label.removeprefix(reference.column or "")
    return Problem(f"there is no column {reference.column!r}{suffix}.", file, line, remedy=hint)


def _repeated(reference: Reference, places: list[int], *, file: str, line: int) -> Problem:
    name, numbers = reference.column, [str(place + 1) for place in places]
    often = "twice" if len(places) == 2 else f"{len(places)} times"
    message = f"the header names {name!r} {often} (columns {listed(numbers)}), and it is mapped."
    remedy = f"Say which is meant: {{column: {name!r}, occurrence: 1}}, or {{position: {numbers[0]}}}."
    return Problem(message, file, line, places[1] + 1, remedy)


def _two_labels(label: str, second: str, *, file: str, line: int) -> Problem:
    message = f"{label!r} and {second!r} are the same column."
    return Problem(message, file, line, remedy="Refer to a column in one way only.")


def _distinct(names: list[str], labels: Mapping[int, str]) -> tuple[str, ...]:
    """Give columns without a name, or with one that is taken, a name that no mapping can ask for."""
    used = set(labels.values())
    header = []
    for place, name in enumerate(names):
        unique = labels.get(place) or (name if name and name not in used else f"\x00{place}")
        used.add(unique)
        header.append(unique)
    return tuple(header)
