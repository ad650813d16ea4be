"""Contacts after low scores: whether and when they take place."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from company.clock import DAY, Bools, Ints, OpeningHours, day_number, to_local, to_utc
from company.faults import assign, boundary_rows, settled_before
from company.people import vacancy
from company.scenario import Duties, Scenario
from company.streams import stream
from company.surveys import Surveys
from company.world import World

CONTACT_FAULTS = ("late_contact", "missing_contact", "wrong_party", "undocumented", "unreported", "declined")
DECLINED = ("declined", "declined_just_before", "declined_on", "declined_just_after")
NO_CONTACT = ("missing_contact", "pending", *DECLINED)
_EDGES = {"just_before": -1, "on": 0, "just_after": 1}
_MINUTE = 60


def cases(scenario: Scenario, world: World, drawn: Surveys, rng: np.random.Generator) -> pd.DataFrame:
    """Decide for each dissatisfied, named respondent of the period whether and when the contact is.

    Returns
    -------
    DataFrame
        One row per response owed a follow-up: response_id, unit (index), transaction_type, submitted
        (UTC seconds), lowest (on 1 to 5), zone, executive (flag), due (UTC seconds), case (planted fault
        or boundary, empty where all goes well), held (UTC seconds; of the refusal where the customer
        declines, -1 where nothing happens), day (local day of `held`), detail (0 to 11, for variants).
    """
    rng = stream(rng, "cases")
    rows = drawn.responses
    rows = rows[(rows["lowest"] < 4) & rows["in_period"] & ~rows["anonymous"]].reset_index(drop=True)
    frame = rows[["response_id", "unit", "transaction_type", "submitted", "lowest"]].copy()
    frame["zone"] = world.zones[frame["unit"]]
    frame["executive"] = frame["lowest"] < 3
    hours = opening_hours(scenario.duties)
    local = to_local(frame["submitted"].to_numpy(), frame["zone"].to_numpy())
    limit = _limits(scenario.duties, frame)
    due = hours.after(local, limit)
    frame["due"] = to_utc(due, frame["zone"].to_numpy())
    frame["case"] = _planted(scenario, frame, local, due, rng)
    held = _held(scenario, frame, hours, local=local, limit=limit, due=due, rng=rng)
    nothing = frame["case"].isin(("missing_contact", "pending")).to_numpy()
    frame["day"] = np.where(nothing, -1, held // DAY)
    frame["held"] = np.where(nothing, -1, to_utc(held, frame["zone"].to_numpy()))
    frame["detail"] = rng.integers(0, 12, len(frame))
    return frame


def opening_hours(duties: Duties) -> OpeningHours:
    """Return the business hours that contacts are owed in, local to the unit."""
    opens, closes = duties.opens, duties.closes
    return OpeningHours(opens.hour * 3600 + opens.minute * 60, closes.hour * 3600 + closes.minute * 60)


def _limits(duties: Duties, frame: pd.DataFrame) -> Ints:
    hours = np.where(frame["executive"], duties.executive_hours, duties.service_hours)
    return np.asarray(np.round(hours * 3600).astype(np.int64))


def _planted(
    scenario: Scenario, frame: pd.DataFrame, local: Ints, due: Ints, rng: np.random.Generator
) -> npt.NDArray[Any]:
    """Return the planted case of each response: a fault, a boundary, pending, or nothing."""
    duties = scenario.duties
    free = settled_before(scenario, frame, days=45) & (frame["unit"].to_numpy() != vacancy(scenario)[0])
    boundary = boundary_rows(free & _no_holiday_near(due // DAY), 6 * duties.boundary_cases, rng)
    case = assign({name: float(getattr(duties, name)) for name in CONTACT_FAULTS}, free & ~boundary, rng)
    labels = np.array([*_EDGES, *DECLINED[1:]], dtype=object)
    case[boundary] = np.resize(labels, int(boundary.sum()))
    case[(_days_left(scenario, local) == 1) & ~frame["executive"].to_numpy()] = "pending"
    return case


def _no_holiday_near(day: Ints) -> Bools:
    """Return which local days end a stretch without a public holiday in any country of the company.

    The last days of July are the one such stretch; boundary cases stand there, so that they are
    boundaries under any calendar of holidays.
    """
    dates = day.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    of_month = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    return np.asarray((months.astype(np.int64) % 12 == 6) & (of_month >= 26))


def _days_left(scenario: Scenario, local: Ints) -> Ints:
    """Return 1 on the last local day of the period, 2 on the day before."""
    return np.asarray(day_number(scenario.month(scenario.months)) - local // DAY)


def _held(
    scenario: Scenario,
    frame: pd.DataFrame,
    hours: OpeningHours,
    *,
    local: Ints,
    limit: Ints,
    due: Ints,
    rng: np.random.Generator,
) -> Ints:
    """Return the local second of each contact or refusal.

    Well in time, far too late, or within a second of the limit. In the last four days, contact follows
    within the hour and a half, so that it is in time under any calendar of holidays.
    """
    n, case = len(frame), frame["case"].to_numpy()
    spent = (10 * _MINUTE + rng.random(n) ** 1.5 * (0.6 * limit - 10 * _MINUTE)).astype(np.int64)
    held = hours.after(local, spent)
    late = due + 7 * DAY * rng.integers(2, 4, n) - rng.integers(0, 60, n) * _MINUTE
    held = np.where(case == "late_contact", _inside(hours, late), held)
    for label, shift in _EDGES.items():
        held = np.where((case == label) | (case == f"declined_{label}"), due + shift, held)
    soon = local + rng.integers(20 * _MINUTE, 90 * _MINUTE, n)
    return np.asarray(np.where(_days_left(scenario, local) <= 4, soon, held))


def _inside(hours: OpeningHours, local: Ints) -> Ints:
    second = np.clip(local % DAY, hours.opens + 60, hours.closes - 60)
    return np.asarray(local // DAY * DAY + second)
