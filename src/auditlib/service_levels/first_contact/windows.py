"""What became of the first contacts of matters, counted by unit and day for every window at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from auditlib.service_levels.first_contact.rule import RepeatRule
from auditlib.statistics.clustered_share import ClusteredShare, pooled_share
from auditlib.statistics.strata import ClusterSpread, places, spread_of_clusters
from auditlib.statistics.types import Floats
from auditlib.time.epoch import DAY

if TYPE_CHECKING:
    import narwhals as nw

UNSAID = -1
"""Code of what a contact does not say; 0 is no, and 1 is yes."""
_NO, _YES, _SAID = (0,), (1,), (0, 1)
_ANSWERED, _FIRST_LEVEL, _UNKNOWN = {"answered": _YES}, {"level": _YES}, (UNSAID,)
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
        "mark_unsaid": ("base", {"mark": _UNKNOWN}),
        "marked": ("base", {"mark": _YES}),
        "net_mark_unsaid": ("base", _FIRST_LEVEL | {"mark": _UNKNOWN}),
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
_CODES = ("answered", "mark", "level", "said")


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
        the customer says, each shape (rows,); see `UNSAID`.
    columns
        For each part of `parts` and window its contacts, as ``part_days``, each shape (rows,).
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
            meets &= np.isin(self.codes[name], codes)
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
        return value, spread_of_clusters(moves[filled], self.stratum[filled])


def first_contact_counts(
    contacts: nw.LazyFrame[Any], *, rule: RepeatRule, windows: Sequence[int], until: int, first: int
) -> FirstContactCounts:
    """Count what became of first contacts, in one pass.

    Parameters
    ----------
    contacts
        With their silences, and ``said``: whether the customer calls the matter resolved.
    until, first
        Last instant of the evidence, and when its first contact was offered.
    """
    import narwhals as nw

    sums = {
        f"{name}_{days}": part.cast(nw.Int64)
        for days in windows
        for name, part in parts(rule, days, until=until, first=first).items()
    }
    by = ("unit_id", "day", *_CODES)
    summed = (
        contacts.filter(nw.col("in_period"), _after_silence(rule, min(windows)))
        .select("unit_id", "day", **_coded(), **sums)
        .group_by(*by)
        .agg(*(nw.col(name).sum() for name in sums))
        .sort(*by)
        .collect()
    )
    unit = np.array(summed.get_column("unit_id").to_list(), dtype=str)
    column = {name: summed.get_column(name).to_numpy() for name in ("day", *_CODES, *sums)}
    place = np.unique(unit, return_inverse=True)[1] * (1 << 32) + column["day"].astype(np.int64)
    return FirstContactCounts(
        unit,
        np.unique(place, return_inverse=True)[1].astype(np.int64),
        {name: column[name].astype(np.int64) for name in _CODES},
        {name: np.nan_to_num(column[name].astype(np.float64)) for name in sums},
    )


def _coded() -> dict[str, nw.Expr]:
    """Return what is known of contacts as codes."""
    import narwhals as nw

    flags = {
        "answered": nw.col("answered"),
        "mark": marked(),
        "level": nw.col("first_level"),
        "said": nw.col("said"),
    }
    return {name: flag.cast(nw.Int64).fill_null(UNSAID) for name, flag in flags.items()}


def marked() -> nw.Expr:
    """Return the party's own mark; one never answered has nothing to be marked."""
    import narwhals as nw

    silent = nw.col("mark").is_null() & ~nw.col("answered")
    return nw.when(silent).then(nw.lit(value=False)).otherwise(nw.col("mark"))


def begins(rule: RepeatRule, days: int) -> nw.Expr:
    """Return whether a contact is the first of its matter; a vague one is where it stands alone."""
    import narwhals as nw

    return _after_silence(rule, days) & ~(nw.col("vague") & within_window(rule, days))


def _after_silence(rule: RepeatRule, days: int) -> nw.Expr:
    import narwhals as nw

    return nw.col("since").is_null() | (nw.col("since") > rule.reach(days)).fill_null(value=False)


def undecided_counts(
    contacts: nw.LazyFrame[Any], *, rule: RepeatRule, windows: Sequence[int]
) -> dict[int, int]:
    """Return, for each window, how many vague contacts do not stand alone: they may be repeats."""
    import narwhals as nw

    near = {
        f"near_{days}": (~_after_silence(rule, days) | within_window(rule, days)).cast(nw.Int64)
        for days in windows
    }
    vague = contacts.filter(nw.col("vague")).select(**near)
    row = vague.select(*(nw.col(name).sum() for name in near)).collect().rows(named=True)[0]
    return {days: int(row[f"near_{days}"] or 0) for days in windows}


def within_window(rule: RepeatRule, days: int) -> nw.Expr:
    """Return whether the customer came back with the matter within the window."""
    import narwhals as nw

    return (nw.col("until_next") <= rule.reach(days)).fill_null(value=False)


def in_base(rule: RepeatRule, days: int, *, until: int) -> nw.Expr:
    """Return whether a contact is the first of its matter and its window is over."""
    import narwhals as nw

    return begins(rule, days) & (nw.col("starts_at") <= until - rule.reach(days))


def parts(rule: RepeatRule, days: int, *, until: int, first: int) -> dict[str, nw.Expr]:
    """Return which first contacts are counted under one window, by name.

    A customer may come back with a matter of the same kind that is another. As many as came back in a second
    window that follows the first, of those who had not before, would come by that in the first: ``watched``
    are those of whom both windows are over. ``judged`` are those of whom it is known whether they were
    resolved: of a contact said to be both answered and given up, where the customer came back.
    """
    import narwhals as nw

    start, base, returned = begins(rule, days), in_base(rule, days, until=until), within_window(rule, days)
    twice = 2 * days * DAY
    watched = start & ~nw.col("vague") & (nw.col("starts_at") <= until - twice)
    late = (nw.col("until_next") <= twice).fill_null(value=False)
    return {
        "base": base,
        "judged": base & (returned | ~nw.col("answered").is_null()),
        "returned": base & returned,
        "silent": base & ~returned,
        "censored": start & (nw.col("starts_at") > until - rule.reach(days)),
        "early": base & (nw.col("offered_at") <= first + rule.reach(days)),
        "watched": watched,
        "watched_returned": watched & returned,
        "watched_late": watched & late & ~returned,
    }


def shares_by(
    contacts: nw.LazyFrame[Any], columns: Sequence[str], *, rule: RepeatRule, until: int
) -> dict[tuple[str, str], ClusteredShare]:
    """Return the share resolved by each value of each column, under the window that is shown in detail."""
    import narwhals as nw

    base = in_base(rule, rule.days, until=until)
    resolved = nw.col("answered") & ~within_window(rule, rule.days)
    by = ("unit_id", "day", *columns)
    rows = (
        contacts.filter(nw.col("in_period"), base)
        .with_columns(resolved=resolved.cast(nw.Int64))
        .group_by(*by)
        .agg(counted=nw.col("resolved").count(), met=nw.col("resolved").sum())
        .collect()
        .to_arrow()
        .to_pandas(strings_to_categorical=True)
    )
    shares: dict[tuple[str, str], ClusteredShare] = {}
    for column in columns:
        grouped = rows.groupby([column, "unit_id", "day"], dropna=False, observed=True)[["met", "counted"]]
        days = grouped.sum().reset_index()
        for name, own in days.groupby(column, dropna=False, observed=True):
            met, counted = (own[part].to_numpy(np.float64) for part in ("met", "counted"))
            unit = places(own["unit_id"])
            shares[column, name if isinstance(name, str) else ""] = pooled_share(met, counted, unit)
    return shares
