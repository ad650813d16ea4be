"""Which calendar each unit's clock runs on, with every holiday as a plain date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from auditlib.errors import ParameterError, Problem
from auditlib.obligations.policy import DutyRule
from auditlib.parameters.calendar import CalendarFile
from auditlib.time.calendar import Calendar
from auditlib.time.public_holidays import subdivision_of


class UnitPlace(NamedTuple):
    """Where a unit stands, and what a policy may choose its calendar by; empty where nothing is known."""

    unit_id: str
    time_zone: str = ""
    country: str = ""
    subdivision: str = ""
    region: str = ""
    unit_type: str = ""
    ownership: str = ""

    @property
    def area(self) -> str:
        """The place whose holidays hold: ``GB-SCT`` with a subdivision, else ``GB``."""
        if not self.subdivision or not self.country:
            return self.country
        return f"{self.country}-{self.subdivision.removeprefix(self.country + '-')}"


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Calendar files resolved for the units of an audit.

    Parameters
    ----------
    name
        The calendar file, or what the calendars are chosen by.
    never_stops
        Whether it is the wall clock for every unit: then no calendar needs to be joined.
    calendars
        Key → calendar; units in one zone and area share one.
    of_unit
        Unit → key; without the units that the policy names no calendar for, and without those of no known
        country where the holidays are those of the unit's country.
    places
        Every unit, with or without a calendar.
    """

    name: str
    never_stops: bool
    calendars: Mapping[str, Calendar]
    of_unit: Mapping[str, str]
    places: tuple[UnitPlace, ...] = field(default=())

    @property
    def without(self) -> tuple[str, ...]:
        """The units without a calendar, in order."""
        return tuple(place.unit_id for place in self.places if place.unit_id not in self.of_unit)


def working_hours(
    file: CalendarFile,
    units: Iterable[tuple[str, ...]],
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
        Every unit as a `UnitPlace`, or as the first entries of one.
    years
        Years the clocks run through.
    time_zone
        Zone of units that name none.

    Raises
    ------
    ParameterError
        Naming a unit whose country or subdivision is not known by that code. A unit that names no country,
        where the holidays are those of the unit's country, has no calendar.
    """
    span, places = tuple(years), tuple(UnitPlace(*unit) for unit in units)
    own = file.holidays.country == "unit"
    if own:
        places = tuple(_known_area(place) for place in places)
    placed = [place for place in places if place.country or not own]
    keys = {place.unit_id: _key(file, place, time_zone) for place in placed}
    first = {keys[place.unit_id]: place for place in reversed(placed)}
    calendars = {
        key: file.resolve(
            years=span,
            time_zone=place.time_zone or time_zone,
            country=place.country,
            subdivision=place.subdivision,
        )
        for key, place in sorted(first.items())
    }
    return WorkingHours(file.calendar, file.never_stops, calendars, keys, places)


def hours_of_rule(
    rule: DutyRule,
    files: Mapping[str, CalendarFile],
    units: Iterable[UnitPlace],
    *,
    years: Iterable[int],
    time_zone: str = "UTC",
) -> WorkingHours:
    """Resolve the calendar, or the calendars, that `rule` names; other parameters as in `working_hours`.

    A unit whose attribute the rule does not name has no calendar where there is none `otherwise`.
    """
    span, places = tuple(years), tuple(units)
    if rule.calendars is None:
        return working_hours(files[rule.calendar], places, years=span, time_zone=time_zone)
    chosen = {place.unit_id: rule.calendars.calendar_of(place) for place in places}
    resolved = [
        working_hours(
            files[name],
            [place for place in places if chosen[place.unit_id] == name],
            years=span,
            time_zone=time_zone,
        )
        for name in dict.fromkeys(name for name in chosen.values() if name)
    ]
    return WorkingHours(
        rule.clock,
        all(chosen.values()) and all(hours.never_stops for hours in resolved),
        {key: calendar for hours in resolved for key, calendar in hours.calendars.items()},
        {unit: key for hours in resolved for unit, key in hours.of_unit.items()},
        places,
    )


def _known_area(place: UnitPlace) -> UnitPlace:
    """Return the place with its subdivision as the holidays know it; refuse one that they do not know."""
    if not place.subdivision or not place.country:
        return place
    try:
        return place._replace(subdivision=subdivision_of(place.country, place.subdivision))
    except ParameterError as error:
        known = error.problems[0]
        raise ParameterError(
            Problem(f"unit {place.unit_id}: {known.message}", "units", remedy=known.remedy)
        ) from None


def _key(file: CalendarFile, place: UnitPlace, time_zone: str) -> str:
    where = [place.time_zone or time_zone] if file.time_zone == "unit" else []
    where += [place.area] if file.holidays.country == "unit" else []
    return "/".join((file.calendar, *where))
