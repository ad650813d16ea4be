"""What hangs on the distribution of waits, counted in a second pass over single contacts.

By unit and day: who waited no longer than a quantile of the channel, and what contacts add to the curve of
its patience; and by hour besides, who waited long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.service_levels.coded_sums import CodedSums, Pairs, Whole
from auditlib.service_levels.waiting.coded_waits import UNTIMED, CodedWaits
from auditlib.service_levels.waiting.counted_waits import TIMES, Places
from auditlib.service_levels.waiting.patience import BEYOND, BOUNDS, MOVES, moves_of, with_patience
from auditlib.service_levels.waiting.result import QUANTILES
from auditlib.service_levels.waiting.timed import BECAME, GIVEN_UP, UNKNOWN
from auditlib.statistics.clustered_survival import CountedSurvival
from auditlib.statistics.clustered_times import CountedTimes

_GIVEN_UP = BECAME.index(GIVEN_UP)


@dataclass(frozen=True, slots=True, eq=False)
class ReachedWaits:
    """What the second pass counts.

    Parameters
    ----------
    within
        By ``channel``, ``unit_id`` and ``day``, contacts that took no longer than each quantile of each time.
    moves
        The same, what contacts add to the curve of patience: `patience.MOVES`.
    long
        ``cases``, and ``long`` ones among them, by ``channel``, ``hour``, ``unit_id`` and ``day``.
    """

    within: pd.DataFrame
    moves: pd.DataFrame
    long: pd.DataFrame


def reached_waits(
    contacts: CodedWaits,
    places: Places,
    times: Mapping[str, Mapping[str, CountedTimes]],
    curves: Mapping[str, CountedSurvival],
    long_from: Mapping[str, float],
) -> ReachedWaits:
    """Count what hangs on the distribution of waits.

    Parameters
    ----------
    contacts
        As the first pass left them.
    places
        Codes of the first pass.
    times
        The distribution of each time by channel.
    curves
        Of patience, by channel.
    long_from
        From how many whole seconds on a wait is long, by channel.
    """
    channels = [str(name) for name in places.channels.names]
    bounds = {
        (what, name): np.array([_bound(times[what].get(channel), share) for channel in channels], np.int64)
        for what in TIMES
        for name, share in QUANTILES.items()
    }
    moves = np.zeros((len(BOUNDS), len(channels), 2, BEYOND + 1), np.int64)
    for channel, curve in with_patience(curves).items():
        moves[:, channels.index(channel)] = moves_of(curve)
    ends = np.array([long_from.get(channel, np.inf) for channel in channels])
    reached = _Reached(_Limits(bounds, ends, moves))
    for rows in contacts:
        reached.add(rows)
    return ReachedWaits(reached.within(places), reached.moves(places), reached.long_waits(places))


def _bound(times: CountedTimes | None, share: float) -> int:
    """Return the first whole second beyond a quantile."""
    return 0 if times is None else int(times.quantile(share)) + 1


@dataclass(frozen=True, slots=True, eq=False)
class _Limits:
    """What the second pass holds contacts against, by the code of the channel, shape (channels,).

    Parameters
    ----------
    bounds
        By time of `TIMES` and quantile, the first whole second beyond; none is reached where a channel has no
        times.
    ends
        Whole seconds from which on a wait is long.
    moves
        What a contact adds to each bound of the curve of patience of its channel, by whether it was given up
        and the whole seconds it waited, the last all those beyond; shape (bounds, channels, 2, seconds).
    """

    bounds: Mapping[tuple[str, str], Whole]
    ends: NDArray[np.float64]
    moves: Whole


class _Reached:
    """What the second pass counts.

    Parameters
    ----------
    limits
        What contacts are held against.
    """

    def __init__(self, limits: _Limits) -> None:
        self._limits = limits
        self._within = CodedSums(len(limits.bounds))
        self._moves = CodedSums(len(limits.moves))
        self._of_hour, self._hour_days, self._long = Pairs(), Pairs(), CodedSums(2)

    def add(self, rows: NDArray[Any]) -> None:
        """Add contacts; see `CodedWaits`."""
        bounds = self._limits.bounds.items()
        cluster, channel = rows["cluster"].astype(np.int64), rows["channel"].astype(np.int64)
        times = {what: rows[what] for what in TIMES}
        within = (
            (times[what] != UNTIMED) & (times[what] < bound.take(channel)) for (what, _), bound in bounds
        )
        self._within.count(cluster, within)
        self._add_moves(rows, cluster, channel)
        self._add_long(rows, cluster, channel)

    def _add_moves(self, rows: NDArray[Any], cluster: Whole, channel: Whole) -> None:
        moves = self._limits.moves
        _, _, gave_up, seconds = np.array(moves.shape) - 1
        timed_rows = (rows["left"] != UNTIMED) & (rows["became"] != BECAME.index(UNKNOWN))
        at = channel * (gave_up + 1) + (rows["became"] == _GIVEN_UP)
        at = at * (seconds + 1) + np.minimum(rows["left"], seconds)
        at = at[timed_rows]
        self._moves.add(cluster[timed_rows], (of_bound.ravel().take(at) for of_bound in moves))

    def _add_long(self, rows: NDArray[Any], cluster: Whole, channel: Whole) -> None:
        timed = rows["wait"] != UNTIMED
        hour = self._of_hour.codes(channel[timed], rows["hour"][timed].astype(np.int64))
        long = rows["wait"][timed] >= self._limits.ends.take(channel[timed])
        place = self._hour_days.codes(hour, cluster[timed])
        self._long.count_each(place, long.astype(np.int64))

    def within(self, places: Places) -> pd.DataFrame:
        """Return by channel, unit and day how many contacts took no longer than each quantile."""
        names = [f"{name}_{what}" for what, name in self._limits.bounds]
        return self._by_cluster(places, names, self._within.sums)

    def moves(self, places: Places) -> pd.DataFrame:
        """Return by channel, unit and day what contacts add to each bound of the curve of patience."""
        return self._by_cluster(places, MOVES, self._moves.sums)

    @staticmethod
    def _by_cluster(places: Places, names: Sequence[str], sums: Whole) -> pd.DataFrame:
        clusters = places.clusters()
        columns = np.zeros((len(names), len(clusters)), np.int64)
        columns[:, : sums.shape[1]] = sums
        rows = clusters.assign(**dict(zip(names, columns, strict=True)))
        return rows.sort_values(["channel", "unit_id", "day"], kind="stable", ignore_index=True)

    def long_waits(self, places: Places) -> pd.DataFrame:
        """Return waits and ``long`` ones among them by channel, hour, unit and day."""
        clusters = places.clusters().iloc[self._hour_days.second].reset_index(drop=True)
        hour = places.hours.names[self._of_hour.second[self._hour_days.first]]
        short, long = self._long.sums
        rows = clusters.assign(hour=hour, cases=short + long, long=long)
        return rows[rows["hour"].notna()].reset_index(drop=True)
