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


def spread_at_mix(moves: Floats, cases: Floats, stratum: NDArray[np.int64]) -> ClusterSpread:
    """Return the spread of a figure at the mix of strata that there is; see `against_own_stratum`.

    Parameters
    ----------
    moves
        By how much a cluster moves the figure (its linearised value), shape (clusters,); they add up to
        nought.
    cases
        How many cases a cluster has, shape (clusters,).
    stratum
        Place of the stratum of each cluster, from 0, shape (clusters,).

    Examples
    --------
    Two units that differ and each are the same on both of their days; that one day has more cases is no
    error:

    >>> met, cases = np.array([9.0, 18.0, 5.0, 5.0]), np.array([10.0, 20.0, 10.0, 10.0])
    >>> moves = (met - met.sum() / cases.sum() * cases) / cases.sum()
    >>> round(spread_at_mix(moves, cases, np.array([0, 0, 1, 1])).error, 6)
    0.0
    """
    return spread_of_clusters(against_own_stratum(moves, cases, stratum), stratum)


@dataclass(frozen=True, slots=True)
class StratumSums:
    """What clusters add up to by stratum, each of shape (strata,).

    Parameters
    ----------
    clusters, cases, moves
        How many clusters a stratum has, their cases, and by how much they move a figure.
    squares, products, case_squares
        Moves of clusters squared, times their cases, and these squared, each added up.
    """

    clusters: Floats
    cases: Floats
    moves: Floats
    squares: Floats
    products: Floats
    case_squares: Floats

    def spread(self) -> ClusterSpread:
        """Return the spread of the figure at the mix of strata; see `spread_at_mix`."""
        several = (self.clusters > 1) & (self.cases > 0)
        own = np.divide(self.moves, self.cases, out=np.zeros_like(self.moves), where=several)
        squares = self.squares - 2 * own * self.products + own**2 * self.case_squares
        return spread_of_strata(self.clusters, self.moves - own * self.cases, squares)


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
