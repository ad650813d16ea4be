"""DuckDB files: opened for reading only, one transaction, and no way from there to other files."""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import TemporaryDirectory
from typing import Any

from auditlib.errors import DataError, Problem
from auditlib.evidence.databases.addresses import Address
from auditlib.evidence.databases.columns import CellType, ExtractRequest, Offered, decimal
from auditlib.evidence.databases.refusals import Refused, no_relation, too_slow
from auditlib.evidence.databases.rows import FIRST, place
from auditlib.evidence.databases.time_limit import TimeLimit
from auditlib.evidence.engine import client_database, quoted

_HELD = {
    "TINYINT": CellType.WHOLE,
    "SMALLINT": CellType.WHOLE,
    "INTEGER": CellType.WHOLE,
    "BIGINT": CellType.WHOLE,
    "UTINYINT": CellType.WHOLE,
    "USMALLINT": CellType.WHOLE,
    "UINTEGER": CellType.WHOLE,
    "UBIGINT": CellType.EXACT,
    "HUGEINT": CellType.EXACT,
    "UHUGEINT": CellType.EXACT,
    "FLOAT": CellType.NUMBER,
    "DOUBLE": CellType.NUMBER,
    "BOOLEAN": CellType.FLAG,
    "DATE": CellType.DAY,
    "TIMESTAMP": CellType.LOCAL,
    "TIMESTAMP_S": CellType.LOCAL,
    "TIMESTAMP_MS": CellType.LOCAL,
    "TIMESTAMP_NS": CellType.LOCAL,
    "TIMESTAMP WITH TIME ZONE": CellType.INSTANT,
    "BLOB": CellType.BYTES,
}
_BATCH = 1 << 16


class DuckDBFile:
    """One snapshot of a DuckDB file.

    Raises
    ------
    DataError
        When it cannot be opened.
    """

    def __init__(self, address: Address) -> None:
        import duckdb

        self._address, self.engine = address, f"DuckDB {duckdb.__version__}"
        path, self._scratch = address.file, TemporaryDirectory(prefix="auditlib-")
        try:
            self._connection = client_database(path, self._scratch.name)
            self._connection.execute("BEGIN TRANSACTION READ ONLY")
        except duckdb.Error as error:
            self._scratch.cleanup()
            locked = "lock" in str(error)
            refused = Refused.LOCKED if locked else Refused.NO_DATABASE
            raise DataError(refused.problem(address)) from None

    def offered(self, request: ExtractRequest) -> tuple[Offered, ...]:
        """Return the columns of a table, view or query."""
        import duckdb

        try:
            query = f"SELECT * FROM {request.source(quoted)} LIMIT 0"  # noqa: S608 - quoted, or the auditor's own query
            described = self._connection.execute(query).description
        except duckdb.Error as error:
            raise DataError(self._problem(error, request)) from None
        return tuple(Offered(column[0], _cell_type(str(column[1]))) for column in described or ())

    def statement(self, request: ExtractRequest, columns: dict[str, Offered]) -> str:
        """Return the query whose rows, one text each, are what is read."""
        places = {name: place(index) for index, name in enumerate(columns)}
        inner = ", ".join(f"r.{quoted(name)} AS {places[name]}" for name in columns) or FIRST
        order = ", ".join(f"{_key(places[name], columns[name])} NULLS FIRST" for name in request.ordering)
        cells = " || ',' || ".join([f"'{FIRST}'", *(_cell(places[n], columns[n]) for n in request.wanted)])
        ordering = f" ORDER BY {order}" if order else ""
        return f"SELECT {cells} || chr(10) FROM (SELECT {inner} FROM {request.source(quoted)}) AS s{ordering}"  # noqa: S608 - as above

    def lines(self, request: ExtractRequest, statement: str) -> Iterator[bytes]:
        """Yield the rows as lines."""
        import duckdb
        from pyarrow import ArrowException

        row, seconds = 0, request.database.time_out
        with TimeLimit(seconds, self._connection.interrupt) as clock:
            try:
                batches: Any = self._connection.sql(statement).to_arrow_reader(_BATCH)
                for batch in batches:
                    for line in batch.column(0).cast("binary").to_pylist():
                        row += 1
                        yield line
            except (duckdb.Error, ArrowException, OSError) as error:
                if clock.over:
                    raise DataError(too_slow(request.label, seconds=seconds, row=row)) from None
                raise DataError(self._problem(error, request, row=row)) from None

    def relations(self) -> list[str]:
        """Return the names of its tables and views, with the schema where it is not the usual one."""
        rows = self._connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() UNION ALL "
            "SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1"
        ).fetchall()
        return [str(name).removeprefix("main.") for (name,) in rows]

    def steady(self, request: ExtractRequest) -> bool:
        """Whether what is written meanwhile stays out."""
        return True

    def close(self) -> None:
        """End the snapshot."""
        self._connection.close()
        self._scratch.cleanup()

    def _problem(self, error: Exception, request: ExtractRequest, *, row: int = 0) -> Problem:
        import duckdb

        if isinstance(error, duckdb.CatalogException) and request.database.relation is not None:
            self._connection.execute("ROLLBACK")
            return no_relation(request.label, request.database.relation, self.relations())
        wrong = isinstance(
            error,
            duckdb.BinderException | duckdb.ParserException | duckdb.CatalogException | duckdb.DataError,
        )
        refused = Refused.QUERY if wrong else Refused.OTHER
        return refused.problem(self._address, error, label=request.label, row=row)


def _cell_type(kind: str) -> CellType:
    if kind.startswith("DECIMAL"):
        precision, scale = kind[len("DECIMAL(") : -1].split(",")
        return decimal(int(precision), int(scale))
    return _HELD.get(kind, CellType.TEXT)


def _cell(name: str, column: Offered) -> str:
    text = f"CAST({name} AS VARCHAR)"
    if column.cell_type is CellType.TEXT:
        text = f"""'"' || replace({text}, '"', '""') || '"'"""
    return f"coalesce({text}, '')"


def _key(name: str, column: Offered) -> str:
    return f"CAST({name} AS VARCHAR)" if column.cell_type is CellType.TEXT else name
