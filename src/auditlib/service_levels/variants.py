"""The same contacts under every definition and aggregation, each share with its interval.

Contacts of one unit and day wait together: a day on which few answer is a bad day for all who call. So days
of units are the independent cases, and each share has the error that its residuals by unit and day give it
(linearised ratio: Woodruff 1971, Journal of the American Statistical Association 66:411-414), as a Wilson
interval over the independent contacts that are worth as much.
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
from auditlib.statistics.intervals import wilson
from auditlib.statistics.types import Floats

if TYPE_CHECKING:
    import narwhals as nw

SLOT = 1800
"""Seconds of an interval where shares of intervals are joined: the half hour of contact centres."""
_Definitions = Mapping[tuple[str, int], ShareDefinition]


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
class _Days:
    """Contacts of a definition by unit and day, and the shares of its half hours added up.

    Parameters
    ----------
    unit
        Place of the unit, shape (unit days,).
    meeting, counted
        Contacts, shape (unit days,).
    shares, slots
        Sum of the shares of half hours in which something counts, and how many these are.
    """

    unit: NDArray[np.int64]
    meeting: Floats
    counted: Floats
    shares: Floats
    slots: Floats

    def share(self, aggregation: Aggregation) -> tuple[float, Floats]:
        """Return the share, and what each unit and day adds to its error."""
        if aggregation is Aggregation.MEAN_OF_UNITS:
            return self._mean_of_units()
        top, below = (self.meeting, self.counted)
        if aggregation is Aggregation.MEAN_OF_INTERVALS:
            top, below = self.shares, self.slots
        share = float(top.sum() / below.sum())
        return share, (top - share * below) / below.sum()

    def _mean_of_units(self) -> tuple[float, Floats]:
        meeting, counted = (np.bincount(self.unit, weights=part) for part in (self.meeting, self.counted))
        asked = counted > 0
        shares = np.divide(meeting, counted, out=np.zeros_like(meeting), where=asked)
        weight = np.divide(1.0, counted * asked.sum(), out=np.zeros_like(counted), where=asked)
        residuals = (self.meeting - shares[self.unit] * self.counted) * weight[self.unit]
        return float(shares[asked].mean()), residuals


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
    definitions = {(variant.name, variant.limit): variant.definition for variant in variants}
    slots = any(variant.aggregation is Aggregation.MEAN_OF_INTERVALS for variant in variants)
    columns = _by_day(waits, definitions, slots=slots)
    unit = np.unique(columns["unit_id"].astype(str), return_inverse=True)[1].astype(np.int64)
    places = {named: place for place, named in enumerate(definitions)}
    return tuple(
        _share(variant, unit, columns, f"{places[variant.name, variant.limit]}", level=level)
        for variant in variants
    )


def _by_day(waits: nw.LazyFrame[Any], definitions: _Definitions, *, slots: bool) -> dict[str, NDArray[Any]]:
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


def _share(
    variant: Variant,
    unit: NDArray[np.int64],
    columns: Mapping[str, NDArray[Any]],
    place: str,
    *,
    level: float,
) -> VariantShare:
    ends = {}
    nothing = np.zeros(len(unit))
    for end in PREFERRED:
        names = (f"{end}_{part}_{place}" for part in ("meeting", "counted", "shares", "slots"))
        parts = (np.nan_to_num(columns.get(name, nothing).astype(np.float64)) for name in names)
        days = _Days(unit, *parts)
        if days.counted.sum() <= 0:
            return VariantShare(variant, None, None, 0, None)
        ends[end] = (days, *_limits(days, variant.aggregation, level=level))
    (_, least, low, _), (most_days, most, _, high) = ends["least"], ends["most"]
    interval = Interval(low, high, level, "Wilson, days of units as cases")
    return VariantShare(variant, least, most, int(most_days.counted.sum()), interval)


def _limits(days: _Days, aggregation: Aggregation, *, level: float) -> tuple[float, float, float]:
    """Return the share between its limits; contacts count as strangers where days tell no more than that."""
    share, residuals = days.share(aggregation)
    cases, contacts = len(residuals), float(days.counted.sum())
    variance = float((residuals**2).sum()) * cases / (cases - 1) if cases > 1 else 0.0
    alone = share * (1 - share) / contacts
    worth = contacts if variance <= alone else share * (1 - share) / variance
    limits = wilson(share * worth, worth, level=level)
    return share, float(limits.low), float(limits.high)
