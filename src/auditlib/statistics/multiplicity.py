"""Many tests at once: how sure one may still be that none of the alarms is false."""

from __future__ import annotations

import numpy as np

from auditlib.statistics.types import Floats, Numbers, as_floats


def holm(p_values: Numbers) -> Floats:
    """Return adjusted p-values: calling out all at or below q errs even once in at most a share q of audits.

    Notes
    -----
    Holm (1979), Scandinavian Journal of Statistics 6:65-70; whatever the dependence between the tests.
    """
    p = as_floats(p_values)
    if ((p < 0) | (p > 1)).any():
        raise ValueError("p-values lie between 0 and 1")
    order = np.argsort(p, kind="stable")
    steps = p[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return adjusted
