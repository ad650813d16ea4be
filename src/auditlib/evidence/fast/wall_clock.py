"""Instants of many rows at once: plain time stamps to UTC and to the unit's own day and second.

The same arithmetic as `instants`, on arrays and without joins. What is not plain (another spelling, a
local time that a clock change repeats or skips, a day outside the tables) is left to the exact query.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from auditlib.time.epoch import DAY_SECONDS, SECOND
from auditlib.time.local_days import local_days, utc_days

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_WIDTHS = {"Y": 4, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2}
_ZERO, _NINE = 48, 9


@dataclass(frozen=True, slots=True)
class Instants:
    """Instants of rows; only where `plain` do the other arrays mean anything.

    Parameters
    ----------
    plain
        Whether the row's instant is certain.
    at
        UTC microseconds.
    day, second
        Local day since 1970 and second of that day, in the unit's zone.
    """

    plain: NDArray[np.bool_]
    at: NDArray[np.int64]
    day: NDArray[np.int64]
    second: NDArray[np.int64]


@dataclass(frozen=True)
class WallClock:
    """The day tables of all zones of a run, as arrays by zone and day.

    Parameters
    ----------
    zones
        Zone names; their position is their number.
    last_day
        Last day of the tables, as days since 1970.
    """

    zones: tuple[str, ...]
    last_day: int

    @cached_property
    def _local(self) -> tuple[NDArray[np.int64], ...]:
        return _columns(local_days(self.zones, self.last_day))

    @cached_property
    def _utc(self) -> tuple[NDArray[np.int64], ...]:
        return _columns(utc_days(self.zones, self.last_day))

    def instants(
        self,
        seconds: NDArray[np.int64],
        plain: NDArray[np.bool_],
        *,
        source_zone: NDArray[np.int64] | int | None,
        unit_zone: NDArray[np.int64] | int,
    ) -> Instants:
        """Return the instants of local times.

        Parameters
        ----------
        seconds
            Local seconds since 1970.
        plain
            Where they were read without doubt.
        source_zone
            Number of the zone they are written in; None where they are UTC already.
        unit_zone
            Number of the unit's zone.
        """
        at, certain = seconds, plain
        if source_zone is not None:
            at, certain = self._universal(seconds, plain, source_zone)
        slot, inside = self._slot(at, unit_zone)
        change, before, after = self._utc
        offset = np.where(at % DAY_SECONDS < change[slot], before[slot], after[slot])
        local = at + offset
        return Instants(certain & inside, at * SECOND, local // DAY_SECONDS, local % DAY_SECONDS)

    def _universal(
        self, seconds: NDArray[np.int64], plain: NDArray[np.bool_], zone: NDArray[np.int64] | int
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        slot, inside = self._slot(seconds, zone)
        start, end, before, after = self._local
        second = seconds % DAY_SECONDS
        ahead = second < start[slot]
        certain = plain & inside & (ahead | (second >= end[slot]))
        return seconds - np.where(ahead, before[slot], after[slot]), certain

    def _slot(
        self, seconds: NDArray[np.int64], zone: NDArray[np.int64] | int
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        day = seconds // DAY_SECONDS
        inside = (day > 0) & (day <= self.last_day)  # the first of all days is a placeholder
        return zone * (self.last_day + 1) + np.where(inside, day, 0), inside


def _columns(table: pa.Table) -> tuple[NDArray[np.int64], ...]:
    return tuple(column.to_numpy() for column in table.columns[1:])


def stamp_format(formats: Sequence[str]) -> str:
    """Return the one format that plain time stamps have; empty where they cannot be read at a glance.

    That takes a year of four digits and a day, no offset, and one meaning of every cell: all formats
    are local times, or the only one ends in ``Z``.
    """
    if not formats or "%z" in "".join(formats):
        return ""
    first = formats[0]
    if any(form.endswith("Z") for form in formats) and len(formats) > 1:
        return ""
    names = first.split("%")[1:]
    fixed = all(name and name[0] in _WIDTHS for name in names)
    used = [name[0] for name in names if name]
    whole = {"Y", "m", "d"} <= set(used) and len(set(used)) == len(used)
    return first if fixed and whole and first.isascii() else ""


def read_stamps(column: pa.Array, form: str, *, last_day: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return seconds since 1970 of time stamps written exactly as `form`, and where they are.

    Parameters
    ----------
    column
        Text, without nulls.
    form
        What `stamp_format` returned.
    last_day
        Last day that is read.
    """
    layout, width = _layout(form)
    import pyarrow.compute as pc

    length = pc.binary_length(column).to_numpy(zero_copy_only=False)
    plain = length == width
    chosen = np.flatnonzero(plain)
    seconds = np.zeros(len(column), dtype=np.int64)
    if not len(chosen):
        return seconds, plain
    read, sound = _read(_matrix(column, chosen, width), layout, last_day)
    seconds[chosen] = read
    plain[chosen] = sound
    return seconds, plain


def _matrix(column: pa.Array, chosen: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
    """Return the chosen cells, all of one width, as rows of bytes."""
    _, offsets, buffer = column.buffers()
    begin = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column)]
    body = np.frombuffer(buffer, dtype=np.uint8)
    if len(chosen) == len(column):
        return body[begin[0] : begin[0] + len(column) * width].reshape(-1, width)
    return np.asarray(body[begin[chosen].astype(np.int64)[:, None] + np.arange(width)])


def _layout(form: str) -> tuple[list[tuple[int, str]], int]:
    """Return the place of every part of a format (a letter for a number, else the character itself)."""
    parts: list[tuple[int, str]] = []
    at = place = 0
    while at < len(form):
        name = form[at + 1] if form[at] == "%" else ""
        parts.append((place, f"%{name}" if name else form[at]))
        place += _WIDTHS[name] if name else 1
        at += 2 if name else 1
    return parts, place


def _read(
    cells: NDArray[np.uint8], layout: list[tuple[int, str]], last_day: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    sound = np.ones(len(cells), dtype=bool)
    numbers: dict[str, NDArray[np.int32]] = {}
    for place, part in layout:
        if len(part) == 1:
            sound &= cells[:, place] == ord(part)
            continue
        number = np.zeros(len(cells), dtype=np.int32)
        for position in range(place, place + _WIDTHS[part[1]]):
            digit = cells[:, position] - np.uint8(_ZERO)
            sound &= digit <= _NINE
            number = number * 10 + digit
        numbers[part[1]] = number
    first_days = _first_days(last_day)
    month = (numbers["Y"] - 1970) * 12 + numbers["m"] - 1
    sound &= (numbers["m"] >= 1) & (numbers["m"] <= 12) & (month >= 0) & (month < len(first_days) - 1)
    month = np.where(sound, month, 0)
    day = first_days[month] + numbers["d"] - 1
    sound &= (numbers["d"] >= 1) & (day < first_days[month + 1])
    seconds = day * DAY_SECONDS
    for name, size, limit in (("H", 3600, 24), ("M", 60, 60), ("S", 1, 60)):
        if name in numbers:
            sound &= numbers[name] < limit
            seconds += numbers[name] * np.int64(size)
    return seconds, sound


def _first_days(last_day: int) -> NDArray[np.int64]:
    """Return the day, since 1970, on which each month begins, until the one behind `last_day`."""
    last = np.datetime64(last_day, "D").astype("datetime64[M]")
    months = np.arange(np.datetime64("1970-01"), last + np.timedelta64(2, "M"))
    return months.astype("datetime64[D]").astype(np.int64)
