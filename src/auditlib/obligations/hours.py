"""Which calendar each unit's clock runs on, with every holiday as a plain date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import to_pandas
from auditlib.errors import ParameterError, Problem
from auditlib.obligations.policy import DutyRule
from auditlib.parameters.calendar import CalendarFile
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from auditlib.time.calendar import Calendar
from auditlib.time.epoch import HOUR
from auditlib.time.public_holidays import subdivision_of

LONGEST_DAY = 26 * HOUR
"""No local day has been longer."""


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
    by_unit = file.holidays.country == "unit"
    if by_unit:
        places = tuple(_known_area(place) for place in places)
    placed = [place for place in places if place.country or not by_unit]
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
        problem = error.problems[0]
        raise ParameterError(
            Problem(f"unit {place.unit_id}: {problem.message}", "units", remedy=problem.remedy)
        ) from None


def _key(file: CalendarFile, place: UnitPlace, time_zone: str) -> str:
    where = [place.time_zone or time_zone] if file.time_zone == "unit" else []
    where += [place.area] if file.holidays.country == "unit" else []
    return "/".join((file.calendar, *where))


def hours_of_rules(
    rules: Iterable[DutyRule], engagement: Engagement, units: Iterable[UnitPlace]
) -> dict[str, WorkingHours]:
    """Return the working hours of each rule's clock, holidays resolved for the years it may run through.

    Parameters
    ----------
    rules
        Those that run on a clock.
    engagement
        Its run says the years and the zone of units that name none; its texts hold the calendars.
    units
        Every unit.

    Raises
    ------
    ParameterError
        Where a calendar is absent or wrong.
    """
    run, timed, places = engagement.run, tuple(rules), tuple(units)
    names = dict.fromkeys(name for rule in timed for name in rule.calendar_files)
    files = {name: calendar_file(name, engagement.texts) for name in names}
    return {
        rule.clock: hours_of_rule(rule, files, places, years=years_of(run), time_zone=run.time_zone)
        for rule in timed
    }


def hours_of(name: str, engagement: Engagement, units: Iterable[tuple[str, ...]]) -> WorkingHours:
    """Return calendar `name` for `units`, holidays resolved for the years the clocks may run through."""
    run, file = engagement.run, calendar_file(name, engagement.texts)
    return working_hours(file, units, years=years_of(run), time_zone=run.time_zone)


def calendar_file(name: str, texts: Mapping[str, str]) -> CalendarFile:
    """Return the calendar file called `name`.

    Parameters
    ----------
    texts
        Calendars as text, by their path in params/.

    Raises
    ------
    ParameterError
        Where it is absent or wrong.
    """
    path = f"calendars/{name}.yaml"
    if path not in texts:
        stems = ", ".join(sorted(texts)) or "none"
        raise ParameterError(Problem(f"there is no params/{path}.", remedy=f"Read were: {stems}."))
    return load(CalendarFile, texts[path], name=f"params/{path}")


def years_of(run: Run) -> range:
    """Return the years that the clocks of a run may run through."""
    return range(run.period.start.year - 1, run.as_of.year + 3)


def as_of(run: Run) -> int:
    """Return the instant a run looks from, in UTC microseconds."""
    return round(run.as_of.timestamp() * 1_000_000)


def unit_places(tables: CanonicalTables) -> Sequence[UnitPlace]:
    """Return where every unit stands, in order; what the register does not say is empty."""
    if "units" not in tables.tables:
        return ()
    register = tables.lazy("units")
    present = set(register.collect_schema().names())
    frame = to_pandas(register.select(*[name for name in UnitPlace._fields if name in present]))
    rows = frame.reindex(columns=list(UnitPlace._fields)).fillna("").astype(str).sort_values("unit_id")
    return tuple(UnitPlace(*map(str, row)) for row in rows.itertuples(index=False))
