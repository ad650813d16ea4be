"""The question that pay follows, and how rows about it become counts by unit and month.

Row-level conditions are table expressions and run where the data is; only counts by unit and day come out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from auditlib.contracts import CanonicalTables
from auditlib.integrity.groups import MonthGrid
from auditlib.integrity.policy import IntegrityPolicy
from auditlib.records import Instrument, Scale
from auditlib.statistics.types import Floats

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd


Counts = dict[str, Floats]


@dataclass(frozen=True)
class CountedPart:
    """Some counts by unit and month, and why others could not be made."""

    counts: Counts = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def __or__(self, second: CountedPart) -> CountedPart:
        missing = self.missing | second.missing
        counts = {name: value for name, value in (self.counts | second.counts).items() if name not in missing}
        return CountedPart(counts, missing)


def absent(names: Sequence[str], why: str) -> CountedPart:
    """Return that the counts `names` could not be made, and why."""
    return CountedPart({}, dict.fromkeys(names, why))


@dataclass(frozen=True, eq=False)
class PaidQuestion:
    """The question that pay follows, and where its answers are counted.

    Parameters
    ----------
    tables
        The evidence.
    instrument, item
        The survey type, and the item of it.
    calendar
        Units and months counts are made by.
    policy
        Limits and windows.
    """

    tables: CanonicalTables
    instrument: Instrument
    item: str
    calendar: MonthGrid
    policy: IntegrityPolicy

    @property
    def survey_type(self) -> str:
        """The survey type."""
        return self.instrument.survey_type

    @property
    def scale(self) -> Scale:
        """The scale of the item."""
        return next(entry.scale for entry in self.instrument.items if entry.item == self.item)

    @property
    def alike(self) -> list[str]:
        """Items on the same scale, itself included."""
        scores = self.scale.scores
        return [entry.item for entry in self.instrument.items if entry.scale.scores == scores]

    @property
    def limit(self) -> float:
        """Below it a customer is unhappy; the policy names it on a scale of 1 to 5."""
        return self.scale.low + (self.policy.unhappy_below - 1) * (self.scale.high - self.scale.low) / 4

    def rows(self, table: str) -> nw.LazyFrame[Any]:
        """Return the rows of its survey type in the period."""
        import narwhals as nw

        return self.tables.lazy(table).filter(nw.col("in_period"), nw.col("survey_type") == self.survey_type)

    def complete(self) -> nw.LazyFrame[Any]:
        """Return the responses that answer every item on its scale."""
        import narwhals as nw

        return self.rows("responses").filter(*(~nw.col(name).is_null() for name in self.alike))

    def placed(self, rows: nw.LazyFrame[Any]) -> CountedPart:
        """Return counts by unit and day summed by unit and month."""
        return CountedPart(by_month(read(rows), self.calendar))


def read(frame: nw.LazyFrame[Any]) -> pd.DataFrame:
    """Return a table expression as rows."""
    rows: pd.DataFrame = frame.collect().to_pandas()
    return rows


def by_month(daily: pd.DataFrame, calendar: MonthGrid) -> Counts:
    """Return the sums of each column by unit and month; the first columns name unit and local day."""
    units = np.array(calendar.units)
    daily = daily[daily["unit_id"].isin(calendar.units)]
    day = next(name for name in daily.columns if name == "day" or name.endswith("_day"))
    unit = np.searchsorted(units, daily["unit_id"].to_numpy(str)) if len(daily) else np.zeros(0, np.int64)
    month = calendar.month_of(daily[day].to_numpy(np.int64))
    inside = (month >= 0) & (month < calendar.months)
    part: Counts = {}
    for name in daily.columns.drop(["unit_id", day]):
        by_month = np.zeros((len(units), calendar.months))
        np.add.at(by_month, (unit[inside], month[inside]), daily[name].to_numpy(float)[inside])
        part[str(name)] = by_month
    return part
