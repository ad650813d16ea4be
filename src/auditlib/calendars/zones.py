"""Local days as table expressions: the day an instant falls on, and the instant a day ends at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import narwhals as nw
import numpy as np

from auditlib.calendars.calendar import UTC_DAY, local_day, reached
from auditlib.calendars.tables import Columns, Frame, without
from auditlib.calendars.timetable import Instants


@dataclass(frozen=True, slots=True)
class ZoneTables:
    """Local days of several zones, laid out for joining; frames name their zone in a column.

    Parameters
    ----------
    days
        Zone by UTC day → local day at its beginning, and the midnights within it.
    ends
        Zone by local day → the instant it ends at.
    midnights
        How many midnights a row of `days` holds.
    """

    days: Frame
    ends: Frame
    midnights: int


def zone_tables(
    zones: Iterable[str], first: int, last: int, *, frame_of: Callable[[Columns], Frame]
) -> ZoneTables:
    """Lay out the local days of `zones` from instant `first` to instant `last`, a day more on both sides."""
    names = sorted(set(zones))
    low, high = first // UTC_DAY - 2, last // UTC_DAY + 2
    midnights = {
        name: np.array([reached(ZoneInfo(name), day, 0) for day in range(low, high + 2)], dtype=np.int64)
        for name in names
    }
    parts = {name: _day_rows(name, table, low, high) for name, table in midnights.items()}
    wide = max(part.shape[1] for _, part in parts.values())
    never = np.iinfo(np.int64).max
    padded = [
        np.pad(part, ((0, 0), (0, wide - part.shape[1])), constant_values=never) for _, part in parts.values()
    ]
    stacked = np.concatenate(padded)
    keys = np.arange(low, high + 1, dtype=np.int64)
    days: Columns = {
        "zone_name": [name for name in names for _ in keys],
        "zone_key": np.tile(keys, len(names)),
        "zone_base": np.concatenate([base for base, _ in parts.values()]),
    }
    days |= {f"zone_x{place}": stacked[:, place].copy() for place in range(wide)}
    ends: Columns = {
        "zone_name": days["zone_name"],
        "zone_key": days["zone_key"],
        "zone_end": np.concatenate([midnights[name][1:] for name in names]),
    }
    return ZoneTables(frame_of(days), frame_of(ends), wide)


def _day_rows(name: str, midnights: Instants, low: int, high: int) -> tuple[Instants, Instants]:
    """Return the local day at the beginning of each UTC day, and the midnights within it, side by side."""
    starts = np.arange(low, high + 1, dtype=np.int64) * UTC_DAY
    base = np.array([local_day(ZoneInfo(name), int(start)) for start in starts], dtype=np.int64)
    first = np.searchsorted(midnights, starts, side="right")
    counts = np.searchsorted(midnights, starts + UTC_DAY, side="left") - first
    wide = np.full((len(starts), max(1, int(counts.max()))), np.iinfo(np.int64).max, dtype=np.int64)
    for place in range(wide.shape[1]):
        held = counts > place
        wide[held, place] = midnights[(first + place)[held]]
    return base, wide


def with_local_day(frame: Frame, zones: ZoneTables, *, at: str, zone: str, into: str) -> Frame:
    """Add column `into`: the local day on which the instant in column `at` falls."""
    keyed = frame.with_columns((nw.col(at) // UTC_DAY).alias("zone_key"))
    joined = keyed.join(
        zones.days, left_on=[zone, "zone_key"], right_on=["zone_name", "zone_key"], how="left"
    )
    day = nw.col("zone_base")
    for place in range(zones.midnights):
        day = day + nw.when(nw.col(at) >= nw.col(f"zone_x{place}")).then(1).otherwise(0)
    return without(joined.with_columns(day.alias(into)), "zone_")


def with_day_end(frame: Frame, zones: ZoneTables, *, day: str, zone: str, into: str) -> Frame:
    """Add column `into`: the instant at which the local day in column `day` ends."""
    keyed = frame.with_columns(nw.col(day).cast(nw.Int64).alias("zone_key"))
    joined = keyed.join(
        zones.ends, left_on=[zone, "zone_key"], right_on=["zone_name", "zone_key"], how="left"
    )
    return without(joined.with_columns(nw.col("zone_end").alias(into)), "zone_")
