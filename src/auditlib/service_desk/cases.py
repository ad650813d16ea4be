"""From the event log of a help desk to cases: opened, resolved, closed, and when the clock stood still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditlib.service_desk.log import OF_CASE
from auditlib.service_desk.policy import LogStates
from auditlib.time.pauses import Pauses, pauses

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a case: when, and the state after it."""

    at: int
    state: str


def resolved_one(events: Sequence[Event], *, states: LogStates) -> int | None:
    """Return when a case was resolved: the last entry into a resolved state that nobody took back.

    Closing is nothing: a case that was never resolved, or was reopened and then closed, is not resolved.
    An unknown state is no state; what was true before it holds on.
    """
    resolved: int | None = None
    for event in events:
        if event.state in states.resolved:
            resolved = event.at if resolved is None else resolved
        elif event.state in (*states.running, *states.waiting_for_customer):
            resolved = None
    return resolved


def cases_of(log: pd.DataFrame, *, states: LogStates) -> pd.DataFrame:
    """Return one row per case, in order of its number.

    Parameters
    ----------
    log
        Events with ``case_id, unit_id, state, priority, tier, sla_met, opened_at, updated_at, resolved_at,
        closed_at, source_file, source_line``, and the ends of these instants (``opened_until`` and so on)
        where some are known by their day alone. The last event of a case says what is known of it.

    Returns
    -------
    DataFrame
        ``case_id, unit_id, priority, tier, flag, opened_at, field_resolved_at`` (as the system wrote it),
        ``closed_at, done_at`` (resolved, re-performed), ``contacted_at, escalated_at``, ``unclear`` (not
        resolved as far as the listed states say, and it last entered one that is not listed),
        ``last_state, events, source_file, source_line``; and the ends of these instants (``done_until`` and
        so on), the same where the instant is known.
    """
    events = spanned(ordered(log))
    grouped = events.groupby("case_id", sort=True)
    last = grouped.tail(1).set_index("case_id").sort_index()
    done = _resolutions(events, states=states)
    own = {name: last[column] for name, column in OF_CASE.items() if column in last}
    return last.assign(
        **own,
        flag=last["sla_met"].astype("boolean"),
        done_at=done,
        done_until=_resolutions(events, states=states, when="updated_until"),
        contacted_at=_first(events, states.contacted),
        contacted_until=_first(events, states.contacted, when="updated_until"),
        escalated_at=_first(events, states.escalated),
        escalated_until=_first(events, states.escalated, when="updated_until"),
        unclear=_unlisted_at_last(events, states=states) & done.reindex(last.index).isna(),
        events=grouped.size(),
        last_state=last["state"],
        field_resolved_at=last["resolved_at"],
        field_resolved_until=last["resolved_until"],
    )[list(CASE_COLUMNS)].reset_index()


CASE_COLUMNS = (
    "unit_id",
    "priority",
    "tier",
    "flag",
    "opened_at",
    "opened_until",
    "field_resolved_at",
    "field_resolved_until",
    "closed_at",
    "closed_until",
    "done_at",
    "done_until",
    "contacted_at",
    "contacted_until",
    "escalated_at",
    "escalated_until",
    "unclear",
    "last_state",
    "events",
    "source_file",
    "source_line",
)


def spanned(log: pd.DataFrame) -> pd.DataFrame:
    """Return the log with the ends of its instants; the instants themselves where it has none."""
    ends = {f"{stem}_until": log[f"{stem}_at"] for stem in ("opened", "updated", "resolved", "closed")}
    return log.assign(**{name: at for name, at in ends.items() if name not in log})


def _first(events: pd.DataFrame, listed: tuple[str, ...], *, when: str = "updated_at") -> pd.Series:
    """Return by case when it first entered one of the states `listed`; empty where it never did."""
    entered = events[events["state"].isin(listed)].groupby("case_id")[when].min()
    return entered.reindex(sorted(events["case_id"].unique())).astype("Int64")


def _unlisted_at_last(events: pd.DataFrame, *, states: LogStates) -> pd.Series:
    """Return by case whether the state it last entered is not listed; closing is no state."""
    moves = events[~events["state"].isin(states.closed)]
    last = moves.groupby("case_id")["state"].last()
    strange = ~last.isin(states.listed)
    return strange.reindex(events["case_id"].unique(), fill_value=False).sort_index()


def ordered(log: pd.DataFrame) -> pd.DataFrame:
    """Return the events of each case in order of time; what happened in one minute stays as logged."""
    return log.sort_values(["case_id", "updated_at", "source_line"], kind="stable", ignore_index=True)


def _resolutions(events: pd.DataFrame, *, states: LogStates, when: str = "updated_at") -> pd.Series:
    """Return by case when it was resolved; the vectorised form of `resolved_one`."""
    moves = events[events["state"].isin((*states.running, *states.stopped))]
    resolved = moves["state"].isin(states.resolved)
    before = resolved.groupby(moves["case_id"]).shift(fill_value=False)
    entries = moves[resolved & ~before]
    entered = entries.groupby("case_id")[when].last()
    ends_resolved = resolved.groupby(moves["case_id"]).last()
    return entered[ends_resolved.reindex(entered.index)].astype("Int64")


def pauses_of(
    log: pd.DataFrame, cases: pd.DataFrame, *, states: LogStates, as_of: int, surely: bool = False
) -> Pauses:
    """Return the intervals in which a case's clock stood still: from an event in such a state to the next.

    Closing is nothing: it neither stops nor starts a clock. A case that still waits for its customer stands
    still up to `as_of`. Where days are known without times the intervals are as long as they may be; or
    `surely` no longer than they must.
    """
    chosen = stops_of(log, states=states)
    waits = chosen["resumed_at"].notna() | chosen["state"].isin(states.waiting_for_customer)
    chosen = chosen[waits]
    position = {case: row for row, case in enumerate(cases["case_id"])}
    begins, ends = ("updated_until", "resumed_at") if surely else ("updated_at", "resumed_until")
    return pauses(
        chosen["case_id"].map(position).to_numpy(np.int64),
        chosen[begins].to_numpy(np.int64),
        chosen[ends].fillna(as_of).to_numpy(np.int64),
    )


def stops_of(log: pd.DataFrame, *, states: LogStates) -> pd.DataFrame:
    """Return every event that stopped a clock; see `moves_of`."""
    moves = moves_of(log, states=states)
    return moves[moves["stopped"]]


def moves_of(log: pd.DataFrame, *, states: LogStates) -> pd.DataFrame:
    """Return the events of listed states in order, closing apart.

    Columns added: ``resumed_at`` and ``resumed_until`` (the next event of the case, if any), ``stopped``
    (whether the clock stands still from here on) and ``resumes`` (whether it stood still up to here).
    """
    events = spanned(ordered(log))
    events = events[events["state"].isin(states.listed) & ~events["state"].isin(states.closed)]
    stopped = events["state"].isin(states.stopped)
    by_case = events.groupby("case_id")
    following = {f"resumed_{end}": by_case[f"updated_{end}"].shift(-1) for end in ("at", "until")}
    resumes = stopped.groupby(events["case_id"]).shift(fill_value=False)
    return events.assign(**following, stopped=stopped, resumes=resumes)
