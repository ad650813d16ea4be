"""`estimate`: from a panel and the register of links to what linking pay did to the scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from auditlib.linkage.beside import Beside
from auditlib.linkage.definition import written
from auditlib.linkage.event_study import drift, event_study
from auditlib.linkage.honest import honest
from auditlib.linkage.panel import Panel
from auditlib.linkage.placebo import ENOUGH, placebos
from auditlib.linkage.procedure import Choices, effects
from auditlib.linkage.register import RoleLinks, role_links, roles_in
from auditlib.linkage.result import LinkageResult, RoleEffect
from auditlib.linkage.simple import simple
from auditlib.linkage.specifications import left_out, specifications, two_way_mixture
from auditlib.linkage.tested import DEALS, test_effect
from auditlib.linkage.threats import Shift, concurrent, shifts
from auditlib.records import Refusal
from auditlib.statistics.adoption import Ints
from auditlib.statistics.clustered import critical
from auditlib.statistics.imputation import Imputation

MOST_DEALT = 120
"""Units above which dates are not dealt anew for display; the recommended test then never needs it."""


def estimate(
    panel: Panel,
    register: pd.DataFrame,
    *,
    choices: Choices | None = None,
    cluster: Ints | None = None,
    confidence: float = 0.95,
    placebo_adoptions: int = 1000,
    draws: int = 9999,
    seed: int = 0,
    beside: Beside | None = None,
) -> LinkageResult:
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
    beside
        What else is known of the units and months: for threats and for the specification curve.
    """
    chosen = choices or Choices()
    groups = np.arange(len(panel.units)) if cluster is None else cluster
    others, asked = beside or Beside(), roles_in(register)
    links = tuple(one for role in asked if (one := role_links(register, panel, role=role)).linked.any())
    absent = [role for role in asked if role not in {link.role for link in links}]
    refusals = [
        (role, Refusal(f"No link of {role} pay runs within the months of the panel.")) for role in absent
    ]
    roles: list[RoleEffect] = []
    shifted: tuple[Shift, ...] = ()
    if links:
        found = effects(panel, links, choices=chosen, cluster=groups)
        if isinstance(found, Refusal):
            refusals += [(link.role, found) for link in links]
        else:
            roles = [
                _role(
                    panel, links, which, found, choices=chosen, cluster=groups, level=confidence,
                    count=placebo_adoptions, draws=draws, seed=seed, other=others.statistic,
                )
                for which in range(len(links))
            ]  # fmt: skip
            shifted = shifts(panel, links, others, choices=chosen, cluster=groups, level=confidence)
    near = concurrent(links, months=max(1, chosen.hold_out)) if links else {}
    sides = simple(panel, links, choices=chosen, cluster=groups, level=confidence)
    return LinkageResult(
        panel, chosen, confidence, tuple(roles), tuple(refusals), shifted, near, sides,
        tuple(link.role for link in links), _elsewhere(register, panel),
    )  # fmt: skip


def _elsewhere(register: pd.DataFrame, panel: Panel) -> int:
    """Count the links that pay another question than the panel's."""
    named = [written(str(metric)) for metric in register.loc[register["weight"] > 0, "metric"]]
    mine = (panel.survey_type, panel.item)
    return sum(one is None or (one.survey_type, one.item) != mine for one in named)


def _role(
    panel: Panel,
    links: tuple[RoleLinks, ...],
    which: int,
    found: Imputation,
    *,
    choices: Choices,
    cluster: Ints,
    level: float,
    count: int,
    draws: int,
    seed: int,
    other: Panel | None,
) -> RoleEffect:
    rng = np.random.default_rng([seed, which])
    tested = test_effect(
        found, panel, links, which=which, choices=choices, cluster=cluster, level=level, draws=draws,
        deals=DEALS if len(panel.units) <= MOST_DEALT else 0, rng=rng,
    )  # fmt: skip
    few = max(ENOUGH, count // 4)  # a mean needs fewer than a rate
    cells = found.imputed & (found.fitted.design[which] != 0)
    return RoleEffect(
        role=links[which].role,
        links=links[which],
        estimate=float(found.coefficient[which]),
        per_tenth=_per_tenth(panel, links, which, choices=choices, cluster=cluster, level=level),
        tested=tested,
        units=int(cells.any(axis=1).sum()),
        months=int(cells.sum()),
        answers=int(panel.n[cells].sum()),
        dropped=found.dropped,
        events=event_study(
            panel, links, which=which, choices=choices, cluster=cluster, level=level, rng=rng
        ),
        drift=drift(panel, links, which=which, choices=choices, cluster=cluster, level=level),
        curve=specifications(
            panel, links, which=which, choices=choices, cluster=cluster, level=level, other=other
        ),
        cohorts=left_out(panel, links, which=which, choices=choices),
        mixture=two_way_mixture(panel, links, which=which),
        placebo=placebos(
            panel, links, which=which, choices=choices, cluster=cluster, level=level, count=count, rng=rng
        ),
        chosen_low=placebos(
            panel, links, which=which, choices=replace(choices, hold_out=0), cluster=cluster, level=level,
            count=few, low_first=True, rng=rng,
        ),
        chosen_low_kept=placebos(
            panel, links, which=which, choices=choices, cluster=cluster, level=level, count=few,
            low_first=True, rng=rng,
        ),
        honest=honest(
            panel, links, which=which, choices=choices, cluster=cluster, level=level, seed=seed
        ),
        level=level,
    )  # fmt: skip


def _per_tenth(
    panel: Panel,
    links: tuple[RoleLinks, ...],
    which: int,
    *,
    choices: Choices,
    cluster: Ints,
    level: float,
) -> tuple[float, float, float] | Refusal:
    dose = links[which].dose[links[which].linked]
    if np.ptp(dose) < 1e-9:
        return Refusal("All links have the same weight: an effect by weight cannot be told.")
    found = effects(panel, links, choices=choices, dose=True, cluster=cluster)
    if isinstance(found, Refusal) or found.jackknife is None:
        return Refusal("The effect by weight could not be estimated.")
    value = float(found.coefficient[which]) / 10
    half = critical(level, int(cluster.max())) * float(found.jackknife[which]) / 10
    return value, value - half, value + half
