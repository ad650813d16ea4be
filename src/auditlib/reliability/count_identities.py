"""What interval counts must satisfy to be what their columns are called, and the intervals that break it.

Conventions: only what an interval says of both sides is tested. Who waits when an interval ends counts in
the next, so that the sum of an interval is tested where it says who waited at both its ends; where nobody
says who waits, `queue_balances` tests the sum of a queue. What was handled belongs to calls that were
answered in the interval or in the one before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditlib.contracts import CanonicalTables

if TYPE_CHECKING:
    import narwhals as nw

TABLE = "interval_counts"
"""The table whose columns are held against each other."""
MOST_LISTED = 50
"""Intervals that are listed for each identity; of the rest it is said how many there are."""
_QUEUE = ("unit_id", "channel", "queue")
_COUNTS = ("offered", "answered", "answered_in_time", "answered_late", "abandoned", "abandoned_in_time",
           "abandoned_short", "flowed_out", "waiting", "handle_seconds", "within_seconds",
           "short_seconds")  # fmt: skip
_HALF_A_PERCENT = 0.005


@dataclass(frozen=True, slots=True)
class BrokenInterval:
    """An interval, or a contact, that breaks an identity: its unit, and where it stands in the files.

    Parameters
    ----------
    id
        Its key, where a row has one of its own.
    """

    unit: str
    file: str
    line: int
    id: str = ""


@dataclass(frozen=True, slots=True)
class BrokenIdentity:
    """An identity of interval counts that some intervals break.

    Parameters
    ----------
    name
        What it is called in keys.
    words
        What holds for counts that are what they are called.
    tested, broken
        Intervals that say both sides, and those of them that do not agree.
    intervals
        The first that do not, in the order of the files.
    rows
        What a row is.
    advice
        What a broken identity asks, as sentences; empty where its words say it.
    """

    name: str
    words: str
    tested: int
    broken: int
    intervals: tuple[BrokenInterval, ...]
    rows: str = "interval"
    advice: str = ""

    @property
    def heading(self) -> str:
        """What the ground that states it begins with."""
        return f"{self.words[:1].upper()}{self.words[1:]}."

    @property
    def share(self) -> float:
        """Share of the intervals tested that break it."""
        return self.broken / self.tested if self.tested else 0.0


@dataclass(frozen=True, slots=True)
class _Identity:
    """An identity as an expression: null where an interval does not say enough."""

    words: str
    holds: nw.Expr


def broken_identities(evidence: CanonicalTables, table: str) -> tuple[BrokenIdentity, ...]:
    """Return the identities that intervals break; none for another table, or where none is broken."""
    import narwhals as nw

    if table != TABLE:
        return ()
    rows = _arranged(evidence.lazy(table))
    identities = _identities()
    marked = rows.with_columns(**{name: entry.holds for name, entry in identities.items()})
    counted = marked.select(
        **{f"{name}_tested": nw.col(name).count() for name in identities},
        **{f"{name}_broken": (~nw.col(name)).cast(nw.Int64).sum() for name in identities},
    )
    counts = counted.collect().rows(named=True)[0]
    return tuple(_broken(marked, identities, counts))


def _broken(
    marked: nw.LazyFrame[Any], identities: Mapping[str, _Identity], counts: Mapping[str, Any]
) -> Iterator[BrokenIdentity]:
    import narwhals as nw

    for name, entry in identities.items():
        many = int(counts[f"{name}_broken"] or 0)
        if not many:
            continue
        places = marked.filter(~nw.col(name)).select("unit_id", "source_file", "source_line")
        first = places.sort("source_file", "source_line", "unit_id").head(MOST_LISTED).collect().rows()
        listed = tuple(BrokenInterval(str(unit), str(file), int(line)) for unit, file, line in first)
        yield BrokenIdentity(name, entry.words, int(counts[f"{name}_tested"]), many, listed)


def _arranged(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add every count, and what the interval before it says."""
    import narwhals as nw

    names = rows.collect_schema().names()
    more = [name for name in (*_COUNTS, "exported_on", "abandoned_share") if name not in names]
    whole = rows.with_columns(
        nw.lit(None, dtype=nw.Float64 if name == "abandoned_share" else nw.Int64).alias(name) for name in more
    ).with_columns(nw.col(name).cast(nw.Int64) for name in (*_COUNTS, "exported_on"))
    start, place = nw.col("starts_at"), (*_QUEUE, "exported_on")
    return whole.with_columns(
        begun=start.shift(1).over(*place, order_by="starts_at"),
        waited=nw.col("waiting").shift(1).over(*place, order_by="starts_at"),
        answered_before=nw.col("answered").shift(1).over(*place, order_by="starts_at"),
        closed=_end().shift(1).over(*place, order_by="starts_at"),
    )


def _end() -> nw.Expr:
    """Return the end of an interval in UTC microseconds; null where it is a day or is not said."""
    import narwhals as nw

    by_length = nw.col("starts_at") + nw.col("length").cast(nw.Int64) * 1_000_000
    return nw.when(nw.col("ended_at").is_null()).then(by_length).otherwise(nw.col("ended_at"))


def _identities() -> dict[str, _Identity]:
    import narwhals as nw

    offered, answered, quick, late = (
        nw.col(name) for name in ("offered", "answered", "answered_in_time", "answered_late")
    )
    lost, early, short, passed = (
        nw.col(name) for name in ("abandoned", "abandoned_in_time", "abandoned_short", "flowed_out")
    )
    adjoining = nw.when(nw.col("closed") == nw.col("starts_at")).then(nw.col("waited"))
    ended = answered + lost + passed + nw.col("waiting") - adjoining
    nested = nw.when(nw.col("short_seconds") <= nw.col("within_seconds")).then(short <= early)
    idle = nw.when((answered == 0) & (nw.col("answered_before") == 0)).then(nw.col("handle_seconds") == 0)
    step = offered * _HALF_A_PERCENT
    rounded = (nw.col("abandoned_share") * offered - lost).abs() <= step + 1
    return {
        "sum": _Identity("answered, given up, passed on and newly waiting make up those offered",
                         ended == offered),
        "late": _Identity("those answered in time and late make up those answered",
                          quick + late == answered),
        "late_within": _Identity("those answered late are among those answered", late <= answered),
        "short_within": _Identity("those given up after a short wait are among those given up",
                                  short <= lost),
        "early_within": _Identity("those given up in time are among those given up", early <= lost),
        "short_in_time": _Identity("those given up after a short wait gave up in time", nested),
        "share": _Identity("the share of those given up is that of their number", rounded),
        "handled": _Identity("nothing is handled where nothing was answered", idle),
    }  # fmt: skip
