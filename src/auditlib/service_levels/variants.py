"""The same contacts under every definition and aggregation, each share with its interval.

Contacts of one unit and day wait together: a day on which few answer is a bad day for all who call. So days
of units are the clusters, and each share has the error that they give it. Units are all there are: that they
differ is no chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Interval
from auditlib.service_levels.definitions import Aggregation, ClockStart, ShareDefinition
from auditlib.service_levels.kind_counts import kind_counts
from auditlib.service_levels.tally import PREFERRED, Boundaries, Counting, Known, treatments
from auditlib.service_levels.waits import Waits
from auditlib.statistics.clustered_share import (
    ClusteredShare,
    mean_over_groups,
    mean_over_parts,
    pooled_share,
)
from auditlib.statistics.types import Floats

_Columns = Mapping[str, NDArray[Any]]
_NOT_BY_SLOTS = -1


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
    decided, settled
        The share of those contacts of which the evidence tells what the definition does with them, and how
        many of them count; None where there is none.
    unknown
        Contacts of which it does not.
    design_effect
        Contacts that are worth one independent contact, where all are known.
    contradicting
        Whether contacts that meet are more than there are, of all or of a unit, or fewer than none: nothing
        can be said then.
    """

    variant: Variant
    least: float | None
    most: float | None
    contacts: int
    interval: Interval | None
    decided: float | None = None
    settled: int = 0
    unknown: int = 0
    design_effect: float = 1.0
    contradicting: bool = False

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
        Units, days and what is counted there, all of one length.
    kinds
        What is known of each kind of contact.
    countings
        Number of each way of counting among the columns.
    """

    columns: _Columns
    kinds: Mapping[int, Known]
    countings: Mapping[Counting, int]

    def of(self, *, unit: str = "", first: int, last: int) -> Self:
        """Return what is counted from one local day to another, both included; for all units where empty."""
        day = self.columns["day"].astype(np.int64)
        chosen = (day >= first) & (day <= last)
        if unit:
            chosen &= self.columns["unit_id"].astype(str) == unit
        return replace(self, columns={name: column[chosen] for name, column in self.columns.items()})

    @property
    def days(self) -> int:
        """On how many local days anything was offered."""
        return len(np.unique(self.columns["day"]))

    def shares(self, variants: Sequence[Variant], *, level: float) -> tuple[VariantShare, ...]:
        """Return the share of each variant, in the order of the variants."""
        unit = np.unique(self.columns["unit_id"].astype(str), return_inverse=True)[1].astype(np.int64)
        days: dict[Counting, _DailyCounts] = {}
        shares = []
        for variant in variants:
            countings = _countings(variant, self.kinds)
            for counting in countings:
                if counting not in days:
                    number = self.countings.get(counting, _NOT_BY_SLOTS)
                    days[counting] = _daily(unit, self.columns, counting, number=number)
            unknown = self.undecided(variant)
            shares.append(_share(variant, *(days[each] for each in countings), unknown=unknown, level=level))
        return tuple(shares)

    def joined(self, other: Self) -> Self:
        """Return what is counted here and there together, for ways that do not join shares of intervals.

        Both are tallied by the same ways, so that a kind is the same in both.
        """
        names = dict.fromkeys((*self.columns, *other.columns))
        parts = [
            {name: part.columns.get(name, np.zeros(len(part.columns["day"]))) for name in names}
            for part in (self, other)
        ]
        columns = {name: np.concatenate([part[name] for part in parts]) for name in names}
        return replace(self, columns=columns, kinds={**self.kinds, **other.kinds}, countings={})

    def contacts(self, *, where: Callable[[Known], bool]) -> int:
        """Return how many contacts there are of which what is known is so."""
        return self._many(kind for kind, state in self.kinds.items() if where(state))

    def undecided(self, variant: Variant, *, where: Callable[[Known], bool] = lambda _: True) -> int:
        """Return how many contacts there are of which it is not known what a variant does with them."""
        return self._many(kind for kind in _open(variant, self.kinds) if where(self.kinds[kind]))

    def _many(self, kinds: Iterable[int]) -> int:
        return sum(int(self.columns[_column(kind)].sum()) for kind in kinds)


def measured(waits: Waits, variants: Sequence[Variant], *, level: float) -> tuple[VariantShare, ...]:
    """Return the share of each variant, in the order of the variants.

    Parameters
    ----------
    waits
        Contacts, of one channel or of several that are taken together.
    level
        Coverage of the intervals.
    """
    return tallied(waits, variants).shares(variants, level=level)


def tallied(waits: Waits, variants: Sequence[Variant]) -> DailyContacts:
    """Return what variants count by unit and day, in one pass over the contacts."""
    boundaries = Boundaries.of((variant.definition, variant.limit) for variant in variants)
    by_kind = [part.with_columns(kind=boundaries.kind()) for part in waits.parts]
    slots = any(variant.aggregation is Aggregation.MEAN_OF_INTERVALS for variant in variants)
    counts = kind_counts(by_kind, slots=slots)
    kinds = {kind: boundaries.known(kind) for kind in counts.contacts}
    columns = {"unit_id": counts.unit, "day": counts.day}
    columns |= {_column(kind): counts.by_day(contacts) for kind, contacts in counts.contacts.items()}
    if not slots:
        return DailyContacts(columns, kinds, {})
    # Definitions that differ in nothing that happened count the same, and are counted once.
    countings = tuple(dict.fromkeys(part for variant in variants for part in _countings(variant, kinds)))
    for number, counting in enumerate(countings):
        columns[f"shares_{number}"], columns[f"slots_{number}"] = counts.shares_by_day(counting)
    return DailyContacts(columns, kinds, {counting: number for number, counting in enumerate(countings)})


def _countings(variant: Variant, kinds: Mapping[int, Known]) -> tuple[Counting, ...]:
    """Return what a variant counts where its share is least, where it is most, and of what is decided."""
    ends = tuple(Counting.of(variant.definition, kinds, limit=variant.limit, end=end) for end in PREFERRED)
    undecided = _open(variant, kinds)
    if not undecided:
        return (*ends, ends[0])
    decided = {kind: state for kind, state in kinds.items() if kind not in undecided}
    return (*ends, Counting.of(variant.definition, decided, limit=variant.limit, end="least"))


def _open(variant: Variant, kinds: Mapping[int, Known]) -> frozenset[int]:
    """Return the kinds of contacts of which it is not known what a variant does with them."""
    return frozenset(
        kind
        for kind, state in kinds.items()
        if len(treatments(variant.definition, *state, limit=variant.limit)) > 1
    )


def _column(kind: int) -> str:
    return f"kind_{kind}"


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
        """Return the share with days as clusters in each unit; None where nothing counts, or none is one."""
        if self.counted.sum() <= 0 or self.contradicts(aggregation):
            return None
        if aggregation is Aggregation.MEAN_OF_UNITS:
            return mean_over_groups(self.meeting, self.counted, self.unit)
        if aggregation is Aggregation.MEAN_OF_INTERVALS:
            return mean_over_parts(self.shares, self.slots, self.unit, cases=float(self.counted.sum()))
        return pooled_share(self.meeting, self.counted, self.unit)

    def contradicts(self, aggregation: Aggregation) -> bool:
        """Return whether more meets than counts, or less than none: who waits counts in the next interval."""
        meeting, counted = self.meeting.sum(), self.counted.sum()
        if aggregation is Aggregation.MEAN_OF_UNITS:
            meeting, counted = (np.bincount(self.unit, weights=part) for part in (self.meeting, self.counted))
        if aggregation is Aggregation.MEAN_OF_INTERVALS:
            meeting, counted = self.shares.sum(), self.slots.sum()
        return bool(np.any((meeting < 0) | (meeting > counted)))


def _daily(unit: NDArray[np.int64], columns: _Columns, counting: Counting, *, number: int) -> _DailyCounts:
    nothing = np.zeros(len(unit))
    shares, slots = (
        np.nan_to_num(columns.get(f"{part}_{number}", nothing).astype(np.float64))
        for part in ("shares", "slots")
    )
    meeting, counted = (
        sum((columns[_column(kind)].astype(np.float64) for kind in sorted(kinds)), nothing)
        for kinds in (counting.meeting, counting.counted)
    )
    return _DailyCounts(unit, meeting, counted, shares, slots)


def _share(
    variant: Variant,
    lower: _DailyCounts,
    upper: _DailyCounts,
    decided: _DailyCounts,
    *,
    unknown: int,
    level: float,
) -> VariantShare:
    # Where all is decided the three are one.
    shares = {counts: counts.share(variant.aggregation) for counts in {lower, upper, decided}}
    least, most, certain = (shares[counts] for counts in (lower, upper, decided))
    if least is None or most is None:
        impossible = any(counts.contradicts(variant.aggregation) for counts in (lower, upper))
        return VariantShare(variant, None, None, 0, None, unknown=unknown, contradicting=impossible)
    # Where fewer are in doubt than one interval handed on to the next, the ends change places.
    least, most = sorted((least, most), key=lambda end: end.value)
    low, high = least.limits(level=level)[0], most.limits(level=level)[1]
    return VariantShare(
        variant,
        least.value,
        most.value,
        int(most.cases),
        Interval(low, high, level, "Wilson, days of units as clusters"),
        None if certain is None else certain.value,
        0 if certain is None else int(certain.cases),
        max(0, unknown),
        1.0 if certain is None else certain.cases / certain.effective(level=level),
    )
