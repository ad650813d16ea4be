"""Contacts of each kind counted by unit and day, and by half hour where shares of these are joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from auditlib.contracts.frames import batches
from auditlib.service_levels.coded_sums import CodedSums, NameCodes, Pairs, Whole
from auditlib.service_levels.tally import Counting
from auditlib.service_levels.waits import QUEUE
from auditlib.statistics.types import Floats

if TYPE_CHECKING:
    import narwhals as nw
    import pyarrow as pa

SLOT = 1800
"""Seconds of an interval where shares of intervals are joined: the half hour of contact centres; longer ones
are intervals as they were counted."""
_NO_TIME = -2
"""Slot of contacts that say no second; of those that say a day alone it is the one before the first."""


@dataclass(frozen=True, slots=True, eq=False)
class KindCounts:
    """Contacts of each kind, counted at every place.

    Parameters
    ----------
    unit, day
        Of each unit day, shape (unit days,).
    unit_day
        Of each place, where its unit day stands, shape (places,).
    contacts
        By kind, in ascending order, those of each place, shape (places,).
    """

    unit: NDArray[np.str_]
    day: Whole
    unit_day: Whole
    contacts: Mapping[int, Whole]

    def by_day(self, numbers: NDArray[Any]) -> Floats:
        """Return numbers of places added up by unit day, shape (unit days,)."""
        return np.bincount(self.unit_day, numbers, minlength=len(self.day)).astype(np.float64)

    def shares_by_day(self, counting: Counting) -> tuple[Floats, Floats]:
        """Return shares of the places of a unit day added up, and how many of them have one."""
        meeting, whole = (self._added(kinds) for kinds in (counting.meeting, counting.counted))
        present = whole > 0
        shares = np.divide(meeting, whole, out=np.zeros(len(whole)), where=present)
        return self.by_day(shares), self.by_day(present)

    def _added(self, kinds: frozenset[int]) -> Whole:
        total = np.zeros(len(self.unit_day), np.int64)
        for kind in kinds:
            total += self.contacts[kind]
        return total


def kind_counts(parts: Sequence[nw.LazyFrame[Any]], *, slots: bool) -> KindCounts:
    """Count contacts of each kind by unit and day.

    Parameters
    ----------
    parts
        Waits with their ``kind``.
    slots
        Whether places are the half hours of queues rather than days.
    """
    places = _Places(slots=slots)
    for part in parts:
        for rows in batches(_narrow(part, slots=slots)):
            places.add(rows)
    return places.counts()


def _narrow(part: nw.LazyFrame[Any], *, slots: bool) -> nw.LazyFrame[Any]:
    """Return what is read of waits."""
    import narwhals as nw

    columns = part.collect_schema().names()
    numbers = {name: nw.col(name).cast(nw.Int64) for name in ("day", "kind")}
    if "contacts" in columns:
        numbers["contacts"] = nw.col("contacts").fill_null(0).cast(nw.Int64)
    if not slots:
        return part.select("unit_id", **numbers)
    numbers["second"] = nw.col("second").fill_null(_NO_TIME * SLOT).cast(nw.Int64)
    return part.select("unit_id", *([QUEUE] if QUEUE in columns else []), **numbers)


class _Places:
    """Contacts by unit, day, half hour, queue and kind, as batches are added."""

    def __init__(self, *, slots: bool) -> None:
        self._slots = slots
        self._units, self._days, self._kinds = NameCodes(), NameCodes(), NameCodes()
        # Contacts that name no queue are of their unit alone.
        self._queues = NameCodes([None])
        self._unit_days, self._slot_queues, self._places, self._cells = Pairs(), Pairs(), Pairs(), Pairs()
        self._sums = CodedSums(1)

    def add(self, rows: pa.Table) -> None:
        unit_day = self._unit_days.codes(self._units.codes(rows["unit_id"]), self._days.codes(rows["day"]))
        place = self._places.codes(unit_day, self._slot(rows))
        cell = self._cells.codes(place, self._kinds.codes(rows["kind"]))
        counted = "contacts" in rows.column_names
        each_row = np.ones(rows.num_rows, np.int64)
        self._sums.add(cell, [rows["contacts"].to_numpy() if counted else each_row])

    def _slot(self, rows: pa.Table) -> Whole:
        """Return the code of the half hour and queue; one for all where a place is a day."""
        none = np.zeros(rows.num_rows, np.int64)
        if not self._slots:
            return none
        queue = self._queues.codes(rows[QUEUE]) if QUEUE in rows.column_names else none
        return self._slot_queues.codes(rows["second"].to_numpy() // SLOT - _NO_TIME, queue)

    def counts(self) -> KindCounts:
        unit = self._units.names.astype(str)[self._unit_days.first]
        day = self._days.names.astype(np.int64)[self._unit_days.second]
        order = np.lexsort((day, unit))
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        contacts = np.zeros((len(self._kinds.names), len(self._places.first)), np.int64)
        contacts[self._cells.second, self._cells.first] = self._sums.sums[0]
        by_kind = dict(zip(self._kinds.names.astype(np.int64).tolist(), contacts, strict=True))
        return KindCounts(unit[order], day[order], rank[self._places.first], dict(sorted(by_kind.items())))
