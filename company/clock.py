"""Local and universal time in whole seconds, and the opening hours that faults are planted against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Names = npt.NDArray[Any]
DAY = 86_400
_EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Return days since 1970-01-01."""
    return (day - _EPOCH).days


def to_local(utc: Ints, zones: Names) -> Ints:
    """Return local wall-clock seconds of universal seconds, each in its own IANA zone."""
    local = np.zeros(len(utc), dtype=np.int64)
    for zone in np.unique(zones):
        rows = zones == zone
        index = pd.DatetimeIndex(utc[rows].astype("datetime64[s]"), tz="UTC").tz_convert(str(zone))
        local[rows] = _seconds(index.tz_localize(None))
    return local


def to_utc(local: Ints, zones: Names) -> Ints:
    """Return universal seconds of local wall-clock seconds.

    A time that exists twice is the earlier one; a skipped time moves to the end of the gap.
    """
    utc = np.zeros(len(local), dtype=np.int64)
    for zone in np.unique(zones):
        rows = zones == zone
        index = pd.DatetimeIndex(local[rows].astype("datetime64[s]"))
        first = np.ones(len(index), dtype=bool)
        aware = index.tz_localize(str(zone), ambiguous=first, nonexistent="shift_forward")
        utc[rows] = _seconds(aware.tz_convert("UTC").tz_localize(None))
    return utc


def unambiguous(utc: Ints, zones: Names) -> Bools:
    """Return which instants survive being written as local time and read back."""
    return np.asarray(to_utc(to_local(utc, zones), zones) == utc)


def clear_of_changes(utc: Ints, *zones: Names) -> Ints:
    """Move instants four hours on where they fall into an hour that the clocks of a zone repeat."""
    clear = np.logical_and.reduce([unambiguous(utc, each) for each in zones])
    return np.asarray(np.where(clear, utc, utc + 4 * 3_600))


def _seconds(index: pd.DatetimeIndex) -> Ints:
    return np.asarray(index.to_numpy().astype("datetime64[s]").astype(np.int64))


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """One window on every weekday from Monday to Friday, in local seconds of the day; no holidays."""

    opens: int
    closes: int

    @property
    def length(self) -> int:
        """Open seconds of one working day."""
        return self.closes - self.opens

    def worked(self, local: Ints) -> Ints:
        """Return the open seconds between Monday 1970-01-05 00:00 and each local second."""
        days, second = np.divmod(local - 4 * DAY, DAY)
        weeks, weekday = np.divmod(days, 7)
        today = np.clip(second - self.opens, 0, self.length) * (weekday < 5)
        return np.asarray((weeks * 5 + np.minimum(weekday, 5)) * self.length + today)

    def after(self, local: Ints, open_seconds: Ints) -> Ints:
        """Return the earliest local second by which `open_seconds` of open time have passed.

        That is the closing instant and not the next opening where a day's time is used up exactly.
        """
        total = self.worked(local) + open_seconds
        days, rest = np.divmod(total - 1, self.length)
        weeks, weekday = np.divmod(days, 5)
        return np.asarray((weeks * 7 + weekday + 4) * DAY + self.opens + rest + 1)
