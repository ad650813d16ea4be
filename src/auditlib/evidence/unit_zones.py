"""The zones of a run: those it names, those of its units, and the day tables that instants are read by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from auditlib.evidence import unit_names
from auditlib.evidence.intake_context import IntakeContext
from auditlib.evidence.parquet_files import read_pieces
from auditlib.time.local_days import local_days, utc_days
from auditlib.time.zones import zone

if TYPE_CHECKING:
    from auditlib.parameters.run import Run


def prepare_zones(context: IntakeContext) -> None:
    """Fill the tables of unit zones and of local and UTC days, once the units are known."""
    import pyarrow as pa

    units, numbers = unit_zones(context)
    unit_names.create(context.connection, units, _unit_names(context))
    tables = {
        "unit_zones": pa.table(
            {"unit_id": pa.array(units, pa.string()), "unit__zone__known": pa.array(numbers, pa.int64())}
        ),
        "local_days": local_days(context.zones, context.last_day),
        "utc_days": utc_days(context.zones, context.last_day),
    }
    for name, table in tables.items():
        context.connection.register("filled", table)
        context.connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM filled")  # noqa: S608 - three fixed names
        context.connection.unregister("filled")


def unit_zones(context: IntakeContext) -> tuple[list[str], list[int]]:
    """Return the units of the register and the number of the zone of each; none before it is taken in."""
    if "units" not in context.tables_done:
        return [], []
    units: list[str] = []
    numbers: list[int] = []
    for piece in read_pieces(context.folder / "units.parquet"):
        units += piece["unit_id"].to_pylist()
        numbers += [
            context.zones.index(name or context.run.time_zone) for name in piece["time_zone"].to_pylist()
        ]
    return units, numbers


def _unit_names(context: IntakeContext) -> list[str | None]:
    if "units" not in context.tables_done:
        return []
    return [
        name for piece in read_pieces(context.folder / "units.parquet") for name in piece["name"].to_pylist()
    ]


def zones_named(run: Run, units: Path | None) -> tuple[str, ...]:
    """Return every zone that the run, its sources and its units name, sorted."""
    column_zones = [dates.time_zone for source in run.sources for dates in source.dates_of.values()]
    zones = {run.time_zone, *(source.dates.time_zone for source in run.sources)} - {"unit"}
    zones |= {zone for zone in column_zones if zone is not None} - {"unit"}
    for piece in read_pieces(units) if units is not None else ():
        zones |= {name for name in piece["time_zone"].to_pylist() if name}
    for name in zones:
        zone(name)
    return tuple(sorted(zones))
