"""The interval counts as they were exported before: what a party could count when it published a figure.

Of each interval the export in force on a day is the last until then; before its first export, the first.
An export in quarantine is one too, and leaves its interval unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from auditlib.contracts.intervals import QUARANTINED_INTERVALS
from auditlib.records import SourceTotals
from auditlib.service_levels.completed import exported_again
from auditlib.service_levels.counts import TABLE
from auditlib.service_levels.doubted import in_quarantine
from auditlib.service_levels.published.claims import PublishedShare
from auditlib.standards.supplied import Supplied
from auditlib.time.epoch import day_number

if TYPE_CHECKING:
    import narwhals as nw

UNDATED = -1
"""Day of an export that says none: it came before all others."""
_PLACE = ("unit_id", "channel", "queue_name", "starts_at")
_BEFORE_ALL = -(1 << 31)


@dataclass(frozen=True, slots=True)
class ExportedEarlier:
    """An export in force on a day, and the one that replaced it.

    Parameters
    ----------
    moment
        Day on which it was in force.
    day, latest
        Days on which the counts of a figure were exported until then, and at last; `UNDATED` where no day
        is said.
    """

    moment: int
    day: int
    latest: int


@dataclass(frozen=True, slots=True)
class ReplacedExport:
    """An export of counts of one unit and day that a later one replaced.

    Parameters
    ----------
    since, until
        First day on which it was in force, and first on which it was no longer.
    latest
        Day of the last export.
    """

    channel: str
    unit: str
    day: int
    exported: int
    since: int
    until: int
    latest: int


def replaced_exports(tables: Supplied) -> tuple[ReplacedExport, ...]:
    """Return the exports of the period that later ones replaced; none where all is of one export."""
    import narwhals as nw

    if TABLE not in tables.tables:
        return ()
    if not (in_quarantine(tables) or exported_again(tables.lazy(TABLE).filter(nw.col("in_period")))):
        return ()
    first, later = nw.col("exported").min().over(*_PLACE), nw.col("exported").max().over(*_PLACE)
    following = nw.col("exported").shift(-1).over(*_PLACE, order_by="exported")
    ordered = _exports(tables).with_columns(first=first, latest=later, until=following)
    since = nw.when(nw.col("exported") == nw.col("first")).then(nw.lit(_BEFORE_ALL))
    replaced = ordered.filter(~nw.col("until").is_null()).with_columns(
        since=since.otherwise(nw.col("exported"))
    )
    columns = ("channel", "unit_id", "starts_day", "exported", "since", "until", "latest")
    rows = replaced.select(*columns).unique().collect().rows()
    return tuple(
        ReplacedExport(str(channel), str(unit), *(int(each) for each in days))
        for channel, unit, *days in sorted(rows)
    )


def in_force(figure: PublishedShare, replaced: tuple[ReplacedExport, ...]) -> Iterator[ExportedEarlier]:
    """Yield the earlier exports a figure may rest on: in force when it was published, or any, last first.

    Parameters
    ----------
    replaced
        Exports that later ones replaced.
    """
    first, last = figure.days
    own = [
        export
        for export in replaced
        if figure.channel in ("", export.channel) and figure.unit in ("", export.unit)
        and first <= export.day <= last
    ]  # fmt: skip
    said = figure.published_on
    moments = {export.exported for export in own} if said is None else {day_number(said)}
    for moment in sorted(moments, reverse=True):
        held = [export for export in own if export.since <= moment < export.until]
        if held:
            day = max(export.exported for export in held)
            latest = max(export.latest for export in held)
            yield ExportedEarlier(moment, day, latest)


@dataclass(frozen=True)
class AsExported:
    """The evidence with every interval as the export in force on a day counts it, and nothing else of it.

    Parameters
    ----------
    moment
        The day, since 1970.
    """

    evidence: Supplied
    moment: int

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its tables."""
        return self.evidence.tables

    @property
    def totals(self) -> tuple[SourceTotals, ...]:
        """Control totals of all exports."""
        return self.evidence.totals

    def lazy(self, table: str) -> nw.LazyFrame[Any]:
        """Return one table; of interval counts and of those in quarantine the rows in force."""
        rows = self.evidence.lazy(table)
        if table not in (TABLE, QUARANTINED_INTERVALS):
            return rows
        keys = [*_PLACE, "exported"]
        return _with_keys(rows).join(self._in_force, on=keys, how="semi").drop("queue_name", "exported")

    @cached_property
    def _in_force(self) -> nw.LazyFrame[Any]:
        import narwhals as nw

        until = nw.when(nw.col("exported") <= self.moment).then(nw.col("exported"))
        ends = _exports(self.evidence).with_columns(until=until).group_by(*_PLACE).agg(
            last=nw.col("until").max(), first=nw.col("exported").min()
        )  # fmt: skip
        exported = nw.when(nw.col("last").is_null()).then(nw.col("first")).otherwise(nw.col("last"))
        return ends.select(*_PLACE, exported=exported)


def _exports(tables: Supplied) -> nw.LazyFrame[Any]:
    """Return each interval of the period with each day of export, from what is used and from quarantine."""
    import narwhals as nw

    names = (TABLE, QUARANTINED_INTERVALS) if in_quarantine(tables) else (TABLE,)
    columns = (*_PLACE, "starts_day", "exported")
    rows = [_with_keys(tables.lazy(name).filter(nw.col("in_period"))).select(*columns) for name in names]
    return nw.concat(rows).unique()


def _with_keys(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add the queue as a name that equals itself where there is none, and the day of export as a number."""
    import narwhals as nw

    exported = nw.col("exported_on").cast(nw.Int64).fill_null(UNDATED)
    return rows.with_columns(queue_name=nw.col("queue").fill_null(""), exported=exported)
