"""Months as ``year * 100 + month``: of days, in order, apart, and as they are printed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

YEAR = 12
"""Months of a year."""
_MONTHS_BEFORE_EPOCH = 1970 * YEAR


def month_of(day: date) -> int:
    """Return the month of a date.

    Examples
    --------
    >>> month_of(date(2024, 3, 31))
    202403
    """
    return day.year * 100 + day.month


def months_of_days(days: ArrayLike) -> NDArray[np.int64]:
    """Return the month of each local day since 1970-01-01.

    Examples
    --------
    >>> months_of_days([0, 31, -1]).tolist()
    [197001, 197002, 196912]
    """
    import numpy as np

    months = np.asarray(days, dtype=np.int64).astype("datetime64[D]").astype("datetime64[M]")
    since = months.astype(np.int64) + _MONTHS_BEFORE_EPOCH
    return np.asarray(since // YEAR * 100 + since % YEAR + 1, dtype=np.int64)


@overload
def ordinal(month: int) -> int: ...
@overload
def ordinal(month: NDArray[np.int64]) -> NDArray[np.int64]: ...
def ordinal(month: Any) -> Any:
    """Return how many months lie before `month`, so that months can be counted and subtracted.

    Takes arrays of months as well.

    Examples
    --------
    >>> ordinal(202501) - ordinal(202411)
    2
    """
    return month // 100 * YEAR + month % 100 - 1


@overload
def at_ordinal(number: int) -> int: ...
@overload
def at_ordinal(number: NDArray[np.int64]) -> NDArray[np.int64]: ...
def at_ordinal(number: Any) -> Any:
    """Return the month that has `number` before it; the inverse of `ordinal`, for arrays too.

    Examples
    --------
    >>> at_ordinal(ordinal(202411) + 2)
    202501
    """
    return number // YEAR * 100 + number % YEAR + 1


def months_from(first: int, last: int) -> tuple[int, ...]:
    """Return every month from `first` to `last`, both included.

    Examples
    --------
    >>> months_from(202411, 202502)
    (202411, 202412, 202501, 202502)
    """
    return tuple(at_ordinal(number) for number in range(ordinal(first), ordinal(last) + 1))


def months_between(start: date, end: date) -> tuple[int, ...]:
    """Return every month that the days from `start` to `end` touch, in order.

    Examples
    --------
    >>> months_between(date(2024, 12, 31), date(2025, 1, 1))
    (202412, 202501)
    """
    return months_from(month_of(start), month_of(end))


def first_day(month: int) -> date:
    """Return the first day of a month.

    Examples
    --------
    >>> first_day(202403).isoformat()
    '2024-03-01'
    """
    return date(month // 100, month % 100, 1)


def month_text(month: int) -> str:
    """Return a month as it is printed.

    Examples
    --------
    >>> month_text(202403)
    '2024-03'
    """
    return f"{month // 100:04d}-{month % 100:02d}"
