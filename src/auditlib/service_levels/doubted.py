"""Intervals whose last row is in quarantine: contacts came in them, and nobody knows what became of these.

Conventions: an interval holds as it was exported last, also where that export contradicts itself or cannot be
read; an earlier one is not taken instead. Of such an interval only the contacts offered are counted, as
unknown: as its row says, the most where several rows differ, otherwise as the export before says. A row that
says neither counts nowhere, and so does one whose time is in doubt, unless an earlier export counts it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditlib.contracts import ColumnKind
from auditlib.contracts.intervals import INTERVAL_COUNTS, QUARANTINED_INTERVALS
from auditlib.records import Reason
from auditlib.service_levels.completed import INTERVAL, latest_exports
from auditlib.standards.supplied import Supplied

if TYPE_CHECKING:
    import narwhals as nw

_TABLE = INTERVAL_COUNTS.name
COUNTED = tuple(
    column.name
    for column in INTERVAL_COUNTS.columns
    if column.kind in (ColumnKind.COUNT, ColumnKind.SHARE, ColumnKind.NUMBER) and column.name != "length"
)
"""Columns that say something of the contacts of an interval."""
_TIMED = (Reason.SCALE, Reason.CONTRADICTION, Reason.CONFLICTING)
"""Reasons that leave it certain which interval a row is about."""
_PLACE = ("unit_id", "channel", "queue_name", "starts_at")


def latest_intervals(tables: Supplied) -> nw.LazyFrame[Any]:
    """Return every interval of the period as it was exported last.

    Of one whose last row is in quarantine everything but the contacts offered is unknown.
    """
    import narwhals as nw

    held = latest_exports(tables.lazy(_TABLE).filter(nw.col("in_period")))
    if not in_quarantine(tables):
        return held
    names = held.collect_schema().names()
    doubted = doubted_intervals(tables)
    undoubted = _with_queue_name(held).join(doubted.select(*_PLACE), on=list(_PLACE), how="anti")
    schema = held.collect_schema()
    unknown = {
        name: nw.lit(None, dtype=schema[name]) for name in COUNTED if name in names and name != "offered"
    }
    countable = doubted.filter(~nw.col("offered").is_null())
    return nw.concat([undoubted.select(*names), countable.with_columns(**unknown).select(*names)])


def doubted_intervals(tables: Supplied) -> nw.LazyFrame[Any]:
    """Return intervals of the period whose last row is in quarantine, with what that row says.

    ``offered`` is empty where nobody knows how many contacts came. Adds ``reason`` and ``rule``, and for each
    count of the table ``<name>_before``: what the last export before says, of the day ``exported_before``.
    """
    import narwhals as nw

    held = _with_queue_name(latest_exports(tables.lazy(_TABLE).filter(nw.col("in_period"))))
    counts = [name for name in COUNTED if name in held.collect_schema().names()]
    before = held.select(
        *_PLACE, exported_before=_exported(), **{f"{name}_before": nw.col(name) for name in counts}
    )
    lost = _with_queue_name(_lost(tables)).join(before, on=list(_PLACE), how="left")
    latest = nw.col("exported_before").is_null() | (_exported() > nw.col("exported_before"))
    timed = nw.col("reason").is_in([str(reason.value) for reason in _TIMED])
    counted = timed | ~nw.col("exported_before").is_null()
    own_count = nw.when(timed).then(nw.col("offered"))
    offered = nw.when(own_count.is_null()).then(nw.col("offered_before")).otherwise(own_count)
    return lost.filter(latest, counted).with_columns(offered=offered)


def in_quarantine(tables: Supplied) -> bool:
    """Return whether any row of interval counts is in quarantine."""
    return any(total.rows_quarantined for total in tables.totals if total.table == _TABLE)


def _lost(tables: Supplied) -> nw.LazyFrame[Any]:
    """Return what the last export in quarantine says of each interval; the most offered where rows differ."""
    import narwhals as nw

    rows = tables.lazy(QUARANTINED_INTERVALS).filter(nw.col("in_period"))
    latest = latest_exports(rows)
    keys = (*INTERVAL, "exported_on", "in_period")
    columns = [name for name in rows.collect_schema().names() if name not in (*keys, "offered")]
    return latest.group_by(*keys).agg(
        offered=nw.col("offered").max(), **{name: nw.col(name).min() for name in columns}
    )


def _with_queue_name(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add the queue as a name that equals itself where there is none."""
    import narwhals as nw

    return rows.with_columns(queue_name=nw.col("queue").fill_null(""))


def _exported() -> nw.Expr:
    import narwhals as nw

    return nw.col("exported_on").cast(nw.Int64).fill_null(-1)
