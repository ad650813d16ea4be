"""Interval counts in quarantine, by channel: which intervals, when, by which rule, and how many contacts.

An export that restates the past and contradicts itself would otherwise hide what it restates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditlib.contracts import CanonicalTables, ColumnKind
from auditlib.contracts.frames import rows_in
from auditlib.contracts.intervals import INTERVAL_COUNTS
from auditlib.records import Reason
from auditlib.service_levels.counts import TABLE
from auditlib.service_levels.doubted import doubted_intervals, in_quarantine, latest_intervals

if TYPE_CHECKING:
    import narwhals as nw

MOST_LISTED = 50
"""Rows of the client's files that a finding lists."""
_COUNTS = tuple(
    column.name for column in INTERVAL_COUNTS.columns if column.kind is ColumnKind.COUNT
    and column.name not in ("length", "within_seconds", "short_seconds")
)  # fmt: skip

_WORDS = {reason.value: reason.sentence for reason in Reason}


@dataclass(frozen=True, slots=True)
class DoubtedQueue:
    """A queue of a unit, with its intervals that cannot be used, of all that are known to be."""

    unit: str
    queue: str
    intervals: int
    of: int

    @property
    def place(self) -> str:
        """Where it is, in words."""
        return f"{self.unit} {self.queue}".strip()


@dataclass(frozen=True, slots=True)
class DoubtedCounts:
    """Intervals of a channel whose last row is in quarantine.

    Parameters
    ----------
    intervals, contacts
        How many they are, and contacts offered in them as far as anybody says.
    of
        All intervals of the channel that are known to be.
    unsaid
        Of these intervals, those of which nobody says how many contacts came.
    exported_before, otherwise
        Of these, intervals that an earlier export counts, and those of them of which the last says otherwise.
    first, last
        First and last local day on which one starts, as days since 1970.
    queues
        The queues concerned, the most intervals first.
    rules
        Rules that rows break, each with its intervals, the most first.
    places
        Unit, file and line of the first rows.
    """

    channel: str
    intervals: int
    of: int
    contacts: int
    unsaid: int
    exported_before: int
    otherwise: int
    first: int
    last: int
    queues: tuple[DoubtedQueue, ...]
    rules: tuple[tuple[str, int], ...]
    places: tuple[tuple[str, str, int], ...]


def quarantined_counts(tables: CanonicalTables) -> tuple[DoubtedCounts, ...]:
    """Return the interval counts of the period in quarantine, by channel; none where there are none."""
    import narwhals as nw

    if TABLE not in tables.tables or not in_quarantine(tables):
        return ()
    rows = _compared(doubted_intervals(tables))
    flags = {name: nw.col(name).cast(nw.Int64).sum() for name in ("unsaid", "before", "otherwise")}
    sums = rows.group_by("channel").agg(
        intervals=nw.len(),
        contacts=nw.col("offered").sum(),
        first=nw.col("starts_day").min(),
        last=nw.col("starts_day").max(),
        **flags,
    )
    latest = latest_intervals(tables)
    return tuple(
        _of_channel(row, rows.filter(nw.col("channel") == row["channel"]),
                    latest.filter(nw.col("channel") == row["channel"]))
        for row in sums.sort("channel").collect().rows(named=True)
    )  # fmt: skip


def _compared(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add whether the contacts are unsaid, an export came before, and the last says otherwise than that."""
    import narwhals as nw

    names = [name for name in _COUNTS if f"{name}_before" in rows.collect_schema().names()]
    differs = [(nw.col(name) != nw.col(f"{name}_before")).fill_null(value=False) for name in names]
    return rows.with_columns(
        unsaid=nw.col("offered").is_null(),
        before=~nw.col("exported_before").is_null(),
        otherwise=nw.any_horizontal(*differs, ignore_nulls=True),
    )


def _of_channel(row: dict[str, Any], rows: nw.LazyFrame[Any], latest: nw.LazyFrame[Any]) -> DoubtedCounts:
    import narwhals as nw

    rules = (
        rows.with_columns(rule=_rule())
        .group_by("rule")
        .agg(many=nw.len())
        .sort("many", "rule", descending=[True, False])
    )
    places = rows.sort("source_file", "source_line").select("unit_id", "source_file", "source_line")
    return DoubtedCounts(
        str(row["channel"]),
        int(row["intervals"]),
        rows_in(latest) + int(row["unsaid"] or 0),
        int(row["contacts"] or 0),
        int(row["unsaid"] or 0),
        int(row["before"] or 0),
        int(row["otherwise"] or 0),
        int(row["first"]),
        int(row["last"]),
        _queues(rows, latest),
        tuple((_WORDS.get(rule, rule), int(many)) for rule, many in rules.collect().rows()),
        tuple(
            (str(unit), str(file), int(line))
            for unit, file, line in places.head(MOST_LISTED).collect().rows()
        ),
    )


def _rule() -> nw.Expr:
    """Return the rule a row breaks by itself; the code of the reason where it names the row."""
    import narwhals as nw

    alone = nw.col("reason").is_in([Reason.SCALE.value, Reason.CONTRADICTION.value, Reason.TIME.value])
    return nw.when(alone).then(nw.col("rule")).otherwise(nw.col("reason"))


def _queues(rows: nw.LazyFrame[Any], latest: nw.LazyFrame[Any]) -> tuple[DoubtedQueue, ...]:
    """Return the queues concerned; intervals of which nobody says how many came are among all of them."""
    import narwhals as nw

    queue = nw.col("queue").fill_null("")
    doubted, every = (
        each.with_columns(queue=queue).group_by("unit_id", "queue").agg(**{name: nw.len()})
        for each, name in ((rows, "many"), (latest, "latest"))
    )
    uncounted = rows.filter(nw.col("unsaid")).with_columns(queue=queue)
    lost = uncounted.group_by("unit_id", "queue").agg(lost=nw.len())
    joined = doubted.join(every, on=["unit_id", "queue"], how="left").join(
        lost, on=["unit_id", "queue"], how="left"
    )
    ordered = joined.sort("many", "unit_id", "queue", descending=[True, False, False]).collect()
    return tuple(
        DoubtedQueue(str(row["unit_id"]), str(row["queue"]), int(row["many"]),
                     int(row["latest"] or 0) + int(row["lost"] or 0))
        for row in ordered.rows(named=True)
    )  # fmt: skip
