"""Reliability: the share of what separates two units that is not chance, and the n it takes."""

from __future__ import annotations

import numpy as np

from auditlib.records import Refusal
from auditlib.statistics.types import Floats, Numbers, as_floats, normal_quantile

SUFFICIENT = 0.7
"""Customary lower bound for comparing units (Adams 2009, The Reliability of Provider Profiling, RAND)."""


def reliability(tau2: float, variances: Numbers) -> Floats:
    """Return tau2 / (tau2 + variance of the unit's estimate), between 0 and 1.

    Parameters
    ----------
    tau2
        Variance between units of the true values, >= 0.
    variances
        Sampling variance > 0 of each unit's estimate (sigma^2 / n).
    """
    return tau2 / (tau2 + as_floats(variances))


def n_for_reliability(tau2: float, sigma2: float, *, target: float = SUFFICIENT) -> int | Refusal:
    """Return the answers per unit that give `target` reliability (Spearman-Brown)."""
    if tau2 <= 0:
        return Refusal(
            "No difference between units is shown: how many answers tell them apart cannot be said."
        )
    return int(np.ceil(target / (1 - target) * sigma2 / tau2 - 1e-9))


def n_for_gap(sigma2: float, gap: float, *, level: float = 0.95, power: float = 0.8) -> int:
    """Return the answers in each of two units that show a true difference of `gap` with `power`.

    Notes
    -----
    Normal approximation for two independent means of equal size: 2 sigma^2 ((z_level + z_power) / gap)^2.
    """
    from scipy.special import ndtri

    return int(np.ceil(2 * sigma2 * ((normal_quantile(level) + float(ndtri(power))) / gap) ** 2 - 1e-9))
