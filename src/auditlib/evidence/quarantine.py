"""The quarantine while it is filled, and as it is stored."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from auditlib.contracts import timed_key
from auditlib.evidence.blocks import BrokenRecord, shortened
from auditlib.evidence.duplicates import PLACES
from auditlib.evidence.engine import Inbox
from auditlib.evidence.plan import SourcePlan
from auditlib.evidence.quarantine_rule import QuarantineRule
from auditlib.evidence.repeated_hours import UNPAIRED
from auditlib.evidence.rules import SOUND
from auditlib.evidence.spreadsheets import cell_text
from auditlib.records import Reason
from auditlib.statements import counted

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


COLUMNS = ("table", "file", "line", "column", "reason", "value", "message")


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Start an empty quarantine."""
    connection.execute(
        "CREATE TABLE quarantine "
        '(place BIGINT, "column" VARCHAR, reason VARCHAR, value VARCHAR, message VARCHAR)'
    )


def inbox(connection: duckdb.DuckDBPyConnection) -> Inbox:
    """Return where to add rows with the columns of `row_schema`."""
    return Inbox(connection, "INSERT INTO quarantine SELECT * FROM arrived")


def add(connection: duckdb.DuckDBPyConnection, rows: pa.Table) -> None:
    """Add rows with the columns of `row_schema` at once."""
    waiting = inbox(connection)
    waiting.add(rows)
    waiting.flush()


def stored_schema() -> pa.Schema:
    """Return the columns of the stored quarantine."""
    import pyarrow as pa

    return pa.schema([(name, pa.int64() if name == "line" else pa.string()) for name in COLUMNS])


def finished(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[str], names: Sequence[str]
) -> pa.RecordBatchReader:
    """Return the whole quarantine in the order of the sources and their lines.

    Parameters
    ----------
    tables, names
        Table and reported name of each source, by its number.
    """
    import pyarrow as pa

    numbers = pa.array(range(len(names)), pa.int64())
    connection.register("origins", pa.table({"number": numbers, "table": tables, "file": names}))
    return connection.sql(
        'SELECT "table", file, place % $places AS line, "column", reason, value, message '
        "FROM quarantine JOIN origins ON place // $places = number ORDER BY place",
        params={"places": PLACES},
    ).to_arrow_reader(100_000)


def reasons(connection: duckdb.DuckDBPyConnection) -> dict[int, dict[str, int]]:
    """Return quarantined rows by source and reason."""
    counted = connection.execute(
        "SELECT place // $places, reason, count(*) FROM quarantine GROUP BY ALL ORDER BY ALL",
        {"places": PLACES},
    ).fetchall()
    counts: dict[int, dict[str, int]] = {}
    for number, reason, rows in counted:
        counts.setdefault(number, {})[reason] = rows
    return counts


def row_schema() -> pa.Schema:
    """Return the columns a row has while the quarantine is filled."""
    import pyarrow as pa

    texts = [(name, pa.string()) for name in ("column", "reason", "value", "message")]
    return pa.schema([("place", pa.int64()), *texts])


def broken_rows(broken: Sequence[BrokenRecord], number: int) -> pa.Table:
    """Return quarantine rows for records whose fields cannot be told apart."""
    rows = [
        (number * PLACES + record.line, "", Reason.FIELD_COUNT.value, record.value, _sentence(record.message))
        for record in broken
    ]
    return rows_of(rows)


def faulty_rows(
    fault: pa.ChunkedArray, records: pa.Table, plan: SourcePlan, tests: Sequence[QuarantineRule]
) -> pa.Table:
    """Return quarantine rows for the records that break a rule.

    Parameters
    ----------
    fault
        Position in `tests` of the broken rule, one per record; `SOUND` for none.
    records
        The records as the client wrote them, in the same order.
    """
    import pyarrow.compute as pc

    places = pc.indices_nonzero(pc.not_equal(fault, SOUND))
    bad = records.take(places)
    lines = bad["source_line"].to_pylist()
    rows = []
    for position, (line, index) in enumerate(zip(lines, fault.take(places).to_pylist(), strict=True)):
        rule = tests[index]
        value = _value(bad, plan, rule.column, position)
        origin = plan.field(rule.column).origin or rule.column
        message = _sentence(f"{value!r}: {rule.message}" if value else rule.message)
        rows.append((plan.number * PLACES + line, origin, rule.reason.value, shortened(value), message))
    return rows_of(rows)


def unpaired_rows(rows: pa.Table, plan: SourcePlan) -> pa.Table:
    """Return quarantine rows for sound rows of a local time that came twice and stands once."""
    fed = next(field for name in timed_key(plan.contract) if (field := plan.field(name)).fed)
    column = fed.origin or fed.column.name
    ids = (_spaced(key) for key in rows["row__key"].to_pylist())
    places = (plan.number * PLACES + line for line in rows["source_line"].to_pylist())
    pairs = zip(places, ids, strict=True)
    time = Reason.TIME.value
    return rows_of(
        [(place, column, time, shortened(key), _sentence(f"{key!r}: {UNPAIRED}")) for place, key in pairs]
    )


def _spaced(key: str) -> str:
    """Return an id of several columns as it is told."""
    return key.replace("\x1f", " / ")


_TWICE = (
    "its local time came twice when clocks were put back, so that both may hold; 'ambiguous: in_order' takes "
    "the first in the file for the earlier hour and the second for the later, and times with their offset "
    "say it themselves"
)


def add_copies(
    connection: duckdb.DuckDBPyConnection,
    copies: pa.Table,
    *,
    names: Sequence[str],
    key: Sequence[str],
    doubled: Collection[int] = (),
) -> None:
    """Add rows whose id occurs again; this reason goes before those a row was given by itself.

    Parameters
    ----------
    names
        Reported name of each source, by its number.
    key
        Columns of the id.
    doubled
        Places of rows whose id holds a local time that exists twice.
    """
    rows = []
    for row in copies.to_pylist():
        first = f"line {row['first'] % PLACES} of {names[row['first'] // PLACES]}"
        value = _spaced(row["key"])
        if row["identical"]:
            reason, message = (
                Reason.IDENTICAL,
                f"a copy of {first}, which is kept unless it is at fault itself",
            )
        else:
            reason, message = Reason.CONFLICTING, f"the id {value!r} has different contents, first on {first}"
        message = f"{message}: {_TWICE}" if row["place"] in doubled else message
        rows.append((row["place"], ", ".join(key), reason.value, shortened(value), _sentence(message)))
    connection.register("copied", rows_of(rows))
    connection.execute("DELETE FROM quarantine WHERE place IN (SELECT place FROM copied)")
    connection.execute("INSERT INTO quarantine SELECT * FROM copied")
    connection.unregister("copied")


def _value(bad: pa.Table, plan: SourcePlan, name: str, position: int) -> str:
    field = plan.field(name)
    if field.constant is not None:
        return field.constant
    return _cell(bad[field.origin][position]) if field.origin else ""


def _cell(cell: pa.Scalar) -> str:
    """Return a cell as text, and a date that the calendar does not reach as its number."""
    import pyarrow as pa

    try:
        return cell_text(cell.as_py())
    except (ValueError, OverflowError):
        kind = pa.int32() if pa.types.is_date32(cell.type) else pa.int64()
        return f"{cell.type} {cell.cast(kind).as_py()}"


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:] + "."


def rows_of(rows: Sequence[tuple[int, str, str, str, str]]) -> pa.Table:
    """Return quarantine rows: place, column, reason, value, message."""
    import pyarrow as pa

    schema = row_schema()
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )


_FEWEST_MIXED = 10
"""Whole numbers off the scale that a column must hold before two scales are suspected."""


def explain_mixed_scales(
    connection: duckdb.DuckDBPyConnection, plans: tuple[SourcePlan, ...]
) -> tuple[str, ...]:
    """Say in the message of each row concerned that two scales seem to stand in its column.

    Returns one note per source and column.
    """
    columns = {
        (plan.number, field.origin)
        for plan in plans
        for field in plan.fields
        if field.column.name.startswith("q_") and field.origin
    }
    notes = []
    for number, column, rows, low, high in _suspected(connection):
        if (number, column) in columns:
            bounds = f"from {low} to {high} stand" if low < high else f"{low} stand"
            stray = f"{counted(rows, 'whole number')} {bounds} off the declared scale"
            note = f"In column {column!r} {stray}: two scales seem to be mixed."
            connection.execute(
                "UPDATE quarantine SET message = message || ' ' || $note "
                "WHERE place // $places = $number AND \"column\" = $column AND reason = 'scale'",
                {"note": note, "places": PLACES, "number": number, "column": column},
            )
            notes.append(note)
    return tuple(notes)


def _suspected(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str, int, int, int]]:
    return connection.execute(
        'SELECT place // $places AS number, "column", count(*), min(score), max(score) '
        "FROM (SELECT *, TRY_CAST(value AS BIGINT) AS score FROM quarantine "
        "WHERE reason = 'scale' AND regexp_matches(value, '^[0-9]{1,3}$')) "
        "GROUP BY ALL HAVING count(*) >= $fewest AND max(score) <= 100 ORDER BY ALL",
        {"places": PLACES, "fewest": _FEWEST_MIXED},
    ).fetchall()
