"""Acknowledgements and rewards: owed to everybody, whatever the score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from company.clock import DAY
from company.faults import assign, boundary_rows, settled_before
from company.scenario import Scenario
from company.streams import stream
from company.surveys import Surveys

_ACK_FAULTS = ("late_acknowledgement", "missing_acknowledgement", "incomplete_acknowledgement")


@dataclass(frozen=True, slots=True)
class Courtesies:
    """Acknowledgements and rewards, instants in UTC seconds; `duties` is their truth."""

    acknowledgements: pd.DataFrame
    rewards: pd.DataFrame
    duties: pd.DataFrame


def courtesies(scenario: Scenario, drawn: Surveys, rng: np.random.Generator) -> Courtesies:
    """Draw what every respondent gets; `rng` is not advanced."""
    acknowledgements, duties = _acknowledgements(scenario, drawn, stream(rng, "acknowledgements"))
    return Courtesies(acknowledgements, _rewards(scenario, drawn, stream(rng, "rewards")), duties)


def _acknowledgements(
    scenario: Scenario, drawn: Surveys, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    responses, duties = drawn.responses, scenario.duties
    open_for_faults = responses["in_period"].to_numpy() & settled_before(scenario, responses, days=14)
    boundary = boundary_rows(open_for_faults, 3 * duties.boundary_cases, rng)
    rates = {name: float(getattr(duties, name)) for name in _ACK_FAULTS}
    case = assign(rates, open_for_faults & ~boundary, rng)
    limit, n = duties.acknowledge_seconds, len(responses)
    delay = rng.integers(max(1, limit // 20), max(2, limit * 2 // 3), n)
    delay = np.where(case == "late_acknowledgement", limit * 6 + rng.integers(0, 2 * DAY, n), delay)
    edge = np.resize([-1, 0, 1], int(boundary.sum()))
    delay[boundary] = limit + edge
    case[boundary] = np.array(["just_before", "on", "just_after"], dtype=object)[edge + 1]
    status = pd.Series(case).map(_ACK_STATUS).to_numpy()
    truth = _truth(responses, case, status)
    sent = pd.DataFrame(
        {
            "response_id": responses["response_id"],
            "sent": responses["submitted"] + delay,
            "states_why": (case != "incomplete_acknowledgement") | (rng.random(n) < 0.5),
            "states_next": case != "incomplete_acknowledgement",
        }
    )[case != "missing_acknowledgement"].reset_index(drop=True)
    sent.insert(0, "acknowledgement_id", [f"K{index + 1:06d}" for index in range(len(sent))])
    return sent, truth[responses["in_period"].to_numpy()]


_ACK_STATUS = {
    "": "met",
    "just_before": "met",
    "on": "met",
    "just_after": "late",
    "late_acknowledgement": "late",
    "missing_acknowledgement": "missing",
    "incomplete_acknowledgement": "missing",
}


def _truth(responses: pd.DataFrame, case: np.ndarray, status: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "response_id": responses["response_id"],
            "duty": "acknowledgement",
            "status": status,
            "case": case,
        }
    )


def _rewards(scenario: Scenario, drawn: Surveys, rng: np.random.Generator) -> pd.DataFrame:
    """Return rewards that do not depend on the score: nearly every named respondent gets one."""
    responses = drawn.responses
    granted = responses["submitted"].to_numpy() + rng.integers(3_600, 3 * DAY, len(responses))
    named = ~responses["anonymous"].to_numpy() & (rng.random(len(responses)) < 0.96)
    rows = np.flatnonzero(named & (granted < int(scenario.as_of.timestamp())))
    kind = rng.choice(["voucher", "donation", "prize_draw"], len(rows), p=[0.6, 0.25, 0.15])
    return pd.DataFrame(
        {
            "reward_id": [f"W{index + 1:06d}" for index in range(len(rows))],
            "response_id": responses["response_id"].to_numpy()[rows],
            "granted": granted[rows],
            "reward_kind": kind,
            "amount": np.select([kind == "voucher", kind == "donation"], [5.0, 2.5], 0.0),
        }
    )
