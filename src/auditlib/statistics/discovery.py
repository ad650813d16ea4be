"""False discovery: how many of the units called out are called out by chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from auditlib.statistics.multiplicity import adjusted
from auditlib.statistics.types import Floats, Numbers, as_floats


def benjamini_hochberg(p_values: Numbers) -> Floats:
    """Return adjusted p-values: calling out all units at or below q makes at most a share q of them false.

    Notes
    -----
    Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57:289-300; valid for units
    that are independent or positively dependent.
    """
    return adjusted(p_values, method="fdr_bh")


def discoveries(probability: Numbers, *, rate: float) -> NDArray[np.bool_]:
    """Return which units to call out so that at most a share `rate` of them is expected to be wrong.

    Parameters
    ----------
    probability
        How surely each is what it would be called.
    rate
        Posterior false discovery rate, between 0 and 1.

    Notes
    -----
    Kline, Rose and Walters (2024), American Economic Review 114:1906-1947: grades that hold a rate of false
    discoveries over the posterior.

    Examples
    --------
    >>> discoveries([0.999, 0.93, 0.5], rate=0.05).tolist()
    [True, True, False]
    """
    p = as_floats(probability)
    order = np.argsort(-p, kind="stable")
    expected = np.cumsum(1 - p[order]) / np.arange(1, len(p) + 1)
    called = np.zeros(len(p), dtype=np.bool_)
    called[order[: int((expected <= rate).sum())]] = True
    return called
