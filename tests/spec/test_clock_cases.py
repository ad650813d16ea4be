"""When a clock starts, stands still and runs out: the clause, the arrays and the tables on the same cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pyarrow as pa
import pytest
from law_page import CaseTable, LawPage, Row

from auditlib.parameters.calendar import CalendarFile
from auditlib.parameters.load import load
from auditlib.time.calendar import Calendar
from auditlib.time.clause import deadline_one, elapsed_one
from auditlib.time.clock_tables import clock_tables, with_deadline, with_total
from auditlib.time.epoch import HOUR, MINUTE, instant_of
from auditlib.time.local_days import with_day_end, with_local_day, zone_tables
from auditlib.time.pauses import deadline_paused, pauses
from auditlib.time.timetable import Timetable, deadline, elapsed, timetable
from auditlib.time.zones import local_day, reached, zone

FOLDER = Path(__file__).parents[2] / "params" / "calendars"
DAYS_OF_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def declared(name: str, days: Sequence[str], windows: str) -> str:
    """Return a calendar as a party declares it, with the same windows every day."""
    return f"calendar: {name}\ntitle: {name}\nwindows:\n" + "".join(f"  {day}: [{windows}]\n" for day in days)


DECLARED = {
    "lunch": declared("lunch", DAYS_OF_WEEK[:5], '"09:00-12:00", "13:00-17:00"'),
    "nights": declared("nights", DAYS_OF_WEEK, '"22:00-06:00"'),
    "small": declared("small", DAYS_OF_WEEK, '"02:00-03:00"'),
}
PLACES = {"Berlin": ("Europe/Berlin", "DE"), "New York": ("America/New_York", "US")}
YEAR = 2025

LAW = LawPage(
    "Clocks",
    """
    A clock starts at its trigger and runs while its calendar is open; the deadline is the earliest instant
    at which its limit is used up, and what is done exactly then is in time. Calendars stand in
    `params/calendars`, limits and the calendar each duty runs on in `params/policies` (requirements A10,
    B2, C7, E1, E2 and E6). The law is written three times: as the clause reads, for arrays, and as a table
    expression; all are held to these cases. Days are of 2025, times
    those of the place, which is Berlin where no other is named; "just before" and "just after" are a
    microsecond away.
    """,
)
ALWAYS = LAW.table(
    "Elapsed time",
    """
    The clock `24x7` never stops: an hour is an hour, also where the clocks of the place change.

    clock | starts           | limit | due                     | because
    ------+------------------+-------+-------------------------+--------------------------------------
    24x7  | Fri 6 Jun 16:30  | 5 min | Fri 6 Jun 16:35         | by the wall clock
    24x7  | Fri 6 Jun 23:58  | 5 min | Sat 7 Jun 00:03         | over midnight
    24x7  | Sun 8 Jun 11:00  | 24 h  | Mon 9 Jun 11:00         | Sundays and holidays count
    24x7  | Sun 30 Mar 01:30 | 1 h   | Sun 30 Mar 03:30        | 02:00 to 03:00 does not exist
    24x7  | Sun 26 Oct 01:30 | 2 h   | Sun 26 Oct 02:30 winter | 02:00 to 03:00 comes twice
    24x7  | Fri 6 Jun 16:30  | 0 h   | Fri 6 Jun 16:30         | what is due in no time is due at once
    """,
)
BUSINESS = LAW.table(
    "Business time",
    """
    The clock `business` runs from Monday to Friday, 9 to 17, without the public holidays of the unit's
    country. Monday, 9 June is Whit Monday in Germany; Monday, 20 January is Martin Luther King
    Day in the United States.

    clock    | place    | starts           | limit | due              | because
    ---------+----------+------------------+-------+------------------+--------------------------
    business | Berlin   | Thu 5 Jun 10:00  | 1 h   | Thu 5 Jun 11:00  | within a day
    business | Berlin   | Thu 5 Jun 16:00  | 1 h   | Thu 5 Jun 17:00  | due at closing
    business | Berlin   | Thu 5 Jun 08:00  | 1 h   | Thu 5 Jun 10:00  | starts at opening
    business | Berlin   | Thu 5 Jun 17:00  | 1 h   | Fri 6 Jun 10:00  | closing is closed
    business | Berlin   | Thu 5 Jun 20:00  | 1 h   | Fri 6 Jun 10:00  | the next morning
    business | Berlin   | Fri 30 May 16:30 | 1 h   | Mon 2 Jun 09:30  | over a weekend
    business | Berlin   | Fri 6 Jun 16:30  | 1 h   | Tue 10 Jun 09:30 | and over a holiday
    business | Berlin   | Fri 6 Jun 16:30  | 8 h   | Tue 10 Jun 16:30 | one business day
    business | Berlin   | Fri 6 Jun 16:30  | 24 h  | Thu 12 Jun 16:30 | three business days
    business | Berlin   | Sun 8 Jun 11:00  | 0 h   | Sun 8 Jun 11:00  | due at once
    business | New York | Fri 17 Jan 15:00 | 8 h   | Tue 21 Jan 15:00 | holidays of its country
    business | New York | Mon 9 Jun 15:00  | 1 h   | Mon 9 Jun 16:00  | Whit Monday is none there
    """,
)
EXACT = LAW.table(
    "To the microsecond",
    """
    A limit is used up at an instant, and done then is in time.

    clock    | starts                      | limit | due                         | because
    ---------+-----------------------------+-------+-----------------------------+-------------------
    business | Thu 5 Jun just before 16:00 | 1 h   | Thu 5 Jun just before 17:00 | just in time
    business | Thu 5 Jun 16:00             | 1 h   | Thu 5 Jun 17:00             | used up at closing
    business | Thu 5 Jun just after 16:00  | 1 h   | Fri 6 Jun just after 09:00  | one more instant
    """,
)
WINDOWS = LAW.table(
    "Other windows",
    """
    A party may declare any windows: `lunch` closes from 12 to 13, `nights` runs every night from 22 to 6,
    `small` every night from 2 to 3.

    clock  | starts           | limit | due              | because
    -------+------------------+-------+------------------+----------------------------
    lunch  | Mon 2 Jun 11:00  | 1 h   | Mon 2 Jun 12:00  | used up when lunch begins
    lunch  | Mon 2 Jun 11:30  | 1 h   | Mon 2 Jun 13:30  | lunch is left out
    lunch  | Mon 2 Jun 12:15  | 1 h   | Mon 2 Jun 14:00  | starts after lunch
    nights | Mon 2 Jun 12:00  | 8 h   | Tue 3 Jun 06:00  | a whole night
    nights | Mon 2 Jun 12:00  | 9 h   | Tue 3 Jun 23:00  | and an hour of the next
    nights | Sat 29 Mar 12:00 | 8 h   | Sun 30 Mar 23:00 | that night has seven hours
    nights | Sat 25 Oct 12:00 | 9 h   | Sun 26 Oct 06:00 | that night has nine hours
    small  | Sat 29 Mar 12:00 | 1 h   | Mon 31 Mar 03:00 | that night has no such hour
    small  | Sat 25 Oct 12:00 | 2 h   | Sun 26 Oct 03:00 | that night has two of them
    """,
)
PAUSED = LAW.table(
    "A clock that stands still",
    """
    While a case waits for the customer its clock stands still; pauses outside of opening hours move nothing.

    clock    | starts          | stands still             | limit | due             | because
    ---------+-----------------+--------------------------+-------+-----------------+----------------------
    business | Thu 5 Jun 10:00 | -                        | 2 h   | Thu 5 Jun 12:00 | it never stands still
    business | Thu 5 Jun 10:00 | 11:00-11:30              | 2 h   | Thu 5 Jun 12:30 | half an hour
    business | Thu 5 Jun 10:00 | 11:00-11:00              | 2 h   | Thu 5 Jun 12:00 | no time at all
    business | Thu 5 Jun 10:00 | 09:00-10:30              | 2 h   | Thu 5 Jun 12:30 | from the start
    business | Thu 5 Jun 10:00 | 12:00-13:00              | 2 h   | Thu 5 Jun 12:00 | it was due by then
    business | Thu 5 Jun 10:00 | 11:59-13:00              | 2 h   | Thu 5 Jun 13:01 | a minute was left
    business | Thu 5 Jun 10:00 | 10:30-11:30, 11:00-12:00 | 2 h   | Thu 5 Jun 13:30 | overlapping
    business | Thu 5 Jun 10:00 | 10:30-11:00, 11:00-11:30 | 2 h   | Thu 5 Jun 13:00 | touching
    business | Thu 5 Jun 10:00 | 10:30-12:30, 11:00-11:30 | 2 h   | Thu 5 Jun 14:00 | within
    business | Thu 5 Jun 10:00 | 10:30-11:00, 12:00-13:00 | 2 h   | Thu 5 Jun 13:30 | the second too
    business | Thu 5 Jun 16:00 | 18:00-20:00              | 2 h   | Fri 6 Jun 10:00 | closed anyway
    business | Thu 5 Jun 16:00 | 16:30-18:00              | 2 h   | Fri 6 Jun 10:30 | closed for part of it
    24x7     | Thu 5 Jun 16:00 | 16:30-18:00              | 2 h   | Thu 5 Jun 19:30 | never closed
    """,
)
DAYS = LAW.table(
    "Calendar time",
    """
    What is owed within days is owed by the end of the last of them, in the unit's own zone, however long its
    days are: the formal report within 14 days of the contact, if nobody promised another day.

    place    | starts                       | days | last instant                 | because
    ---------+------------------------------+------+------------------------------+--------------------------
    Berlin   | Tue 10 Jun 09:00             | 14   | Wed 25 Jun just before 00:00 | the whole of the day
    Berlin   | Tue 10 Jun 00:00             | 14   | Wed 25 Jun just before 00:00 | from its first instant
    Berlin   | Wed 11 Jun just before 00:00 | 14   | Wed 25 Jun just before 00:00 | from its last instant
    Berlin   | Wed 11 Jun 00:00             | 14   | Thu 26 Jun just before 00:00 | on the next day
    Berlin   | Wed 11 Jun 09:00             | 0    | Thu 12 Jun just before 00:00 | today
    Berlin   | Sun 16 Mar 23:30             | 14   | Mon 31 Mar just before 00:00 | the last day has 23 hours
    Berlin   | Sun 12 Oct 00:30             | 14   | Mon 27 Oct just before 00:00 | the last day has 25 hours
    New York | Tue 10 Jun 23:30             | 14   | Wed 25 Jun just before 00:00 | in UTC the 11th already
    """,
)
LIMITED = [ALWAYS, BUSINESS, EXACT, WINDOWS]
NEXT = {"just before ": -1, "just after ": 1}
UNITS = {"h": HOUR, "min": MINUTE}


def at(cell: str, place: str) -> int:
    """Return the instant of a local time; ``winter`` is the second of the two that look alike."""
    weekday, day, month, time = cell.split(" ", 3)
    midnight = datetime.strptime(f"{day} {month} {YEAR}", "%d %b %Y").replace(tzinfo=zone(PLACES[place][0]))
    assert f"{midnight:%a}" == weekday, cell
    word = next((word for word in NEXT if time.startswith(word)), "")
    clock, _, season = time.removeprefix(word).partition(" ")
    hour, minute = map(int, clock.split(":"))
    local = midnight.replace(hour=hour, minute=minute, fold=int(season == "winter"))
    return instant_of(local) + NEXT.get(word, 0)


def place_of(row: Row) -> str:
    return row.get("place", "Berlin")


def limit_of(cell: str) -> int:
    count, unit = cell.split(" ")
    return int(count) * UNITS[unit]


def stops_of(row: Row) -> list[tuple[int, int]]:
    """Return the pauses of a row, on the day it starts."""
    day = row["starts"][: len("Thu 5 Jun")]
    spans = [] if row.get("stands still", "-") == "-" else row["stands still"].split(", ")
    return [
        (at(f"{day} {low}", place_of(row)), at(f"{day} {high}", place_of(row)))
        for low, high in (span.split("-") for span in spans)
    ]


def calendar_of(row: Row) -> Calendar:
    name = row["clock"]
    text = DECLARED.get(name) or (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    time_zone, country = PLACES[place_of(row)]
    file = load(CalendarFile, text, name=name)
    return file.resolve(years=(YEAR - 1, YEAR, YEAR + 1), time_zone=time_zone, country=country)


def starts_limits(row: Row) -> tuple[int, int]:
    return at(row["starts"], place_of(row)), limit_of(row["limit"])


def due_of(row: Row) -> int:
    return at(row["due"], place_of(row))


def laid_out(row: Row) -> Timetable:
    start, limit = starts_limits(row)
    return timetable(calendar_of(row), start, start + 100 * HOUR, longest=limit + 100 * HOUR)


@pytest.mark.parametrize("table", [*LIMITED, PAUSED], ids=lambda table: table.title)
def test_the_clause_says_what_the_table_says(table: CaseTable) -> None:
    due = [deadline_one(calendar_of(row), *starts_limits(row), pauses=stops_of(row)) for row in table.rows]
    assert due == [due_of(row) for row in table.rows]
    spent = [
        elapsed_one(calendar_of(row), at(row["starts"], place_of(row)), due_of(row), pauses=stops_of(row))
        for row in table.rows
    ]
    assert spent == [limit_of(cell) for cell in table["limit"]]


@pytest.mark.parametrize("table", LIMITED, ids=lambda table: table.title)
def test_the_arrays_say_what_the_table_says(table: CaseTable) -> None:
    for row in table.rows:
        laid, (start, limit) = laid_out(row), starts_limits(row)
        assert deadline(laid, [start], [limit]).tolist() == [due_of(row)], row
        assert elapsed(laid, [start], [due_of(row)]).tolist() == [limit], row


def test_the_arrays_stand_still_as_the_table_says() -> None:
    for row in PAUSED.rows:
        start, limit = starts_limits(row)
        flat = np.array([(0, low, high) for low, high in stops_of(row)], dtype=np.int64).reshape(-1, 3)
        due = deadline_paused(laid_out(row), [start], [limit], paused=pauses(*flat.T))
        assert due.tolist() == [due_of(row)], row


def _duckdb() -> Callable[[Any], Any]:
    connection = duckdb.connect()
    return lambda columns: nw.from_native(connection.from_arrow(pa.table(columns)))


ENGINES: dict[str, Callable[[], Callable[[Any], Any]]] = {
    "duckdb": _duckdb,
    "pyarrow": lambda: lambda columns: nw.from_native(pa.table(columns)),
    "pandas": lambda: lambda columns: nw.from_native(pa.table(columns).to_pandas()),
}


def rows_of(frame: Any, *columns: str) -> list[tuple[int, ...]]:
    ordered = frame.select("row", *columns).sort("row")
    eager = ordered.collect() if isinstance(ordered, nw.LazyFrame) else ordered
    return [tuple(int(value) for value in row[1:]) for row in eager.rows()]


@pytest.mark.parametrize("engine", sorted(ENGINES))
@pytest.mark.parametrize("table", LIMITED, ids=lambda table: table.title)
def test_the_table_expression_says_what_the_table_says(engine: str, table: CaseTable) -> None:
    frame_of = ENGINES[engine]()
    names = [f"row {number}" for number in range(len(table.rows))]
    clocks = clock_tables(dict(zip(names, map(laid_out, table.rows), strict=True)), frame_of=frame_of)
    starts, limits = (np.array(column) for column in zip(*map(starts_limits, table.rows), strict=True))
    due = np.array([due_of(row) for row in table.rows])
    frame = frame_of(
        {"row": np.arange(len(names)), "calendar": names, "start": starts, "limit": limits, "by": due}
    )
    frame = with_deadline(frame, clocks, start="start", open_time="limit", into="due")
    for instant in ("start", "by"):
        frame = with_total(frame, clocks, at=instant, into=f"until_{instant}")
    spent = frame.with_columns((nw.col("until_by") - nw.col("until_start")).alias("spent"))
    assert rows_of(spent, "due", "spent") == list(zip(due.tolist(), limits.tolist(), strict=True))


def test_a_day_ends_where_the_table_says() -> None:
    for row in DAYS.rows:
        place = zone(PLACES[place_of(row)][0])
        day = local_day(place, at(row["starts"], place_of(row))) + int(row["days"])
        assert reached(place, day + 1, 0) - 1 == at(row["last instant"], place_of(row)), row


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_a_day_ends_there_as_a_table_expression_too(engine: str) -> None:
    frame_of = ENGINES[engine]()
    starts = np.array([at(row["starts"], place_of(row)) for row in DAYS.rows])
    ends = [at(row["last instant"], place_of(row)) for row in DAYS.rows]
    names = [PLACES[place][0] for place in DAYS["place"]]
    columns = {
        "row": np.arange(len(names)),
        "at": starts,
        "zone": names,
        "days": np.array(DAYS["days"], np.int64),
    }
    zones = zone_tables(names, int(starts.min()), max(ends), frame_of=frame_of)
    dated = with_local_day(frame_of(columns), zones, at="at", zone="zone", into="day")
    owed = dated.with_columns((nw.col("day") + nw.col("days")).alias("day"))
    found = with_day_end(owed, zones, day="day", zone="zone", into="end")
    assert rows_of(found, "end") == [(end + 1,) for end in ends]
