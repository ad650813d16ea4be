"""Complaints, what happened to each, and the fixes of recurring causes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from company.clock import DAY, Ints, clear_of_changes, day_number, to_utc
from company.people import People
from company.places import CAUSES, CHANNELS, HELP_DESK, TRANSACTION_TYPES
from company.scenario import Scenario
from company.streams import stream
from company.world import Floats, World

_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Complaints:
    """Complaints, their events (instants in UTC seconds) and fixes."""

    complaints: pd.DataFrame
    events: pd.DataFrame
    fixes: pd.DataFrame


def complaints(scenario: Scenario, world: World, people: People, rng: np.random.Generator) -> Complaints:
    """Draw complaints: more where satisfaction is low, fewer of a cause once it is truly fixed."""
    received = _received(scenario, world, people, stream(rng, "complaints"))
    events = _events(scenario, world, received, people, stream(rng, "complaint events"))
    return Complaints(received.drop(columns="unit"), events, _fixes(scenario, people))


def _rates(scenario: Scenario, world: World) -> Floats:
    """Return expected complaints; shape (units, months, causes)."""
    mood = np.exp(-1.2 * (world.path - scenario.scores.level))
    level = scenario.volume.complaints_per_month * world.size[:, None] * mood
    rates = level[:, :, None] * np.array(list(CAUSES.values()))
    causes = list(CAUSES)
    for fix in scenario.fixes:
        rates[:, scenario.month_index(fix.implemented_on) :, causes.index(fix.cause_code)] *= fix.rate_ratio
    return np.asarray(rates)


def _received(scenario: Scenario, world: World, people: People, rng: np.random.Generator) -> pd.DataFrame:
    counts = rng.poisson(_rates(scenario, world))
    unit, month, cause = (
        np.repeat(index.ravel(), counts.ravel()) for index in np.indices(counts.shape, dtype=np.int64)
    )
    n = len(unit)
    start = np.array([day_number(scenario.month(index)) for index in range(scenario.months)])
    local = (start[month] + rng.integers(0, 28, n)) * DAY + rng.integers(7 * _HOUR, 20 * _HOUR, n)
    low, high = people.customers_of[unit, 0], people.customers_of[unit, 1]
    customer = people.customers.iloc[low + (rng.random(n) * (high - low)).astype(np.int64)]
    frame = pd.DataFrame(
        {
            "unit": unit,
            "unit_id": np.array(world.unit_ids)[unit],
            "customer_id": customer["customer_id"].to_numpy(),
            "account_id": customer["account_id"].to_numpy(),
            "channel": rng.choice(list(CHANNELS), n, p=[share for share, _ in CHANNELS.values()]),
            "transaction_type": rng.choice(list(TRANSACTION_TYPES), n, p=list(TRANSACTION_TYPES.values())),
            "received": clear_of_changes(to_utc(local, world.zones[unit]), np.full(n, HELP_DESK)),
            "severity": rng.choice(["critical", "high", "normal", "low"], n, p=[0.04, 0.16, 0.55, 0.25]),
            "cause_code": np.array(list(CAUSES))[cause],
        }
    ).sort_values(["received", "unit", "customer_id"], kind="stable", ignore_index=True)
    frame.insert(0, "complaint_id", [f"X{index + 1:05d}" for index in range(n)])
    return frame


def _events(
    scenario: Scenario, world: World, received: pd.DataFrame, people: People, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the life of each complaint as states entered, up to the instant the audit looks."""
    n = len(received)
    start = received["received"].to_numpy()
    opened = start + rng.integers(600, 10 * _HOUR, n)
    begun = opened + rng.integers(_HOUR, 30 * _HOUR, n)
    waits = rng.random(n) < 0.3
    waiting = begun + rng.integers(_HOUR, 20 * _HOUR, n)
    resumed = waiting + rng.integers(6 * _HOUR, 6 * DAY, n)
    solved = np.where(waits, resumed, begun) + (rng.gamma(1.6, 1.8, n) * DAY).astype(np.int64) + _HOUR
    again = rng.random(n) < 0.07
    reopened = solved + rng.integers(6 * _HOUR, 4 * DAY, n)
    resolved_again = reopened + rng.integers(DAY, 9 * DAY, n)
    last = np.where(again, resolved_again, solved)
    accepted = rng.random(n) < 0.62
    everyone = np.ones(n, dtype=bool)
    steps: tuple[tuple[str, Ints, npt.NDArray[np.bool_], bool], ...] = (
        ("acknowledged", opened, everyone, True),
        ("in_progress", begun, everyone, True),
        ("waiting_customer", waiting, waits, True),
        ("in_progress", resumed, waits, True),
        ("resolved", solved, everyone, True),
        ("reopened", reopened, again, False),
        ("resolved", resolved_again, again, True),
        ("accepted", last + rng.integers(_HOUR, 3 * DAY, n), accepted, False),
        ("closed", last + 5 * DAY, everyone, False),
    )
    person = _handlers(received, people, rng)
    frame = pd.concat(
        [
            pd.DataFrame(
                {
                    "complaint_id": received["complaint_id"],
                    "occurred": instant,
                    "state": state,
                    "person_id": person if by_person else None,
                }
            )[mask]
            for state, instant, mask, by_person in steps
        ]
    )
    frame = frame[frame["occurred"] < int(scenario.as_of.timestamp())]
    frame = frame.sort_values(["occurred", "complaint_id"], kind="stable", ignore_index=True)
    frame.insert(0, "event_id", [f"E{index + 1:06d}" for index in range(len(frame))])
    return frame


def _handlers(received: pd.DataFrame, people: People, rng: np.random.Generator) -> npt.NDArray[Any]:
    staff = people.employees[people.employees["role"] == "staff"]
    by_unit = {unit: group.to_numpy() for unit, group in staff.groupby("unit_id")["person_id"]}
    draw = rng.random(len(received))
    pairs = zip(received["unit_id"], draw, strict=True)
    return np.array([by_unit[unit][int(u * len(by_unit[unit]))] for unit, u in pairs], dtype=object)


def _fixes(scenario: Scenario, people: People) -> pd.DataFrame:
    owners = people.employees.loc[people.employees["role"] == "senior_management", "person_id"].to_numpy()
    return pd.DataFrame(
        {
            "fix_id": [f"Y{index + 1:02d}" for index in range(len(scenario.fixes))],
            "cause_code": [fix.cause_code for fix in scenario.fixes],
            "unit_id": [None] * len(scenario.fixes),
            "owner_id": [owners[index % len(owners)] for index in range(len(scenario.fixes))],
            "action_type": [fix.action_type for fix in scenario.fixes],
            "implemented_on": [day_number(fix.implemented_on) for fix in scenario.fixes],
        }
    )
