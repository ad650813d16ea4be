"""Formal reports after contacts, their actions, and the truth about that duty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from company.clock import DAY, day_number, to_utc
from company.contacts import contact_status
from company.people import People
from company.scenario import Scenario
from company.streams import stream

VARIANTS = (
    "no_report",
    "no_due_date",
    "no_actions",
    "action_without_owner",
    "action_without_due_date",
    "not_presented",
    "presented_late",
    "last_second",
    "first_second_after",
)
"""What goes wrong with a report; the last two stand on either side of the end of the due day."""
_STATUS = {"presented_late": "late", "first_second_after": "late", "last_second": "met"}
_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class FormalReports:
    """Reports and actions; instants in UTC seconds. `status` and `case` are in order of the cases."""

    reports: pd.DataFrame
    actions: pd.DataFrame
    status: npt.NDArray[Any]
    case: npt.NDArray[Any]


def formal_reports(
    scenario: Scenario, frame: pd.DataFrame, people: People, rng: np.random.Generator
) -> FormalReports:
    """Write the reports owed after the contacts of `frame` (see `follow_ups.cases`)."""
    contact = contact_status(frame)
    took_place = np.isin(contact, ("met", "late"))
    unreported = (frame["case"] == "unreported").to_numpy()
    variant = np.where(unreported, np.resize(np.array(VARIANTS, dtype=object), len(frame)), "")
    open_days = day_number(scenario.as_of.date()) - frame["day"].to_numpy()
    pending = took_place & (open_days < scenario.duties.report_days) & ~unreported
    reports = _reports(scenario, frame, variant, pending, stream(rng, "reports"))
    reports = reports[took_place & (variant != "no_report")].reset_index(drop=True)
    reports.insert(0, "report_id", [f"B{index + 1:06d}" for index in range(len(reports))])
    actions = _actions(scenario, reports, frame, people, variant=variant, rng=stream(rng, "actions"))
    done = np.where(unreported, pd.Series(variant).map(_STATUS).fillna("missing"), "met")
    done = np.where(pending, "pending", done)
    return FormalReports(reports.drop(columns="row"), actions, np.where(took_place, done, contact), variant)


def _reports(
    scenario: Scenario,
    frame: pd.DataFrame,
    variant: npt.NDArray[Any],
    pending: npt.NDArray[np.bool_],
    rng: np.random.Generator,
) -> pd.DataFrame:
    n, day, zone = len(frame), frame["day"].to_numpy(), frame["zone"].to_numpy()
    due = day + scenario.duties.report_days
    shown = (day + rng.integers(3, 7, n)) * DAY + rng.integers(10 * _HOUR, 16 * _HOUR, n)
    shown = np.where(variant == "presented_late", shown + 25 * DAY, shown)
    shown = np.where(variant == "last_second", (due + 1) * DAY - 1, shown)
    shown = np.where(variant == "first_second_after", (due + 1) * DAY + 1, shown)
    presented = to_utc(shown, zone)
    produced = presented - rng.integers(2 * _HOUR, 30 * _HOUR, n)
    produced = np.maximum(produced, frame["held"].to_numpy() + 600)
    unseen = pending | (variant == "not_presented")
    return pd.DataFrame(
        {
            "row": np.arange(n),
            "response_id": frame["response_id"],
            "due_on": pd.Series(due, dtype="Int64").where(variant != "no_due_date", None),
            "produced": pd.Series(produced, dtype="Int64").where(~pending, None),
            "presented": pd.Series(presented, dtype="Int64").where(~unseen, None),
        }
    )


def _actions(
    scenario: Scenario,
    reports: pd.DataFrame,
    frame: pd.DataFrame,
    people: People,
    *,
    variant: npt.NDArray[Any],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return one or two actions per report, owned by the service manager of that day."""
    rows = reports["row"].to_numpy()
    counts = np.where(variant[rows] == "no_actions", 0, rng.integers(1, 3, len(rows)))
    row = np.repeat(rows, counts)
    first = np.append(True, row[1:] != row[:-1]) if len(row) else np.zeros(0, dtype=bool)
    cases = frame[["unit", "transaction_type", "day"]].to_numpy()[row]
    owners = [people.holders[(unit, kind, "service_manager")].on(day) for unit, kind, day in cases]
    due = frame["day"].to_numpy()[row] + rng.integers(30, 61, len(row))
    done = due - rng.integers(-15, 25, len(row))
    unfinished = (done > day_number(scenario.as_of.date()) - 1) | (rng.random(len(row)) < 0.06)
    owner = pd.Series(people.employees["person_id"].to_numpy()[owners], dtype=object)
    return pd.DataFrame(
        {
            "action_id": [f"N{index + 1:06d}" for index in range(len(row))],
            "report_id": np.repeat(reports["report_id"].to_numpy(), counts),
            "owner_id": owner.where(~(first & (variant[row] == "action_without_owner")), None),
            "action_type": rng.choice(
                ["policy", "procedure", "system", "other"], len(row), p=[0.2, 0.5, 0.2, 0.1]
            ),
            "due_on": pd.Series(due, dtype="Int64").where(
                ~(first & (variant[row] == "action_without_due_date")), None
            ),
            "done_on": pd.Series(done, dtype="Int64").where(~unfinished, None),
        }
    )
