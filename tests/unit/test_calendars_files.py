"""Calendar files: what they accept, what they refuse, and how they resolve for a unit."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from auditlib.errors import ParameterError
from auditlib.obligations import working_hours
from auditlib.parameters.calendar import CalendarFile
from auditlib.parameters.load import load
from auditlib.time.calendar import Calendar, Window
from auditlib.time.public_holidays import public_holidays

FOLDER = Path(__file__).parents[2] / "params" / "calendars"
MINIMAL = "calendar: c\ntitle: A calendar\nwindows:\n  monday: ['09:00-17:00']\n"


def read(text: str) -> CalendarFile:
    return load(CalendarFile, text, name="c.yaml")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_calendars_are_named_like_their_files(path: Path) -> None:
    assert load(CalendarFile, path.read_text(encoding="utf-8"), name=path.name).calendar == path.stem


def test_overnight_windows_run_into_the_next_day() -> None:
    calendar = read(MINIMAL.replace("09:00-17:00", "22:00-06:00")).resolve(years=[2025], time_zone="UTC")
    assert calendar.week[0] == (Window(22 * 3600, 30 * 3600),)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("09:00-17:00", "9-17", "9-17"),
        ("'09:00-17:00'", "'09:00-17:00', '12:00-13:00'", "overlap"),
        ("'09:00-17:00'", "", "never opens"),
        ("monday", "someday", "someday"),
        ("title: A calendar", "title: A calendar\ntime_zone: Europe/Atlantis", "Atlantis"),
        ("title: A calendar", "title: A calendar\nhours: 8", "hours"),
        ("title: A calendar", "title: A calendar\nholidays: {country: Germany}", "country"),
    ],
)
def test_mistakes_are_refused_with_their_place(old: str, new: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message) as caught:
        read(MINIMAL.replace(old, new))
    assert all(problem.file == "c.yaml" and problem.line for problem in caught.value.problems)


def test_holidays_are_plain_dates_with_days_added_and_taken_away() -> None:
    text = MINIMAL + "holidays:\n  country: DE\n  also: [2025-12-24]\n  not_on: [2025-05-01]\n"
    calendar = read(text).resolve(years=range(2025, 2027), time_zone="Europe/Berlin")
    assert date(2025, 12, 24) in calendar.holidays
    assert date(2025, 10, 3) in calendar.holidays
    assert date(2025, 5, 1) not in calendar.holidays
    assert calendar.holiday_years == (2025, 2026)


def test_unknown_countries_and_subdivisions_are_refused_with_the_nearest() -> None:
    with pytest.raises(ParameterError, match="no public holidays are known"):
        public_holidays("XX", years=[2025])
    with pytest.raises(ParameterError, match="no subdivision of DE with"):
        public_holidays("DE", years=[2025], subdivision="Atlantis")
    assert date(2025, 1, 6) in public_holidays("DE", years=[2025], subdivision="BY")


def test_units_in_one_zone_and_country_share_a_calendar() -> None:
    file = load(CalendarFile, (FOLDER / "business.yaml").read_text(encoding="utf-8"), name="business.yaml")
    units = [("U1", "Europe/Berlin", "DE"), ("U2", "", "DE"), ("U3", "Europe/Vienna", "AT")]
    hours = working_hours(file, units, years=[2025], time_zone="Europe/Berlin")
    assert hours.of_unit["U1"] == hours.of_unit["U2"] != hours.of_unit["U3"]
    assert {calendar.time_zone for calendar in hours.calendars.values()} == {"Europe/Berlin", "Europe/Vienna"}


def test_a_unit_without_a_country_has_no_calendar_where_holidays_depend_on_it() -> None:
    file = load(CalendarFile, (FOLDER / "business.yaml").read_text(encoding="utf-8"), name="business.yaml")
    hours = working_hours(file, [("U1", "UTC", "DE"), ("U9", "UTC", "")], years=[2025])
    assert hours.without == ("U9",)
    assert list(hours.calendars) == ["business/UTC/DE"]


@pytest.mark.parametrize(("opens", "closes"), [(-1, 10), (10, 10), (86_400, 90_000), (0, 86_401), (50, 40)])
def test_a_window_opens_within_its_day_and_lasts_a_day_at_most(opens: int, closes: int) -> None:
    with pytest.raises(ParameterError, match="is none"):
        Window(opens, closes)


def test_a_week_has_seven_days_and_the_last_may_not_run_into_the_first() -> None:
    long = (Window(20 * 3600, 44 * 3600),)
    with pytest.raises(ParameterError, match="seven"):
        Calendar("short", "UTC", (long,))
    with pytest.raises(ParameterError, match="overlap"):
        Calendar("round", "UTC", ((Window(0, 3600),), (), (), (), (), (), long))
