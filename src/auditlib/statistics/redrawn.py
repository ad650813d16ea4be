"""Whole clusters drawn again: errors, limits and ranks of any estimate made of sums over clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditlib.statistics.clustered import critical
from auditlib.statistics.types import Floats, Limits, Numbers, as_floats


def cluster_weights(clusters: int, *, draws: int, rng: np.random.Generator) -> Floats:
    """Return how often each cluster is drawn: `draws` samples of as many clusters as there are.

    Returns
    -------
    numpy.ndarray
        Shape (draws, clusters); each row sums to `clusters`.

    Notes
    -----
    The pairs cluster bootstrap: Cameron, Gelbach and Miller (2008), Review of Economics and Statistics
    90:414-427. A sum over clusters under each draw is ``weights @ sums``.
    """
    return as_floats(rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=draws))


@dataclass(frozen=True, slots=True)
class Spread:
    """Estimates, their errors and limits, and the ranks each may hold.

    Parameters
    ----------
    estimates, errors
        One of each per estimate.
    limits
        t limits with one degree of freedom less than there are clusters.
    best, worst
        Lowest and highest rank each may hold, rank 1 the largest; all sets hold at once with the level
        of the limits.
    """

    estimates: Floats
    errors: Floats
    limits: Limits
    best: NDArray[np.int64]
    worst: NDArray[np.int64]


def spread_of(estimates: Numbers, drawn: Numbers, *, clusters: int, level: float = 0.95) -> Spread:
    """Return errors, limits and rank sets of `estimates`, from the same estimates under each draw.

    Parameters
    ----------
    estimates
        Shape (k,).
    drawn
        Shape (draws, k).
    clusters
        Number of clusters that were drawn from.

    Notes
    -----
    Ranks: two estimates are told apart where their difference exceeds its own bootstrap error by more than
    the quantile of the largest such ratio among all pairs, as for units in `ranks`: one step of Romano and
    Wolf (2005), JASA 100:94-108. The draws carry the dependence between estimates from the same clusters.
    """
    point, draws = as_floats(estimates), as_floats(drawn)
    errors = draws.std(axis=0, ddof=1)
    reach = critical(level, clusters - 1) * errors
    above = _above(point, draws, clusters=clusters, level=level)
    best, worst = 1 + above.sum(axis=0), len(point) - above.sum(axis=1)
    return Spread(point, errors, Limits(point - reach, point + reach), best, worst)


def _above(point: Floats, draws: Floats, *, clusters: int, level: float) -> NDArray[np.bool_]:
    """Return, for each pair, whether the first is surely above the second."""
    difference = point[:, None] - point[None, :]
    moved = draws[:, :, None] - draws[:, None, :]
    errors = moved.std(axis=0, ddof=1)
    positive = errors > 0
    ratios = np.divide(np.abs(moved - difference), errors, out=np.zeros_like(moved), where=positive)
    largest = np.sort(ratios.max(axis=(1, 2)))[int(np.ceil(level * len(draws))) - 1]
    few = critical(level, clusters - 1) / critical(level, 10**6)
    return np.asarray(positive & (difference > few * float(largest) * errors))
