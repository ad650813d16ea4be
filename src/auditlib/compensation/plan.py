"""What a design could detect before pay is linked: from units, months and answers to the smallest effect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditlib.records import Refusal, Sentence
from auditlib.statements import counted
from auditlib.statistics.clustered import critical
from auditlib.statistics.few_clusters import Method, design_of, recommend
from auditlib.statistics.imputation import impute
from auditlib.statistics.types import Floats

POWER = 0.8


@dataclass(frozen=True, slots=True)
class LinkDesign:
    """A design to be judged.

    Parameters
    ----------
    units, linked
        Units in all, and units whose pay will be linked, at one date.
    months, before
        Months in all, and months before the link.
    responses
        Answers per unit and month.
    response_sd
        Standard deviation of single answers, in points.
    drift_sd, memory
        How far units wander from their own level from month to month, and how much of it stays a month later.
    anticipation
        Months before the link that the default procedure sets aside in units to be linked.
    """

    units: int
    linked: int
    months: int
    before: int
    responses: float
    response_sd: float = 0.9
    drift_sd: float = 0.12
    memory: float = 0.55
    anticipation: int = 3


@dataclass(frozen=True, slots=True)
class DetectableEffect:
    """The smallest effect a design would detect in four of five audits at 5 %.

    Parameters
    ----------
    detectable
        In points; a refusal where no test holds its level.
    error
        Typical standard error.
    """

    design: LinkDesign
    method: Method | Refusal
    detectable: float | Refusal
    error: float

    def summary(self) -> tuple[Sentence, ...]:
        """Say what the design can show."""
        design = self.design
        setting = (
            f"{design.linked} of {counted(design.units, 'unit')} linked after {design.before} of "
            f"{counted(design.months, 'month')} "
            f"and {design.responses:g} answers per unit and month"
        )
        if isinstance(self.detectable, Refusal):
            refused = f"{self.detectable.reason} {self.detectable.remedy}"
            return (Sentence(f"With {setting}: {refused}"),)
        text = f"With {setting}, effects of {self.detectable:.2f} points show in four of five audits."
        return (Sentence(text),)


def plan(design: LinkDesign, *, draws: int = 300, seed: int = 0) -> DetectableEffect | Refusal:
    """Simulate the default procedure on a design without effect, and return what it could detect."""
    if not 0 < design.linked < design.units or not 0 < design.before < design.months:
        return Refusal(
            "A comparison needs units with and without a link, and months before and after it.",
            "Leave some units out of the link, or link them later.",
        )
    if design.before <= design.anticipation:
        return Refusal(
            f"Every month before the link, {design.before} in all, is among the {design.anticipation} set "
            "aside.",
            "Link later, or set fewer months aside.",
        )
    pattern = np.where(np.arange(design.units) < design.linked, design.before, design.months)
    method = recommend(design_of(pattern.astype(np.int64), never=design.months))
    rng = np.random.default_rng(seed)
    errors = np.array([_error(design, pattern, rng) for _ in range(draws)])
    error = float(np.sqrt(np.nanmean(errors[:, 1] ** 2))) if np.isfinite(errors[:, 1]).any() else 0.0
    spread = float(errors[:, 0].std())
    if isinstance(method, Refusal):
        return DetectableEffect(design, method, method, spread)
    crossing = critical(0.95, design.units - 1) * max(error, spread)
    return DetectableEffect(
        design, method, crossing + float(np.quantile(errors[:, 0], POWER)), max(error, spread)
    )


def _error(design: LinkDesign, pattern: Floats, rng: np.random.Generator) -> tuple[float, float]:
    outcome = _world(design, rng)
    since = np.arange(design.months)[None, :] - pattern[:, None]
    linked = since >= 0
    aside = (since < 0) & (since >= -design.anticipation) & (pattern < design.months)[:, None]
    imputed = impute(
        outcome,
        (~aside).astype(np.float64),
        ~linked,
        linked[None].astype(np.float64),
        cluster=np.arange(design.units),
    )
    if isinstance(imputed, Refusal):
        return np.nan, np.nan
    error = np.nan if imputed.jackknife is None else float(imputed.jackknife[0])
    return float(imputed.coefficient[0]), error


def _world(design: LinkDesign, rng: np.random.Generator) -> Floats:
    shocks = rng.normal(size=(design.units, design.months)) * design.drift_sd
    for month in range(1, design.months):
        fresh = np.sqrt(1 - design.memory**2) * shocks[:, month]
        shocks[:, month] = design.memory * shocks[:, month - 1] + fresh
    sampling = rng.normal(size=shocks.shape) * design.response_sd / np.sqrt(design.responses)
    return np.asarray(shocks + sampling)
