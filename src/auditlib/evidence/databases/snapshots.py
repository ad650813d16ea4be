"""Databases of clients: which engine answers at an address, and what every engine can do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from auditlib.evidence.databases.addresses import Address
from auditlib.evidence.databases.columns import ExtractRequest, Offered
from auditlib.evidence.databases.rows import Line


class Snapshot(Protocol):
    """One consistent view of a database: whatever is written meanwhile, every query sees the same rows."""

    engine: str
    """Name and version of what answers."""

    def offered(self, request: ExtractRequest) -> tuple[Offered, ...]:
        """Return the columns of a table, view or query; DataError in words where there is none."""

    def statement(self, request: ExtractRequest, columns: dict[str, Offered]) -> str:
        """Return the query that reads the wanted columns in a stable order."""

    def lines(self, request: ExtractRequest, statement: str) -> Iterator[Line]:
        """Yield the rows as lines, as `rows` describes them, while the database makes them."""

    def relations(self) -> list[str]:
        """Return the names of its tables and views."""

    def steady(self, request: ExtractRequest) -> bool:
        """Whether what is written meanwhile stays out: there are tables of MariaDB and MySQL it does not."""

    def close(self) -> None:
        """End it."""


def snapshot(address: Address, *, time_out: int) -> Snapshot:
    """Open a snapshot of the database at an address, for reading only, in UTC.

    Raises
    ------
    DataError
        When its driver is not installed, or it cannot be reached.
    """
    if address.engine == "postgresql":
        from auditlib.evidence.databases.postgres import Postgres

        return Postgres(address, time_out=time_out)
    if address.engine == "mysql":
        from auditlib.evidence.databases.mysql import MySQL

        return MySQL(address, time_out=time_out)
    if address.engine == "duckdb":
        from auditlib.evidence.databases.duckdb_file import DuckDBFile

        return DuckDBFile(address)
    from auditlib.evidence.databases.sqlite_file import SQLiteFile

    return SQLiteFile(address)
