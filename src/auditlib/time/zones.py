"""Time zones: their names, their changes of offset, and what their wall clocks show.

Zones come from the `tzdata` package and not from the machine, so every machine converts alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from auditlib.errors import ParameterError, Problem
from auditlib.time.epoch import DAY_SECONDS, EPOCH, SECOND, day_number, instant_of, moment_of

_STEP = 7
_HOUR_SECONDS = 3_600
_WALL_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - what a wall clock shows has no zone yet


@cache
def zone_names() -> frozenset[str]:
    """Return the names of all IANA zones, the older ones included."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


def zone_known(name: str) -> bool:
    """Return whether `name` is an IANA time zone.

    Examples
    --------
    >>> zone_known("Europe/Berlin"), zone_known("Europe/Atlantis")
    (True, False)
    """
    return name in zone_names()


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """Return the IANA zone `name`.

    Raises
    ------
    ParameterError
        When there is none.
    """
    parts = name.split("/")
    # A name with dots or backslashes could lead out of the folder of zones.
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


def local_day(place: ZoneInfo, instant: int) -> int:
    """Return the local day (days since 1970-01-01) on which `instant` falls."""
    return day_number(moment_of(instant).astimezone(place).date())


@lru_cache(maxsize=65_536)
def reached(place: ZoneInfo, day: int, second: int) -> int:
    """Return the first instant at which the wall clock of `place` has reached `second` of `day`.

    A time skipped when clocks go forward is reached at the change; a time that exists twice is reached
    the first time. The result never decreases as the wall time grows, so windows never overlap, and a
    window over a change lasts the seconds that really pass.
    """
    wall = _WALL_EPOCH + timedelta(days=day, seconds=second)
    first, second_pass = (instant_of(wall.replace(tzinfo=place, fold=fold)) for fold in (0, 1))
    if second_pass >= first:
        return first
    low, high = second_pass // SECOND, first // SECOND
    return _first_other(place, low, high, _offset(place, low), step=1) * SECOND


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
    offset = (EPOCH + timedelta(0, at)).astimezone(place).utcoffset()
    assert offset is not None  # noqa: S101 - every moment of an IANA zone has one
    return offset.days * DAY_SECONDS + offset.seconds


@lru_cache(maxsize=256)
def changes(name: str, last_day: int, *, first_day: int = 0) -> tuple[OffsetChange, ...]:
    """Return every change of offset of a zone from `first_day` (days since 1970) until `last_day`."""
    return tuple(_changes(name, first_day, last_day))


def _changes(name: str, first_day: int, last_day: int) -> Iterator[OffsetChange]:
    """Look at the offset once a week: no zone has changed twice within one."""
    place = zone(name)
    before = _offset(place, (first_day - _STEP) * DAY_SECONDS)
    for day in range(first_day, last_day + _STEP + 1, _STEP):
        low, high = (day - _STEP) * DAY_SECONDS, day * DAY_SECONDS
        after = _offset(place, high)
        if after != before:
            yield OffsetChange(_instant_of_change(place, low, high, before), before, after)
            before = after


def _instant_of_change(place: ZoneInfo, low: int, high: int, before: int) -> int:
    """Return the first second in (low, high] with another offset; nearly always a whole hour."""
    hour = _first_other(place, low, high, before, step=_HOUR_SECONDS)
    if _offset(place, hour - 1) == before:
        return hour
    return _first_other(place, hour - _HOUR_SECONDS, hour, before, step=1)


def _first_other(place: ZoneInfo, low: int, high: int, before: int, *, step: int) -> int:
    """Return the first of low + step, low + 2 step ... high with another offset; `high` has one."""
    while high - low > step:
        middle = low + (high - low) // step // 2 * step
        low, high = (middle, high) if _offset(place, middle) == before else (low, middle)
    return high
