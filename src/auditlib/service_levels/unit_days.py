"""How far shares and quantiles of single contacts may lie from the truth, days of units as clusters.

Contacts of one unit and day wait together and are served by the same people; units are all there are. Of
contacts of a single day nobody can tell how much days differ: they are taken for independent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from auditlib.contracts.frames import to_pandas
from auditlib.records import Interval
from auditlib.statistics.clustered_share import ClusteredShare, pooled_share
from auditlib.statistics.clustered_times import CountedTimes, quantile_interval
from auditlib.statistics.intervals import quantile_ranks
from auditlib.statistics.strata import places
from auditlib.statistics.types import Floats

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

_DAY = "offered_day"


def alike(contacts: nw.LazyFrame[Any], condition: nw.Expr, *, level: float) -> float:
    """Return how many contacts are worth one independent contact for the share that meets a condition.

    Parameters
    ----------
    contacts
        Rows of ``interactions``; those of which it is not known whether they meet it are left out.
    level
        Coverage of the interval of the share.
    """
    share = _share(contacts, condition)
    return 1.0 if share is None else share.cases / share.effective(level=level)


@dataclass(frozen=True, slots=True)
class WaitQuantile:
    """A quantile of whole seconds with its limits, and how many waits are worth one independent wait."""

    seconds: float
    limits: Interval
    design_effect: float


def wait_quantile(
    contacts: nw.LazyFrame[Any], seconds: nw.Expr, *, share: float, level: float
) -> WaitQuantile | None:
    """Return the smallest wait that at least a share of the contacts did not exceed; None without a contact.

    Parameters
    ----------
    contacts
        Rows of ``interactions``.
    seconds
        Whole seconds that each waited.
    level
        Coverage of the limits: those of the share at or below the quantile, read back as times (Woodruff
        1952, JASA 47:635-646); of a single day those of order statistics (Conover 1999, Practical
        Nonparametric Statistics, 3.2).
    """
    import narwhals as nw

    waits = contacts.select("unit_id", _DAY, seconds=seconds)
    steps = to_pandas(waits.group_by("seconds").agg(cases=nw.len()).sort("seconds"))
    if steps.empty:
        return None
    times = CountedTimes(*(steps[name].to_numpy(np.float64) for name in ("seconds", "cases")))
    value = times.quantile(share)
    within, cases, unit = _by_day(waits, nw.col("seconds") <= value)
    limits = quantile_interval(times, within, cases, places(unit), share=share, level=level)
    reached = pooled_share(within, cases, places(unit))
    return WaitQuantile(
        value,
        limits or order_statistics(times, share, level=level),
        reached.cases / reached.effective(level=level),
    )


def order_statistics(times: CountedTimes, share: float, *, level: float) -> Interval:
    """Return the limits of a quantile of independent times (Conover 1999, 3.2).

    Examples
    --------
    >>> limits = order_statistics(CountedTimes(np.arange(1.0, 101), np.ones(100)), 0.5, level=0.95)
    >>> limits.low, limits.high
    (41.0, 60.0)
    """
    reached = np.cumsum(times.cases)
    low, _, high = (
        float(times.seconds[int(np.searchsorted(reached, rank))])
        for rank in quantile_ranks(int(times.total), share, level=level)
    )
    return Interval(low, high, level, "order statistics")


def _share(contacts: nw.LazyFrame[Any], condition: nw.Expr) -> ClusteredShare | None:
    import narwhals as nw

    told = contacts.select("unit_id", _DAY, meets=condition).filter(~nw.col("meets").is_null())
    meeting, counted, unit = _by_day(told, nw.col("meets"))
    return pooled_share(meeting, counted, places(unit)) if len(counted) else None


def _by_day(rows: nw.LazyFrame[Any], condition: nw.Expr) -> tuple[Floats, Floats, list[str]]:
    """Return by day of a unit the rows that meet a condition, all of them, and the unit."""
    import narwhals as nw

    days = sums_by_day(rows, day=_DAY, meeting=condition.cast(nw.Int64), counted=nw.lit(1))
    meeting, counted = (days[name].to_numpy(np.float64) for name in ("meeting", "counted"))
    return meeting, counted, days["unit_id"].astype(str).to_list()


def sums_by_day(rows: nw.LazyFrame[Any], /, *, day: str, **sums: nw.Expr) -> pd.DataFrame:
    """Return what rows of each unit and day add up to, in the order of units and days.

    Parameters
    ----------
    rows
        With ``unit_id`` and the day.
    day
        Column of the local day.
    **sums
        Whole numbers to be added up, by the names of their sums.
    """
    import narwhals as nw

    added = rows.select("unit_id", day, **sums).group_by("unit_id", day)
    days = added.agg(*(nw.col(name).sum().cast(nw.Int64) for name in sums))
    return to_pandas(days.sort("unit_id", day))
