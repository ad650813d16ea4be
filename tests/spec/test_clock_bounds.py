"""Clocks at their edges: hours that come twice or never, pauses that lie within one another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from auditlib.errors import ParameterError
from auditlib.time.calendar import ALWAYS
from auditlib.time.clause import deadline_one, elapsed_one, merge
from auditlib.time.epoch import DAY_SECONDS, HOUR
from auditlib.time.local_days import local_days, utc_days
from auditlib.time.timetable import deadline, elapsed, timetable
from auditlib.time.zones import changes, reached

BERLIN = ZoneInfo("Europe/Berlin")
LAST = (date(2026, 6, 30) - date(1970, 1, 1)).days


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


START = utc("2025-06-04 12:00")
TABLE = timetable(ALWAYS, START, START + HOUR, longest=2 * HOUR)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: deadline_one(ALWAYS, START, -1), "zero or more"),
        (lambda: deadline(TABLE, [START], [-1]), "zero or more"),
        (lambda: deadline(TABLE, [START], [400 * HOUR]), "does not cover every instant"),
        (lambda: elapsed(TABLE, [TABLE.first - 1], [START]), "does not cover every instant"),
        (lambda: elapsed(TABLE, [START], [TABLE.last + 1]), "does not cover every instant"),
        (lambda: elapsed(TABLE, [float(START)], [START]), "instants are integers, not float64"),
    ],
)
def test_what_a_clock_cannot_say_is_refused(ask: Callable[[], Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        ask()


def test_back_in_time_the_open_time_is_negative() -> None:
    assert elapsed_one(ALWAYS, START + HOUR, START) == -HOUR
    assert elapsed(TABLE, [START + HOUR], [START]).tolist() == [-HOUR]
    assert elapsed_one(ALWAYS, START, START) == 0


def test_a_timetable_answers_for_its_first_and_last_instant_and_for_no_instant_at_all() -> None:
    assert elapsed(TABLE, [TABLE.first], [TABLE.last]).tolist() == [TABLE.last - TABLE.first]
    assert deadline(TABLE, [START], [0]).tolist() == [START]
    assert elapsed(TABLE, [], []).tolist() == deadline(TABLE, [], []).tolist() == []


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "America/Havana"])
@pytest.mark.parametrize("table", [utc_days, local_days])
def test_a_table_of_days_may_end_on_any_day(zone: str, table: Callable[..., pa.Table]) -> None:
    """Also just before, on and just after a change of the clocks: what comes later changes no day before."""
    longest = table([zone], LAST)
    days = {move.at // DAY_SECONDS + shift for move in changes(zone, LAST) for shift in range(-8, 9)}
    for last in sorted(days)[-100:]:
        if 0 <= last <= LAST:
            assert table([zone], last).equals(longest.slice(0, last + 1)), last
