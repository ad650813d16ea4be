"""What a database offers: its columns and how it holds them; which of them a source wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from auditlib.errors import DataError, Problem
from auditlib.evidence.databases.refusals import no_column
from auditlib.parameters.database import Database


class CellType(Enum):
    """How a database holds the cells of a column, and what such a cell is called."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    EXACT = "exact number"
    INSTANT = "instant"
    LOCAL = "local time"
    DAY = "day"
    FLAG = "yes or no"
    BYTES = "bytes"


MOST_DIGITS = 15
"""Decimal digits that a binary number keeps; longer ones, and those without a limit, stay as written."""


def decimal(precision: int | None, scale: int | None) -> CellType:
    """Return how a decimal is kept: whole, as a number, or, where digits could go, as written."""
    if precision is None or precision <= 0 or scale is None or scale < 0:
        return CellType.EXACT
    if scale == 0 and precision <= 18:
        return CellType.WHOLE
    return CellType.NUMBER if precision <= MOST_DIGITS else CellType.EXACT


@dataclass(frozen=True, slots=True)
class Offered:
    """One column of a table, view or query.

    Parameters
    ----------
    name
        As the database spells it.
    cell_type
        How its cells are held.
    long
        Whether its texts may be longer than a server compares when it sorts.
    """

    name: str
    cell_type: CellType
    long: bool = False


@dataclass(frozen=True, slots=True)
class ExtractRequest:
    """What a source asks of its database.

    Parameters
    ----------
    database
        The source as declared.
    label
        What it is called in messages.
    wanted
        Columns that are read, each once, in the order of the mapping.
    most
        Rows of a table to read at most, where only a sample is wanted.
    """

    database: Database
    label: str
    wanted: tuple[str, ...]
    most: int | None = None

    @property
    def ordering(self) -> tuple[str, ...]:
        """Return the columns that decide the order of the rows, all of them."""
        return tuple(dict.fromkeys((*self.database.order, *self.wanted)))

    def source(self, quote: Callable[[str], str]) -> str:
        """Return what stands behind FROM, called ``r``: the table, names quoted, or the auditor's query."""
        if self.database.relation is not None:
            table = ".".join(map(quote, self.database.relation.split(".")))
            few = f"(SELECT * FROM {table} LIMIT {self.most})"  # noqa: S608 - quoted
            return f"{few if self.most else table} AS r"
        return f"(\n{(self.database.query or '').strip().rstrip(';')}\n) AS r"


def columns_of(request: ExtractRequest, offered: Sequence[Offered]) -> dict[str, Offered]:
    """Return the columns that are read or sorted by.

    Raises
    ------
    DataError
        With every one that is not offered, stands there twice, or holds bytes.
    """
    names = [column.name for column in offered]
    problems = []
    for name in request.ordering:
        if name not in names:
            problems.append(no_column(request.label, name, names))
        elif names.count(name) > 1:
            problems.append(_problem(request, f"the query gives {name!r} twice.", "Name its columns apart."))
        elif offered[names.index(name)].cell_type is CellType.BYTES:
            message = f"column {name!r} holds bytes, not text."
            problems.append(_problem(request, message, "Do not map it, or turn it into text in a 'query'."))
    if problems:
        raise DataError(*problems)
    return {column.name: column for column in offered if column.name in request.ordering}


def _problem(request: ExtractRequest, message: str, remedy: str) -> Problem:
    return Problem(message, file=request.label, remedy=remedy)
