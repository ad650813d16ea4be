"""Open time that outages take from a channel: overlapping outages once, nothing outside of opening hours.

The rule is written twice: for a single stretch after the other, as one would explain it, and for a register
of outages on a timetable.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from auditlib.time.calendar import Calendar
from auditlib.time.timetable import Instants, Timetable, elapsed
from auditlib.time.zones import local_day


class TimeSpan(NamedTuple):
    """Time from one instant to another, in UTC microseconds; empty where it ends before it starts."""

    start: int
    end: int


def lost_one(calendar: Calendar, outages: Sequence[TimeSpan], *, within: TimeSpan) -> int:
    """Return the open microseconds of a stretch in which an outage ran: the scalar reference.

    Parameters
    ----------
    calendar
        When the channel is open.
    outages
        Every outage of it, in any order.
    within
        What is looked at.

    Examples
    --------
    >>> from auditlib.time.calendar import ALWAYS
    >>> lost_one(ALWAYS, [TimeSpan(10, 30), TimeSpan(20, 40), TimeSpan(90, 200)], within=TimeSpan(0, 100))
    40
    """
    first, last = (local_day(calendar.zone, instant) for instant in within)
    lost = 0
    for day in range(first - 2, last + 1):
        for opens, closes in calendar.open_on(day):
            window = TimeSpan(max(opens, within.start), min(closes, within.end))
            lost += _covered(window, outages)
    return lost


def _covered(window: TimeSpan, outages: Sequence[TimeSpan]) -> int:
    """Return how much of a window lies in any of the outages, piece by piece between their ends."""
    marks = {window.start, window.end, *(mark for outage in outages for mark in outage)}
    inside = sorted(mark for mark in marks if window.start <= mark <= window.end)
    return sum(
        end - start
        for start, end in pairwise(inside)
        if any(outage.start <= start and end <= outage.end for outage in outages)
    )


def merged(starts: Instants, ends: Instants) -> tuple[Instants, Instants]:
    """Return the stretches that outages cover together, none touching another.

    Parameters
    ----------
    starts, ends
        Of each outage, shape (outages,); those that end before they start cover nothing.

    Examples
    --------
    >>> [list(map(int, ends)) for ends in merged(np.array([20, 10, 90]), np.array([40, 30, 95]))]
    [[10, 90], [40, 95]]
    """
    real = ends > starts
    order = np.argsort(starts[real], kind="stable")
    start, end = starts[real][order], ends[real][order]
    if not len(start):
        return start, end
    reach = np.maximum.accumulate(end)
    begins = np.concatenate([[True], start[1:] > reach[:-1]])
    last = np.concatenate([np.flatnonzero(begins)[1:] - 1, [len(start) - 1]])
    return start[begins], reach[last]


def lost(table: Timetable, starts: Instants, ends: Instants, *, within: TimeSpan) -> int:
    """Return the open microseconds of a stretch in which an outage ran, on a timetable that covers it.

    Parameters
    ----------
    starts, ends
        Of each outage, shape (outages,).
    """
    begun, over = merged(np.clip(starts, *within), np.clip(ends, *within))
    return int(elapsed(table, begun, over).sum())


def costs_open_time(table: Timetable, starts: Instants, ends: Instants, *, within: TimeSpan) -> Instants:
    """Return the open microseconds that each outage ran through by itself, shape (outages,)."""
    begun, over = np.clip(starts, *within), np.clip(ends, *within)
    return elapsed(table, begun, np.maximum(begun, over))
