"""The default procedure: from a panel and links to an effect with its error, fast enough to be repeated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from auditlib.linkage.panel import Panel
from auditlib.linkage.register import RoleLinks, before
from auditlib.records import Refusal
from auditlib.statistics.adoption import Ints, by_cluster
from auditlib.statistics.few_clusters import ClusterDesign, design_of
from auditlib.statistics.imputation import Imputation, impute
from auditlib.statistics.types import Floats

Weighting = Literal["response", "unit"]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the default procedure chooses; the specification curve varies each.

    Parameters
    ----------
    weighting
        ``response``: every answer counts the same, as in the party's own score; ``unit``: every unit-month.
    hold_out
        Months before a link that are set aside: units are often linked because a recent quarter was low, and
        what is low by chance rises again by itself. Also the window in which a link may be anticipated.
    phase_in
        First linked months that are set aside; 0 counts all.
    """

    weighting: Weighting = "response"
    hold_out: int = 3
    phase_in: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Which unit-months say what would have been, and which were linked.

    Parameters
    ----------
    weight
        Weight of each observation; zero where nobody answered or it is set aside. Shape (units, months).
    clean
        Months without any link behind or shortly ahead of them.
    linked
        Months of each role that count; shape (roles, units, months).
    """

    weight: Floats
    clean: NDArray[np.bool_]
    linked: NDArray[np.bool_]


def split(panel: Panel, links: tuple[RoleLinks, ...], *, choices: Choices) -> Split:
    """Divide the unit-months of `panel` for links that may overlap."""
    weight = panel.n if choices.weighting == "response" else (panel.n > 0).astype(np.float64)
    aside = np.zeros(panel.n.shape, dtype=bool)
    touched = np.zeros(panel.n.shape, dtype=bool)
    for one in links:
        aside |= before(one, months=choices.hold_out) | (one.touched & ~one.linked)
        if choices.phase_in:
            since = np.arange(panel.n.shape[1])[None, :] - one.adopted[:, None]
            aside |= one.linked & (since < choices.phase_in)
        touched |= one.touched
    return Split(weight * ~aside, ~touched, np.stack([link.linked for link in links]) & ~aside)


def effects(
    panel: Panel,
    links: tuple[RoleLinks, ...],
    *,
    choices: Choices,
    dose: bool = False,
    cluster: Ints | None = None,
) -> Imputation | Refusal:
    """Estimate the effect of each role's links jointly, or per share of variable pay with `dose`.

    The effects of the roles add. With one role it is the average over linked unit-months, by `weighting`.
    """
    parts = split(panel, links, choices=choices)
    design = parts.linked.astype(np.float64)
    if dose:
        design = design * np.stack([link.dose for link in links])
    groups = np.arange(len(panel.units)) if cluster is None else cluster
    return impute(panel.value, parts.weight, parts.clean, design, cluster=groups)


def pattern(links: RoleLinks, panel: Panel, *, cluster: Ints | None = None) -> Ints:
    """Return each cluster's adoption month; the earliest of its units."""
    groups = np.arange(len(panel.units)) if cluster is None else cluster
    found = np.full(int(groups.max()) + 1, len(panel.months), dtype=np.int64)
    np.minimum.at(found, groups, np.minimum(links.adopted, len(panel.months)))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """Which clusters an estimate rests on, and when they were linked.

    Parameters
    ----------
    dates
        Adoption month of every cluster; the number of months where there is none.
    counted
        Clusters that enter the estimate at all.
    design
        Those clusters; as linked count those with a month whose effect was imputed.
    """

    dates: Ints
    counted: NDArray[np.bool_]
    design: ClusterDesign


def assignment(
    found: Imputation, links: RoleLinks, panel: Panel, *, which: int, cluster: Ints | None = None
) -> Assignment:
    """Return the design behind one coefficient of `found`.

    A cluster linked from its first month on, or only when nobody was left to compare it with, has no
    imputed month: it does not make the number of linked clusters larger.
    """
    fitted = found.fitted
    dates, groups = pattern(links, panel, cluster=cluster), fitted.cluster
    entering = (fitted.weight > 0) | (fitted.used > 0)
    imputed = (fitted.used > 0) & (fitted.design[which] != 0)
    counted, linked = (
        by_cluster(np.asarray(mask.any(axis=1), dtype=np.float64), groups) > 0 for mask in (entering, imputed)
    )
    shown = np.where(linked, dates, len(panel.months))[counted]
    return Assignment(dates, counted, design_of(shown, never=len(panel.months)))
