"""Whether waits differ by local hour beyond chance: the share of long ones, days of units as clusters.

A wait is long that reaches the 90% point of its channel: where the hours do not differ, a tenth are in each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from math import ceil, floor

import numpy as np
import pandas as pd

from auditlib.records import Interval
from auditlib.service_levels.waiting.hours import FEWEST
from auditlib.service_levels.waiting.result import QUANTILES
from auditlib.statistics.clustered_share import pooled_share
from auditlib.statistics.strata import places

METHOD = "Wilson, days of units as clusters"


def long_waits_by_hour(waits: pd.DataFrame, *, level: float) -> Mapping[tuple[str, str], Interval | None]:
    """Return limits of the share of long waits by channel and hour; they hold in all hours together.

    None where a single day of a single unit is all there is of an hour.

    Parameters
    ----------
    waits
        ``cases``, and ``long`` ones among them, by ``channel``, ``hour``, ``unit_id`` and ``day``.
    level
        Coverage of the limits of all hours of a channel together.
    """
    hours = {
        (str(channel), str(hour).zfill(2)): days
        for (channel, hour), days in waits.groupby(["channel", "hour"], sort=True)
        if days["cases"].sum() >= FEWEST
    }
    many = Counter(channel for channel, _ in hours)
    return {
        (channel, hour): _limits(days, level=1 - (1 - level) / many[channel])
        for (channel, hour), days in hours.items()
    }


def long_from(distribution: pd.DataFrame) -> dict[str, float]:
    """Return by channel from how many whole seconds on a wait is long: the interpolated 90% point.

    Parameters
    ----------
    distribution
        ``cases`` by ``channel`` and whole ``seconds``.
    """
    ends = {}
    for channel, waits in distribution.groupby("channel", sort=True):
        steps = waits.groupby("seconds", sort=True)["cases"].sum()
        place, up_to = QUANTILES["p90"] * (steps.sum() - 1), steps.cumsum().to_numpy()
        below, above = (
            float(steps.index[int(np.searchsorted(up_to, whole, side="right"))])
            for whole in (floor(place), ceil(place))
        )
        ends[str(channel)] = below + (place - floor(place)) * (above - below)
    return ends


def _limits(days: pd.DataFrame, *, level: float) -> Interval | None:
    if len(days) < 2:
        return None
    long, cases = (days[name].to_numpy(dtype=np.float64) for name in ("long", "cases"))
    share = pooled_share(long, cases, places(days["unit_id"]))
    return Interval(*share.limits(level=level), level, METHOD)
