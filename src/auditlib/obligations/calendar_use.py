"""On which calendars the clocks ran: who used each, what they were closed on, and who had none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from auditlib.obligations.hours import UnitPlace, WorkingHours
from auditlib.time.calendar import Calendar
from auditlib.time.public_holidays import subdivisions

if TYPE_CHECKING:
    import pandas as pd

NOWHERE = UnitPlace("")
"""Where a case stands whose unit is not named, by the log or by the register."""
UNNAMED = "cases of units that no register names"
"""Who uses a calendar that no unit of the register uses."""


@dataclass(frozen=True)
class CalendarUse:
    """Every calendar that a clock ran on.

    Parameters
    ----------
    hours
        What each rule's clock is called → its working hours, every holiday as a plain date.
    """

    hours: Mapping[str, WorkingHours]

    def to_frame(self) -> pd.DataFrame:
        """Return ``calendar, time_zone, units, used_by, closed_on``, one row per calendar."""
        import pandas as pd

        rows = [
            {
                "calendar": key,
                "time_zone": calendar.time_zone,
                "units": len(self.users(key)),
                "used_by": ", ".join(map(quoted, self.users(key))) or UNNAMED,
                "closed_on": ", ".join(sorted(day.isoformat() for day in calendar.holidays)),
            }
            for key, calendar in self.calendars.items()
        ]
        return pd.DataFrame(rows, columns=["calendar", "time_zone", "units", "used_by", "closed_on"])

    @property
    def calendars(self) -> dict[str, Calendar]:
        """Every calendar by its key."""
        return {key: calendar for hours in self.hours.values() for key, calendar in hours.calendars.items()}

    @property
    def places(self) -> dict[str, UnitPlace]:
        """Where each unit stands."""
        return {place.unit_id: place for hours in self.hours.values() for place in hours.places}

    @property
    def uncalendared(self) -> tuple[str, ...]:
        """Units for which some rule names no calendar."""
        return tuple(dict.fromkeys(unit for hours in self.hours.values() for unit in hours.without))

    @property
    def undivided(self) -> tuple[UnitPlace, ...]:
        """Units closed on the holidays of their country, parts of which have holidays of their own."""
        placed = {
            place.unit_id: place
            for hours in self.hours.values()
            for place in hours.places
            if not place.subdivision
            and place.country
            and hours.of_unit.get(place.unit_id, "").endswith(f"/{place.country}")
        }
        divided = {
            country for country in {place.country for place in placed.values()} if subdivisions(country)
        }
        return tuple(place for place in placed.values() if place.country in divided)

    def users(self, key: str) -> list[str]:
        """Return the units that use a calendar, in order."""
        return sorted(
            {unit for hours in self.hours.values() for unit, used in hours.of_unit.items() if used == key}
        )


def by_calendar(units: pd.Series, hours: WorkingHours) -> Iterator[tuple[Calendar, NDArray[np.bool_]]]:
    """Yield every calendar of `hours` with the rows of `units` that run on it.

    Rows whose unit has no calendar are in none. A unit that the register does not name runs on the calendar
    of no place in particular, where there is one.
    """
    keys = _keys(units, hours)
    for key, calendar in hours.calendars.items():
        on_it = np.asarray(keys == key, dtype=bool)
        if on_it.any():
            yield calendar, on_it


def uncalendared(units: pd.Series, hours: WorkingHours) -> NDArray[np.bool_]:
    """Return which rows have no calendar."""
    return np.asarray(_keys(units, hours) == "", dtype=bool)


def used(units: pd.Series, hours: WorkingHours) -> WorkingHours:
    """Return `hours` with the units of `units` alone, and the calendars they run on."""
    unit_ids = set(units.dropna().astype(str))
    of_unit = {unit: key for unit, key in hours.of_unit.items() if unit in unit_ids}
    keys = set(_keys(units, hours))
    calendars = {key: calendar for key, calendar in hours.calendars.items() if key in keys}
    places = tuple(place for place in hours.places if place.unit_id in unit_ids)
    return WorkingHours(hours.name, hours.never_stops, calendars, of_unit, places)


def _keys(units: pd.Series, hours: WorkingHours) -> NDArray[np.object_]:
    """Return the key of each row's calendar; empty where it has none."""
    placed = {place.unit_id for place in hours.places}
    unit_ids = units.astype(object).where(units.isin(placed), NOWHERE.unit_id)
    mapped = unit_ids.map(dict(hours.of_unit)).astype(object)  # of no unit at all the map is of floats
    return mapped.fillna("").to_numpy(object)


def quoted(unit: str) -> str:
    """Return a unit's id; in quotation marks where it could be read as a number."""
    return f"'{unit}'" if unit[:1].isdigit() else unit
