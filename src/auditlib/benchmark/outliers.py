"""Who differs from the others by more than chance and over-dispersion could explain."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.benchmark.scores import UnitScores
from auditlib.records import Refusal
from auditlib.statements import counted
from auditlib.statistics import discovery, funnel, shrinkage
from auditlib.statistics.funnel import OverDispersion, Variant
from auditlib.statistics.reliability import reliability
from auditlib.statistics.shrinkage import Shrunk
from auditlib.statistics.types import Floats, as_floats, normal_quantile

ALARM = 0.998
"""Outer limits of a funnel: one unit in 500 lies outside them by chance."""


class OutlierStatus(StrEnum):
    """What can be said of a unit."""

    HIGHER = "higher"
    """Above the outer limits: chance and over-dispersion could hardly explain it."""
    POSSIBLY_HIGHER = "possibly higher"
    """Above the inner limits only, where a few units lie by chance."""
    WITHIN = "within limits"
    POSSIBLY_LOWER = "possibly lower"
    LOWER = "lower"
    NONE = "no verdict"
    """The reason stands beside it."""


CALLED_OUT = (OutlierStatus.HIGHER, OutlierStatus.LOWER)
"""What lies outside the outer limits."""


@dataclass(frozen=True, slots=True)
class OutlierJudgement:
    """What was found about the units in `chosen`; arrays have one entry per chosen unit.

    Parameters
    ----------
    target
        Value over all answers of the chosen units.
    deviations, errors
        Distance from the target and its standard error by chance alone, on the funnel's scale (arc sine of
        the square root for shares).
    sigma2
        Variance of one answer within units, pooled.
    dispersion
        Over-dispersion, or why it cannot be told.
    z_chance, z
        Distance in standard errors by chance alone, and with over-dispersion.
    q
        Smallest false discovery rate at which the unit would be called out.
    shrunk, reliability
        Values drawn to the mean, and the share of their differences that is not chance.
    """

    chosen: NDArray[np.bool_]
    target: float
    deviations: Floats
    errors: Floats
    sigma2: float
    dispersion: OverDispersion | Refusal
    z_chance: Floats
    z: Floats
    q: Floats
    shrunk: Shrunk | Refusal
    reliability: Floats
    inner: float

    @property
    def tau2(self) -> float:
        """Variance between units on the funnel's scale; 0 where it cannot be told."""
        return 0.0 if isinstance(self.dispersion, Refusal) else self.dispersion.tau2

    def verdicts(self) -> tuple[OutlierStatus, ...]:
        """Return the verdict on each chosen unit."""
        if isinstance(self.dispersion, Refusal):
            return (OutlierStatus.NONE,) * len(self.z)
        inner, outer = normal_quantile(self.inner), normal_quantile(ALARM)
        return tuple(_verdict(float(z), inner, outer) for z in self.z)


def _verdict(z: float, inner: float, outer: float) -> OutlierStatus:
    if abs(z) > outer:
        return OutlierStatus.HIGHER if z > 0 else OutlierStatus.LOWER
    if abs(z) > inner:
        return OutlierStatus.POSSIBLY_HIGHER if z > 0 else OutlierStatus.POSSIBLY_LOWER
    return OutlierStatus.WITHIN


def judge(
    scores: UnitScores,
    chosen: NDArray[np.bool_],
    *,
    confidence: float,
    minimum_units: int = 10,
    variant: Variant = "winsorised",
    consistent: bool = True,
) -> OutlierJudgement | Refusal:
    """Compare the units in `chosen` with their pooled value.

    Parameters
    ----------
    chosen
        Units with a value and enough answers.
    confidence
        Level of the inner limits.
    minimum_units
        Below it over-dispersion cannot be told from units that stand out, and no unit gets a verdict.
    variant, consistent
        How over-dispersion is estimated; see `statistics.funnel.over_dispersion`. The consistent form keeps
        false alarms at their nominal rate.
    """
    n, value = scores.n[chosen].astype(np.float64), scores.value[chosen]
    if len(n) < 2:
        return Refusal(
            f"{counted(len(n), 'unit has') if len(n) else 'No unit has'} enough answers: there is nothing to "
            "compare."
        )
    target = float((n * value).sum() / n.sum())
    sigma2 = _within(scores, n, scores.variance[chosen], target)
    if sigma2 <= 0:
        return Refusal("Every answer is the same: units cannot differ by more than chance.")
    deviations, errors = _on_funnel_scale(scores, value, n, target, sigma2)
    dispersion = (
        _too_few(len(n), minimum_units)
        if len(n) < minimum_units
        else funnel.over_dispersion(deviations, errors, variant=variant, consistent=consistent)
    )
    tau2 = 0.0 if isinstance(dispersion, Refusal) else dispersion.tau2
    z = funnel.adjusted_z(deviations, errors, tau2=tau2)
    shrunk = _shrunk(scores, value, n, sigma2, confidence)
    between = 0.0 if isinstance(shrunk, Refusal) else shrunk.tau2
    return OutlierJudgement(
        chosen,
        target,
        deviations,
        errors,
        sigma2,
        dispersion,
        z_chance=deviations / errors,
        z=z,
        q=discovery.benjamini_hochberg(funnel.p_values(z)),
        shrunk=shrunk,
        reliability=reliability(between, sigma2 / n),
        inner=confidence,
    )


def _within(scores: UnitScores, n: Floats, variance: Floats, target: float) -> float:
    """Return the variance of one answer: of a share at the target, otherwise pooled within units."""
    if scores.measure.is_share:
        return target * (1 - target)
    return float(((n - 1) * variance).sum() / (n - 1).sum())


def _on_funnel_scale(
    scores: UnitScores, value: Floats, n: Floats, target: float, sigma2: float
) -> tuple[Floats, Floats]:
    if scores.measure.is_share:
        return np.arcsin(np.sqrt(value)) - np.arcsin(np.sqrt(target)), 1 / (2 * np.sqrt(n))
    return value - target, np.sqrt(sigma2 / n)


def _too_few(units: int, minimum_units: int) -> Refusal:
    return Refusal(
        f"Only {counted(units, 'unit')} can be compared; with fewer than {minimum_units}, "
        "over-dispersion cannot be "
        "told from units that stand out.",
        "Compare intervals instead.",
    )


def _shrunk(
    scores: UnitScores, value: Floats, n: Floats, sigma2: float, confidence: float
) -> Shrunk | Refusal:
    if scores.measure.is_share and not scores.adjusted_for:
        return shrinkage.beta_binomial(value * n, n, level=confidence)
    return shrinkage.normal(value, sigma2 / n, level=confidence)


def funnel_limits(scores: UnitScores, judgement: OutlierJudgement) -> pd.DataFrame:
    """Return limits over the range of n, ready to draw.

    Returns
    -------
    pandas.DataFrame
        Columns n, chance_low, chance_high (outer limits by chance alone), inner_low, inner_high, outer_low,
        outer_high (with over-dispersion), on the scale of the statistic.
    """
    sizes = scores.n[judgement.chosen]
    n = as_floats(np.unique(np.round(np.geomspace(max(2, sizes.min() * 0.85), sizes.max() * 1.08, 160))))
    errors = 1 / (2 * np.sqrt(n)) if scores.measure.is_share else np.sqrt(judgement.sigma2 / n)
    widened = np.sqrt(errors**2 + judgement.tau2)
    columns: dict[str, Floats] = {"n": n}
    for name, level, error in (
        ("chance", ALARM, errors),
        ("inner", judgement.inner, widened),
        ("outer", ALARM, widened),
    ):
        half = normal_quantile(level) * error
        columns[f"{name}_low"] = _back(scores, judgement.target, -half)
        columns[f"{name}_high"] = _back(scores, judgement.target, half)
    return pd.DataFrame(columns)


def _back(scores: UnitScores, target: float, offset: Floats) -> Floats:
    if scores.measure.is_share:
        return as_floats(np.sin(np.clip(np.arcsin(np.sqrt(target)) + offset, 0, np.pi / 2)) ** 2)
    return target + offset
