"""Contacts that an interval hands on to the next: offered in one, answered or given up in another.

Most systems count a contact as offered when it comes and as answered when it is: who waits at the end of an
interval counts in the next, so that more can end in an interval than came in it ("Why does offered not always
equal answered plus abandoned?", Genesys Cloud resource center). No queue hands on more than came in its
busiest interval: where more ended in all, the columns are not of the same contacts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditlib.statements import counted

if TYPE_CHECKING:
    import narwhals as nw


@dataclass(frozen=True, slots=True)
class Carried:
    """What intervals hand on, in words; whether more ended in all than they can hand on."""

    words: str = ""
    contradicts: bool = False


def carried(intervals: nw.LazyFrame[Any]) -> Carried:
    """Return what intervals hand on; no words where none has more that ended than came."""
    import narwhals as nw

    quick, lost = nw.col("answered_in_time").fill_null(0), nw.col("abandoned").fill_null(0)
    answered = nw.when(nw.col("answered").is_null()).then(quick).otherwise(nw.col("answered"))
    came, ended = nw.col("offered"), answered + lost
    sums = {name: nw.col(name).sum() for name in ("came", "ended", "quick", "lost", "more")}
    rows = (
        intervals.select("unit_id", "queue", came=came, ended=ended, quick=quick, lost=lost,
                         more=(ended > came).cast(nw.Int64))
        .group_by("unit_id", "queue")
        .agg(busiest=nw.col("came").max(), **sums)
        .collect()
        .rows(named=True)
    )  # fmt: skip
    beyond = [row for row in rows if row["ended"] > row["came"] + row["busiest"]]
    if sum(max(row["quick"], row["lost"]) for row in rows) > sum(row["came"] for row in rows):
        beyond = list(rows)
    if beyond:
        came_in_all, ended_in_all = (sum(int(row[name]) for row in beyond) for name in ("came", "ended"))
        counts = f"{ended_in_all:,} answered or given up against {came_in_all:,} offered"
        return Carried(f"the interval counts contradict themselves: {counts}", contradicts=True)
    many = sum(int(row["more"]) for row in rows)
    if not many:
        return Carried()
    return Carried(
        f"in {counted(many, 'interval')} more were answered or given up than offered: "
        "who waits when an interval ends counts in the next"
    )
