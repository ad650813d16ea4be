"""Accounts, customers, employees and the responsibility matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from company.clock import day_number
from company.places import REVIEW, SEGMENTS, TRANSACTION_TYPES
from company.scenario import Scenario
from company.streams import stream
from company.world import World

_GIVEN = (
    *("Anna", "Björn", "Carmen", "Dieter", "Élodie", "François", "Günther", "Heike", "Ines", "Jörg"),
    *("Kavita", "Liam", "Mei", "Niamh", "Oğuz", "Priya", "Rafael", "Søren", "Tomás", "Ursula"),
    *("Vikram", "Wei", "Yuki", "Zoë"),
)
_FAMILY = (
    *("Müller", "Schäfer", "O'Brien", "García", "Nguyen", "Rossi", "Weiß", "Tanaka", "Patel", "Schröder"),
    *("Lefèvre", "Smith", "Núñez", "Kowalski", "Jürgens", "Chen", "Fernández", "Murphy", "Öztürk"),
    *("Wagner", "Singh", "Larsen", "Peña", "Brown"),
)
FOREVER = day_number(pd.Timestamp("2999-12-31").date())


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a role: one person until `changed_day`, another from then on; -1 while vacant."""

    unit: int
    transaction_type: str
    role: str
    first: int
    second: int
    delegate: int
    changed_day: int = FOREVER
    vacant_from: int = FOREVER
    vacant_to: int = FOREVER

    def on(self, day: int) -> int:
        """Return the index of the person on a local day; -1 while the role is vacant."""
        if self.vacant_from <= day <= self.vacant_to:
            return -1
        return self.first if day < self.changed_day else self.second


@dataclass(frozen=True, slots=True)
class People:
    """The people of the company and what they answer for.

    Parameters
    ----------
    employees, accounts, customers, responsibilities
        Canonical tables.
    customers_of
        For each unit, the range of its rows in `customers`.
    tastes
        How far each customer is easier to please than others, whatever they are asked about; standard normal.
    holders
        The matrix by (unit, transaction type, role); type is empty for the client manager and senior
        management.
    strangers
        For each unit, a manager of another unit: present by mistake in wrongly attended contacts.
    """

    employees: pd.DataFrame
    accounts: pd.DataFrame
    customers: pd.DataFrame
    responsibilities: pd.DataFrame
    customers_of: npt.NDArray[np.int64]
    tastes: npt.NDArray[np.float64]
    holders: dict[tuple[int, str, str], Holder]
    strangers: tuple[int, ...]


def people(scenario: Scenario, world: World, rng: np.random.Generator) -> People:
    """Draw the people of `scenario`; `rng` is not advanced."""
    employees, posts = _employees(scenario, world, stream(rng, "employees"))
    holders = _holders(scenario, posts)
    accounts = _accounts(scenario, world, employees, posts, stream(rng, "accounts"))
    customers, ranges = _customers(scenario, world, accounts, stream(rng, "customers"))
    return People(
        employees,
        accounts,
        customers,
        _matrix(scenario, world, employees, holders),
        ranges,
        stream(rng, "tastes").normal(0.0, 1.0, len(customers)),
        holders,
        tuple(posts[(unit + 1) % scenario.units]["service_manager"][0] for unit in range(scenario.units)),
    )


_POSTS = (("manager", 1), ("client_manager", 3), ("service_manager", 3), ("senior_management", 2))


def _employees(
    scenario: Scenario, world: World, rng: np.random.Generator
) -> tuple[pd.DataFrame, list[dict[str, list[int]]]]:
    """Return the employees and, per unit, the row numbers of those who hold a post."""
    rows: list[tuple[int, str]] = []
    posts: list[dict[str, list[int]]] = []
    for unit in range(scenario.units):
        staff = max(2, round(scenario.volume.staff_per_unit * float(world.size[unit]) ** 0.5))
        held: dict[str, list[int]] = {}
        for role, count in (*_POSTS, ("staff", staff)):
            held[role] = list(range(len(rows), len(rows) + count))
            rows += [(unit, role)] * count
        posts.append(held)
    units = np.array([unit for unit, _ in rows])
    started = day_number(scenario.start) - rng.integers(30, 2500, len(rows))
    left = np.full(len(rows), np.nan)
    leavers = (rng.random(len(rows)) < 0.06) & np.array([role == "staff" for _, role in rows])
    left[leavers] = day_number(scenario.start) + rng.integers(90, scenario.months * 30, int(leavers.sum()))
    given, family = rng.integers(0, len(_GIVEN), len(rows)), rng.integers(0, len(_FAMILY), len(rows))
    frame = pd.DataFrame(
        {
            "person_id": [f"P{index + 1:04d}" for index in range(len(rows))],
            "name": [f"{_GIVEN[g]} {_FAMILY[f]}" for g, f in zip(given, family, strict=True)],
            "role": [role for _, role in rows],
            "unit_id": np.array(world.unit_ids)[units],
            "started_on": started,
            "left_on": pd.array(left, dtype="Int64"),
        }
    )
    return frame, posts


def _holders(scenario: Scenario, posts: list[dict[str, list[int]]]) -> dict[tuple[int, str, str], Holder]:
    """Return the matrix: every fifth unit hands its client over half-way, one unit has a vacancy."""
    half = day_number(scenario.month(scenario.months // 2))
    vacant = vacancy(scenario)
    found: list[Holder] = []
    for unit, held in enumerate(posts):
        clients, services = held["client_manager"], held["service_manager"]
        empty = unit == vacant[0]
        changed = vacant[2] + 1 if empty else half if unit % 5 == 0 else FOREVER
        gap = vacant[1:] if empty else (FOREVER, FOREVER)
        found.append(Holder(unit, "", "client_manager", clients[0], clients[1], clients[2], changed, *gap))
        for index, kind in enumerate((*TRANSACTION_TYPES, REVIEW)):
            person = services[index % 2]
            found.append(Holder(unit, kind, "service_manager", person, person, services[2]))
        senior = held["senior_management"]
        found.append(Holder(unit, "", "senior_management", senior[0], senior[0], senior[1]))
    return {(entry.unit, entry.transaction_type, entry.role): entry for entry in found}


def vacancy(scenario: Scenario) -> tuple[int, int, int]:
    """Return the unit without a client manager, and its first and last vacant local day."""
    first = day_number(scenario.month(scenario.months * 2 // 3))
    return min(6, scenario.units - 1), first, first + 45


def _matrix(
    scenario: Scenario,
    world: World,
    employees: pd.DataFrame,
    holders: dict[tuple[int, str, str], Holder],
) -> pd.DataFrame:
    """Return the responsibility matrix as rows valid by dates; a vacancy is a row without a person."""
    since = day_number(scenario.start) - 365
    rows: list[tuple[int, str, str, int, int, int, int]] = []
    for entry in holders.values():
        key = (entry.unit, entry.transaction_type, entry.role)
        spans = [(entry.first, since, FOREVER)]
        if entry.changed_day != FOREVER:
            spans = [(entry.first, since, entry.changed_day - 1), (entry.second, entry.changed_day, FOREVER)]
        if entry.vacant_from != FOREVER:
            spans = [
                (entry.first, since, entry.vacant_from - 1),
                (-1, entry.vacant_from, entry.vacant_to),
                (entry.second, entry.vacant_to + 1, FOREVER),
            ]
        rows += [(*key, who, entry.delegate if who >= 0 else -1, start, end) for who, start, end in spans]
    ids = np.array([*employees["person_id"], None], dtype=object)
    return pd.DataFrame(
        {
            "responsibility_id": [f"M{index + 1:04d}" for index in range(len(rows))],
            "unit_id": [world.unit_ids[row[0]] for row in rows],
            "transaction_type": [row[1] or None for row in rows],
            "role": [row[2] for row in rows],
            "person_id": [ids[row[3]] for row in rows],
            "delegate_id": [ids[row[4]] for row in rows],
            "valid_from": [row[5] for row in rows],
            "valid_to": pd.array([None if row[6] == FOREVER else row[6] for row in rows], dtype="Int64"),
        }
    )


def _accounts(
    scenario: Scenario,
    world: World,
    employees: pd.DataFrame,
    posts: list[dict[str, list[int]]],
    rng: np.random.Generator,
) -> pd.DataFrame:
    counts = np.maximum(3, np.round(scenario.volume.accounts_per_unit * world.size**0.7)).astype(int)
    units = np.repeat(np.arange(scenario.units), counts)
    tier = rng.choice(["gold", "silver", "bronze"], len(units), p=[0.15, 0.35, 0.5])
    manager = [posts[unit]["client_manager"][index % 2] for index, unit in enumerate(units)]
    words = rng.choice(["Nordlicht", "Brücke", "Atlas", "Señal", "Harbour", "Kranich", "Lumière"], len(units))
    form = rng.choice(["AG", "GmbH", "Ltd", "SA", "Inc", "Pty"], len(units))
    return pd.DataFrame(
        {
            "account_id": [f"A{index + 1:04d}" for index in range(len(units))],
            "name": [f"{w} {i + 1} {f}" for i, (w, f) in enumerate(zip(words, form, strict=True))],
            "unit_id": np.array(world.unit_ids)[units],
            "tier": tier,
            "key_account": (tier == "gold") & (rng.random(len(units)) < 0.8),
            "manager_id": employees["person_id"].to_numpy()[manager],
        }
    )


def _customers(
    scenario: Scenario, world: World, accounts: pd.DataFrame, rng: np.random.Generator
) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
    counts = np.maximum(5, np.round(scenario.volume.customers_per_unit * world.size)).astype(int)
    ends = np.cumsum(counts)
    ranges = np.stack([ends - counts, ends], axis=1)
    account: list[Any] = []
    segment: list[Any] = []
    shares = [share for share, _ in SEGMENTS.values()]
    for unit, count in enumerate(counts):
        own = np.flatnonzero(accounts["unit_id"].to_numpy() == world.unit_ids[unit])
        kinds = rng.choice(list(SEGMENTS), len(own), p=shares)
        picks = rng.integers(0, len(own), count)
        account += list(accounts["account_id"].to_numpy()[own[picks]])
        segment += list(kinds[picks])
    frame = pd.DataFrame(
        {
            "customer_id": [f"C{index + 1:06d}" for index in range(int(ends[-1]))],
            "account_id": account,
            "unit_id": np.repeat(np.array(world.unit_ids), counts),
            "segment": segment,
        }
    )
    return frame, ranges.astype(np.int64)
