"""What became of the first contacts of matters, counted by unit and day for every window at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from auditlib.service_levels.first_contact.rule import RepeatRule
from auditlib.service_levels.first_contact.window_parts import after_silence, within_window
from auditlib.service_levels.first_contact.window_states import UNSAID
from auditlib.statistics.clustered_share import ClusteredShare, pooled_share
from auditlib.statistics.strata import ClusterSpread, places, spread_at_mix
from auditlib.statistics.types import Floats

if TYPE_CHECKING:
    import narwhals as nw

_NO, _YES, _SAID = (0,), (1,), (0, 1)
_ANSWERED, _FIRST_LEVEL, _UNKNOWN = {"answered": _YES}, {"level": _YES}, (UNSAID,)
_MAYBE = (*_YES, *_UNKNOWN)
CONDITIONS: Mapping[str, tuple[str, Mapping[str, tuple[int, ...]]]] = MappingProxyType(
    {
        "base": ("base", {}),
        "censored": ("censored", {}),
        "early": ("early", {}),
        "judged": ("judged", {}),
        "contradicted": ("base", {"answered": _UNKNOWN}),
        "undecided": ("silent", {"answered": _UNKNOWN}),
        "unanswered": ("base", {"answered": _NO}),
        "resolved": ("silent", _ANSWERED),
        "net": ("judged", _FIRST_LEVEL),
        "net_undecided": ("silent", _FIRST_LEVEL | {"answered": _UNKNOWN}),
        "net_resolved": ("silent", _ANSWERED | _FIRST_LEVEL),
        "beyond": ("base", {"level": _NO}),
        "level_unsaid": ("base", {"level": _UNKNOWN}),
        "level_unsaid_resolved": ("silent", _ANSWERED | {"level": _UNKNOWN}),
        "mark_known": ("base", {"mark": _SAID}),
        "mark_unsaid": ("base", {"answered": _MAYBE, "mark": _UNKNOWN}),
        "unmarked": ("base", {"answered": _NO, "mark": _UNKNOWN}),
        "marked": ("base", {"mark": _YES}),
        "net_mark_unsaid": ("base", _FIRST_LEVEL | {"answered": _MAYBE, "mark": _UNKNOWN}),
        "net_mark_known": ("base", _FIRST_LEVEL | {"mark": _SAID}),
        "net_marked": ("base", _FIRST_LEVEL | {"mark": _YES}),
        "marked_returned": ("returned", {"mark": _YES}),
        "unmarked_answered": ("base", _ANSWERED | {"mark": _NO}),
        "unmarked_silent": ("silent", _ANSWERED | {"mark": _NO}),
        "surveyed": ("base", {"said": _SAID}),
        "said_resolved": ("base", {"said": _YES}),
        "net_surveyed": ("base", _FIRST_LEVEL | {"said": _SAID}),
        "net_said_resolved": ("base", _FIRST_LEVEL | {"said": _YES}),
        "both": ("base", {"mark": _SAID, "said": _SAID}),
        "both_marked": ("base", {"mark": _YES, "said": _SAID}),
        "both_said": ("base", {"mark": _SAID, "said": _YES}),
        "denied": ("base", {"mark": _YES, "said": _NO}),
        "watched": ("watched", {"mark": _YES}),
        "watched_returned": ("watched_returned", {"mark": _YES}),
        "watched_late": ("watched_late", {"mark": _YES}),
    }
)
"""What is counted of first contacts: which of them under a window, and what else must be known of them."""


@dataclass(frozen=True, slots=True, eq=False)
class FirstContactCounts:
    """First contacts by unit, day and what is known of them.

    Parameters
    ----------
    unit
        Name of the unit, shape (rows,).
    cluster
        Place of the day of the unit, from 0, shape (rows,).
    codes
        Whether contacts were answered, are marked as resolved, are for the first level, and are resolved as
        the customer says, each shape (rows,); see `window_states.UNSAID`.
    columns
        For each part of `window_parts.parts` and window its contacts, as ``part_days``, each shape (rows,).
    """

    unit: NDArray[Any]
    cluster: NDArray[np.int64]
    codes: Mapping[str, NDArray[np.int64]]
    columns: Mapping[str, Floats]

    def only(self, rows: NDArray[np.bool_]) -> FirstContactCounts:
        """Return chosen rows alone."""
        cluster = np.unique(self.cluster[rows], return_inverse=True)[1].astype(np.int64)
        codes = {name: part[rows] for name, part in self.codes.items()}
        columns = {name: part[rows] for name, part in self.columns.items()}
        return FirstContactCounts(self.unit[rows], cluster, codes, columns)

    def daily(self, condition: str, days: int) -> Floats:
        """Return the counts of a condition under one window, shape (unit days,)."""
        part, known = CONDITIONS[condition]
        meets = np.ones(len(self.cluster), dtype=bool)
        for name, codes in known.items():
            meets &= np.logical_or.reduce([self.codes[name] == code for code in codes])
        return np.bincount(self.cluster, self.columns[f"{part}_{days}"] * meets).astype(np.float64)

    def total(self, condition: str, days: int) -> int:
        """Return how many contacts meet a condition under one window."""
        return int(self.daily(condition, days).sum())

    def share(self, meeting: str, of: str, days: int) -> ClusteredShare | None:
        """Return a share with days as clusters in each unit; None where nothing counts."""
        counted = self.daily(of, days)
        if counted.sum() <= 0:
            return None
        return pooled_share(self.daily(meeting, days), counted, self.stratum)

    @property
    def stratum(self) -> NDArray[np.int64]:
        """Place of the unit of each cluster, from 0, shape (unit days,)."""
        first = np.unique(self.cluster, return_index=True)[1]
        return places(self.unit[first])

    def difference(self, more: str, less: str, of: str, days: int) -> tuple[float, ClusterSpread] | None:
        """Return by how much one share of the same contacts exceeds another, and its spread."""
        counted = self.daily(of, days)
        whole, filled = counted.sum(), counted > 0
        if not filled.any():
            return None
        apart = self.daily(more, days) - self.daily(less, days)
        value = float(apart.sum() / whole)
        moves = (apart - value * counted) / whole
        return value, spread_at_mix(moves[filled], counted[filled], self.stratum[filled])


def undecided_counts(
    contacts: nw.LazyFrame[Any], *, rule: RepeatRule, windows: Sequence[int]
) -> dict[int, int]:
    """Return, for each window, how many vague contacts do not stand alone: they may be repeats."""
    import narwhals as nw

    near = {
        f"near_{days}": (~after_silence(rule, days) | within_window(rule, days)).cast(nw.Int64)
        for days in windows
    }
    vague = contacts.filter(nw.col("vague")).select(**near)
    row = vague.select(*(nw.col(name).sum() for name in near)).collect().rows(named=True)[0]
    return {days: int(row[f"near_{days}"] or 0) for days in windows}
