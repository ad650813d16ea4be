"""Zone transitions as tables of integers, so that clocks are arithmetic and a join.

Zones come from the `tzdata` package and not from the machine, so every machine converts alike.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from auditlib.errors import ParameterError, Problem

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

DAY = 86_400
_STEP = 7
_HOUR = 3_600
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
SLOTS = 100_000
"""Days that one zone may take in a day table: the key of a row is ``zone * SLOTS + day``."""


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """Return the IANA zone `name`.

    Raises
    ------
    ParameterError
        When there is none.
    """
    parts = name.split("/")
    if all(part and part.strip(".") == part and "\\" not in part for part in parts):
        file = resources.files("tzdata").joinpath("zoneinfo", *parts)
        if file.is_file():
            with file.open("rb") as stream:
                return ZoneInfo.from_file(stream, key=name)
    raise ParameterError(
        Problem(
            f"there is no time zone {name!r}.",
            remedy="Give an IANA name such as Europe/Berlin or America/Chicago.",
        )
    )


@lru_cache(maxsize=1)
def all_zones() -> tuple[str, ...]:
    """Return the names of all IANA zones, the older ones included."""
    text = resources.files("tzdata").joinpath("zones").read_text(encoding="ascii")
    return tuple(text.split())


@dataclass(frozen=True, slots=True)
class OffsetChange:
    """A change of offset: its instant and the offsets before and after, in seconds."""

    at: int
    before: int
    after: int


def offset_at(name: str, at: int) -> int:
    """Return the offset from UTC, in seconds, at a UTC second since 1970."""
    return _offset(zone(name), at)


def _offset(place: ZoneInfo, at: int) -> int:
    offset = (_EPOCH + dt.timedelta(0, at)).astimezone(place).utcoffset()
    assert offset is not None  # noqa: S101 - every moment of an IANA zone has one
    return offset.days * DAY + offset.seconds


@lru_cache(maxsize=256)
def changes(name: str, last_day: int) -> tuple[OffsetChange, ...]:
    """Return every change of offset of a zone from 1970-01-01 until `last_day`."""
    return tuple(_changes(name, last_day))


def _changes(name: str, last_day: int) -> Iterator[OffsetChange]:
    """Look at the offset once a week: no zone has changed twice within one."""
    place = zone(name)
    before = _offset(place, -_STEP * DAY)
    for day in range(0, last_day + _STEP + 1, _STEP):
        after = _offset(place, day * DAY)
        if after != before:
            yield OffsetChange(
                _instant_of_change(place, (day - _STEP) * DAY, day * DAY, before), before, after
            )
            before = after


def _instant_of_change(place: ZoneInfo, low: int, high: int, before: int) -> int:
    """Return the first second in (low, high] with another offset; nearly always a whole hour."""
    hour = _first_other(place, low, high, before, step=_HOUR)
    if _offset(place, hour - 1) == before:
        return hour
    return _first_other(place, hour - _HOUR, hour, before, step=1)


def _first_other(place: ZoneInfo, low: int, high: int, before: int, *, step: int) -> int:
    """Return the first of low + step, low + 2 step ... high with another offset; `high` has one."""
    while high - low > step:
        middle = low + (high - low) // step // 2 * step
        low, high = (middle, high) if _offset(place, middle) == before else (low, middle)
    return high


def utc_days(zones: Sequence[str], last_day: int) -> pa.Table:
    """Return one row per zone and UTC day: the second of a change and the offsets around it.

    Columns ``utc__slot`` (zone number * SLOTS + day), ``utc__change`` (second of the UTC day; 86400 where
    nothing changes), ``utc__before``, ``utc__after`` (seconds east of UTC).
    """
    import numpy as np

    parts = []
    for number, name in enumerate(zones):
        found = changes(name, last_day)
        before, after = _offsets(name, found, [change.at // DAY for change in found], last_day)
        second = np.full(last_day + 1, DAY, dtype=np.int64)
        for change in found:
            if 0 <= change.at // DAY <= last_day:
                second[change.at // DAY] = change.at % DAY
        parts.append((_slots(number, last_day), second, before, after))
    return _table(("utc__slot", "utc__change", "utc__before", "utc__after"), parts)


def local_days(zones: Sequence[str], last_day: int) -> pa.Table:
    """Return one row per zone and local day: the window that a clock change repeats or skips.

    Columns ``local__slot``, ``local__from``, ``local__to`` (seconds of the local day, half-open; 86400 twice
    where nothing changes), ``local__before``, ``local__after`` (offsets around the window, seconds).
    Where ``local__after`` is larger, local times of the window do not exist; where it is smaller, they
    exist twice.
    """
    import numpy as np

    parts = []
    for number, name in enumerate(zones):
        found = changes(name, last_day)
        ends = [(_window(change)[1] - 1) // DAY for change in found]
        before, after = _offsets(name, found, ends, last_day)
        start = np.full(last_day + 1, DAY, dtype=np.int64)
        end = start.copy()
        for change in found:
            for day, low, high in _by_day(change):
                if 0 <= day <= last_day:
                    start[day], end[day] = low, high
                    before[day], after[day] = change.before, change.after
        parts.append((_slots(number, last_day), start, end, before, after))
    return _table(("local__slot", "local__from", "local__to", "local__before", "local__after"), parts)


def _window(change: OffsetChange) -> tuple[int, int]:
    """Return the local seconds since 1970 that a change repeats or skips, half-open."""
    low, high = sorted((change.at + change.before, change.at + change.after))
    return low, high


def _by_day(change: OffsetChange) -> Iterator[tuple[int, int, int]]:
    """Yield the window of a change by local day, in seconds of that day; midnight cuts it."""
    low, high = _window(change)
    for day in range(low // DAY, (high - 1) // DAY + 1):
        yield day, max(low - day * DAY, 0), min(high - day * DAY, DAY)


def _offsets(
    name: str, found: Sequence[OffsetChange], days: Sequence[int], last_day: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the offsets at the start and at the end of every day, given the day of each change."""
    import numpy as np

    known = np.array([offset_at(name, -_STEP * DAY), *(change.after for change in found)], dtype=np.int64)
    every = np.arange(last_day + 1)
    before = known[np.searchsorted(days, every, side="left")]
    after = known[np.searchsorted(days, every, side="right")]
    return before, after


def _slots(number: int, last_day: int) -> NDArray[np.int64]:
    import numpy as np

    return number * SLOTS + np.arange(last_day + 1, dtype=np.int64)


def _table(names: tuple[str, ...], parts: Sequence[tuple[NDArray[np.int64], ...]]) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return pa.table(dict(zip(names, columns, strict=True)))
