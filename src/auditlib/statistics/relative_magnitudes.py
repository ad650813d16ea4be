"""How far an effect survives if trends may depart after adoption as much as they did before.

Rambachan and Roth (2023), doi 10.1093/restud/rdad018: the departure from parallel trends between neighbouring
periods after adoption is at most `bound` times the largest one before. Intervals are those of the conditional
least-favourable hybrid of Andrews, Roth and Pakes (2023), doi 10.1093/restud/rdac044.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from auditlib.statistics.types import Floats, Limits

_DRAWS = 20_000
_GRID = 1001
_REACH = 20.0
_FARTHEST = 1280.0
"""Half-width of the first grid and of the last, in errors of the effect."""
_FIRST_STAGE = 10
"""The least-favourable stage takes one part in ten of the error rate."""


def relative_magnitudes(
    estimate: Floats,
    covariance: Floats,
    *,
    before: int,
    weights: Floats,
    bound: float,
    level: float = 0.95,
    seed: int = 0,
) -> Limits:
    """Return the interval of a weighted effect after adoption that is robust to departures up to `bound`.

    Parameters
    ----------
    estimate, covariance
        Event-study coefficients in order of time without the reference period, which lies between `before`
        coefficients and the others.
    weights
        Weights of the coefficients after adoption.
    bound
        Largest departure after adoption, as a multiple of the largest before; 0 or more.
    """
    scale = float(np.sqrt(weights @ covariance[before:, before:] @ weights))
    point = float(weights @ estimate[before:])
    tests = [
        _test(estimate, covariance, rows, before=before, weights=weights, level=level, seed=seed)
        for rows in _constraints(before, len(estimate) - before, bound)
    ]
    reach, low, high = _REACH, point, point
    while True:
        grid = point + np.linspace(-reach, reach, _GRID) * scale
        low, high = _ends(tests, grid)
        if reach >= _FARTHEST or (low > grid[0] and high < grid[-1]):
            break
        reach *= 4
    step = float(grid[1] - grid[0])
    first = _ends(tests, np.linspace(low - step, low + step, 201))[0]
    last = _ends(tests, np.linspace(high - step, high + step, 201))[1]
    return Limits(np.asarray(first), np.asarray(last))


Test = Callable[[Floats], NDArray[np.bool_]]


def _ends(tests: list[Test], grid: Floats) -> tuple[float, float]:
    accepted = np.any([test(grid) for test in tests], axis=0)
    if not accepted.any():
        middle = float(grid[len(grid) // 2])
        return middle, middle
    return float(grid[accepted].min()), float(grid[accepted].max())


def _constraints(before: int, after: int, bound: float) -> list[Floats]:
    """Return one polyhedron (rows @ departures <= 0) per place and sign of the largest earlier departure."""
    total = before + after
    steps = np.zeros((total, total + 1))
    steps[np.arange(total), np.arange(total)] = -1.0
    steps[np.arange(total), np.arange(total) + 1] = 1.0
    times = np.where(np.arange(total) < before, 1.0, bound)[:, None]
    rows_kept = []
    for place in range(before):
        for sign in (1.0, -1.0):
            limit = times * sign * steps[place]
            rows = np.concatenate([steps - limit, -steps - limit])
            rows = np.delete(rows, before, axis=1)
            rows_kept.append(rows[np.abs(rows).max(axis=1) > 1e-10])
    return rows_kept


def _test(
    estimate: Floats,
    covariance: Floats,
    rows: Floats,
    *,
    before: int,
    weights: Floats,
    level: float,
    seed: int,
) -> Test:
    """Return the test of values of the effect within one polyhedron; true where a value is kept."""
    if len(weights) > 1:
        rows = rows[(np.abs(rows[:, before:]) > 0).any(axis=1)]
    after = rows[:, before:]
    focal, nuisance = _split(after, weights)
    moment, spread = rows @ estimate, rows @ covariance @ rows.T
    vertices = _vertices(nuisance, np.sqrt(np.diag(spread)))
    share = 1 / _FIRST_STAGE * (1 - level)
    size = ((1 - level) - share) / (1 - share)
    limit = _least_favourable(vertices, spread, 1 - share, seed)

    def accepted(values: Floats) -> NDArray[np.bool_]:
        shifted = vertices @ (moment[:, None] - focal[:, None] * values[None, :])
        return ~_rejects(vertices, spread, shifted, limit=limit, size=size)

    return accepted


def _split(after: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return the part of the constraints that moves with the effect, and those of nuisance effects."""
    direction = weights / (weights @ weights)
    basis = np.linalg.svd(weights[None, :])[2][1:].T
    return after @ direction, after @ basis


def _vertices(nuisance: Floats, error: Floats) -> Floats:
    """Return the corners of {g >= 0, g @ nuisance = 0, g @ error = 1}; shape (corners, moments)."""
    free = _independent(nuisance)
    system = np.concatenate([error[None, :], free.T])
    size = len(system)
    chosen = np.array(list(combinations(range(len(error)), size)))
    parts = np.moveaxis(system[:, chosen], 1, 0)
    even = system / np.abs(system).max(axis=1, keepdims=True)  # whatever the outcome's unit
    columns = np.moveaxis((even / np.linalg.norm(even, axis=0))[:, chosen], 1, 0)
    sound = np.abs(np.linalg.det(columns)) > 1e-9
    target = np.eye(size)[:, :1]
    solution = np.linalg.solve(parts[sound], np.broadcast_to(target, (int(sound.sum()), size, 1)))[..., 0]
    inside = (solution > -1e-9).all(axis=1)
    corners = np.zeros((int(inside.sum()), len(error)))
    np.put_along_axis(corners, chosen[sound][inside], np.maximum(solution[inside], 0), axis=1)
    return np.unique(np.round(corners, 12), axis=0)


def _independent(columns: Floats) -> Floats:
    """Return independent columns that span the same space."""
    if not columns.size:
        return columns
    basis, size, _ = np.linalg.svd(columns, full_matrices=False)
    return np.asarray(basis[:, size > 1e-9 * size.max()])


def _least_favourable(vertices: Floats, spread: Floats, share: float, seed: int) -> float:
    rng = np.random.default_rng(seed)
    values, vectors = np.linalg.eigh(spread)
    root = vertices @ (vectors * np.sqrt(np.maximum(values, 0)))
    largest = (root @ rng.standard_normal((len(values), _DRAWS))).max(axis=0)
    return float(np.quantile(largest, share))


def _rejects(
    vertices: Floats, spread: Floats, shifted: Floats, *, limit: float, size: float
) -> NDArray[np.bool_]:
    """Apply the hybrid test to each column of `shifted` (corners, values)."""
    top = shifted.argmax(axis=0)
    largest = shifted.max(axis=0)
    between = vertices @ spread @ vertices.T
    variance = np.maximum(between[top, top], 1e-300)
    slope = between[:, top] / variance[None, :]
    remainder = shifted - slope * largest[None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = remainder / (1 - slope)
    low = np.where(slope < 1 - 1e-9, ratio, -np.inf).max(axis=0)
    high = np.where(slope > 1 + 1e-9, ratio, np.inf).min(axis=0)
    error = np.sqrt(variance)
    crossing = _truncated(1 - size, low / error, np.minimum(high, limit) / error)
    return np.asarray((largest > limit) | (largest / error > np.maximum(crossing, 0)))


def _truncated(share: float, low: Floats, high: Floats) -> Floats:
    """Return quantiles of normals cut off below `low` and above `high`, exact in the upper tail."""
    from scipy.special import ndtr, ndtri

    above_low, above_high = ndtr(-low), ndtr(-high)
    return np.asarray(-ndtri(np.clip(above_low - share * (above_low - above_high), 1e-300, 1.0)))
