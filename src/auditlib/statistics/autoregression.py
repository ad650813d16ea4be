"""Series whose neighbouring values resemble each other, as far as an unknown autocorrelation leaves it open.

Everything is computed at each of a grid of autocorrelations and averaged with the weight that the series
gives each: an estimate of a short series, taken for the truth, would call out far too much.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditlib.statistics.types import Floats

LEAST, MOST = -0.7, 0.98
"""Autocorrelations considered; beyond, a change and a random walk are the same."""
TRIED = 31
"""Autocorrelations averaged over."""
DRAWS = 999
"""Unchanging series that a series is held against."""


def tried() -> Floats:
    """Return the autocorrelations averaged over, equally spaced in their arc sine: the reference prior."""
    first, last = np.arcsin(LEAST), np.arcsin(MOST)
    return np.asarray(np.sin(first + (last - first) * (np.arange(TRIED) + 0.5) / TRIED))


@dataclass(frozen=True, slots=True, eq=False)
class Whitened:
    """A regression with autocorrelated errors, at each autocorrelation; arrays lead with it.

    Parameters
    ----------
    rho
        The autocorrelations; shape (tried,).
    basis
        Orthonormal columns of the filtered regressors; shape (tried, points, regressors).
    prior
        Logarithm of what weighs each autocorrelation before residuals are seen.
    """

    rho: Floats
    basis: Floats
    prior: Floats

    @property
    def points(self) -> int:
        """Points of a series."""
        return int(self.basis.shape[1])

    @property
    def freedom(self) -> int:
        """Points less regressors."""
        return int(self.basis.shape[1] - self.basis.shape[2])

    def residual(self, filtered: Floats) -> Floats:
        """Return what the regressors leave of filtered series, shapes as given."""
        return np.asarray(filtered - (filtered @ self.basis) @ np.swapaxes(self.basis, 1, 2))

    def likelihood(self, squares: Floats) -> Floats:
        """Return the logarithm of the restricted likelihood at sums of squared residuals (tried, series)."""
        return np.asarray(self.prior[:, None] - self.freedom / 2 * np.log(squares))


def whitened(regressors: Floats) -> Whitened:
    """Return the regression on `regressors`, shape (points, regressors)."""
    rho = tried()
    basis, triangle = np.linalg.qr(np.swapaxes(filtered(regressors.T), 1, 2))
    spread = np.log(np.abs(np.diagonal(triangle, axis1=1, axis2=2))).sum(axis=1)
    return Whitened(rho, basis, np.log(1 - rho**2) / 2 - spread)


def filtered(series: Floats) -> Floats:
    """Return series (series, points) with errors made independent, shape (tried, series, points)."""
    rho = tried()[:, None, None]
    independent = np.repeat(series[None], TRIED, axis=0)
    independent[:, :, 1:] -= rho * series[None, :, :-1]
    independent[:, :, :1] *= np.sqrt(1 - rho**2)
    return independent


def backwards(directions: Floats) -> Floats:
    """Return what acts on a series as `directions` (tried, directions, points) act on it filtered."""
    rho = tried()[:, None, None]
    acting = directions.copy()
    acting[:, :, :1] *= np.sqrt(1 - rho**2)
    acting[:, :, :-1] -= rho * directions[:, :, 1:]
    return acting


def shares(logarithms: Floats, axis: int | tuple[int, ...] = 0) -> Floats:
    """Return numbers given by their logarithms as shares of their sum along `axis`."""
    weight = np.exp(logarithms - logarithms.max(axis=axis, keepdims=True))
    return np.asarray(weight / weight.sum(axis=axis, keepdims=True))


def unchanging(weight: Floats, points: int, *, draws: int, rng: np.random.Generator) -> Floats:
    """Return series without any change, shape (draws, points).

    Parameters
    ----------
    weight
        How likely each of `tried` is: a share of the series has it.
    """
    rho = rng.choice(tried(), size=draws, p=weight)
    series = rng.standard_normal((draws, points))
    series[:, 0] /= np.sqrt(1 - rho**2)
    for point in range(1, points):
        series[:, point] += rho * series[:, point - 1]
    return series
