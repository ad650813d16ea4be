"""Whose pay is linked, where, from when to when, and how strongly: the register on the panel's months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.compensation.panel import Panel
from auditlib.statistics.adoption import Ints
from auditlib.statistics.types import Floats
from auditlib.time.epoch import day_number
from auditlib.time.months import at_ordinal, first_day, ordinal

Role = Literal["manager", "staff", "unit"]
ROLES: tuple[Role, ...] = ("manager", "staff")
"""Roles whose pay a standard asks to be linked."""
UNIT: Role = "unit"
"""Stands for the unit's own payment, as where a payer or a contract ties it to satisfaction."""
NOUNS: dict[str, str] = {"manager": "managers", "staff": "staff", UNIT: "units as a whole"}


@dataclass(frozen=True, slots=True, eq=False)
class RoleLinks:
    """Links of one role on a panel.

    Parameters
    ----------
    role
        ``manager``, ``staff`` or ``unit``.
    adopted
        Position of the first month that is linked throughout, by unit; the number of months and more
        where there is none.
    linked
        Months linked throughout; shape (units, months).
    touched
        Months from the first linked day on, part months and months after the end included.
    dose
        Share of variable pay tied to the score; shape (units, months).
    """

    role: Role
    adopted: Ints
    linked: NDArray[np.bool_]
    touched: NDArray[np.bool_]
    dose: Floats

    @property
    def units(self) -> int:
        """Units with a linked month in the panel."""
        return int(self.linked.any(axis=1).sum())


def linked_from(role: Role, adopted: Ints, *, months: int) -> RoleLinks:
    """Return links that begin in the months `adopted`, by unit, never end, and have the weight 1."""
    linked = np.arange(months)[None, :] >= adopted[:, None]
    return RoleLinks(role, adopted, linked, linked, linked.astype(np.float64))


def role_links(register: pd.DataFrame, panel: Panel, *, role: Role) -> RoleLinks:
    """Place the links of `role` on the months of `panel`; units outside the panel are left out.

    Parameters
    ----------
    register
        The canonical table ``pay_links``: role, unit_id, weight, starts_on, ends_on in days since 1970-01-01.
        A weight of 0 is no link.
    """
    row_of = {unit: position for position, unit in enumerate(panel.units)}
    first, last = _month_days(panel.months)
    dose = np.zeros((len(panel.units), len(panel.months)))
    touched = np.zeros(dose.shape, dtype=bool)
    for row in running(register, role=role).to_dict("records"):
        unit = row_of.get(str(row["unit_id"]))
        if unit is None:
            continue
        start, weight = float(row["starts_on"]), float(row["weight"])
        end = np.inf if pd.isna(row["ends_on"]) else float(row["ends_on"])
        touched[unit] |= last >= start
        dose[unit] += (first >= start) * (last <= end) * weight
    linked = dose > 0
    adopted = _first_of(linked, otherwise=len(panel.months))
    return RoleLinks(role, adopted, linked, touched, dose)


def of_period(register: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Return the entries that tie any pay and hold on some day from `first` to `last` (days since 1970)."""
    begun, over = register["starts_on"] <= last, (register["ends_on"] < first).fillna(value=False)
    entries: pd.DataFrame = register[(register["weight"] > 0) & begun & ~over.astype(bool)]
    return entries


def running(register: pd.DataFrame, *, role: str) -> pd.DataFrame:
    """Return the entries of `role` that tie any pay; an entry with weight 0 says that none is tied."""
    entries: pd.DataFrame = register[(register["role"] == role) & (register["weight"] > 0)]
    return entries


def roles_in(register: pd.DataFrame) -> tuple[Role, ...]:
    """Return the roles to be answered for: both that a standard asks for, unless only units are paid."""
    if running(register, role=UNIT).empty:
        return ROLES
    return (*(role for role in ROLES if not running(register, role=role).empty), UNIT)


def _month_days(months: tuple[int, ...]) -> tuple[Ints, Ints]:
    """Return first and last day of each month (year * 100 + month), in days since 1970-01-01."""
    after = [at_ordinal(ordinal(month) + 1) for month in months]
    first, beyond = (
        np.array([day_number(first_day(month)) for month in side], dtype=np.int64) for side in (months, after)
    )
    return first, beyond - 1


def _first_of(months: NDArray[np.bool_], *, otherwise: int) -> Ints:
    """Return the position of the first true month of each unit; a panel may have no month at all."""
    if not months.shape[1]:
        return np.full(len(months), otherwise, dtype=np.int64)
    return np.where(months.any(axis=1), months.argmax(axis=1), otherwise).astype(np.int64)


def before(links: RoleLinks, *, months: int) -> NDArray[np.bool_]:
    """Return the `months` before the first linked day of each unit; shape (units, months)."""
    start = _first_of(links.touched, otherwise=np.iinfo(np.int64).max // 2)
    position = np.arange(links.touched.shape[1])[None, :]
    return np.asarray((position < start[:, None]) & (position >= start[:, None] - months))
