"""The calendar file: opening hours and holidays of a party, dated and reviewed like a policy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from auditlib.errors.values import named
from auditlib.parameters.cures import zone_hint
from auditlib.parameters.run import Strict
from auditlib.parameters.schema import file_schema
from auditlib.parameters.strict_model import Misfit
from auditlib.time.calendar import Calendar, Window
from auditlib.time.public_holidays import public_holidays
from auditlib.time.zones import zone_known

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[Weekday, ...] = get_args(Weekday)
Hours = Annotated[
    str,
    Field(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-4]):[0-5][0-9]$",
        description="For example 09:00-17:00; 22:00-06:00 runs overnight and belongs to the day it opens on.",
    ),
]


class Holidays(Strict):
    """Days on which no window opens."""

    country: str = Field(
        "",
        pattern=r"^(unit|[A-Z]{2})?$",
        description="ISO 3166 alpha-2, or 'unit' for each unit's own country and subdivision.",
    )
    subdivision: str = Field(
        "", description="State or region (ISO 3166-2), where the country is named; a unit brings its own."
    )
    also: tuple[date, ...] = Field((), description="Days closed besides public holidays.")
    not_on: tuple[date, ...] = Field((), description="Public holidays on which the party is open.")

    @model_validator(mode="after")
    def _placed(self) -> Self:
        if self.subdivision and len(self.country) != 2:
            message = "a subdivision belongs to a country that is named"
            remedy = "Name the country, or delete the subdivision: with 'unit' each unit brings its own."
            raise Misfit(message, remedy=remedy, at=("subdivision",))
        return self


class CalendarFile(Strict):
    """Opening hours as a file in params/calendars."""

    calendar: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,40}$",
        description="Its name, as that of the file: lower-case letters, digits and hyphens, at most 41.",
    )
    title: str = Field(min_length=1)
    time_zone: str = Field("unit", description="IANA zone, or 'unit' for each unit's own.")
    windows: dict[Weekday, tuple[Hours, ...]] = Field(min_length=1)
    holidays: Holidays = Holidays()

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value != "unit" and not zone_known(value):
            message = f"{named(value)} is no IANA time zone"
            raise Misfit(message, remedy=f"{zone_hint(value)} Or 'unit', for each unit's own.")
        return value

    @model_validator(mode="after")
    def _sound(self) -> Self:
        from auditlib.errors import ParameterError

        try:
            Calendar(self.calendar, "UTC", self._week)
        except ParameterError as error:
            remedy = "Give the windows of a day in their order, apart from one another."
            raise Misfit(error.problems[0].message, remedy=remedy, at=("windows",)) from None
        return self

    @property
    def _week(self) -> tuple[tuple[Window, ...], ...]:
        return tuple(tuple(_window(text) for text in self.windows.get(day, ())) for day in DAYS)

    @property
    def never_stops(self) -> bool:
        """Whether the clock runs day and night, holidays included."""
        always = all(self.windows.get(day, ()) == ("00:00-24:00",) for day in DAYS)
        return always and not self.holidays.country and not self.holidays.also

    def resolve(
        self, *, years: Iterable[int], time_zone: str = "", country: str = "", subdivision: str = ""
    ) -> Calendar:
        """Return the calendar with its holidays as plain dates.

        Parameters
        ----------
        years
            Years the clocks run through.
        time_zone, country, subdivision
            Those of the unit; used where the file says 'unit'.
        """
        span, holidays = sorted(years), self.holidays
        nation, area = (
            (country, subdivision) if holidays.country == "unit" else (holidays.country, holidays.subdivision)
        )
        closed = set(holidays.also)
        if nation:
            closed |= public_holidays(nation, years=span, subdivision=area)
        zone = time_zone if self.time_zone == "unit" else self.time_zone
        covered = (span[0], span[-1]) if nation else None
        days = frozenset(closed - set(holidays.not_on))
        return Calendar(self.calendar, zone, self._week, days, covered)


def _window(text: str) -> Window:
    low, high = (_seconds(part) for part in text.split("-"))
    return Window(low, high if high > low else high + 86_400)


def _seconds(text: str) -> int:
    clock = re.fullmatch(r"(\d\d):(\d\d)", text)
    assert clock is not None, "the pattern of Hours holds"  # noqa: S101
    return int(clock[1]) * 3600 + int(clock[2]) * 60


def calendar_schema() -> dict[str, Any]:
    """Return the JSON Schema of a calendar, for editors."""
    return file_schema(CalendarFile, title="A calendar of business time")
