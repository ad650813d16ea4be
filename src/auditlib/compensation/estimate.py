"""`estimate`: from a panel and the register of links to what linking pay did to the scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from auditlib.compensation.alarmed import Alarms, unalarmed
from auditlib.compensation.assigned import AssignedBy, Groupings, assigned_by
from auditlib.compensation.concentrated import Concentration, concentration
from auditlib.compensation.covariates import Covariates
from auditlib.compensation.definition import written
from auditlib.compensation.event_study import against_last_quarter, drift, event_study
from auditlib.compensation.few_linked import few_linked
from auditlib.compensation.inference import PERMUTATIONS, infer
from auditlib.compensation.mix_adjusted import mix_adjusted
from auditlib.compensation.naive_differences import naive_differences
from auditlib.compensation.panel import Panel
from auditlib.compensation.placebo import ENOUGH, placebos
from auditlib.compensation.placebo_outcomes import concurrent, placebo_outcomes
from auditlib.compensation.procedure import Choices, PayQuestion, effects
from auditlib.compensation.register import Role, RoleLinks, role_links, roles_in
from auditlib.compensation.result import PayEffects, RoleEffect
from auditlib.compensation.sensitivity import left_out, sensitivity
from auditlib.compensation.specification_curve import specification_curve, two_way_mixture
from auditlib.compensation.untested import sized_if_tested
from auditlib.records import Refusal
from auditlib.statistics.adoption import by_cluster
from auditlib.statistics.clustered import critical, jackknife_error
from auditlib.statistics.imputation import Imputation

CURVES = 59
"""Most specification curves of links dealt anew: with the actual one 60, of which three are 5% exactly."""
PLACEBOS_PER_CURVE = 10
"""Placebo links for each such curve, which takes as long as that many of them."""
MOST_PERMUTED = 120
"""Units above which dates are not permuted for display; the recommended test then never needs it."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is drawn and from where, and what integrity checks say of the units."""

    placebos: int
    draws: int
    seed: int
    alarms: Alarms | None


def estimate(
    panel: Panel,
    register: pd.DataFrame,
    *,
    choices: Choices | None = None,
    known: Groupings | None = None,
    level: float = 0.95,
    placebo_adoptions: int = 1000,
    draws: int = 9999,
    seed: int = 0,
    covariates: Covariates | None = None,
    alarms: Alarms | None = None,
) -> PayEffects:
    """Estimate what linking the pay of managers, and of staff, did to the scores.

    Both roles are estimated jointly, so that a unit linked for both does not count twice: effects add. The
    estimand is the average effect on linked unit-months, weighted as `choices` say.

    Parameters
    ----------
    panel
        One value per unit and month; see `panel.panel`.
    register
        The canonical table ``pay_links``.
    known
        What units can be grouped by, to see what pay was assigned by; see `assigned.groupings`.
    placebo_adoptions
        Placebos of each kind.
    draws
        Bootstrap draws.
    seed
        Start of every random sequence.
    covariates
        What else is known of the units and months: for placebo outcomes and for the specification curve.
    alarms
        Units of which integrity checks raised an alarm; None where no check was made.
    """
    chosen, measured = choices or Choices(), covariates or Covariates()
    by_role = (role_links(register, panel, role=role) for role in roles_in(register))
    links = tuple(linked for linked in by_role if linked.linked.any())
    asked = [
        _asked(PayQuestion(panel, links, linked.role, chosen, None, level), register, known or {})
        for linked in links
    ]
    answered = [entry for entry in asked if isinstance(entry, _Asked)]
    questions = tuple(entry.question for entry in answered)
    effort = Effort(placebo_adoptions, draws, seed, alarms)
    refused = ((links[place].role, why) for place, why in enumerate(asked) if isinstance(why, Refusal))
    return PayEffects(
        register=register,
        panel=panel,
        level=level,
        choices=chosen,
        roles=tuple(sized_if_tested(_role(entry, effort, measured)) for entry in answered),
        refusals=(*refused, *_unlinked(register, links)),
        outcomes=placebo_outcomes(questions, measured) if questions else (),
        differences=naive_differences(questions),
        concurrent=concurrent(links, months=max(1, chosen.anticipation)) if links else {},
        linked_roles=tuple(linked.role for linked in links),
        elsewhere=_elsewhere(register, panel),
    )


def _unlinked(register: pd.DataFrame, links: tuple[RoleLinks, ...]) -> Iterator[tuple[Role, Refusal]]:
    """Yield the roles that are asked about and not linked in the panel, with the reason."""
    linked = {entry.role for entry in links}
    for role in roles_in(register):
        if role not in linked:
            yield role, Refusal(f"No link of {role} pay runs within the months of the panel.")


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A question that has an estimate, and what the pay in question was assigned by."""

    question: PayQuestion
    assigned: AssignedBy
    imputed: Imputation
    concentrated: Concentration | None


def _asked(question: PayQuestion, register: pd.DataFrame, known: Groupings) -> _Asked | Refusal:
    """Return a question with whatever its pay was assigned by as clusters, and its estimate."""
    panel = question.panel
    assigned = assigned_by(register, question.role_links, panel.units, known, months=len(panel.months))
    if isinstance(assigned, Refusal):
        return assigned
    clustered = replace(question, cluster=assigned.cluster)
    imputed = effects(clustered)
    if isinstance(imputed, Refusal):
        return imputed
    mostly = concentration(question.role_links, question.links, panel.units, known, by=assigned.name)
    return _Asked(clustered, assigned, imputed, mostly)


def _elsewhere(register: pd.DataFrame, panel: Panel) -> int:
    """Count the links that pay another question than the panel's."""
    metrics = [written(str(metric)) for metric in register.loc[register["weight"] > 0, "metric"]]
    question = (panel.survey_type, panel.item)
    return sum(metric is None or (metric.survey_type, metric.item) != question for metric in metrics)


def _role(asked: _Asked, effort: Effort, measured: Covariates) -> RoleEffect:
    question, imputed = asked.question, asked.imputed
    place, panel = question.place, question.panel
    rng = np.random.default_rng([effort.seed, place])
    reassignments = PERMUTATIONS if len(panel.units) <= MOST_PERMUTED else 0
    few = max(ENOUGH, effort.placebos // 4)  # a mean needs fewer than a rate
    cells = imputed.imputed & (imputed.fitted.design[place] != 0)
    # What is drawn from `rng` stands in a fixed order: another order is another result.
    return RoleEffect(
        role=question.role,
        links=question.role_links,
        assigned=asked.assigned,
        estimate=float(imputed.coefficient[place]),
        per_tenth=_per_tenth(question),
        per_tenth_linked=_per_tenth_linked(imputed, question),
        inference=infer(imputed, question, draws=effort.draws, reassignments=reassignments, rng=rng),
        units=int(cells.any(axis=1).sum()),
        months=int(cells.sum()),
        answers=int(panel.n[cells].sum()),
        dropped=imputed.dropped,
        events=event_study(question, rng=rng),
        drift=drift(question),
        curve=specification_curve(
            question,
            other_statistic=measured.statistic,
            deals=min(CURVES, effort.placebos // PLACEBOS_PER_CURVE),
            rng=np.random.default_rng([effort.seed, place, CURVES]),
        ),
        cohorts=left_out(question),
        mixture=two_way_mixture(question),
        placebo=placebos(question, count=effort.placebos, rng=rng),
        low_first=placebos(question.anticipating(0), count=few, low_first=True, rng=rng),
        low_first_aside=placebos(question, count=few, low_first=True, rng=rng),
        sensitivity=sensitivity(question, seed=effort.seed),
        long_differences=against_last_quarter(question, rng=np.random.default_rng([effort.seed, place, 1])),
        same_mix=mix_adjusted(question, measured.mix),
        few_linked=few_linked(question, seed=effort.seed),
        concentrated=asked.concentrated,
        unalarmed=unalarmed(question, effort.alarms, draws=effort.draws, seed=effort.seed),
        level=question.level,
    )


def _per_tenth_linked(imputed: Imputation, question: PayQuestion) -> tuple[float, float, float] | Refusal:
    """Return the effect over the weight of pay behind it, for ten per cent of variable pay, with limits.

    The ratio of sums of de Chaisemartin and D'Haultfoeuille (2024, doi 10.1162/rest_a_01414): no link counts
    against another, as in a regression on weights, and it stands where all weights are the same.
    """
    if imputed.left_out is None:
        return Refusal("Without some group nothing is left to estimate.")
    place, fitted = question.place, imputed.fitted
    share = fitted.used * (fitted.design[place] != 0)
    tenths = 10 * by_cluster((share * question.role_links.dose).sum(axis=1), fitted.cluster)
    counted_in = by_cluster(share.sum(axis=1), fitted.cluster)
    mean = tenths.sum() / counted_in.sum()
    without = (tenths.sum() - tenths) / np.maximum(counted_in.sum() - counted_in, 1e-300)
    entering = imputed.entering
    if not (without[entering] > 0).all():
        return Refusal("All weight of pay lies in a single group.")
    value = float(imputed.coefficient[place]) / mean
    ratios = imputed.left_out[entering, place] / without[entering]
    half = critical(question.level, question.clusters - 1) * float(jackknife_error(ratios[:, None])[0])
    return float(value), float(value - half), float(value + half)


def _per_tenth(question: PayQuestion) -> tuple[float, float, float] | Refusal:
    if np.ptp(question.role_links.dose[question.role_links.linked]) < 1e-9:
        return Refusal("All links have the same weight: an effect by weight cannot be told.")
    imputed = effects(question, dose=True)
    if isinstance(imputed, Refusal) or imputed.jackknife is None:
        return Refusal("The effect by weight could not be estimated.")
    value = float(imputed.coefficient[question.place]) / 10
    half = critical(question.level, question.clusters - 1) * float(imputed.jackknife[question.place]) / 10
    return value, value - half, value + half
