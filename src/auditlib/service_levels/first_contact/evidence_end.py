"""Until when the evidence shows whether customers came back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditlib.parameters.run import Run
from auditlib.time.epoch import day_number, instant_of
from auditlib.time.zones import reached, zone

if TYPE_CHECKING:
    import narwhals as nw


def evidence_end(interactions: nw.LazyFrame[Any], run: Run) -> int:
    """Return the last instant, in microseconds, at which a contact would be in the evidence.

    The end of the period; of days that follow it without a gap, all with contacts, the last contact; never
    later than `as_of`. What lies beyond a day without contacts may be a row that strayed into the export.
    """
    import narwhals as nw

    last = day_number(run.period.end)
    until = reached(zone(run.time_zone), last + 1, 0) - 1
    later = interactions.filter(nw.col("offered_day") > last).group_by("offered_day")
    latest = {int(day): int(at) for day, at in later.agg(at=nw.col("offered_at").max()).collect().rows()}
    while last + 1 in latest:
        last += 1
        until = max(until, latest[last])
    return min(until, instant_of(run.as_of))
