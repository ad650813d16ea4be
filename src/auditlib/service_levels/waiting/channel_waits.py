"""Waits, handle times and shares given up by channel, from single contacts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import to_pandas
from auditlib.records import Interval, Refusal
from auditlib.service_levels.waiting.patience import (
    Patience,
    no_abandonment,
    no_certainty,
    no_times,
    patience_by_channel,
)
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
    whole_seconds,
)
from auditlib.service_levels.waits import SECOND
from auditlib.statistics.clustered_share import pooled_share
from auditlib.statistics.clustered_survival import CountedSurvival
from auditlib.statistics.clustered_times import CountedTimes, mean_interval, quantile_interval
from auditlib.statistics.strata import places
from auditlib.statistics.types import Floats

if TYPE_CHECKING:
    import narwhals as nw

_TIMES = {"wait": "left", "handle": "handled"}
"""Columns of contacts that hold the times of those answered."""


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
    tables: CanonicalTables, contacts: nw.LazyFrame[Any], *, level: float, fewest: int
) -> tuple[ChannelWaits, ...]:
    """Return what single contacts say of waiting in each channel, those with most contacts first.

    Parameters
    ----------
    contacts
        See `timed`.
    level
        Coverage of the intervals.
    fewest
        Contacts that must have waited for so long that anything is said of patience.
    """
    import narwhals as nw

    named = contacts.filter(~nw.col("channel").is_null())
    days = {str(name): _Days(part) for name, part in _by_day(named).groupby("channel", sort=True)}
    left = _left(named)
    times = {"wait": _answered(left), "handle": _handled(named)}
    within = _within(named, times)
    patience = patience_by_channel(tables, named, _survivals(left), level=level, fewest=fewest)
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
    spreads = {what: _spread(what, days, times[what].get(name), within, level=level) for what in _TIMES}
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


def _by_day(contacts: nw.LazyFrame[Any]) -> pd.DataFrame:
    """Return contacts by channel, unit and day of the offer, with what became of them."""
    import narwhals as nw

    answered = nw.col("became") == ANSWERED
    sums = {became: (nw.col("became") == became).cast(nw.Int64) for became in BECAME}
    for what, column in _TIMES.items():
        known = answered & ~nw.col(column).is_null()
        sums[f"{what}_cases"] = known.cast(nw.Int64)
        sums[f"{what}_time"] = nw.when(known).then(nw.col(column)).otherwise(nw.lit(0))
    rows = contacts.select("channel", "unit_id", "day", **sums).group_by("channel", "unit_id", "day")
    added = rows.agg(*(nw.col(name).sum().cast(nw.Int64) for name in sums))
    return to_pandas(added.sort("channel", "unit_id", "day"))


def _left(contacts: nw.LazyFrame[Any]) -> pd.DataFrame:
    """Return contacts by channel, what became of them, and the whole seconds after which they left."""
    import narwhals as nw

    known = contacts.filter(~nw.col("left").is_null(), nw.col("became") != UNKNOWN)
    steps = known.select("channel", "became", seconds=whole_seconds("left"))
    return to_pandas(steps.group_by("channel", "became", "seconds").agg(cases=nw.len()))


def _handled(contacts: nw.LazyFrame[Any]) -> dict[str, CountedTimes]:
    import narwhals as nw

    known = contacts.filter(~nw.col("handled").is_null())
    steps = known.select("channel", seconds=whole_seconds("handled"))
    return _times(to_pandas(steps.group_by("channel", "seconds").agg(cases=nw.len())))


def _answered(left: pd.DataFrame) -> dict[str, CountedTimes]:
    return _times(left[left["became"] == ANSWERED])


def _times(steps: pd.DataFrame) -> dict[str, CountedTimes]:
    ordered = steps.sort_values("seconds", kind="stable")
    return {
        str(channel): CountedTimes(
            part["seconds"].to_numpy(dtype=np.float64), part["cases"].to_numpy(dtype=np.float64)
        )
        for channel, part in ordered.groupby("channel", sort=True)
    }


def _survivals(left: pd.DataFrame) -> dict[str, CountedSurvival]:
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


def _within(
    contacts: nw.LazyFrame[Any], times: Mapping[str, Mapping[str, CountedTimes]]
) -> dict[str, pd.DataFrame]:
    """Return by channel, unit and day how many contacts took no longer than each quantile."""
    import narwhals as nw

    answered = contacts.filter(nw.col("became") == ANSWERED)
    sums = {
        f"{name}_{what}": (whole_seconds(_TIMES[what]) <= _bound(times[what], QUANTILES[name]))
        .fill_null(value=False)
        .cast(nw.Int64)
        for what, name in _pairs()
    }
    rows = answered.select("channel", "unit_id", "day", **sums).group_by("channel", "unit_id", "day")
    added = to_pandas(rows.agg(*(nw.col(name).sum().cast(nw.Int64) for name in sums)))
    return {str(name): part for name, part in added.groupby("channel", sort=True)}


def _bound(times: Mapping[str, CountedTimes], share: float) -> nw.Expr:
    """Return the quantile of the channel of each contact, in whole seconds; none where it has no times."""
    import narwhals as nw

    bound = nw.lit(-1)
    for channel, counted in times.items():
        own = nw.when(nw.col("channel") == channel)
        bound = own.then(nw.lit(int(counted.quantile(share)))).otherwise(bound)
    return bound


def _pairs() -> Iterable[tuple[str, str]]:
    return ((what, name) for what in _TIMES for name in QUANTILES)


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
