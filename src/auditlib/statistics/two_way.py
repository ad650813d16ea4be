"""Regressions with unit and period effects, on panels with gaps and weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditlib.records import Refusal
from auditlib.statistics.adoption import AdoptionPanel, Ints, by_cluster
from auditlib.statistics.clustered import jackknife_error, small_sample
from auditlib.statistics.types import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """Coefficients of a regression with unit and period effects, with errors by cluster.

    Parameters
    ----------
    coefficient
        Shape (coefficients,).
    covariance
        Sandwich clustered on the panel's clusters, with the small-sample factor of `clustered`.
    scores
        Score of each cluster, in the unit of the coefficients; shape (clusters, coefficients).
    """

    coefficient: Floats
    covariance: Floats
    scores: Floats

    @property
    def standard_error(self) -> Floats:
        """Errors of the coefficients."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))


def period_system(weight: Floats) -> Floats:
    """Return the matrix whose solution gives period effects once unit means are taken out.

    Parameters
    ----------
    weight
        Shape (units, periods). Periods without weight are tied to zero; the mean effect is zero.
    """
    return settled(np.asarray(scatter(weight).sum(axis=0)))


def scatter(weight: Floats) -> Floats:
    """Return each unit's part of the period system; shape (units, periods, periods)."""
    total = np.maximum(weight.sum(axis=1), 1e-300)
    diagonal = weight[:, :, None] * np.eye(weight.shape[1])
    return np.asarray(diagonal - weight[:, :, None] * weight[:, None, :] / total[:, None, None])


def settled(system: Floats) -> Floats:
    """Fix what the data leave open: the level of the period effects, and periods without weight."""
    diagonal = np.einsum("...tt->...t", system)
    active = (diagonal > 1e-12).astype(np.float64)
    scale = np.maximum(diagonal.max(axis=-1), 1e-12)[..., None, None]
    level = active[..., :, None] * active[..., None, :] / system.shape[-1]
    idle = (1 - active)[..., :, None] * np.eye(system.shape[-1])
    return np.asarray(system + scale * (level + idle))


def unit_means(values: Floats, weight: Floats) -> Floats:
    """Return weighted means over periods of `values` (..., units, periods); 0 for units without weight."""
    return np.asarray((values * weight).sum(axis=-1) / np.maximum(weight.sum(axis=-1), 1e-300))


def demeaned(values: Floats, weight: Floats) -> Floats:
    """Return what is left of `values` (..., units, periods) once unit and period effects are taken out."""
    deviation = values - unit_means(values, weight)[..., None]
    right = (weight * deviation).sum(axis=-2)
    period = np.linalg.solve(period_system(weight), right[..., None])[..., 0]
    remainder = values - period[..., None, :]
    return np.asarray((remainder - unit_means(remainder, weight)[..., None]) * (weight > 0))


def regress(panel: AdoptionPanel, design: Floats) -> Regression | Refusal:
    """Regress the outcome on `design` (coefficients, units, periods) with unit and period effects."""
    weight = panel.weight
    columns, outcome = demeaned(design, weight), demeaned(panel.outcome, weight)
    flat = columns.reshape(len(design), -1)
    gram = (flat * weight.ravel()) @ flat.T
    size = np.sqrt((weight * design**2).sum(axis=(1, 2)))
    if (size == 0).any() or np.linalg.matrix_rank(gram / np.outer(size, size), tol=1e-9) < len(design):
        return Refusal("The effects cannot be told from those of units and periods.")
    inverse = np.linalg.inv(gram)
    coefficient = inverse @ (flat * weight.ravel()) @ outcome.ravel()
    residual = outcome - np.tensordot(coefficient, columns, axes=1)
    per_unit = np.einsum("kit,it->ik", columns, weight * residual)
    scores = by_cluster(per_unit, panel.cluster) @ inverse
    nested = len(np.unique(panel.cluster[weight.sum(axis=1) > 0]))
    parameters = len(design) + int((weight.sum(axis=0) > 0).sum())
    factor = small_sample(clusters=nested, observations=int((weight > 0).sum()), parameters=parameters)
    return Regression(coefficient, factor * scores.T @ scores, scores)


def jackknife(panel: AdoptionPanel, design: Floats) -> Floats | Refusal:
    """Return errors of the coefficients from leaving out one cluster at a time (CV3).

    A refusal where the coefficients cannot be told without some cluster.
    """
    entering = np.unique(panel.cluster[panel.weight.sum(axis=1) > 0])
    coefficients = []
    for cluster in entering:
        weight = panel.weight * (panel.cluster != cluster)[:, None]
        reduced = regress(AdoptionPanel(panel.outcome, weight, panel.adopted, panel.cluster), design)
        if isinstance(reduced, Refusal):
            return reduced
        coefficients.append(reduced.coefficient)
    return jackknife_error(np.array(coefficients))


def two_way_effect(panel: AdoptionPanel) -> Regression | Refusal:
    """Return the coefficient of "has adopted" with unit and period effects.

    Shown so that it can be distrusted: with staggered adoption it mixes comparisons between units that
    have adopted already; `decomposition.goodman_bacon` says how much.
    """
    return regress(panel, panel.treated[None, :, :].astype(np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class Interactions:
    """A regression with one coefficient per cohort and period since adoption.

    Parameters
    ----------
    cohort, since
        Of each coefficient.
    share
        Units of the cohort observed then, as weight of the coefficient in an average.
    overall, overall_error
        Average over treated cohort-periods.
    """

    cohort: Ints
    since: Ints
    share: Floats
    regression: Regression
    overall: float
    overall_error: float

    def by_since(self) -> tuple[Ints, Floats, Floats]:
        """Return periods since adoption, the average coefficient of each, and their covariance."""
        since = np.unique(self.since)
        member = (self.since[None, :] == since[:, None]) * self.share[None, :]
        member = member / member.sum(axis=1, keepdims=True)
        return since, member @ self.regression.coefficient, member @ self.regression.covariance @ member.T


def sun_abraham(panel: AdoptionPanel, *, reference: int = -1) -> Interactions | Refusal:
    """Estimate effects by cohort and period since adoption in one regression.

    Parameters
    ----------
    reference
        Periods since adoption that effects are measured against.

    Notes
    -----
    Sun and Abraham (2021), doi 10.1016/j.jeconom.2020.09.006. Units that never adopt are the comparison;
    without any, the last cohort is, up to the period in which it adopts. Cohorts that were not observed in
    the reference period (adopted from the start on) are left out: nothing of theirs is measured.
    """
    usable = _with_reference(panel if panel.never.any() else _until_last(panel), reference)
    cells = [
        (cohort, int(since))
        for cohort in usable.groups
        for since in range(-cohort, usable.periods - cohort)
        if since != reference and (usable.weight[usable.adopted == cohort, cohort + since] > 0).any()
    ]
    if not any(since >= 0 for _, since in cells):
        return Refusal("No cohort is observed after it adopted.")
    design = np.stack([_cell(usable, cohort, since) for cohort, since in cells])
    fitted = regress(usable, design)
    if isinstance(fitted, Refusal):
        return fitted
    cohort, since_all = (np.array(part, dtype=np.int64) for part in zip(*cells, strict=True))
    share = np.array(
        [(usable.unit_weight[:, None] * (column > 0) * usable.observed).sum() for column in design]
    )
    weight = share * (since_all >= 0) / share[since_all >= 0].sum()
    error = float(np.sqrt(weight @ fitted.covariance @ weight))
    return Interactions(cohort, since_all, share, fitted, float(weight @ fitted.coefficient), error)


def _with_reference(panel: AdoptionPanel, reference: int) -> AdoptionPanel:
    """Empty the cohorts that were not observed in the reference period."""
    keep = panel.never.copy()
    for cohort in panel.groups:
        members, period = panel.adopted == cohort, cohort + reference
        if 0 <= period < panel.periods and (panel.weight[members, period] > 0).any():
            keep |= members
    return AdoptionPanel(panel.outcome, panel.weight * keep[:, None], panel.adopted, panel.cluster)


def _cell(panel: AdoptionPanel, cohort: int, since: int) -> Floats:
    column = np.zeros(panel.outcome.shape)
    column[panel.adopted == cohort, cohort + since] = 1.0
    return column


def _until_last(panel: AdoptionPanel) -> AdoptionPanel:
    last = panel.groups[-1]
    return AdoptionPanel(panel.outcome[:, :last], panel.weight[:, :last], panel.adopted, panel.cluster)
