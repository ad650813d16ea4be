"""Waits of single contacts counted batch after batch: only counts stay in memory.

Contacts by unit and day, and by part, and how many left after so many whole seconds; what hangs on these
counts is counted in a second pass (`reached_waits`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.contracts.frames import batches
from auditlib.service_levels.coded_sums import CodedSums, CountedNumbers, NameCodes, Pairs, Whole
from auditlib.service_levels.waiting.coded_waits import UNTIMED, Batch, CodedWaits
from auditlib.service_levels.waiting.result import QUANTILES
from auditlib.service_levels.waiting.timed import ANSWERED, BECAME, BOTH, GIVEN_UP, UNKNOWN
from auditlib.service_levels.waits import SECOND
from auditlib.time.months import months_of_days

if TYPE_CHECKING:
    import narwhals as nw
    import pyarrow as pa

TIMES = {"wait": "left", "handle": "handled"}
"""Columns of contacts that hold the times of those answered."""
_ANSWERED = BECAME.index(ANSWERED)
_OPEN = (UNKNOWN, BOTH)


@dataclass(frozen=True, slots=True, eq=False)
class CountedWaits:
    """What the first pass counts.

    Parameters
    ----------
    days
        ``channel``, ``unit_id``, ``day``; contacts by what became of them, and of each of `TIMES` the
        ``_cases`` of which it is known, and their ``_time`` in microseconds.
    left
        ``cases`` by ``channel``, what ``became`` of them, and whole ``seconds`` in the queue.
    handled
        ``cases`` by ``channel`` and whole ``seconds`` from the answer to the end.
    """

    days: pd.DataFrame
    left: pd.DataFrame
    handled: pd.DataFrame


class Places:
    """Codes of channels, units and days; the same in every pass in which contacts are read."""

    def __init__(self) -> None:
        self.channels, self.units, self.days, self.hours = (NameCodes() for _ in range(4))
        self._units, self._clusters = Pairs(), Pairs()

    def read(self, contacts: nw.LazyFrame[Any], *columns: str) -> Iterator[Batch]:
        """Yield contacts that name their channel; see `timed.timed`."""
        import narwhals as nw

        times = (nw.col(column).fill_null(UNTIMED).cast(nw.Int64) for column in TIMES.values())
        in_channels = contacts.filter(~nw.col("channel").is_null())
        for rows in batches(
            in_channels.select("channel", "unit_id", "day", *times, *columns, became=_place())
        ):
            yield self._batch(rows)

    def _batch(self, rows: pa.Table) -> Batch:
        names = ((self.channels, "channel"), (self.units, "unit_id"), (self.days, "day"))
        channel, unit, day = (codes.codes(rows[name]) for codes, name in names)
        became, left = rows["became"].to_numpy(), rows["left"].to_numpy()
        times = {
            what: np.where(became == _ANSWERED, rows[column].to_numpy(), UNTIMED)
            for what, column in TIMES.items()
        }
        cluster = self._clusters.codes(self._units.codes(channel, unit), day)
        return Batch(channel, unit, day, cluster, became, times, left, rows)

    def months(self, batch: Batch) -> Whole:
        """Return the month of each contact."""
        return months_of_days(self.days.names.astype(np.int64))[batch.day]

    def clusters(self) -> pd.DataFrame:
        """Return the channel, unit and day of each cluster, in the order of the codes."""
        unit = self._clusters.first
        return pd.DataFrame(
            {
                "channel": self.channels.names[self._units.first[unit]].astype(str),
                "unit_id": self.units.names[self._units.second[unit]],
                "day": self.days.names[self._clusters.second].astype(np.int64),
            }
        )


def _place() -> nw.Expr:
    """Return the place in `BECAME` of what became of a contact."""
    import narwhals as nw

    place = nw.lit(len(BECAME) - 1)
    for earlier, became in enumerate(BECAME[:-1]):
        place = nw.when(nw.col("became") == became).then(nw.lit(earlier)).otherwise(place)
    return place.cast(nw.Int64)


class _ByDay:
    """What became of contacts by channel, unit and day, and what their times add up to."""

    def __init__(self) -> None:
        self._became, self._cases, self._times = (CodedSums(len(each)) for each in (BECAME, TIMES, TIMES))

    def add(self, batch: Batch) -> None:
        self._became.count_each(batch.cluster, batch.became)
        self._cases.count(batch.cluster, [time != UNTIMED for time in batch.times.values()])
        self._times.add(batch.cluster, [np.maximum(time, 0) for time in batch.times.values()])

    def frame(self, places: Places) -> pd.DataFrame:
        sums = {
            **dict(zip(BECAME, self._became.sums, strict=True)),
            **dict(zip((f"{what}_cases" for what in TIMES), self._cases.sums, strict=True)),
            **dict(zip((f"{what}_time" for what in TIMES), self._times.sums, strict=True)),
        }
        rows = pd.concat([places.clusters(), pd.DataFrame(sums)], axis=1)
        return rows.sort_values(["channel", "unit_id", "day"], kind="stable", ignore_index=True)


class WaitsOfParts:
    """Contacts by channel and part, with the distribution of their waits, as batches are added.

    Parameters
    ----------
    names
        Of the codes of parts; None where codes are numbers that stand for themselves.
    """

    def __init__(self, names: NameCodes | None) -> None:
        self._names, self._parts = names, Pairs()
        self._became, self._cases, self._times = CodedSums(len(BECAME)), CodedSums(1), CodedSums(1)
        self._seconds = CountedNumbers()

    def add(self, batch: Batch, parts: Whole) -> None:
        """Add contacts by the code of their part."""
        part = self._parts.codes(batch.channel, parts)
        wait = batch.times["wait"]
        timed = wait != UNTIMED
        self._became.count_each(part, batch.became)
        self._cases.count(part, [timed])
        self._times.add(part, [np.maximum(wait, 0)])
        self._seconds.add(part[timed], wait[timed] // SECOND)

    @property
    def _called(self) -> NDArray[Any]:
        return self._parts.second if self._names is None else self._names.names[self._parts.second]

    def frame(self, channels: NameCodes) -> pd.DataFrame:
        """Return counts, times and quantiles by channel and part, those that name no part left out.

        A quantile is the smallest whole second that at least the share did not exceed.
        """
        became = dict(zip(BECAME, self._became.sums, strict=True))
        rows = pd.DataFrame(
            {
                "channel": channels.names[self._parts.first].astype(str),
                "part": self._called,
                **{name: became[name] for name in (ANSWERED, GIVEN_UP)},
                "unknown": sum(became[name] for name in _OPEN),
                "offered": self._became.sums.sum(axis=0),
                "cases": self._cases.sums[0],
                "time": self._times.sums[0],
                **{name: self._quantile(share) for name, share in QUANTILES.items()},
            }
        )
        of_part = rows[rows["part"].notna()]
        return of_part.sort_values(["channel", "part"], kind="stable", ignore_index=True)

    def _quantile(self, share: float) -> NDArray[np.float64]:
        parts, seconds, cases = self._seconds.counted()
        up_to, every = np.cumsum(cases), np.bincount(parts, cases, minlength=len(self._parts.first))
        before = (np.cumsum(every) - every).astype(np.int64)
        # Whole numbers throughout: a share of cases in floating point may miss the case that just reaches it.
        wanted = every.astype(np.int64)[parts] * round(100 * share)
        reached = (up_to - before[parts]) * 100 >= wanted
        quantiles = np.full(len(every), np.nan)
        parts_reached, first = np.unique(parts[reached], return_index=True)
        quantiles[parts_reached] = seconds[reached][first]
        return quantiles

    def distribution(self, channels: NameCodes) -> pd.DataFrame:
        """Return cases by channel, part and whole seconds, those that name no part left out."""
        parts, seconds, cases = self._seconds.counted()
        rows = pd.DataFrame(
            {
                "channel": channels.names[self._parts.first[parts]],
                "part": self._called[parts],
                "seconds": seconds,
                "cases": cases,
            }
        )
        return rows[rows["part"].notna()]


class _Departures:
    """Whole seconds until contacts left the queue, and those until handling was over."""

    def __init__(self) -> None:
        self._departed, self._handled = CountedNumbers(), CountedNumbers()

    def add(self, batch: Batch) -> None:
        timed_rows = (batch.left != UNTIMED) & (batch.became != BECAME.index(UNKNOWN))
        self._departed.add(
            (batch.channel * len(BECAME) + batch.became)[timed_rows], batch.left[timed_rows] // SECOND
        )
        handled = batch.times["handle"]
        timed_rows = handled != UNTIMED
        self._handled.add(batch.channel[timed_rows], handled[timed_rows] // SECOND)

    def frames(self, channels: NameCodes) -> tuple[pd.DataFrame, pd.DataFrame]:
        code, seconds, cases = self._departed.counted()
        channel, became = np.divmod(code, len(BECAME))
        departures = {"channel": channels.names[channel], "became": np.array(BECAME)[became]}
        departures |= {"seconds": seconds, "cases": cases}
        code, seconds, cases = self._handled.counted()
        handled = {"channel": channels.names[code], "seconds": seconds, "cases": cases}
        return pd.DataFrame(departures), pd.DataFrame(handled)


def counted_waits(
    contacts: nw.LazyFrame[Any], places: Places, dimensions: Sequence[str], coded: CodedWaits
) -> tuple[CountedWaits, dict[str, WaitsOfParts]]:
    """Count contacts by unit and day, by whole seconds, and by each dimension, in one pass.

    Parameters
    ----------
    contacts
        See `timed.timed`.
    dimensions
        Columns that hold what contacts are parts of, ``hour`` among them; and ``month``, of the local day.
    coded
        Where contacts are held for the second pass.
    """
    names: dict[str, NameCodes | None] = {name: NameCodes() for name in dimensions}
    names |= {"unit_id": places.units, "hour": places.hours, "month": None}
    by_day, departures = _ByDay(), _Departures()
    parts = {name: WaitsOfParts(names[name]) for name in dimensions}
    read = [name for name in dimensions if name not in {"unit_id", "month"}]
    for batch in places.read(contacts, *read):
        by_day.add(batch)
        departures.add(batch)
        codes = {"unit_id": batch.unit, "month": places.months(batch)}
        codes |= {name: part.codes(batch.rows[name]) for name in read if (part := names[name])}
        coded.add(batch, codes["hour"])
        for name, waits in parts.items():
            waits.add(batch, codes[name])
    return CountedWaits(by_day.frame(places), *departures.frames(places.channels)), parts
