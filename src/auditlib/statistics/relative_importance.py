"""How a regression's explained variance is shared out among correlated predictors."""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np

from auditlib.statistics.types import Floats, Numbers, as_floats

MOST_PREDICTORS = 12
"""All subsets are looked at: 4,096 of them for twelve predictors."""


def lmg(moments: Numbers) -> Floats:
    """Return each predictor's share of the variance of the outcome; the shares add up to R².

    Parameters
    ----------
    moments
        Covariances or centred cross-products, shape (..., 1 + predictors, 1 + predictors), the outcome
        first; leading axes are separate problems, such as bootstrap draws. At most `MOST_PREDICTORS`.

    Returns
    -------
    numpy.ndarray
        Shape (..., predictors), in units of the outcome's variance.

    Notes
    -----
    Lindeman, Merenda and Gold (1980), as in Grömping (2006), Journal of Statistical Software 17(1):
    what a predictor adds to R², averaged over all orders in which predictors may enter; the Shapley value
    of R². It describes association: shares of predictors that measure the same thing are alike.
    """
    cross = as_floats(moments)
    count = cross.shape[-1] - 1
    if cross.shape[-2:] != (count + 1, count + 1) or not 1 <= count <= MOST_PREDICTORS:
        raise ValueError(f"an outcome and 1 to {MOST_PREDICTORS} predictors give square moments")
    explained = {
        chosen: _explained(cross, chosen)
        for size in range(count + 1)
        for chosen in combinations(range(1, count + 1), size)
    }
    return np.stack([_average(explained, predictor, count) for predictor in range(1, count + 1)], axis=-1)


def _explained(cross: Floats, chosen: tuple[int, ...]) -> Floats:
    """Return R² of the outcome on the chosen predictors."""
    if not chosen:
        return np.zeros(cross.shape[:-2])
    among = cross[..., np.ix_(chosen, chosen)[0], np.ix_(chosen, chosen)[1]]
    with_outcome = cross[..., chosen, 0]
    slopes = np.linalg.solve(among, with_outcome[..., None])[..., 0]
    return np.asarray((slopes * with_outcome).sum(axis=-1) / cross[..., 0, 0])


def _average(explained: dict[tuple[int, ...], Floats], predictor: int, count: int) -> Floats:
    """Return what predictor `each` adds, averaged over all orders of `count` predictors."""
    total = np.zeros(())
    for chosen, before in explained.items():
        if predictor not in chosen:
            weight = factorial(len(chosen)) * factorial(count - len(chosen) - 1) / factorial(count)
            total = total + weight * (explained[tuple(sorted((*chosen, predictor)))] - before)
    return np.asarray(total)
