"""Whether waits differ by local hour beyond chance: the share of long ones, days of units as clusters.

A wait is long that reaches the 90% point of its channel: where the hours do not differ, a tenth are in each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from auditlib.contracts.frames import to_pandas
from auditlib.records import Interval
from auditlib.service_levels.waiting.hours import FEWEST
from auditlib.service_levels.waiting.result import QUANTILES
from auditlib.service_levels.waiting.timed import ANSWERED, whole_seconds
from auditlib.statistics.clustered_share import worth_limits
from auditlib.statistics.strata import spread_of_strata

if TYPE_CHECKING:
    import narwhals as nw

METHOD = "Wilson, days of units as clusters"


def long_waits_by_hour(
    contacts: nw.LazyFrame[Any], *, level: float
) -> Mapping[tuple[str, str], Interval | None]:
    """Return limits of the share of long waits by channel and hour; they hold in all hours together.

    None where a single day of a single unit is all there is of an hour.

    Parameters
    ----------
    contacts
        See `timed`; those that name a channel.
    level
        Coverage of the limits of all hours of a channel together.
    """
    rows = to_pandas(_clustered(contacts))
    rows["hour"] = rows["hour"].map("{:02d}".format)
    hours = {
        (str(channel), str(hour)): units
        for (channel, hour), units in rows.groupby(["channel", "hour"], sort=True)
        if units["cases"].sum() >= FEWEST
    }
    many = Counter(channel for channel, _ in hours)
    return {
        (channel, hour): _limits(units, level=1 - (1 - level) / many[channel])
        for (channel, hour), units in hours.items()
    }


def _clustered(contacts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return waits, the share of long ones, and how unit-days move it by channel, hour and unit."""
    import narwhals as nw

    place, cluster = ("channel", "hour"), ("channel", "hour", "unit_id", "day")
    told = (nw.col("became") == ANSWERED) & ~nw.col("left").is_null() & ~nw.col("hour").is_null()
    waits = contacts.filter(told).select(*cluster, seconds=whole_seconds("left"))
    ends = waits.group_by("channel").agg(end=nw.col("seconds").quantile(QUANTILES["p90"], "linear"))
    long = (nw.col("seconds") >= nw.col("end")).cast(nw.Int64)
    days = waits.join(ends, on="channel", how="inner").with_columns(long=long).group_by(*cluster)
    counted = days.agg(cases=nw.len().cast(nw.Int64), long=nw.col("long").sum().cast(nw.Int64))
    share = nw.col("long").sum().over(*place) / nw.col("cases").sum().over(*place)
    residual = nw.col("long") - nw.col("share") * nw.col("cases")
    return (
        counted.with_columns(share=share)
        .with_columns(move=residual)
        .with_columns(square=nw.col("move") ** 2)
        .group_by(*place, "unit_id")
        .agg(
            nw.col("cases").sum(),
            nw.col("share").max(),
            moves=nw.col("move").sum(),
            squares=nw.col("square").sum(),
            clusters=nw.len(),
        )
        .sort(*place, "unit_id")
    )


def _limits(units: pd.DataFrame, *, level: float) -> Interval | None:
    cases = float(units["cases"].sum())
    clusters, moves, squares = (units[name].to_numpy(np.float64) for name in ("clusters", "moves", "squares"))
    spread = spread_of_strata(clusters, moves / cases, squares / cases**2)
    if not spread.degrees:
        return None
    share = float(units["share"].iloc[0])
    return Interval(*worth_limits(share, spread, cases, level=level), level, METHOD)
