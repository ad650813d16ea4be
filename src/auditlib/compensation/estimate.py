"""`estimate`: from a panel and the register of links to what linking pay did to the scores."""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditlib.compensation.covariates import Covariates
from auditlib.compensation.definition import written
from auditlib.compensation.event_study import drift, event_study
from auditlib.compensation.inference import PERMUTATIONS, infer
from auditlib.compensation.naive_differences import naive_differences
from auditlib.compensation.panel import Panel
from auditlib.compensation.placebo import ENOUGH, placebos
from auditlib.compensation.placebo_outcomes import concurrent, placebo_outcomes
from auditlib.compensation.procedure import Choices, PayQuestion, effects
from auditlib.compensation.register import role_links, roles_in
from auditlib.compensation.result import PayEffects, RoleEffect
from auditlib.compensation.sensitivity import left_out, sensitivity
from auditlib.compensation.specification_curve import specification_curve, two_way_mixture
from auditlib.records import Refusal
from auditlib.statistics.adoption import Ints
from auditlib.statistics.clustered import critical
from auditlib.statistics.imputation import Imputation

MOST_PERMUTED = 120
"""Units above which dates are not permuted for display; the recommended test then never needs it."""


def estimate(
    panel: Panel,
    register: pd.DataFrame,
    *,
    choices: Choices | None = None,
    cluster: Ints | None = None,
    level: float = 0.95,
    placebo_adoptions: int = 1000,
    draws: int = 9999,
    seed: int = 0,
    covariates: Covariates | None = None,
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
    cluster
        What pay was assigned by, one number per unit of the panel; default the unit.
    placebo_adoptions
        Placebos of each kind.
    draws
        Bootstrap draws.
    seed
        Start of every random sequence.
    covariates
        What else is known of the units and months: for placebo outcomes and for the specification curve.
    """
    chosen, measured, register_roles = choices or Choices(), covariates or Covariates(), roles_in(register)
    by_role = (role_links(register, panel, role=role) for role in register_roles)
    links = tuple(linked for linked in by_role if linked.linked.any())
    linked_roles = tuple(linked.role for linked in links)
    refusals = [
        (role, Refusal(f"No link of {role} pay runs within the months of the panel."))
        for role in register_roles
        if role not in linked_roles
    ]
    elsewhere = _elsewhere(register, panel)
    if not links:
        return PayEffects(register, panel, level, chosen, refusals=tuple(refusals), elsewhere=elsewhere)
    question = PayQuestion(panel, links, links[0].role, chosen, cluster, level)
    imputed = effects(question)
    roles: list[RoleEffect] = []
    if isinstance(imputed, Refusal):
        refusals += [(role, imputed) for role in linked_roles]
    else:
        roles = [
            _role(
                question.of(role),
                imputed,
                count=placebo_adoptions,
                draws=draws,
                seed=seed,
                other_statistic=measured.statistic,
            )
            for role in linked_roles
        ]
    return PayEffects(
        register=register,
        panel=panel,
        level=level,
        choices=chosen,
        roles=tuple(roles),
        refusals=tuple(refusals),
        outcomes=placebo_outcomes(question, measured) if roles else (),
        differences=naive_differences(question),
        concurrent=concurrent(links, months=max(1, chosen.anticipation)),
        linked_roles=linked_roles,
        elsewhere=elsewhere,
    )


def _elsewhere(register: pd.DataFrame, panel: Panel) -> int:
    """Count the links that pay another question than the panel's."""
    metrics = [written(str(metric)) for metric in register.loc[register["weight"] > 0, "metric"]]
    question = (panel.survey_type, panel.item)
    return sum(metric is None or (metric.survey_type, metric.item) != question for metric in metrics)


def _role(
    question: PayQuestion,
    imputed: Imputation,
    *,
    count: int,
    draws: int,
    seed: int,
    other_statistic: Panel | None,
) -> RoleEffect:
    place, panel = question.place, question.panel
    rng = np.random.default_rng([seed, place])
    reassignments = PERMUTATIONS if len(panel.units) <= MOST_PERMUTED else 0
    few = max(ENOUGH, count // 4)  # a mean needs fewer than a rate
    cells = imputed.imputed & (imputed.fitted.design[place] != 0)
    # What is drawn from `rng` stands in a fixed order: another order is another result.
    return RoleEffect(
        role=question.role,
        links=question.role_links,
        estimate=float(imputed.coefficient[place]),
        per_tenth=_per_tenth(question),
        inference=infer(imputed, question, draws=draws, reassignments=reassignments, rng=rng),
        units=int(cells.any(axis=1).sum()),
        months=int(cells.sum()),
        answers=int(panel.n[cells].sum()),
        dropped=imputed.dropped,
        events=event_study(question, rng=rng),
        drift=drift(question),
        curve=specification_curve(question, other_statistic=other_statistic),
        cohorts=left_out(question),
        mixture=two_way_mixture(question),
        placebo=placebos(question, count=count, rng=rng),
        low_first=placebos(question.anticipating(0), count=few, low_first=True, rng=rng),
        low_first_aside=placebos(question, count=few, low_first=True, rng=rng),
        sensitivity=sensitivity(question, seed=seed),
        level=question.level,
    )


def _per_tenth(question: PayQuestion) -> tuple[float, float, float] | Refusal:
    if np.ptp(question.role_links.dose[question.role_links.linked]) < 1e-9:
        return Refusal("All links have the same weight: an effect by weight cannot be told.")
    imputed = effects(question, dose=True)
    if isinstance(imputed, Refusal) or imputed.jackknife is None:
        return Refusal("The effect by weight could not be estimated.")
    value = float(imputed.coefficient[question.place]) / 10
    half = critical(question.level, question.clusters - 1) * float(imputed.jackknife[question.place]) / 10
    return value, value - half, value + half
