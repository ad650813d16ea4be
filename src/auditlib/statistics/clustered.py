"""Errors by cluster, and what a small number of clusters does to them.

One convention, used by every regression here: the sandwich over clusters is scaled by
G / (G - 1) · (N - 1) / (N - K), where K leaves out effects nested in clusters, and judged by t with G - 1
degrees of freedom. Estimates that are a fixed weighting of outcomes (imputation) use G / (G - 1) alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditlib.statistics.types import Floats


@dataclass(frozen=True, slots=True, eq=False)
class ClusterScores:
    """One estimate as a sum over clusters, and how refitting spreads what happens in one cluster.

    If the residuals of cluster d are multiplied by x_d, the estimate moves by ``direct @ x`` and the scores
    that its error is made of become ``direct * x - first_factor @ (second_factor @ x)``: bootstraps need
    nothing else.

    Parameters
    ----------
    estimate
        The estimate.
    scores
        Its cluster scores as observed, shape (clusters,).
    direct, first_factor, second_factor
        With shapes (clusters,), (clusters, rank), (rank, clusters).
    """

    estimate: float
    scores: Floats
    direct: Floats
    first_factor: Floats
    second_factor: Floats

    @property
    def clusters(self) -> int:
        """Number of clusters."""
        return len(self.direct)

    @property
    def standard_error(self) -> float:
        """Root of the squared scores, times G / (G - 1)."""
        return float(np.sqrt((self.scores**2).sum() * self.clusters / (self.clusters - 1)))

    @property
    def statistic(self) -> float:
        """Estimate over its error."""
        return self.estimate / self.standard_error


def small_sample(*, clusters: int, observations: int, parameters: int) -> float:
    """Return the factor on a clustered covariance; see the convention above."""
    if clusters < 2 or observations <= parameters:
        return float("inf")
    return clusters / (clusters - 1) * (observations - 1) / (observations - parameters)


def jackknife_error(left_out: Floats) -> Floats:
    """Return errors from the estimates without each cluster in turn (first axis).

    Notes
    -----
    CV3 of MacKinnon, Nielsen and Webb (2023), doi 10.1016/j.jeconom.2022.04.001: deviations from their
    mean, scaled by (G - 1) / G.
    """
    count = len(left_out)
    return np.asarray(np.sqrt((count - 1) / count * ((left_out - left_out.mean(axis=0)) ** 2).sum(axis=0)))


def two_sided(statistic: float, degrees: int) -> float:
    """Return the two-sided p-value of t with `degrees` degrees of freedom."""
    from scipy.special import stdtr

    return float(2 * stdtr(degrees, -abs(statistic)))


def critical(level: float, degrees: int) -> float:
    """Return the two-sided critical value of t at coverage `level`."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1 + level) / 2))
