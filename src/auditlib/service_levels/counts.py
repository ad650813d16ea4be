"""Interval counts beside single contacts: used where there are no others, never counted twice, reconciled.

Conventions: an interval belongs to the period and to the day it starts in. Where a unit has single contacts
of a channel on a day that an interval touches, they are what is counted there, and the interval is only held
against them. A contact that names no channel may be one of any. What an interval leaves unsaid (its answered,
its abandoned) is unknown for all contacts offered in it, and so is everything where counts contradict
themselves, or where its last row is in quarantine (`doubted`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from auditlib.contracts import WHOLE_DAY
from auditlib.contracts.intervals import INTERVAL_COUNTS
from auditlib.records import Basis
from auditlib.service_levels.carried import Carried, carried
from auditlib.service_levels.channel_contacts import channel_contacts
from auditlib.service_levels.completed import SHARES, completed
from auditlib.service_levels.doubted import latest_intervals
from auditlib.standards.observed import IN_PERIOD, counts_by
from auditlib.standards.supplied import Same, Supplied
from auditlib.statements import counted
from auditlib.time.epoch import DAY

if TYPE_CHECKING:
    import narwhals as nw

TABLE = INTERVAL_COUNTS.name
_SECOND, _NEVER = 1_000_000, -(1 << 62)


@dataclass(frozen=True, slots=True)
class Counted:
    """Contacts of a channel as interval counts have them, beside single ones.

    Parameters
    ----------
    used
        Intervals beside which no single contact stands.
    intervals
        How many they are.
    words
        What was used, and how the other intervals compare with the single contacts.
    contradicts
        Whether what is used cannot be true.
    """

    used: nw.LazyFrame[Any]
    intervals: int
    words: str
    contradicts: bool = False

    def rounding(self, count: str) -> tuple[int, int]:
        """Return how many fewer and how many more may have been given up, or answered, than shares say."""
        import narwhals as nw

        if not set(SHARES[count]) & set(self.used.collect_schema().names()):
            return 0, 0
        fewer = nw.col(count) - nw.col(f"{count}_least")
        added = nw.col(f"{count}_most") - nw.col(count)
        stated = nw.lit(not self.contradicts) & ~nw.col(count).is_null()
        sums = self.used.filter(stated).select(fewer=fewer.sum(), more=added.sum()).collect().rows()[0]
        return int(sums[0] or 0), int(sums[1] or 0)

    def limits(self) -> tuple[int, ...]:
        """Return the limits of 'in time', in seconds, by which the intervals used were counted."""
        import narwhals as nw

        stated = self.used.filter(~nw.col("within_seconds").is_null())
        return tuple(sorted(int(limit) for (limit,) in counts_by(stated, "within_seconds")))

    def basis(self, channel: str, column: str) -> tuple[Basis, ...]:
        """Return the rows that counts rest on; none where none are used."""
        where = (*IN_PERIOD, ("channel", channel))
        return (Basis(TABLE, where, column, self.intervals),) if self.intervals else ()


def counts(tables: Supplied, channel: str, *, single: bool, why: str = "") -> Counted | None:
    """Return the interval counts of a channel; None where the evidence has no such table.

    Parameters
    ----------
    single
        Whether single contacts of the channel, or of no channel named, are measured beside them.
    why
        Why they are not.
    """
    if TABLE not in tables.tables:
        return None
    summed = _summed(Same(tables), channel, single)
    many = summed.many
    if single:
        beside = f"{counted(many, 'interval')} without single contacts taken from interval counts"
        notes = [beside] if many else []
    else:
        none = f"{why}, and no interval counts of {channel}"
        notes = [f"from {counted(many, 'interval count')} alone, because {why}" if many else none]
    said = (*notes, _contradicting(summed.contradicting), summed.compared, summed.over.words)
    words = "; ".join(note for note in said if note)
    used = _astray(_placed(tables, channel, single=single).used, summed.over.astray)
    return Counted(used, many, words, summed.over.contradicts)


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """Intervals of a channel: those used, and those that single contacts are counted instead of."""

    used: nw.LazyFrame[Any]
    beside: nw.LazyFrame[Any] | None
    passed_on: bool


@dataclass(frozen=True, slots=True)
class _Summed:
    """What intervals of a channel come to: how many are used, how others compare, what they hand on."""

    many: int
    contradicting: int
    compared: str
    over: Carried


@lru_cache(maxsize=64)
def _summed(same: Same, channel: str, single: bool) -> _Summed:
    """Return what the intervals of a channel come to: once, however many criteria ask for them."""
    import narwhals as nw

    placed = _placed(same.tables, channel, single=single)
    compared = ""
    contacts = channel_contacts(same.tables, channel) if single else None
    if contacts is not None and placed.beside is not None:
        compared = _compared(placed.beside, contacts.filter(nw.col("channel") == channel))
    wrong = nw.col("contradicting").cast(nw.Int64).sum()
    many, contradicting = placed.used.select(many=nw.len(), wrong=wrong).collect().rows()[0]
    over = carried(placed.used, passed_on=placed.passed_on)
    return _Summed(int(many), int(contradicting or 0), compared, over)


def _contradicting(many: int) -> str:
    if not many:
        return ""
    return (
        f"in {counted(many, 'interval')} a part is more than its whole, so that nothing is known of them but "
        "how many contacts came"
    )


def _placed(tables: Supplied, channel: str, *, single: bool) -> _Placed:
    import narwhals as nw

    latest = latest_intervals(tables).filter(nw.col("channel") == channel)
    rows, passed_on = completed(latest), "flowed_out" in latest.collect_schema().names()
    contacts = channel_contacts(tables, channel) if single else None
    if contacts is None:
        return _Placed(rows, None, passed_on)
    marked = _beside(rows.with_columns(ends_at=_end()).with_columns(last_day=_last_day()), contacts)
    return _Placed(marked.filter(~nw.col("beside")), marked.filter(nw.col("beside")), passed_on)


def _astray(intervals: nw.LazyFrame[Any], places: Sequence[tuple[str, str]]) -> nw.LazyFrame[Any]:
    """Add ``astray``: whether contacts of the unit and queue went nowhere."""
    import narwhals as nw

    queue = nw.col("queue").fill_null("")
    concerned = nw.lit(value=False)
    for unit, name in places:
        concerned = concerned | ((nw.col("unit_id") == unit) & (queue == name))
    return intervals.with_columns(astray=concerned)


def _beside(intervals: nw.LazyFrame[Any], contacts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add ``beside``: whether the unit has a single contact on a day that the interval touches."""
    import narwhals as nw

    days = contacts.select("unit_id", at=nw.col("offered_day").cast(nw.Int64)).unique()
    last_marks = _latest(days, intervals.select("unit_id", at=nw.col("last_day")).unique())
    joined = intervals.join(last_marks.rename({"at": "last_day"}), on=["unit_id", "last_day"], how="left")
    return joined.with_columns(beside=(nw.col("latest") >= nw.col("starts_day")).fill_null(value=False))


def _latest(marks: nw.LazyFrame[Any], points: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return `points` with ``latest``: the last of the unit's marks that does not lie after ``at``."""
    import narwhals as nw

    # A running maximum is empty where its own row is, so that what is asked has a mark before all others.
    none = nw.lit(_NEVER, dtype=nw.Int64)
    merged = nw.concat(
        [
            marks.select("unit_id", "at", mark=nw.col("at"), order=nw.lit(0)),
            points.select("unit_id", "at", mark=none, order=nw.lit(1)),
        ]
    )
    latest = nw.col("mark").cum_max().over("unit_id", order_by=["at", "order"])
    return merged.with_columns(latest=latest).filter(nw.col("order") == 1).select("unit_id", "at", "latest")


def _compared(intervals: nw.LazyFrame[Any], contacts: nw.LazyFrame[Any]) -> str:
    """Return how intervals compare with the single contacts offered in them; empty where there are none."""
    import narwhals as nw

    whole = intervals.group_by("unit_id", "starts_at").agg(
        counted=nw.col("offered").sum(), ends_at=nw.col("ends_at").max()
    )
    starts = whole.select("unit_id", at=nw.col("starts_at"))
    placed = _latest(starts, contacts.select("unit_id", at=nw.col("offered_at")))
    placed = placed.rename({"latest": "starts_at", "at": "offered_at"}).join(
        whole.select("unit_id", "starts_at", "ends_at"), on=["unit_id", "starts_at"], how="inner"
    )
    inside = placed.filter(nw.col("offered_at") < nw.col("ends_at"))
    logged = inside.group_by("unit_id", "starts_at").agg(logged=nw.len())
    paired = whole.join(logged, on=["unit_id", "starts_at"], how="left").with_columns(
        logged=nw.col("logged").fill_null(0)
    )
    row = paired.select(
        many=nw.len(),
        counted=nw.col("counted").sum(),
        logged=nw.col("logged").sum(),
        unlike=(nw.col("counted") != nw.col("logged")).cast(nw.Int64).sum(),
    ).collect().rows(named=True)[0]  # fmt: skip
    many, unlike = int(row["many"]), int(row["unlike"] or 0)
    if not many:
        return ""
    comparison = f"{counted(many, 'interval')} with both are counted from single contacts"
    if not unlike:
        return f"{comparison}, and the counts agree with them"
    offered = f"{int(row['counted']):,} offered by the counts and {int(row['logged']):,} by the contacts"
    return f"{comparison}; {unlike:,} of them differ: {offered}"


def _end() -> nw.Expr:
    """Return the end of an interval, in UTC microseconds; an end that is a day is included."""
    import narwhals as nw

    whole = nw.when(nw.col("ended_second") == WHOLE_DAY).then(nw.lit(DAY)).otherwise(nw.lit(0))
    by_length = nw.col("starts_at") + nw.col("length").cast(nw.Int64) * _SECOND
    return nw.when(nw.col("ended_at").is_null()).then(by_length).otherwise(nw.col("ended_at") + whole)


def _last_day() -> nw.Expr:
    """Return the local day of the last microsecond of an interval; needs ``ends_at``."""
    import narwhals as nw

    second = nw.col("starts_second").cast(nw.Int64)
    into_day = nw.when(second == WHOLE_DAY).then(nw.lit(0)).otherwise(second) * _SECOND
    lasted = nw.col("ends_at") - nw.col("starts_at") - 1
    return nw.col("starts_day").cast(nw.Int64) + (into_day + lasted) // DAY
