"""A slope within groups of very unequal size, with limits that hold for few groups as for many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Refusal
from auditlib.statistics.types import Floats, Limits, Numbers, as_floats

_ALONE = 1e-9
"""What is left of a direction that varies in one group only: that group says nothing of its own error."""


@dataclass(frozen=True, slots=True)
class WithinSlope:
    """Slope of the first regressor within groups.

    Parameters
    ----------
    slope, error
        With its standard error, robust to dependence within groups.
    freedom
        Degrees of freedom: with groups alike one less than there are, fewer the more unequal they are.
    """

    slope: float
    error: float
    freedom: float

    def limits(self, *, level: float) -> Limits:
        """Return the limits at `level`, by Student's t."""
        from scipy.special import stdtrit

        reach = float(stdtrit(self.freedom, (1 + level) / 2)) * self.error
        return Limits(np.array(self.slope - reach), np.array(self.slope + reach))


def within_slope(
    values: Numbers, regressors: Numbers, groups: NDArray[np.str_], *, weights: Numbers
) -> WithinSlope | Refusal:
    """Return the slope of `values` on the first of `regressors`, an effect of each group taken out.

    Parameters
    ----------
    values, weights
        Mean of alike answers and their number.
    regressors
        Shape (rows, regressors).
    groups
        Group of each row.

    Notes
    -----
    CR2 with Satterthwaite degrees of freedom (Bell and McCaffrey 2002, Survey Methodology 28:169-181), group
    effects absorbed (Pustejovsky and Tipton 2018, Journal of Business and Economic Statistics 36:672-683),
    the working model being independent answers of equal variance. All of it follows from the moments of each
    group: with S its cross-products, M the inverse of their sum and s its scores, the adjusted scores are
    (I - S M)^(-1/2) s.
    """
    y, x, weight = as_floats(values), as_floats(regressors), as_floats(weights)
    group = np.unique(groups, return_inverse=True)[1]
    design, outcome = (_centred(part, group, weight) for part in (x, y[:, None]))
    root = np.sqrt(weight)[:, None]
    design, outcome = design * root, outcome * root
    moments = _summed(design[:, :, None] * design[:, None, :], group)
    cross = moments.sum(axis=0)
    if np.linalg.matrix_rank(cross) < x.shape[1]:
        return Refusal("What describes the answers does not vary within units: its effect cannot be told.")
    inverse = np.asarray(np.linalg.inv(cross))
    slopes = inverse @ (design.T @ outcome)
    scores = _summed(design * (outcome - design @ slopes), group)
    acting = _adjusted(moments, inverse)
    variance = float(((acting * scores).sum(axis=1) ** 2).sum())
    return WithinSlope(float(slopes[0, 0]), float(np.sqrt(variance)), _freedom(acting, moments, inverse))


def _centred(columns: Floats, group: NDArray[np.int64], weight: Floats) -> Floats:
    """Return columns less the weighted mean of each group."""
    means = _summed(weight[:, None] * columns, group) / _summed(weight[:, None], group)
    return np.asarray(columns - means[group])


def _summed(rows: Floats, group: NDArray[np.int64]) -> Floats:
    """Return the sum of rows over each group."""
    sums = np.zeros((int(group.max()) + 1, *rows.shape[1:]))
    np.add.at(sums, group, rows)
    return sums


def _adjusted(moments: Floats, inverse: Floats) -> Floats:
    """Return what acts on the scores of each group to give its part of the first slope, (groups, slopes)."""
    values, vectors = np.linalg.eigh(inverse)
    half, back = (vectors * values**power @ vectors.T for power in (0.5, -0.5))
    shares, directions = np.linalg.eigh(half @ moments @ half)
    left = 1 - shares
    scale = np.where(left > _ALONE, 1 / np.sqrt(np.maximum(left, _ALONE)), 0.0)
    power = directions * scale[:, None, :] @ np.swapaxes(directions, 1, 2)
    return np.asarray((inverse[0] @ back) @ power @ half)


def _freedom(acting: Floats, moments: Floats, inverse: Floats) -> float:
    """Return Satterthwaite's degrees of freedom of the variance, by its first two moments."""
    pulled = np.einsum("gij,gj->gi", moments, acting)
    own = (acting * pulled).sum(axis=1)
    shared = np.einsum("gi,ij,gj->g", pulled, inverse, pulled)
    joint = inverse @ (pulled.T @ pulled)
    mean = float((own - shared).sum())
    spread = float((own**2).sum() - 2 * (own * shared).sum() + np.trace(joint @ joint))
    return mean**2 / spread
