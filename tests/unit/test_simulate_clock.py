"""Local time and opening hours of the generator, against plain loops."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from company.clock import DAY, OpeningHours, to_local, to_utc, unambiguous

HOURS = OpeningHours(9 * 3600, 17 * 3600)


def seconds(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("start", "hours", "deadline"),
    [
        ((2014, 1, 17, 16, 30), 1, (2014, 1, 20, 9, 30)),
        ((2014, 1, 16, 15, 0), 8, (2014, 1, 17, 15, 0)),
        ((2014, 1, 17, 9, 0), 8, (2014, 1, 17, 17, 0)),  # used up at closing, not at the next opening
        ((2014, 1, 17, 17, 0), 1, (2014, 1, 20, 10, 0)),
        ((2014, 1, 18, 12, 0), 8, (2014, 1, 20, 17, 0)),
        ((2014, 1, 15, 20, 0), 24, (2014, 1, 20, 17, 0)),
    ],
)
def test_a_deadline_is_the_earliest_instant_at_which_open_time_is_used_up(
    start: tuple[int, ...], hours: int, deadline: tuple[int, ...]
) -> None:
    due = HOURS.after(np.array([seconds(*start)]), np.array([hours * 3600]))
    assert due.tolist() == [seconds(*deadline)]


def test_open_time_agrees_with_counting_minutes() -> None:
    rng = np.random.default_rng(3)
    start = seconds(2024, 2, 26) + rng.integers(0, 14 * DAY // 60, 40) * 60
    length = rng.integers(1, 30 * 60, 40) * 60
    due = HOURS.after(start, length)
    for begin, end, open_seconds in zip(start, due, length, strict=True):
        minutes = np.arange(begin, end, 60)
        weekday, second = (minutes // DAY + 3) % 7, minutes % DAY
        counted = int(((weekday < 5) & (second >= HOURS.opens) & (second < HOURS.closes)).sum()) * 60
        assert counted == open_seconds


def test_elapsed_open_time_up_to_the_deadline_is_what_was_given() -> None:
    start = np.array([seconds(2024, 5, 10, 12, 0), seconds(2024, 5, 11, 0, 0)])
    spent = np.array([3, 86_399])
    due = HOURS.after(start, spent)
    assert (HOURS.worked(due) - HOURS.worked(start)).tolist() == spent.tolist()
    assert (HOURS.worked(due - 1) - HOURS.worked(start)).tolist() == (spent - 1).tolist()


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata"])
def test_local_time_agrees_with_the_standard_library(zone: str) -> None:
    start = datetime(2024, 3, 1, tzinfo=UTC)
    instants = [start + timedelta(hours=5 * index) for index in range(1800)]
    utc = np.array([int(instant.timestamp()) for instant in instants])
    local = to_local(utc, np.full(len(utc), zone))
    walls = [instant.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC) for instant in instants]
    assert local.tolist() == [int(wall.timestamp()) for wall in walls]


def test_a_repeated_hour_is_read_as_the_earlier_and_marked() -> None:
    zone = np.full(3, "Europe/Berlin")
    utc = np.array([seconds(2024, 10, 27, 0, 30), seconds(2024, 10, 27, 1, 30), seconds(2024, 10, 27, 2, 30)])
    assert to_utc(to_local(utc, zone), zone).tolist() == [utc[0], utc[0], utc[2]]
    assert unambiguous(utc, zone).tolist() == [True, False, True]
