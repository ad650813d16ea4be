"""The same contacts under every definition and aggregation, each share with its interval.

Contacts of one unit and day wait together: a day on which few answer is a bad day for all who call. So days
of units are the clusters, and each share has the error that they give it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Interval
from auditlib.service_levels.definitions import Aggregation, ClockStart, ShareDefinition
from auditlib.service_levels.tally import PREFERRED, Bounds, possible, sums
from auditlib.statistics.clustered_share import (
    ClusteredShare,
    mean_over_groups,
    mean_over_parts,
    pooled_share,
)
from auditlib.statistics.types import Floats

if TYPE_CHECKING:
    import narwhals as nw

SLOT = 1800
"""Seconds of an interval where shares of intervals are joined: the half hour of contact centres; longer ones
are intervals as they were counted."""
_Definitions = Mapping[tuple[str, int], ShareDefinition]
_Columns = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Variant:
    """A definition with its limit, and how shares of units or intervals are joined."""

    name: str
    definition: ShareDefinition
    limit: int
    aggregation: Aggregation = Aggregation.POOLED
    clock: ClockStart = ClockStart.OFFERED


@dataclass(frozen=True, slots=True)
class VariantShare:
    """What a variant makes of the contacts.

    Parameters
    ----------
    least, most
        The share, or the ends of what the evidence leaves open; None where nothing counts.
    contacts
        Contacts that count, where most of them do.
    interval
        From the lower limit of the least to the upper limit of the most.
    """

    variant: Variant
    least: float | None
    most: float | None
    contacts: int
    interval: Interval | None

    @property
    def exact(self) -> bool:
        """Whether the evidence tells the share."""
        return self.least is not None and self.least == self.most


@dataclass(frozen=True, slots=True, eq=False)
class DailyContacts:
    """What definitions count by unit and day: any unit and any days can be taken of it.

    Parameters
    ----------
    columns
        Units, days and what each definition counts there, all of one length.
    places
        Number of each definition, with its limit, among the columns.
    """

    columns: _Columns
    places: Mapping[tuple[str, int], int]

    def of(self, *, unit: str = "", first: int, last: int) -> DailyContacts:
        """Return what is counted from one local day to another, both included; for all units where empty."""
        day = self.columns["day"].astype(np.int64)
        chosen = (day >= first) & (day <= last)
        if unit:
            chosen &= self.columns["unit_id"].astype(str) == unit
        return DailyContacts({name: column[chosen] for name, column in self.columns.items()}, self.places)

    @property
    def days(self) -> int:
        """On how many local days anything was offered."""
        return len(np.unique(self.columns["day"]))

    def shares(self, variants: Sequence[Variant], *, level: float) -> tuple[VariantShare, ...]:
        """Return the share of each variant, in the order of the variants."""
        named = np.unique(self.columns["unit_id"].astype(str), return_inverse=True)[1]
        unit = np.asarray(named, dtype=np.int64)
        days = {
            key: {end: _daily(unit, self.columns, end=end, place=place) for end in PREFERRED}
            for key, place in self.places.items()
        }
        return tuple(_share(variant, days[variant.name, variant.limit], level=level) for variant in variants)


def tallied(waits: nw.LazyFrame[Any], variants: Sequence[Variant]) -> DailyContacts:
    """Return what variants count by unit and day, in one pass over the contacts."""
    definitions = {(variant.name, variant.limit): variant.definition for variant in variants}
    slots = any(variant.aggregation is Aggregation.MEAN_OF_INTERVALS for variant in variants)
    places = {key: place for place, key in enumerate(definitions)}
    return DailyContacts(_by_day(waits, definitions, slots=slots), places)


def measured(
    waits: nw.LazyFrame[Any], variants: Sequence[Variant], *, level: float
) -> tuple[VariantShare, ...]:
    """Return the share of each variant, in the order of the variants.

    Parameters
    ----------
    waits
        Contacts, of one channel or of several that are taken together.
    level
        Coverage of the intervals.
    """
    return tallied(waits, variants).shares(variants, level=level)


def _by_day(waits: nw.LazyFrame[Any], definitions: _Definitions, *, slots: bool) -> _Columns:
    """Return what definitions count by unit and day, in one pass over the contacts.

    Parameters
    ----------
    slots
        Whether the shares of half hours are wanted too.
    """
    import narwhals as nw

    bounds = {key: Bounds.of(definition, limit=key[1]) for key, definition in definitions.items()}
    columns = {entry: f"possible_{place}" for place, entry in enumerate(dict.fromkeys(bounds.values()))}
    place = ["unit_id", "day", *(["slot"] if slots else [])]
    held = waits.with_columns(
        slot=nw.col("second") // SLOT, **{name: possible(entry) for entry, name in columns.items()}
    )
    distinct = held.group_by(*place, *columns.values()).agg(nw.col("contacts").sum())
    added = {
        f"{name}_{number}": expression
        for number, (key, definition) in enumerate(definitions.items())
        for name, expression in sums(definition, columns[bounds[key]]).items()
    }
    counted = distinct.select(*place, **added).group_by(*place).agg(*(nw.col(name).sum() for name in added))
    if slots:
        counted = _joined_slots(counted, list(added), len(definitions))
    days = counted.sort("unit_id", "day").collect()
    return {name: days.get_column(name).to_numpy() for name in days.columns}


def _joined_slots(counted: nw.LazyFrame[Any], added: list[str], definitions: int) -> nw.LazyFrame[Any]:
    """Return half hours added up by unit and day, with the sum of their shares and their number."""
    import narwhals as nw

    shares: dict[str, nw.Expr] = {}
    for number in range(definitions):
        for end in PREFERRED:
            whole = nw.col(f"{end}_counted_{number}")
            shares[f"{end}_shares_{number}"] = nw.when(whole > 0).then(
                nw.col(f"{end}_meeting_{number}") / whole
            )
            shares[f"{end}_slots_{number}"] = (whole > 0).cast(nw.Int64)
    summed = (nw.col(name).sum() for name in (*added, *shares))
    return counted.with_columns(**shares).group_by("unit_id", "day").agg(*summed)


@dataclass(frozen=True, slots=True, eq=False)
class _DailyCounts:
    """Contacts of a definition by unit and day, and the shares of its half hours added up.

    Parameters
    ----------
    unit
        Place of the unit, shape (unit days,).
    meeting, counted
        Contacts.
    shares, slots
        Sum of the shares of half hours in which something counts, and how many these are.
    """

    unit: NDArray[np.int64]
    meeting: Floats
    counted: Floats
    shares: Floats
    slots: Floats

    def share(self, aggregation: Aggregation) -> ClusteredShare | None:
        """Return the share with days of units as clusters; None where nothing counts."""
        if self.counted.sum() <= 0:
            return None
        if aggregation is Aggregation.MEAN_OF_UNITS:
            return mean_over_groups(self.unit, self.meeting, self.counted)
        if aggregation is Aggregation.MEAN_OF_INTERVALS:
            return mean_over_parts(self.shares, self.slots, cases=float(self.counted.sum()))
        return pooled_share(self.meeting, self.counted)


def _daily(unit: NDArray[np.int64], columns: _Columns, *, end: str, place: int) -> _DailyCounts:
    nothing = np.zeros(len(unit))
    names = (f"{end}_{part}_{place}" for part in ("meeting", "counted", "shares", "slots"))
    return _DailyCounts(
        unit, *(np.nan_to_num(columns.get(name, nothing).astype(np.float64)) for name in names)
    )


def _share(variant: Variant, days: Mapping[str, _DailyCounts], *, level: float) -> VariantShare:
    least, most = (days[end].share(variant.aggregation) for end in PREFERRED)
    if least is None or most is None:
        return VariantShare(variant, None, None, 0, None)
    low, high = least.limits(level=level)[0], most.limits(level=level)[1]
    interval = Interval(low, high, level, "Wilson, days of units as clusters")
    return VariantShare(variant, least.value, most.value, int(most.cases), interval)
