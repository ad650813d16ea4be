"""Which calendar each unit's clock runs on, with every holiday as a plain date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from auditlib.calendars import Calendar
from auditlib.errors import ParameterError, Problem
from auditlib.parameters.calendar import CalendarFile


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """A calendar file resolved for the units of an audit.

    Parameters
    ----------
    name
        The calendar file.
    never_stops
        Whether it is the wall clock: then no calendar needs to be joined.
    calendars
        Key → calendar; units in one zone and country share one.
    of_unit
        Unit → key.
    """

    name: str
    never_stops: bool
    calendars: Mapping[str, Calendar]
    of_unit: Mapping[str, str]


def working_hours(
    file: CalendarFile,
    units: Iterable[tuple[str, str, str]],
    *,
    years: Iterable[int],
    time_zone: str = "UTC",
) -> WorkingHours:
    """Resolve `file` for `units`.

    Parameters
    ----------
    file
        The calendar file.
    units
        (unit, IANA zone or empty, ISO country or empty) of every unit.
    years
        Years the clocks run through.
    time_zone
        Zone of units that name none.

    Raises
    ------
    ParameterError
        Naming each unit without a country, where the holidays are those of the unit's country.
    """
    span, rows = tuple(years), list(units)
    nameless = [unit for unit, _, country in rows if file.holidays.country == "unit" and not country]
    if nameless:
        raise ParameterError(
            Problem(
                f"calendar {file.calendar!r} takes each unit's own holidays; these units name no country: "
                f"{', '.join(nameless[:10])}.",
                remedy="Add the country to the register of units, or name one in the calendar.",
            )
        )
    keys = {unit: _key(file, zone or time_zone, country) for unit, zone, country in rows}
    places = {
        key: (zone or time_zone, country)
        for (unit, zone, country), key in zip(rows, keys.values(), strict=True)
    }
    calendars = {
        key: file.resolve(years=span, time_zone=zone, country=country)
        for key, (zone, country) in places.items()
    }
    return WorkingHours(file.calendar, file.never_stops, calendars, keys)


def _key(file: CalendarFile, zone: str, country: str) -> str:
    where = [zone] if file.time_zone == "unit" else []
    where += [country] if file.holidays.country == "unit" else []
    return "/".join((file.calendar, *where))
