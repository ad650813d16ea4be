"""Cases of which it is not known whether they count: what they could make of a measurement.

They count on neither side. The bounds are those of the worst and of the best case, which need no
assumption about why the cases are unknown (Manski 2003, Partial Identification of Probability
Distributions, chapter 1).
"""

from __future__ import annotations

from dataclasses import replace

from auditlib.records import Interval, Measurement
from auditlib.standards.words import amount
from auditlib.statements import counted, spanned
from auditlib.statistics.intervals import wilson


def ends(measurement: Measurement) -> tuple[Measurement, Measurement]:
    """Return the measurement with every unknown case outside the count, and with every one inside."""
    if measurement.successes is None:
        low, high = measurement.bounds or (measurement.value, measurement.value)
        settled = replace(measurement, unknown=0, bounds=None)
        return replace(settled, value=low), replace(settled, value=high)
    return _settled(measurement, 0), _settled(measurement, measurement.unknown)


def span(successes: int, n: int, unknown: int, *, level: float, design_effect: float = 1.0) -> Interval:
    """Return the Wilson limits of a share, widened to whatever its unknown cases may be.

    Parameters
    ----------
    successes, n, unknown
        Cases that count, all of which that is known, and those of which it is not.
    level
        Coverage.
    design_effect
        Cases that are worth one independent case.
    """
    worth = (n + unknown) / design_effect
    low = float(wilson(successes / design_effect, worth, level=level).low)
    high = float(wilson((successes + unknown) / design_effect, worth, level=level).high)
    return Interval(low, high, level, "Wilson, unknown cases either way" if unknown else "Wilson")


def unclear(measurement: Measurement) -> str:
    """Say between which values the unknown cases leave the true one."""
    low, high = (amount(end.value or 0.0, measurement.unit) for end in ends(measurement))
    more = counted(measurement.unknown, "more case is", "more cases are")
    anything = "could make it anything from {low} to {high}"
    return f"{more} unknown and {spanned(low, high, apart=anything, same='would leave it at {low}').text}"


def _settled(measurement: Measurement, inside: int) -> Measurement:
    successes = (measurement.successes or 0) + inside
    n = measurement.n + measurement.unknown
    given = measurement.interval
    interval = (
        None
        if given is None
        else span(successes, n, 0, level=given.level, design_effect=measurement.design_effect)
    )
    return replace(
        measurement, value=successes / n, n=n, successes=successes, interval=interval, unknown=0, bounds=None
    )
