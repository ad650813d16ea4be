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

from auditlib.contracts.pay import assignment_level
from auditlib.integrity.groups import Group, MonthGrid
from auditlib.statistics.changes import Flags, Ints
from auditlib.time.epoch import day_number

if TYPE_CHECKING:
    from auditlib.contracts import CanonicalTables

Names = npt.NDArray[np.str_]
WORDS: Mapping[str, tuple[str, str]] = {
    "region": ("region", "regions"),
    "unit_type": ("type of unit", "types of units"),
    "country": ("country", "countries"),
    "manager": ("manager", "managers"),
}
"""What links may have been assigned by, in the order it is looked for, with its words."""
_WITHIN = ("region",)
"""What units are compared within, where links do not coincide with it."""


@dataclass(frozen=True, eq=False)
class DealtBy:
    """How the links of one group were assigned.

    Parameters
    ----------
    by
        ``"unit"``, or what of `WORDS` the links coincide with.
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
        return WORDS.get(self.by, ("unit", "units"))


def places_of(tables: CanonicalTables, calendar: MonthGrid) -> Mapping[str, Names]:
    """Return what each unit of the audit belongs to, as far as the registers say."""
    import pandas as pd

    units = tables.frame("units").drop_duplicates("unit_id").set_index("unit_id").reindex(calendar.units)
    places = {name: units[name] for name in WORDS if name in units.columns}
    if "employees" in tables.tables:
        employees = tables.frame("employees", columns=["unit_id", "person_id", "role"])
        of_unit = employees[employees["role"] == "manager"].drop_duplicates("unit_id")
        places["manager"] = of_unit.set_index("unit_id")["person_id"].reindex(calendar.units)
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
        What each unit of the audit belongs to, under the names of `WORDS`; empty where not known.
    declared
        What the register says links were assigned by; where it says nothing, links that coincide with whole
        regions, types, countries or managers are taken to be assigned by them.
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
    """Return what the links coincide with: each of its values is linked wholly or not at all."""
    for name in WORDS:
        if name not in places or not _groups(places[name][chosen]):
            continue
        numbers = _numbers(places[name])
        linked = {int(place) for place in numbers[group.linked]}
        whole = not linked & {int(place) for place in numbers[group.comparison]}
        if whole and len(linked) < int(group.linked.sum()):
            return name
    return "unit"


def _groups(values: Names) -> bool:
    """Return whether values group units: at least two values, each of two units on average."""
    distinct = len(np.unique(values))
    return 2 <= distinct <= len(values) / 2


def _numbers(values: Names) -> Ints:
    return np.asarray(np.unique(values, return_inverse=True)[1], dtype=np.int64)


def _mixed(block: Ints, group: Group) -> Flags:
    return np.isin(block, np.intersect1d(block[group.linked], block[group.comparison]))
