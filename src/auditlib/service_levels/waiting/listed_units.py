"""Units too few to be compared: the share of each by itself, with its interval and without a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import to_pandas
from auditlib.records import Basis, Held, Interval, Number, Sentence
from auditlib.service_levels.unit_names import unit_name
from auditlib.service_levels.waiting.timed import CONTACTS
from auditlib.service_levels.waiting.unit_shares import UnitShare
from auditlib.standards.observed import IN_PERIOD
from auditlib.statements import Facts, say
from auditlib.statistics.clustered_share import ClusteredShare, pooled_share
from auditlib.statistics.standing_out import FEWEST_UNITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

METHOD = "Wilson, days as clusters"
_PERSON = "person_id"


@dataclass(frozen=True, slots=True)
class ListedUnit:
    """The share of a unit by itself, its days as clusters."""

    unit_id: str
    share: ClusteredShare
    level: float

    @property
    def interval(self) -> Interval:
        """The limits of its share, its days as clusters."""
        return Interval(*self.share.limits(level=self.level), self.level, METHOD)


@dataclass(frozen=True, slots=True)
class ListedUnits:
    """Units on a share on which they are too few to be compared.

    Parameters
    ----------
    units
        In the order of their ids, those that are held back left out.
    small
        Units with too few contacts to be shown.
    of_one_person
        Units whose contacts a single person answered: their share would be that person's.
    """

    share: UnitShare
    units: tuple[ListedUnit, ...]
    small: int
    of_one_person: int

    def number_key(self, unit: ListedUnit) -> str:
        """Return what the share of a unit is called."""
        return f"share:{unit.unit_id}:{self.share.key}"

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it without the units whose share is held back, and how many these are."""
        shown = tuple(unit for unit in self.units if not held(self.number_key(unit), int(unit.share.cases)))
        return (replace(self, units=shown) if shown else None), len(self.units) - len(shown)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each unit: contacts, and its share with its limits."""
        rows = [
            {
                "unit_id": unit.unit_id,
                "contacts": int(unit.share.cases),
                "share": unit.share.value,
                "low": unit.interval.low,
                "high": unit.interval.high,
            }
            for unit in self.units
        ]
        return pd.DataFrame(rows)


def listed_units(
    tables: CanonicalTables, share: UnitShare, days: pd.DataFrame, *, level: float, minimum_n: int
) -> ListedUnits | None:
    """Return the share of each unit by itself; None where units can be compared, or there is but one.

    Parameters
    ----------
    days
        See `unit_shares.by_unit_and_day`.
    level
        Coverage of the intervals.
    minimum_n
        Contacts a unit needs to be shown.
    """
    filled = days[days["cases"] > 0]
    whole = filled.groupby("unit_id")["cases"].sum()
    personal = _of_one_person(tables, share)
    small = {str(unit) for unit in whole.index[whole < minimum_n]}
    units = tuple(
        _listed(str(unit), rows, level=level)
        for unit, rows in filled.groupby("unit_id", sort=True)
        if str(unit) not in small | personal
    )
    if not units or len(whole) < 2 or len(whole) - len(small) >= FEWEST_UNITS:
        return None
    return ListedUnits(share, units, len(small), len(personal - small))


def _listed(unit: str, days: pd.DataFrame, *, level: float) -> ListedUnit:
    meeting, cases = (days[name].to_numpy(np.float64) for name in ("meeting", "cases"))
    stratum: NDArray[np.int64] = np.zeros(len(days), np.int64)
    return ListedUnit(unit, pooled_share(meeting, cases, stratum), level)


def _of_one_person(tables: CanonicalTables, share: UnitShare) -> set[str]:
    """Return the units whose contacts a single person answered, as far as contacts name who did."""
    import narwhals as nw

    if share.table != CONTACTS:
        return set()
    contacts = tables.lazy(CONTACTS)
    if _PERSON not in contacts.collect_schema().names():
        return set()
    ours = contacts.filter(nw.col("in_period"), nw.col("channel") == share.channel)
    named = ours.filter(~nw.col(_PERSON).is_null()).select("unit_id", _PERSON).unique()
    people = to_pandas(named.group_by("unit_id").agg(people=nw.len()))
    return set(people.loc[people["people"] == 1, "unit_id"].astype(str))


def facts(part: ListedUnits) -> Iterator[Number]:
    """Yield the share of each unit, and how many are not shown."""
    key, where = part.share.key, (*IN_PERIOD, ("channel", part.share.channel))
    for name in ("small", "of_one_person"):
        yield Number(f"{name}:{key}", getattr(part, name), "units", basis=(Basis(part.share.table, where),))
    for unit in part.units:
        basis = (Basis(part.share.table, (*where, ("unit_id", unit.unit_id))),)
        n = int(unit.share.cases)
        yield Number(part.number_key(unit), unit.share.value, "share", n, unit.interval, basis)


def by_themselves(part: ListedUnits, measured: Sentence, facts: Facts) -> Sentence:
    """Say the share of each unit by itself."""
    told = [
        Sentence(f"{unit_name(unit.unit_id)} has {share.text}", share.keys)
        for unit in part.units
        for key in (part.number_key(unit),)
        for share in (say(f"{{{key}}} ({{{key}[low]}} to {{{key}[high]}})", facts),)
    ]
    return say("{measured}, each unit by itself: {told}.", facts, measured=measured, told=told)


def limits(part: ListedUnits, measured: Sentence, facts: Facts) -> Iterator[Sentence]:
    """Yield how many units are not shown, and why."""
    about = facts.about(part.share.key)
    if part.small:
        yield say(
            "{measured}: {small|unit has|units have} fewer than {contacts_needed} contacts and "
            "{small~is|are} not shown.",
            about,
            measured=measured,
        )
    if part.of_one_person:
        yield say(
            "{measured}: of {of_one_person|unit|units} a single person answered the contacts; "
            "{of_one_person~its share is|their shares are} not shown.",
            about,
            measured=measured,
        )
