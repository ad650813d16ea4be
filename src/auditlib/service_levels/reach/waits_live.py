"""The median wait of those answered in channels where somebody answers while the customer waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditlib.contracts.frames import to_pandas
from auditlib.service_levels.contradictory import contradictory
from auditlib.standards.whole_days import whole_day
from auditlib.time.epoch import SECOND

if TYPE_CHECKING:
    import narwhals as nw


def usual_waits(contacts: nw.LazyFrame[Any], live: Sequence[str]) -> Mapping[str, tuple[float, int]]:
    """Return the median wait in seconds and its contacts by live channel, counted by whole seconds.

    Waits between days without times, and of contacts said to be given up too, say nothing and are left out.
    """
    import narwhals as nw

    answered = ~(nw.col("answered_at").is_null() | contradictory())
    timed = ~(whole_day(contacts, "offered") | whole_day(contacts, "answered"))
    wait = (nw.col("answered_at") - nw.col("offered_at")) // SECOND
    rows = to_pandas(
        contacts.filter(nw.col("via").is_in(list(live)), answered, timed)
        .with_columns(wait=wait)
        .group_by("via", "wait")
        .agg(n=nw.len())
    ).sort_values(["via", "wait"])
    return {
        str(channel): (_median(rows["wait"].tolist(), rows["n"].tolist()), int(rows["n"].sum()))
        for channel, rows in rows.groupby("via")
    }


def _median(values: Sequence[int], counts: Sequence[int]) -> float:
    """Return the median of values that occur so often; values ascend.

    Examples
    --------
    >>> _median([1, 5, 9], [1, 1, 2]), _median([1, 5], [2, 1])
    (7.0, 1.0)
    """
    everything, passed = sum(counts), 0
    middle = ((everything - 1) // 2, everything // 2)
    ends: list[int] = []
    for value, count in zip(values, counts, strict=True):
        ends += [value for place in middle if passed <= place < passed + count]
        passed += count
    return sum(ends) / 2
