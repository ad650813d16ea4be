"""The whole judgement of a source's records as one query: values, clocks, period and rules.

The query is written and planned once per source and run for each block of records.
"""

from __future__ import annotations

from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from auditlib.contracts import TABLES, WHOLE_DAY, ColumnKind
from auditlib.evidence.cell_text import trimmed
from auditlib.evidence.engine import PreparedQuery, lazy
from auditlib.evidence.instants import ClockRule, with_instant
from auditlib.evidence.parquet_files import canonical_schema
from auditlib.evidence.placeholders import dated, placeholder_mark
from auditlib.evidence.plan import SourcePlan, repeats
from auditlib.evidence.quarantine_rule import QuarantineRule
from auditlib.evidence.reading import projection
from auditlib.evidence.repeated_hours import (
    IN_ORDER,
    Turns,
    doubled_flags,
    with_first_turn,
    with_second_turn,
)
from auditlib.evidence.rules import Parent, rules, with_fault

if TYPE_CHECKING:
    import duckdb
    import narwhals as nw
    import pyarrow as pa

    from auditlib.evidence.intake_context import IntakeContext


class Judge:
    """Judges the records of one source; use it as a context."""

    def __init__(self, context: IntakeContext, plan: SourcePlan) -> None:
        self._context, self._plan = context, plan
        self._query: PreparedQuery | None = None
        self._schema: pa.Schema | None = None
        self._turns = Turns(plan)
        self.tests = _tests(context, plan)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._query is not None:
            self._query.close()

    def judged(self, records: pa.Table) -> pa.Table:
        """Return numbered records typed, in their order.

        Besides the canonical columns there are ``fault`` (position in `tests` of the first broken rule),
        ``h__<column>`` per column whose cells repeat, ``row__key``, ``row__mark``, ``row__content``, and
        ``<stem>__double`` per instant of the key: whether its local time exists twice.
        """
        if self._plan.source.dates.ambiguous != IN_ORDER:
            return self._typed(records)
        records = with_first_turn(records)
        tested = self._typed(records)
        second = self._turns.second(tested, records)
        return self._typed(with_second_turn(records, second)) if second else tested

    def unpaired(self) -> tuple[pa.Table, ...]:
        """Return rows of an hour that came twice that stand once: as of the earlier hour, as of the later.

        None where there is no such row, or where the source does not read pairs in order.
        """
        records = self._turns.unpaired()
        if records is None:
            return ()
        return self._typed(records), self._typed(with_second_turn(records, range(records.num_rows)))

    def _typed(self, records: pa.Table) -> pa.Table:
        if self._query is None or records.schema != self._schema:
            self._prepare(records)
        assert self._query is not None  # noqa: S101 - prepared a line above, for the type checker
        return _in_order(self._query.run(records))

    def plain(self, records: pa.Table) -> pa.Table:
        """Return what `judged` does, with a fault in every row that holds a placeholder."""
        import pyarrow.compute as pc

        tested = self.judged(records)
        for field in dated(self._plan):
            place = tested.schema.get_field_index("fault")
            fault = pc.if_else(tested[placeholder_mark(field)], 0, tested["fault"])
            tested = tested.set_column(place, "fault", fault.cast(tested.schema.field(place).type))
        return tested

    def _prepare(self, records: pa.Table) -> None:
        if self._query is not None:
            self._query.close()
        query = partial(_query, self._context, self._plan, records.schema, self.tests)
        self._schema = records.schema
        self._query = PreparedQuery(self._context.connection, query, view="block", records=records)


def numbered(plan: SourcePlan, records: pa.Table) -> pa.Table:
    """Return records with cells trimmed and columns named ``c0``, ``c1`` ... and ``source_line``."""
    return trimmed(records, plan).rename_columns(
        [*(f"c{number}" for number in range(len(plan.wanted))), "source_line"]
    )


def _query(
    context: IntakeContext, plan: SourcePlan, schema: pa.Schema, tests: tuple[QuarantineRule, ...]
) -> duckdb.DuckDBPyRelation:
    """Return the whole work on one block of a source, registered as ``block``, as one query."""
    connection = context.connection
    frame = lazy(connection, connection.sql(projection(plan, context.run, schema)))
    frame = _with_period(context, plan, _with_context(context, plan, frame))
    stored = [name for name in canonical_schema(plan.contract).names if name != "source_file"]
    hashes = [f"h__{field.column.name}" for field in plan.fields if repeats(field.column)]
    marks = [placeholder_mark(field) for field in dated(plan)]
    chosen = with_fault(frame, tests).select(
        *stored,
        *hashes,
        "fault",
        "row__key",
        "row__mark",
        "row__content",
        *doubled_flags(plan),
        *marks,
    )
    query: duckdb.DuckDBPyRelation = chosen.to_native()
    return query


def _in_order(rows: pa.Table) -> pa.Table:
    """Return rows in the order of the file; the database keeps it as a rule, not by promise."""
    import numpy as np

    lines = rows["source_line"].to_numpy()
    return rows if (np.diff(lines) > 0).all() else rows.sort_by("source_line")


def _with_context(context: IntakeContext, plan: SourcePlan, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add what is known from other tables: the parents' instants, the unit's zone; then the clocks."""
    import narwhals as nw

    connection = context.connection
    instants = [column.name for column in plan.contract.columns if column.kind is ColumnKind.INSTANT]
    parents = parents_of(context, plan)
    for parent in parents:
        parts = ("at", "day", "second", "zone")
        names = {"key": parent.link} | {part: f"{parent.stem}_{part}" for part in parts}
        looked_up = lazy(connection, connection.table(f"parent_{parent.table}")).rename(names)
        frame = frame.join(looked_up, on=parent.link, how="left")
    if "unit_id" in [column.name for column in plan.contract.columns if column.references == "units"]:
        frame = frame.join(lazy(connection, connection.table("unit_zones")), on="unit_id", how="left")
        zone = nw.col("unit__zone__known")
    else:
        zones = [nw.col(f"{parent.stem}_zone") for parent in parents]
        zone = nw.coalesce(*zones) if zones else nw.lit(None, dtype=nw.Int64())
    if not instants:
        return frame
    default = context.zones.index(context.run.time_zone)
    frame = frame.with_columns(unit__zone=zone.fill_null(default).cast(nw.Int64))
    for stem in _starts_first(plan, instants):
        if start := plan.field(stem).after:
            frame = _behind(frame, stem, start)
        frame = with_instant(
            frame,
            stem,
            rule=clock_rule(context, plan, stem),
            local_days=lazy(connection, connection.table("local_days")),
            utc_days=lazy(connection, connection.table("utc_days")),
        )
    return frame


def _starts_first(plan: SourcePlan, instants: list[str]) -> list[str]:
    """Return instants so that each one stands behind the one from which it is a duration away."""
    ordered: list[str] = []
    for name in instants:
        trail = [name]
        while start := plan.field(trail[-1]).after:
            trail.append(start)
        ordered += [stem for stem in reversed(trail) if stem not in ordered]
    return ordered


def _behind(frame: nw.LazyFrame[Any], stem: str, start: str) -> nw.LazyFrame[Any]:
    """Turn the distance of an instant from another into the instant itself.

    Where the other is not known, or is a day without a time, neither is this one: its row is at fault.
    """
    import narwhals as nw

    at, second = nw.col(f"{start}_at"), nw.col(f"{start}_second")
    timed = ~at.is_null() & (second != WHOLE_DAY)
    utc = nw.when(timed).then(at + nw.col(f"{stem}__utc"))
    unread = nw.col(f"{stem}__unread") | (nw.col(f"{stem}__given") & ~timed)
    return frame.with_columns(
        utc.otherwise(nw.lit(None, dtype=nw.Int64())).alias(f"{stem}__utc"), unread.alias(f"{stem}__unread")
    )


def clock_rule(context: IntakeContext, plan: SourcePlan, stem: str = "") -> ClockRule:
    """Return how the instants of a source, or of one of its columns, are to be understood."""
    dates = plan.source.dates
    column_dates = plan.source.dates_of.get(stem)
    zone = (column_dates.time_zone if column_dates is not None else None) or dates.time_zone
    number = None if zone == "unit" else context.zones.index(zone)
    return ClockRule(number, dates.ambiguous, dates.nonexistent, context.last_day)


def _with_period(context: IntakeContext, plan: SourcePlan, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    import narwhals as nw

    if not plan.contract.instant:
        return frame.with_columns(in_period=nw.lit(value=True))
    day = nw.col(f"{plan.contract.instant}_day")
    first, last = context.period
    return frame.with_columns(in_period=((day >= first) & (day <= last)).fill_null(value=True))


def _tests(context: IntakeContext, plan: SourcePlan) -> tuple[QuarantineRule, ...]:
    return rules(
        plan.contract,
        instruments={name: context.run.instrument(name) for name in context.run.instruments},
        parents=parents_of(context, plan),
        as_of=context.as_of,
        register="units" in context.tables_done,
        units_by=plan.source.units_by,
        bands=tuple(plan.source.wide.n_bands) if plan.source.wide is not None else (),
        dated=tuple(field.column.name for field in dated(plan)),
        durations={field.column.name: field.unit for field in plan.fields if field.after},
    )


def parents_of(context: IntakeContext, plan: SourcePlan) -> tuple[Parent, ...]:
    """Return the tables whose instant a row of this one must not precede."""
    if not any(column.kind is ColumnKind.INSTANT for column in plan.contract.columns):
        return ()
    return tuple(
        Parent(column.name, column.references)
        for column in plan.contract.columns
        if column.references in context.tables_done and TABLES[column.references].instant
    )
