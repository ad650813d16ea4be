"""The columns of a canonical table as a person reads them: what each holds, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from auditlib.contracts.types import Column, ColumnKind, Table

HOLDS: Mapping[ColumnKind, str] = MappingProxyType(
    {
        ColumnKind.ID: "id",
        ColumnKind.CODE: "word",
        ColumnKind.TEXT: "text",
        ColumnKind.NUMBER: "number",
        ColumnKind.COUNT: "whole number",
        ColumnKind.SHARE: "share, 0 to 1 or with %",
        ColumnKind.FLAG: "yes or no",
        ColumnKind.SCORE: "score",
        ColumnKind.DAY: "day",
        ColumnKind.INSTANT: "day and time",
    }
)
"""What a column of each kind holds, in words."""


@dataclass(frozen=True, slots=True)
class ListedColumn:
    """One column as it is listed.

    Parameters
    ----------
    name
        Canonical name, which a run file maps.
    holds
        What its cells are, in words.
    meaning
        What it says, with its unit, its codes and what an empty cell means.
    required
        Whether a row without it is set aside.
    """

    name: str
    holds: str
    meaning: str
    required: bool


def listed_columns(table: Table) -> tuple[ListedColumn, ...]:
    """Return the columns of a table, in its order.

    Examples
    --------
    >>> from auditlib.contracts import TABLES
    >>> listed_columns(TABLES["outages"])[-1].meaning
    'When it was over; empty while it lasts. Never before started. Empty: not over.'
    """
    return tuple(
        ListedColumn(column.name, HOLDS[column.kind], _meaning(column), column.required)
        for column in table.columns
    )


def _meaning(column: Column) -> str:
    parts = [
        column.meaning,
        f"One of {', '.join(column.codes)}." if column.codes else "",
        f"Such as {', '.join(column.words)}." if column.words else "",
        f"As in the table {column.references}." if column.references else "",
        f"Never before {column.after}." if column.after else "",
        f"Empty: {column.empty}." if column.empty else "",
    ]
    return " ".join(part for part in parts if part)
