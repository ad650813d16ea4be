"""Complaints resolved late that a recorded deviation excuses: a listed reason, written down in time (B2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from auditlib.standards.measure import Tables
from auditlib.standards.whole_days import beyond, whole_day

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
    changes = told_of(states, wanted)
    return len(
        {
            complaint
            for complaint, received, at in cases
            if elapsed_one(received, changes.get(complaint, ()), at=at) <= limit
        }
    )


def told_of(states: nw.LazyFrame[Any], wanted: list[str]) -> dict[str, list[tuple[int, bool]]]:
    """Return by complaint its events in order: when, and whether its clock runs from then on."""
    import narwhals as nw

    changes: dict[str, list[tuple[int, bool]]] = {}
    if not wanted:
        return changes
    events = states.filter(nw.col("complaint_id").is_in(wanted)).sort("occurred_at", "event_id")
    for complaint, at, runs in events.select("complaint_id", "occurred_at", "runs").collect().rows():
        changes.setdefault(complaint, []).append((at, bool(runs)))
    return changes


def recorded_spans(tables: Tables, *, as_of: int) -> list[dict[str, Any]]:
    """Return the deviations from this duty recorded by `as_of`, with the last instant each may have been."""
    import narwhals as nw

    recorded = tables.lazy("deviations").filter(nw.col("duty") == DUTY, nw.col("recorded_at") <= as_of)
    whole = whole_day(recorded, "recorded")
    spanned = recorded.with_columns(recorded_until=nw.col("recorded_at") + beyond(whole))
    names = ["deviation_id", "case_id", "unit_id", "reason", "recorded_at", "recorded_until"]
    present = set(spanned.collect_schema().names())
    empty = {name: nw.lit(None, nw.String) for name in names if name not in present}
    filled = spanned.with_columns(**empty) if empty else spanned
    rows = filled.select(*names).sort("deviation_id").collect().rows(named=True)
    return [dict(row) for row in rows]


def _recorded(listed: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return each deviation with the last instant it may have been recorded: the end of a mere day."""
    import narwhals as nw

    until = nw.col("recorded_at") + beyond(whole_day(listed, "recorded"))
    return listed.select(nw.col("case_id").alias("complaint_id"), until.alias("recorded_until"))
