"""Bands that hold for all estimates at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditlib.statistics.adoption import Ints, by_cluster
from auditlib.statistics.types import Floats
from auditlib.statistics.wild_bootstrap import multipliers


@dataclass(frozen=True, slots=True, eq=False)
class UniformBand:
    """A band that contains all true values together with the wanted probability.

    Parameters
    ----------
    low, high
        Shape (estimates,).
    critical
        Multiple of the error; above the pointwise one.
    level
        Coverage of all together.
    """

    low: Floats
    high: Floats
    critical: float
    level: float


def uniform_band(
    estimate: Floats,
    influence: Floats,
    *,
    cluster: Ints | None = None,
    level: float = 0.95,
    draws: int = 9999,
    rng: np.random.Generator,
) -> UniformBand:
    """Return a simultaneous band from influence or cluster scores by multiplier bootstrap.

    Parameters
    ----------
    influence
        Shape (units, estimates), or cluster scores (clusters, estimates) with `cluster` left out.

    Notes
    -----
    The largest studentised deviation of Callaway and Sant'Anna (2021), algorithm 1, with each draw
    studentised by the scores' own error, and never below the pointwise t with G - 1 degrees of freedom.
    For many clusters; with few on either side see `band_by_chance`.
    """
    from scipy.special import stdtrit

    scores = influence if cluster is None else by_cluster(influence, cluster)
    count = len(scores)
    error = np.sqrt((scores**2).sum(axis=0) * count / (count - 1))
    live = error > 0
    x, _, _ = multipliers(count, draws=draws, rng=rng)
    largest = (np.abs(scores[:, live].T @ x) / error[live, None]).max(axis=0) if live.any() else np.zeros(1)
    rank = int(np.ceil(level * len(largest))) - 1
    normal = float(np.sort(largest)[rank])
    widened = normal * _heavier(level, normal, count - 1)
    critical = max(widened, float(stdtrit(count - 1, (1 + level) / 2)))
    return UniformBand(estimate - critical * error, estimate + critical * error, critical, level)


def band_by_chance(
    estimate: Floats, error: Floats, statistics: Floats, *, level: float = 0.95
) -> UniformBand:
    """Return a simultaneous band whose critical value is what chance gives on this very design.

    Parameters
    ----------
    estimate, error
        Shape (estimates,).
    statistics
        Statistics of draws without any effect, from `chance.chance_statistics`; shape (estimates, draws).

    Notes
    -----
    Holds its coverage with few or uneven clusters, where `uniform_band` is too narrow: from four clusters on
    either side on, as ``python -m benchmarks compensation`` shows.
    """
    largest = np.sort(np.abs(statistics).max(axis=0))
    critical = float(largest[min(len(largest) - 1, int(np.ceil(level * (len(largest) + 1))) - 1)])
    return UniformBand(estimate - critical * error, estimate + critical * error, critical, level)


def _heavier(level: float, normal: float, degrees: int) -> float:
    """Return by how much t with few degrees of freedom is wider than the normal at this quantile."""
    from scipy.special import ndtr, stdtrit

    tail = float(np.clip(ndtr(normal), (1 + level) / 2, 1 - 1e-12))
    return float(stdtrit(degrees, tail)) / max(normal, 1e-12)
