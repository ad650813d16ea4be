"""How often a trend is announced in unchanging series whose neighbouring values resemble each other."""

from __future__ import annotations

import numpy as np

from auditlib.records import Refusal
from auditlib.statistics.trend import trend
from auditlib.statistics.types import Floats

POINTS = (12, 24, 36)
CORRELATIONS = (-0.3, 0.0, 0.3, 0.5, 0.7, 0.8, 0.9)


def print_trends(rng: np.random.Generator, *, series: int) -> None:
    """Print the share of unchanging series in which a trend is announced."""
    print("\nTrends announced in unchanging series, in per cent (nominal 5.0 and 1.0), by autocorrelation")
    print(f"{'points':>7}" + "".join(f"{correlation:>12}" for correlation in CORRELATIONS))
    for points in POINTS:
        cells = []
        for correlation in CORRELATIONS:
            five, one = announced(rng, points=points, correlation=correlation, series=series)
            cells.append(f"{100 * five:>6.1f}{100 * one:>6.1f}")
        print(f"{points:>7}" + "".join(cells))


def announced(
    rng: np.random.Generator, *, points: int, correlation: float, series: int
) -> tuple[float, float]:
    """Return the share of unchanging series called at the levels of 5% and 1%."""
    found = [trend(values) for values in unchanging(rng, points, correlation, series)]
    p = np.array([1.0 if isinstance(line, Refusal) else line.p_value for line in found])
    return float((p < 0.05).mean()), float((p < 0.01).mean())


def unchanging(rng: np.random.Generator, points: int, correlation: float, series: int) -> Floats:
    """Return series by points, stationary from the first point on."""
    values = rng.normal(size=(series, points))
    values[:, 0] /= np.sqrt(1 - correlation**2)
    for point in range(1, points):
        values[:, point] += correlation * values[:, point - 1]
    return np.asarray(values)
