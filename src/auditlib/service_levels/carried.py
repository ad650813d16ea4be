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


def carried(intervals: nw.LazyFrame[Any]) -> Carried:
    """Return what intervals hand on; no words where none has more that ended than came."""
    import narwhals as nw

    quick, lost = nw.col("answered_in_time").fill_null(0), nw.col("abandoned").fill_null(0)
    answered = nw.when(nw.col("answered").is_null()).then(quick).otherwise(nw.col("answered"))
    came, ended = nw.col("offered"), answered + lost
    passed = nw.col("flowed_out").fill_null(0)
    # Of an interval that does not say both, or that says who waits, nothing is missing.
    both = ~(nw.col("abandoned").is_null() | nw.col("answered").is_null())
    complete = both & nw.col("waiting").is_null()
    missing = nw.when(complete).then(came - ended - passed).otherwise(nw.lit(0))
    sums = {name: nw.col(name).sum() for name in ("came", "ended", "quick", "lost", "more", "missing")}
    rows = (
        intervals.select("unit_id", "queue", came=came, ended=ended, quick=quick, lost=lost, missing=missing,
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
    astray = [row for row in rows if row["missing"] > row["busiest"]]
    words = (_handed_on(sum(int(row["more"]) for row in rows)), _astray_words(astray))
    places = tuple((str(row["unit_id"]), row["queue"] or "") for row in astray)
    return Carried("; ".join(note for note in words if note), astray=places)


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
