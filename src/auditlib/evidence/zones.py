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
    import pyarrow as pa

DAY = 86_400
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


def known_zone(name: str) -> bool:
    """Whether `name` is an IANA zone."""
    try:
        zone(name)
    except ParameterError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Change:
    """A change of offset: its instant and the offsets before and after, in seconds."""

    at: int
    before: int
    after: int


def offset_at(name: str, at: int) -> int:
    """Return the offset from UTC, in seconds, at a UTC second since 1970."""
    moment = _EPOCH + dt.timedelta(seconds=at)
    offset = moment.astimezone(zone(name)).utcoffset()
    return round(offset.total_seconds()) if offset is not None else 0


@lru_cache(maxsize=256)
def changes(name: str, last_day: int) -> tuple[Change, ...]:
    """Return every change of offset of a zone from 1970-01-01 until `last_day`."""
    return tuple(_changes(name, last_day))


def _changes(name: str, last_day: int) -> Iterator[Change]:
    before = offset_at(name, -DAY)
    for day in range(-1, last_day + 2):
        after = offset_at(name, (day + 1) * DAY)
        if after != before:
            yield Change(_instant_of_change(name, day * DAY, (day + 1) * DAY, before), before, after)
            before = after


def _instant_of_change(name: str, low: int, high: int, before: int) -> int:
    """Return the first second in (low, high] with another offset."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset_at(name, middle) == before else (low, middle)
    return high


def utc_days(zones: Sequence[str], last_day: int) -> pa.Table:
    """Return one row per zone and UTC day: the second of a change and the offsets around it.

    Columns ``utc__slot`` (zone number * SLOTS + day), ``utc__change`` (second of the UTC day; 86400 where
    nothing changes), ``utc__before``, ``utc__after`` (seconds east of UTC).
    """
    rows = [row for number, name in enumerate(zones) for row in _utc_rows(number, name, last_day)]
    return _table(("utc__slot", "utc__change", "utc__before", "utc__after"), rows)


def _utc_rows(number: int, name: str, last_day: int) -> Iterator[tuple[int, ...]]:
    by_day = {change.at // DAY: change for change in changes(name, last_day)}
    offset = offset_at(name, 0)
    for day in range(last_day + 1):
        change = by_day.get(day)
        second, after = (change.at % DAY, change.after) if change else (DAY, offset)
        yield number * SLOTS + day, second, offset, after
        offset = after


def local_days(zones: Sequence[str], last_day: int) -> pa.Table:
    """Return one row per zone and local day: the window that a clock change repeats or skips.

    Columns ``local__slot``, ``local__from``, ``local__to`` (seconds of the local day, half-open; 86400 twice
    where nothing changes), ``local__before``, ``local__after`` (offsets around the window, seconds).
    Where ``local__after`` is larger, local times of the window do not exist; where it is smaller, they
    exist twice.
    """
    rows = [row for number, name in enumerate(zones) for row in _local_rows(number, name, last_day)]
    return _table(("local__slot", "local__from", "local__to", "local__before", "local__after"), rows)


def _local_rows(number: int, name: str, last_day: int) -> Iterator[tuple[int, ...]]:
    windows = dict(_windows(changes(name, last_day)))
    offset = offset_at(name, -DAY)
    for day in range(last_day + 1):
        start, end, before, after = windows.get(day, (DAY, DAY, offset, offset))
        yield number * SLOTS + day, start, end, before, after
        offset = after


def _windows(found: Sequence[Change]) -> Iterator[tuple[int, tuple[int, int, int, int]]]:
    """Yield, by local day, the window of each change; one that spans midnight is cut there."""
    for change in found:
        low, high = sorted((change.at + change.before, change.at + change.after))
        for day in range(low // DAY, (high - 1) // DAY + 1):
            start, end = max(low - day * DAY, 0), min(high - day * DAY, DAY)
            yield day, (start, end, change.before, change.after)


def _table(names: tuple[str, ...], rows: list[tuple[int, ...]]) -> pa.Table:
    import pyarrow as pa

    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return pa.table({name: pa.array(column, pa.int64()) for name, column in zip(names, columns, strict=True)})
