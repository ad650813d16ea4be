"""Which cases the rows in quarantine belong to: a record that cannot be used is still one that exists.

Whoever asks whether something was done after a case must not read such a row as nothing done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditlib.contracts import Table
from auditlib.evidence.duplicates import PLACES
from auditlib.evidence.engine import Inbox
from auditlib.records import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    import pyarrow as pa

CASES = ("responses", "follow_ups", "follow_up_reports", "complaints", "visits")
"""Tables whose rows something is owed after."""
OWN = "case_id"
"""Column that names a case which has no table of its own."""
COLUMNS = ("table", "column", "id", "reason")


def linking(contract: Table) -> tuple[str, ...]:
    """Return the columns of a table that name the case a row belongs to."""
    return tuple(
        column.name for column in contract.columns if column.references in CASES or column.name == OWN
    )


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Start without any row."""
    connection.execute('CREATE TABLE quarantined_links (place BIGINT, "column" VARCHAR, id VARCHAR)')


class LinkNotes:
    """Notes the cases of rows of one source that cannot stay; which of them are copies is known later."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, contract: Table, number: int) -> None:
        self._columns, self._number = linking(contract), number
        self._inbox = Inbox(connection, "INSERT INTO quarantined_links SELECT * FROM arrived")

    def add(self, rows: pa.Table) -> None:
        """Note rows with the columns of their table and ``source_line``."""
        import pyarrow as pa
        import pyarrow.compute as pc

        for name in self._columns if rows.num_rows else ():
            ids = rows[name].cast(pa.string())
            places = pc.add(rows["source_line"].cast(pa.int64()), self._number * PLACES)
            names = pa.array([name] * rows.num_rows, pa.string())
            noted = pa.table([places, names, ids], names=["place", "column", "id"])
            self._inbox.add(noted.filter(pc.is_valid(noted["id"])))

    def close(self) -> None:
        """Hand over what is waiting."""
        self._inbox.flush()


def stored_schema() -> pa.Schema:
    """Return the columns they are stored in."""
    import pyarrow as pa

    return pa.schema([(name, pa.string()) for name in COLUMNS])


def finished(connection: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> pa.RecordBatchReader:
    """Return every case that a row in quarantine names, once by table and column; of a copy none.

    Parameters
    ----------
    tables
        Table of each source, by its number.
    """
    import pyarrow as pa

    connection.register("fed", pa.table({"number": range(len(tables)), "table": list(tables)}))
    return connection.sql(
        'SELECT "table", links."column", id, min(reason) AS reason FROM quarantined_links links '
        "JOIN quarantine USING (place) JOIN fed ON place // $places = number "
        "WHERE reason <> $copy GROUP BY ALL ORDER BY ALL",
        params={"places": PLACES, "copy": Reason.IDENTICAL.value},
    ).to_arrow_reader(100_000)
