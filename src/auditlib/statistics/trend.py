"""Trend of a series whose neighbouring values resemble each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditlib.records import Refusal
from auditlib.statistics.types import Floats, Numbers, as_floats

FEWEST_POINTS = 12
"""Below it autocorrelation cannot be estimated along with a trend."""
STRONGEST = 0.95
"""Autocorrelation is held below it; beyond, a trend and a random walk look alike."""


@dataclass(frozen=True, slots=True)
class Trend:
    """A straight line through a series.

    Parameters
    ----------
    slope
        Change per step, with `low` and `high` its limits.
    autocorrelation
        Correlation of neighbouring deviations from the line, between 0 and `STRONGEST`.
    p_value
        Two-sided, of no change.
    """

    slope: float
    standard_error: float
    low: float
    high: float
    intercept: float
    autocorrelation: float
    points: int
    p_value: float


def trend(values: Numbers, *, level: float = 0.95) -> Trend | Refusal:
    """Fit a line to equally spaced `values`, allowing for autocorrelation of the first order.

    Notes
    -----
    Prais and Winsten (1954), Cowles Commission discussion paper 383, keeping the first point. The
    correlation of least-squares residuals falls short by about (2 + 4 rho) / n when a line is fitted
    (Kendall's bias, extended to a trend); it is corrected for before use. A negative one counts as none: in
    short series it is mostly noise, and would call out 3% of unchanging series of 12 at the level of 1%. The
    t limits have n' - 2 degrees of freedom, n' = n (1 - rho) / (1 + rho) being the number of independent
    points that know as much (Bayley and Hammersley 1946, Supplement to the JRSS 8:184-197),
    at least 2, at most n - 2.
    """
    from scipy.special import stdtr, stdtrit

    y = as_floats(values)
    n = len(y)
    if n < FEWEST_POINTS:
        return Refusal(
            f"{n} points are too few to tell a trend from autocorrelation (at least {FEWEST_POINTS})."
        )
    design = np.column_stack([np.ones(n), np.arange(n) - (n - 1) / 2])
    residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    if np.allclose(residual, 0, atol=1e-12 * max(1.0, float(np.abs(y).max()))):
        return Refusal("The values lie on a line exactly: there is no variation to judge it by.")
    rho = float(residual[1:] @ residual[:-1] / (residual @ residual))
    rho = float(np.clip((n * rho + 2) / (n - 4), 0, STRONGEST))
    whitened_y, whitened_x = _whitened(y, rho), _whitened(design, rho)
    inverse = np.linalg.inv(whitened_x.T @ whitened_x)
    intercept, slope = (float(value) for value in inverse @ (whitened_x.T @ whitened_y))
    rest = whitened_y - whitened_x @ np.array([intercept, slope])
    error = float(np.sqrt(inverse[1, 1] * (rest @ rest) / (n - 2)))
    freedom = float(np.clip(n * (1 - rho) / (1 + rho) - 2, 2, n - 2))
    half = float(stdtrit(freedom, (1 + level) / 2)) * error
    p_value = 2 * float(stdtr(freedom, -abs(slope) / error))
    return Trend(slope, error, slope - half, slope + half, intercept, rho, n, p_value)


def _whitened(values: Floats, rho: float) -> Floats:
    first = np.sqrt(1 - rho**2) * values[:1]
    return np.concatenate([first, values[1:] - rho * values[:-1]])
