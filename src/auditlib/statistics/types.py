"""What kernels take and return: arrays of floats, pairs of limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[Any] | Sequence[float] | Sequence[int] | float


@dataclass(frozen=True, slots=True)
class Limits:
    """Lower and upper limits, one of each per estimate."""

    low: Floats
    high: Floats


def as_floats(values: Numbers) -> Floats:
    """Return `values` as a float array; a missing value is a mistake of the caller."""
    array = np.asarray(values, dtype=np.float64)
    if not np.isfinite(array).all():
        raise ValueError("every value must be a finite number; leave out what is missing and say so")
    return array


def normal_quantile(level: float) -> float:
    """Return the two-sided critical value of the normal distribution at `level`."""
    from scipy.special import ndtri

    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    return float(ndtri((1 + level) / 2))
