"""Case mix: what units would score if all served the same customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditlib.records import Refusal
from auditlib.statistics.types import Floats, Numbers, as_floats


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Unit means at the average mix of all units.

    Parameters
    ----------
    slopes, slope_errors
        Change of the score per unit of each adjuster, within units, with error clustered by unit.
    raw, adjusted
        Mean per unit before and after, units in ascending order of label.
    errors
        Standard error of the adjusted means, the slopes' own error included.
    """

    slopes: Floats
    slope_errors: Floats
    raw: Floats
    adjusted: Floats
    errors: Floats
    n: Floats


def within_unit(
    scores: Numbers, adjusters: Numbers, units: Numbers, *, weights: Numbers | None = None
) -> Adjusted | Refusal:
    """Adjust unit means by slopes estimated within units, as CAHPS does.

    Parameters
    ----------
    scores, units
        Score and unit label of each answer, or of each group of alike answers.
    adjusters
        Answers by adjusters; categories as indicator columns, one of each left out.
    weights
        Number of answers in each group; one each where not given.

    Notes
    -----
    CAHPS Analysis Program (AHRQ): regression with unit effects, adjusted mean = mean(y_u) -
    b' (mean(x_u) - mean(x)). Unit effects keep real differences between units out of the slopes.
    """
    y, x = as_floats(scores), np.atleast_2d(as_floats(adjusters).T).T
    weight = np.ones(len(y)) if weights is None else as_floats(weights)
    labels, unit = np.unique(np.asarray(units), return_inverse=True)
    n = np.bincount(unit, weights=weight)
    means_y = np.bincount(unit, weights=weight * y) / n
    means_x = np.column_stack([np.bincount(unit, weights=weight * column) / n for column in x.T])
    within_y, within_x = y - means_y[unit], x - means_x[unit]
    cross = within_x.T @ (weight[:, None] * within_x)
    if len(labels) < 2 or np.linalg.matrix_rank(cross) < x.shape[1]:
        return Refusal("An adjuster does not vary within units: its effect cannot be told from the units'.")
    inverse = np.linalg.inv(cross)
    slopes = inverse @ (within_x.T @ (weight * within_y))
    residual = within_y - within_x @ slopes
    clustered = _clustered(as_floats(inverse), within_x * (weight * residual)[:, None], unit)
    shift = means_x - (n @ means_x) / n.sum()
    within = np.bincount(unit, weights=weight * residual**2) / np.maximum(n - 1, 1)
    variance = within / n + np.einsum("ui,ij,uj->u", shift, clustered, shift)
    errors = np.sqrt(np.diag(clustered))
    return Adjusted(slopes, errors, means_y, means_y - shift @ slopes, np.sqrt(variance), as_floats(n))


def _clustered(
    inverse: Floats, contributions: Floats, unit: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> Floats:
    """Return the covariance of slopes, robust to dependence within units (Liang and Zeger 1986)."""
    sums = np.column_stack([np.bincount(unit, weights=column) for column in contributions.T])
    count = len(sums)
    return np.asarray(inverse @ (sums.T @ sums) @ inverse * count / (count - 1))
