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
            "Units scatter no more than by chance: how many answers tell them apart cannot be said."
        )
    return int(np.ceil(target / (1 - target) * sigma2 / tau2 - 1e-9))


def n_for_reliability_between(
    tau2: tuple[float, float], sigma2: float, *, target: float = SUFFICIENT
) -> tuple[int | None, int | None]:
    """Return from how many answers to how many per unit give `target` reliability, in two digits.

    Parameters
    ----------
    tau2
        Limits of the variance between units of the true values.
    sigma2
        Variance of one answer within units.
    target
        Reliability wished for.

    Returns
    -------
    tuple
        The least is None where units need not differ at the most; the most where they need not at the least.

    Examples
    --------
    >>> n_for_reliability_between((0.01, 0.03), 1.0)
    (78, 230)
    >>> n_for_reliability_between((0.0, 0.03), 1.0)
    (78, None)
    """
    few, many = tau2
    most, least = (n_for_reliability(tau, sigma2, target=target) for tau in (few, many))
    return _in_two_digits(least), _in_two_digits(most)


def _in_two_digits(n: int | Refusal) -> int | None:
    return None if isinstance(n, Refusal) else int(float(f"{n:.1e}"))


def n_for_gap(sigma2: float, gap: float, *, level: float = 0.95, power: float = 0.8) -> int:
    """Return the answers in each of two units that show a true difference of `gap` with `power`.

    Notes
    -----
    Normal approximation for two independent means of equal size: 2 sigma^2 ((z_level + z_power) / gap)^2.
    """
    from scipy.special import ndtri

    return int(np.ceil(2 * sigma2 * ((normal_quantile(level) + float(ndtri(power))) / gap) ** 2 - 1e-9))
