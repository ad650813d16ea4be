"""A calendar of opening hours as a value, and the instants its windows open and close at.

Instants are integers: microseconds since 1970-01-01 UTC. Open time is counted in microseconds too,
so that elapsed and deadline are exact inverses whatever the instants are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from auditlib.errors import ParameterError, Problem
from auditlib.time.epoch import DAY_SECONDS, date_of
from auditlib.time.zones import reached, zone


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch of opening hours, in seconds after the local midnight of the day it opens on.

    Parameters
    ----------
    opens
        From 0 to 86,399.
    closes
        Above `opens` and at most a day later; above 86,400 where the window runs overnight. It belongs
        to the day it opens on.
    """

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < DAY_SECONDS or not self.opens < self.closes <= self.opens + DAY_SECONDS:
            raise ParameterError(
                Problem(
                    f"a window from second {self.opens} to second {self.closes} is none.",
                    remedy="A window opens within its day and closes at most 24 hours after it opened.",
                )
            )


@dataclass(frozen=True, slots=True)
class Calendar:
    """When the clock runs: windows per weekday, holidays, time zone.

    Parameters
    ----------
    name
        What results call it.
    time_zone
        IANA zone the windows are local to.
    week
        Seven tuples of windows, Monday first; each ordered, none overlapping another.
    holidays
        Days on which no window opens. A window that opened the evening before runs on.
    holiday_years
        First and last year the holidays are known for; None where the calendar has none. A clock that
        leaves these years is refused rather than run without holidays.
    """

    name: str
    time_zone: str
    week: tuple[tuple[Window, ...], ...]
    holidays: frozenset[date] = frozenset()
    holiday_years: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        problem = _week_problem(self.week)
        if problem:
            raise ParameterError(Problem(f"calendar {self.name!r}: {problem}"))

    @property
    def zone(self) -> ZoneInfo:
        """The time zone, from the packaged database."""
        return zone(self.time_zone)

    def windows_on(self, day: int) -> tuple[Window, ...]:
        """Return the windows that open on local `day` (days since 1970-01-01).

        Raises
        ------
        ParameterError
            Where the holidays of that year are not known.
        """
        local = date_of(day)
        known = self.holiday_years
        if known is not None and not known[0] <= local.year <= known[1]:
            raise ParameterError(
                Problem(
                    f"calendar {self.name!r} knows the holidays of {known[0]} to {known[1]}, "
                    f"not of {local.year}.",
                    remedy="Resolve the calendar for all the years the clocks run through.",
                )
            )
        return () if local in self.holidays else self.week[local.weekday()]

    def open_on(self, day: int) -> Iterator[tuple[int, int]]:
        """Yield the (opening, closing) instants of the windows that open on local `day`."""
        place = self.zone
        for window in self.windows_on(day):
            opens, closes = reached(place, day, window.opens), reached(place, day, window.closes)
            if opens < closes:
                yield opens, closes


def _week_problem(week: tuple[tuple[Window, ...], ...]) -> str:
    if len(week) != 7:
        return "a week has seven days."
    flat = [
        (day * DAY_SECONDS + window.opens, day * DAY_SECONDS + window.closes)
        for day, windows in enumerate(week)
        for window in windows
    ]
    if not flat:
        return "it never opens."
    following = [*flat[1:], (flat[0][0] + 7 * DAY_SECONDS, 0)]
    if any(closes > opens for (_, closes), (opens, _) in zip(flat, following, strict=True)):
        return "windows overlap or are out of order; an overnight window runs into the next day."
    return ""


ALWAYS = Calendar("24x7", "UTC", ((Window(0, DAY_SECONDS),),) * 7)
"""The clock that never stops."""
