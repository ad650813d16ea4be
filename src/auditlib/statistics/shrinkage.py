"""Empirical Bayes: each unit's value drawn towards the mean as far as chance made it stand out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditlib.records import Refusal
from auditlib.statistics.types import Floats, Numbers, as_floats, normal_quantile

FEWEST_UNITS = 5
"""Morris's estimate needs more than three units; with four its interval is unusable."""


@dataclass(frozen=True, slots=True)
class Shrunk:
    """Values drawn towards the mean.

    Parameters
    ----------
    value, low, high
        Posterior mean and limits, one per unit.
    factor
        Share of its own deviation each unit keeps: 0 all chance, 1 no chance.
    centre
        What values are drawn towards.
    tau2
        Variance between units of the true values.
    """

    value: Floats
    low: Floats
    high: Floats
    factor: Floats
    centre: float
    tau2: float


def normal(estimates: Numbers, variances: Numbers, *, level: float = 0.95) -> Shrunk | Refusal:
    """Shrink estimates with known sampling variances > 0, normal around normal true values.

    Notes
    -----
    Morris (1983), JASA 78:47-65, section 5, with a common mean (r = 1): the factor is corrected by
    (k - 3) / (k - 1) and the variance allows for both the mean and the variance between units being
    estimated. With equal variances the values are those of James and Stein as used by Efron and Morris
    (1975), JASA 70:311-319.
    """
    y, variance = as_floats(estimates), as_floats(variances)
    k = len(y)
    if k < FEWEST_UNITS:
        return Refusal(f"{k} units are too few to shrink towards their mean (at least {FEWEST_UNITS}).")
    if (variance <= 0).any():
        raise ValueError("every sampling variance must be above zero")
    tau2 = between_variance(y, variance)
    weight = 1 / (variance + tau2)
    centre = float((weight * y).sum() / weight.sum())
    drawn = (k - 3) / (k - 1) * variance * weight
    value = (1 - drawn) * y + drawn * centre
    spread = float((weight * variance).sum() / weight.sum() + tau2)
    uncertainty = 2 / (k - 3) * drawn**2 * spread * weight
    posterior = variance * (1 - (1 - weight / weight.sum()) * drawn) + uncertainty * (y - centre) ** 2
    half = normal_quantile(level) * np.sqrt(posterior)
    return Shrunk(value, value - half, value + half, 1 - drawn, centre, tau2)


def between_variance(estimates: Numbers, variances: Numbers) -> float:
    """Return the variance between units of the true values, weighting each unit by its precision.

    Notes
    -----
    The root of Morris's equation sum(w (k / (k - 1) (y - m)^2 - v)) = 0, w = 1 / (v + tau2), by fixed
    point; zero where the root is negative.
    """
    y, variance = as_floats(estimates), as_floats(variances)
    k = len(y)
    tau2 = max(0.0, float(y.var(ddof=1) - variance.mean()))
    for _ in range(500):
        weight = 1 / (variance + tau2)
        centre = (weight * y).sum() / weight.sum()
        excess = weight * (k / (k - 1) * (y - centre) ** 2 - variance)
        following = max(0.0, float(excess.sum() / weight.sum()))
        if abs(following - tau2) <= 1e-13 * (tau2 + float(variance.mean())):
            break
        tau2 = following
    return following


def beta_binomial(successes: Numbers, n: Numbers, *, level: float = 0.95) -> Shrunk | Refusal:
    """Shrink shares of `n` answers each, binomial around true shares that follow a beta distribution.

    Notes
    -----
    Mean and precision of the beta distribution by maximum marginal likelihood; limits are quantiles of each
    unit's beta posterior (Casella 1985, The American Statistician 39:83-87, for the idea), widened by
    nothing: with fewer than about thirty units they are somewhat narrow.
    """
    from scipy.special import betaincinv

    count, total = as_floats(successes), as_floats(n)
    if len(count) < FEWEST_UNITS:
        return Refusal(f"{len(count)} units are too few to shrink (at least {FEWEST_UNITS}).")
    if count.sum() in (0.0, total.sum()):
        return Refusal("Every answer is the same: there is nothing to shrink towards or from.")
    centre, precision = _beta_likelihood(count, total)
    first, second = centre * precision + count, (1 - centre) * precision + total - count
    tail = (1 - level) / 2
    low, high = as_floats(betaincinv(first, second, tail)), as_floats(betaincinv(first, second, 1 - tail))
    factor = total / (total + precision)
    return Shrunk(
        first / (first + second),
        low,
        high,
        factor,
        centre,
        centre * (1 - centre) / (precision + 1),
    )


def _beta_likelihood(count: Floats, total: Floats) -> tuple[float, float]:
    """Return mean and precision (a + b) that make the counts most likely; precision is at most 1e8."""
    from scipy.optimize import minimize
    from scipy.special import betaln, expit, logit

    def minus_log_likelihood(parameters: Floats) -> float:
        centre, precision = float(expit(parameters[0])), float(np.exp(parameters[1]))
        first, second = centre * precision, (1 - centre) * precision
        return -float((betaln(first + count, second + total - count) - betaln(first, second)).sum())

    pooled = count.sum() / total.sum()
    start = np.array([logit(pooled), np.log(_moment_precision(count, total, pooled))])
    bounds = [(-20.0, 20.0), (np.log(1e-3), np.log(1e8))]
    best = minimize(minus_log_likelihood, start, method="L-BFGS-B", bounds=bounds)
    return float(expit(best.x[0])), float(np.exp(best.x[1]))


def _moment_precision(count: Floats, total: Floats, pooled: float) -> float:
    variance = pooled * (1 - pooled)
    tau2 = between_variance(count / total, variance / total)
    return float(np.clip(variance / tau2 - 1, 1.0, 1e6)) if tau2 > 0 else 1e6
