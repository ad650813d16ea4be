"""How many cases are examined, and what the number of deviations among them says about all cases.

The claim tested is always "the deviation rate of the population is below the tolerable rate". It is supported
when so few deviations would be seen, with at least the stated confidence's complement, if the rate were the
tolerable one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor

from auditlib.records import Refusal
from auditlib.statements import counted
from auditlib.statistics.types import Floats, as_floats

MOST_EXAMINED = 5_000
"""Sizes above this are not searched for: nobody examines so many cases by hand."""
_BLOCK = 250
_SLACK = 1e-9
"""Products such as 100 x 0.07 come out a hair above the whole number they are."""


@dataclass(frozen=True, slots=True)
class AttributePlan:
    """An attribute sample: how many cases, and how many deviations among them are still acceptable."""

    size: int
    acceptable: int


def plan_attributes(
    *, confidence: float, tolerable: float, expected: float, population: int | None = None
) -> AttributePlan | Refusal:
    """Return the smallest sample that can show the deviation rate to be below the tolerable one.

    Parameters
    ----------
    confidence
        One-sided, between 0 and 1.
    tolerable, expected
        Deviation rates, ``0 <= expected < tolerable < 1``. The plan accepts the expected share of its own
        size, rounded up.
    population
        Number of cases; None for a population too large to be counted.

    Returns
    -------
    Plan or Refusal
        A refusal where no sample of the population, or none that a person can examine, would do.

    Notes
    -----
    Exact: binomial, or hypergeometric where the population is known; never a normal approximation and no
    lot-series table. In a finite population the tolerable rate is reached at ``ceil(tolerable * population)``
    deviations.
    """
    import numpy as np

    _check(confidence, tolerable, expected)
    most = MOST_EXAMINED if population is None else min(population, MOST_EXAMINED)
    for start in range(1, most + 1, _BLOCK):
        sizes = as_floats(np.arange(start, min(start + _BLOCK, most + 1)))
        accepted = np.ceil(sizes * expected - _SLACK)
        risk = _risk(accepted, sizes, tolerable, population)
        fitting = np.flatnonzero(risk <= (1 - confidence) * (1 + _SLACK))
        if len(fitting):
            first = int(fitting[0])
            return AttributePlan(int(sizes[first]), int(accepted[first]))
    return _no_plan(tolerable, expected, population)


def upper_limit(deviations: int, examined: int, *, confidence: float, population: int | None = None) -> float:
    """Return the exact one-sided upper limit of the deviation rate.

    Parameters
    ----------
    deviations, examined
        ``0 <= deviations <= examined``, at least one examined.
    population
        Number of cases the sample was drawn from without replacement; None where it is not known or so
        large that it does not matter.

    Notes
    -----
    Binomial: Clopper and Pearson (1934), Biometrika 26:404-413, one side. Hypergeometric: the largest
    number of deviations in the population under which so few would be seen with a probability above
    ``1 - confidence``, over the population (Wright 1991, Exact confidence bounds when sampling from small
    finite universes).
    """
    if not 0 <= deviations <= examined or examined < 1:
        raise ValueError("deviations must lie between 0 and the number examined, which is at least 1")
    if population is None:
        return _binomial_limit(deviations, examined, confidence)
    if population < examined:
        raise ValueError("more cases were examined than the population holds")
    return _finite_limit(deviations, examined, confidence, population) / population


def allocate(strata: Mapping[str, int], *, size: int) -> dict[str, int]:
    """Return how many cases each stratum gives: its share of `size`, rounded up, none left out.

    Rounding up can make the sample larger than `size` by less than one case per stratum.
    """
    total = sum(strata.values())
    if not 0 < size <= total:
        raise ValueError("a sample lies between 1 and the number of cases")
    return {name: -(-size * count // total) for name, count in sorted(strata.items()) if count}


def _check(confidence: float, tolerable: float, expected: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError("the confidence lies between 0 and 1")
    if not 0 <= expected < tolerable < 1:
        raise ValueError("rates must satisfy 0 <= expected < tolerable < 1")


def _risk(accepted: Floats, sizes: Floats, tolerable: float, population: int | None) -> Floats:
    """Return the probability of no more than `accepted` deviations at the tolerable rate."""
    if population is None:
        from scipy.special import betaincc

        free = sizes - accepted
        return as_floats((free <= 0) + (free > 0) * betaincc(accepted + 1, free.clip(1), tolerable))
    tolerated = ceil(population * tolerable - _SLACK)
    pairs = zip(accepted, sizes, strict=True)
    return as_floats([_hypergeometric(int(k), int(n), tolerated, population) for k, n in pairs])


def _hypergeometric(deviations: int, examined: int, wrong: int, population: int) -> float:
    """Return the probability of at most so many deviations when `wrong` of `population` cases deviate."""
    import numpy as np
    from scipy.special import betaln

    def log_choose(n: Floats | int, k: Floats | int) -> Floats:
        return as_floats(-betaln(1 + n - k, 1 + k) - np.log1p(n))

    first, last = max(0, examined - (population - wrong)), min(deviations, examined, wrong)
    counts = as_floats(np.arange(first, last + 1))
    chance = log_choose(wrong, counts) + log_choose(population - wrong, examined - counts)
    return float(np.exp(chance - log_choose(population, examined)).sum())


def _no_plan(tolerable: float, expected: float, population: int | None) -> Refusal:
    cases = "" if population is None else f" of the {counted(population, 'case')}"
    return Refusal(
        f"No sample{cases} shows a rate below {tolerable:.1%} when {expected:.1%} is expected.",
        "Tolerate more, expect less, or examine every case.",
    )


def _binomial_limit(deviations: int, examined: int, confidence: float) -> float:
    from statsmodels.stats.proportion import proportion_confint

    limits = proportion_confint(
        deviations, examined, alpha=1 - confidence, method="beta", alternative="larger"
    )
    return float(limits[1])


def _finite_limit(deviations: int, examined: int, confidence: float, population: int) -> int:
    """Search the largest number of deviations that is not ruled out; the risk falls as it grows."""
    low, high = deviations, population - (examined - deviations)
    while low < high:
        middle = (low + high + 1) // 2
        risk = _hypergeometric(deviations, examined, middle, population)
        low, high = (middle, high) if risk > (1 - confidence) * (1 + _SLACK) else (low, middle - 1)
    return low


def projected(deviations: Mapping[str, int], examined: Mapping[str, int], cases: Mapping[str, int]) -> float:
    """Return the most likely number of deviations in the population: each stratum's rate times its cases."""
    return sum(deviations[name] / examined[name] * cases[name] for name in examined)


def at_most(rate: float, population: int) -> int:
    """Return the whole number of cases that `rate` of `population` cannot exceed."""
    return floor(rate * population + _SLACK)
