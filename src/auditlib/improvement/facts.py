"""Every number on whether scores improve, with the rows it rests on; keys end with survey type and item."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.benchmark.facts import rests_on
from auditlib.improvement.matched_change import EARLIER, LATER
from auditlib.improvement.result import Improving
from auditlib.records import Interval, Number, Refusal


def facts(result: Improving) -> Iterator[Number]:
    """Yield the value of both periods, the units in both, the difference and the trend by year."""
    key, unit, change = result.comparison.key, result.comparison.measure.unit, result.change
    level, basis = result.comparison.confidence, rests_on(result.comparison.scores)
    for name, value, period in zip((EARLIER, LATER), change.scored, change.periods, strict=True):
        yield Number(f"improving_{name}:{key}", value, unit, basis=basis, reason=f"In {period}.")
    yield Number(f"improving_units:{key}", change.units, "units", basis=basis)
    if change.neither is not None:
        yield Number(f"improving_neither:{key}", change.neither, "responses", basis=basis)
    limits = Interval(change.low, change.high, level, change.method)
    yield Number(f"improving_change:{key}", change.difference, unit, change.n or None, limits, basis)
    trend, unit, line = f"improving_trend:{key}", f"{unit} a year", result.yearly
    if isinstance(line, Refusal):
        yield Number(trend, None, unit, reason=line.reason)
        return
    limits = Interval(line.low, line.high, level, "t, autocorrelation averaged")
    yield Number(trend, line.slope, unit, line.points, limits, basis)
