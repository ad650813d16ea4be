"""One canonical table from its sources: read, test, keep or quarantine, count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from auditlib.contracts import TABLES
from auditlib.evidence import (
    duplicates,
    key_registers,
    overlapping_intervals,
    quarantine,
    quarantined_intervals,
    quarantined_links,
    unanswered,
)
from auditlib.evidence.arrange import Arrangement
from auditlib.evidence.blocks import BrokenRecord
from auditlib.evidence.evidence import UNANSWERED
from auditlib.evidence.fast import known_rows
from auditlib.evidence.fast.cell_counter import CellCounter
from auditlib.evidence.fast.prefetch import prefetch, write_behind
from auditlib.evidence.intake_context import IntakeContext
from auditlib.evidence.judging import Judge, numbered
from auditlib.evidence.parquet_files import (
    Staging,
    TableWriter,
    coded_schema,
    fitted,
    merged,
    without,
)
from auditlib.evidence.pivot import LongForm, RecordLines, spread
from auditlib.evidence.placeholders import Placeholders
from auditlib.evidence.plan import SourcePlan, repeats
from auditlib.evidence.repeated_hours import doubled_places
from auditlib.evidence.rules import SOUND
from auditlib.evidence.sources import source_blocks
from auditlib.evidence.unpivot import unpivoted
from auditlib.statements import counted

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


FEW, MOST_WAITING = 200, 100_000
"""Records of a block, and of a source, that may wait to be judged together at its end."""


@dataclass(slots=True)
class Tally:
    """Records of one source while they are counted."""

    read: int = 0
    kept: int = 0
    out_of_period: int = 0
    unanswered: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    named_again: int = 0
    notes: list[str] = field(default_factory=list)
    doubled: set[int] = field(default_factory=set)
    """Places of rows that are told apart by a local time that exists twice."""
    unpaired: list[int] = field(default_factory=list)
    """Places of sound rows of such a time that stand without their pair."""


def take_in(
    context: IntakeContext, sources: Sequence[SourcePlan], counter: CellCounter | None = None
) -> dict[int, Tally]:
    """Bring the sources of one table into canonical form; return the tally of each source.

    Writes ``<table>.parquet``, adds to the quarantine kept in the database, and counts cells in
    `counter`. Rows wait in a staging file until the last is read, because only then is it known which
    ids occur again.
    """
    staged = {plan.number: Staging(context.scratch / f"{plan.number}.arrow") for plan in sources}
    tallies = {plan.number: Tally() for plan in sources}
    dropped = _read_all(context, sources, staged, tallies)
    with ExitStack() as stack:
        writer, beside = _writers(context, sources[0], stack)
        hand_over = stack.enter_context(write_behind(threads=context.threads))
        for plan in sources:
            first = plan.number * duplicates.PLACES
            excluded = _within(dropped, np.array([first, first + duplicates.PLACES - 1])) - first
            spread(context.connection, plan)
            lines = RecordLines(context.connection, plan)
            lost = stack.enter_context(closing(_LostNotes(context, plan)))
            for piece in staged[plan.number].pieces():
                rows = _stored(piece, excluded, tallies[plan.number], lines, lost)
                rows = unpivoted(_with_file(rows, context.names[plan.number]), plan)
                rows, silent = unanswered.split(rows, plan)
                tallies[plan.number].unanswered += silent.num_rows
                hand_over(partial(writer.write, rows))
                if silent.num_rows:
                    hand_over(partial(beside.write, silent))
                if counter is not None:
                    counter.add(rows)
    return tallies


def _read_all(
    context: IntakeContext,
    sources: Sequence[SourcePlan],
    staged: Mapping[int, Staging],
    tallies: Mapping[int, Tally],
) -> NDArray[np.int64]:
    """Read the sources of one table; return the places of staged rows that must not stay, ascending."""
    key_registers.create(context.connection)
    overlapping_intervals.create(context.connection)
    with closing(duplicates.Identities(context.connection, context.scratch)) as identities:
        for plan in sources:
            tally = tallies[plan.number]
            _read(context, plan, staged[plan.number], tally, identities)
            context.progress(
                f"{context.names[plan.number]}: {counted(tally.read, 'record')} of {plan.target.name}"
            )
        again = key_registers.named_again(context.connection, identities)
        copies = identities.repeated()
    if copies.num_rows:
        doubled = set[int]().union(*(tally.doubled for tally in tallies.values()))
        key = sources[0].contract.key
        quarantine.add_copies(context.connection, copies, names=context.names, key=key, doubled=doubled)
    unpaired = np.array([place for tally in tallies.values() for place in tally.unpaired], np.int64)
    gone = np.concatenate([copies["place"].to_numpy(), unpaired])
    twice = overlapping_intervals.doubled(context.connection, gone, names=context.names)
    quarantine.add(context.connection, twice)
    for place in again.to_pylist():
        tallies[place // duplicates.PLACES].named_again += 1
    return np.unique(np.concatenate([again.to_numpy(), gone, twice["place"].to_numpy()]))


def _writers(context: IntakeContext, plan: SourcePlan, stack: ExitStack) -> tuple[TableWriter, TableWriter]:
    """Open the file of a table and, for `responses`, that of rows without an answer."""
    schema, name = coded_schema(plan.target), plan.target.name
    writer = stack.enter_context(TableWriter(context.folder / f"{name}.parquet", schema))
    if name != unanswered.RESPONSES:
        return writer, writer
    return writer, stack.enter_context(TableWriter(context.folder / f"{UNANSWERED}.parquet", schema))


def _read(
    context: IntakeContext,
    plan: SourcePlan,
    staging: Staging,
    tally: Tally,
    identities: duplicates.Identities,
) -> None:
    """Read one source: broken and faulty records go to quarantine, the others to `staging`."""
    blocks = source_blocks(
        plan.source,
        context.files[plan.number],
        name=context.names[plan.number],
        wanted=plan.read,
        references=plan.references,
        repetitive=plan.repetitive,
        ids=plan.ids,
        threads=context.threads,
    )
    arrangement, broken = Arrangement(plan), list[BrokenRecord]()
    gathered = (
        LongForm(context.connection, plan, context.names, context.scratch)
        if plan.answers is not None
        else None
    )
    threads = context.threads if plan.source.form in ("csv", "parquet", "database") else 1
    with Judge(context, plan) as judge, closing(_Sorter(context, plan, judge, identities)) as sorter:
        for block in prefetch(blocks, threads=threads):
            tally.read += block.records.num_rows + len(block.broken)
            tally.notes += [note for note in block.notes if note not in tally.notes]
            broken += block.broken
            records = arrangement.arranged(block.records)
            if not plan.filters and gathered is None:
                sorter.refuse(quarantine.broken_rows(broken, plan.number))
                broken.clear()
            if records.num_rows and gathered is not None:
                gathered.add(records)
            elif records.num_rows:
                staging.add(sorter.sound(records))
        staying = arrangement.staying(broken)
        sorter.refuse(quarantine.broken_rows(staying, plan.number))
        if gathered is not None:
            gathered.note(staying)
            for records in gathered.records():
                staging.add(sorter.sound(records))
            tally.left_out |= gathered.left_out
        staging.insert(sorter.late())
        tally.unpaired += sorter.without_pair()
    tally.doubled |= sorter.doubled
    tally.notes += sorter.placeholders.notes()
    tally.left_out |= arrangement.left_out
    for words, rows in sorter.placeholders.left_out.items():
        tally.left_out[words] += rows
    if plan.source.once:
        if sorter.naming.nameless:
            key = " and ".join(plan.contract.key)
            tally.left_out |= {f"{key} holds a value": sorter.naming.nameless}
        tally.named_again += sorter.naming.again


class _Sorter:
    """Takes the sound records of a source from its blocks and puts the others into quarantine."""

    def __init__(
        self, context: IntakeContext, plan: SourcePlan, judge: Judge, identities: duplicates.Identities
    ) -> None:
        self._context, self._plan, self._judge, self._identities = context, plan, judge, identities
        self._look_up = known_rows(context, plan, judge)
        self._unsure: list[tuple[pa.Table, pa.Table]] = []
        self._waiting = 0
        seldom = sum(not repeats(field.column) for field in plan.fields)
        self._marker = duplicates.Marker(context.connection, plan.number, seldom)
        self.naming = key_registers.Naming(context.connection, plan.number)
        self.placeholders = Placeholders(plan)
        self.doubled: set[int] = set()
        self._staged: set[int] = set()
        self._refused = quarantine.inbox(context.connection)
        self._lost = _LostNotes(context, plan)
        schema = coded_schema(plan.contract)
        self._schema = schema.remove(schema.get_field_index("source_file"))

    def close(self) -> None:
        """Hand over what is waiting and forget what was prepared for this source."""
        self._refused.flush()
        self._lost.close()
        self.naming.close()
        self._marker.close()

    def refuse(self, rows: pa.Table) -> None:
        """Put rows into quarantine."""
        self._refused.add(rows)

    def sound(self, records: pa.Table) -> pa.Table:
        """Return the sound records, typed, in the order of the file."""
        cells = numbered(self._plan, records)
        looked_up = self._look_up(cells)
        if looked_up is None:
            return self._judged(records, cells)
        self._identities.add(self._marker.marked(looked_up.identities))
        if len(looked_up.places) == records.num_rows:
            return looked_up.rows
        unsure = np.delete(np.arange(records.num_rows), looked_up.places)
        if len(unsure) <= FEW and self._waiting < MOST_WAITING:
            self._unsure.append((records.take(unsure), cells.take(unsure)))
            self._waiting += len(unsure)
            return looked_up.rows
        return merged(looked_up.rows, self._judged(records.take(unsure), cells.take(unsure)))

    def late(self) -> pa.Table:
        """Return the sound records among those that were put off, to be judged by one query."""
        import pyarrow as pa

        if not self._unsure:
            return self._schema.empty_table()
        records, cells = (pa.concat_tables(tables) for tables in zip(*self._unsure, strict=True))
        return self._judged(records, cells)

    def without_pair(self) -> list[int]:
        """Put rows into quarantine of which nobody knows which of two hours they count; return their places.

        Either hour is noted as one that such a row is about.
        """
        if not (hours := self._judge.unpaired()):
            return []
        first = self._plan.number * duplicates.PLACES
        staged = [first + line in self._staged for line in hours[0]["source_line"].to_pylist()]
        earlier, later = (rows.filter(staged) for rows in hours)
        self.refuse(quarantine.unpaired_rows(earlier, self._plan))
        self._lost.add(later)
        return [first + line for line in earlier["source_line"].to_pylist()]

    def _judged(self, records: pa.Table, cells: pa.Table) -> pa.Table:
        """Return the sound records by the exact query."""
        import pyarrow as pa
        import pyarrow.compute as pc

        tested = self._judge.judged(cells)
        self.placeholders.count(tested)
        tested, records = self.placeholders.holding(tested, records)
        first, lines = self._plan.number * duplicates.PLACES, tested["source_line"]
        doubled = {first + lines[place].as_py() for place in doubled_places(tested, self._plan)}
        self.doubled |= doubled
        if self._plan.source.once:
            going = pa.array(self.naming.first(tested))
            tested, records = tested.filter(going), records.filter(going)
        else:
            self._identities.add(_identified(tested, self._plan.number))
        faulty = quarantine.faulty_rows(tested["fault"], records, self._plan, self._judge.tests)
        self.refuse(faulty)
        if faulty.num_rows:
            self._lost.add(tested.filter(pc.not_equal(tested["fault"], SOUND)))
        sound = tested.filter(pc.equal(tested["fault"], SOUND)) if faulty.num_rows else tested
        if doubled:
            self._staged |= doubled & {first + line for line in sound["source_line"].to_pylist()}
        if self._plan.target.name == overlapping_intervals.TABLE:
            overlapping_intervals.note(self._context.connection, sound, self._plan.number)
        return fitted(sound, self._schema)


def _within(places: NDArray[np.int64], lines: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return those of some ascending places that may be among ascending lines."""
    if not len(lines):
        return places[:0]
    begin, end = np.searchsorted(places, [lines[0], lines[-1] + 1])
    return places[begin:end]


class _LostNotes:
    """Notes what rows of one source that cannot stay are about: cases, and intervals."""

    def __init__(self, context: IntakeContext, plan: SourcePlan) -> None:
        of_source = (context.connection, plan.contract, plan.number)
        self._notes = (
            quarantined_links.LinkNotes(*of_source),
            quarantined_intervals.IntervalNotes(*of_source),
        )

    def add(self, rows: pa.Table) -> None:
        """Note rows with the columns of their table and ``source_line``."""
        for notes in self._notes:
            notes.add(rows)

    def close(self) -> None:
        """Hand over what is waiting."""
        for notes in self._notes:
            notes.close()


def _stored(
    piece: pa.Table,
    dropped: NDArray[np.int64],
    tally: Tally,
    made_of: RecordLines,
    lost: _LostNotes,
) -> pa.Table:
    """Return the rows of a piece without those at `dropped` lines; count them in `tally` and `lost`."""
    import pyarrow.compute as pc

    lines = piece["source_line"].to_numpy()
    positions = np.flatnonzero(np.isin(lines, _within(dropped, lines), assume_unique=True))
    if len(positions):
        lost.add(piece.take(positions))
        piece = without(piece, positions).combine_chunks()
    tally.kept += made_of.of(piece)
    tally.out_of_period += made_of.of(piece.select(["source_line"]).filter(pc.invert(piece["in_period"])))
    return piece


def remember(context: IntakeContext, table: str) -> None:
    """Keep what later tables look up in a finished one: the instant and the zone of its unit."""
    contract = TABLES[table]
    if not contract.instant:
        return
    from auditlib.evidence.parquet_files import verified_dataset

    stored = verified_dataset(context.folder / f"{table}.parquet")
    context.connection.register("finished", stored)
    has_unit = any(column.name == "unit_id" for column in contract.columns)
    zones = "LEFT JOIN unit_zones USING (unit_id)" if has_unit else ""
    number = "unit__zone__known" if has_unit else "CAST(NULL AS BIGINT)"
    parts = ", ".join(f"{contract.instant}_{part} AS {part}" for part in ("at", "day", "second"))
    context.connection.execute(
        f"CREATE TABLE parent_{table} AS SELECT {contract.key[0]} AS key, {parts}, "  # noqa: S608 - names from the contracts
        f"{number} AS zone FROM finished {zones}"
    )
    context.connection.unregister("finished")


def _identified(tested: pa.Table, number: int) -> pa.Table:
    """Return the identities of judged rows."""
    hashes = tested.select(["row__mark", "row__content"]).rename_columns(["mark", "content"])
    return duplicates.identities(number, tested["source_line"], tested["row__key"], hashes)


def _with_file(rows: pa.Table, name: str) -> pa.Table:
    import pyarrow as pa

    numbers = pa.array(np.zeros(rows.num_rows, dtype=np.int32))
    return rows.append_column("source_file", pa.DictionaryArray.from_arrays(numbers, [name]))
