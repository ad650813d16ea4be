"""How far the effect survives: departures from parallel trends, and a cohort or a unit left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditlib.compensation.procedure import PayQuestion, effects
from auditlib.compensation.specification_curve import QUARTER, quarterly
from auditlib.records import Refusal
from auditlib.statistics.clustered import critical
from auditlib.statistics.relative_magnitudes import relative_magnitudes
from auditlib.statistics.smoothness import smoothness
from auditlib.statistics.two_way import Interactions, sun_abraham
from auditlib.statistics.types import Floats, Limits, normal_quantile

BEFORE, AFTER = 4, 4
"""Most quarters before the reference, and after the link, that are used."""
BOUNDS = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
BENDS = (0.0, 0.25, 0.5, 1.0)
"""Departures tried: multiples of the largest earlier one, and bends in errors of the effect."""
_HALVINGS = 7


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """Intervals that allow for departures from parallel trends.

    Parameters
    ----------
    frame
        kind (``relative`` or ``bend``), size, low, high.
    effect
        Mean effect over the first quarters after the link, from the regression these intervals use.
    relative, bend
        Largest departure at which the interval still excludes zero; 0 where none does.
    before, after
        Quarters used.
    """

    frame: pd.DataFrame
    effect: float
    relative: float
    bend: float
    before: int
    after: int


def sensitivity(question: PayQuestion, *, seed: int) -> Sensitivity | Refusal:
    """Return intervals and breakdown values (Rambachan and Roth 2023) on quarters.

    The reference is the last quarter before the months set aside; what happens within those is left free.
    These intervals are made for normal estimates: the covariance by cluster is widened so that without any
    departure they are those of t with G - 1 degrees of freedom.
    """
    aside, level = -(-question.choices.anticipation // QUARTER), question.level
    fitted = sun_abraham(quarterly(question.alone()), reference=-1 - aside)
    if isinstance(fitted, Refusal):
        return fitted
    study = _study(fitted, aside, clusters=question.clusters, level=level)
    if isinstance(study, Refusal):
        return study
    estimate, covariance, before, weights = study

    def relative(size: float) -> Limits:
        return relative_magnitudes(
            estimate, covariance, before=before, weights=weights, bound=size, level=level, seed=seed
        )

    def bent(size: float) -> Limits:
        return smoothness(estimate, covariance, before=before, weights=weights, bend=size, level=level)

    error = float(np.sqrt(weights @ covariance[before:, before:] @ weights))
    tried = [("relative", size, relative(size)) for size in BOUNDS]
    tried += [("bend", size * error, bent(size * error)) for size in BENDS]
    frame = pd.DataFrame(
        [(kind, size, float(ends.low), float(ends.high)) for kind, size, ends in tried],
        columns=["kind", "size", "low", "high"],
    )
    effect = float(weights @ estimate[before:])
    return Sensitivity(
        frame=frame,
        effect=effect,
        relative=breakdown(relative, top=max(BOUNDS)),
        bend=breakdown(bent, top=2 * abs(effect)),
        before=before,
        after=int((weights > 0).sum()),
    )


def _study(
    fitted: Interactions, aside: int, *, clusters: int, level: float
) -> tuple[Floats, Floats, int, Floats] | Refusal:
    """Return coefficients in order of time, their covariance, the number before, and weights after."""
    since, effect, covariance = fitted.by_since()
    reference = -1 - aside
    wanted = [lead for lead in range(reference - BEFORE, reference) if lead in since]
    while wanted and wanted != list(range(wanted[0], reference)):
        wanted = wanted[1:]
    after = [lag for lag in range(reference + 1, AFTER) if lag in since]
    linked = [lag for lag in after if lag >= 0]
    if not wanted or not linked or after != list(range(reference + 1, after[-1] + 1)):
        return Refusal("There is no quarter before the months set aside to take departures from.")
    if len(wanted) + len(after) >= clusters:
        return Refusal("There are too few clusters for the covariance of the quarters.")
    places = [int(np.flatnonzero(since == quarter)[0]) for quarter in (*wanted, *after)]
    weights = np.array([float(lag >= 0) for lag in after])
    widened = (
        covariance[np.ix_(places, places)] * (critical(level, clusters - 1) / normal_quantile(level)) ** 2
    )
    return effect[places], widened, len(wanted), weights / weights.sum()


def breakdown(interval: Callable[[float], Limits], *, top: float) -> float:
    """Return the largest departure up to `top` at which the interval excludes zero, by halving."""
    if not _excludes(interval(0.0)):
        return 0.0
    inside, outside = 0.0, top
    if _excludes(interval(top)):
        return top
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if _excludes(interval(middle)) else (inside, middle)
    return inside


def _excludes(ends: Limits) -> bool:
    return bool(ends.low > 0 or ends.high < 0)


def left_out(question: PayQuestion) -> pd.DataFrame | Refusal:
    """Return the effect without each linked cohort and without each unit: what, left_out, estimate."""
    panel, adopted, by_unit = question.panel, question.role_links.adopted, question.by_unit()
    imputed = effects(by_unit)
    if isinstance(imputed, Refusal) or imputed.left_out is None:
        return Refusal("Without some unit nothing is left to estimate.")
    estimates = imputed.left_out[:, question.place]
    rows = [("unit", unit, value) for unit, value in zip(panel.units, estimates, strict=True)]
    for cohort in np.unique(adopted[adopted < len(panel.months)]):
        without_cohort = effects(by_unit.without(adopted == cohort))
        if not isinstance(without_cohort, Refusal):
            rows.append(
                ("cohort", str(panel.months[cohort]), float(without_cohort.coefficient[question.place]))
            )
    return pd.DataFrame(rows, columns=["what", "left_out", "estimate"])
