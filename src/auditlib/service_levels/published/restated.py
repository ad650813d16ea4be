"""The past restated: figures published twice, and intervals exported twice, that do not say the same.

An export of an interval that has only just ended misses contacts that were still under way: counts of the
last day before an export that only grow are late arrivals. Any other difference changes the past.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from auditlib.contracts import CanonicalTables, ColumnKind
from auditlib.contracts.intervals import INTERVAL_COUNTS
from auditlib.service_levels.completed import INTERVAL, exported_again
from auditlib.service_levels.counts import TABLE
from auditlib.service_levels.published.claims import PublishedShare

if TYPE_CHECKING:
    import narwhals as nw

COLUMNS = tuple(
    column.name
    for column in INTERVAL_COUNTS.columns
    if column.kind is ColumnKind.COUNT and column.name not in ("length", "within_seconds", "short_seconds")
)
"""Counts that an export may restate."""
LATE_DAYS = 1
"""Days before its first export from which contacts of an interval may still have been under way."""


@dataclass(frozen=True, slots=True)
class RestatedShare:
    """A share that was published again with another value."""

    before: PublishedShare
    after: PublishedShare


def restated_shares(figures: Sequence[PublishedShare]) -> tuple[RestatedShare, ...]:
    """Return figures about the same that were published with different values, one after the other."""
    pairs = pairwise(sorted(figures, key=lambda figure: figure.number))
    return tuple(
        RestatedShare(before, after)
        for before, after in pairs
        if before.about == after.about and before.value != after.value
    )


@dataclass(frozen=True, slots=True)
class ExportedShare:
    """A share over all offered by the first and by the last export, of the intervals that say it in both.

    Parameters
    ----------
    twice
        In all intervals exported twice; None where none of them says it in both exports.
    restated
        In those of them that were restated alone: others would dilute by how much.
    offered
        Contacts offered in the restated intervals that say it, by the first and by the last export.
    saying, restated_saying
        Intervals that say it in both exports: of all exported twice, and of those restated.
    """

    measure: str
    twice: tuple[float | None, float | None]
    restated: tuple[float | None, float | None]
    offered: tuple[int, int]
    saying: int
    restated_saying: int


@dataclass(frozen=True, slots=True)
class RestatedCounts:
    """Intervals of a channel that were exported on two days, the first and the last.

    Parameters
    ----------
    exported_twice
        Intervals with more than one export.
    late
        Of these, intervals of the last day before their first export in which counts only grew.
    changed
        Of these, intervals that differ otherwise: the past was restated.
    columns
        Counts that differ in the intervals that changed, each with the number of them.
    shares
        For each measure, its share by the first exports and by the last.
    """

    channel: str
    exported_twice: int
    late: int
    changed: int
    columns: tuple[tuple[str, int], ...]
    shares: tuple[ExportedShare, ...]


def restated_counts(tables: CanonicalTables) -> tuple[RestatedCounts, ...]:
    """Return what exports of another day say of the same intervals, by channel."""
    import narwhals as nw

    if TABLE not in tables.tables:
        return ()
    rows = tables.lazy(TABLE).filter(nw.col("in_period"))
    if not exported_again(rows):
        return ()
    names = rows.collect_schema().names()
    columns = [name for name in COLUMNS if name in names]
    compared = _with_changes(_pairs(rows, columns), columns)
    sums = compared.group_by("channel").agg(**_sums(columns)).sort("channel").collect().rows(named=True)
    return tuple(_restated(row, columns) for row in sums)


def _pairs(rows: nw.LazyFrame[Any], columns: Sequence[str]) -> nw.LazyFrame[Any]:
    """Return each interval exported on several days, with the counts of its first and of its last export."""
    import narwhals as nw

    dated = rows.with_columns(
        exported=nw.col("exported_on").cast(nw.Int64).fill_null(-1), queue=nw.col("queue").fill_null("")
    )
    spread = dated.with_columns(
        earliest=nw.col("exported").min().over(*INTERVAL), latest=nw.col("exported").max().over(*INTERVAL)
    ).filter(nw.col("earliest") != nw.col("latest"))
    first, last = (
        spread.filter(nw.col("exported") == nw.col(end)).select(
            *INTERVAL, *shared, **{f"{name}_{end}": nw.col(name) for name in columns}
        )
        for end, shared in (("earliest", ("starts_day", "earliest")), ("latest", ()))
    )
    return first.join(last, on=list(INTERVAL), how="inner")


def _with_changes(pairs: nw.LazyFrame[Any], columns: Sequence[str]) -> nw.LazyFrame[Any]:
    """Add for each count whether it differs, and whether an interval differs, and is a late arrival."""
    import narwhals as nw

    differs = {name: _differs(name) for name in columns}
    shrinks = [
        (nw.col(f"{name}_latest") < nw.col(f"{name}_earliest")).fill_null(value=False) for name in columns
    ]
    recent = nw.col("starts_day").cast(nw.Int64) >= nw.col("earliest") - LATE_DAYS
    marked = pairs.with_columns(
        **{f"{name}_differs": flag for name, flag in differs.items()},
        differs=nw.any_horizontal(*differs.values(), ignore_nulls=True),
        shrinks=nw.any_horizontal(*shrinks, ignore_nulls=True),
    )
    return marked.with_columns(late=nw.col("differs") & recent & ~nw.col("shrinks")).with_columns(
        changed=nw.col("differs") & ~nw.col("late")
    )


def _differs(name: str) -> nw.Expr:
    """Return whether a count differs; what only one export says is no difference."""
    import narwhals as nw

    return (nw.col(f"{name}_latest") != nw.col(f"{name}_earliest")).fill_null(value=False)


_ENDS = ("earliest", "latest")
_MEASURES = (("answered_within", "answered_in_time"), ("abandoned", "abandoned"))


def _sums(columns: Sequence[str]) -> dict[str, nw.Expr]:
    import narwhals as nw

    flags = {name: nw.col(name).cast(nw.Int64).sum() for name in ("late", "changed")}
    differing = {
        f"{name}_differs": (nw.col(f"{name}_differs") & nw.col("changed")).cast(nw.Int64).sum()
        for name in columns
    }
    saying = [_sums_of_saying(column) for _, column in _MEASURES if column in columns]
    return {
        "many": nw.len(),
        **flags,
        **differing,
        **{key: sum_ for part in saying for key, sum_ in part.items()},
    }


def _sums_of_saying(column: str) -> dict[str, nw.Expr]:
    """Return sums over the intervals that say a count in both exports: of all, and of those restated."""
    import narwhals as nw

    ends = [nw.col(f"{column}_{end}") for end in _ENDS]
    says = ~(ends[0].is_null() | ends[1].is_null())
    sums = {}
    for part, chosen in (("twice", says), ("restated", says & nw.col("changed"))):
        sums[f"{column}:{part}"] = chosen.cast(nw.Int64).sum()
        for end in _ENDS:
            for name in (column, "offered"):
                counted = nw.when(chosen).then(nw.col(f"{name}_{end}"))
                sums[f"{column}:{part}:{name}_{end}"] = counted.sum()
    return sums


def _restated(row: dict[str, Any], columns: Sequence[str]) -> RestatedCounts:
    differing = tuple((name, int(row[f"{name}_differs"] or 0)) for name in columns)
    shares = tuple(_exported(row, measure, column) for measure, column in _MEASURES if column in columns)
    return RestatedCounts(
        row["channel"],
        int(row["many"]),
        int(row["late"] or 0),
        int(row["changed"] or 0),
        tuple((name, many) for name, many in differing if many),
        shares,
    )


def _exported(row: dict[str, Any], measure: str, column: str) -> ExportedShare:
    first, last = _ENDS
    return ExportedShare(
        measure,
        (_share(row, column, "twice", first), _share(row, column, "twice", last)),
        (_share(row, column, "restated", first), _share(row, column, "restated", last)),
        (_offered(row, column, "restated", first), _offered(row, column, "restated", last)),
        int(row[f"{column}:twice"] or 0),
        int(row[f"{column}:restated"] or 0),
    )


def _offered(row: dict[str, Any], column: str, part: str, end: str) -> int:
    return int(row[f"{column}:{part}:offered_{end}"] or 0)


def _share(row: dict[str, Any], column: str, part: str, end: str) -> float | None:
    counted, offered = row[f"{column}:{part}:{column}_{end}"], _offered(row, column, part, end)
    return None if counted is None or not offered else float(counted) / offered
