"""Clocks that stand still in listed states, for many cases at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from auditlib.time.timetable import Instants, Timetable, deadline, elapsed


@dataclass(frozen=True, slots=True)
class Pauses:
    """Intervals in which a case's clock stands still, ordered by case and disjoint within it.

    Parameters
    ----------
    case
        Position of the case in the arrays of starts, shape (pauses,).
    stops, resumes
        UTC microseconds, shape (pauses,).
    """

    case: Instants
    stops: Instants
    resumes: Instants


def pauses(case: ArrayLike, stops: ArrayLike, resumes: ArrayLike) -> Pauses:
    """Order the pauses of each case and merge those that touch or overlap; empty ones are dropped."""
    cases, low, high = (np.asarray(values, dtype=np.int64) for values in (case, stops, resumes))
    kept = low < high
    cases, low, high = cases[kept], low[kept], high[kept]
    order = np.lexsort((low, cases))
    cases, low, high = cases[order], low[order], high[order]
    if not len(cases):
        return Pauses(cases, low, high)
    # Running maximum of the ends within each case: ends are ranked so that the case outweighs the end.
    rank = np.unique(high, return_inverse=True)[1].astype(np.int64)
    levels = int(rank.max()) + 1
    position = np.unique(cases, return_inverse=True)[1].astype(np.int64)
    furthest = np.maximum.accumulate(position * levels + rank) - position * levels
    ends = np.unique(high)[furthest]
    fresh = np.ones(len(cases), dtype=bool)
    fresh[1:] = (cases[1:] != cases[:-1]) | (low[1:] > ends[:-1])
    first = np.flatnonzero(fresh)
    last = np.append(first[1:], len(cases)) - 1
    return Pauses(cases[first], low[first], ends[last])


def deadline_paused(table: Timetable, start: ArrayLike, open_time: ArrayLike, *, paused: Pauses) -> Instants:
    """Return the earliest instants at which the open times are used up, pauses not counted.

    A pause that begins before the deadline moves it by the open time within the pause; pauses are taken
    in order, the first of every case, then the second, and so on.
    """
    starts, times = np.broadcast_arrays(
        *(np.asarray(values, dtype=np.int64) for values in (start, open_time))
    )
    allowed = times.copy()
    due = deadline(table, starts, allowed)
    first = np.r_[True, paused.case[1:] != paused.case[:-1]] if len(paused.case) else np.zeros(0, dtype=bool)
    group = np.flatnonzero(first)
    round_of = np.arange(len(paused.case)) - np.repeat(group, np.diff(np.append(group, len(paused.case))))
    for turn in range(int(round_of.max()) + 1 if len(round_of) else 0):
        chosen = np.flatnonzero(round_of == turn)
        case, stops = paused.case[chosen], np.maximum(paused.stops[chosen], starts[paused.case[chosen]])
        moved = (stops < due[case]) & (paused.resumes[chosen] > stops)
        case, stops, resumes = case[moved], stops[moved], paused.resumes[chosen][moved]
        allowed[case] += elapsed(table, stops, resumes)
        due[case] = deadline(table, starts[case], allowed[case])
    return due
