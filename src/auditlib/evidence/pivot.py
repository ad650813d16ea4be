"""Files in long form: rows that hold one answer each become one record per response.

Rows wait in the database and are turned there. A response whose rows contradict each other, or of which a
row cannot be read, is set aside whole, each row at its own line; what is set aside later, by its record, is
spread over the rows it was made of. So rows in = rows kept + rows quarantined + rows left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditlib.evidence.blocks import BrokenRecord
from auditlib.evidence.cell_text import as_text
from auditlib.evidence.duplicates import PLACES
from auditlib.evidence.engine import literal, quoted
from auditlib.evidence.timestamps import Stamps
from auditlib.records import Reason
from auditlib.statements import counted

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa
    from numpy.typing import NDArray

    from auditlib.evidence.plan import SourcePlan

_RECORDS = 50_000
"""Records turned at a time."""
_ITEMS = 20
"""Items without a column that are counted each by its name."""
_ANOTHER = "another row of this response is in quarantine"
_TWICE = "the response answers this item more than once, and not alike"
_DIFFER = "the rows of this response are not alike here"
_NO_ID = "The row has no id here."
_NO_ITEM = "The row names no item."


class LongForm:
    """Gathers the rows of one source and hands out its records.

    Parameters
    ----------
    plan
        The source, with `answers`.
    names
        Reported name of each source, by its number.
    scratch
        Folder for files that do not outlive the intake.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, plan: SourcePlan, names: Sequence[str], scratch: Path
    ) -> None:
        assert plan.answers is not None  # noqa: S101 - the caller's condition, for the type checker
        self._connection, self._plan, self._answers = connection, plan, plan.answers
        self._name, self._file = names[plan.number], scratch / f"long-{plan.number}.arrow"
        self._key = plan.field("response_id").origin
        self._shared = _shared_labels(plan)
        self._ready, self._texts = False, [True] * len(self._shared)
        self.left_out: dict[str, int] = {}
        connection.execute("CREATE OR REPLACE TEMP TABLE spoiled (id VARCHAR, label VARCHAR, reason VARCHAR)")

    def add(self, rows: pa.Table) -> None:
        """Take in rows as they are arranged."""
        import pyarrow as pa

        columns = {"line": rows["source_line"], "id": as_text(rows[self._key])}
        columns |= {"item": as_text(rows[self._answers.item]), "value": rows[self._answers.value]}
        columns |= {f"o{place}": rows[label] for place, label in enumerate(self._shared)}
        self._texts = [not pa.types.is_temporal(_values(rows[label].type)) for label in self._shared]
        self._connection.register("arrived", pa.table(columns))
        start = "INSERT INTO answered" if self._ready else "CREATE OR REPLACE TEMP TABLE answered AS"
        self._connection.execute(f"{start} SELECT *, {self._label()} AS label FROM arrived")  # noqa: S608 - every part is quoted where it is made
        self._connection.unregister("arrived")
        self._ready = True

    def note(self, broken: Sequence[BrokenRecord]) -> None:
        """Remember the responses of broken rows: they lack an answer, whatever the other rows say."""
        ids = [record.cells[self._key].strip() for record in broken if record.cells.get(self._key)]
        if ids:
            insert = "INSERT INTO spoiled SELECT id, '', $reason FROM (SELECT unnest($ids) AS id)"
            values = {"ids": ids, "reason": Reason.FIELD_COUNT.value}
            self._connection.execute(insert, values)

    def records(self) -> Iterator[pa.Table]:
        """Yield the records, each at the first line of its response; no row is added any more.

        Rows that make none go to quarantine, or are counted in `left_out`.
        """
        if not self._ready:
            return
        self._without_id()
        self._unmapped()
        self._repeated()
        self._unlike()
        self._set_aside()
        rows = "SELECT *, min(line) OVER (PARTITION BY id) AS record FROM answered"
        self._connection.execute(f"CREATE TABLE {lines_of(self._plan)} AS {rows}")
        self._connection.execute("DROP TABLE answered")
        yield from self._turned()

    def _label(self) -> str:
        items = self._answers.items.items()
        cases = " ".join(f"WHEN {literal(item)} THEN {literal(label)}" for label, item in items)
        return f"CASE item {cases} END"

    def _without_id(self) -> None:
        absent = ", ".join(map(literal, self._plan.missing))
        self._connection.execute(
            f"INSERT INTO spoiled SELECT id, '', '{Reason.KEY.value}' FROM answered WHERE item IN ({absent})"  # noqa: S608 - every part is quoted where it is made
        )
        for column, name, why in (("id", self._key, _NO_ID), ("item", self._answers.item, _NO_ITEM)):
            self._quarantine(f"{column} IN ({absent})", f"{literal(name)}, '{Reason.KEY.value}', '', '{why}'")

    def _unmapped(self) -> None:
        counts = self._connection.execute(
            "SELECT item, count(*) AS many FROM answered WHERE label IS NULL"
            " GROUP BY item ORDER BY many DESC, item"
        ).fetchall()
        words = f"{self._answers.item} is a mapped item (no column takes {{}})"
        self.left_out = {words.format(repr(item)): rows for item, rows in counts[:_ITEMS]}
        if further := counts[_ITEMS:]:
            label = words.format(counted(len(further), "other", "others"))
            self.left_out[label] = sum(rows for _, rows in further)
        self._connection.execute("DELETE FROM answered WHERE label IS NULL")

    def _repeated(self) -> None:
        """Set copies of a row aside, and spoil the responses that answer an item in two ways."""
        execute = self._connection.execute
        again = "SELECT id, label FROM answered GROUP BY ALL HAVING count(*) > 1"
        cells = ", ".join(["id", "label", *(_text(name) for name in ("value", *self._shared_columns))])
        execute(
            "CREATE OR REPLACE TEMP TABLE repeats AS SELECT line, min(line) OVER alike AS first "  # noqa: S608 - own names only
            f"FROM answered JOIN ({again}) USING (id, label) WINDOW alike AS (PARTITION BY {cells})"
        )
        first = "(SELECT first FROM repeats WHERE repeats.line = answered.line)"
        copy = f"'A copy of line ' || {first} || {literal(f' of {self._name}.')}"
        self._quarantine(
            "line IN (SELECT line FROM repeats WHERE line > first)",
            f"{literal(self._key)}, '{Reason.IDENTICAL.value}', id, {copy}",
        )
        execute(f"INSERT INTO spoiled SELECT id, label, '{Reason.CONFLICTING.value}' FROM ({again})")  # noqa: S608 - own names only

    def _unlike(self) -> None:
        """Spoil the responses whose rows differ in what each of them repeats, by the first such column."""
        cases = [
            f"WHEN min({cell}) <> max({cell}) THEN {literal(label)}"
            for place, label in enumerate(self._shared)
            if label != self._key and label not in self._answers.latest
            for cell in (_text(self._filled(f"o{place}")),)
        ]
        if cases:
            first = f"SELECT id, CASE {' '.join(cases)} END AS label FROM answered GROUP BY id"  # noqa: S608 - every part is quoted where it is made
            reason = literal(Reason.CONFLICTING.value)
            self._connection.execute(
                f"INSERT INTO spoiled SELECT id, label, {reason} FROM ({first}) WHERE label IS NOT NULL"  # noqa: S608 - every part is quoted where it is made
            )

    def _set_aside(self) -> None:
        """Quarantine every row of a spoiled response; the rows of the item, or all, say why."""
        execute = self._connection.execute
        execute(
            "CREATE OR REPLACE TEMP TABLE worst AS SELECT id, min_by(label, nth) AS label, "
            "min_by(reason, nth) AS reason FROM (SELECT *, rowid AS nth FROM spoiled) GROUP BY id"
        )
        worst = "(SELECT {} FROM worst WHERE worst.id = answered.id)"
        label, reason = worst.format("label"), worst.format("reason")
        at_fault = f"({label} = label OR {label} NOT IN ({', '.join(map(literal, self._answers.items))}))"
        column = f"CASE WHEN {at_fault} THEN {label} ELSE '' END"
        why = (
            f"CASE WHEN {reason} <> '{Reason.CONFLICTING.value}' OR NOT {at_fault} THEN '{_ANOTHER}' "
            f"WHEN {label} = label THEN '{_TWICE}' ELSE '{_DIFFER}' END"
        )
        values = f"{column}, {reason}, id, '''' || id || ''': ' || {why} || '.'"
        self._quarantine("id IN (SELECT id FROM worst)", values)

    def _quarantine(self, condition: str, values: str) -> None:
        """Move some rows to the quarantine."""
        execute, first = self._connection.execute, self._plan.number * PLACES
        execute(f"INSERT INTO quarantine SELECT line + {first}, {values} FROM answered WHERE {condition}")  # noqa: S608 - own names only
        execute(f"DELETE FROM answered WHERE {condition}")  # noqa: S608 - own names only

    @property
    def _shared_columns(self) -> list[str]:
        return [f"o{place}" for place in range(len(self._shared))]

    def _filled(self, name: str) -> str:
        """Return a cell where it holds a value."""
        absent = ", ".join(map(literal, self._plan.missing))
        return f"CASE WHEN trim({_text(name)}) NOT IN ({absent}) THEN {name} END"

    def _one_of(self, place: int, label: str) -> str:
        """Return the cell that stands for those of a response: the latest of its dates, or the only one.

        A date that cannot be read goes before all others, so that it is seen.
        """
        cell = self._filled(f"o{place}")
        if label not in self._answers.latest or not self._texts[place]:
            return f"max({cell})"
        stamps, text = Stamps(self._answers.latest[label]), f"trim({_text(cell)})"
        read = f"coalesce({stamps.local(text)}, {stamps.utc(text)}, TIMESTAMP 'infinity')"
        return f"arg_max({cell}, CASE WHEN {cell} IS NOT NULL THEN {read} END)"

    def _turned(self) -> Iterator[pa.Table]:
        """Yield the records; they are written down first, because the database serves one query at a time."""
        import pyarrow as pa
        from pyarrow import ipc

        shared = [f"{self._one_of(n, label)} AS {quoted(label)}" for n, label in enumerate(self._shared)]
        items = [
            f"max(value) FILTER (WHERE label = {literal(label)}) AS {quoted(label)}"
            for label in self._answers.items
        ]
        query = f"SELECT {', '.join([*shared, *items])}, record AS source_line FROM {lines_of(self._plan)}"  # noqa: S608 - every part is quoted where it is made
        rows = self._connection.sql(f"{query} GROUP BY record ORDER BY record").to_arrow_reader(_RECORDS)
        with ipc.new_stream(self._file, rows.schema) as writer:
            for batch in rows:
                writer.write_batch(batch)
        with pa.OSFile(str(self._file)) as stream:
            for batch in ipc.open_stream(stream):
                yield pa.table(batch).select([*self._plan.wanted, "source_line"])
        self._file.unlink()


class RecordLines:
    """How many rows of a file each record was made of: one, unless the file is in long form."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, plan: SourcePlan) -> None:
        self._records: NDArray[np.int64] = np.empty(0, np.int64)
        self._counts: NDArray[np.int64] = np.empty(0, np.int64)
        if _has_lines(connection, plan):
            lines = connection.sql(
                f"SELECT record, count(*) AS lines FROM {lines_of(plan)} GROUP BY record ORDER BY record"  # noqa: S608 - own names only
            ).to_arrow_table()
            self._records, self._counts = (lines[name].to_numpy() for name in ("record", "lines"))

    def of(self, records: pa.Table) -> int:
        """Return how many rows some records were made of."""
        if not len(self._records) or not records.num_rows:
            return int(records.num_rows)
        places = np.searchsorted(self._records, records["source_line"].to_numpy())
        return int(self._counts[places].sum())


def spread(connection: duckdb.DuckDBPyConnection, plan: SourcePlan) -> None:
    """Spread what was quarantined by its record over the rows the record was made of."""
    if not _has_lines(connection, plan):
        return
    first, shared = plan.number * PLACES, enumerate(_shared_labels(plan))
    cells = " ".join(f"WHEN {literal(label)} THEN trim({_text(f'o{place}')})" for place, label in shared)
    condition = f'label = "column" OR CASE "column" {cells} END = quarantine.value'
    connection.execute(
        'CREATE OR REPLACE TEMP TABLE held AS SELECT place, "column", reason, quarantine.value, message, id, '  # noqa: S608 - every part is quoted where it is made
        f"line + {first} AS own, "
        f"coalesce(min(line) FILTER (WHERE {condition}) OVER of_record, record) + {first} AS at_fault "
        f"FROM {lines_of(plan)} JOIN quarantine ON place = record + {first} "
        "WINDOW of_record AS (PARTITION BY record)"
    )
    connection.execute("DELETE FROM quarantine WHERE place IN (SELECT place FROM held)")
    another = f"'''' || id || ''': {_ANOTHER}.'"
    chosen = [
        f"CASE WHEN own = at_fault THEN {ours} ELSE {theirs} END"
        for ours, theirs in (('"column"', "''"), ("reason", "reason"), ("value", "id"), ("message", another))
    ]
    connection.execute(f"INSERT INTO quarantine SELECT own, {', '.join(chosen)} FROM held")  # noqa: S608 - own names only


def lineage(
    connection: duckdb.DuckDBPyConnection, plan: SourcePlan, names: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    """Yield for each row of a kept record its line, that of the record, and the item it answers."""
    if not _has_lines(connection, plan):
        return
    first = plan.number * PLACES
    yield from connection.sql(
        "SELECT $name AS source_file, record AS source_line, line, label AS item "  # noqa: S608 - own names only
        f"FROM {lines_of(plan)} WHERE record + {first} NOT IN (SELECT place FROM quarantine) ORDER BY line",
        params={"name": names[plan.number]},
    ).to_arrow_reader(_RECORDS)


def lines_of(plan: SourcePlan) -> str:
    """Return the table of the database that says of which lines the records of a source were made."""
    return f"lines_of_{plan.number}"


def _has_lines(connection: duckdb.DuckDBPyConnection, plan: SourcePlan) -> bool:
    table = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [lines_of(plan)])
    return plan.answers is not None and bool(table.fetchall())


def _shared_labels(plan: SourcePlan) -> list[str]:
    """Return the labels of columns that are no items: what the rows of a response share."""
    return [label for label in plan.wanted if plan.answers is None or label not in plan.answers.items]


def _values(kind: pa.DataType) -> pa.DataType:
    """Return the type of the values of a column, which may be a dictionary."""
    import pyarrow as pa

    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _text(cell: str) -> str:
    return f"CAST({cell} AS VARCHAR)"
