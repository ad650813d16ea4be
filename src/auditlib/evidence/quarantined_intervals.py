"""Rows of interval counts in quarantine whose interval can be read: what happened in it is not nothing.

Whoever adds up counts must not read such an interval as one without contacts, nor an earlier export of it as
the last word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditlib.contracts import Table
from auditlib.contracts.intervals import INTERVAL_COUNTS, QUARANTINED_INTERVALS
from auditlib.evidence.duplicates import PLACES
from auditlib.evidence.engine import Inbox
from auditlib.evidence.parquet_files import TableWriter, canonical_schema, fitted
from auditlib.records import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    import pyarrow as pa

    from auditlib.evidence.intake_context import IntakeContext
    from auditlib.evidence.plan import SourcePlan

TABLE = INTERVAL_COUNTS.name
"""The table whose rows are noted."""
_NAME = QUARANTINED_INTERVALS
_READ = ("unit_id", "channel", "starts_at")
"""Columns without which nobody knows which interval a row is about."""
_SAYS_NOTHING = (Reason.IDENTICAL, Reason.UNIT)
"""Reasons for which a row stands for no interval of its own: a copy, and a unit that nobody knows."""
_NO_TOTAL = f"NOT (reason = '{Reason.OVERLAP.value}' AND contains(message, 'row of totals'))"
"""A row of totals says again what other rows say; of rows that overlap otherwise nobody knows what holds."""


def create(connection: duckdb.DuckDBPyConnection, plans: Sequence[SourcePlan]) -> None:
    """Start without any row, where interval counts are taken in."""
    for contract in _fed(plans):
        connection.register("columns_only", _schema(contract).empty_table())
        connection.execute(f"CREATE TABLE {_NAME} AS SELECT 0::BIGINT AS place, * FROM columns_only")  # noqa: S608 - own name only
        connection.unregister("columns_only")


def _fed(plans: Sequence[SourcePlan]) -> list[Table]:
    """Return the table of interval counts, where a source feeds it."""
    return [plan.target for plan in plans if plan.target.name == TABLE][:1]


class IntervalNotes:
    """Notes the rows of one source that cannot stay and name their interval."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, contract: Table, number: int) -> None:
        self._schema = _schema(contract) if contract.name == TABLE else None
        self._number = number
        self._inbox = Inbox(connection, f"INSERT INTO {_NAME} SELECT * FROM arrived")  # noqa: S608 - own name only

    def add(self, rows: pa.Table) -> None:
        """Note rows with the columns of their table and ``source_line``."""
        import pyarrow.compute as pc

        if self._schema is None:
            return
        for name in _READ:
            rows = rows.filter(pc.is_valid(rows[name]))
        places = pc.add(rows["source_line"].cast("int64"), self._number * PLACES)
        self._inbox.add(fitted(rows, self._schema).add_column(0, "place", places))

    def close(self) -> None:
        """Hand over what is waiting."""
        self._inbox.flush()


def write(context: IntakeContext, plans: Sequence[SourcePlan]) -> None:
    """Write the rows in the order of the sources and their lines, where interval counts were taken in."""
    import pyarrow as pa

    for contract in _fed(plans):
        stored = canonical_schema(contract)
        schema = pa.schema([*stored, ("reason", pa.string()), ("rule", pa.string())])
        with TableWriter(context.folder / f"{QUARANTINED_INTERVALS}.parquet", schema) as writer:
            for batch in _finished(context.connection, stored.names, context.names):
                writer.write(pa.Table.from_batches([batch]))


def _finished(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[str], names: Sequence[str]
) -> pa.RecordBatchReader:
    import pyarrow as pa

    connection.register("delivered", pa.table({"number": range(len(names)), "source_file": list(names)}))
    chosen = ", ".join(
        "place % $places AS source_line" if name == "source_line" else f'"{name}"' for name in columns
    )
    passed_over = ", ".join(f"'{reason.value}'" for reason in _SAYS_NOTHING)
    # A message is the cell, quoted, and then the rule; a rule that quotes no cell stands alone.
    rule = """lower(rtrim(regexp_replace(message, '^.*[''"]: ', '', 's'), '.'))"""
    return connection.sql(
        f"SELECT {chosen}, reason, {rule} AS rule FROM {_NAME} "  # noqa: S608 - names from the contracts
        "JOIN quarantine USING (place) JOIN delivered ON place // $places = number "
        f"WHERE reason NOT IN ({passed_over}) AND {_NO_TOTAL} ORDER BY place, starts_at",
        params={"places": PLACES},
    ).to_arrow_reader(100_000)


def _schema(contract: Table) -> pa.Schema:
    """Return the columns in which rows wait: those of the table, but for where they came from."""
    import pyarrow as pa

    apart = ("source_file", "source_line")
    return pa.schema([field for field in canonical_schema(contract) if field.name not in apart])
