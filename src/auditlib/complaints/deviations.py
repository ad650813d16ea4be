"""Complaints resolved late that a recorded deviation excuses: a listed reason, written down in time (B2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from auditlib.contracts import WHOLE_DAY
from auditlib.standards.measure import Tables
from auditlib.standards.observed import DAY_MICROSECONDS

if TYPE_CHECKING:
    import narwhals as nw

DUTY = "complaints_resolved"
"""What deviations call the duty: the metric of the criterion that lists the reasons."""


def elapsed_one(received_at: int, events: Sequence[tuple[int, bool]], *, at: int) -> int:
    """Return how long the clock of one complaint had run at an instant, in microseconds.

    Parameters
    ----------
    received_at
        When it began to run.
    events
        (instant, whether the clock runs from then on), in their order.
    at
        The instant asked about.
    """
    total, since, runs = 0, received_at, True
    for instant, running in (*events, (at, True)):
        until = min(instant, at)
        total += max(0, until - since) * runs
        since, runs = max(since, until), running
    return total


def excused(
    tables: Tables, late: nw.LazyFrame[Any], states: nw.LazyFrame[Any], *, reasons: Sequence[str], limit: int
) -> int:
    """Return how many of the complaints in `late` a deviation excuses.

    Parameters
    ----------
    late
        Complaints past the limit, with ``complaint_id`` and ``received_at``.
    states
        Their events in order, with ``complaint_id``, ``occurred_at`` and ``runs``.
    reasons
        The reasons that the criterion lists.
    limit
        Microseconds of the clock by which a deviation must have been recorded; later is back-dated.
    """
    import narwhals as nw

    if "deviations" not in tables.tables or not reasons:
        return 0
    listed = tables.lazy("deviations").filter(nw.col("duty") == DUTY, nw.col("reason").is_in(list(reasons)))
    past = late.select("complaint_id", "received_at")
    cases = past.join(_recorded(listed), on="complaint_id", how="inner").collect().rows()
    wanted = sorted({complaint for complaint, _, _ in cases})
    if not wanted:
        return 0
    events = states.filter(nw.col("complaint_id").is_in(wanted))
    told: dict[str, list[tuple[int, bool]]] = {}
    for complaint, instant, runs in (
        events.sort("occurred_at", "event_id").select("complaint_id", "occurred_at", "runs").collect().rows()
    ):
        told.setdefault(complaint, []).append((instant, bool(runs)))
    return len(
        {
            complaint
            for complaint, received, at in cases
            if elapsed_one(received, told.get(complaint, ()), at=at) <= limit
        }
    )


def _recorded(listed: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return each deviation with the last instant it may have been recorded: the end of a mere day."""
    import narwhals as nw

    until = nw.col("recorded_at")
    if "recorded_second" in listed.collect_schema().names():
        whole = (nw.col("recorded_second") == WHOLE_DAY).fill_null(value=False)
        until = nw.when(whole).then(until + DAY_MICROSECONDS - 1).otherwise(until)
    return listed.select(nw.col("case_id").alias("complaint_id"), until.alias("recorded_until"))
