"""What became of the first contacts of matters, counted by unit and day for every window at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from auditlib.service_levels.first_contact.rule import RepeatRule
from auditlib.statistics.clustered_share import ClusteredShare, pooled_share
from auditlib.statistics.types import Floats
from auditlib.time.epoch import DAY

if TYPE_CHECKING:
    import narwhals as nw

Columns = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class DailyFlags:
    """Contacts that meet conditions, by unit and day.

    Parameters
    ----------
    columns
        For each condition and window its counts, shape (unit days,), as ``condition_days``.
    """

    columns: Columns

    def daily(self, condition: str, days: int) -> Floats:
        """Return the counts of a condition under one window, shape (unit days,)."""
        return np.nan_to_num(self.columns[f"{condition}_{days}"].astype(np.float64))

    def total(self, condition: str, days: int) -> int:
        """Return how many contacts meet a condition under one window."""
        return int(self.daily(condition, days).sum())

    def share(self, meeting: str, of: str, days: int) -> ClusteredShare | None:
        """Return a share with days of units as clusters; None where nothing counts."""
        counted = self.daily(of, days)
        return pooled_share(self.daily(meeting, days), counted) if counted.sum() > 0 else None

    def difference(self, more: str, less: str, of: str, days: int) -> tuple[float, float] | None:
        """Return by how much one share of the same contacts exceeds another, and its standard error."""
        counted = self.daily(of, days)
        whole = counted.sum()
        if whole <= 0 or (counted > 0).sum() < 2:
            return None
        apart = self.daily(more, days) - self.daily(less, days)
        value = float(apart.sum() / whole)
        residuals = (apart - value * counted) / whole
        clusters = int((counted > 0).sum())
        return value, float(np.sqrt((residuals**2).sum() * clusters / (clusters - 1)))


def daily_flags(
    contacts: nw.LazyFrame[Any], *, rule: RepeatRule, windows: Sequence[int], until: int, first: int
) -> DailyFlags:
    """Count what became of first contacts, in one pass.

    Parameters
    ----------
    contacts
        With their silences, and ``said``: whether the customer calls the matter resolved.
    until, first
        Last instant of the evidence, and when its first contact was offered.
    """
    import narwhals as nw

    flags = {
        f"{name}_{days}": condition.fill_null(value=False).cast(nw.Int64)
        for days in windows
        for name, condition in conditions(rule, days, until=until, first=first).items()
    }
    chosen = contacts.filter(nw.col("in_period"), _begins(rule, min(windows)))
    summed = (
        chosen.select("unit_id", "day", **flags)
        .group_by("unit_id", "day")
        .agg(*(nw.col(name).sum() for name in flags))
        .sort("unit_id", "day")
        .collect()
    )
    return DailyFlags({name: summed.get_column(name).to_numpy() for name in summed.columns})


def _begins(rule: RepeatRule, days: int) -> nw.Expr:
    """Return whether a contact is the first of its matter."""
    import narwhals as nw

    return nw.col("since").is_null() | (nw.col("since") > rule.reach(days))


def within_window(rule: RepeatRule, days: int) -> nw.Expr:
    """Return whether the customer came back with the matter within the window."""
    import narwhals as nw

    return (nw.col("until_next") <= rule.reach(days)).fill_null(value=False)


def in_base(rule: RepeatRule, days: int, *, until: int) -> nw.Expr:
    """Return whether a contact is the first of its matter and its window is over."""
    import narwhals as nw

    return _begins(rule, days) & (nw.col("starts_at") + rule.reach(days) <= until)


def conditions(rule: RepeatRule, days: int, *, until: int, first: int) -> dict[str, nw.Expr]:
    """Return what is counted of first contacts under one window, by name."""
    import narwhals as nw

    base, returned = in_base(rule, days, until=until), within_window(rule, days)
    resolved = base & nw.col("answered") & ~returned
    return {
        "base": base,
        "censored": _begins(rule, days) & ~(nw.col("starts_at") + rule.reach(days) <= until),
        "early": base & (nw.col("offered_at") - first <= rule.reach(days)),
        "unanswered": base & ~nw.col("answered"),
        "resolved": resolved,
        **_of_level(base, resolved),
        **_of_mark(base, returned),
        **_of_customer(base),
        **_by_chance(rule, days, until=until, returned=returned),
    }


def _of_level(base: nw.Expr, resolved: nw.Expr) -> dict[str, nw.Expr]:
    """Split by whether the first level can resolve the matter."""
    import narwhals as nw

    level = nw.col("first_level")
    return {
        "net": base & level,
        "net_resolved": resolved & level,
        "beyond": base & ~level,
        "level_unsaid": base & level.is_null(),
        "level_unsaid_resolved": resolved & level.is_null(),
    }


def marked() -> nw.Expr:
    """Return the party's own mark; one never answered has nothing to be marked."""
    import narwhals as nw

    silent = nw.col("mark").is_null() & ~nw.col("answered")
    return nw.when(silent).then(nw.lit(value=False)).otherwise(nw.col("mark"))


def _of_mark(base: nw.Expr, returned: nw.Expr) -> dict[str, nw.Expr]:
    """Hold the party's own mark against what followed."""
    import narwhals as nw

    mark, level, answered = marked(), nw.col("first_level"), nw.col("answered")
    known = base & ~mark.is_null()
    return {
        "mark_known": known,
        "marked": base & mark,
        "mark_unsaid": base & mark.is_null(),
        "net_mark_known": known & level,
        "net_marked": base & mark & level,
        "marked_returned": base & mark & returned,
        "unmarked_answered": base & ~mark & answered,
        "unmarked_silent": base & ~mark & answered & ~returned,
    }


def _of_customer(base: nw.Expr) -> dict[str, nw.Expr]:
    """Hold what customers say against the mark."""
    import narwhals as nw

    said, mark, level = nw.col("said"), marked(), nw.col("first_level")
    surveyed = base & ~said.is_null()
    both = surveyed & ~mark.is_null()
    return {
        "surveyed": surveyed,
        "said_resolved": surveyed & said,
        "net_surveyed": surveyed & level,
        "net_said_resolved": surveyed & said & level,
        "both": both,
        "both_marked": both & mark,
        "both_said": both & said,
        "denied": both & mark & ~said,
    }


def _by_chance(rule: RepeatRule, days: int, *, until: int, returned: nw.Expr) -> dict[str, nw.Expr]:
    """Count who came back within a second window that follows the first, of those marked as resolved.

    A customer may come back with a matter of the same kind that is another. As many as came back in the
    second window, of those who had not before, would come by that in the first.
    """
    import narwhals as nw

    twice = 2 * days * DAY
    watched = _begins(rule, days) & (nw.col("starts_at") + twice <= until) & marked()
    late = (nw.col("until_next") <= twice).fill_null(value=False) & ~returned
    return {"watched": watched, "watched_returned": watched & returned, "watched_late": watched & late}


def daily_by(
    contacts: nw.LazyFrame[Any], column: str, *, rule: RepeatRule, until: int
) -> dict[str, ClusteredShare]:
    """Return the share resolved by the values of a column, under the window that is shown in detail."""
    import narwhals as nw

    base = in_base(rule, rule.days, until=until)
    resolved = base & nw.col("answered") & ~within_window(rule, rule.days)
    rows = (
        contacts.filter(nw.col("in_period"), base)
        .with_columns(resolved=resolved.cast(nw.Int64))
        .group_by(column, "unit_id", "day")
        .agg(counted=nw.len(), met=nw.col("resolved").sum())
        .sort(column, "unit_id", "day")
        .collect()
    )
    names = np.array([str(name or "") for name in rows.get_column(column).to_list()])
    met, counted = (rows.get_column(name).to_numpy().astype(np.float64) for name in ("met", "counted"))
    return {name: pooled_share(met[names == name], counted[names == name]) for name in np.unique(names)}
