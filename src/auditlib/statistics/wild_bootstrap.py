"""Wild cluster bootstrap on cluster scores: all draws in two matrix products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditlib.statistics.clustered import ClusterScores
from auditlib.statistics.types import Floats

WEBB_BELOW = 12
"""Clusters below which two-point weights give too few distinct draws, and six-point weights are used."""
ENUMERATE_UP_TO = 4096
"""Sign patterns that are enumerated rather than drawn."""
_CHUNK = 256
_WEBB: Floats = np.sqrt(np.array([0.5, 1.0, 1.5]))


@dataclass(frozen=True, slots=True)
class WildBootstrap:
    """A test by wild cluster bootstrap.

    Parameters
    ----------
    p_value
        (1 + exceedances) / (1 + draws); exceedances / patterns where all sign patterns are enumerated.
    draws
        Draws, or patterns.
    weights
        ``rademacher`` or ``webb``.
    enumerated
        Whether every sign pattern was used.
    smallest
        Smallest p-value this test could have given.
    """

    p_value: float
    draws: int
    weights: str
    enumerated: bool
    smallest: float


def multipliers(clusters: int, *, draws: int, rng: np.random.Generator) -> tuple[Floats, str, bool]:
    """Return weights (clusters, draws), their kind, and whether they are all there are."""
    if clusters < WEBB_BELOW:
        points = np.concatenate([-_WEBB[::-1], _WEBB])
        drawn: Floats = points[rng.integers(0, len(points), size=(clusters, draws))]
        return drawn, "webb", False
    if 2**clusters <= min(draws, ENUMERATE_UP_TO):
        return _patterns(clusters), "rademacher", True
    bits = np.frombuffer(rng.bytes((clusters * draws + 7) // 8), dtype=np.uint8)
    signs = np.unpackbits(bits, count=clusters * draws).reshape(clusters, draws)
    return np.asarray(2.0 * signs - 1.0, dtype=np.float64), "rademacher", False


def _patterns(clusters: int) -> Floats:
    bits = (np.arange(2**clusters)[None, :] >> np.arange(clusters)[:, None]) & 1
    return np.asarray(2.0 * bits - 1.0, dtype=np.float64)


def wild_bootstrap(
    scores: ClusterScores, *, draws: int = 9999, rng: np.random.Generator, centre: float = 0.0
) -> WildBootstrap:
    """Test that the estimate is zero.

    Parameters
    ----------
    scores
        With residuals of the restricted model (the null imposed) or of the unrestricted one.
    centre
        Zero for restricted residuals and for unrestricted ones, whose draws are centred already.

    Notes
    -----
    Cameron, Gelbach and Miller (2008), doi 10.1162/rest.90.3.414; six-point weights of Webb (2023),
    doi 10.1111/caje.12661. Below 12 clusters two-point weights give few patterns. A draw
    without variation counts as exceeding.
    """
    x, kind, enumerated = multipliers(scores.clusters, draws=draws, rng=rng)
    total = x.shape[1]
    count = sum(_exceeding(scores, x[:, start : start + _CHUNK], centre) for start in range(0, total, _CHUNK))
    if enumerated:
        return WildBootstrap(count / total, total, kind, True, 2 / total)
    return WildBootstrap((1 + count) / (1 + total), total, kind, False, 1 / (1 + total))


def _exceeding(scores: ClusterScores, x: Floats, centre: float) -> int:
    """Count draws whose statistic is at least as large; small chunks stay in the processor's cache."""
    moved = scores.direct @ x - centre
    spread = scores.direct[:, None] * x
    spread -= scores.first_factor @ (scores.second_factor @ x)
    factor = scores.clusters / (scores.clusters - 1)
    error = np.sqrt(np.einsum("gb,gb->b", spread, spread) * factor)
    return int((np.abs(moved) >= abs(scores.statistic) * error * (1 - 1e-10)).sum())
