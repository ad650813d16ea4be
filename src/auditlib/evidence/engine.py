"""The embedded database that does the row-level work: opened here, configured here, nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import narwhals as nw

MEMORY_LIMIT = "256MB"
"""Working memory of the database; what does not fit goes to temporary files beside the result."""


def connect(scratch: Path, *, threads: int) -> duckdb.DuckDBPyConnection:
    """Open a database in `scratch` that never reaches for the network."""
    import duckdb

    return duckdb.connect(
        str(scratch / "work.duckdb"),
        config={
            "threads": threads,
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": str(scratch / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )


def lazy(connection: duckdb.DuckDBPyConnection, table: Any) -> nw.LazyFrame[Any]:
    """Return an Arrow table or dataset, or a relation, as a lazy frame of this database."""
    import duckdb
    import narwhals

    relation = table if isinstance(table, duckdb.DuckDBPyRelation) else connection.from_arrow(table)
    return narwhals.from_native(relation)


def quoted(identifier: str) -> str:
    """Return an identifier as SQL; anything may stand in it."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as an SQL literal; anything may stand in it."""
    return "'" + text.replace("'", "''") + "'"


def memory(*, threads: int) -> duckdb.DuckDBPyConnection:
    """Open a database that keeps nothing on disk, for reading finished evidence."""
    import duckdb

    return duckdb.connect(
        ":memory:",
        config={
            "threads": threads,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )


def stored_rows(connection: duckdb.DuckDBPyConnection, path: Path) -> nw.LazyFrame[Any]:
    """Return a table written a moment ago, read by the database itself where its path allows.

    A path with wildcard characters would be taken for a pattern; such a table is scanned through Arrow.
    """
    from auditlib.evidence.storage import verified_dataset

    plain = not set("*?[]{}") & set(str(path))
    return lazy(connection, connection.read_parquet(str(path)) if plain else verified_dataset(path))
