"""Confidence sets for ranks: which places a unit may hold, given how unsure its estimate is.

Rank 1 is the largest estimate. Estimates are independent and normal around their true values with known
standard errors. A unit's rank is at least 1 + (units surely above it) and at most k - (units surely below
it), where "surely" means that a test of the difference rejects while the chance of any false rejection
in the family stays below 1 - level.

What is guaranteed
------------------
A set holds the rank with probability *at least* `level`, whatever the true values are. It is exactly `level`
in the least favourable case, where all true values are equal and every place may be anybody's; where units
differ the sets are right nearly always, because they may not assume how units differ. They answer "which
units can be told apart?". For "roughly where does this unit stand?" see `statistics.likely_ranks`.

Sources
-------
Mogstad, Romano, Shaikh and Wilhelm (2024), Review of Economic Studies 91:476-518, doi
10.1093/restud/rdad006: the largest studentised difference, its distribution by parametric bootstrap, and
step-down. The family holds one hypothesis per ordered pair, "the first is not above the second", so that
a rejection in the wrong direction counts as false. Step-down after Romano and Wolf (2005), JASA 100:94-108.

How 5,000 units are done without 25 million pairs per draw
----------------------------------------------------------
- Among all pairs: (s_j e_j - s_k e_k) / sqrt(s_j^2 + s_k^2) never exceeds sqrt(e_j^2 + e_k^2). Only the few
  units with extreme draws can be in the largest pair.
- For one unit against all others: of two units with e s equal or lower and s equal or lower, one dominates.
  Only units that none dominates can attain the maximum: some forty of 5,000.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Refusal
from auditlib.statements import counted
from auditlib.statistics.types import Floats, Numbers, as_floats

ALL_PAIRS = 150
"""Up to this many units every pair is looked at; above it only those that can matter."""
BLOCKS = 12
"""With more units, hypotheses left after a step are rounded up to twelfths of the order of units, which
can only make the sets wider."""

STEPS_AT_ONCE, STEPS, STEPS_OF_MANY, SETTLED = 100, 3, 1, 0.01
"""Step-down stops after so many steps (for all units at once, for each, for each of more than `ALL_PAIRS`),
or when one lowers no critical value by more than `SETTLED`: stopping early is always safe."""


@dataclass(frozen=True, slots=True)
class RankSets:
    """Lowest and highest rank each unit may hold.

    Parameters
    ----------
    low, high
        Between 1 and k, low <= high; rank 1 is the largest estimate.
    critical
        Critical value per unit (all equal for simultaneous sets).
    level
        Least coverage: of each set by itself, or of all sets at once where `simultaneous`.
    """

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    critical: Floats
    level: float
    simultaneous: bool

    def among_best(self, places: int) -> NDArray[np.bool_]:
        """Return which units may hold one of the first `places` ranks."""
        return self.low <= places


def simultaneous(
    estimates: Numbers,
    errors: Numbers,
    *,
    rng: np.random.Generator,
    level: float = 0.95,
    draws: int = 1000,
    step_down: bool = True,
) -> RankSets | Refusal:
    """Return sets that hold the ranks of all units at once with probability at least `level`.

    Notes
    -----
    Probability equals `level` where all units are equal, when every set must reach from first to last; the
    more units differ, the more often the sets hold (see the module).
    """
    checked = _checked(estimates, errors)
    if isinstance(checked, Refusal):
        return checked
    y, s = checked
    e = rng.standard_normal((len(y), draws))

    def largest(critical: Floats) -> Floats:
        largest_difference = _largest_difference(y, e, s, rejected_above=float(critical[0]), level=level)
        return np.full(len(y), largest_difference)

    critical = _stepped(largest, len(y), steps=STEPS_AT_ONCE if step_down else 0)
    return _sets(y, s, critical, level=level, joint=True)


def marginal(
    estimates: Numbers,
    errors: Numbers,
    *,
    rng: np.random.Generator,
    level: float = 0.95,
    draws: int = 1000,
    step_down: bool = True,
) -> RankSets | Refusal:
    """Return sets each of which holds the rank of its own unit with probability at least `level`.

    Notes
    -----
    As in `simultaneous`, probability equals `level` where all units are equal and is higher elsewhere.
    """
    checked = _checked(estimates, errors)
    if isinstance(checked, Refusal):
        return checked
    y, s = checked
    z = s[:, None] * rng.standard_normal((len(y), draws))
    route, steps = (_all_pairs, STEPS) if len(y) <= ALL_PAIRS else (_undominated, STEPS_OF_MANY)

    def largest(critical: Floats) -> Floats:
        return route(y, z, s, critical, level=level)

    critical = _stepped(largest, len(y), steps=steps if step_down else 0)
    return _sets(y, s, critical, level=level, joint=False)


def _checked(estimates: Numbers, errors: Numbers) -> tuple[Floats, Floats] | Refusal:
    y, s = as_floats(estimates), as_floats(errors)
    if y.shape != s.shape or (s <= 0).any():
        raise ValueError("each estimate needs a standard error above zero")
    return (
        (y, s) if len(y) > 1 else Refusal(f"{counted(len(y), 'unit has', 'units have')} no ranks to compare.")
    )


def _stepped(largest: Callable[[Floats], Floats], units: int, *, steps: int) -> Floats:
    """Return critical values after stepping down: those of the hypotheses not rejected, again and again."""
    critical = largest(np.full(units, np.inf))
    for _ in range(steps):
        following = np.minimum(critical, largest(critical))
        settled = bool((following >= critical - SETTLED).all())
        critical = following
        if settled:
            break
    return critical


def _quantile(values: Floats, level: float) -> Floats:
    """Return the smallest simulated value that at least `level` of them do not exceed, per last axis."""
    return np.asarray(np.sort(values, axis=-1)[..., int(np.ceil(level * values.shape[-1])) - 1])


def _sets(y: Floats, s: Floats, critical: Floats, *, level: float, joint: bool) -> RankSets:
    k = len(y)
    low, high = np.ones(k, dtype=np.int64), np.full(k, k, dtype=np.int64)
    for rows in _chunks(k, 256):
        z = (y[rows, None] - y[None, :]) / np.sqrt(s[rows, None] ** 2 + s[None, :] ** 2)
        low[rows] += (z < -critical[rows, None]).sum(axis=1)
        high[rows] -= (z > critical[rows, None]).sum(axis=1)
    return RankSets(low, high, critical, level, joint)


def _chunks(count: int, size: int) -> Iterator[slice]:
    return (slice(start, min(start + size, count)) for start in range(0, count, size))


# Among all ordered pairs


def _largest_difference(y: Floats, e: Floats, s: Floats, *, rejected_above: float, level: float) -> float:
    """Return the quantile of the largest studentised difference over ordered pairs not yet rejected.

    A pair is rejected where its own studentised estimate exceeds `rejected_above`. Draws whose largest
    difference lies below a floor need not be computed as long as the quantile lies above the floor.
    """
    extremes = np.maximum(e.max(axis=0), -e.min(axis=0))
    start = 1.3 * float(_quantile(extremes, level)) if np.isinf(rejected_above) else rejected_above
    for step in range(1, 40):
        floor = start - 0.25 * step
        quantile = _quantile(_maxima(y, e, s, rejected_above=rejected_above, floor=floor), level)
        if quantile > floor:
            return float(quantile)
    return 0.0


def _maxima(y: Floats, e: Floats, s: Floats, *, rejected_above: float, floor: float) -> Floats:
    """Return the largest difference of each draw, exact where above `floor`."""
    top, bottom = e.max(axis=0), -e.min(axis=0)
    above, below = _least(floor, bottom), _least(floor, top)
    maxima = np.full(e.shape[1], -np.inf)
    for draw, values in enumerate(e.T):
        first, second = np.flatnonzero(values > above[draw]), np.flatnonzero(-values > below[draw])
        if not len(first) or not len(second):
            continue
        error = np.sqrt(s[first, None] ** 2 + s[None, second] ** 2)
        difference = (s[first] * values[first])[:, None] - (s[second] * values[second])[None, :]
        unrejected = (y[first, None] - y[None, second] <= rejected_above * error) & (first[:, None] != second)
        maxima[draw] = np.max(difference / error, where=unrejected, initial=-np.inf)
    return maxima


def _least(floor: float, partner: Floats) -> Floats:
    """Return the draw a unit must exceed to be in a pair above `floor`, given the most extreme partner."""
    excess = floor**2 - partner**2
    return np.where(excess > 0, np.sqrt(np.maximum(excess, 0)), -np.inf)


# One unit against all others


def _all_pairs(y: Floats, z: Floats, s: Floats, critical: Floats, *, level: float) -> Floats:
    """Return each unit's critical value over the hypotheses about it that are not rejected."""
    following = np.empty(len(y))
    for j in range(len(y)):
        error = np.sqrt(s[j] ** 2 + s**2)
        rivals = np.arange(len(y)) != j
        above = rivals & (y[j] - y <= critical[j] * error)
        below = rivals & (y - y[j] <= critical[j] * error)
        difference = (z[j] - z) / error[:, None]
        largest = np.maximum(
            difference[above].max(axis=0, initial=-np.inf), -difference[below].min(axis=0, initial=np.inf)
        )
        following[j] = _quantile(largest, level)
    return following


def _undominated(y: Floats, z: Floats, s: Floats, critical: Floats, *, level: float) -> Floats:
    """Return what `_all_pairs` returns, or slightly more, looking only at units none dominates."""
    order = np.argsort(-y, kind="stable")
    last_above, first_below = _reach(y[order], s[order], critical[order])
    sorted_z, sorted_s = z[order].astype(np.float32), s[order].astype(np.float32)
    largest = _against_prefixes(sorted_z, sorted_s, last_above)
    mirrored = _against_prefixes(-sorted_z[::-1], sorted_s[::-1], (len(y) - 1 - first_below)[::-1])
    np.maximum(largest, mirrored[::-1], out=largest)
    following = np.empty(len(y))
    following[order] = _quantile(largest.astype(np.float64), level)
    return following


def _reach(y: Floats, s: Floats, critical: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, for units in falling order, the last it is not surely above, the first not surely above it."""
    k = len(y)
    last, first = np.empty(k, dtype=np.int64), np.empty(k, dtype=np.int64)
    for rows in _chunks(k, 256):
        reach = critical[rows, None] * np.sqrt(s[rows, None] ** 2 + s[None, :] ** 2)
        difference = y[rows, None] - y[None, :]
        last[rows] = k - 1 - np.argmax((difference <= reach)[:, ::-1], axis=1)
        first[rows] = np.argmax(-difference <= reach, axis=1)
    return last, first


def _against_prefixes(
    z: NDArray[np.float32], s: NDArray[np.float32], last: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return, per unit and draw, the largest (z_j - z_k) / sqrt(s_j^2 + s_k^2), k up to its block's end."""
    k = len(s)
    largest = np.zeros(z.shape, dtype=np.float32)
    ends = np.minimum(k, -(-np.arange(1, BLOCKS + 1) * k // BLOCKS))
    block = np.searchsorted(ends, last + 1)
    by_error = np.argsort(s, kind="stable")
    for index in np.unique(block):
        members = np.flatnonzero(block == index)
        candidates = by_error[by_error < ends[index]]
        running = np.minimum.accumulate(z[candidates], axis=0)
        record = np.ones(running.shape, dtype=bool)
        record[1:] = running[1:] < running[:-1]
        for draw in range(z.shape[1]):
            partners = candidates[record[:, draw]]
            error = np.sqrt(s[members, None] ** 2 + s[None, partners] ** 2)
            largest[members, draw] = ((z[members, None, draw] - z[None, partners, draw]) / error).max(axis=1)
    return largest
