"""Many specifications of one effect judged together (Simonsohn, Simmons and Nelson 2020).

Under no effect some specification is beyond its own limits in half of all companies. What counts is therefore
how the whole curve compares with the same curve on links dealt anew, where there is nothing to find.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditlib.statistics.types import Floats


@dataclass(frozen=True, slots=True)
class JointMeasure:
    """One measure of a whole curve: its value, and how many dealt curves have one as extreme."""

    value: float
    as_extreme: int
    curves: int

    @property
    def p_value(self) -> float:
        """Share of curves as extreme, the actual one included."""
        return (1 + self.as_extreme) / (1 + self.curves)


@dataclass(frozen=True, slots=True)
class JointTest:
    """A curve of specifications against curves of dealt assignments.

    Parameters
    ----------
    median
        Median estimate.
    share
        Share of specifications beyond their own limits in the direction in which most of them are.
    combined
        Sum of the statistics over the root of their number: the measure that decides.
    """

    median: JointMeasure
    share: JointMeasure
    combined: JointMeasure

    @property
    def p_value(self) -> float:
        """Of the measure that decides."""
        return self.combined.p_value

    @property
    def curves(self) -> int:
        """Curves compared with."""
        return self.combined.curves


def joint_test(estimate: Floats, statistic: Floats, critical: Floats) -> JointTest:
    """Judge specifications together.

    Parameters
    ----------
    estimate, statistic
        The actual curve first, then those of dealt assignments; shape (1 + curves, specifications). NaN where
        a specification has no estimate.
    critical
        Size from which each specification's statistic is beyond its limits; shape (specifications,).

    Notes
    -----
    Doi 10.1038/s41562-020-0912-z: median, share and Stouffer's sum, each against the same measure under the
    null. Under dealing, each has its nominal error whatever the specifications have in common.
    """
    known = np.isfinite(estimate) & np.isfinite(statistic)
    count = np.maximum(known.sum(axis=1), 1)
    usual = np.where(known, statistic, 0.0)
    beyond = np.maximum((usual >= critical).sum(axis=1), (usual <= -critical).sum(axis=1)) / count
    return JointTest(
        _measured(np.nanmedian(np.where(known, estimate, np.nan), axis=1)),
        _measured(beyond),
        _measured(usual.sum(axis=1) / np.sqrt(count)),
    )


def _measured(values: Floats) -> JointMeasure:
    size = np.abs(values)
    as_extreme = int((size[1:] >= size[0] * (1 - 1e-10)).sum())
    return JointMeasure(float(values[0]), as_extreme, len(values) - 1)
