"""Rows of the evidence, found from a number's basis or from their place in a client's file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditlib.audit.outgoing import Outgoing
from auditlib.audit.pseudonyms import FORM
from auditlib.contracts import TABLES, ColumnKind
from auditlib.contracts.identities import LETTERS, kind_of
from auditlib.records import Basis, SourceTotals
from auditlib.time.epoch import date_of
from auditlib.time.months import month_of

if TYPE_CHECKING:
    import pandas as pd

    from auditlib.evidence import Evidence

UNANSWERED = "unanswered"
"""Table of the survey rows in which nothing is answered, and the reason such a row is no response."""
SHOWN = 10
"""Rows of one basis that are shown."""
_DIGITS = 18
"""Digits a line number has at most; more than a file can hold, and fewer than an engine cannot count."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row of a client's file: kept in a canonical table, or quarantined with a reason.

    Parameters
    ----------
    content
        Its columns, empty ones as None. It may hold personal data: only `key` is ever shown.
    reason, message
        Why it is in quarantine; empty where it was kept.
    """

    table: str
    file: str
    line: int
    content: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    message: str = ""
    cells: tuple[Mapping[str, Any], ...] = ()

    @property
    def key(self) -> dict[str, Any]:
        """The columns that identify it."""
        names = TABLES[self.table].key if self.table in TABLES else ()
        return {name: self.content[name] for name in names if name in self.content}

    @property
    def in_period(self) -> bool:
        """Whether it lies in the audited period."""
        return bool(self.content.get("in_period", True))

    def __str__(self) -> str:
        identity = ", ".join(f"{name} {value}" for name, value in self.key.items())
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} ({self.table} {identity})" if identity else f"{place} ({self.table})"


class RowsOf:
    """The rows of one run's evidence."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self.outgoing = Outgoing(evidence)
        self._raw: dict[tuple[str, str], dict[str, str]] = {}

    def resolved(self, basis: Basis) -> Basis:
        """Return a recorded basis with the client's own values in place of their pseudonyms."""
        where = tuple((name, self.raw(basis.table, name, value)) for name, value in basis.where)
        return replace(basis, where=where)

    def raw(self, table: str, column: str, value: Any) -> Any:
        """Return the client's own value of a column, from what is shown for it."""
        if not isinstance(value, str) or not FORM.fullmatch(value):
            return value
        if (table, column) not in self._raw:
            values = self._distinct(table, column)
            self._raw[table, column] = {
                self.outgoing.value(column, raw_value): raw_value for raw_value in values
            }
        return self._raw[table, column].get(value, value)

    def rows_of_pseudonym(self, pseudonym: str) -> list[SourceRow]:
        """Return the rows a pseudonym stands for: of the table it is the key of, or that name it."""
        places = [
            (column.name not in TABLES[table].key, table, column.name)
            for table in self._evidence.tables
            for column in TABLES[table].columns
            if column.kind is ColumnKind.ID and pseudonym.startswith(LETTERS[kind_of(column.name) or "units"])
        ]
        for _, table, column in sorted(places):
            if (raw_value := self.raw(table, column, pseudonym)) != pseudonym:
                return self.kept_rows(table, ((column, raw_value),))
        return []

    def shown_as(self, row: SourceRow) -> str:
        """Return what the only id of a row is shown as in what is handed over, if as something else."""
        changed = self.outgoing.pairs(row.key.items()) if len(row.key) == 1 else {}
        return next(iter(changed.values()), "")

    def _distinct(self, table: str, column: str) -> list[str]:
        if table == "sources":
            return [str(getattr(total, column)) for total in self.totals]
        values = self._evidence.lazy(table).select(column).unique().collect()[column].drop_nulls()
        return [str(value) for value in values.to_list()]

    @property
    def totals(self) -> Sequence[SourceTotals]:
        """Control totals of the sources."""
        return self._evidence.totals

    @cached_property
    def cells(self) -> pd.DataFrame:
        """All cells."""
        return self._evidence.cells()

    @cached_property
    def quarantine(self) -> pd.DataFrame:
        """All quarantined rows."""
        return self._evidence.quarantine()

    def count(self, basis: Basis) -> int:
        """Count the rows of `basis` again."""
        return self._evidence.count(basis)

    def kept_rows(self, table: str, where: Sequence[tuple[str, Any]]) -> list[SourceRow]:
        """Return the kept rows of `table` that satisfy `where`."""
        if table not in self._evidence.tables:
            return []
        frame = self._evidence.frame(table, where=tuple(where))
        return [_kept_row(table, values) for values in _records(frame)]

    def unanswered(self, where: Sequence[tuple[str, Any]]) -> list[SourceRow]:
        """Return the rows of surveys without an answer that satisfy `where`."""
        if not any(total.rows_unanswered for total in self.totals):
            return []
        return [
            _unanswered(values) for values in _records(self._evidence.frame(UNANSWERED, where=tuple(where)))
        ]

    def made_of(self, row: SourceRow) -> list[int]:
        """Return the lines that a kept row was made of, where its file holds one answer a line."""
        if row.table != "responses" or row.reason not in ("", UNANSWERED):
            return []
        return [int(line) for line in self._answer_rows("source_line", row.file, row.line)["line"]]

    def record_of(self, file: str | None, line: int) -> int:
        """Return the line of the record that a line was made part of; the line itself where it was not."""
        records = self._answer_rows("line", file, line)["source_line"].tolist()
        return int(records[0]) if len(records) == 1 else line

    def _answer_rows(self, column: str, file: str | None, line: int) -> pd.DataFrame:
        if not self._evidence.has_answer_rows:
            import pandas as pd

            return pd.DataFrame({"source_line": [], "line": []})
        where: list[tuple[str, Any]] = [(column, line)]
        where += [("source_file", file)] if file is not None else []
        return self._evidence.frame("answer_rows", where=tuple(where))

    def selected(self, basis: Basis, *, limit: int) -> list[SourceRow]:
        """Return up to `limit` rows of a basis on a canonical table or on the quarantine."""
        records = list(_records(self._evidence.rows(basis, limit=limit)))
        if basis.table == "quarantine":
            return [_quarantined(values) for values in records]
        if basis.table == UNANSWERED:
            return [_unanswered(values) for values in records]
        return [_kept_row(basis.table, values) for values in records]

    def cells_of(self, row: SourceRow) -> Iterator[tuple[Mapping[str, Any], int]]:
        """Yield each cell `row` was counted in, with the cell's count."""
        for cell in row.cells:
            frame = self.cells
            for name, value in cell.items():
                frame = frame[frame[name] == value]
            if len(frame):
                yield cell, int(frame["n"].sum())

    def linked(self, row: SourceRow) -> list[SourceRow]:
        """Return rows of other tables that name `row` by its key."""
        if row.reason or len(TABLES[row.table].key) != 1:
            return []
        identity = row.content.get(TABLES[row.table].key[0])
        if identity is None or row.table in ("units", "customers", "accounts", "employees"):
            return []  # everything refers to these
        return [
            linked_row
            for name, contract in TABLES.items()
            for column in contract.columns
            if column.references == row.table
            for linked_row in self.kept_rows(name, ((column.name, identity),))
        ]

    def referred(self, row: SourceRow) -> list[SourceRow]:
        """Return the rows of other tables that `row` names."""
        return [
            referred_row
            for column in TABLES[row.table].columns
            if column.references and not row.reason and row.content.get(column.name) is not None
            for referred_row in self.kept_rows(
                column.references, ((TABLES[column.references].key[0], row.content[column.name]),)
            )
        ]


def open_rows(directory: Path) -> RowsOf:
    """Open the kept evidence of a run; its files are hashed again."""
    from auditlib.evidence import open_evidence

    return RowsOf(open_evidence(directory))


def find_rows(
    rows: RowsOf, table: str, *, identity: str | None, file: str | None, line: str | None
) -> list[SourceRow]:
    """Return the rows of `table` with this key, or at this line (of `file`, where it is given)."""
    where: list[tuple[str, Any]]
    if identity is not None:
        where = [(TABLES[table].key[0], rows.raw(table, TABLES[table].key[0], identity))]
        return [*rows.kept_rows(table, where), *(rows.unanswered(where) if table == "responses" else [])]
    if line is not None and len(line) > _DIGITS:
        return []
    file = None if file is None else rows.raw("sources", "file", file)
    record = rows.record_of(file, int(line or 0)) if table == "responses" else int(line or 0)
    where = [("source_line", record)]
    if file is not None:
        where.append(("source_file", file))
    apart = rows.unanswered(where) if table == "responses" else []
    quarantined = rows.quarantine
    quarantined = quarantined[(quarantined["table"] == table) & (quarantined["line"] == int(line or 0))]
    if file is not None:
        quarantined = quarantined[quarantined["file"] == file]
    return [
        *rows.kept_rows(table, where),
        *apart,
        *(_quarantined(values) for values in _records(quarantined)),
    ]


def contributing_rows(rows: RowsOf, basis: Basis, *, limit: int) -> list[SourceRow]:
    """Return up to `limit` rows of the client's files behind `basis`."""
    if basis.table == "sources":
        wanted = dict(basis.where)
        return [
            SourceRow(total.table, total.file, 0)
            for total in rows.totals
            if all(getattr(total, name, None) == value for name, value in wanted.items())
        ][:limit]
    if basis.table != "cells":
        return rows.selected(basis, limit=limit)
    # a cell is a count of responses: their rows are those whose own cells satisfy the same conditions
    shared = [pair for pair in basis.where if pair[0] in ("unit_id", "survey_type")]
    responses = rows.kept_rows("responses", [*shared, ("in_period", True)])
    return [row for row in responses if rests_on(basis, row)][:limit]


def rests_on(basis: Basis, row: SourceRow) -> bool:
    """Whether `basis` selects `row`, directly or through a cell it was counted in."""
    if basis.table == "sources":
        return _satisfies({"file": row.file, "table": row.table}, basis)
    if basis.table == "cells":
        return row.in_period and any(_satisfies(cell, basis) for cell in row.cells)
    if UNANSWERED in (basis.table, row.reason):
        return basis.table == row.reason and _satisfies(row.content, basis)
    if basis.table == "quarantine":
        return bool(row.reason) and _satisfies(row.content, basis)
    return basis.table == row.table and not row.reason and _satisfies(row.content, basis)


def _satisfies(values: Mapping[str, Any], basis: Basis) -> bool:
    matches = all(name in values and values[name] == value for name, value in basis.where)
    return matches and (not basis.column or basis.table == "cells" or values.get(basis.column) is not None)


def _kept_row(table: str, values: Mapping[str, Any]) -> SourceRow:
    file, line = str(values.get("source_file", "")), int(values.get("source_line") or 0)
    return SourceRow(table, file, line, values, cells=tuple(_cells(table, values)))


def _unanswered(values: Mapping[str, Any]) -> SourceRow:
    file, line = str(values["source_file"]), int(values["source_line"])
    return SourceRow("responses", file, line, values, UNANSWERED, "nothing in it is answered")


def _cells(table: str, values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if table != "responses" or values.get("submitted_day") is None:
        return
    month = month_of(date_of(int(values["submitted_day"])))
    for item, score in values.items():
        if item.startswith("q_") and score is not None:
            yield {
                "unit_id": values["unit_id"],
                "month": month,
                "survey_type": values["survey_type"],
                "item": item,
                "score": float(score),
            }


def _quarantined(values: Mapping[str, Any]) -> SourceRow:
    return SourceRow(
        str(values["table"]),
        str(values["file"]),
        int(values["line"]),
        values,
        str(values["reason"]),
        str(values["message"]),
    )


def _records(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    import pandas as pd

    for record in frame.to_dict(orient="records"):
        yield {str(name): None if pd.isna(value) else _plain(value) for name, value in record.items()}


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
