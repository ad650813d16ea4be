"""Elapsed and deadline as table expressions: joins and integer arithmetic, the same on every engine.

No engine's own timestamp functions are used. An elapsed time joins each instant to its UTC day (open
time before that day, and the windows that touch it); a deadline joins the open time to be reached to
its bucket of equal width (the windows that supply it). Both joins are on equality, so they cost the
same on a laptop's DuckDB and on a cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np

from auditlib.time.epoch import DAY, HOUR
from auditlib.time.timetable import Instants, Timetable, total

Columns = dict[str, "Instants | list[str]"]
Frame = Any
"""A narwhals frame, eager or lazy."""


@dataclass(frozen=True, slots=True)
class ClockTables:
    """Calendars laid out for joining; every frame that uses them names its calendar in a column.

    Parameters
    ----------
    days
        Calendar by UTC day → open time before it, windows that touch it.
    buckets
        Calendar by bucket of open time → windows that supply it.
    width
        Width of a bucket, in microseconds.
    pieces, supplies
        How many windows a row of `days` and of `buckets` holds.
    """

    days: Frame
    buckets: Frame
    width: int
    pieces: int
    supplies: int


def clock_tables(timetables: Mapping[str, Timetable], *, frame_of: Callable[[Columns], Frame]) -> ClockTables:
    """Lay out `timetables`, by the name frames call them, as frames of the engine behind `frame_of`."""
    width = max(HOUR, min(_shortest(table) for table in timetables.values()))
    days = [_day_rows(table) for table in timetables.values()]
    buckets = [_bucket_rows(table, width) for table in timetables.values()]
    return ClockTables(
        frame_of(_stacked(list(timetables), days, "day_")),
        frame_of(_stacked(list(timetables), buckets, "bucket_")),
        width,
        max(rows[2].shape[1] for rows in days),
        max(rows[2].shape[1] for rows in buckets),
    )


def with_total(frame: Frame, clocks: ClockTables, *, at: str, into: str, calendar: str = "calendar") -> Frame:
    """Add column `into`: the open time, from a fixed beginning, up to the instant in column `at`."""
    keyed = frame.with_columns((nw.col(at) // DAY).alias("day_key"))
    joined = keyed.join(
        clocks.days, left_on=[calendar, "day_key"], right_on=["day_calendar", "day_key"], how="left"
    )
    open_time = nw.col("day_base")
    for piece in range(clocks.pieces):
        low, high, instant = nw.col(f"day_x{piece}"), nw.col(f"day_y{piece}"), nw.col(at)
        inside = (
            nw.when(instant <= low).then(0).when(instant < high).then(instant - low).otherwise(high - low)
        )
        open_time = open_time + inside
    return without(joined.with_columns(open_time.alias(into)), "day_")


def with_deadline(
    frame: Frame, clocks: ClockTables, *, start: str, open_time: str, into: str, calendar: str = "calendar"
) -> Frame:
    """Add column `into`: the earliest instant at which the open time in column `open_time` is used up."""
    begun = with_total(frame, clocks, at=start, into="clock_start", calendar=calendar)
    target = nw.col("clock_start") + nw.col(open_time)
    aimed = begun.with_columns(target.alias("clock_target")).with_columns(
        ((nw.col("clock_target") + (clocks.width - 1)) // clocks.width - 1).alias("bucket_key")
    )
    joined = aimed.join(
        clocks.buckets,
        left_on=[calendar, "bucket_key"],
        right_on=["bucket_calendar", "bucket_key"],
        how="left",
    )
    shift = nw.col("bucket_y0")
    for window in range(1, clocks.supplies):
        further = nw.col("clock_target") > nw.col(f"bucket_x{window}")
        shift = nw.when(further).then(nw.col(f"bucket_y{window}")).otherwise(shift)
    due = nw.when(nw.col(open_time) == 0).then(nw.col(start)).otherwise(nw.col("clock_target") + shift)
    return without(joined.with_columns(due.alias(into)), "bucket_", "clock_")


def without(frame: Frame, *prefixes: str) -> Frame:
    """Return `frame` without the columns that begin with one of `prefixes`."""
    names = frame.collect_schema().names()
    return frame.select([name for name in names if not name.startswith(prefixes)])


Rows = tuple[Instants, Instants, Instants, Instants]


def _shortest(table: Timetable) -> int:
    return int(np.min((table.closes - table.opens)[1:]))


def _day_rows(table: Timetable) -> Rows:
    """Return (day, open time before it, lows, highs); a missing window is empty."""
    first, last = table.first // DAY, table.last // DAY
    days = np.arange(first, last + 1, dtype=np.int64)
    low = np.maximum(table.opens[1:, None], 0)
    piece_day, lows, highs = _cut(low[:, 0], table.closes[1:], DAY)
    kept = (piece_day >= first) & (piece_day <= last)
    base = total(table, np.maximum(days * DAY, table.first))
    # On the first day the count begins at `first`, not at midnight: pieces before it are cut off.
    lows, highs = np.maximum(lows, table.first), np.maximum(highs, table.first)
    return days, base, *_spread(piece_day[kept] - first, lows[kept], highs[kept], len(days), fill=0)


def _bucket_rows(table: Timetable, width: int) -> Rows:
    """Return (bucket, 0, open time before each window, instant minus open time)."""
    before, through = table.before[1:], table.through[1:]
    bucket, lows, highs = _cut(before, through, width)
    window = np.searchsorted(through, highs, side="left")
    shift = (table.opens - table.before)[1:][window]
    count = int(bucket.max(initial=0)) + 1
    never = np.iinfo(np.int64).max
    x, y = _spread(bucket, lows, shift, count, fill=never)
    buckets = np.arange(count, dtype=np.int64)
    return buckets, np.zeros(count, dtype=np.int64), x, y


def _cut(low: Instants, high: Instants, width: int) -> tuple[Instants, Instants, Instants]:
    """Cut stretches at the multiples of `width`; return (multiple, low, high) of the pieces."""
    first, last = low // width, (high - 1) // width
    counts = last - first + 1
    owner = np.repeat(np.arange(len(low)), counts)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    slot = first[owner] + step
    return slot, np.maximum(low[owner], slot * width), np.minimum(high[owner], (slot + 1) * width)


def _spread(slot: Instants, x: Instants, y: Instants, count: int, *, fill: int) -> tuple[Instants, Instants]:
    """Set the pieces of each slot side by side, in order."""
    position = np.arange(len(slot)) - np.searchsorted(slot, slot, side="left")
    shape = (count, max(1, int(position.max(initial=0)) + 1))
    wide_x, wide_y = np.full(shape, fill, dtype=np.int64), np.full(shape, fill, dtype=np.int64)
    wide_x[slot, position], wide_y[slot, position] = x, y
    return wide_x, wide_y


def _stacked(names: list[str], parts: list[Rows], prefix: str) -> Columns:
    wide = max(part[2].shape[1] for part in parts)
    columns: Columns = {
        f"{prefix}calendar": [name for name, part in zip(names, parts, strict=True) for _ in part[0]],
        f"{prefix}key": np.concatenate([part[0] for part in parts]),
        f"{prefix}base": np.concatenate([part[1] for part in parts]),
    }
    for index, letter in ((2, "x"), (3, "y")):
        padded = [
            _padded(part[index], wide, 0 if prefix == "day_" else np.iinfo(np.int64).max) for part in parts
        ]
        stacked = np.concatenate(padded)
        columns |= {f"{prefix}{letter}{place}": stacked[:, place].copy() for place in range(wide)}
    return columns


def _padded(array: Instants, wide: int, fill: int) -> Instants:
    extra = np.full((array.shape[0], wide - array.shape[1]), fill, dtype=np.int64)
    return np.concatenate([array, extra], axis=1)
