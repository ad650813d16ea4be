"""Regressions within groups, from cross-products alone."""

from __future__ import annotations

import numpy as np

from auditlib.statistics.types import Floats, Numbers, as_floats


def centred(n: Numbers, sums: Numbers, products: Numbers) -> Floats:
    """Return cross-products about each group's own means.

    Parameters
    ----------
    n
        Observations per group, all positive; shape (groups,).
    sums, products
        Sums of the variables and of their products, shapes (groups, k) and (groups, k, k).

    Notes
    -----
    Added up over groups these are the moments of a regression with an effect for every group, so that
    differences between groups stay out of its slopes.
    """
    count, total = as_floats(n), as_floats(sums)
    return as_floats(products) - total[:, :, None] * total[:, None, :] / count[:, None, None]


def slopes(moments: Numbers) -> Floats:
    """Return least-squares slopes of the first variable on the others.

    Parameters
    ----------
    moments
        Centred cross-products, shape (..., k, k); leading axes are separate problems.

    Returns
    -------
    numpy.ndarray
        Shape (..., k - 1).

    Raises
    ------
    numpy.linalg.LinAlgError
        Where a variable is constant or a combination of others; ask `solvable` first.
    """
    cross = as_floats(moments)
    return np.asarray(np.linalg.solve(cross[..., 1:, 1:], cross[..., 1:, :1])[..., 0])


def solvable(moments: Numbers) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Tell which problems have one answer: no variable constant, none a combination of others."""
    cross = as_floats(moments)
    spread = np.sqrt(np.maximum(np.diagonal(cross, axis1=-2, axis2=-1), 0))
    varies = (spread > 0).all(axis=-1)
    scale = np.where(spread > 0, spread, 1.0)
    correlation = cross / scale[..., :, None] / scale[..., None, :]
    smallest = np.linalg.eigvalsh(correlation[..., 1:, 1:])[..., 0]
    return np.asarray(varies & (smallest > 1e-9))
