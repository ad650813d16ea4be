"""Waits, handle times and shares given up by channel, from single contacts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.records import Interval, Refusal
from auditlib.service_levels.waiting.counted_waits import TIMES, CountedWaits
from auditlib.service_levels.waiting.patience import (
    Patience,
    no_abandonment,
    no_certainty,
    no_times,
    patience_by_channel,
)
from auditlib.service_levels.waiting.reached_waits import ReachedWaits
from auditlib.service_levels.waiting.result import (
    QUANTILES,
    ChannelWaits,
    GivenUpShare,
    TimeEstimate,
    TimeSpread,
)
from auditlib.service_levels.waiting.timed import (
    ANSWERED,
    BECAME,
    BOTH,
    GIVEN_UP,
    NEITHER,
    UNKNOWN,
)
from auditlib.service_levels.waits import SECOND
from auditlib.statistics.clustered_share import pooled_share
from auditlib.statistics.clustered_survival import CountedSurvival
from auditlib.statistics.clustered_times import CountedTimes, mean_interval, quantile_interval
from auditlib.statistics.strata import places
from auditlib.statistics.types import Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Days:
    """Contacts of one channel by unit and day, and what their times add up to."""

    rows: pd.DataFrame

    def column(self, name: str) -> Floats:
        return self.rows[name].to_numpy(dtype=np.float64)

    def total(self, name: str) -> int:
        return int(self.rows[name].sum())

    @property
    def unit(self) -> NDArray[np.int64]:
        return places(self.rows["unit_id"])


def channel_waits(
    counted: CountedWaits, reached: ReachedWaits, *, level: float, fewest: int
) -> tuple[ChannelWaits, ...]:
    """Return what single contacts say of waiting in each channel, those with most contacts first.

    Parameters
    ----------
    counted, reached
        Contacts, counted.
    level
        Coverage of the intervals.
    fewest
        Contacts that must have waited for so long that anything is said of patience.
    """
    days = {str(name): _Days(part) for name, part in counted.days.groupby("channel", sort=True)}
    within = {str(name): part for name, part in reached.within.groupby("channel", sort=True)}
    patience = patience_by_channel(
        survivals(counted.left), reached.moves, counted.days, level=level, fewest=fewest
    )
    times = times_by_channel(counted)
    entries = [
        _entry(name, part, times, within.get(name), patience.get(name), level=level)
        for name, part in days.items()
    ]
    return tuple(sorted(entries, key=lambda entry: -entry.offered))


def _entry(
    name: str,
    days: _Days,
    times: Mapping[str, Mapping[str, CountedTimes]],
    within: pd.DataFrame | None,
    patience: Patience | None,
    *,
    level: float,
) -> ChannelWaits:
    counts = {became: days.total(became) for became in BECAME}
    spreads = {what: _spread(what, days, times[what].get(name), within, level=level) for what in TIMES}
    cases = {what: spread.cases if spread else 0 for what, spread in spreads.items()}
    return ChannelWaits(
        name,
        sum(counts.values()),
        counts[ANSWERED],
        counts[GIVEN_UP],
        counts[NEITHER],
        counts[UNKNOWN],
        counts[BOTH],
        counts[ANSWERED] - cases["wait"],
        counts[ANSWERED] - cases["handle"],
        spreads["wait"],
        spreads["handle"],
        _share_given_up(days, level=level),
        patience or _no_patience(name, counts),
    )


def _no_patience(name: str, counts: Mapping[str, int]) -> Refusal:
    """Return why nothing is said of patience in a channel of which no contact tells when it was given up."""
    if counts[GIVEN_UP]:
        return no_times(name)
    return no_certainty(name) if counts[BOTH] else no_abandonment(name)


def times_by_channel(counted: CountedWaits) -> dict[str, dict[str, CountedTimes]]:
    """Return the distribution of each of `TIMES` by channel, of contacts that were answered."""
    left = counted.left
    return {"wait": _times(left[left["became"] == ANSWERED]), "handle": _times(counted.handled)}


def _times(steps: pd.DataFrame) -> dict[str, CountedTimes]:
    ordered = steps.sort_values("seconds", kind="stable")
    return {
        str(channel): CountedTimes(
            part["seconds"].to_numpy(dtype=np.float64), part["cases"].to_numpy(dtype=np.float64)
        )
        for channel, part in ordered.groupby("channel", sort=True)
    }


def survivals(left: pd.DataFrame) -> dict[str, CountedSurvival]:
    """Return how contacts of each channel left the queue over time: given up, or otherwise."""
    given_up = left["became"] == GIVEN_UP
    marked = left.assign(ended=left["cases"].where(given_up, 0), gone=left["cases"].where(~given_up, 0))
    summed = marked.groupby(["channel", "seconds"], sort=True)[["ended", "gone"]].sum().reset_index()
    return {
        str(channel): CountedSurvival(
            *(part[name].to_numpy(dtype=np.float64) for name in ("seconds", "ended", "gone"))
        )
        for channel, part in summed.groupby("channel", sort=True)
    }


def _spread(
    what: str, days: _Days, times: CountedTimes | None, within: pd.DataFrame | None, *, level: float
) -> TimeSpread | None:
    """Return mean and quantiles of the known times of one channel; None where none is known."""
    if times is None or within is None:
        return None
    cases, seconds = days.column(f"{what}_cases"), days.column(f"{what}_time") / SECOND
    filled = cases > 0
    unit = days.unit[filled]
    mean = TimeEstimate(
        float(seconds.sum() / cases.sum()), mean_interval(seconds[filled], cases[filled], unit, level=level)
    )
    beside = days.rows.merge(within, on=["unit_id", "day"], how="left", suffixes=("", "_of_quantile"))
    found = {
        name: TimeEstimate(
            times.quantile(share),
            quantile_interval(
                times,
                beside[f"{name}_{what}"].fillna(0).to_numpy(dtype=np.float64)[filled],
                cases[filled],
                unit,
                share=share,
                level=level,
            ),
        )
        for name, share in QUANTILES.items()
    }
    return TimeSpread(int(cases.sum()), mean, found["median"], found["p90"])


def _share_given_up(days: _Days, *, level: float) -> GivenUpShare | None:
    """Return the share given up; None where no contact is said to have been."""
    lost, unknown = days.column(GIVEN_UP), days.column(UNKNOWN) + days.column(BOTH)
    offered = sum((days.column(became) for became in BECAME), np.zeros(len(lost)))
    if not lost.sum() and not days.total(BOTH):
        return None
    least, most = (pooled_share(part, offered, days.unit) for part in (lost, lost + unknown))
    limits = Interval(
        least.limits(level=level)[0], most.limits(level=level)[1], level, "Wilson, days of units as clusters"
    )
    return GivenUpShare(least.value, most.value, limits)
