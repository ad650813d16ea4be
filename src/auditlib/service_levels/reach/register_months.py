"""Months in which a register of outages has no entry, and has some in others: it may not have been kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from auditlib.parameters.run import Run
from auditlib.time.epoch import day_number
from auditlib.time.months import at_ordinal, first_day, months_between, months_of_days, ordinal

if TYPE_CHECKING:
    import narwhals as nw


@dataclass(frozen=True, slots=True)
class RegisterMonths:
    """Months of the period, by whether an outage of the register begins or ends in them.

    Parameters
    ----------
    entered, empty
        As ``year * 100 + month``, in order.
    """

    entered: tuple[int, ...] = ()
    empty: tuple[int, ...] = ()

    @property
    def partial(self) -> bool:
        """Whether it has entries in some months of the period and none in others."""
        return bool(self.entered and self.empty)

    def stretches(self) -> Iterator[tuple[int, int]]:
        """Yield each run of months with entries: its first day, and the first day after it, since 1970.

        Examples
        --------
        >>> list(RegisterMonths((197001, 197002, 197004), (197003,)).stretches())
        [(0, 59), (90, 120)]
        """
        numbered = enumerate(ordinal(month) for month in self.entered)
        for _, run in groupby(numbered, key=lambda pair: pair[1] - pair[0]):
            months = [number for _, number in run]
            after = at_ordinal(months[-1] + 1)
            yield day_number(first_day(at_ordinal(months[0]))), day_number(first_day(after))


def register_months(outages: nw.LazyFrame[Any], run: Run) -> RegisterMonths:
    """Return in which months of the period a register of outages has entries."""
    import narwhals as nw

    days: set[int] = set()
    for column in ("started_day", "ended_day"):
        instants = outages.filter(~nw.col(column).is_null()).select(nw.col(column).cast(nw.Int64)).unique()
        days |= {int(day) for (day,) in instants.collect().rows()}
    touched = set(months_of_days(sorted(days)).tolist())
    months = months_between(run.period.start, run.period.end)
    return RegisterMonths(
        tuple(month for month in months if month in touched),
        tuple(month for month in months if month not in touched),
    )
