"""From the event log of a help desk to cases: opened, resolved, closed, and when the clock stood still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditlib.calendars import Pauses, pauses
from auditlib.escalation.incident_policy import States

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a case: when, and the state after it."""

    at: int
    state: str


def resolved_one(events: Sequence[Event], *, states: States) -> int | None:
    """Return when a case was resolved: the last entry into a resolved state that nobody took back.

    Closing is nothing: a case that was never resolved, or was reopened and then closed, is not resolved.
    An unknown state is no state; what was true before it holds on.
    """
    resolved: int | None = None
    for event in events:
        if event.state in states.resolved:
            resolved = event.at if resolved is None else resolved
        elif event.state in (*states.working, *states.waiting_for_customer):
            resolved = None
    return resolved


def cases_of(log: pd.DataFrame, *, states: States) -> pd.DataFrame:
    """Return one row per case, in order of its number.

    Parameters
    ----------
    log
        Events with ``case_id, state, priority, sla_met, opened_at, updated_at, resolved_at, closed_at,
        source_line``. The last event of a case says what is known of it.

    Returns
    -------
    DataFrame
        ``case_id, priority, flag, opened_at, field_resolved_at`` (as the system wrote it),
        ``closed_at, done_at`` (resolved, re-performed), ``last_state, events, source_line``.
    """
    events = ordered(log)
    grouped = events.groupby("case_id", sort=True)
    last = grouped.tail(1).set_index("case_id").sort_index()
    return last.assign(
        flag=last["sla_met"].astype("boolean"),
        done_at=_resolutions(events, states=states),
        events=grouped.size(),
        last_state=last["state"],
        field_resolved_at=last["resolved_at"],
    )[
        [
            "priority",
            "flag",
            "opened_at",
            "field_resolved_at",
            "closed_at",
            "done_at",
            "last_state",
            "events",
            "source_line",
        ]
    ].reset_index()


def ordered(log: pd.DataFrame) -> pd.DataFrame:
    """Return the events of each case in order of time; what happened in one minute stays as logged."""
    return log.sort_values(["case_id", "updated_at", "source_line"], kind="stable", ignore_index=True)


def _resolutions(events: pd.DataFrame, *, states: States) -> pd.Series:
    """Return by case when it was resolved; the vectorised form of `resolved_one`."""
    moves = events[events["state"].isin((*states.working, *states.stopped))]
    resolved = moves["state"].isin(states.resolved)
    before = resolved.groupby(moves["case_id"]).shift(fill_value=False)
    entries = moves[resolved & ~before]
    entered = entries.groupby("case_id")["updated_at"].last()
    ends_resolved = resolved.groupby(moves["case_id"]).last()
    return entered[ends_resolved.reindex(entered.index)].astype("Int64")


def pauses_of(log: pd.DataFrame, cases: pd.DataFrame, *, states: States) -> Pauses:
    """Return the intervals in which a case's clock stood still: from an event in such a state to the next."""
    events = ordered(log)
    events = events[events["state"].isin(states.known)]
    following = events.groupby("case_id")["updated_at"].shift(-1)
    stopped = events["state"].isin(states.stopped) & following.notna()
    position = {case: row for row, case in enumerate(cases["case_id"])}
    chosen = events[stopped]
    return pauses(
        chosen["case_id"].map(position).to_numpy(np.int64),
        chosen["updated_at"].to_numpy(np.int64),
        following[stopped].to_numpy(np.int64),
    )
