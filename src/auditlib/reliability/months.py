"""Months as ``year * 100 + month``, from local days since 1970-01-01."""

from __future__ import annotations

from collections.abc import Sequence

from auditlib.parameters.run import Period


def months_of_days(days: Sequence[int]) -> list[int]:
    """Return the month of each day."""
    import numpy as np

    months = np.asarray(days, dtype="int64").astype("datetime64[D]").astype("datetime64[M]").astype("int64")
    return [int(month) for month in (1970 + months // 12) * 100 + months % 12 + 1]


def months_between(period: Period) -> tuple[int, ...]:
    """Return every month the period touches, in order."""
    first = period.start.year * 12 + period.start.month - 1
    last = period.end.year * 12 + period.end.month - 1
    return tuple(month // 12 * 100 + month % 12 + 1 for month in range(first, last + 1))


def month_name(month: int) -> str:
    """Return a month as it is printed: ``2024-03``."""
    return f"{month // 100:04d}-{month % 100:02d}"
