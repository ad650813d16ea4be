"""What a second file says of the units of a register: their region or country, say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from auditlib.contracts import Column, ColumnKind
from auditlib.evidence import quarantine
from auditlib.evidence.duplicates import PLACES
from auditlib.evidence.engine import quoted
from auditlib.evidence.intake import Tally, take_in
from auditlib.evidence.parquet_files import TableWriter, fitted, verified_dataset
from auditlib.records import Reason
from auditlib.statements import counted

if TYPE_CHECKING:
    import pyarrow as pa

    from auditlib.evidence.intake_context import IntakeContext
    from auditlib.evidence.plan import SourcePlan

_DIFFERS = "{value!r}: the register says {held!r} of {unit_id}, on line {line} of {file}."
_NAMED = 3


def fill(context: IntakeContext, plan: SourcePlan) -> dict[int, Tally]:
    """Fill empty cells of the register of units from a source that says more of them; return its tally.

    A row that contradicts the register is quarantined and fills nothing.
    """
    import pyarrow.compute as pc

    beside = replace(context, folder=context.scratch / f"further-{plan.number}")
    beside.scratch.mkdir(parents=True)
    (tally,) = take_in(beside, [plan]).values()
    register, further = (_stored(side) for side in (context, beside))
    columns = [field.column for field in plan.fields if field.fed and not field.column.references]
    differing = _differing(context, plan, register, further, columns)
    quarantine.add(context.connection, differing)
    tally.kept -= differing.num_rows
    contradicting = pc.is_in(further["source_line"], value_set=_lines(differing, plan))
    filled = _filled(context, register, further.filter(pc.invert(contradicting)), columns)
    with TableWriter(context.folder / "units.parquet", register.schema) as writer:
        writer.write(fitted(filled, register.schema))
    tally.notes += _unsaid(register, further)
    return {plan.number: tally}


def _lines(differing: pa.Table, plan: SourcePlan) -> pa.Array:
    import pyarrow as pa

    return pa.array(differing["place"].to_numpy() - plan.number * PLACES)


def _stored(context: IntakeContext) -> pa.Table:
    return verified_dataset(context.folder / "units.parquet").to_table(use_threads=False)


def _differing(
    context: IntakeContext, plan: SourcePlan, register: pa.Table, further: pa.Table, columns: Sequence[Column]
) -> pa.Table:
    """Return quarantine rows for what contradicts the register, by the first column that does."""
    differences = " UNION ALL ".join(
        f"SELECT more.source_line, {rank} AS rank, '{column.name}' AS name, "  # noqa: S608 - names of the contract
        f"{_text('more', column)} AS value, {_text('own', column)} AS held, unit_id, "
        f"own.source_line AS line, own.source_file AS file "
        f"FROM more JOIN own USING (unit_id) WHERE held <> value"
        for rank, column in enumerate(columns)
    )
    if not differences:
        return quarantine.row_schema().empty_table()
    first_of = "QUALIFY row_number() OVER (PARTITION BY source_line ORDER BY rank) = 1 ORDER BY source_line"
    rows = _answer_of(context, f"SELECT * FROM ({differences}) {first_of}", register, further)  # noqa: S608 - own names only
    first = plan.number * PLACES
    return quarantine.rows_of(
        [
            (
                first + row["source_line"],
                plan.source.label(row["name"]) or row["name"],
                Reason.CONFLICTING.value,
                row["value"],
                _DIFFERS.format(**row),
            )
            for row in rows.to_pylist()
        ]
    )


def _filled(
    context: IntakeContext, register: pa.Table, sound: pa.Table, columns: Sequence[Column]
) -> pa.Table:
    """Return the register with what rows say that do not contradict it."""
    import pyarrow as pa

    filled = ", ".join(
        f"coalesce(own.{name}, more.{name}) AS {name}" for name in (quoted(column.name) for column in columns)
    )
    replaced = f" REPLACE ({filled})" if filled else ""
    numbered = register.append_column("nth", pa.array(range(register.num_rows), pa.int64()))
    query = f"SELECT own.*{replaced} FROM own LEFT JOIN more USING (unit_id) ORDER BY nth"  # noqa: S608 - names of the contract
    return _answer_of(context, query, numbered, sound).drop_columns(["nth"])


def _text(table: str, column: Column) -> str:
    """Return a cell as text; a day, which is held as a number, as it is written."""
    cell = f"{table}.{quoted(column.name)}"
    written = f"DATE '1970-01-01' + {cell}" if column.kind is ColumnKind.DAY else cell
    return f"CAST({written} AS VARCHAR)"


def _answer_of(context: IntakeContext, query: str, register: pa.Table, further: pa.Table) -> pa.Table:
    """Return the answer of the database to a query over the register and the rows that say more."""
    for name, table in (("own", register), ("more", further)):
        context.connection.register(name, table)
    answer = context.connection.sql(query).to_arrow_table()
    for name in ("own", "more"):
        context.connection.unregister(name)
    return answer


def _unsaid(register: pa.Table, further: pa.Table) -> list[str]:
    """Return a sentence on the units of which the source says nothing."""
    spoken_of = set(further["unit_id"].to_pylist())
    silent = [unit for unit in register["unit_id"].to_pylist() if unit not in spoken_of]
    if not silent:
        return []
    listed = ", ".join(repr(unit) for unit in silent[:_NAMED]) + (
        " and others" if len(silent) > _NAMED else ""
    )
    return [f"it says nothing of {len(silent):,} of {counted(register.num_rows, 'unit')}: {listed}."]
