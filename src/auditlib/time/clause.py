"""Elapsed and deadline as the clause reads, one case at a time, in plain integers.

This is the reference that the vectorised and the table form are held to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from auditlib.errors import ParameterError, Problem
from auditlib.time.calendar import Calendar
from auditlib.time.zones import local_day

Interval = tuple[int, int]


def elapsed_one(calendar: Calendar, start: int, end: int, *, pauses: Sequence[Interval] = ()) -> int:
    """Return the open time between two instants, in microseconds; negative where `end` comes first.

    Parameters
    ----------
    calendar
        When the clock runs.
    start, end
        UTC microseconds.
    pauses
        (from, to) intervals in which the clock stands still; they may overlap.
    """
    if end < start:
        return -elapsed_one(calendar, end, start, pauses=pauses)
    begun = takewhile(lambda stretch: stretch[0] < end, _running(calendar, start, pauses))
    return sum(min(closes, end) - opens for opens, closes in begun)


def deadline_one(calendar: Calendar, start: int, open_time: int, *, pauses: Sequence[Interval] = ()) -> int:
    """Return the earliest instant at which `open_time` microseconds are used up.

    That is the closing instant where they are used up at closing, not the next opening. What is due in
    no time is due at once, in or out of opening hours.
    """
    if open_time < 0:
        raise ParameterError(Problem("a deadline needs an open time of zero or more."))
    if open_time == 0:
        return start
    left, stretches = open_time, _running(calendar, start, pauses)
    opens, closes = next(stretches)
    while closes - opens < left:
        left -= closes - opens
        opens, closes = next(stretches)
    return opens + left


def _running(calendar: Calendar, start: int, pauses: Sequence[Interval]) -> Iterator[Interval]:
    """Yield, from `start` on, the stretches in which the clock runs; they never end: it opens every week."""
    merged = merge(pauses)
    # Overnight windows reach a day ahead and zones jump a day at most: two days back sees them all.
    day = local_day(calendar.zone, start) - 2
    while True:
        for opens, closes in calendar.open_on(day):
            yield from _without(max(opens, start), closes, merged)
        day += 1


def _without(opens: int, closes: int, pauses: Sequence[Interval]) -> Iterator[Interval]:
    for stop, resume in pauses:
        if opens < min(closes, stop):
            yield opens, min(closes, stop)
        opens = max(opens, min(closes, resume) if stop < closes else closes)
    if opens < closes:
        yield opens, closes


def merge(intervals: Sequence[Interval]) -> list[Interval]:
    """Return the union of `intervals` as ordered intervals that do not touch; empty ones are dropped."""
    merged: list[Interval] = []
    for low, high in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged
