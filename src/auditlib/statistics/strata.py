"""How far a figure may lie from the truth where its cases come in clusters, and the clusters in strata.

Strata are all there are: that they differ is no chance, and only what differs between the clusters of one
stratum is. Of a stratum with a single cluster nobody can tell what chance does in it; such clusters are held
against the whole instead, which takes that they differ for chance and so errs towards less certainty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from auditlib.statistics.types import Floats

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class ClusterSpread:
    """The error of a figure between clusters, and how well it is known.

    Parameters
    ----------
    variance
        Of the figure.
    degrees
        Of freedom: clusters less strata, where strata of one cluster are one stratum together. None where 0.
    """

    variance: float
    degrees: int

    @property
    def error(self) -> float:
        """Standard error."""
        return float(np.sqrt(self.variance))

    def quantile(self, level: float) -> float:
        """Return how many errors limits of a coverage are away: the quantile of Student's t.

        Examples
        --------
        >>> round(ClusterSpread(1.0, 10).quantile(0.95), 3)
        2.228
        """
        from scipy.special import stdtrit

        return float(stdtrit(self.degrees, (1 + level) / 2))


NO_SPREAD = ClusterSpread(0.0, 0)
"""Where no cluster says how far others lie from it: cases are taken as independent."""


def places(names: Sequence[str] | NDArray[Any] | pd.Series | pd.Index) -> NDArray[np.int64]:
    """Return the place of the stratum of each cluster by the name of the stratum.

    Examples
    --------
    >>> places(["Nord", "Süd", "Nord"]).tolist()
    [0, 1, 0]
    """
    import pandas as pd

    listed: Any = np.array(names, dtype=object) if isinstance(names, list | tuple) else names
    codes: NDArray[np.int64] = pd.factorize(listed, use_na_sentinel=False)[0].astype(np.int64)
    return codes


def against_own_stratum(sums: Floats, cases: Floats, stratum: NDArray[np.int64]) -> Floats:
    """Return by how much the sum of each cluster differs from what its stratum gives for as many cases.

    A mean of all cases is taken at the mix of strata that there is: that more cases come on one day than on
    another is no error of it. A stratum of a single cluster is held against all cases.

    Parameters
    ----------
    sums, cases
        What cases add up to, and how many they are, of each cluster, shape (clusters,).
    stratum
        Place of the stratum of each cluster, from 0, shape (clusters,).
    """
    added, many = (np.bincount(stratum, weights=part) for part in (sums, cases))
    of_stratum = np.divide(added, many, out=np.zeros_like(added), where=many > 0)
    single = np.bincount(stratum[cases > 0], minlength=len(many)) == 1
    mean = np.where(single, sums.sum() / cases.sum(), of_stratum)
    return np.asarray(sums - mean[stratum] * cases)


def spread_of_clusters(moves: Floats, stratum: NDArray[np.int64]) -> ClusterSpread:
    """Return the spread of a figure by how much each cluster moves it.

    Parameters
    ----------
    moves
        By how much a cluster moves the figure (its linearised value), shape (clusters,); they add up to
        nought.
    stratum
        Place of the stratum of each cluster, from 0, shape (clusters,).

    Examples
    --------
    Two units that differ, each the same on both of its days, leave nothing to chance:

    >>> spread_of_clusters(np.array([0.1, 0.1, -0.1, -0.1]), np.array([0, 0, 1, 1]))
    ClusterSpread(variance=0.0, degrees=2)
    """
    clusters, sums, squares = (
        np.bincount(stratum, weights=part).astype(np.float64)
        for part in (np.ones(len(moves)), moves, moves**2)
    )
    return spread_of_strata(clusters, sums, squares)


def spread_of_strata(clusters: Floats, sums: Floats, squares: Floats) -> ClusterSpread:
    """Return the spread of a figure by how much the clusters of each stratum move it.

    Parameters
    ----------
    clusters, sums, squares
        How many clusters a stratum has, and what these and their squares add up to, shape (strata,).

    Notes
    -----
    The variance of a linearised figure under stratified sampling of clusters: in each stratum
    G / (G - 1) times the squares about its mean (Woodruff 1971, JASA 66:411-414; Wolter 2007, Introduction to
    Variance Estimation, 6.5).
    """
    single, several = clusters == 1, clusters > 1
    size = clusters[several]
    about_mean = np.maximum(0.0, squares[several] - sums[several] ** 2 / size)
    within = float((about_mean * size / (size - 1)).sum())
    lonely = int(single.sum())
    against_whole = float(squares[single].sum()) * (lonely / (lonely - 1) if lonely > 1 else 1.0)
    return ClusterSpread(within + against_whole, int((size - 1).sum()) + max(0, lonely - 1))
