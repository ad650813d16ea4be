"""What standards ask about the contact channels.

Conventions: a contact belongs to the period it was offered in; waiting is from offered to answered, in
real seconds; contacts given up count among those offered, however short they were.
"""

from __future__ import annotations

from math import ceil, sqrt
from typing import TYPE_CHECKING, Any

from auditlib.records import Basis, Interval, Measurement, Statistic
from auditlib.standards.measure import Context, Tables, measure, nothing
from auditlib.standards.observed import IN_PERIOD, counted, share_of, whole_of
from auditlib.statistics.types import normal_quantile

if TYPE_CHECKING:
    import narwhals as nw

_SECOND = 1_000_000


@measure("answered_within", needs=("interactions",))
def answered_within(tables: Tables, context: Context, *, channel: str, seconds: int) -> Measurement:
    """Contacts of a channel answered within so many seconds, over all that were offered."""
    import narwhals as nw

    wait = nw.col("answered_at") - nw.col("offered_at")
    found = counted(_offered(tables, channel), quick=wait <= seconds * _SECOND)
    return _share(found["quick"], found["n"], context, channel)


@measure("abandoned", needs=("interactions",))
def abandoned(tables: Tables, context: Context, *, channel: str) -> Measurement:
    """Contacts of a channel that the customer gave up while waiting, over all that were offered."""
    import narwhals as nw

    found = counted(_offered(tables, channel), gone=nw.col("abandoned"))
    return _share(found["gone"], found["n"], context, channel)


@measure("resolved_first", needs=("interactions",))
def resolved_first(tables: Tables, context: Context) -> Measurement:
    """Contacts the party marked as resolved the first time, over all it marked either way.

    The mark is the party's own and is not re-performed.
    """
    import narwhals as nw

    marked = _offered(tables, "").filter(~nw.col("resolved_first").is_null())
    found = counted(marked, solved=nw.col("resolved_first"))
    basis = Basis("interactions", IN_PERIOD, "resolved_first", found["n"])
    none = "no contact of the period says whether it was resolved the first time"
    return share_of(
        found["solved"],
        found["n"],
        confidence=context.confidence,
        basis=[basis],
        none=none,
        reason="the party's own mark, not re-performed",
    )


@measure("channels_in_use", needs=("interactions",), statistic=Statistic.COUNT, unit="count")
def channels_in_use(tables: Tables, _context: Context, *, minimum_contacts: int) -> Measurement:
    """Channels through which enough contacts came in the period."""
    import narwhals as nw

    counts = _offered(tables, "").group_by("channel").agg(contacts=nw.len())
    used = counted(counts.filter(~nw.col("channel").is_null(), nw.col("contacts") >= minimum_contacts))["n"]
    n = counted(_offered(tables, ""))["n"]
    basis = Basis("interactions", IN_PERIOD, rows=n)
    return whole_of(used, n, basis=[basis], none="there is no contact in the period")


@measure("wait_quantile", needs=("interactions",), statistic=Statistic.QUANTILE, unit="seconds")
def wait_quantile(tables: Tables, context: Context, *, channel: str, share: float) -> Measurement:
    """Whole seconds within which the given share of the answered contacts of a channel were answered.

    The smallest wait that at least the share did not exceed; the interval is that of order statistics
    by the normal approximation (Conover 1999, Practical Nonparametric Statistics, 3.2).
    """
    import narwhals as nw

    answered = _offered(tables, channel).filter(~nw.col("answered_at").is_null())
    wait = (nw.col("answered_at") - nw.col("offered_at")) // _SECOND
    rows = answered.select(wait=wait).group_by("wait").agg(count=nw.len()).collect().rows()
    steps = sorted((int(seconds), int(count)) for seconds, count in rows)
    n = sum(count for _, count in steps)
    if n == 0:
        return nothing(f"no {channel} contact of the period was answered")
    spread = normal_quantile(context.confidence) * sqrt(n * share * (1 - share))
    low, value, high = (_ranked(steps, n * share + move) for move in (-spread, 0.0, spread))
    interval = Interval(low, high, context.confidence, "order statistics")
    basis = Basis("interactions", (*IN_PERIOD, ("channel", channel)), "answered_at", n)
    return Measurement("", value, n, Statistic.QUANTILE, interval=interval, basis=(basis,))


def _ranked(steps: list[tuple[int, int]], rank: float) -> float:
    """Return the value at `rank` (from 1) of values given with their counts, ascending."""
    wanted, seen = max(1, ceil(rank - 1e-9)), 0
    for value, count in steps:
        seen += count
        if seen >= wanted:
            return float(value)
    return float(steps[-1][0])


def _offered(tables: Tables, channel: str) -> nw.LazyFrame[Any]:
    import narwhals as nw

    chosen = tables.lazy("interactions").filter(nw.col("in_period"))
    return chosen.filter(nw.col("channel") == channel) if channel else chosen


def _share(count: int, n: int, context: Context, channel: str) -> Measurement:
    basis = Basis("interactions", (*IN_PERIOD, ("channel", channel)), rows=n)
    none = f"there is no {channel} contact in the period"
    return share_of(count, n, confidence=context.confidence, basis=[basis], none=none)
