"""What pay was assigned by: what the register of links says, and what the linked units show.

Where whole regions are linked, whatever else happens in a region looks like the link: 40 units are then no 40
observations. Errors, deals and placebos therefore treat as one whatever was linked as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from auditlib.compensation.register import Role, RoleLinks, running
from auditlib.contracts import CanonicalTables
from auditlib.contracts.pay import GROUPINGS, LEVEL_NOUNS, assignment_level
from auditlib.records import Refusal
from auditlib.statistics.adoption import Ints
from auditlib.statistics.coincidence import coarsest

UNIT = "unit"
MANAGER = "manager"
Groupings = Mapping[str, Mapping[str, str]]
"""Group of each unit, by the name of the grouping."""


class AssignmentSource(StrEnum):
    """How it is known what pay was assigned by."""

    DECLARED = "declared"
    COINCIDES = "coincides"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True, eq=False)
class AssignedBy:
    """What the pay of one role was assigned by.

    Parameters
    ----------
    name
        ``unit``, or the name of a grouping.
    source
        Whether the register of links says so, the linked units show it, or nothing says otherwise.
    cluster
        Group of each unit of the panel, from 0 on without gaps.
    groups, linked
        Groups in all, and those whose units are linked.
    exact
        Whether exactly the units of the linked groups are linked.
    declared
        What the register of links says, where the linked units show something coarser.
    """

    name: str
    source: AssignmentSource
    cluster: Ints
    groups: int
    linked: int
    exact: bool = True
    declared: str = ""

    @property
    def noun(self) -> str:
        """What it was assigned by, in the singular."""
        return LEVEL_NOUNS.get(self.name, (self.name.replace("_", " "), ""))[0]

    @property
    def nouns(self) -> str:
        """What it was assigned by, in the plural."""
        return LEVEL_NOUNS.get(self.name, ("", f"groups by {self.name.replace('_', ' ')}"))[1]

    @property
    def by_unit(self) -> bool:
        """Whether every unit was linked for itself."""
        return self.name == UNIT


def groupings(tables: CanonicalTables, register: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return what units can be grouped by: columns of the register of units, and who manages them."""
    found: dict[str, dict[str, str]] = {}
    if "units" in tables.tables:
        units = tables.frame("units")
        ids = units["unit_id"].astype(str)
        for name in units.columns.difference(["unit_id", "name"], sort=False):
            labels = units[name].dropna()
            if len(labels):
                found[str(name)] = dict(zip(ids[labels.index], labels.astype(str), strict=True))
    managers = _managers(tables, register)
    return found | ({MANAGER: managers} if managers else {})


def _managers(tables: CanonicalTables, register: pd.DataFrame) -> dict[str, str]:
    """Return the manager of each unit: as the register of links says, else as that of employees does."""
    managers: dict[str, str] = {}
    if "employees" in tables.tables:
        people = tables.frame("employees", columns=["person_id", "role", "unit_id"]).dropna()
        people = people[people["role"] == MANAGER]
        managers = dict(zip(people["unit_id"].astype(str), people["person_id"].astype(str), strict=True))
    if "person_id" in register and len(register):
        named = running(register, role=MANAGER).dropna(subset=["person_id"])
        managers |= dict(zip(named["unit_id"].astype(str), named["person_id"].astype(str), strict=True))
    return managers


def assigned_by(
    register: pd.DataFrame, links: RoleLinks, units: tuple[str, ...], known: Groupings, *, months: int
) -> AssignedBy | Refusal:
    """Return what the pay of one role was assigned by, or why that cannot be worked with.

    Parameters
    ----------
    register
        The canonical table ``pay_links``.
    links, units
        Links of the role on the units of the panel.
    known
        See `groupings`.
    months
        Months of the panel: a unit linked in none has a later one as its date.

    Notes
    -----
    What the linked units show goes before what the register says where it is coarser: to call an assignment
    finer than it was makes a chance difference look like an effect.
    """
    dates = np.minimum(links.adopted, months)
    shown = _coinciding(dates, units, known, months=months)
    named = _declared(register, links.role, units, known)
    if isinstance(named, Refusal):
        return named
    if named and (shown is None or _groups(named, units, known) <= _groups(shown, units, known)):
        return _level(named, AssignmentSource.DECLARED, dates, units, known, months=months)
    if shown is not None:
        return _level(shown, AssignmentSource.COINCIDES, dates, units, known, months=months, declared=named)
    return _level(UNIT, AssignmentSource.ASSUMED, dates, units, known, months=months)


def named_levels(register: pd.DataFrame) -> tuple[str, ...]:
    """Return what the register of links says that pay was assigned by, as columns are named."""
    if "assigned_by" not in register:
        return ()
    stated = register["assigned_by"].dropna().astype(str)
    return tuple(dict.fromkeys(map(assignment_level, stated)))


def _coinciding(dates: Ints, units: tuple[str, ...], known: Groupings, *, months: int) -> str | None:
    """Return the coarsest grouping that the dates coincide with."""
    placed = {name: _placed(name, units, known) for name in GROUPINGS if name in known}
    return coarsest(placed, dates, never=months)


def _declared(register: pd.DataFrame, role: Role, units: tuple[str, ...], known: Groupings) -> str | Refusal:
    """Return the coarsest level that the register names for links of a role; empty where it names none."""
    entries = running(register, role=role)
    names = named_levels(entries[entries["unit_id"].astype(str).isin(units)])
    for name in names:
        if name != UNIT and name not in known:
            return Refusal(
                f"The register of pay links says that this pay was assigned by {name!r}, and the registers "
                "do not say which unit belongs to which.",
                "Add that column to the register of units, or correct what the register of links says.",
            )
    return min(names, key=lambda name: _groups(name, units, known), default="")


def _placed(name: str, units: tuple[str, ...], known: Groupings) -> Ints:
    """Return the group of each unit as a number; units of no known group stand for themselves.

    Without a name for its region a unit cannot be told from those of the same region. Yet a manager is known
    for few units besides the linked ones, and whoever is not named has a unit of his own.
    """
    labels = known.get(name, {})
    singly = name in {UNIT, MANAGER}
    texts = [labels.get(unit, f"unit {unit}" if singly else "") for unit in units]
    return np.unique(texts, return_inverse=True)[1].astype(np.int64)


def _groups(name: str, units: tuple[str, ...], known: Groupings) -> int:
    return int(_placed(name, units, known).max(initial=-1)) + 1


def _level(
    name: str,
    source: AssignmentSource,
    dates: Ints,
    units: tuple[str, ...],
    known: Groupings,
    *,
    months: int,
    declared: str = "",
) -> AssignedBy | Refusal:
    cluster = _placed(name, units, known)
    groups = _groups(name, units, known)
    ever = dates < months
    share = np.bincount(cluster, weights=ever) / np.maximum(np.bincount(cluster), 1)
    linked = share >= 0.5 if name != UNIT else share > 0
    exact = bool(np.isin(share, (0.0, 1.0)).all())
    level = AssignedBy(name, source, cluster, groups, int(linked.sum()), exact, declared)
    if groups < 2:
        return Refusal(
            f"Pay was assigned by {level.noun}, and all units belong to one: no other is there to compare "
            "with.",
            "Wait until units elsewhere can be compared with, or link single units by lot.",
        )
    return level
