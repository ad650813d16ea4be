"""Whose pay was linked when: groups of units linked on one day, and the units they are compared with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from auditlib.integrity.policy import IntegrityPolicy
from auditlib.integrity.refusals import Extent, refusal_of
from auditlib.parameters.run import Run
from auditlib.records import Refusal
from auditlib.statistics.changes import Flags
from auditlib.statistics.types import Floats
from auditlib.time.epoch import date_of
from auditlib.time.months import at_ordinal, month_of, months_between, months_of_days, ordinal

if TYPE_CHECKING:
    import pandas as pd

_PARTS = 3


@dataclass(frozen=True, eq=False)
class Group:
    """Units of one role linked to one metric on one day, and what they are compared with.

    Parameters
    ----------
    role, survey_type, item, statistic
        Whose pay, and the three parts of the metric.
    starts_on
        First day of the link.
    thresholds
        Value of the metric at which the bonus of each unit starts: its own where linked, the median of
        the group elsewhere; NaN where the register has none.
    linked, comparison
        Units of the group and units compared with, over the units of the audit.
    before, after
        Months on either side, over the months of the audit.
    also
        Units of the group linked in the other role too, or to another metric.
    refusal
        Why nothing can be tested for this group; None where something can.
    several
        Whether the register names several metrics, so that the label must name it too.
    """

    role: str
    survey_type: str
    item: str
    statistic: str
    starts_on: date
    thresholds: Floats
    linked: Flags
    comparison: Flags
    before: Flags
    after: Flags
    also: tuple[str, ...] = ()
    refusal: Refusal | None = None
    several: bool = False

    @property
    def name(self) -> str:
        """Label of the group, unique within an audit."""
        return f"{self.role} {self.starts_on}" + (f" {self.metric.replace(':', ' ')}" if self.several else "")

    @property
    def key(self) -> str:
        """Its label within the keys of numbers."""
        return self.name.replace(" ", ":")

    @property
    def metric(self) -> str:
        """The metric as the register writes it."""
        return f"{self.survey_type}:{self.item}:{self.statistic}"


def whom(group: Group) -> str:
    """Return a group in words."""
    subject = {"manager": "units whose managers were", "staff": "units whose staff were"}.get(
        group.role, "units"
    )
    return f"{subject} {linked_on(group)}" + (f" to {group.metric}" if group.several else "")


def linked_on(group: Group) -> str:
    """Say when the pay of a group was linked."""
    return f"linked on {group.starts_on.day} {group.starts_on:%B %Y}"


@dataclass(frozen=True)
class MonthGrid:
    """The units and months of an audit, and where each day falls.

    Parameters
    ----------
    units
        Ids in order.
    first
        First day of the first month.
    months
        Months of the audited period, begun ones included.
    """

    units: tuple[str, ...]
    first: date
    months: int

    def month_of(self, days: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the index of the month of days since 1970; outside 0 … months - 1 if out of period."""
        return ordinal(months_of_days(days)) - self._origin

    @property
    def _origin(self) -> int:
        return ordinal(month_of(self.first))

    def index(self, day: date) -> int:
        """Return the index of the first month that lies wholly on or after `day`."""
        whole = day if day.day == 1 else (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        return ordinal(month_of(whole)) - self._origin

    def label(self, month: int) -> int:
        """Return year * 100 + month of a month's index."""
        return at_ordinal(self._origin + month)


def calendar_of(run: Run, units: list[str]) -> MonthGrid:
    """Return the units and months of the audit `run` declares."""
    start, end = run.period.start, run.period.end
    return MonthGrid(tuple(sorted(units)), start.replace(day=1), len(months_between(start, end)))


def groups_of(register: pd.DataFrame, calendar: MonthGrid, policy: IntegrityPolicy) -> tuple[Group, ...]:
    """Return the groups of the register of pay links, in order of role and start; weight 0 is no link."""
    links = register[register["weight"].to_numpy("float64", na_value=np.nan) != 0]
    links = links.assign(
        ends_on=links["ends_on"].to_numpy("float64", na_value=np.inf),
        threshold=links["threshold"].to_numpy("float64", na_value=np.nan),
    )
    links["ends_on"] = links["ends_on"].fillna(np.inf)
    groups = []
    for (role, starts, metric), rows in links.groupby(["role", "starts_on", "metric"], sort=True):
        day = date_of(int(str(starts)))
        groups.append(
            _group(str(role), day, str(metric), rows=rows, links=links, calendar=calendar, policy=policy)
        )
    several = len(set(links["metric"])) > 1
    return tuple(replace(group, several=several) for group in groups)


def _group(
    role: str,
    day: date,
    metric: str,
    *,
    rows: pd.DataFrame,
    links: pd.DataFrame,
    calendar: MonthGrid,
    policy: IntegrityPolicy,
) -> Group:
    survey_type, item, statistic = (*metric.split(":"), "", "")[:_PARTS]
    units = np.array(calendar.units)
    linked = np.isin(units, rows["unit_id"])
    start = calendar.index(day)
    comparison, until = _comparison_units(links, units, start, calendar, policy)
    ended = _end(rows, calendar)
    last = min(until, ended, calendar.months, start + policy.window_months)
    months = np.arange(calendar.months)
    edge = start - (day.day > 1) - policy.leave_out_months
    before = (months < edge) & (months >= edge - policy.window_months)
    after = (months >= start) & (months < last)
    linked_again = links[links["unit_id"].isin(rows["unit_id"]) & ~links.index.isin(rows.index)]
    group = Group(
        role,
        survey_type,
        item,
        statistic,
        day,
        _thresholds(rows, units),
        linked,
        comparison & ~linked,
        before,
        after,
        also=tuple(sorted(set(linked_again["unit_id"]))),
    )
    extent = Extent(
        int(linked.sum()),
        int(group.comparison.sum()),
        max(start - (day.day > 1), 0),
        int(before.sum()),
        int(after.sum()),
        ended < calendar.months,
    )
    return replace(group, refusal=refusal_of(extent, policy))


def _thresholds(rows: pd.DataFrame, units: npt.NDArray[np.str_]) -> Floats:
    of_unit = rows.groupby("unit_id")["threshold"].median().reindex(units)
    return np.asarray(of_unit.fillna(rows["threshold"].median()), dtype=np.float64)


def _comparison_units(
    links: pd.DataFrame, units: npt.NDArray[np.str_], start: int, calendar: MonthGrid, policy: IntegrityPolicy
) -> tuple[Flags, int]:
    """Return the units to compare with, and the month their own links begin.

    Units that were never linked; where there are too few, those linked later, up to their first link.
    """
    firsts = links.groupby("unit_id")["starts_on"].min()
    begins = np.array(
        [
            calendar.index(date_of(int(firsts[unit]))) if unit in firsts.index else calendar.months
            for unit in units
        ]
    )
    never = begins >= calendar.months
    if never.sum() >= policy.least_units:
        return never, calendar.months
    later = begins >= start + policy.least_months
    return later, int(begins[later].min()) if later.any() else calendar.months


def _end(rows: pd.DataFrame, calendar: MonthGrid) -> int:
    ends = float(rows["ends_on"].min())
    if not np.isfinite(ends):
        return calendar.months
    return int(calendar.month_of(np.array([int(ends) + 1]))[0])
