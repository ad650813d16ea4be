"""On which calendars the clocks ran: who used each, what they were closed on, and who had none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from auditlib.obligations import UnitPlace, WorkingHours
from auditlib.records import Basis, Number, Sentence
from auditlib.statements import counted
from auditlib.time.calendar import Calendar
from auditlib.time.public_holidays import subdivisions

if TYPE_CHECKING:
    import pandas as pd

UNITS = Basis("units")
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
                "units": len(self._users(key)),
                "used_by": ", ".join(map(_named, self._users(key))) or UNNAMED,
                "closed_on": ", ".join(sorted(day.isoformat() for day in calendar.holidays)),
            }
            for key, calendar in self._calendars.items()
        ]
        return pd.DataFrame(rows, columns=["calendar", "time_zone", "units", "used_by", "closed_on"])

    def numbers(self) -> tuple[Number, ...]:
        """Return how many units use each calendar, use none, and name no subdivision."""
        used = [
            Number(f"units:{key}", len(self._users(key)), "units", basis=(UNITS,)) for key in self._calendars
        ]
        counts = {
            "units_without_calendar": len(self.without),
            "units_without_subdivision": len(self.undivided),
        }
        return (*used, *(Number(key, value, "units", basis=(UNITS,)) for key, value in counts.items()))

    def summary(self) -> tuple[Sentence, ...]:
        """Return what the calendars leave out: places that share one, and units that have none."""
        return tuple(dict.fromkeys(self._sentences()))

    @property
    def without(self) -> tuple[str, ...]:
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

    @property
    def _calendars(self) -> dict[str, Calendar]:
        return {key: calendar for hours in self.hours.values() for key, calendar in hours.calendars.items()}

    def _users(self, key: str) -> list[str]:
        users = (unit for hours in self.hours.values() for unit, own in hours.of_unit.items() if own == key)
        return sorted(set(users))

    def _sentences(self) -> Iterator[Sentence]:
        for hours in self.hours.values():
            areas = sorted({place.area for place in hours.places if place.area})
            if not hours.never_stops and len(hours.calendars) == 1 and len(areas) > 1:
                (key,) = hours.calendars
                text = f"One calendar for all: every clock of {key} runs on the same hours and holidays"
                yield Sentence(f"{text}, although the units stand in {_listed(areas)}.")
        if self.undivided:
            countries = sorted({place.country for place in self.undivided})
            n = len(self.undivided)
            many, closed = counted(n, "unit names", "units name"), "is" if n == 1 else "are"
            text = f"{many} no subdivision and {closed} closed on the holidays of the whole country alone"
            why = f"there are parts of {_listed(countries)} with holidays of their own"
            yield Sentence(f"{text}; {why}.", ("units_without_subdivision",))
        if self.without:
            many = counted(len(self.without), "unit has", "units have")
            why = "; ".join(self._lacking())
            yield Sentence(f"{many} no calendar: {why}.", ("units_without_calendar",))

    def _lacking(self) -> Iterator[str]:
        """Yield why units have no calendar, with their names."""
        placed = {place.unit_id: place for hours in self.hours.values() for place in hours.places}
        nameless = [unit for unit in self.without if not placed[unit].country]
        others = [unit for unit in self.without if placed[unit].country]
        if others:
            yield f"the policy names none for {_listed([_named(unit) for unit in others])}"
        if nameless:
            names = _listed([_named(unit) for unit in nameless])
            yield f"the register names no country for {names}, whose holidays are therefore not known"


class Clocked(Protocol):
    """A result whose clocks ran on calendars."""

    def calendars(self) -> CalendarUse:
        """Return the calendars used."""
        ...


def calendars_of(*parts: Iterable[Clocked]) -> tuple[CalendarUse, ...]:
    """Return the calendars of all results of `parts` as one use; nothing where there is no result."""
    uses = [result.calendars() for part in parts for result in part]
    hours = {f"{turn}:{name}": own for turn, use in enumerate(uses) for name, own in use.hours.items()}
    return (CalendarUse(hours),) if hours else ()


def _listed(words: list[str]) -> str:
    """Return words with commas and an ``and`` before the last."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _named(unit: str) -> str:
    """Return a unit's id; in quotation marks where it could be read as a number."""
    return f"'{unit}'" if unit[:1].isdigit() else unit
