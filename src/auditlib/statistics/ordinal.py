"""Intervals for means of answers on a scale: they stay on the scale and always have a width.

A t interval takes the spread from the sample. Where nearly all customers answer five, many samples hold no
other answer: the interval then has no width, though the next customer may well answer one.
"""

from __future__ import annotations

import numpy as np

from auditlib.statistics.types import Floats, Limits, Numbers, as_floats

PRIOR_ANSWERS = 1.0
"""Answers that the distribution of all units together counts for in each of them."""
WORST_CASE = 0.2
"""Answers at the end of the scale that each limit allows for besides. Without them the lower limit lies too
high where low answers are rare and by chance absent: nominal 95 % limits then hold 79 to 89 % of the means
of 30 answers. With a whole one, as Gaffke has it, they hold 98 % even of 100. Of those tried (0.2 to 1, and
priors of 1 to 4) these two come nearest to 95 % (``python -m benchmarks answers``)."""


def ordinal_mean(
    counts: Numbers, scores: Numbers, *, effective: Numbers | None = None, level: float = 0.95
) -> Limits:
    """Return limits for the mean answer of each unit.

    Parameters
    ----------
    counts
        Answers by unit and score, shape (units, scores); whole numbers, or counts scaled to another n.
    scores
        What each answer counts, rising, from the lowest the scale allows to the highest; shape (scores,).
    effective
        Independent answers that each unit's answers are worth, where customers answer more than once, shape
        (units,); default: as many as there are.

    Returns
    -------
    Limits
        Between the ends of the scale and around the unit's own mean; NaN for a unit without an answer.

    Notes
    -----
    The distribution over the scores has a Dirichlet posterior; its prior is the distribution of all units,
    worth `PRIOR_ANSWERS`. The limit on each side allows for `WORST_CASE` of an answer at that end of the
    scale, as Gaffke (2005) allows for one (Learned-Miller and Thomas 2020, arXiv 1905.06208). The quantiles
    of the mean are those of the beta distribution on the scale with the mean and the variance of the
    posterior, which hold exactly for two scores.

    Examples
    --------
    >>> limits = ordinal_mean([[0, 0, 0, 0, 30], [1, 0, 2, 7, 20]], [1, 2, 3, 4, 5])
    >>> [(round(float(low), 2), round(float(high), 2)) for low, high in zip(limits.low, limits.high)]
    [(4.79, 5.0), (4.13, 4.77)]
    """
    answers, values = as_floats(counts), as_floats(scores)
    if (np.diff(values) <= 0).any() or answers.shape[1:] != values.shape:
        raise ValueError("every score needs its counts, and scores must rise")
    total = np.where(answers.any(axis=1), answers.sum(axis=1), np.nan)
    worth = answers / total[:, None] * (total if effective is None else as_floats(effective))[:, None]
    pooled = answers.sum(axis=0) / (answers.sum() or 1.0)  # of no answers at all there are no limits anyway
    posterior = worth + PRIOR_ANSWERS * pooled
    tail = (1 - level) / 2
    low, high = posterior.copy(), posterior.copy()
    low[:, 0] += WORST_CASE
    high[:, -1] += WORST_CASE
    mean = answers @ values / total
    return Limits(
        np.minimum(_quantile(low, values, tail), mean), np.maximum(_quantile(high, values, 1 - tail), mean)
    )


def _quantile(weights: Floats, scores: Floats, share: float) -> Floats:
    """Return a quantile of the mean score under a Dirichlet distribution with `weights`."""
    from scipy.special import betaincinv

    total = weights.sum(axis=1)
    low, width = scores[0], scores[-1] - scores[0]
    place = (scores - low) / width
    mean = weights @ place / total
    variance = (weights @ place**2 / total - mean**2) / (total + 1)
    # a posterior without any spread (all answers at one end, and that limit) is the end itself
    spread = np.where(variance > 0, variance, 1.0)
    size = mean * (1 - mean) / spread - 1
    inner = betaincinv(np.maximum(mean * size, 1e-12), np.maximum((1 - mean) * size, 1e-12), share)
    limit = low + width * np.where(variance > 0, inner, mean)
    return np.where(np.isnan(mean), np.nan, limit)
