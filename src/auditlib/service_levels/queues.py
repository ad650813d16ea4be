"""Shares by queue: what one queue answers in time is hidden in the share of its unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from auditlib.service_levels.variants import Variant, VariantShare, tallied
from auditlib.service_levels.waits import QUEUE, Waits


@dataclass(frozen=True, slots=True)
class QueueShare:
    """A queue as contacts or interval counts name it, and its share by one way of counting."""

    queue: str
    share: VariantShare


def shares_by_queue(waits: Waits, ways: Sequence[Variant], *, level: float) -> list[tuple[QueueShare, ...]]:
    """Return the shares of every queue by each way, in the order of the ways; none of a single queue.

    Parameters
    ----------
    waits
        Contacts of one channel. Those of no queue are of none.
    level
        Coverage of the intervals, with the days of a queue as clusters.
    """
    import narwhals as nw

    parts = tuple(
        part.filter(~nw.col(QUEUE).is_null()).with_columns(unit_id=nw.col(QUEUE))
        for part in waits.parts
        if QUEUE in part.collect_schema().names()
    )
    if not parts:
        return [() for _ in ways]
    counted = tallied(Waits(parts), ways)
    queues = np.unique(counted.columns["unit_id"].astype(str))
    if len(queues) < 2:
        return [() for _ in ways]
    days = counted.columns["day"].astype(np.int64)
    first, last = int(days.min()), int(days.max())
    by_queue = {
        str(queue): counted.of(unit=str(queue), first=first, last=last).shares(ways, level=level)
        for queue in queues
    }
    return [
        tuple(
            QueueShare(queue, shares[place])
            for queue, shares in by_queue.items()
            if shares[place].least is not None
        )
        for place in range(len(ways))
    ]
