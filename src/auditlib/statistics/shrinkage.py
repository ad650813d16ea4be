"""Empirical Bayes: each unit's value drawn towards the mean as far as chance made it stand out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditlib.records import Refusal
from auditlib.statements import counted
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
        return Refusal(
            f"{counted(k, 'unit is', 'units are')} too few to shrink towards their mean (at least "
            f"{FEWEST_UNITS})."
        )
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
    Centre and spread of the beta distribution are averaged over, weighted by the likelihood of the counts
    and flat in the centre and in the variance between units, as Morris has it for normal estimates. Taking
    their most likely values for the truth would hold 76% instead of 95% of the true shares of 40 units with
    reliability 0.25 (simulated). Limits are quantiles of the beta distribution with each unit's posterior
    mean and variance, after Laird and Louis (1987), JASA 82:739-757, who warn of the same. The variance
    between units that is returned is Morris's estimate (`between_variance`): the mean of its posterior would
    be a quarter too large with 40 units of reliability one half, and four times with 10 units of 0.3.
    """
    from scipy.special import betaincinv

    count, total = as_floats(successes), as_floats(n)
    if len(count) < FEWEST_UNITS:
        return Refusal(
            f"{counted(len(count), 'unit is', 'units are')} too few to shrink (at least {FEWEST_UNITS})."
        )
    if count.sum() in (0.0, total.sum()):
        return Refusal("Every answer is the same: there is nothing to shrink towards or from.")
    centre, precision, weight = _beta_posterior(count, total)
    first, answers = (centre * precision)[:, None] + count, precision[:, None] + total
    share, by_share = first / answers, weight[:, None]
    value = (by_share * share).sum(axis=0)
    variance = (by_share * (share * (1 - share) / (answers + 1) + share**2)).sum(axis=0) - value**2
    size = value * (1 - value) / variance - 1
    low, high = (
        as_floats(betaincinv(value * size, (1 - value) * size, tail))
        for tail in ((1 - level) / 2, (1 + level) / 2)
    )
    pooled = float(count.sum() / total.sum())
    tau2 = between_variance(count / total, pooled * (1 - pooled) / total)
    factor = (by_share * (total / answers)).sum(axis=0)
    return Shrunk(value, low, high, factor, float((weight * centre).sum()), tau2)


_CENTRES, _SPREADS, _DEVIATIONS, _UNLIKELY = 9, 24, 4.0, 12.0
"""Centres and spreads averaged over; how many standard errors centres reach to either side; spreads this much
less likely (in logarithms) than the likeliest are left out."""


def _beta_posterior(count: Floats, total: Floats) -> tuple[Floats, Floats, Floats]:
    """Return centres and precisions (a + b) of beta distributions, and the posterior weight of each.

    A spread is the standard deviation of true shares over the largest it could be, (a + b + 1)^(-1/2).
    """
    from scipy.special import expit, logit

    pooled = float(count.sum() / total.sum())
    spread = _likely_spreads(count, total, pooled)
    error = np.sqrt(
        1 / (total / (pooled * (1 - pooled) * (1 + (total - 1) * spread[:, None] ** 2))).sum(axis=1)
    )
    reach = error / (pooled * (1 - pooled))
    steps = np.linspace(-_DEVIATIONS, _DEVIATIONS, _CENTRES)
    centre = np.clip(expit(logit(pooled) + reach[:, None] * steps), 1e-6, 1 - 1e-6)
    precision = np.repeat(1 / spread**2 - 1, _CENTRES)
    volume = np.log(spread * reach)[:, None] + np.log(centre * (1 - centre))
    logarithm = _beta_likelihood(count, total, centre.ravel(), precision) + volume.ravel()
    weight = np.exp(logarithm - logarithm.max())
    return centre.ravel(), precision, np.asarray(weight / weight.sum())


def _likely_spreads(count: Floats, total: Floats, pooled: float) -> Floats:
    """Return equally spaced spreads that hold nearly all of the likelihood, at the pooled centre."""
    tried = np.geomspace(1e-3, 0.999, 60)
    likelihood = _beta_likelihood(count, total, np.full(len(tried), pooled), 1 / tried**2 - 1)
    likely = np.flatnonzero(likelihood > likelihood.max() - _UNLIKELY)
    low = 0.0 if likely[0] == 0 else float(tried[likely[0] - 1])
    high = float(tried[min(likely[-1] + 1, len(tried) - 1)])
    return low + (high - low) * (np.arange(_SPREADS) + 0.5) / _SPREADS


def _beta_likelihood(count: Floats, total: Floats, centre: Floats, precision: Floats) -> Floats:
    """Return the logarithm of the likelihood of the counts for each centre and precision."""
    from scipy.special import betaln

    first, second = centre * precision, (1 - centre) * precision
    joint = betaln(first[:, None] + count, second[:, None] + total - count)
    return np.asarray((joint - betaln(first, second)[:, None]).sum(axis=1))
