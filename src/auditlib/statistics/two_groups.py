"""One coefficient of a least-squares comparison of two groups, with errors by cluster."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Refusal
from auditlib.statistics.adoption import Ints, by_cluster
from auditlib.statistics.clustered import critical, small_sample, two_sided
from auditlib.statistics.types import Floats


@dataclass(frozen=True, slots=True)
class GroupDifference:
    """A difference between two groups, its error, and the degrees of freedom it is judged by."""

    estimate: float
    error: float
    degrees: int

    def limits(self, level: float) -> tuple[float, float]:
        """Return the ends of the interval at coverage `level`."""
        half = critical(level, self.degrees) * self.error
        return self.estimate - half, self.estimate + half

    @property
    def p_value(self) -> float:
        """Two-sided p-value of no difference; 1 where nothing varies."""
        return two_sided(self.estimate / self.error, self.degrees) if self.error > 0 else 1.0

    def called(self, level: float) -> bool:
        """Whether the interval excludes zero."""
        low, high = self.limits(level)
        return low > 0 or high < 0


def difference(
    outcome: Floats, focal: Floats, controls: Floats, *, cluster: Ints
) -> GroupDifference | Refusal:
    """Return the coefficient of `focal` in a regression of `outcome` on it and `controls`.

    Parameters
    ----------
    outcome, focal
        Shape (observations,).
    controls
        Shape (observations, controls), the constant included; may have no column.
    cluster
        Number of each observation's cluster; errors follow the convention of `clustered`. Where every
        observation is its own cluster this is HC1.
    """
    apart = focal - controls @ np.linalg.lstsq(controls, focal, rcond=None)[0] if controls.size else focal
    size = float(apart @ apart)
    if len(outcome) < controls.shape[1] + 2 or size < 1e-9 * max(1.0, float(focal @ focal)):
        return Refusal("The groups cannot be told apart in this comparison.")
    estimate = float(apart @ outcome) / size
    adjusted = outcome - estimate * focal
    residual = (
        adjusted - controls @ np.linalg.lstsq(controls, adjusted, rcond=None)[0]
        if controls.size
        else adjusted
    )
    numbered = np.unique(cluster, return_inverse=True)[1].astype(np.int64)
    scores = by_cluster(apart * residual, numbered) / size
    factor = small_sample(
        clusters=len(scores), observations=len(outcome), parameters=controls.shape[1] + 1
    )  # fmt: skip
    return GroupDifference(estimate, float(np.sqrt(factor * (scores**2).sum())), len(scores) - 1)


def within_strata(outcome: Floats, focal: NDArray[np.bool_], stratum: Ints) -> GroupDifference | Refusal:
    """Return the difference of means within strata, weighted by how many of `focal` each holds.

    Strata with fewer than two of either group are left out. The error adds the variances of the means.
    """
    total, variance, count = 0.0, 0.0, 0
    for label in np.unique(stratum):
        inside = stratum == label
        treated, controls = outcome[inside & focal], outcome[inside & ~focal]
        if min(len(treated), len(controls)) < 2:
            continue
        weight = len(treated)
        total += weight * float(treated.mean() - controls.mean())
        spread = float(treated.var(ddof=1)) / len(treated) + float(controls.var(ddof=1)) / len(controls)
        variance += weight**2 * spread
        count += weight
    if not count:
        return Refusal("No unit has one like it in the other group.")
    return GroupDifference(total / count, float(np.sqrt(variance)) / count, len(outcome) - 2)
