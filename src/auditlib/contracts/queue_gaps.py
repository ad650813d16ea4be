"""Contacts of interval counts that went nowhere: offered, and neither answered, given up nor passed on.

Who waits when an interval ends counts in the next, so that a single interval proves nothing. Over all that is
counted of a queue as many may still wait as came in its busiest interval, which is the most that it can have
handed on: what is missing beyond that went nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import narwhals as nw

QUEUE = ("unit_id", "channel", "queue")
"""What makes two intervals counts of one queue; a queue without a name is all of its channel."""


def with_gaps(intervals: nw.LazyFrame[Any], *, passed_on: bool) -> nw.LazyFrame[Any]:
    """Return intervals with ``gap``: those offered less those said to have ended.

    Empty where one of the counts is not said, and where it is counted who waits: nothing is missing of such
    an interval.

    Parameters
    ----------
    intervals
        The last export of each interval, with every count as a column.
    passed_on
        Whether the evidence counts at all who was passed to another queue.
    """
    import narwhals as nw

    answered = nw.col("answered")
    quick_and_late = nw.col("answered_in_time") + nw.col("answered_late")
    passed = nw.col("flowed_out") if passed_on else nw.col("flowed_out").fill_null(0)
    ended = (
        nw.when(answered.is_null()).then(quick_and_late).otherwise(answered) + nw.col("abandoned") + passed
    )
    gap = nw.when(nw.col("waiting").is_null()).then(nw.col("offered") - ended)
    return intervals.with_columns(queue=nw.col("queue").fill_null(""), gap=gap)


def went_nowhere(intervals: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return the intervals that say a gap of queues in which contacts went nowhere.

    Parameters
    ----------
    intervals
        As `with_gaps` returns them.
    """
    import narwhals as nw

    busiest, missing = nw.col("offered").max().over(*QUEUE), nw.col("gap").sum().over(*QUEUE)
    summed = intervals.with_columns(busiest=busiest, missing=missing)
    return summed.filter(~nw.col("gap").is_null(), nw.col("missing") > nw.col("busiest"))
