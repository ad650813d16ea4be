"""Contacts that an interval hands on to the next: offered in one, answered or given up in another.

Most systems count a contact as offered when it comes and as answered when it is: who waits at the end of an
interval counts in the next, so that more can end in an interval than came in it ("Why does offered not always
equal answered plus abandoned?", Genesys Cloud resource center). No queue hands on more than came in its
busiest interval: where more ended in all, the columns are not of the same contacts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditlib.contracts.queue_gaps import went_nowhere, with_gaps
from auditlib.statements import counted, listed

if TYPE_CHECKING:
    import narwhals as nw


@dataclass(frozen=True, slots=True)
class Carried:
    """What intervals hand on, in words; whether more ended in all than they can hand on.

    Parameters
    ----------
    astray
        Units and queues in which more came than ended and than can wait at once: nobody knows what became
        of the contacts that make the difference.
    """

    words: str = ""
    contradicts: bool = False
    astray: tuple[tuple[str, str], ...] = ()


def carried(intervals: nw.LazyFrame[Any], *, passed_on: bool) -> Carried:
    """Return what intervals hand on; no words where in none more ended than came, and none went nowhere.

    Parameters
    ----------
    intervals
        The last export of the intervals of a channel, completed.
    passed_on
        Whether the evidence counts at all who was passed to another queue.
    """
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
    astray = _astray(intervals, passed_on=passed_on)
    words = (_handed_on(sum(int(row["more"]) for row in rows)), _astray_words(astray))
    places = tuple((str(row["unit_id"]), str(row["queue"])) for row in astray)
    return Carried("; ".join(note for note in words if note), astray=places)


def _astray(intervals: nw.LazyFrame[Any], *, passed_on: bool) -> list[Mapping[str, Any]]:
    """Return the units and queues in which contacts went nowhere, with how many."""
    import narwhals as nw

    nowhere = went_nowhere(with_gaps(intervals, passed_on=passed_on))
    summed = nowhere.group_by("unit_id", "queue").agg(missing=nw.col("gap").sum())
    return list(summed.sort("unit_id", "queue").collect().rows(named=True))


def _handed_on(many: int) -> str:
    if not many:
        return ""
    return (
        f"in {counted(many, 'interval')} more were answered or given up than offered: "
        "who waits when an interval ends counts in the next"
    )


def _astray_words(astray: Sequence[Mapping[str, Any]]) -> str:
    if not astray:
        return ""
    contacts = counted(sum(int(row["missing"]) for row in astray), "contact")
    queues = listed([f"{row['queue'] or 'all'} of {row['unit_id']}" for row in astray])
    return f"{contacts} of {queues} went nowhere, and may have become anything"
