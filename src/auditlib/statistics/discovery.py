"""False discovery: how many of the units called out are called out by chance."""

from __future__ import annotations

import numpy as np

from auditlib.statistics.types import Floats, Numbers, as_floats


def benjamini_hochberg(p_values: Numbers) -> Floats:
    """Return adjusted p-values: calling out all units at or below q makes at most a share q of them false.

    Notes
    -----
    Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57:289-300; valid for units
    that are independent or positively dependent.
    """
    p = as_floats(p_values)
    if ((p < 0) | (p > 1)).any():
        raise ValueError("p-values lie between 0 and 1")
    order = np.argsort(p, kind="stable")[::-1]
    steps = p[order] * len(p) / np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(steps))
    return adjusted
