"""Where to look for a declared fault: how far it would move each detector in companies like the client's.

Detectors that a fault moves far at this client's size are worth more than those it hardly moves. Weighed so,
one question is asked of all of them together (the most powerful direction, Neyman and Pearson 1933).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from auditlib.integrity.detection import Detection, GroupData
from auditlib.integrity.detectors import DETECTORS, FAULTS, PATTERNS
from auditlib.integrity.faults import struck
from auditlib.integrity.redrawn import redrawn
from auditlib.integrity.sides import Sides
from auditlib.statistics.changes import PermutedLabels, contrasts
from auditlib.statistics.types import Floats

_COMPANIES = 40
"""Drawn to learn the directions; a mean shift of t is then known within a sixth."""
BY_KEY = {detector.key: detector for detector in DETECTORS}
Directions = Mapping[str, Mapping[str, float]]
"""For each fault, the weight of each detector that may raise an alarm."""


def signed(key: str, sides: Sides, data: GroupData, dealt: PermutedLabels) -> Floats:
    """Return a detector's statistic of every drawn company under every assignment; larger is stronger.

    Parameters
    ----------
    key
        Of the detector.
    dealt
        Assignments, the actual one first; shape of the answer (companies, assignments).
    """
    change, variance = data.by_place(BY_KEY[key].measure(sides, data.policy))
    t = contrasts(change, variance, dealt, block=data.block)
    return {"greater": t, "less": -t, "two-sided": np.abs(t)}[BY_KEY[key].alternative]


def directions(data: GroupData, detections: Sequence[Detection], *, rng: np.random.Generator) -> Directions:
    """Return by how much each fault that another change may prompt would move the detectors of its kind."""
    run = {entry.detector.key for entry in detections if entry.contrast is not None}
    prompted = {pattern.key: pattern for pattern in PATTERNS if pattern.prompted_by in run}
    actual = PermutedLabels(data.dealt.labels[:1], data.dealt.exact, data.dealt.smallest)
    clean = redrawn(data, companies=_COMPANIES, rng=rng)
    weights = {}
    for fault in FAULTS:
        own = prompted[fault.kind].detectors if fault.kind in prompted else ()
        keys = [key for key in fault.moves if key in own and key in run and BY_KEY[key].alone]
        if not keys:
            continue
        planted = struck(clean, data.sides, fault.key, fault.share, policy=data.policy, rng=rng)
        moved = {key: _shift(key, clean, planted, data, actual) for key in keys}
        if any(moved.values()):
            weights[fault.key] = moved
    return weights


def _shift(key: str, clean: Sides, planted: Sides, data: GroupData, actual: PermutedLabels) -> float:
    """Return the mean by which a statistic rises, and nothing where it falls."""
    rise = signed(key, planted, data, actual) - signed(key, clean, data, actual)
    return max(float(np.median(rise)), 0.0)


def along(t: Mapping[str, Floats], weights: Directions) -> Floats:
    """Return the strongest of the weighed sums of statistics, under every assignment.

    Parameters
    ----------
    t
        By detector, shape (..., assignments).
    """
    sums = [
        sum(weight * t[key] for key, weight in fault.items()) / np.linalg.norm(list(fault.values()))
        for fault in weights.values()
    ]
    return np.asarray(np.max(sums, axis=0), dtype=np.float64)
