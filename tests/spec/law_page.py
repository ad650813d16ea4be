"""A page of the law: cases as tables in text, which tests execute and `printed` prints.

A table stands in the source as it is read: what it shows, a line of columns, a rule, a line per case::

    BOUNDARIES = LAW.table(
        "Where each band ends",
        '''
        A band runs up to its end, which belongs to the next.

        answers | band      | because
        --------+-----------+-----------------
        2.9     | executive | below 3
        3       | service   | from 3 to below 4
        ''',
    )
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from inspect import cleandoc
from textwrap import fill
from typing import Any

import pytest

Row = dict[str, str]
"""The cells of a case under the names of their columns."""


@dataclass(frozen=True)
class CaseTable:
    """Cases of one kind.

    Parameters
    ----------
    title
        Its heading.
    says
        What it shows, in a sentence or two.
    columns
        Inputs first, then what follows from them, then why.
    rows
        One per case, in the order they are read.
    """

    title: str
    says: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @classmethod
    def read(cls, title: str, text: str) -> CaseTable:
        """Return the table that stands in `text`, below what it shows."""
        says, _, body = cleandoc(text).rpartition("\n\n")
        head, rule, *lines = body.splitlines()
        if set(rule) != {"-", "+"}:
            raise ValueError(f"{title}: below the columns stands a rule of - and +, not {rule!r}")
        columns = _cells(head)
        return cls(title, says, columns, tuple(_row(columns, line) for line in lines))

    def __getitem__(self, column: str) -> list[str]:
        """Return the cells of a column, from top to bottom."""
        return [row[column] for row in self.rows]

    @property
    def each(self) -> Any:
        """A test for every case, which is given as `row`."""
        return pytest.mark.parametrize("row", self.rows, ids=[" ".join(row.values()) for row in self.rows])

    def printed(self) -> Iterator[str]:
        """Yield the lines of its section."""
        yield from (f"## {self.title}", "", self.says, "")
        yield _line(self.columns)
        yield _line(["---"] * len(self.columns))
        yield from (_line(row.values()) for row in self.rows)


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.split(" | "))


def _row(columns: tuple[str, ...], line: str) -> Row:
    return dict(zip(columns, _cells(f"{line} "), strict=True))


def _line(cells: Any) -> str:
    return f"| {' | '.join(cells)} |"


@dataclass(frozen=True)
class LawPage:
    """What the law says of one subject, case by case.

    Parameters
    ----------
    title
        Its heading.
    opening
        What the rule is, and where the law stands.
    tables
        In the order they are printed.
    """

    title: str
    opening: str
    tables: list[CaseTable] = field(default_factory=list)

    def table(self, title: str, text: str) -> CaseTable:
        """Add the table that stands in `text` to the page, and return it."""
        added = CaseTable.read(title, text)
        self.tables.append(added)
        return added

    def printed(self, *, source: str) -> str:
        """Return the page as Markdown, with the module `source` its cases stand in."""
        lines = [f"# {self.title}", "", fill(cleandoc(self.opening), 110, break_on_hyphens=False), ""]
        for table in self.tables:
            lines += [*table.printed(), ""]
        lines += [
            f"Every line above is executed by `{source}`. Change the table there, and print the page again:",
            "",
            "    .venv/bin/python -m tests.spec.printed --write",
        ]
        return "\n".join(lines) + "\n"
