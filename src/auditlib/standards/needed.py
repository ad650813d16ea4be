"""How many observations would demonstrate a target, if the result stayed as it is.

Convention, the same everywhere: the smallest n at the *same observed value* whose interval, made the
same way at the same level, no longer straddles the target.
"""

from __future__ import annotations

from math import ceil

from auditlib.records import Direction, Interval, Measurement, Statistic, Target
from auditlib.statistics.types import normal_quantile

_SLACK = 1e-9
_NEGLIGIBLE = 1e-9
"""A value this close to its target is on it: no number of observations that exists tells them apart."""


def n_needed(target: Target, measurement: Measurement) -> int | None:
    """Return that n; None where no n would do, or where it cannot be said.

    Parameters
    ----------
    target
        The value demanded.
    measurement
        The result so far, with its interval.

    Notes
    -----
    A share is demonstrated by its Wilson interval exactly where the score test rejects, so that the
    limit reaches the target t from the share p at n = z^2 t (1 - t) / (p - t)^2, in closed form. Every
    other interval is taken to narrow with the square root of n.
    """
    value, interval = measurement.value, measurement.interval
    if value is None or interval is None:
        return None
    gap = value - target.value if target.direction is Direction.AT_LEAST else target.value - value
    if gap <= _NEGLIGIBLE:
        return None
    if measurement.statistic is Statistic.SHARE:
        independent = n_for_share(target.value, gap, level=interval.level)
        return _whole(independent * measurement.design_effect)
    half = half_towards(value, interval, target.direction)
    return _whole(measurement.n * (half / gap) ** 2)


def n_for_share(target: float, gap: float, *, level: float) -> int:
    """Return the n at which a share `gap` away from `target` is told from it at `level`."""
    return max(1, _whole(normal_quantile(level) ** 2 * target * (1 - target) / gap**2))


def half_towards(value: float, interval: Interval, direction: Direction) -> float:
    """Return how far an interval reaches from its value towards the target, seen from the good side."""
    return value - interval.low if direction is Direction.AT_LEAST else interval.high - value


def _whole(n: float) -> int:
    """Return the smallest whole number not below `n`; the last bits of `n` do not add one."""
    return ceil(n - _SLACK * n)
