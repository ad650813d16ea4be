"""Randomisation inference: how often another assignment of the same dates would look as strong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import factorial, prod

import numpy as np

from auditlib.statistics.adoption import AdoptionPanel, Ints, by_cluster
from auditlib.statistics.two_way import demeaned
from auditlib.statistics.types import Floats

_CHUNK = 64_000
"""Permuted entries worked on at a time, so that they stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Randomisation:
    """A randomisation test.

    Parameters
    ----------
    p_value
        Share of assignments with a statistic at least as large, the actual one included.
    draws
        Assignments compared with, the actual one not counted.
    assignments
        Different assignments there are.
    smallest
        Smallest p-value that these assignments allow.
    """

    p_value: float
    draws: int
    assignments: float
    smallest: float


def assignments(pattern: Ints) -> float:
    """Return how many different ways there are to deal the adoption dates in `pattern` to clusters."""
    _, counts = np.unique(pattern, return_counts=True)
    exact = factorial(len(pattern)) // prod(factorial(int(count)) for count in counts)
    return float(min(exact, 10**300))


def smallest_p(pattern: Ints) -> float:
    """Return the smallest two-sided p-value a randomisation test of this design can give.

    One over the assignments; two over them where swapping the two groups only turns the sign around.
    """
    count = assignments(pattern)
    _, sizes = np.unique(pattern, return_counts=True)
    mirrored = len(sizes) == 2 and sizes[0] == sizes[1]
    return (2.0 if mirrored else 1.0) / count


def permutations(pattern: Ints, *, draws: int, rng: np.random.Generator) -> Ints:
    """Return `draws` random rearrangements of `pattern`, or all different ones if there are no more.

    The actual assignment is left out; shape (draws, clusters).
    """
    if assignments(pattern) <= draws + 1:
        every: Ints = np.array(list(_distinct(tuple(sorted(pattern.tolist())))), dtype=np.int64)
        return np.asarray(every[(every != pattern[None, :]).any(axis=1)])
    kinds, coded = np.unique(pattern, return_inverse=True)
    small = np.tile(coded.astype(np.uint16), (draws, 1))
    return np.asarray(kinds[rng.permuted(small, axis=1, out=small)], dtype=np.int64)


def _distinct(values: tuple[int, ...]) -> list[tuple[int, ...]]:
    if len(values) <= 1:
        return [values]
    found = []
    for value in dict.fromkeys(values):
        rest = list(values)
        rest.remove(value)
        found += [(value, *tail) for tail in _distinct(tuple(rest))]
    return found


def randomisation(
    pattern: Ints,
    statistic: Callable[[Ints], Floats],
    *,
    actual: float,
    draws: int = 9999,
    rng: np.random.Generator,
) -> Randomisation:
    """Test that adoption changes nothing by dealing the dates anew.

    Parameters
    ----------
    pattern
        Adoption date of each cluster.
    statistic
        From assignments (draws, clusters) to one studentised statistic each; NaN where there is none.
    actual
        The statistic of the actual assignment.

    Notes
    -----
    On t rather than on the estimate, as MacKinnon and Webb (2020), doi 10.1016/j.jeconom.2020.04.024, advise.
    A statistic that cannot be computed counts as exceeding.
    """
    others = permutations(pattern, draws=draws, rng=rng)
    values = np.abs(statistic(others))
    beyond = int((~(values < abs(actual) * (1 - 1e-10))).sum())
    return Randomisation(
        (1 + beyond) / (1 + len(others)),
        len(others),
        assignments(pattern),
        max(smallest_p(pattern), 1 / (1 + len(others))),
    )


def two_way_statistics(panel: AdoptionPanel) -> tuple[Ints, Callable[[Ints], Floats]]:
    """Return the clusters' dates and the t of "has adopted" under other assignments, on cluster scores.

    For balanced panels with equal weights, in which dealing dates anew permutes rows of one table of
    products. Each cluster must hold one date.
    """
    if not panel.observed.all() or np.ptp(panel.weight) > 0:
        raise ValueError("permuting scores needs a panel without gaps and with equal weights")
    first = np.unique(panel.cluster, return_index=True)[1]
    dates = panel.adopted[first]
    if (dates[panel.cluster] != panel.adopted).any():
        raise ValueError("each cluster must hold one adoption date")
    outcome = by_cluster(demeaned(panel.outcome, panel.weight), panel.cluster)
    sizes = np.bincount(panel.cluster).astype(np.float64)
    if np.ptp(sizes) > 0:
        raise ValueError("permuting scores needs clusters of one size")
    return dates, _Permuted(outcome, sizes[0], panel.periods, np.unique(dates), dates)


class _Permuted:
    """The t of permuted assignments from a table of outcome by date products."""

    def __init__(self, outcome: Floats, size: float, periods: int, kinds: Ints, dates: Ints) -> None:
        on = (np.arange(periods)[None, :] >= kinds[:, None]).astype(np.float64)
        own = on - on.mean(axis=1, keepdims=True)
        share = np.array([(dates == kind).mean() for kind in kinds])
        design = own - share @ own
        self._flat = (outcome @ design.T).ravel()
        self._row = np.arange(len(outcome)) * len(kinds)
        self._kind_of = np.zeros(int(kinds.max()) + 1, dtype=np.int64)
        self._kind_of[kinds] = np.arange(len(kinds))
        self._own = size * (design**2).sum(axis=1)

    def __call__(self, assigned: Ints) -> Floats:
        """Return t of each assignment; shape of `assigned` is (draws, clusters)."""
        step = max(1, _CHUNK // assigned.shape[1])
        parts = [self._some(assigned[start : start + step]) for start in range(0, len(assigned), step)]
        return np.concatenate(parts)

    def _some(self, assigned: Ints) -> Floats:
        kind = self._kind_of[assigned]
        product = self._flat[kind + self._row]
        own = self._own[kind]
        estimate = product.sum(axis=1) / own.sum(axis=1)
        score = product - estimate[:, None] * own
        count = assigned.shape[1]
        spread = np.sqrt((score**2).sum(axis=1) * count / (count - 1))
        return np.asarray(estimate * own.sum(axis=1) / spread)
