"""A question on links as one value, and the default procedure that answers it, fast enough to be repeated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from auditlib.compensation.panel import Panel
from auditlib.compensation.register import Role, RoleLinks, before, linked_from
from auditlib.records import Refusal
from auditlib.statistics.adoption import Ints, by_cluster
from auditlib.statistics.few_clusters import ClusterDesign, design_of
from auditlib.statistics.imputation import Imputation, impute
from auditlib.statistics.randomisation import permutations
from auditlib.statistics.types import Floats

Weighting = Literal["response", "unit"]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the default procedure chooses; the specification curve varies each.

    Parameters
    ----------
    weighting
        ``response``: every answer counts the same, as in the party's own score; ``unit``: every unit-month.
    anticipation
        Months before a link that are set aside: units are often linked because a recent quarter was low, and
        what is low by chance rises again by itself. Also the window in which a link may be anticipated.
    """

    weighting: Weighting = "response"
    anticipation: int = 3


@dataclass(frozen=True, slots=True, eq=False)
class PayQuestion:
    """What linking the pay of one role did to the scores, as it is put to every procedure.

    Parameters
    ----------
    panel
        One value per unit and month.
    links
        Links of every role on it; their effects are estimated jointly.
    role
        Whose effect is asked for.
    choices
        How it is estimated.
    cluster
        What pay was assigned by, one number per unit from 0 on without gaps; default the unit.
    level
        Coverage of intervals; a test rejects at one less it.

    Examples
    --------
    >>> panel = Panel("t", "q", "mean", ("A", "B"), (202401, 202402), np.ones((2, 2)), np.ones((2, 2)), 1.0)
    >>> linked = np.array([[False, True], [False, False]])
    >>> links = RoleLinks("staff", np.array([1, 2]), linked, linked, 0.1 * linked)
    >>> question = PayQuestion(panel, (links,), "staff")
    >>> question.clusters, question.without(np.array([True, False])).panel.n.tolist()
    (2, [[0.0, 0.0], [1.0, 1.0]])
    """

    panel: Panel
    links: tuple[RoleLinks, ...]
    role: Role
    choices: Choices = Choices()
    cluster: Ints | None = None
    level: float = 0.95

    @property
    def place(self) -> int:
        """Place of the role among the links, and of its effect among coefficients."""
        return next(place for place, links in enumerate(self.links) if links.role == self.role)

    @property
    def role_links(self) -> RoleLinks:
        """The links of the role that is asked about."""
        return self.links[self.place]

    @property
    def groups(self) -> Ints:
        """Cluster of each unit."""
        return np.arange(len(self.panel.units)) if self.cluster is None else self.cluster

    @property
    def clusters(self) -> int:
        """How many clusters there are."""
        return int(self.groups.max()) + 1 if len(self.groups) else 0

    def of(self, role: Role) -> PayQuestion:
        """Return the same question about another role."""
        return replace(self, role=role)

    def on(self, panel: Panel) -> PayQuestion:
        """Return the same question about another outcome of the same units and months."""
        return replace(self, panel=panel)

    def anticipating(self, months: int) -> PayQuestion:
        """Return the same question with so many months before a link set aside."""
        return replace(self, choices=replace(self.choices, anticipation=months))

    def without(self, units: NDArray[np.bool_]) -> PayQuestion:
        """Return the same question without the answers of some units; a flag for each unit."""
        return self.on(self.panel.only(~units[:, None]))

    def by_unit(self) -> PayQuestion:
        """Return the same question with every unit a cluster by itself."""
        return replace(self, cluster=None)

    def dated(self, dates: Ints) -> PayQuestion:
        """Return the same question with the role's links begun on other dates, one for each cluster."""
        again = linked_from(self.role, dates[self.groups], months=len(self.panel.months))
        links = tuple(again if at == self.place else linked for at, linked in enumerate(self.links))
        return replace(self, links=links)

    def alone(self) -> PayQuestion:
        """Return the question of this role by itself: months in which another role's link has begun go."""
        touched = np.zeros(self.panel.n.shape, dtype=bool)
        for links in self.links:
            if links.role != self.role:
                touched |= links.touched
        return replace(self, panel=self.panel.only(~touched), links=(self.role_links,))


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


def split(question: PayQuestion) -> Split:
    """Divide the unit-months of a question whose links may overlap."""
    n, choices = question.panel.n, question.choices
    weight = n if choices.weighting == "response" else (n > 0).astype(np.float64)
    aside = np.zeros(n.shape, dtype=bool)
    touched = np.zeros(n.shape, dtype=bool)
    for links in question.links:
        aside |= before(links, months=choices.anticipation) | (links.touched & ~links.linked)
        touched |= links.touched
    linked = np.stack([links.linked for links in question.links])
    return Split(weight * ~aside, ~touched, linked & ~aside)


def effects(question: PayQuestion, *, dose: bool = False) -> Imputation | Refusal:
    """Estimate the effects of all roles' links jointly.

    The effects of the roles add. With one role it is the average over linked unit-months, by `weighting`.

    Parameters
    ----------
    dose
        Whether the effect is that of a share of variable pay rather than of the link.
    """
    parts = split(question)
    design = parts.linked.astype(np.float64)
    if dose:
        design = design * np.stack([links.dose for links in question.links])
    return impute(question.panel.value, parts.weight, parts.clean, design, cluster=question.groups)


def pattern(question: PayQuestion) -> Ints:
    """Return each cluster's adoption month; the earliest of its units."""
    months = len(question.panel.months)
    dates = np.full(question.clusters, months, dtype=np.int64)
    np.minimum.at(dates, question.groups, np.minimum(question.role_links.adopted, months))
    return dates


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


def deal_dates(assigned: Assignment, *, draws: int, rng: np.random.Generator) -> Ints:
    """Deal the actual dates anew to the clusters that enter an estimate; shape (deals, clusters)."""
    permuted = permutations(assigned.dates[assigned.counted], draws=draws, rng=rng)
    dealt = np.tile(assigned.dates, (len(permuted), 1))
    dealt[:, assigned.counted] = permuted
    return dealt


def assignment(imputed: Imputation, question: PayQuestion) -> Assignment:
    """Return the design behind the effect that is asked for.

    A cluster linked from its first month on, or only when nobody was left to compare it with, has no
    imputed month: it does not make the number of linked clusters larger.
    """
    fitted, months = imputed.fitted, len(question.panel.months)
    dates = pattern(question)
    entering = (fitted.weight > 0) | (fitted.used > 0)
    effective = (fitted.used > 0) & (fitted.design[question.place] != 0)
    counted, linked = (
        by_cluster(np.asarray(mask.any(axis=1), dtype=np.float64), fitted.cluster) > 0
        for mask in (entering, effective)
    )
    effective_dates = np.where(linked, dates, months)[counted]
    return Assignment(dates, counted, design_of(effective_dates, never=months))
