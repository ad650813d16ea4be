"""Clocks at their edges: hours that come twice or never, pauses that lie within one another."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from auditlib.time.calendar import ALWAYS
from auditlib.time.clause import elapsed_one, merge
from auditlib.time.epoch import HOUR
from auditlib.time.zones import reached

BERLIN = ZoneInfo("Europe/Berlin")


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("day", "wall", "instant"),
    [
        # in October 02:00 to 03:00 comes twice: a time within is reached the first time
        (date(2025, 10, 26), "01:59:59", "2025-10-25 23:59:59"),
        (date(2025, 10, 26), "02:00:00", "2025-10-26 00:00:00"),
        (date(2025, 10, 26), "02:30:00", "2025-10-26 00:30:00"),
        (date(2025, 10, 26), "03:00:00", "2025-10-26 02:00:00"),
        # in March it never comes: a time within is reached when the clocks change
        (date(2025, 3, 30), "01:59:59", "2025-03-30 00:59:59"),
        (date(2025, 3, 30), "02:00:00", "2025-03-30 01:00:00"),
        (date(2025, 3, 30), "02:30:00", "2025-03-30 01:00:00"),
        (date(2025, 3, 30), "03:00:00", "2025-03-30 01:00:00"),
    ],
)
def test_a_time_of_day_is_reached_once(day: date, wall: str, instant: str) -> None:
    hours, minutes, seconds = map(int, wall.split(":"))
    second = hours * 3600 + minutes * 60 + seconds
    assert reached(BERLIN, (day - date(1970, 1, 1)).days, second) == utc(instant)


@pytest.mark.parametrize(
    ("pauses", "merged"),
    [
        ([(1, 9), (2, 5)], [(1, 9)]),  # within
        ([(1, 5), (4, 9)], [(1, 9)]),  # overlapping
        ([(1, 5), (5, 9)], [(1, 9)]),  # touching
        ([(1, 5), (6, 9)], [(1, 5), (6, 9)]),  # apart
        ([(6, 9), (1, 5)], [(1, 5), (6, 9)]),  # out of order
        ([(3, 3), (5, 4)], []),  # empty
    ],
)
def test_a_clock_stands_still_while_any_pause_lasts(
    pauses: list[tuple[int, int]], merged: list[tuple[int, int]]
) -> None:
    assert merge(pauses) == merged
    still = sum(high - low for low, high in merged)
    hours = [(low * HOUR, high * HOUR) for low, high in pauses]
    assert elapsed_one(ALWAYS, 0, 10 * HOUR, pauses=hours) == (10 - still) * HOUR
