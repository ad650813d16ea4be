"""Days of zones as tables of integers, so that local time is arithmetic and a join, alike on every engine.

One table by UTC day says which offsets hold around a change; one by local day says which wall times a change
repeats or skips. Intake numbers its zones; who has names of zones in a column joins by them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditlib.time.clock_tables import Columns, Frame, without
from auditlib.time.epoch import DAY, DAY_SECONDS, SECOND
from auditlib.time.timetable import Instants
from auditlib.time.zones import OffsetChange, changes, offset_at, reached, zone

if TYPE_CHECKING:
    import pyarrow as pa

SLOTS = 100_000
"""Days that one zone may take in a day table: the key of a row is ``zone * SLOTS + day``."""


def utc_days(zones: Sequence[str], last_day: int) -> pa.Table:
    """Return one row per zone and UTC day: the second of a change and the offsets around it.

    Columns ``utc__slot`` (zone number * SLOTS + day), ``utc__change`` (second of the UTC day; 86400 where
    nothing changes), ``utc__before``, ``utc__after`` (seconds east of UTC).
    """
    parts = [
        (_slots(number, last_day), *_offsets_by_day(name, 0, last_day)) for number, name in enumerate(zones)
    ]
    return _table(("utc__slot", "utc__change", "utc__before", "utc__after"), parts)


def local_days(zones: Sequence[str], last_day: int) -> pa.Table:
    """Return one row per zone and local day: the window that a clock change repeats or skips.

    Columns ``local__slot``, ``local__from``, ``local__to`` (seconds of the local day, half-open; 86400 twice
    where nothing changes), ``local__before``, ``local__after`` (offsets around the window, seconds).
    Where ``local__after`` is larger, local times of the window do not exist; where it is smaller, they
    exist twice.
    """
    parts = [
        (_slots(number, last_day), *_windows_by_day(name, last_day)) for number, name in enumerate(zones)
    ]
    return _table(("local__slot", "local__from", "local__to", "local__before", "local__after"), parts)


def _offsets_by_day(name: str, first_day: int, last_day: int) -> tuple[Instants, Instants, Instants]:
    """Return, by UTC day, the second of a change and the offsets before and after it."""
    moves = changes(name, last_day, first_day=first_day)
    days = [move.at // DAY_SECONDS for move in moves]
    before, after = _offsets(name, moves, days, first_day, last_day)
    second = np.full(last_day - first_day + 1, DAY_SECONDS, dtype=np.int64)
    for move, day in zip(moves, days, strict=True):
        if first_day <= day <= last_day:
            second[day - first_day] = move.at % DAY_SECONDS
    return second, before, after


def _windows_by_day(name: str, last_day: int) -> tuple[Instants, Instants, Instants, Instants]:
    """Return, by local day, where a window begins and ends, and the offsets around it."""
    moves = changes(name, last_day)
    ends = [(_window(move)[1] - 1) // DAY_SECONDS for move in moves]
    before, after = _offsets(name, moves, ends, 0, last_day)
    start = np.full(last_day + 1, DAY_SECONDS, dtype=np.int64)
    end = start.copy()
    for move in moves:
        for day, low, high in _by_day(move):
            if 0 <= day <= last_day:
                start[day], end[day] = low, high
                before[day], after[day] = move.before, move.after
    return start, end, before, after


def _window(change: OffsetChange) -> tuple[int, int]:
    """Return the local seconds since 1970 that a change repeats or skips, half-open."""
    low, high = sorted((change.at + change.before, change.at + change.after))
    return low, high


def _by_day(change: OffsetChange) -> Iterator[tuple[int, int, int]]:
    """Yield the window of a change by local day, in seconds of that day; midnight cuts it."""
    low, high = _window(change)
    for day in range(low // DAY_SECONDS, (high - 1) // DAY_SECONDS + 1):
        midnight = day * DAY_SECONDS
        yield day, max(low - midnight, 0), min(high - midnight, DAY_SECONDS)


def _offsets(
    name: str, moves: Sequence[OffsetChange], days: Sequence[int], first_day: int, last_day: int
) -> tuple[Instants, Instants]:
    """Return the offsets at the start and at the end of every day, given the day of each change."""
    earliest = offset_at(name, (first_day - 7) * DAY_SECONDS)
    known = np.array([earliest, *(move.after for move in moves)], dtype=np.int64)
    every = np.arange(first_day, last_day + 1)
    before = known[np.searchsorted(days, every, side="left")]
    after = known[np.searchsorted(days, every, side="right")]
    return before, after


def _slots(number: int, last_day: int) -> Instants:
    return number * SLOTS + np.arange(last_day + 1, dtype=np.int64)


def _table(names: tuple[str, ...], parts: Sequence[tuple[Instants, ...]]) -> pa.Table:
    import pyarrow as pa

    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return pa.table(dict(zip(names, columns, strict=True)))


@dataclass(frozen=True, slots=True)
class ZoneTables:
    """Local days of several zones, laid out for joining; frames name their zone in a column.

    Parameters
    ----------
    days
        Zone by UTC day → the second of a change and the offsets around it.
    ends
        Zone by local day → the instant it ends at.
    """

    days: Frame
    ends: Frame


def zone_tables(
    zones: Iterable[str], first: int, last: int, *, frame_of: Callable[[Columns], Frame]
) -> ZoneTables:
    """Lay out the local days of `zones` from instant `first` to `last`, two days more on both sides."""
    names = sorted(set(zones))
    low, high = first // DAY - 2, last // DAY + 2
    keys = range(low, high + 1)
    rows: Columns = {
        "zone_name": [name for name in names for _ in keys],
        "zone_key": np.tile(keys, len(names)),
    }
    offsets = [
        np.concatenate(part)
        for part in zip(*(_offsets_by_day(name, low, high) for name in names), strict=True)
    ]
    days = rows | dict(zip(("zone_change", "zone_before", "zone_after"), offsets, strict=True))
    ends = [reached(zone(name), day + 1, 0) for name in names for day in keys]
    return ZoneTables(frame_of(days), frame_of(rows | {"zone_end": np.array(ends, dtype=np.int64)}))


def with_local_day(frame: Frame, zones: ZoneTables, *, at: str, zone: str, into: str) -> Frame:
    """Add column `into`: the local day on which the instant in column `at` falls."""
    import narwhals as nw

    keyed = frame.with_columns((nw.col(at) // DAY).alias("zone_key"))
    joined = keyed.join(
        zones.days, left_on=[zone, "zone_key"], right_on=["zone_name", "zone_key"], how="left"
    )
    early = nw.col(at) - nw.col("zone_key") * DAY < nw.col("zone_change") * SECOND
    offset = nw.when(early).then(nw.col("zone_before")).otherwise(nw.col("zone_after"))
    day = (nw.col(at) + offset * SECOND) // DAY
    return without(joined.with_columns(day.alias(into)), "zone_")


def with_day_end(frame: Frame, zones: ZoneTables, *, day: str, zone: str, into: str) -> Frame:
    """Add column `into`: the instant at which the local day in column `day` ends."""
    import narwhals as nw

    keyed = frame.with_columns(nw.col(day).cast(nw.Int64).alias("zone_key"))
    joined = keyed.join(
        zones.ends, left_on=[zone, "zone_key"], right_on=["zone_name", "zone_key"], how="left"
    )
    return without(joined.with_columns(nw.col("zone_end").alias(into)), "zone_")
