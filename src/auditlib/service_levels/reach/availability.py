"""How much of its opening hours each channel could be reached in, by unit, in real seconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import to_pandas
from auditlib.obligations import UnitPlace, WorkingHours, unit_places
from auditlib.obligations.hours import as_of, hours_of
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.run import Run
from auditlib.records import Refusal
from auditlib.service_levels.reach.downtime import TimeSpan, costs_open_time, lost
from auditlib.service_levels.reach.register_months import RegisterMonths, register_months
from auditlib.service_levels.reach.registry import ChannelPolicy
from auditlib.standards.whole_days import whole_day
from auditlib.time.epoch import DAY, SECOND, day_number
from auditlib.time.timetable import Instants, Timetable, elapsed, timetable
from auditlib.time.zones import reached, zone

if TYPE_CHECKING:
    import pandas as pd

TABLE = "outages"
NO_REGISTRY = Refusal(
    "The run names no registry of channels, so that nobody knows which are promised and when they are open.",
    "Name one among the policies: channels@2025.",
)
NO_OUTAGES = Refusal(
    "The evidence has no register of outages.",
    "Ask when each channel could not be reached: where, from when and until when.",
)
EMPTY = Refusal(
    "The register of outages has no entry: whether there was none or nobody wrote any down, it leaves open.",
    "Ask how outages are noticed and written down.",
)
NONE_PROMISED = Refusal(
    "The register of outages has no entry for a promised channel: whether there was none or nobody wrote any "
    "down, it leaves open.",
    "Ask how outages of promised channels are noticed and written down.",
)
NO_UNITS = Refusal(
    "The evidence has no unit whose opening hours are known.", "Ask for the register of units."
)


class UnitAvailability(NamedTuple):
    """A channel in a unit: open time, and the least and the most that outages took of it, microseconds."""

    unit_id: str
    open_time: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class ChannelAvailability:
    """Opening hours of a channel, and how much of them outages took.

    Parameters
    ----------
    units
        Those whose opening hours are known.
    outages, idle
        Outages that took open time, and those that ran outside of it.
    endless
        Outages without an end, counted until the audit looks.
    entered
        The same units in the months alone in which the register has entries; none where it has some in all.
    """

    channel: str
    units: tuple[UnitAvailability, ...]
    outages: int
    idle: int
    endless: int
    entered: tuple[UnitAvailability, ...] = ()

    @property
    def open_time(self) -> int:
        """Open microseconds of all units."""
        return sum(unit.open_time for unit in self.units)

    @property
    def lost(self) -> tuple[int, int]:
        """The least and the most open microseconds that outages took."""
        return sum(unit.least for unit in self.units), sum(unit.most for unit in self.units)

    @property
    def shares(self) -> tuple[float, float]:
        """The least and the most of open time in which the channel could be reached."""
        return _shares(self.units)

    @property
    def shares_entered(self) -> tuple[float, float] | None:
        """The same of the months with entries alone; None where the register has some in every month."""
        return _shares(self.entered) if self.entered else None

    @property
    def lowest(self) -> UnitAvailability:
        """The unit that lost most of its open time; the first of those alike."""
        return max(self.units, key=lambda unit: unit.most / unit.open_time)


def _shares(units: Sequence[UnitAvailability]) -> tuple[float, float]:
    """Return the least and the most of the open time of units in which no outage ran."""
    open_time = sum(unit.open_time for unit in units)
    most, least = sum(unit.most for unit in units), sum(unit.least for unit in units)
    return 1 - most / open_time, 1 - least / open_time


@dataclass(frozen=True, slots=True)
class Endless:
    """An outage without an end."""

    outage_id: str
    unit_id: str
    channel: str


@dataclass(frozen=True, slots=True)
class Availability:
    """Availability by channel.

    Parameters
    ----------
    channels
        Those with an entry in the register, in the order of the registry.
    unentered
        Registered channels without an entry: whether they could always be reached nobody knows.
    endless
        Outages without an end in registered channels.
    unregistered
        Outages of channels that are not registered.
    unplaced
        Units whose opening hours are not known.
    months
        In which months of the period the register has entries.
    """

    channels: tuple[ChannelAvailability, ...]
    unentered: tuple[str, ...] = ()
    endless: tuple[Endless, ...] = ()
    unregistered: int = 0
    unplaced: int = 0
    months: RegisterMonths = field(default_factory=RegisterMonths)


def availability(engagement: Engagement, registry: ChannelPolicy) -> Availability | Refusal:
    """Return how much of its opening hours each registered channel with an entry could be reached in.

    Raises
    ------
    ParameterError
        Where a calendar is absent or wrong.
    """
    tables, run = engagement.evidence, engagement.run
    if not registry.channels:
        return NO_REGISTRY
    if TABLE not in tables.tables:
        return NO_OUTAGES
    register = outages_of(tables, run)
    if register.empty:
        return EMPTY
    ours = register[register["channel"].isin(list(registry.channels))]
    if ours.empty:
        return NONE_PROMISED
    entered = set(ours["channel"])
    places = unit_places(tables)
    names = dict.fromkeys(entry.calendar for entry in registry.channels.values())
    months = register_months(tables.lazy(TABLE), run)
    hours = {name: hours_of(name, engagement, places) for name in names}
    channels = tuple(
        entry
        for channel, promised in registry.channels.items()
        if channel in entered
        and (
            entry := _of_channel(channel, register, hours[promised.calendar], places, run, months=months)
        ).units
    )
    if not channels:
        return NO_UNITS
    without = {unit for entry in hours.values() for unit in entry.without}
    unentered = tuple(channel for channel in registry.channels if channel not in entered)
    endless, unregistered = tuple(_endless(ours)), len(register) - len(ours)
    return Availability(channels, unentered, endless, unregistered, len(without), months)


def outages_of(tables: CanonicalTables, run: Run) -> pd.DataFrame:
    """Return the outages, each with its least and its most: a day without a time may be all of that day.

    An outage without an end lasts until the audit looks; one of no unit holds for every unit.
    """
    import narwhals as nw

    frame = tables.lazy(TABLE)
    over = nw.col("ended_at").fill_null(as_of(run))
    early, late = (
        nw.when(whole_day(frame, stem)).then(DAY).otherwise(0).cast(nw.Int64) for stem in ("started", "ended")
    )
    return to_pandas(
        frame.select(
            "outage_id",
            "channel",
            unit_id=nw.col("unit_id").fill_null(""),
            endless=nw.col("ended_at").is_null(),
            least_start=nw.col("started_at") + early,
            most_start=nw.col("started_at"),
            least_end=over,
            most_end=over + late,
        )
    ).sort_values("outage_id")


def _endless(register: pd.DataFrame) -> Iterator[Endless]:
    rows = register[register["endless"].astype(bool)]
    for outage, unit, channel in zip(rows["outage_id"], rows["unit_id"], rows["channel"], strict=True):
        yield Endless(str(outage), str(unit), str(channel))


def _of_channel(
    channel: str,
    register: pd.DataFrame,
    hours: WorkingHours,
    places: Sequence[UnitPlace],
    run: Run,
    *,
    months: RegisterMonths,
) -> ChannelAvailability:
    """Return the availability of a channel in every unit whose opening hours are known."""
    ours = register[register["channel"] == channel]
    by_unit = {str(unit): _Outages.of(rows) for unit, rows in ours.groupby("unit_id")}
    everywhere = by_unit.get("", _Outages.of(ours[:0]))
    tables = _timetables(hours, places, run)
    units, entered, costly = [], [], set[str]()
    for place in places:
        if place.unit_id not in hours.of_unit:
            continue
        within, table = _period(place, run), tables[hours.of_unit[place.unit_id]]
        outages = everywhere.and_(by_unit.get(place.unit_id))
        units.append(outages.taken(place.unit_id, table, (within,)))
        if months.partial:
            entered.append(outages.taken(place.unit_id, table, _entered(months, place, run, within)))
        costly |= set(outages.costing(table, within))
    counted, of_months = (tuple(unit for unit in part if unit.open_time > 0) for part in (units, entered))
    endless = int(ours["endless"].sum())
    return ChannelAvailability(channel, counted, len(costly), len(ours) - len(costly), endless, of_months)


def _entered(months: RegisterMonths, place: UnitPlace, run: Run, within: TimeSpan) -> tuple[TimeSpan, ...]:
    """Return the months with entries on the clock of a unit, as far as they lie in the period."""
    local = zone(place.time_zone or run.time_zone)
    ends = ([reached(local, day, 0) for day in days] for days in months.stretches())
    clipped = (TimeSpan(max(start, within.start), min(end, within.end)) for start, end in ends)
    return tuple(span for span in clipped if span.start < span.end)


@dataclass(frozen=True, slots=True, eq=False)
class _Outages:
    """Outages as arrays; see `outages_of`."""

    ids: tuple[str, ...]
    least_start: Instants
    most_start: Instants
    least_end: Instants
    most_end: Instants

    @classmethod
    def of(cls, rows: pd.DataFrame) -> _Outages:
        columns = ("least_start", "most_start", "least_end", "most_end")
        return cls(
            tuple(map(str, rows["outage_id"])), *(rows[name].to_numpy(dtype=np.int64) for name in columns)
        )

    def and_(self, further: _Outages | None) -> _Outages:
        """Return these and further ones."""
        if further is None:
            return self
        return _Outages(
            (*self.ids, *further.ids),
            np.concatenate([self.least_start, further.least_start]),
            np.concatenate([self.most_start, further.most_start]),
            np.concatenate([self.least_end, further.least_end]),
            np.concatenate([self.most_end, further.most_end]),
        )

    def taken(self, unit: str, table: Timetable, spans: Sequence[TimeSpan]) -> UnitAvailability:
        """Return the open time of a unit in stretches of time, and what these outages took of it."""
        return UnitAvailability(
            unit,
            sum(int(elapsed(table, span.start, span.end)) for span in spans),
            sum(lost(table, self.least_start, self.least_end, within=span) for span in spans),
            sum(lost(table, self.most_start, self.most_end, within=span) for span in spans),
        )

    def costing(self, table: Timetable, within: TimeSpan) -> Iterator[str]:
        """Yield those that may have taken open time."""
        cost = costs_open_time(table, self.most_start, self.most_end, within=within)
        yield from (self.ids[place] for place in np.flatnonzero(cost > 0))


def _timetables(hours: WorkingHours, places: Sequence[UnitPlace], run: Run) -> Mapping[str, Timetable]:
    spans: dict[str, list[TimeSpan]] = {}
    for place in places:
        if place.unit_id in hours.of_unit:
            spans.setdefault(hours.of_unit[place.unit_id], []).append(_period(place, run))
    return {
        key: timetable(
            hours.calendars[key], min(span.start for span in stretch), max(span.end for span in stretch)
        )
        for key, stretch in spans.items()
    }


def _period(place: UnitPlace, run: Run) -> TimeSpan:
    """Return the audited period on the clock of a unit, as far as the audit has seen it."""
    local = zone(place.time_zone or run.time_zone)
    first = reached(local, day_number(run.period.start), 0)
    after = reached(local, day_number(run.period.end + timedelta(days=1)), 0)
    return TimeSpan(first, max(first, min(after, as_of(run))))


def hours_in(microseconds: float) -> float:
    """Return microseconds as hours."""
    return microseconds / (3_600 * SECOND)
