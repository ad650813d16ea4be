"""Where the share of cases that meet a condition begins to fall along a scale, if it falls at all.

Two shapes compete at every place: level up to there and falling from there on (a hinge), or level on either
side with a drop between (a step). Cases are compared within strata alone, and come in clusters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditlib.statistics.redrawn import cluster_weights
from auditlib.statistics.types import Floats

Ints = NDArray[np.int64]
MOST_BINS = 60
"""Places that are tried, at most: each lies between two of so many equal parts of the cases."""
EDGE = 0.05
"""Share of the cases that lies on either side of every place at least."""
DRAWS = 999
_CHUNK = 64


@dataclass(frozen=True, slots=True, eq=False)
class CountedAlong:
    """Cases counted by stratum, cluster and value of a scale.

    Parameters
    ----------
    stratum, cluster
        Places from 0, shape (rows,); a cluster lies in one stratum.
    value
        On the scale, shape (rows,).
    cases, meeting
        Cases of a row, and those of them that meet the condition, shape (rows,).
    """

    stratum: Ints
    cluster: Ints
    value: Floats
    cases: Floats
    meeting: Floats


@dataclass(frozen=True, slots=True)
class FallingPoint:
    """Where a share begins to fall.

    Parameters
    ----------
    value
        Where it begins to fall.
    low, high
        Its interval.
    step
        Whether it drops at once; otherwise it falls from there on.
    p_value
        Probability of so clear a fall anywhere, if there is none.
    from_start, to_end
        Whether the interval reaches the first, or the last place that was tried: it is then open there.
    """

    value: float
    low: float
    high: float
    step: bool
    p_value: float
    from_start: bool
    to_end: bool

    @property
    def bounded(self) -> bool:
        """Whether the interval has two ends."""
        return not (self.from_start or self.to_end)


@dataclass(frozen=True, slots=True, eq=False)
class _Shapes:
    """Shapes that are tried, and what each cluster says of them.

    Parameters
    ----------
    places
        Where each shape falls, shape (shapes,).
    step
        Whether it is a step.
    products, squares
        Of each cluster: the shape times the condition, and the shape times itself, both less their means
        in the stratum, shape (clusters, shapes).
    """

    places: Floats
    step: NDArray[np.bool_]
    products: Floats
    squares: Floats


def falling_point(
    counted: CountedAlong, *, level: float, rng: np.random.Generator, draws: int = DRAWS
) -> FallingPoint | None:
    """Return where the share begins to fall; None where there are not two values apart to compare.

    Parameters
    ----------
    level
        Coverage of the interval.

    Notes
    -----
    The test is the least of the t statistics of all places and shapes (Andrews 1993, doi 10.2307/2951764,
    one-sided), with the signs of the clusters dealt anew under no fall, so that trying many places costs what
    it should. The interval is that of whole clusters drawn again, place and shape chosen anew in each draw,
    and a place wider on either side.
    """
    shapes = _shapes(counted)
    if shapes is None:
        return None
    p_value = _p_value(shapes, draws=draws, rng=rng)
    chosen = int(_best(shapes.products.sum(axis=0)[None], shapes.squares.sum(axis=0)[None])[0])
    drawn = _redrawn(shapes, draws=draws, rng=rng)
    value, places = float(shapes.places[chosen]), np.unique(shapes.places)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], method="inverted_cdf")
    first, last = np.searchsorted(places, [min(low, value), max(high, value)])
    # Between two places nothing was tried: the interval reaches the next on either side.
    ends = places[max(first - 1, 0)], places[min(last + 1, len(places) - 1)]
    from_start, to_end = bool(first == 0), bool(last == len(places) - 1)
    return FallingPoint(
        value, float(ends[0]), float(ends[1]), bool(shapes.step[chosen]), p_value, from_start, to_end
    )


def _shapes(counted: CountedAlong) -> _Shapes | None:
    """Return the shapes, each place between two bins of equally many cases."""
    edges = _edges(counted)
    if len(edges) == 0:
        return None
    bins = np.searchsorted(edges, counted.value, side="left")
    centres = np.bincount(bins, counted.cases * counted.value, len(edges) + 1) / np.maximum(
        np.bincount(bins, counted.cases, len(edges) + 1), 1
    )
    hinges = np.maximum(centres[:, None] - edges[None], 0)
    steps = (np.arange(len(edges) + 1)[:, None] > np.arange(len(edges))[None]).astype(np.float64)
    products, squares = _by_cluster(counted, bins, np.hstack([hinges, steps]))
    step = np.repeat([False, True], len(edges))
    usable = squares.sum(axis=0) > 0
    if not usable.any():
        return None
    places = np.tile(edges, 2)
    return _Shapes(places[usable], step[usable], products[:, usable], squares[:, usable])


def _edges(counted: CountedAlong) -> Floats:
    """Return the values between bins, with at least the edge's share of the cases on either side."""
    values, place = np.unique(counted.value, return_inverse=True)
    up_to = np.cumsum(np.bincount(place, counted.cases)) / counted.cases.sum()
    wanted = np.arange(1, MOST_BINS) / MOST_BINS
    at = np.unique(np.searchsorted(up_to, wanted - 1e-12))
    inside = (up_to[at] >= EDGE) & (up_to[at] <= 1 - EDGE)
    return np.asarray(values[at][inside], dtype=np.float64)


def _by_cluster(counted: CountedAlong, bins: Ints, shapes: Floats) -> tuple[Floats, Floats]:
    """Return products and squares of every cluster, a stratum at a time."""
    clusters, wide = int(counted.cluster.max()) + 1, len(shapes)
    products, squares = np.zeros((2, clusters, shapes.shape[1]))
    order = np.argsort(counted.stratum, kind="stable")
    starts = np.flatnonzero(np.diff(counted.stratum[order], prepend=-1))
    for rows in np.split(order, starts[1:]):
        own, cluster = np.unique(counted.cluster[rows], return_inverse=True)
        cell = cluster * wide + bins[rows]
        cases, meeting = (
            np.bincount(cell, part[rows], len(own) * wide).reshape(len(own), wide)
            for part in (counted.cases, counted.meeting)
        )
        apart = shapes - cases.sum(axis=0) @ shapes / cases.sum()
        products[own] = (meeting - meeting.sum() / cases.sum() * cases) @ apart
        squares[own] = cases @ apart**2
    return products, squares


def _p_value(shapes: _Shapes, *, draws: int, rng: np.random.Generator) -> float:
    """Return how often signs dealt to clusters give as clear a fall anywhere."""
    scale = np.sqrt((shapes.products**2).sum(axis=0))
    scores = np.divide(shapes.products, scale, out=np.zeros_like(shapes.products), where=scale > 0)
    observed, clearer = scores.sum(axis=0).min(), 0
    for start in range(0, draws, _CHUNK):
        size = (min(_CHUNK, draws - start), len(scores))
        signs = rng.integers(0, 2, size=size).astype(np.float64) * 2 - 1
        clearer += int(((signs @ scores).min(axis=1) <= observed).sum())
    return (1 + clearer) / (1 + draws)


def _best(products: Floats, squares: Floats) -> Ints:
    """Return the falling shape that leaves the least unexplained, in each row."""
    falling = np.minimum(products, 0)
    explained = np.divide(falling**2, squares, out=np.zeros_like(falling), where=squares > 0)
    return np.asarray(explained.argmax(axis=1))


def _redrawn(shapes: _Shapes, *, draws: int, rng: np.random.Generator) -> Floats:
    """Return where the share begins to fall in clusters drawn again."""
    places = []
    for start in range(0, draws, _CHUNK):
        weights = cluster_weights(len(shapes.products), draws=min(_CHUNK, draws - start), rng=rng)
        drawn = weights.astype(np.float64)
        places.append(shapes.places[_best(drawn @ shapes.products, drawn @ shapes.squares)])
    return np.concatenate(places)
