"""One canonical table from its sources: read, test, keep or quarantine, count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditlib.contracts import TABLES, Kind
from auditlib.evidence import duplicates, quarantine
from auditlib.evidence.clocks import ClockRule, with_instant
from auditlib.evidence.engine import lazy
from auditlib.evidence.plan import Plan
from auditlib.evidence.reading import projection, trimmed
from auditlib.evidence.rules import SOUND, Parent, Rule, rules, with_fault
from auditlib.evidence.sources import source_blocks
from auditlib.evidence.storage import Staging, TableWriter, canonical_schema, read_pieces, verified_dataset
from auditlib.evidence.wide import unpivoted
from auditlib.evidence.zones import local_days, utc_days, zone

if TYPE_CHECKING:
    import duckdb
    import narwhals as nw
    import pyarrow as pa

    from auditlib.parameters.run import Run

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every table's intake shares.

    Parameters
    ----------
    run
        The run's parameters.
    connection
        The embedded database.
    folder
        Where canonical tables are written.
    files, names
        File of each source, and the name it is reported under, by the source's number.
    threads
        Threads to use.
    progress
        Called with one line of text per source.
    zones
        Zone names; their position is their number.
    done
        Tables already taken in.
    """

    run: Run
    connection: duckdb.DuckDBPyConnection
    folder: Path
    files: Mapping[int, Path]
    names: tuple[str, ...]
    threads: int
    progress: Callable[[str], None]
    zones: tuple[str, ...] = ()
    done: tuple[str, ...] = ()

    @property
    def scratch(self) -> Path:
        """Folder for files that do not outlive the intake."""
        return self.folder / "scratch"

    @property
    def as_of(self) -> int:
        """The instant of the audit in UTC microseconds."""
        return (self.run.as_of - _EPOCH) // dt.timedelta(microseconds=1)

    @property
    def last_day(self) -> int:
        """Last day of the zone tables; what lies later is in the future."""
        return self.as_of // 86_400_000_000 + 2


@dataclass(slots=True)
class Tally:
    """Records of one source while they are counted."""

    read: int = 0
    kept: int = 0
    out_of_period: int = 0


def take_in(shop: Workshop, sources: Sequence[Plan]) -> dict[int, Tally]:
    """Bring the sources of one table into canonical form; return the tally of each source.

    Writes ``<table>.parquet`` and adds to the quarantine kept in the database. Rows wait in a staging
    file until the last is read, because only then is it known which ids occur again.
    """
    duplicates.create(shop.connection)
    staged = {plan.number: Staging(shop.scratch / f"{plan.number}.arrow") for plan in sources}
    tallies = {plan.number: Tally() for plan in sources}
    for plan in sources:
        _read(shop, plan, staged[plan.number], tallies[plan.number])
        shop.progress(f"{shop.names[plan.number]}: {tallies[plan.number].read} records of {plan.target.name}")
    copies = duplicates.repeated(shop.connection)
    if copies.num_rows:
        quarantine.add_copies(shop.connection, copies, names=shop.names, key=sources[0].contract.key)
    path = shop.folder / f"{sources[0].target.name}.parquet"
    with TableWriter(path, canonical_schema(sources[0].target)) as writer:
        for plan in sources:
            for piece in staged[plan.number].pieces():
                writer.write(_stored(piece, plan, copies, shop.names[plan.number], tallies[plan.number]))
    return tallies


def _read(shop: Workshop, plan: Plan, staging: Staging, tally: Tally) -> None:
    """Read one source: broken and faulty records go to quarantine, the others to `staging`."""
    import pyarrow.compute as pc

    tests, query = _tests(shop, plan), ""
    blocks = source_blocks(
        plan.source,
        shop.files[plan.number],
        name=shop.names[plan.number],
        wanted=plan.wanted,
        repetitive=plan.repetitive,
        threads=shop.threads,
    )
    for block in blocks:
        tally.read += block.records.num_rows + len(block.broken)
        quarantine.add(shop.connection, quarantine.broken_rows(block.broken, plan.number))
        if not block.records.num_rows:
            continue
        query = query or _query(shop, plan, block.records, tests)
        tested = _tested(shop, plan, block.records, query)
        duplicates.note(shop.connection, _identities(tested, plan.number))
        faulty = quarantine.faulty_rows(tested["fault"], block.records, plan, tests)
        quarantine.add(shop.connection, faulty)
        sound = tested.filter(pc.equal(tested["fault"], SOUND)) if faulty.num_rows else tested
        staging.add(sound.drop_columns(["fault", "row__key", "row__content"]))


def _stored(piece: pa.Table, plan: Plan, copies: pa.Table, name: str, tally: Tally) -> pa.Table:
    """Return the canonical rows of a piece without `copies`, and count them in `tally`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if copies.num_rows:
        places = pc.add(piece["source_line"], pa.scalar(plan.number * duplicates.PLACES, pa.int64()))
        piece = piece.filter(pc.invert(pc.is_in(places, value_set=copies["place"].combine_chunks())))
    tally.kept += piece.num_rows
    tally.out_of_period += pc.sum(pc.invert(piece["in_period"])).as_py() or 0
    return unpivoted(_with_file(piece, name), plan)


def _query(shop: Workshop, plan: Plan, records: pa.Table, tests: tuple[Rule, ...]) -> str:
    """Return the whole work on one block of a source as one query; written once, run per block."""
    connection = shop.connection
    numbered = _numbered(plan, records)
    connection.register("block", numbered)
    frame = lazy(connection, connection.sql(projection(plan, shop.run, numbered.schema)))
    frame = _with_period(shop, plan, _with_context(shop, plan, frame))
    stored = [name for name in canonical_schema(plan.contract).names if name != "source_file"]
    chosen = with_fault(frame, tests).select(*stored, "fault", "row__key", "row__content")
    query: str = chosen.to_native().sql_query()
    connection.unregister("block")
    return query


def _tested(shop: Workshop, plan: Plan, records: pa.Table, query: str) -> pa.Table:
    """Return the typed records in their order, with ``fault`` and ``in_period``."""
    shop.connection.register("block", _numbered(plan, records))
    try:
        return _in_order(shop.connection.sql(query).to_arrow_table())
    finally:
        shop.connection.unregister("block")


def _in_order(rows: pa.Table) -> pa.Table:
    """Return rows in the order of the file; the database keeps it as a rule, not by promise."""
    import numpy as np

    lines = rows["source_line"].to_numpy()
    return rows if (np.diff(lines) > 0).all() else rows.sort_by("source_line")


def _numbered(plan: Plan, records: pa.Table) -> pa.Table:
    return trimmed(records, plan).rename_columns(
        [*(f"c{number}" for number in range(len(plan.wanted))), "source_line"]
    )


def _with_context(shop: Workshop, plan: Plan, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add what is known from other tables: the parents' instants, the unit's zone; then the clocks."""
    import narwhals as nw

    connection = shop.connection
    instants = [column.name for column in plan.contract.columns if column.kind is Kind.INSTANT]
    parents = _parents(shop, plan)
    for parent in parents:
        names = {"key": parent.link, "at": parent.instant, "zone": f"parent__{parent.link}_zone"}
        looked_up = lazy(connection, connection.table(f"parent_{parent.table}")).rename(names)
        frame = frame.join(looked_up, on=parent.link, how="left")
    if "unit_id" in [column.name for column in plan.contract.columns if column.references == "units"]:
        frame = frame.join(lazy(connection, connection.table("unit_zones")), on="unit_id", how="left")
        found = nw.col("unit__zone__known")
    else:
        zones = [nw.col(f"parent__{parent.link}_zone") for parent in parents]
        found = nw.coalesce(*zones) if zones else nw.lit(None, dtype=nw.Int64())
    if not instants:
        return frame
    default = shop.zones.index(shop.run.time_zone)
    frame = frame.with_columns(unit__zone=found.fill_null(default).cast(nw.Int64))
    rule = _clock_rule(shop, plan)
    for stem in instants:
        frame = with_instant(
            frame,
            stem,
            rule=rule,
            local_days=lazy(connection, connection.table("local_days")),
            utc_days=lazy(connection, connection.table("utc_days")),
        )
    return frame


def _clock_rule(shop: Workshop, plan: Plan) -> ClockRule:
    dates = plan.source.dates
    number = None if dates.time_zone == "unit" else shop.zones.index(dates.time_zone)
    return ClockRule(number, dates.ambiguous, dates.nonexistent, shop.last_day)


def _with_period(shop: Workshop, plan: Plan, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    import narwhals as nw

    if not plan.contract.instant:
        return frame.with_columns(in_period=nw.lit(value=True))
    day = nw.col(f"{plan.contract.instant}_day")
    first, last = ((when - _EPOCH.date()).days for when in (shop.run.period.start, shop.run.period.end))
    return frame.with_columns(in_period=((day >= first) & (day <= last)).fill_null(value=True))


def _tests(shop: Workshop, plan: Plan) -> tuple[Rule, ...]:
    return rules(
        plan.contract,
        instruments={name: shop.run.instrument(name) for name in shop.run.instruments},
        parents=_parents(shop, plan),
        as_of=shop.as_of,
        register="units" in shop.done,
        bands=tuple(plan.source.wide.n_bands) if plan.source.wide is not None else (),
    )


def _parents(shop: Workshop, plan: Plan) -> tuple[Parent, ...]:
    """Return the tables whose instant a row of this one must not precede."""
    if not any(column.kind is Kind.INSTANT for column in plan.contract.columns):
        return ()
    return tuple(
        Parent(column.name, column.references)
        for column in plan.contract.columns
        if column.references in shop.done and TABLES[column.references].instant
    )


def remember(shop: Workshop, table: str) -> None:
    """Keep what later tables look up in a finished one: the instant and the zone of its unit."""
    contract = TABLES[table]
    if not contract.instant:
        return
    stored = verified_dataset(shop.folder / f"{table}.parquet")
    shop.connection.register("finished", stored)
    has_unit = any(column.name == "unit_id" for column in contract.columns)
    zones = "LEFT JOIN unit_zones USING (unit_id)" if has_unit else ""
    number = "unit__zone__known" if has_unit else "CAST(NULL AS BIGINT)"
    shop.connection.execute(
        f"CREATE TABLE parent_{table} AS SELECT {contract.key[0]} AS key, {contract.instant}_at AS at, "  # noqa: S608 - names from the contracts
        f"{number} AS zone FROM finished {zones}"
    )
    shop.connection.unregister("finished")


def prepare_zones(shop: Workshop) -> None:
    """Fill the tables of unit zones and of local and UTC days, once the units are known."""
    import pyarrow as pa

    units, numbers = _unit_zones(shop)
    tables = {
        "unit_zones": pa.table(
            {"unit_id": pa.array(units, pa.string()), "unit__zone__known": pa.array(numbers, pa.int64())}
        ),
        "local_days": local_days(shop.zones, shop.last_day),
        "utc_days": utc_days(shop.zones, shop.last_day),
    }
    for name, table in tables.items():
        shop.connection.register("filled", table)
        shop.connection.execute(f"CREATE TABLE {name} AS SELECT * FROM filled")  # noqa: S608 - three fixed names
        shop.connection.unregister("filled")


def _unit_zones(shop: Workshop) -> tuple[list[str], list[int]]:
    if "units" not in shop.done:
        return [], []
    units: list[str] = []
    numbers: list[int] = []
    for piece in read_pieces(shop.folder / "units.parquet"):
        units += piece["unit_id"].to_pylist()
        numbers += [shop.zones.index(name or shop.run.time_zone) for name in piece["time_zone"].to_pylist()]
    return units, numbers


def zone_names(run: Run, units: Path | None) -> tuple[str, ...]:
    """Return every zone that the run, its sources and its units name, sorted."""
    named = {run.time_zone, *(source.dates.time_zone for source in run.sources)} - {"unit"}
    for piece in read_pieces(units) if units is not None else ():
        named |= {name for name in piece["time_zone"].to_pylist() if name}
    for name in named:
        zone(name)
    return tuple(sorted(named))


def _identities(tested: pa.Table, number: int) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    place = pc.add(tested["source_line"], pa.scalar(number * duplicates.PLACES, pa.int64()))
    return pa.table({"place": place, "key": tested["row__key"], "content": tested["row__content"]})


def _with_file(rows: pa.Table, name: str) -> pa.Table:
    import pyarrow as pa

    return rows.append_column("source_file", pa.repeat(pa.scalar(name, pa.string()), rows.num_rows))
