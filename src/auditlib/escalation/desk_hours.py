"""The calendar that each case of a log runs on: that of the place of its unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from auditlib.obligations import UnitPlace, WorkingHours
from auditlib.time.calendar import Calendar

if TYPE_CHECKING:
    import pandas as pd

NOWHERE = UnitPlace("")
"""Where a case stands whose unit the log or the register does not name."""


def by_calendar(units: pd.Series, hours: WorkingHours) -> Iterator[tuple[Calendar, NDArray[np.bool_]]]:
    """Yield every calendar of `hours` with the rows of `units` that run on it.

    Rows whose unit has no calendar are in none. A unit that the register does not name runs on the calendar
    of no place in particular, where there is one.
    """
    keys = _keys(units, hours)
    for key, calendar in hours.calendars.items():
        own = np.asarray(keys == key, dtype=bool)
        if own.any():
            yield calendar, own


def uncalendared(units: pd.Series, hours: WorkingHours) -> NDArray[np.bool_]:
    """Return which rows have no calendar."""
    return np.asarray(_keys(units, hours) == "", dtype=bool)


def used(units: pd.Series, hours: WorkingHours) -> WorkingHours:
    """Return `hours` with the units of `units` alone, and the calendars they run on."""
    own = set(units.dropna().astype(str))
    of_unit = {unit: key for unit, key in hours.of_unit.items() if unit in own}
    keys = set(_keys(units, hours))
    calendars = {key: calendar for key, calendar in hours.calendars.items() if key in keys}
    places = tuple(place for place in hours.places if place.unit_id in own)
    return WorkingHours(hours.name, hours.never_stops, calendars, of_unit, places)


def _keys(units: pd.Series, hours: WorkingHours) -> NDArray[np.object_]:
    """Return the key of each row's calendar; empty where it has none."""
    known = {place.unit_id for place in hours.places}
    named = units.astype(object).where(units.isin(known), NOWHERE.unit_id)
    return named.map(dict(hours.of_unit)).fillna("").to_numpy(object)
