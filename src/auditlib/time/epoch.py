"""Where time is counted from, and the four forms of a moment: instant, datetime, day number, date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
"""Microseconds; of the clock, so that a local day is not always one."""
DAY_SECONDS = 86_400

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = EPOCH.toordinal()


def instant_of(moment: datetime) -> int:
    """Return the UTC microseconds since 1970 of a moment that says its zone.

    Examples
    --------
    >>> instant_of(datetime(1970, 1, 1, 0, 1, tzinfo=UTC))
    60000000
    """
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment_of(instant: int) -> datetime:
    """Return the moment, in UTC, of an instant.

    Examples
    --------
    >>> moment_of(86_400 * SECOND).isoformat()
    '1970-01-02T00:00:00+00:00'
    """
    return EPOCH + timedelta(microseconds=instant)


def day_number(day: date) -> int:
    """Return a day as the evidence stores it: days since 1970-01-01.

    Examples
    --------
    >>> day_number(date(1970, 2, 1))
    31
    """
    return day.toordinal() - _FIRST_DAY


def date_of(number: int) -> date:
    """Return the date of a stored day.

    Examples
    --------
    >>> date_of(31).isoformat()
    '1970-02-01'
    """
    return date.fromordinal(_FIRST_DAY + number)
