"""What a unit did before its link, as far as it tells what the unit would have gone on doing."""

from __future__ import annotations

import numpy as np

from auditlib.statistics.changes import between
from auditlib.statistics.types import Floats

Measure = tuple[Floats, Floats]
"""Value of each unit, and its sampling variance; infinite where the unit has none."""


def beyond_habit(before: Measure, after: Measure) -> Measure:
    """Return how far each unit lies beyond what it was expected to go on doing, and the variance of that.

    For measures that a null model centres on one value. What was seen before is then mostly noise, and
    subtracting it whole would double the noise; it is subtracted as far as units differ lastingly
    (Robinson 1991, doi 10.1214/ss/1177011926): not at all where they do not, whole where it is all habit.
    """
    (was, noise), (now, variance) = before, after
    known = np.isfinite(noise)
    if known.sum() < 2:
        return now, variance
    lasting = between(was[known], noise[known])
    weight = 1 / (noise[known] + lasting)
    centre = float((weight * was[known]).sum() / weight.sum())
    trust = np.where(known, lasting / (lasting + np.where(known, noise, 1.0)), 0.0)
    expected = centre + trust * np.where(known, was - centre, 0.0)
    return now - expected, variance + trust * np.where(known, noise, 0.0)
