"""The same contacts under every definition and aggregation, each share with its interval.

Contacts of one unit and day wait together: a day on which few answer is a bad day for all who call. So days
of units are the clusters, and each share has the error that they give it. Units are all there are: that they
differ is no chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Interval
from auditlib.service_levels.definitions import Aggregation, ClockStart, ShareDefinition
from auditlib.service_levels.tally import PREFERRED, Boundaries, Counting, Known, treatments
from auditlib.service_levels.waits import QUEUE, Waits
from auditlib.statistics.clustered_share import (
    ClusteredShare,
    mean_over_groups,
    mean_over_parts,
    pooled_share,
)
from auditlib.statistics.types import Floats

if TYPE_CHECKING:
    import narwhals as nw

_SLOTS = ("slot", QUEUE)
SLOT = 1800
"""Seconds of an interval where shares of intervals are joined: the half hour of contact centres; longer ones
are intervals as they were counted."""
_Columns = Mapping[str, NDArray[Any]]
_NOT_BY_SLOTS = -1
_SAMPLE = 50_000
_ALL = "of_every_kind"


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
    counted = _tallied(by_kind, _sampled(by_kind), boundaries, variants, slots=slots)
    if counted is None:
        # A kind that is rare enough to be missed costs one pass more.
        counted = _tallied(by_kind, _kinds(by_kind), boundaries, variants, slots=slots)
    return _existing(counted)


def _existing(counted: DailyContacts | None) -> DailyContacts:
    if counted is None:
        raise ValueError("a kind of contacts came up between two passes over the same contacts")
    return counted


def _tallied(
    by_kind: Sequence[nw.LazyFrame[Any]],
    numbers: Sequence[int],
    boundaries: Boundaries,
    variants: Sequence[Variant],
    *,
    slots: bool,
) -> DailyContacts | None:
    """Return what is counted of these kinds of contacts; None where there are contacts of others."""
    kinds = {kind: boundaries.known(kind) for kind in numbers}
    # Definitions that differ in nothing that happened count the same, and are counted once.
    countings = tuple(dict.fromkeys(part for variant in variants for part in _countings(variant, kinds)))
    counted = _counted(by_kind, numbers, ("unit_id", "day", *(_SLOTS if slots else ())))
    if slots:
        counted = _joined_slots(counted, numbers, countings)
    days = counted.sort("unit_id", "day").collect()
    columns = {name: days.get_column(name).to_numpy() for name in days.columns}
    if columns.pop(_ALL).sum() != sum(columns[_column(kind)].sum() for kind in kinds):
        return None
    return DailyContacts(columns, kinds, {counting: number for number, counting in enumerate(countings)})


def _countings(variant: Variant, kinds: Mapping[int, Known]) -> tuple[Counting, ...]:
    """Return what a variant counts where its share is least, where it is most, and of what is decided."""
    ends = (Counting.of(variant.definition, kinds, limit=variant.limit, end=end) for end in PREFERRED)
    decided = {kind: state for kind, state in kinds.items() if kind not in _open(variant, kinds)}
    return (*ends, Counting.of(variant.definition, decided, limit=variant.limit, end="least"))


def _open(variant: Variant, kinds: Mapping[int, Known]) -> frozenset[int]:
    """Return the kinds of contacts of which it is not known what a variant does with them."""
    return frozenset(
        kind
        for kind, state in kinds.items()
        if len(treatments(variant.definition, *state, limit=variant.limit)) > 1
    )


def _sampled(waits: Sequence[nw.LazyFrame[Any]]) -> list[int]:
    """Return the kinds among the first contacts of each part: nearly always all there are."""
    return _kinds([part.head(_SAMPLE) for part in waits])


def _kinds(waits: Sequence[nw.LazyFrame[Any]]) -> list[int]:
    """Return the kinds of contacts that there are, in order."""
    return sorted({int(kind) for part in waits for (kind,) in part.select("kind").unique().collect().rows()})


def _counted(
    waits: Sequence[nw.LazyFrame[Any]], kinds: Sequence[int], place: Sequence[str]
) -> nw.LazyFrame[Any]:
    """Return how many contacts of each kind there are at each place."""
    import narwhals as nw

    counted = [_at(place, part, kinds) for part in waits]
    if len(counted) == 1:
        return counted[0]
    columns = [*(_column(kind) for kind in kinds), _ALL]
    return nw.concat(counted).group_by(*place).agg(*_sums(columns))


def _at(place: Sequence[str], part: nw.LazyFrame[Any], kinds: Sequence[int]) -> nw.LazyFrame[Any]:
    """Return contacts of each kind at each place; contacts of no queue are of their unit alone."""
    import narwhals as nw

    names = [name for name in place if name != QUEUE or name in part.collect_schema().names()]
    # Seconds of a day are small, so that dividing and rounding down is exact, and half as dear as `//`.
    slots = part.with_columns(slot=(nw.col("second") / SLOT).floor())
    counted = slots.group_by(*names).agg(**_numbers(part, kinds))
    if len(names) < len(place):
        counted = counted.with_columns(**{QUEUE: nw.lit(None, nw.String)})
    return counted.select(*place, *(_column(kind) for kind in kinds), _ALL)


def _numbers(part: nw.LazyFrame[Any], kinds: Sequence[int]) -> dict[str, nw.Expr]:
    """Return the number of contacts of each kind, each to be taken over a group."""
    import narwhals as nw

    of_kind = {_column(kind): nw.when(nw.col("kind") == kind) for kind in kinds}
    if "contacts" in part.collect_schema().names():
        numbers: dict[str, nw.Expr] = {_ALL: nw.col("contacts").sum()}
        numbers |= {name: when.then(nw.col("contacts")).sum() for name, when in of_kind.items()}
        return {name: number.fill_null(0).cast(nw.Int64) for name, number in numbers.items()}
    # Where each row is a contact, counting is half as dear as adding up ones.
    counted = {name: when.then(nw.lit(1)).count() for name, when in of_kind.items()}
    return counted | {_ALL: nw.len()}


def _column(kind: int) -> str:
    return f"kind_{kind}"


def _sums(names: Sequence[str]) -> list[nw.Expr]:
    """Return sums of whole numbers, which the database would hand over as decimals."""
    import narwhals as nw

    return [nw.col(name).sum().cast(nw.Int64) for name in names]


def _joined_slots(
    counted: nw.LazyFrame[Any], kinds: Sequence[int], countings: Sequence[Counting]
) -> nw.LazyFrame[Any]:
    """Return half hours added up by unit and day, with the sum of their shares and their number."""
    import narwhals as nw

    shares: dict[str, nw.Expr] = {}
    slots: dict[str, nw.Expr] = {}
    for number, counting in enumerate(countings):
        whole = _added(counting.counted)
        shares[f"shares_{number}"] = nw.when(whole > 0).then(_added(counting.meeting) / whole)
        slots[f"slots_{number}"] = (whole > 0).cast(nw.Int64)
    summed = _sums([*(_column(kind) for kind in kinds), *slots, _ALL])
    added = (nw.col(name).sum() for name in shares)
    return counted.with_columns(**shares, **slots).group_by("unit_id", "day").agg(*summed, *added)


def _added(kinds: frozenset[int]) -> nw.Expr:
    import narwhals as nw

    total = nw.lit(0)
    for kind in sorted(kinds):
        total = total + nw.col(_column(kind))
    return total


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
        """Return the share with days as clusters in each unit; None where nothing counts."""
        if self.counted.sum() <= 0:
            return None
        if aggregation is Aggregation.MEAN_OF_UNITS:
            return mean_over_groups(self.meeting, self.counted, self.unit)
        if aggregation is Aggregation.MEAN_OF_INTERVALS:
            return mean_over_parts(self.shares, self.slots, self.unit, cases=float(self.counted.sum()))
        return pooled_share(self.meeting, self.counted, self.unit)


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
    least, most, certain = (counts.share(variant.aggregation) for counts in (lower, upper, decided))
    if least is None or most is None:
        return VariantShare(variant, None, None, 0, None, unknown=unknown)
    low, high = least.limits(level=level)[0], most.limits(level=level)[1]
    return VariantShare(
        variant,
        least.value,
        most.value,
        int(most.cases),
        Interval(low, high, level, "Wilson, days of units as clusters"),
        None if certain is None else certain.value,
        0 if certain is None else int(certain.cases),
        unknown,
        1.0 if certain is None else certain.cases / certain.effective(level=level),
    )
