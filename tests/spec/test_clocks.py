"""Business time: the clause, the arrays and the tables say the same, to the microsecond."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import narwhals as nw
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.errors import ParameterError
from auditlib.time.calendar import ALWAYS, Calendar, Window
from auditlib.time.clause import deadline_one, elapsed_one
from auditlib.time.clock_tables import ClockTables, clock_tables, with_deadline, with_total
from auditlib.time.epoch import HOUR, MINUTE, SECOND
from auditlib.time.local_days import with_day_end, with_local_day, zone_tables
from auditlib.time.pauses import deadline_paused, pauses
from auditlib.time.public_holidays import public_holidays
from auditlib.time.timetable import deadline, elapsed, timetable
from auditlib.time.zones import local_day, reached

H = 3600


def with_elapsed(frame: Any, clocks: ClockTables, *, start: str, end: str, into: str) -> Any:
    """Add the open time between two instants, as the table form counts it."""
    begun = with_total(frame, clocks, at=start, into="begun")
    ended = with_total(begun, clocks, at=end, into="ended")
    return ended.with_columns((nw.col("ended") - nw.col("begun")).alias(into))


WEEKDAYS = ((Window(9 * H, 17 * H),),) * 5 + ((),) * 2
NIGHTS = ((Window(22 * H, 30 * H),),) * 7


def at(text: str, zone: str = "UTC", *, fold: int = 0) -> int:
    moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def test_friday_half_past_four_plus_one_hour_is_monday_half_past_nine() -> None:
    calendar = Calendar("office", "Europe/Berlin", WEEKDAYS)
    start = at("2025-06-06 16:30", "Europe/Berlin")
    assert deadline_one(calendar, start, HOUR) == at("2025-06-09 09:30", "Europe/Berlin")


def test_martin_luther_king_day_is_no_working_day() -> None:
    closed = public_holidays("US", years=[2014])
    calendar = Calendar("us", "America/New_York", WEEKDAYS, closed, (2014, 2014))
    start, due = at("2014-01-17 15:00", "America/New_York"), at("2014-01-21 15:00", "America/New_York")
    assert date(2014, 1, 20) in closed
    assert deadline_one(calendar, start, 8 * HOUR) == due
    assert elapsed_one(calendar, start, due) == 8 * HOUR


@pytest.mark.parametrize(
    ("evening", "hours"), [("2025-03-29", 7), ("2025-10-25", 9), ("2025-10-26", 8), ("2025-03-28", 8)]
)
def test_a_night_with_a_clock_change_has_seven_or_nine_hours(evening: str, hours: int) -> None:
    calendar = Calendar("nights", "Europe/Berlin", NIGHTS)
    noon = at(f"{evening} 12:00", "Europe/Berlin")
    next_noon = at(f"{evening} 12:00", "Europe/Berlin") + 24 * HOUR
    assert elapsed_one(calendar, noon, next_noon) == hours * HOUR


def test_an_overnight_window_belongs_to_the_day_it_opens_on() -> None:
    friday_only = ((),) * 4 + ((Window(22 * H, 30 * H),),) + ((),) * 2
    calendar = Calendar("friday night", "UTC", friday_only, frozenset({date(2025, 6, 7)}), (2025, 2025))
    # Saturday is a holiday, yet Friday's window runs into it; a holiday on Friday would close it.
    assert elapsed_one(calendar, at("2025-06-07 00:00"), at("2025-06-08 00:00")) == 6 * HOUR
    closed = Calendar("closed", "UTC", friday_only, frozenset({date(2025, 6, 6)}), (2025, 2025))
    assert elapsed_one(closed, at("2025-06-06 00:00"), at("2025-06-08 00:00")) == 0


def test_lunch_stops_the_clock_and_the_closing_instant_is_the_deadline() -> None:
    day = (Window(9 * H, 12 * H), Window(13 * H, 17 * H))
    calendar = Calendar("lunch", "UTC", (day,) * 5 + ((),) * 2)
    start = at("2025-06-02 11:00")
    assert deadline_one(calendar, start, HOUR) == at("2025-06-02 12:00")
    assert deadline_one(calendar, start, HOUR + 1) == at("2025-06-02 13:00") + 1
    assert deadline_one(calendar, start, 5 * HOUR) == at("2025-06-02 17:00")
    assert elapsed_one(calendar, start, at("2025-06-02 12:30")) == HOUR


def test_nothing_to_wait_for_is_due_at_once_in_or_out_of_hours() -> None:
    calendar = Calendar("office", "UTC", WEEKDAYS)
    sunday = at("2025-06-08 11:00")
    assert deadline_one(calendar, sunday, 0) == sunday
    assert deadline_one(calendar, sunday, SECOND) == at("2025-06-09 09:00") + SECOND


def test_a_skipped_opening_time_is_reached_when_the_clocks_change() -> None:
    zone = ZoneInfo("Europe/Berlin")
    day = local_day(zone, at("2025-03-30 12:00"))
    assert reached(zone, day, 2 * H + 1800) == at("2025-03-30 01:00")
    autumn = local_day(zone, at("2025-10-26 12:00"))
    assert reached(zone, autumn, 2 * H + 1800) == at("2025-10-26 00:30")


def test_the_clock_that_never_stops_counts_real_time() -> None:
    start = at("2025-03-29 23:59:59")
    assert elapsed_one(ALWAYS, start, start + 1_234_567) == 1_234_567
    assert deadline_one(ALWAYS, start, 5 * MINUTE) == start + 5 * MINUTE


def test_holidays_out_of_the_resolved_years_are_refused_not_ignored() -> None:
    calendar = Calendar("us", "UTC", WEEKDAYS, public_holidays("US", years=[2025]), (2025, 2025))
    with pytest.raises(ParameterError, match="not of 2026"):
        elapsed_one(calendar, at("2025-12-20 09:00"), at("2026-01-10 09:00"))
    with pytest.raises(ParameterError, match="not of 2026"):
        timetable(calendar, at("2025-12-20 09:00"), at("2025-12-30 09:00"), longest=100 * HOUR)


ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu")
minute_of_week = st.integers(0, 7 * 24 * 60 - 1)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Any sound week: windows cut from a sorted list of minutes, some of them overnight."""
    cuts = sorted(draw(st.sets(minute_of_week, min_size=2, max_size=16)))
    week: list[list[Window]] = [[] for _ in range(7)]
    for low, high in zip(cuts[::2], cuts[1::2], strict=False):
        day, opens = divmod(low * 60, 24 * H)
        week[day].append(Window(opens, min(opens + high * 60 - low * 60, opens + 24 * H)))
    days_off = draw(st.frozensets(st.integers(0, 730), max_size=30))
    holidays = frozenset(date(2024, 1, 1) + timedelta(days=day) for day in days_off)
    return Calendar("drawn", draw(st.sampled_from(ZONES)), tuple(tuple(day) for day in week), holidays)


# Around the clock changes of 2024 and 2025, and anywhere.
CHANGES = [
    at(day) for day in ("2024-03-10", "2024-03-31", "2024-10-06", "2024-10-27", "2024-11-03", "2025-03-30")
]
instants = st.one_of(
    st.builds(
        lambda change, off: change + off * 1_000_003, st.sampled_from(CHANGES), st.integers(-200_000, 200_000)
    ),
    st.integers(at("2024-01-05"), at("2025-09-01")),
)
durations = st.one_of(
    st.just(0), st.integers(1, 40 * HOUR), st.integers(0, 40).map(lambda hours: hours * HOUR)
)


@given(calendars(), instants, durations)
@settings(max_examples=150, deadline=None)
def test_elapsed_and_deadline_are_exact_inverses(calendar: Calendar, start: int, open_time: int) -> None:
    due = deadline_one(calendar, start, open_time)
    assert elapsed_one(calendar, start, due) == open_time
    if due > start:
        assert elapsed_one(calendar, start, due - 1) == open_time - 1


@given(calendars(), st.lists(st.tuples(instants, instants, durations), min_size=1, max_size=8))
@settings(max_examples=80, deadline=None)
def test_the_arrays_say_what_the_clause_says(calendar: Calendar, cases: list[tuple[int, int, int]]) -> None:
    starts, ends, times = (np.array(column) for column in zip(*cases, strict=True))
    table = _table(calendar, starts, ends, times)
    assert elapsed(table, starts, ends).tolist() == [elapsed_one(calendar, s, e) for s, e, _ in cases]
    assert deadline(table, starts, times).tolist() == [deadline_one(calendar, s, t) for s, _, t in cases]


def _table(calendar: Calendar, starts: Any, ends: Any, times: Any) -> Any:
    low, high = int(min(starts.min(), ends.min())), int(max(starts.max(), ends.max()))
    return timetable(calendar, low, high, longest=int(times.max()) * 2)


def _duckdb() -> Callable[[Any], Any]:
    connection = duckdb.connect()
    return lambda columns: nw.from_native(connection.from_arrow(pa.table(columns)))


ENGINES = {
    "duckdb": _duckdb,
    "pyarrow": lambda: lambda columns: nw.from_native(pa.table(columns)),
    "pandas": lambda: lambda columns: nw.from_native(pa.table(columns).to_pandas()),
}


@pytest.mark.parametrize("engine", sorted(ENGINES))
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_the_table_expression_says_what_the_arrays_say(engine: str, data: st.DataObject) -> None:
    cases = data.draw(st.lists(st.tuples(instants, instants, durations), min_size=1, max_size=8))
    starts, ends, times = (np.array(column) for column in zip(*cases, strict=True))
    tables = {name: _table(data.draw(calendars()), starts, ends, times) for name in ("one", "two")} | {
        "always": _table(ALWAYS, starts, ends, times)
    }
    names = [data.draw(st.sampled_from(sorted(tables))) for _ in cases]
    frame_of = ENGINES[engine]()
    clocks = clock_tables(tables, frame_of=frame_of)
    frame = frame_of({"row": np.arange(len(cases)), "calendar": names, "a": starts, "b": ends, "s": times})
    both = with_deadline(
        with_elapsed(frame, clocks, start="a", end="b", into="open"),
        clocks,
        start="a",
        open_time="s",
        into="due",
    )
    rows = _rows(both.select("row", "open", "due").sort("row"))
    expected = [
        (row, int(elapsed(tables[name], s, e)), int(deadline(tables[name], s, t)))
        for row, (name, (s, e, t)) in enumerate(zip(names, cases, strict=True))
    ]
    assert rows == expected


def _rows(frame: Any) -> list[tuple[int, ...]]:
    eager = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    return [tuple(int(value) for value in row) for row in eager.rows()]


def test_a_calendar_that_is_closed_all_the_time_asked_about_has_no_elapsed_time() -> None:
    mondays = Calendar("mondays", "UTC", ((Window(0, 60),), (), (), (), (), (), ()))
    start = np.array([at("2024-03-05 12:00")])
    frame_of = ENGINES["pyarrow"]()
    clocks = clock_tables({"one": timetable(mondays, int(start[0]), int(start[0]) + HOUR)}, frame_of=frame_of)
    frame = frame_of({"calendar": ["one"], "a": start, "b": start + HOUR})
    spent = with_elapsed(frame, clocks, start="a", end="b", into="open")
    assert _rows(spent.select("open")) == [(0,)]


zones = st.sampled_from((*ZONES, "Pacific/Apia", "America/Havana"))


@pytest.mark.parametrize("engine", sorted(ENGINES))
@given(cases=st.lists(st.tuples(instants, zones), min_size=1, max_size=8))
@settings(max_examples=20, deadline=None)
def test_local_days_and_their_ends_are_those_of_the_zone(engine: str, cases: list[tuple[int, str]]) -> None:
    low, high = min(start for start, _ in cases), max(start for start, _ in cases)
    frame_of = ENGINES[engine]()
    tables = zone_tables([zone for _, zone in cases], low, high, frame_of=frame_of)
    columns = {
        "row": np.arange(len(cases)),
        "at": np.array([start for start, _ in cases]),
        "zone": [z for _, z in cases],
    }
    dated = with_local_day(frame_of(columns), tables, at="at", zone="zone", into="day")
    ended = with_day_end(dated, tables, day="day", zone="zone", into="end")
    days = [(local_day(ZoneInfo(zone), start), ZoneInfo(zone)) for start, zone in cases]
    expected = [(row, day, reached(zone, day + 1, 0)) for row, (day, zone) in enumerate(days)]
    assert _rows(ended.select("row", "day", "end").sort("row")) == expected


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4)


@given(calendars(), st.lists(st.tuples(instants, durations, spans), min_size=1, max_size=4))
@settings(max_examples=80, deadline=None)
def test_pauses_stop_every_form_of_the_clock_alike(
    calendar: Calendar, cases: list[tuple[int, int, list[tuple[int, int]]]]
) -> None:
    stops = [[(s + low * HOUR - HOUR, s + high * HOUR) for low, high in span] for s, _, span in cases]
    starts, times = np.array([s for s, _, _ in cases]), np.array([t for _, t, _ in cases])
    ends = starts + 70 * HOUR
    table = timetable(calendar, int(starts.min()) - 2 * HOUR, int(ends.max()), longest=200 * HOUR)
    flat = [(case, low, high) for case, span in enumerate(stops) for low, high in span]
    columns = [np.array(column, dtype=np.int64) for column in zip(*flat, strict=True)] or [
        np.zeros(0, int)
    ] * 3
    paused = pauses(*columns)
    one = [deadline_one(calendar, s, t, pauses=span) for (s, t, _), span in zip(cases, stops, strict=True)]
    assert deadline_paused(table, starts, times, paused=paused).tolist() == one
    for (s, t, _), span, due in zip(cases, stops, one, strict=True):
        assert elapsed_one(calendar, s, due, pauses=span) == t
