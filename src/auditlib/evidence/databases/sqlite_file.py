"""SQLite files: one transaction that only reads. Cells have types of their own there, and are text here."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from auditlib.errors import DataError, Problem
from auditlib.evidence.databases.addresses import Address
from auditlib.evidence.databases.columns import CellType, ExtractRequest, Offered
from auditlib.evidence.databases.refusals import Refused, no_relation, too_slow
from auditlib.evidence.databases.rows import FIRST
from auditlib.evidence.databases.time_limit import TimeLimit
from auditlib.evidence.engine import quoted
from auditlib.evidence.spreadsheets import cell_text

_CODES = {
    sqlite3.SQLITE_BUSY: Refused.LOCKED, sqlite3.SQLITE_LOCKED: Refused.LOCKED,
    sqlite3.SQLITE_NOTADB: Refused.NO_DATABASE, sqlite3.SQLITE_CORRUPT: Refused.NO_DATABASE,
    sqlite3.SQLITE_CANTOPEN: Refused.NO_DATABASE, sqlite3.SQLITE_ERROR: Refused.QUERY,
}  # fmt: skip


class SQLiteFile:
    """One snapshot of a SQLite file.

    Raises
    ------
    DataError
        When it cannot be opened.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self.engine = f"SQLite {sqlite3.sqlite_version}"
        uri = f"file:{quote(str(address.file))}?mode=ro"
        try:
            self._connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
            self._connection.text_factory = _decoded
            self._connection.execute("BEGIN")
            self._connection.execute(
                "SELECT count(*) FROM sqlite_master"
            )  # the first query takes the snapshot
        except sqlite3.Error as error:
            raise DataError(_refused(error).problem(address, error)) from None

    def offered(self, request: ExtractRequest) -> tuple[Offered, ...]:
        """Return the columns of a table, view or query."""
        try:
            cursor = self._connection.execute(f"SELECT * FROM {request.source(quoted)} LIMIT 0")  # noqa: S608 - quoted, or the auditor's
        except sqlite3.Error as error:
            raise DataError(self._problem(error, request)) from None
        return tuple(Offered(column[0], CellType.TEXT) for column in cursor.description)

    def statement(self, request: ExtractRequest, columns: dict[str, Offered]) -> str:
        """Return the query that reads the wanted columns."""
        cells = ", ".join([FIRST, *(f"r.{quoted(name)}" for name in request.wanted)])
        order = ", ".join(f"r.{quoted(name)} COLLATE BINARY" for name in request.ordering if name in columns)
        ordering = f" ORDER BY {order}" if order else ""
        return f"SELECT {cells} FROM {request.source(quoted)}{ordering}"  # noqa: S608 - as above

    def lines(self, request: ExtractRequest, statement: str) -> Iterator[bytes]:
        """Yield the rows as lines."""
        row, seconds = 0, request.database.time_out
        with TimeLimit(seconds, self._connection.interrupt) as clock:
            try:
                for cells in self._connection.execute(statement):
                    row += 1
                    yield ",".join(map(_written, cells)).encode("utf-8", "surrogateescape") + b"\n"
            except sqlite3.Error as error:
                if clock.over:
                    raise DataError(too_slow(request.label, seconds=seconds, row=row)) from None
                raise DataError(self._problem(error, request, row=row)) from None

    def relations(self) -> list[str]:
        """Return the names of its tables and views."""
        query = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
        return sorted(name for (name,) in self._connection.execute(query))

    def steady(self, request: ExtractRequest) -> bool:
        """Whether what is written meanwhile stays out."""
        return True

    def close(self) -> None:
        """End the snapshot."""
        self._connection.close()

    def _problem(self, error: sqlite3.Error, request: ExtractRequest, *, row: int = 0) -> Problem:
        if str(error).startswith("no such table") and request.database.relation is not None:
            return no_relation(request.label, request.database.relation, self.relations())
        return _refused(error).problem(self._address, error, label=request.label, row=row)


def _refused(error: sqlite3.Error) -> Refused:
    return _CODES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, Refused.OTHER)


def _decoded(cell: bytes) -> str:
    return cell.decode("utf-8", "surrogateescape")


def _written(cell: Any) -> str:
    """Return a cell as it stands in a line; bytes are read as the text that some programs put there so."""
    if cell is None:
        return ""
    text = _decoded(cell) if isinstance(cell, bytes) else cell_text(cell)
    return '"' + text.replace('"', '""') + '"'
