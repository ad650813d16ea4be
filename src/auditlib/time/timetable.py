"""Elapsed and deadline for millions of cases: integer arrays on a table of windows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from auditlib.errors import ParameterError, Problem
from auditlib.time.calendar import Calendar
from auditlib.time.zones import local_day

Instants = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Timetable:
    """The windows of a calendar, one after the other, with the open time before each.

    Parameters
    ----------
    calendar
        What it was made from.
    first, last
        Instants it answers for, both included.
    opens, closes
        Opening and closing instants, ascending, shape (windows,). The first window is empty.
    before
        Open time before each window, in microseconds, shape (windows,).
    """

    calendar: Calendar
    first: int
    last: int
    opens: Instants
    closes: Instants
    before: Instants

    @property
    def through(self) -> Instants:
        """Open time up to the end of each window, shape (windows,)."""
        return self.before + (self.closes - self.opens)


def timetable(calendar: Calendar, first: int, last: int, *, longest: int = 0) -> Timetable:
    """Lay out the windows of `calendar`.

    Parameters
    ----------
    calendar
        When the clock runs.
    first, last
        Earliest and latest instant to be asked about, UTC microseconds.
    longest
        Longest open time a deadline will be asked for, in microseconds; windows are laid out until it
        is used up from `last` on.
    """
    day = local_day(calendar.zone, first) - 2
    final = local_day(calendar.zone, last)
    windows: list[tuple[int, int]] = []
    ahead = 0
    while day <= final or ahead < longest or not windows:
        opened = list(calendar.open_on(day))
        windows += opened
        ahead += sum(closes - max(opens, last) for opens, closes in opened if closes > last)
        day += 1
    start = min([first, *(opens for opens, _ in windows[:1])])
    array = np.array([(start, start), *windows], dtype=np.int64)
    opens, closes = np.ascontiguousarray(array[:, 0]), np.ascontiguousarray(array[:, 1])
    lengths = closes - opens
    return Timetable(calendar, first, max(last, int(closes[-1])), opens, closes, np.cumsum(lengths) - lengths)


def elapsed(table: Timetable, start: ArrayLike, end: ArrayLike) -> Instants:
    """Return the open time between instants, in microseconds; negative where `end` comes first.

    Parameters
    ----------
    table
        Made by `timetable`; must cover every instant.
    start, end
        UTC microseconds, int64, shapes that broadcast.
    """
    return total(table, end) - total(table, start)


def deadline(table: Timetable, start: ArrayLike, open_time: ArrayLike) -> Instants:
    """Return the earliest instants at which the open times are used up; see `deadline_one`.

    Raises
    ------
    ParameterError
        Where an open time is negative, or runs beyond the timetable.
    """
    starts, times = _int64(start), _int64(open_time)
    if np.any(times < 0):
        raise ParameterError(Problem("a deadline needs an open time of zero or more."))
    target = total(table, starts) + times
    through = table.through
    window = np.searchsorted(through, target, side="left")
    if window.size and int(np.max(window)) >= len(through):
        raise _too_short(table)
    reached = (table.opens - table.before)[window] + target
    return np.maximum(reached, starts)


def total(table: Timetable, at: ArrayLike) -> Instants:
    """Return the open time from the beginning of `table` up to the instants `at`."""
    instants = _int64(at)
    if instants.size and (int(instants.min()) < table.first or int(instants.max()) > table.last):
        raise _too_short(table)
    window = np.searchsorted(table.opens, instants, side="right") - 1
    return table.before[window] + np.minimum(instants, table.closes[window]) - table.opens[window]


def _int64(values: ArrayLike) -> Instants:
    array = np.asarray(values)
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise ParameterError(Problem(f"instants are integers, not {array.dtype}."))
    return array.astype(np.int64, copy=False)


def _too_short(table: Timetable) -> ParameterError:
    return ParameterError(
        Problem(
            f"the timetable of calendar {table.calendar.name!r} does not cover every instant asked about.",
            remedy="Lay it out from the earliest to the latest instant, with the longest open time.",
        )
    )
