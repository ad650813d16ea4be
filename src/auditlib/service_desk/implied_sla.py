"""Which clock a system's own flag is consistent with, found by trying clocks and limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from auditlib.obligations import WorkingHours
from auditlib.obligations.calendar_use import by_calendar
from auditlib.time.epoch import HOUR
from auditlib.time.timetable import elapsed, timetable

if TYPE_CHECKING:
    import pandas as pd

ENDS: Mapping[str, str] = {"resolution": "done_at", "closing": "closed_at"}
"""Where the system's clock may stop, and the column of the cases that says when."""


COLUMNS = (
    "priority",
    "clock_until",
    "calendar",
    "n",
    "limit_from_hours",
    "limit_to_hours",
    "disagree",
    "agreement",
)


def implied_slas(cases: pd.DataFrame, calendars: Mapping[str, WorkingHours]) -> pd.DataFrame:
    """Try every end and calendar, each with the one limit per priority that agrees best with the flag.

    Parameters
    ----------
    cases
        See `cases.cases_of`; those without the end in question are left out.
    calendars
        Name → the calendar of each unit; cases of units without one are left out.

    Returns
    -------
    DataFrame
        ``priority, clock_until, calendar, n, limit_from_hours, limit_to_hours`` (any limit in between
        agrees equally), ``disagree``, ``agreement``; per priority the best first.
    """
    import pandas as pd

    rows = [
        {"priority": priority, "clock_until": end, "calendar": name, **_best(part)}
        for end, column in ENDS.items()
        for name, hours in calendars.items()
        for priority, part in _spent(_timed(cases, column), column, hours).groupby("priority")
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    order = ["priority", "disagree", "clock_until", "calendar"]
    return frame.sort_values(order, ignore_index=True)


def _timed(cases: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the cases with a flag and an end, both instants known to the second."""
    ends = (("opened_at", "opened_until"), (column, f"{column.removesuffix('_at')}_until"))
    by_day = [cases[until] != cases[at] for at, until in ends if until in cases]
    exact = cases[column].notna() & cases["flag"].notna()
    for days in by_day:
        exact &= ~days.fillna(value=False)
    return cases[exact]


def _spent(ended: pd.DataFrame, column: str, hours: WorkingHours) -> pd.DataFrame:
    """Return the cases of units with a calendar, with the ``hours`` that were open until the end `column`."""
    start, end = ended["opened_at"].to_numpy(np.int64), ended[column].to_numpy(np.int64)
    spent = np.full(len(ended), np.nan)
    for calendar, on_it in by_calendar(ended["unit_id"], hours):
        begun, over = start[on_it], end[on_it]
        table = timetable(calendar, int(min(begun.min(), over.min())), int(max(begun.max(), over.max())))
        spent[on_it] = np.maximum(elapsed(table, begun, over), 0) / HOUR
    return ended.assign(hours=spent).dropna(subset=["hours"])


def _best(cases: pd.DataFrame) -> dict[str, float | int]:
    low, high, wrong = best_limit(cases["hours"].to_numpy(float), cases["flag"].to_numpy(bool))
    n = len(cases)
    return {
        "n": n,
        "limit_from_hours": low,
        "limit_to_hours": high if np.isfinite(high) else float("nan"),
        "disagree": wrong,
        "agreement": (n - wrong) / n,
    }


def best_limit(hours: np.ndarray, met: np.ndarray) -> tuple[float, float, int]:
    """Return the limits between which "within" agrees best with `met`, and how many cases disagree.

    The lower is the longest case counted as within, 0 where none is; the upper is the shortest counted
    as outside, infinite where none is.
    """
    order = np.argsort(hours, kind="stable")
    sorted_, flags = hours[order], met[order]
    # After a cut, met cases beyond it and breached ones before it disagree. A tie is not cut.
    wrong = np.concatenate([[flags.sum()], flags.sum() - np.cumsum(flags) + np.cumsum(~flags)])
    inside_tie = np.concatenate([[False], sorted_[1:] == sorted_[:-1], [False]])
    wrong = np.where(inside_tie, len(hours) + 1, wrong)
    cut = int(np.argmin(wrong))
    low = float(sorted_[cut - 1]) if cut else 0.0
    high = float(sorted_[cut]) if cut < len(hours) else float("inf")
    return low, high, int(wrong[cut])
