"""Randomisation inference: how often another assignment of the same dates would look as strong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import factorial, prod

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Refusal
from auditlib.statements import counted
from auditlib.statistics.adoption import AdoptionPanel, Ints, by_cluster
from auditlib.statistics.two_way import demeaned
from auditlib.statistics.types import Floats, Limits

_FARTHEST, _STEPS = 1024.0, 81
"""Errors from the estimate beyond which an end is not looked for; points per grid."""
_LISTED = 2000
"""Assignments up to which all are listed, and drawn from without putting any back."""
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

    The actual assignment is left out; shape (draws, clusters). Where there are few, none is drawn twice;
    where there are many, drawing one again is too rare to matter.
    """
    if assignments(pattern) <= max(draws + 1, _LISTED):
        every: Ints = np.array(list(_distinct(tuple(sorted(pattern.tolist())))), dtype=np.int64)
        different = every[(every != pattern[None, :]).any(axis=1)]
        chosen = len(different) > draws
        return np.asarray(rng.permutation(different)[:draws] if chosen else different)
    kinds, coded = np.unique(pattern, return_inverse=True)
    small = np.tile(coded.astype(np.uint16), (draws, 1))
    return np.asarray(kinds[rng.permuted(small, axis=1, out=small)], dtype=np.int64)


def _distinct(values: tuple[int, ...]) -> list[tuple[int, ...]]:
    if len(values) <= 1:
        return [values]
    deals = []
    for value in dict.fromkeys(values):
        remaining = list(values)
        remaining.remove(value)
        deals += [(value, *tail) for tail in _distinct(tuple(remaining))]
    return deals


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
    return placed(pattern, statistic(permutations(pattern, draws=draws, rng=rng)), actual=actual)


def placed(pattern: Ints, values: Floats, *, actual: float) -> Randomisation:
    """Return the test from the statistics of other assignments; see `randomisation`."""
    return Randomisation(
        float(_share_beyond(values, actual)),
        len(values),
        assignments(pattern),
        max(smallest_p(pattern), 1 / (1 + len(values))),
    )


def _share_beyond(values: Floats, actual: Floats | float) -> Floats:
    """Return the share of statistics (last axis) at least as large as the actual one, itself included."""
    beyond = ~(np.abs(values) < np.abs(np.asarray(actual))[..., None] * (1 - 1e-10))
    return np.asarray((1 + beyond.sum(axis=-1)) / (1 + values.shape[-1]))


@dataclass(frozen=True, slots=True, eq=False)
class ReassignedOutcomes:
    """Other assignments, as they look if the actual one had a constant effect that is taken off.

    Parameters
    ----------
    estimate, response
        Estimate under each assignment from the outcomes, and from the actual treatment put in their place.
    spread
        Products of the cluster scores of both, scaled as the squared error is: outcome with outcome, outcome
        with treatment, treatment with treatment; shape (3, assignments).
    """

    estimate: Floats
    response: Floats
    spread: Floats

    def statistics(self, effect: Floats) -> Floats:
        """Return t of each assignment once `effect` is taken off; shape (effects, assignments)."""
        assumed = np.asarray(effect, dtype=np.float64)[:, None]
        square = self.spread[0] - 2 * assumed * self.spread[1] + assumed**2 * self.spread[2]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((self.estimate - assumed * self.response) / np.sqrt(np.maximum(square, 0)))


def constant_effects(
    dealt: ReassignedOutcomes, *, estimate: float, error: float, level: float = 0.95
) -> Limits | Refusal:
    """Return the constant effects that dealing the dates anew does not reject.

    Parameters
    ----------
    dealt
        Other assignments.
    estimate, error
        Of the actual assignment; the error from cluster scores.

    Notes
    -----
    Inversion of the randomisation test (Rosenbaum 2002, Observational Studies, section 2.4; on t as
    MacKinnon and Webb 2020): exact where adoption was dealt by lot and the effect is the same everywhere.
    The ends are those of the outermost effects that are kept.
    """
    count = dealt.estimate.size
    if 1 / (1 + count) > 1 - level:
        ways = f"{counted(count + 1, 'way')} to deal the dates"
        return Refusal(f"No interval: {ways} reject no effect at {100 * level:.4g}%.")

    def accepted(effects: Floats) -> NDArray[np.bool_]:
        actual = (estimate - effects) / error
        return np.asarray(_share_beyond(dealt.statistics(effects), actual) > 1 - level)

    reach = 4.0
    while accepted(estimate + np.array([-reach, reach]) * error).any() and reach < _FARTHEST:
        reach *= 2
    if reach >= _FARTHEST:
        return Refusal("No interval: dealing the dates anew rejects no effect on one side, however large.")
    low, high = (_outermost(accepted, estimate, side * reach * error) for side in (-1.0, 1.0))
    return Limits(np.asarray(low), np.asarray(high))


def _outermost(accepted: Callable[[Floats], NDArray[np.bool_]], start: float, reach: float) -> float:
    """Return the last kept value on the way from `start` by `reach`, on ever finer grids."""
    inside, outside = start, start + reach
    for _ in range(3):
        grid = np.linspace(inside, outside, _STEPS)
        last = int(np.flatnonzero(accepted(grid)).max(initial=0))
        inside, outside = float(grid[last]), float(grid[min(last + 1, _STEPS - 1)])
    return inside


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
        centred = on - on.mean(axis=1, keepdims=True)
        share = np.array([(dates == kind).mean() for kind in kinds])
        design = centred - share @ centred
        self._flat = (outcome @ design.T).ravel()
        self._row = np.arange(len(outcome)) * len(kinds)
        self._kind_of = np.zeros(int(kinds.max()) + 1, dtype=np.int64)
        self._kind_of[kinds] = np.arange(len(kinds))
        self._own = size * (design**2).sum(axis=1)

    def __call__(self, assigned: Ints) -> Floats:
        """Return t of each assignment; shape of `assigned` is (draws, clusters)."""
        step = max(1, _CHUNK // assigned.shape[1])
        parts = [self._chunk(assigned[start : start + step]) for start in range(0, len(assigned), step)]
        return np.concatenate(parts)

    def _chunk(self, assigned: Ints) -> Floats:
        kind = self._kind_of[assigned]
        product = self._flat[kind + self._row]
        sizes = self._own[kind]
        estimate = product.sum(axis=1) / sizes.sum(axis=1)
        score = product - estimate[:, None] * sizes
        count = assigned.shape[1]
        spread = np.sqrt((score**2).sum(axis=1) * count / (count - 1))
        return np.asarray(estimate * sizes.sum(axis=1) / spread)
