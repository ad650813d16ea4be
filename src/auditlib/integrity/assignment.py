"""At what level pay was linked: unit by unit, or by whole regions, types, countries or managers.

What befalls a region befalls all its units. Units are therefore compared within their region; and where links
coincide with regions, regions are what was dealt, and as few as they are they are what is compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from auditlib.contracts.pay import GROUPINGS, LEVEL_NOUNS, assignment_level
from auditlib.integrity.groups import Group, MonthGrid
from auditlib.statistics.changes import Flags, Ints
from auditlib.statistics.coincidence import coarsest
from auditlib.time.epoch import day_number

if TYPE_CHECKING:
    from auditlib.contracts import CanonicalTables

Names = npt.NDArray[np.str_]
_WITHIN = ("region",)
"""What units are compared within, where links do not coincide with it."""


@dataclass(frozen=True, eq=False)
class DealtBy:
    """How the links of one group were assigned.

    Parameters
    ----------
    by
        ``"unit"``, or what the links coincide with; see `contracts.pay.GROUPINGS`.
    cluster
        Number of what was assigned that each unit of the audit belongs to; shape (units,).
    block
        Number of what units are compared within; shape (units,).
    compared
        Units that can tell anything: those of blocks with linked units and others.
    """

    by: str
    cluster: Ints
    block: Ints
    compared: Flags

    @property
    def words(self) -> tuple[str, str]:
        """What was assigned, one and several."""
        return LEVEL_NOUNS.get(self.by, LEVEL_NOUNS["unit"])


def places_of(tables: CanonicalTables, calendar: MonthGrid) -> Mapping[str, Names]:
    """Return what each unit of the audit belongs to, as far as the registers say."""
    import pandas as pd

    units = tables.frame("units").drop_duplicates("unit_id").set_index("unit_id").reindex(calendar.units)
    places = {name: units[name] for name in GROUPINGS if name in units.columns}
    if "employees" in tables.tables:
        employees = tables.frame("employees", columns=["unit_id", "person_id", "role"])
        of_unit = employees[employees["role"] == "manager"].drop_duplicates("unit_id")
        managers = of_unit.set_index("unit_id")["person_id"].reindex(calendar.units)
        if managers.notna().any():  # whoever is not named has a unit of his own
            places["manager"] = managers.where(managers.notna(), pd.Series(calendar.units, calendar.units))
    return {
        name: values.astype("string").fillna("").to_numpy(str)
        for name, values in places.items()
        if isinstance(values, pd.Series) and values.notna().any()
    }


def declared_of(group: Group, tables: CanonicalTables) -> str:
    """Return what the register says the links of `group` were assigned by; empty where it does not say."""
    register = tables.frame("pay_links")
    if "assigned_by" not in register.columns:
        return ""
    own = register[(register["role"] == group.role) & (register["starts_on"] == day_number(group.starts_on))]
    said = {assignment_level(str(name)) for name in own["assigned_by"].dropna()}
    return said.pop() if len(said) == 1 else ""


def assignment_of(
    group: Group, calendar: MonthGrid, places: Mapping[str, Names], *, declared: str = ""
) -> DealtBy:
    """Return at what level the links of `group` were assigned.

    Parameters
    ----------
    places
        What each unit of the audit belongs to, by the name of the grouping; empty where not known.
    declared
        What the register says links were assigned by; where it says nothing, links that coincide with whole
        regions, kinds, countries or managers are taken to be assigned by them (`statistics.coincidence`).
    """
    units = np.arange(len(calendar.units))
    chosen = group.linked | group.comparison
    by = declared if declared in (*places, "unit") else _coincides(group, chosen, places)
    if by != "unit":
        return DealtBy(by, _numbers(places[by]), np.zeros_like(units), chosen)
    for name in _WITHIN:
        if name in places and _groups(places[name][chosen]):
            block = _numbers(places[name])
            return DealtBy("unit", units, block, chosen & _mixed(block, group))
    return DealtBy("unit", units, np.zeros_like(units), chosen)


def _coincides(group: Group, chosen: Flags, places: Mapping[str, Names]) -> str:
    """Return what the links of a group coincide with, among the units it is compared with; else ``unit``."""
    if not chosen.any():
        return "unit"
    placed = {name: _numbers(places[name][chosen]) for name in GROUPINGS if name in places}
    dates = np.where(group.linked[chosen], 0, 1)
    return coarsest(placed, dates, never=1) or "unit"


def _groups(values: Names) -> bool:
    """Return whether values group units: at least two values, each of two units on average."""
    distinct = len(np.unique(values))
    return 2 <= distinct <= len(values) / 2


def _numbers(values: Names) -> Ints:
    return np.asarray(np.unique(values, return_inverse=True)[1], dtype=np.int64)


def _mixed(block: Ints, group: Group) -> Flags:
    return np.isin(block, np.intersect1d(block[group.linked], block[group.comparison]))
