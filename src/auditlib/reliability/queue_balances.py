"""Queues in which contacts that came and contacts that ended lie further apart than can wait at once.

Over all that is counted of a queue, those offered are those answered, given up and passed on, but for who
waits at its ends: at most as many as came in its busiest interval, on either side (`contracts.queue_gaps`).
Where it is counted who waits (the column `waiting`), each interval is tested by itself (`count_identities`)
and left out here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import rows_in
from auditlib.contracts.queue_gaps import QUEUE, went_nowhere, with_gaps
from auditlib.reliability.count_identities import MOST_LISTED, TABLE, BrokenInterval

if TYPE_CHECKING:
    import narwhals as nw

_COUNTS = ("answered", "answered_in_time", "answered_late", "abandoned", "flowed_out", "waiting",
           "exported_on")  # fmt: skip


@dataclass(frozen=True, slots=True)
class UnbalancedQueue:
    """A queue whose contacts do not add up: how many came, and by how many those that ended differ."""

    unit: str
    channel: str
    queue: str
    came: int
    contacts: int

    @property
    def place(self) -> str:
        """Where it is, in words."""
        unit = f"{self.unit} by {self.channel}"
        return f"{self.queue} of {unit}" if self.queue else unit

    @property
    def share(self) -> float:
        """Share of the contacts that came by which those that ended differ."""
        return self.contacts / self.came if self.came else 1.0


@dataclass(frozen=True, slots=True)
class UnbalancedQueues:
    """Queues whose contacts do not add up, all to the same side.

    Parameters
    ----------
    nowhere
        Whether more came than ended, so that contacts went nowhere; otherwise more ended than came.
    queues
        Queues concerned, that which differs most for its size first.
    came, ended
        Contacts offered in them, and those answered, given up or passed on.
    offered
        Contacts offered in all queues that say both.
    at_once
        As many as came in the busiest interval of each queue concerned: the most that can wait at once.
    intervals
        Those that lie furthest apart, the furthest first.
    apart, most
        Intervals that lie apart to that side, and by how many contacts the furthest does.
    passed_on
        Whether it is counted who was passed to another queue.
    """

    nowhere: bool
    queues: tuple[UnbalancedQueue, ...]
    came: int
    ended: int
    offered: int
    at_once: int
    intervals: tuple[BrokenInterval, ...]
    apart: int
    most: int
    passed_on: bool

    @property
    def name(self) -> str:
        """What it is called in keys."""
        return "nowhere" if self.nowhere else "beyond"

    @property
    def heading(self) -> str:
        """What the ground that states it begins with."""
        beyond = "No queue ends more contacts than came and its busiest interval."
        return "Went nowhere:" if self.nowhere else beyond

    @property
    def contacts(self) -> int:
        """Contacts by which those that came and those that ended differ."""
        return abs(self.came - self.ended)

    @property
    def share(self) -> float:
        """Share of the contacts offered that is in doubt: where more ended than came, all of such a queue."""
        doubted = self.contacts if self.nowhere else self.came
        return doubted / self.offered if self.offered else 1.0

    def above(self, limit: float) -> tuple[UnbalancedQueue, ...]:
        """Return the queues that do not add up by more than a share of the contacts that came in them."""
        return tuple(queue for queue in self.queues if queue.share > limit)


def unbalanced_queues(evidence: CanonicalTables, table: str) -> tuple[UnbalancedQueues, ...]:
    """Return what does not add up over all that is counted of queues; none for another table."""
    if table != TABLE:
        return ()
    rows = evidence.lazy(table)
    passed_on = "flowed_out" in rows.collect_schema().names()
    intervals = with_gaps(_latest(_with_every_count(rows)), passed_on=passed_on)
    return tuple(_unbalanced(_summed_up(intervals), passed_on=passed_on))


def _with_every_count(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    import narwhals as nw

    names = rows.collect_schema().names()
    absent = [nw.lit(None, dtype=nw.Int64).alias(name) for name in _COUNTS if name not in names]
    return rows.with_columns(*absent, queue=nw.col("queue").fill_null(""))


def _latest(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return each interval as it was exported last."""
    import narwhals as nw

    exported = nw.col("exported_on").cast(nw.Int64).fill_null(-1)
    latest = exported.max().over(*QUEUE, "starts_at")
    return rows.with_columns(exported=exported, latest=latest).filter(nw.col("exported") == nw.col("latest"))


def _summed_up(intervals: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return intervals with ``ended``: all that are said to have ended in them."""
    import narwhals as nw

    whole = nw.col("answered")
    whole = (
        nw.when(whole.is_null()).then(nw.col("answered_in_time") + nw.col("answered_late")).otherwise(whole)
    )
    answered = nw.when(whole.is_null()).then(nw.col("answered_in_time")).otherwise(whole)
    ended = answered.fill_null(0) + nw.col("abandoned").fill_null(0) + nw.col("flowed_out").fill_null(0)
    return intervals.with_columns(ended=ended)


def _unbalanced(intervals: nw.LazyFrame[Any], *, passed_on: bool) -> Iterator[UnbalancedQueues]:
    import narwhals as nw

    excess = nw.col("ended") - nw.col("offered")
    untold = intervals.filter(nw.col("waiting").is_null()).with_columns(excess=excess)
    more, busiest = nw.col("excess").sum().over(*QUEUE), nw.col("offered").max().over(*QUEUE)
    beyond = untold.with_columns(more=more, busiest=busiest).filter(nw.col("more") > nw.col("busiest"))
    sides = {
        True: (intervals.filter(~nw.col("gap").is_null()), went_nowhere(intervals), nw.col("gap")),
        False: (untold, beyond, nw.col("excess")),
    }
    for nowhere, (rows, concerned, by) in sides.items():
        queues = _sums(concerned, by=QUEUE)
        if queues:
            (whole,) = _sums(rows)
            of_queues = concerned.with_columns(by=by)
            offered = int(whole["came"])
            yield _of_queues(of_queues, queues, offered=offered, nowhere=nowhere, passed_on=passed_on)


def _sums(rows: nw.LazyFrame[Any], *, by: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Return what came, what ended and the busiest interval, by queue or in all."""
    import narwhals as nw

    came = nw.col("offered")
    totals = {"came": came.sum(), "ended": nw.col("ended").sum(), "busiest": came.max()}
    summed = rows.group_by(*by).agg(**totals) if by else rows.select(**totals)
    return list(summed.collect().rows(named=True))


def _of_queues(
    concerned: nw.LazyFrame[Any],
    queues: list[dict[str, Any]],
    *,
    offered: int,
    nowhere: bool,
    passed_on: bool,
) -> UnbalancedQueues:
    import narwhals as nw

    apart = concerned.filter(nw.col("by") > 0)
    furthest = apart.sort("by", "source_file", "source_line", descending=[True, False, False])
    first = furthest.select("unit_id", "source_file", "source_line", "by").head(MOST_LISTED).collect().rows()
    return UnbalancedQueues(
        nowhere,
        _largest_first(queues),
        sum(int(row["came"]) for row in queues),
        sum(int(row["ended"]) for row in queues),
        offered,
        sum(int(row["busiest"]) for row in queues),
        tuple(BrokenInterval(str(unit), str(file), int(line)) for unit, file, line, _ in first),
        rows_in(apart),
        int(first[0][3]),
        passed_on,
    )


def _largest_first(queues: list[dict[str, Any]]) -> tuple[UnbalancedQueue, ...]:
    gaps = [
        UnbalancedQueue(
            str(row["unit_id"]),
            str(row["channel"]),
            str(row["queue"]),
            int(row["came"]),
            abs(int(row["came"]) - int(row["ended"])),
        )
        for row in queues
    ]
    return tuple(sorted(gaps, key=lambda queue: (-queue.share, queue.unit, queue.channel, queue.queue)))
