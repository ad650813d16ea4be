"""Calls that customers were promised, the deviations written down for them, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from company.clock import DAY, Bools, Ints, Names, clear_of_changes, day_number, to_utc
from company.people import People
from company.places import TRANSACTION_TYPES
from company.scenario import Scenario
from company.streams import stream
from company.world import World

_HOUR, _MINUTE = 3_600, 60
COMPLEX = ("onsite_visit", "advice")
"""Types of transaction that take the time that they take."""
LISTED = ("customer_request", "third_party", "system_outage")
_PLANTED = {"late": 0.015, "missing": 0.01, "excused": 0.065, "back_dated": 0.015, "unlisted": 0.015}
"""Shares of calls in open hours; what is excused lies above the limit of the policy on purpose."""
_STATUS = {"": "met", "late": "late", "missing": "missing", "excused": "excused"}
_VERDICT = {
    "excused": "valid",
    "back_dated": "recorded too late",
    "unlisted": "reason not on the list",
    "rigid": "the rule allows no deviation",
}


@dataclass(frozen=True, slots=True)
class CallBacks:
    """Calls and deviations (instants in UTC seconds), and the truth of each.

    Parameters
    ----------
    calls, deviations
        Canonical tables.
    statuses
        call_back_id, duty, status, case (what was planted).
    verdicts
        deviation_id, verdict.
    """

    calls: pd.DataFrame
    deviations: pd.DataFrame
    statuses: pd.DataFrame
    verdicts: pd.DataFrame


def call_backs(scenario: Scenario, world: World, people: People, rng: np.random.Generator) -> CallBacks:
    """Draw promised calls; in time or far outside the limit, so that no holiday decides."""
    calls = _requested(scenario, world, people, stream(rng, "call-backs"))
    early = calls["requested"].to_numpy() < (day_number(scenario.as_of.date()) - 60) * DAY
    called = _with_outcome(calls, early, stream(rng, "calls made"))
    deviations = _deviations(called, people, stream(rng, "deviations"))
    columns = ["call_back_id", "unit_id", "customer_id", "transaction_type", "requested", "due", "called"]
    entries = deviations.drop(columns="verdict")
    statuses = called[["call_back_id", "duty", "status", "case"]]
    return CallBacks(called[columns], entries, statuses, deviations[["deviation_id", "verdict"]])


def _requested(scenario: Scenario, world: World, people: People, rng: np.random.Generator) -> pd.DataFrame:
    """Return calls asked for on weekdays in the morning, settled long before the audit."""
    counts = rng.poisson(
        scenario.volume.call_backs_per_month * world.size[:, None], (len(world.size), scenario.months)
    )
    unit, month = (np.repeat(index.ravel(), counts.ravel()) for index in np.indices(counts.shape))
    start = np.array([day_number(scenario.month(index)) for index in range(scenario.months)], dtype=np.int64)
    day = start[month] + rng.integers(0, 28, len(unit))
    day = day - np.maximum(0, (day + 3) % 7 - 4)  # a Saturday or Sunday becomes the Friday before
    settled = day < day_number(scenario.as_of.date()) - 10
    unit, day = unit[settled], day[settled]
    n = len(unit)
    local = day * DAY + rng.integers(9 * _HOUR + 30 * _MINUTE, 12 * _HOUR, n)
    low, high = people.customers_of[unit, 0], people.customers_of[unit, 1]
    customer = people.customers.iloc[low + (rng.random(n) * (high - low)).astype(np.int64)]
    zones: Names = world.zones[unit]
    kinds = list(TRANSACTION_TYPES)
    frame = pd.DataFrame(
        {
            "unit_id": np.array(world.unit_ids)[unit],
            "customer_id": customer["customer_id"].to_numpy(),
            "transaction_type": rng.choice(kinds, n, p=list(TRANSACTION_TYPES.values())),
            "requested": clear_of_changes(to_utc(local, zones), zones),
            "promised": rng.random(n) < 0.2,
        }
    ).sort_values(["requested", "unit_id", "customer_id"], kind="stable", ignore_index=True)
    frame.insert(0, "call_back_id", [f"B{index + 1:05d}" for index in range(n)])
    return frame


def _with_outcome(calls: pd.DataFrame, early: Bools, rng: np.random.Generator) -> pd.DataFrame:
    """Add ``due``, ``called``, ``duty``, ``status`` and ``case``; what is planted is settled by the audit."""
    n, requested = len(calls), calls["requested"].to_numpy()
    matter = calls["transaction_type"].isin(COMPLEX).to_numpy()
    promised = calls["promised"].to_numpy(bool) & ~matter
    duty = np.select([matter, promised], ["complex_call", "promised_call"], "call_back")
    draw = rng.random(n)
    bounds = np.cumsum(list(_PLANTED.values()))
    case = np.select([draw < bound for bound in bounds], list(_PLANTED), "").astype(object)
    case[matter | ~early] = ""
    case[promised & (draw >= 0.012)] = ""
    case[promised & early & (draw < 0.012)] = "rigid"
    due = requested + rng.integers(1, 6, n) * DAY + rng.integers(0, 4, n) * _HOUR
    soon: Ints = requested + rng.integers(20 * _MINUTE, 230 * _MINUTE, n)
    slow: Ints = requested + rng.integers(20, 30, n) * DAY + rng.integers(0, 5 * _HOUR, n)
    slow_complex: Ints = requested + rng.integers(DAY, 9 * DAY, n)
    kept: Ints = due - rng.integers(0, 50 * _MINUTE, n)
    called = np.select([matter, promised & (case == ""), case == ""], [slow_complex, kept, soon], slow)
    status = np.array([_STATUS.get(name, "late") for name in case], dtype=object)
    missing = case == "missing"
    return calls.assign(
        due=pd.Series(due, dtype="Int64").where(promised, None),
        called=pd.Series(called, dtype="Int64").where(~missing, None),
        duty=duty,
        status=status,
        case=case,
    )


def _deviations(calls: pd.DataFrame, people: People, rng: np.random.Generator) -> pd.DataFrame:
    """Return what was written down: at the time, long after, or for a reason that nobody agreed on."""
    own = calls[calls["case"].isin(list(_VERDICT))].reset_index(drop=True)
    n, case = len(own), own["case"].to_numpy()
    recorded = own["requested"].to_numpy() + rng.integers(_HOUR, 3 * _HOUR, n)
    recorded = np.where(case == "back_dated", own["called"].astype("Int64").fillna(0) + 2 * DAY, recorded)
    staff = people.employees[people.employees["role"] == "staff"]
    by_unit = staff.groupby("unit_id")["person_id"].first()
    return pd.DataFrame(
        {
            "deviation_id": [f"V{index + 1:04d}" for index in range(n)],
            "duty": own["duty"],
            "case_id": own["call_back_id"],
            "unit_id": own["unit_id"],
            "recorded": np.asarray(recorded, dtype=np.int64),
            "reason": np.where(case == "unlisted", "too_busy", rng.choice(list(LISTED), n)),
            "person_id": own["unit_id"].map(by_unit),
            "verdict": [_VERDICT[name] for name in case],
        }
    )
