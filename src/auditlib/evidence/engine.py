"""The embedded database that does the row-level work: opened here, configured here, nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import narwhals as nw
    import pyarrow as pa

MEMORY_LIMIT = "1GB"
"""Working memory of the database, at most; what does not fit goes to temporary files beside the result.

Joins on the tables of one block cannot leave memory: 256 MB were too few for two kinds of responses at once.
"""

_CLIENT_LIMIT = "256MB"
"""The same for a client's file, of which rows are but sorted."""

_WAITING = 20_000


def connect(scratch: Path, *, threads: int) -> duckdb.DuckDBPyConnection:
    """Open a database in `scratch` that never reaches for the network."""
    connection = _opened(
        str(scratch / "work.duckdb"),
        threads=threads,
        memory_limit=MEMORY_LIMIT,
        temp_directory=str(scratch / "spill"),
    )
    # Records are looked up in small tables, never the other way round; the size of a stream is not known,
    # and the engine stops with a fatal error where it builds a join on columns that are dictionaries.
    connection.execute("SET disabled_optimizers = 'build_side_probe_side,join_order'")
    return connection


def lazy(connection: duckdb.DuckDBPyConnection, table: Any) -> nw.LazyFrame[Any]:
    """Return an Arrow table or dataset, or a relation, as a lazy frame of this database."""
    import duckdb
    import narwhals

    relation = table if isinstance(table, duckdb.DuckDBPyRelation) else connection.from_arrow(table)
    return narwhals.from_native(relation)


class PreparedQuery:
    """A query over Arrow records, run for one table after another; from the second on it is prepared.

    Parameters
    ----------
    connection
        The database.
    query
        SELECT over `view`, or what makes a relation over it. A relation is not read as text and
        bound once more to be run for the first time, which for a long query takes as long as running it.
    view
        Name that the records have in the query.
    records
        A table with the columns that all later ones have.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        query: str | Callable[[], duckdb.DuckDBPyRelation],
        *,
        view: str,
        records: pa.Table,
    ) -> None:
        self._connection, self._view, self._stream = connection, view, _Stream(records)
        self._runs = 0
        connection.register(view, self._stream)
        self._relation = None if isinstance(query, str) else query()
        self._query = query if isinstance(query, str) else ""

    def run(self, records: pa.Table) -> pa.Table:
        """Return the result of a SELECT over `records`."""
        self._stream.records = records
        if self._relation is None:
            return self._connection.sql(self._statement()).to_arrow_table()
        relation, self._relation = self._relation, None
        self._query, self._runs = relation.sql_query(), 1
        return relation.to_arrow_table()

    def _statement(self) -> str:
        """Return what runs the query; many a source has but one block, for which preparing does not pay."""
        self._runs += 1
        if self._runs == 1:
            return self._query
        if self._runs == 2:
            self._connection.execute(f"PREPARE on_{self._view} AS {self._query}")
        return f"EXECUTE on_{self._view}"

    def close(self) -> None:
        """Forget the query and the records."""
        if self._runs > 1:
            self._connection.execute(f"DEALLOCATE on_{self._view}")
        self._connection.unregister(self._view)


class Inbox:
    """Rows for a table of the database, handed over many at a time.

    Whatever changes the list of views makes every prepared query be planned again, so it is done seldom.

    Parameters
    ----------
    connection
        The database.
    insert
        INSERT over the view ``arrived``.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, insert: str) -> None:
        self._connection, self._insert = connection, insert
        self._waiting: list[pa.Table] = []
        self._rows = 0

    def add(self, rows: pa.Table) -> None:
        """Add rows."""
        if rows.num_rows:
            self._waiting.append(rows)
            self._rows += rows.num_rows
        if self._rows >= _WAITING:
            self.flush()

    def flush(self) -> None:
        """Hand over what is waiting."""
        import pyarrow as pa

        if self._waiting:
            self._connection.register("arrived", pa.concat_tables(self._waiting))
            self._connection.execute(self._insert)
            self._connection.unregister("arrived")
        self._waiting, self._rows = [], 0


class _Stream:
    """Hands the database whatever records it holds at the moment."""

    def __init__(self, records: pa.Table) -> None:
        self.records = records

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the records as a stream, as the Arrow interface wants it."""
        return self.records.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        """Return the columns, as the Arrow interface wants it."""
        return self.records.schema.__arrow_c_schema__()


def quoted(identifier: str) -> str:
    """Return an identifier as SQL; anything may stand in it."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as an SQL literal; anything may stand in it."""
    return "'" + text.replace("'", "''") + "'"


def memory(*, threads: int) -> duckdb.DuckDBPyConnection:
    """Open a database that keeps nothing on disk, for reading finished evidence."""
    return _opened(":memory:", threads=threads)


def client_database(path: Path, scratch: str) -> duckdb.DuckDBPyConnection:
    """Open a client's file for reading alone; no view or query in it reaches another file, or the network."""
    connection = _opened(
        str(path),
        read_only=True,
        threads=1,
        memory_limit=_CLIENT_LIMIT,
        temp_directory=scratch,
    )
    connection.execute("SET enable_external_access = false")  # from here on it cannot be allowed again
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def _opened(
    database: str, *, threads: int, read_only: bool = False, **settings: str
) -> duckdb.DuckDBPyConnection:
    """Open a database: the only call of `duckdb.connect`, so that no connection lacks a setting."""
    import duckdb

    offline = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    config: dict[str, str | bool | int | float | list[str]] = {"threads": threads, **offline, **settings}
    connection = duckdb.connect(database, read_only=read_only, config=config)
    # In a kernel the engine turns its progress bar on whatever `config` says, and a query that happens to
    # take over two seconds then leaves a widget with a random id in the notebook.
    connection.execute("SET enable_progress_bar = false")
    return connection


def stored_rows(connection: duckdb.DuckDBPyConnection, path: Path) -> nw.LazyFrame[Any]:
    """Return a table written a moment ago, read by the database itself where its path allows.

    A path with wildcard characters would be taken for a pattern; such a table is scanned through Arrow.
    """
    from auditlib.evidence.parquet_files import verified_dataset

    plain = not set("*?[]{}") & set(str(path))
    return lazy(connection, connection.read_parquet(str(path)) if plain else verified_dataset(path))
