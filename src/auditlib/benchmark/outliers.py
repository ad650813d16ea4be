"""Who differs from the others by more than a meaningful difference, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.benchmark.scores import UnitScores, interval
from auditlib.records import Refusal
from auditlib.statements import counted
from auditlib.statistics import funnel, shrinkage
from auditlib.statistics.funnel import OverDispersion, Variant
from auditlib.statistics.outlier_verdicts import (
    ALARM,
    SMALL_EFFECT,
    FunnelScale,
    OutlierStatus,
    lies_within,
    standing_of,
    verdicts_on,
)
from auditlib.statistics.reliability import reliability
from auditlib.statistics.shrinkage import Shrunk
from auditlib.statistics.standing_out import StandingOut
from auditlib.statistics.types import Floats, Limits, as_floats, normal_quantile


@dataclass(frozen=True, slots=True)
class OutlierJudgement:
    """What was found about the units in `chosen`; arrays have one entry per chosen unit.

    Parameters
    ----------
    chosen
        Units with a value and enough answers.
    pooled
        Value over all answers of the chosen units.
    target
        Value of the typical unit: what true values scatter around, each unit counted by itself, so that one
        that gives most of the answers is not compared with itself.
    meaningful
        Difference from the others that is worth acting on, in the units of the statistic.
    standing
        How surely each unit differs by more than that; or why it cannot be told.
    by_itself
        Units whose own answers, nothing borrowed from the others, lie within that of the target.
    deviations, errors
        Distance from the target and its standard error by chance alone, on the funnel's scale (arc sine of
        the square root for shares).
    sigma2
        Variance of one answer within units, pooled.
    design_effect
        Answers that are worth one independent answer, over all units.
    dispersion
        Over-dispersion, or why it cannot be told.
    z_chance, z
        Distance in standard errors by chance alone, and with over-dispersion.
    shrunk, reliability
        Values drawn to the mean, and the share of their differences that is not chance.
    inner
        Level of the inner limits; 1 less it is the share of calls that may be wrong.
    """

    chosen: NDArray[np.bool_]
    pooled: float
    target: float
    meaningful: float
    standing: StandingOut | Refusal
    by_itself: NDArray[np.bool_]
    deviations: Floats
    errors: Floats
    sigma2: float
    design_effect: float
    dispersion: OverDispersion | Refusal
    z_chance: Floats
    z: Floats
    shrunk: Shrunk | Refusal
    reliability: Floats
    inner: float

    @property
    def answer_variance(self) -> float:
        """Variance of one answer within units, as far as customers who answer again widen it."""
        return self.sigma2 * self.design_effect

    @property
    def tau2(self) -> float:
        """Variance between units on the funnel's scale; 0 where it cannot be told."""
        return 0.0 if isinstance(self.dispersion, Refusal) else self.dispersion.tau2

    def verdicts(self) -> tuple[OutlierStatus, ...]:
        """Return the verdict on each chosen unit."""
        if isinstance(self.standing, Refusal):
            return (OutlierStatus.NONE,) * len(self.z)
        return verdicts_on(self.standing, self.by_itself, sure=self.inner)


def judge(
    scores: UnitScores,
    chosen: NDArray[np.bool_],
    *,
    confidence: float,
    meaningful: float = 0.0,
    small_effect: float = SMALL_EFFECT,
    minimum_units: int = 10,
    variant: Variant = "winsorised",
    consistent: bool = True,
) -> OutlierJudgement | Refusal:
    """Compare each of the units in `chosen` with the others.

    Parameters
    ----------
    chosen
        Units with a value and enough answers.
    confidence
        Level of the inner limits and of each unit's own interval; 1 less it is the share of calls that may
        be wrong.
    meaningful, small_effect
        Difference from the others that is worth acting on, in the units of the statistic; where that is 0,
        in standard deviations of one answer.
    minimum_units
        Below it a funnel has no limits for over-dispersion.
    variant, consistent
        How over-dispersion is estimated; see `statistics.funnel.over_dispersion`. The consistent form keeps
        false alarms at their nominal rate.
    """
    n, value = scores.effective_n[chosen], scores.value[chosen]
    if len(n) < 2:
        return Refusal(
            f"{counted(len(n), 'unit has') if len(n) else 'No unit has'} enough answers: there is nothing to "
            "compare."
        )
    answers = scores.n[chosen]
    pooled = float((answers * value).sum() / answers.sum())
    sigma2 = _within(scores, chosen, pooled)
    if sigma2 <= 0:
        return Refusal("Every answer is the same: units cannot differ by more than chance.")
    least = meaningful or small_effect * float(np.sqrt(sigma2))
    scale = FunnelScale(scores.measure.is_share)
    errors = scale.errors(n, sigma2)
    standing = standing_of(value, errors, scale=scale, meaningful=least)
    target = pooled if isinstance(standing, Refusal) else float(np.median(scale.back(standing.centre)))
    deviations = scale.forth(value) - scale.forth(np.asarray(target))
    dispersion = (
        _too_few(len(n), minimum_units)
        if len(n) < minimum_units
        else funnel.over_dispersion(deviations, errors, variant=variant, consistent=consistent)
    )
    tau2 = 0.0 if isinstance(dispersion, Refusal) else dispersion.tau2
    own = interval(scores, chosen, level=confidence)
    by_itself = lies_within(Limits(own.low[chosen], own.high[chosen]), target, least)
    shrunk = _shrunk(scores, value, n, sigma2, confidence)
    between = 0.0 if isinstance(shrunk, Refusal) else shrunk.tau2
    return OutlierJudgement(
        chosen,
        pooled,
        target,
        least,
        standing,
        by_itself,
        deviations,
        errors,
        sigma2,
        float(answers.sum() / n.sum()),
        dispersion,
        z_chance=deviations / errors,
        z=funnel.adjusted_z(deviations, errors, tau2=tau2),
        shrunk=shrunk,
        reliability=reliability(between, sigma2 / n),
        inner=confidence,
    )


def _within(scores: UnitScores, chosen: NDArray[np.bool_], pooled: float) -> float:
    """Return the variance of one answer: of a share in the middle unit, otherwise pooled within units.

    The middle unit is not moved by one that gives most of the answers. Answers of one customer differ less
    than those of strangers: a sum of squares is worth n less the design effect, not n less one.
    """
    if scores.measure.is_share:
        middle = float(np.median(scores.value[chosen]))
        share = middle if 0 < middle < 1 else pooled
        return share * (1 - share)
    n, effective = scores.n[chosen], scores.effective_n[chosen]
    left = np.maximum(n - n / effective, 0.0)
    return float(((n - 1) * scores.variance[chosen]).sum() / left.sum()) if left.sum() > 0 else 0.0


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
    scale = FunnelScale(scores.measure.is_share)
    errors = scale.errors(n / judgement.design_effect, judgement.sigma2)
    widened = np.sqrt(errors**2 + judgement.tau2)
    columns: dict[str, Floats] = {"n": n}
    for name, level, error in (
        ("chance", ALARM, errors),
        ("inner", judgement.inner, widened),
        ("outer", ALARM, widened),
    ):
        half = normal_quantile(level) * error
        columns[f"{name}_low"] = scale.back(scale.forth(np.asarray(judgement.target)) - half)
        columns[f"{name}_high"] = scale.back(scale.forth(np.asarray(judgement.target)) + half)
    return pd.DataFrame(columns)
