"""Effects as outcomes minus what untreated observations say they would have been.

Borusyak, Jaravel and Spiess (2024), doi 10.1093/restud/rdae007: unit and period effects are fitted on
untreated observations only; each treated observation's effect is its distance from them; effects are averaged
or regressed on what the treatment was (role, dose, time since). With several treatments their effects add.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Refusal
from auditlib.statistics.adoption import Ints, by_cluster
from auditlib.statistics.clustered import ClusterScores, jackknife_error
from auditlib.statistics.two_way import demeaned, scatter, settled, unit_means
from auditlib.statistics.types import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Untreated observations, treated ones and their design, with sums over clusters.

    Parameters
    ----------
    weight, used
        Weight of untreated observations that are fitted, and of treated ones that are imputed;
        shape (units, periods).
    design
        What the treatment of each treated observation was; shape (coefficients, units, periods).
    system, right
        Equations of the period effects, by cluster: (clusters, T, T) and (clusters, T).
    shadow
        Weight of treated design on the period effects; (clusters, coefficients, T).
    gram, moment
        Design on design, and on unit-centred outcomes; (clusters, coefficients, ...).
    """

    outcome: Floats
    weight: Floats
    used: Floats
    design: Floats
    cluster: Ints
    system: Floats
    right: Floats
    shadow: Floats
    gram: Floats
    moment: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Imputation:
    """Imputed effects.

    Parameters
    ----------
    coefficient
        Shape (coefficients,).
    scores
        Cluster scores, shape (clusters, coefficients).
    left_out
        Coefficients without each cluster in turn; None where one of them then has no estimate.
    effect
        Imputed effect of each treated observation, zero elsewhere; shape (units, periods).
    imputed
        Which observations that is.
    dropped
        Treated observations without an earlier untreated observation or an untreated unit that month.
    """

    coefficient: Floats
    scores: Floats
    left_out: Floats | None
    effect: Floats
    imputed: NDArray[np.bool_]
    dropped: int
    weights: Floats
    fitted: Fitted

    @property
    def entering(self) -> NDArray[np.bool_]:
        """Clusters with any observation that is fitted or imputed; shape (clusters,)."""
        weight = (self.fitted.weight + self.fitted.used).sum(axis=1)
        return np.asarray(by_cluster(weight, self.fitted.cluster) > 0)

    @property
    def covariance(self) -> Floats:
        """Covariance from cluster scores, scaled by G / (G - 1)."""
        count = int(self.entering.sum())
        return np.asarray(self.scores.T @ self.scores * count / (count - 1))

    @property
    def standard_error(self) -> Floats:
        """Errors from cluster scores."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    @property
    def jackknife(self) -> Floats | None:
        """Errors from leaving out one cluster at a time; None where that is impossible."""
        return None if self.left_out is None else jackknife_error(self.left_out[self.entering])

    @property
    def jackknife_scores(self) -> Floats:
        """Cluster scores whose sandwich is the jackknife; the plain ones where that is impossible."""
        if self.left_out is None:
            return self.scores
        entering = self.entering
        count = int(entering.sum())
        left_out = self.left_out[entering]
        scores = np.zeros_like(self.left_out)
        scores[entering] = (left_out.mean(axis=0) - left_out) * (count - 1) / count
        return scores


def impute(
    outcome: Floats, weight: Floats, clean: NDArray[np.bool_], design: Floats, *, cluster: Ints
) -> Imputation | Refusal:
    """Estimate effects of treatments on treated observations.

    Parameters
    ----------
    outcome, weight
        Shape (units, periods); weight zero where nothing was observed.
    clean
        Observations that no treatment touches: the model of what would have been is fitted on them.
    design
        Shape (coefficients, units, periods): ones for an average over treated observations, one row per
        period since adoption for an event study, the dose for an effect per dose.
    cluster
        Number of each unit's cluster.
    """
    wanted = (weight > 0) & ~clean & (design != 0).any(axis=0)
    untreated = weight * clean
    fittable = (untreated.sum(axis=1) > 0)[:, None] & (untreated.sum(axis=0) > 0)[None, :]
    used = weight * (wanted & fittable)
    if not used.any():
        return Refusal(
            "No treated month has both an untreated month of its unit and an untreated unit beside it.",
            "Add months before the links, or units without a link.",
        )
    fitted = _sums(outcome, untreated, used, design * (used > 0), cluster)
    return _solve(fitted, int((wanted & ~fittable).sum()))


def _sums(outcome: Floats, weight: Floats, used: Floats, design: Floats, cluster: Ints) -> Fitted:
    centred = outcome - unit_means(outcome, weight)[:, None]
    share = weight / np.maximum(weight.sum(axis=1), 1e-300)[:, None]
    weighted = design * used
    shadow = weighted - weighted.sum(axis=2)[:, :, None] * share[None]
    return Fitted(
        outcome,
        weight,
        used,
        design,
        cluster,
        by_cluster(scatter(weight), cluster),
        by_cluster(weight * centred, cluster),
        by_cluster(np.moveaxis(shadow, 0, 1), cluster),
        by_cluster(np.einsum("kit,lit->ikl", weighted, design), cluster),
        by_cluster(np.einsum("kit,it->ik", weighted, centred), cluster),
    )


def _solve(fitted: Fitted, dropped: int) -> Imputation | Refusal:
    gram = fitted.gram.sum(axis=0)
    if np.linalg.matrix_rank(gram, tol=1e-9 * max(1.0, float(np.trace(gram)))) < len(gram):
        return Refusal("The treatments always go together, so that their effects cannot be told apart.")
    system = settled(fitted.system.sum(axis=0))
    inverse = np.linalg.inv(gram)
    period = np.linalg.solve(system, fitted.right.sum(axis=0))
    shadow = fitted.shadow.sum(axis=0)
    coefficient = inverse @ (fitted.moment.sum(axis=0) - shadow @ period)
    weights = _weights(fitted, inverse, np.linalg.solve(system, shadow.T).T)
    if np.abs(weights.sum(axis=1)).max() > 1e-6 * np.abs(weights).sum(axis=(1, 2)).max():
        return Refusal("Untreated months do not connect all units, so that the effect cannot be imputed.")
    residual = _residual(fitted, fitted.outcome, period)
    effect = residual * (fitted.used > 0)
    unexplained = residual - np.tensordot(coefficient, fitted.design, axes=1)
    scores = by_cluster(np.einsum("kit,it->ik", weights, unexplained), fitted.cluster)
    return Imputation(
        coefficient, scores, _left_out(fitted), effect, fitted.used > 0, dropped, weights, fitted
    )


def _weights(fitted: Fitted, inverse: Floats, spread: Floats) -> Floats:
    """Return the weight of every outcome in each coefficient; shape (coefficients, units, periods)."""
    target = np.tensordot(inverse, fitted.design * fitted.used, axes=1)
    pull = inverse @ spread
    total = np.maximum(fitted.weight.sum(axis=1), 1e-300)
    unit_part = (
        target.sum(axis=2) / total[None, :] - np.einsum("it,kt->ki", fitted.weight, pull) / total[None, :]
    )
    return np.asarray(target - fitted.weight[None] * (unit_part[:, :, None] + pull[:, None, :]))


def _residual(fitted: Fitted, values: Floats, period: Floats) -> Floats:
    """Return `values` less unit and period effects on observations that are fitted or imputed."""
    deviation = values - period[None, :]
    deviation = deviation - unit_means(deviation, fitted.weight)[:, None]
    return np.asarray(deviation * ((fitted.weight > 0) | (fitted.used > 0)))


def _left_out(fitted: Fitted) -> Floats | None:
    """Return the coefficients without each cluster in turn, or None where one has none."""
    gram = fitted.gram.sum(axis=0) - fitted.gram
    if (np.linalg.matrix_rank(gram, tol=1e-9 * max(1.0, float(np.trace(gram[0])))) < gram.shape[-1]).any():
        return None
    return _without(fitted, fitted.right[..., None], fitted.moment[..., None])[..., 0]


def _without(fitted: Fitted, right: Floats, moment: Floats) -> Floats:
    """Return the coefficients without each cluster, for several outcomes on the last axis."""
    system = settled(fitted.system.sum(axis=0) - fitted.system)
    shadow = fitted.shadow.sum(axis=0) - fitted.shadow
    gram = fitted.gram.sum(axis=0) - fitted.gram
    period = np.linalg.solve(system, right.sum(axis=0) - right)
    return np.asarray(np.linalg.solve(gram, moment.sum(axis=0) - moment - shadow @ period))


def refitted(imputation: Imputation, outcomes: Floats) -> tuple[Floats, Floats]:
    """Return the coefficients of other outcomes on the same design, with all clusters and without each.

    Parameters
    ----------
    imputation
        With a jackknife.
    outcomes
        Shape (units, periods, outcomes).

    Returns
    -------
    tuple
        Shapes (coefficients, outcomes) and (clusters, coefficients, outcomes).
    """
    fitted = imputation.fitted
    share = fitted.weight / np.maximum(fitted.weight.sum(axis=1), 1e-300)[:, None]
    centred = outcomes - np.einsum("it,itd->id", share, outcomes)[:, None, :]
    right = by_cluster(fitted.weight[:, :, None] * centred, fitted.cluster)
    weighted = np.moveaxis(fitted.design * fitted.used, 0, 1)
    moment = by_cluster(weighted @ centred, fitted.cluster)
    period = np.linalg.solve(settled(fitted.system.sum(axis=0)), right.sum(axis=0))
    whole = np.linalg.solve(fitted.gram.sum(axis=0), moment.sum(axis=0) - fitted.shadow.sum(axis=0) @ period)
    return np.asarray(whole), _without(fitted, right, moment)


def cluster_scores(imputation: Imputation, *, treatment: int = 0, restricted: bool = True) -> ClusterScores:
    """Return what a bootstrap of one coefficient needs.

    Parameters
    ----------
    restricted
        Whether residuals are those of the model in which this coefficient is zero.
    """
    fitted = imputation.fitted
    system = settled(fitted.system.sum(axis=0))
    inverse = np.linalg.inv(fitted.gram.sum(axis=0))
    if restricted:
        residual = _restricted(fitted, treatment)
    else:
        period = np.linalg.solve(system, fitted.right.sum(axis=0))
        residual = _residual(fitted, fitted.outcome, period)
        residual = residual - np.tensordot(imputation.coefficient, fitted.design, axes=1)
    weights = imputation.weights[treatment]
    again = _sums(residual, fitted.weight, fitted.used, fitted.design, fitted.cluster)
    period_of = np.linalg.solve(system, again.right.T)
    coefficient_of = inverse @ (again.moment.T - fitted.shadow.sum(axis=0) @ period_of)
    on_period = by_cluster(weights, fitted.cluster)
    on_design = by_cluster(np.einsum("it,kit->ik", weights, fitted.design), fitted.cluster)
    return ClusterScores(
        float(imputation.coefficient[treatment]),
        imputation.scores[:, treatment],
        by_cluster((weights * residual).sum(axis=1), fitted.cluster),
        np.concatenate([on_period, on_design], axis=1),
        np.concatenate([period_of, coefficient_of], axis=0),
    )


def _restricted(fitted: Fitted, treatment: int) -> Floats:
    """Return residuals of the outcome on effects of units, periods and the other treatments."""
    weight = fitted.weight + fitted.used
    outcome = demeaned(fitted.outcome, weight)
    other_designs = np.delete(fitted.design, treatment, axis=0)
    if not len(other_designs):
        return outcome
    columns = demeaned(other_designs, weight).reshape(len(other_designs), -1)
    gram = (columns * weight.ravel()) @ columns.T
    part = np.linalg.lstsq(gram, (columns * weight.ravel()) @ outcome.ravel(), rcond=None)[0]
    return np.asarray(outcome - (part @ columns).reshape(outcome.shape))
