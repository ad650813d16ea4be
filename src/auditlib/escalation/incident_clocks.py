"""The clocks of a policy on the cases of a log: limit by class of case, deadline, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import narwhals as nw
import numpy as np

from auditlib.calendars import Calendar, Pauses, deadline, deadline_paused, timetable
from auditlib.escalation.incident_policy import CONTACT, ESCALATE, RESOLVE, IncidentRule, States
from auditlib.obligations import assess
from auditlib.records import Refusal

if TYPE_CHECKING:
    import pandas as pd

DONE: Mapping[str, str] = {RESOLVE: "done_at", CONTACT: "contacted_at", ESCALATE: "escalated_at"}
"""By stage the column of the cases that says when it was done."""


class Stillness(NamedTuple):
    """When each case's clock stood still: at least, and at most where days are known without times."""

    least: Pauses
    most: Pauses


def clocked(
    cases: pd.DataFrame, rule: IncidentRule, still: Stillness, *, calendar: Calendar, as_of: int
) -> pd.DataFrame:
    """Add what `rule` comes to in every case; a case without a limit, or with an unclear end, has no status.

    A day without a time is a day: where its instants give more than one status, it is unknown.

    Parameters
    ----------
    cases
        See `incident_cases.cases_of`.
    still
        When each case's clock stood still.

    Returns
    -------
    DataFrame
        With ``limit:<duty>`` (microseconds), ``due:<duty>``, ``unpaused:<duty>`` (had nothing stopped the
        clock), ``done:<duty>`` and ``status:<duty>``.
    """
    limits = limits_of(cases, rule)
    start, allowed = cases["opened_at"].to_numpy(np.int64), limits.fillna(0).to_numpy(np.int64)
    latest = cases["opened_until"].to_numpy(np.int64)
    # A pause lengthens a clock by no more than itself.
    longest = int(allowed.max()) + _longest(still.most)
    last = int(max(latest.max(), still.most.resumes.max(initial=0)))
    table = timetable(calendar, int(start.min()), last, longest=longest)
    due = deadline_paused(table, start, allowed, paused=still.least)
    done = DONE[rule.stage]
    judged = cases[[done, until_of(done)]].set_axis(["done_at", "done_until"], axis=1)
    judged = judged.assign(
        due_at=due, due_until=np.maximum(due, deadline_paused(table, latest, allowed, paused=still.most))
    )
    if rule.stage == ESCALATE:  # what is resolved in time need not be escalated
        judged = judged.assign(excused_at=cases["done_at"], excused_until=cases["done_until"])
    known = (limits.notna() & ~cases["unclear"]).to_numpy(bool)
    frame = nw.from_native(judged, eager_only=True)
    status = assess(frame, as_of=as_of, kind=rule.kind).to_native()["status"].astype(object)
    columns = {
        f"limit:{rule.duty}": limits,
        f"due:{rule.duty}": due,
        f"unpaused:{rule.duty}": deadline(table, start, allowed),
        f"done:{rule.duty}": judged["done_at"].to_numpy(),
        f"status:{rule.duty}": status.where(known, None).to_numpy(),
    }
    return cases.assign(**columns)


def until_of(column: str) -> str:
    """Return the column with the end of what is known of an instant."""
    return f"{column.removesuffix('_at')}_until"


def limits_of(cases: pd.DataFrame, rule: IncidentRule) -> pd.Series:
    """Return the limit of every case in microseconds; missing where its class has none or is unknown."""
    classes = cases[["priority", "tier"]].astype(object)
    classes = classes.where(classes.notna(), "")
    pairs = {pair: rule.limit_for(*pair) for pair in set(classes.itertuples(index=False, name=None))}
    spans = [pairs[pair] for pair in classes.itertuples(index=False, name=None)]
    import pandas as pd

    limits = [None if span is None else span.microseconds for span in spans]
    return pd.Series(limits, index=cases.index, dtype="Int64")


def _longest(still: Pauses) -> int:
    """Return the longest time that one case stood still."""
    if not len(still.case):
        return 0
    return int(np.bincount(still.case, weights=still.resumes - still.stops).max())


def lacking(log: pd.DataFrame, cases: pd.DataFrame, rule: IncidentRule, *, states: States) -> Refusal | None:
    """Return why `rule` cannot be judged on this log, or None where it can.

    A log that never shows a stage says nothing of it: neither that it was done nor that it was not.
    """
    listed = {RESOLVE: states.resolved, CONTACT: states.contacted, ESCALATE: states.escalated}[rule.stage]
    if not listed:
        return Refusal(
            f"The policy lists no state that shows '{rule.stage}'.",
            f"List the desk's own under 'states' in the policy, for the clock {rule.duty}.",
        )
    if limits_of(cases, rule).isna().all():
        return Refusal(
            f"No case carries a priority, and a tier where it matters, that {rule.duty} has a limit for.",
            "Map the priority of the log, or add the desk's own to the policy.",
        )
    entered = set(log["state"].dropna())
    if entered.isdisjoint(listed) and not entered.isdisjoint((*states.closed, *_unlisted(entered, states))):
        return Refusal(
            f"No event of the log enters a state that shows '{rule.stage}' ({', '.join(listed)}).",
            "Ask what the desk calls it, and list that state in the policy.",
        )
    if rule.stage != RESOLVE and entered.isdisjoint(listed):
        return Refusal(
            f"No event of the log enters a state that shows '{rule.stage}' ({', '.join(listed)}).",
            "Ask whether the desk records it, and under which state.",
        )
    return None


def _unlisted(entered: set[str], states: States) -> set[str]:
    return entered - set(states.known)
