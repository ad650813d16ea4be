"""Units with contacts on a single day: no interval can know what the days of such a unit differ by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import to_pandas
from auditlib.service_levels.counts import TABLE

if TYPE_CHECKING:
    import narwhals as nw

_DAYS = {"interactions": "offered_day", TABLE: "starts_day"}


def units_of_a_single_day(tables: CanonicalTables, channel: str) -> tuple[str, ...]:
    """Return the units whose contacts by a channel, or counts of these, are all of one day, by their ids."""
    import narwhals as nw

    days = [_days(tables.lazy(table), channel, table) for table in _DAYS if table in tables.tables]
    if not days:
        return ()
    by_unit = nw.concat(days).unique().group_by("unit_id").agg(days=nw.len())
    single = to_pandas(by_unit.filter(nw.col("days") == 1).sort("unit_id"))
    return tuple(single["unit_id"].astype(str))


def _days(rows: nw.LazyFrame[Any], channel: str, table: str) -> nw.LazyFrame[Any]:
    import narwhals as nw

    inside = rows.filter(nw.col("in_period"), nw.col("channel") == channel)
    return inside.select("unit_id", day=nw.col(_DAYS[table]).cast(nw.Int64))
