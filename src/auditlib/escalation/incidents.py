"""The resolution clocks of a help desk, re-performed from its event log and held against its own flag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np

from auditlib.calendars import Calendar, Pauses, deadline, deadline_paused, timetable
from auditlib.escalation.assessment import to_pandas
from auditlib.escalation.implied import implied
from auditlib.escalation.incident_cases import cases_of, pauses_of
from auditlib.escalation.incident_policy import IncidentPolicy
from auditlib.escalation.incident_result import IncidentResult, Oddities
from auditlib.escalation.sources import Tables
from auditlib.escalation.terms import hours_of, policy_of
from auditlib.obligations import Rule
from auditlib.obligations import assess as judge
from auditlib.parameters.run import Run
from auditlib.records import Refusal

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "case_id",
    "state",
    "priority",
    "sla_met",
    "opened_at",
    "updated_at",
    "resolved_at",
    "closed_at",
    "source_line",
)


@dataclass(frozen=True, slots=True)
class IncidentTerms:
    """What the log is judged by: the policy, calendars by name, the instant to look from, smallest cell."""

    policy: IncidentPolicy
    calendars: Mapping[str, Calendar]
    as_of: int
    minimum_cell: int = 1


def incident_terms(run: Run, texts: Mapping[str, str]) -> IncidentTerms | Refusal:
    """Return the terms of an audit of a help desk, or why there are none."""
    policy = policy_of(IncidentPolicy, "incident", run, texts)
    if isinstance(policy, Refusal):
        return policy
    names = dict.fromkeys((*policy.calendars, *policy.probe))
    desk = [("", run.time_zone, "")]
    calendars = {name: next(iter(hours_of(name, texts, run, desk).calendars.values())) for name in names}
    as_of = round(run.as_of.timestamp() * 1_000_000)
    return IncidentTerms(policy, calendars, as_of, run.thresholds.minimum_cell)


def incidents(tables: Tables, terms: IncidentTerms | Refusal) -> IncidentResult | Refusal:
    """Re-perform every resolution clock and reconcile it with the flag of the last event.

    Parameters
    ----------
    tables
        The evidence, with the table ``incident_events``.
    terms
        Policy, calendars and the instant to look from; a refusal is handed on.
    """
    if isinstance(terms, Refusal):
        return terms
    if "incident_events" not in tables.tables:
        return Refusal(
            "There is no event log of a help desk.", "Ask for the log, one row per change of a case."
        )
    log = to_pandas(tables.lazy("incident_events").filter(nw.col("in_period")).select(*COLUMNS))
    log = log[log["updated_at"].notna()]
    if log.empty:
        return Refusal("The event log holds no event of the period.", "Check the period and the mapping.")
    states = terms.policy.states
    cases = cases_of(log, states=states)
    still = pauses_of(log, cases, states=states)
    for rule in terms.policy.rules:
        cases = _clocked(cases, rule, terms, still)
    probes = {name: terms.calendars[name] for name in terms.policy.probe}
    return IncidentResult(
        cases,
        implied(cases, probes),
        terms.policy,
        terms.as_of,
        _oddities(log, cases, terms),
        terms.minimum_cell,
    )


def _clocked(cases: pd.DataFrame, rule: Rule, terms: IncidentTerms, still: Pauses) -> pd.DataFrame:
    """Add ``due:<duty>``, ``unpaused:<duty>`` (had nothing stopped the clock), ``status:<duty>``.

    A priority without a limit has no status.
    """
    limits = cases["priority"].map({key: span.microseconds for key, span in rule.within.items()})
    limited = limits.notna().to_numpy()
    start = cases["opened_at"].to_numpy(np.int64)
    allowed = limits.fillna(0).to_numpy(np.int64)
    # A pause lengthens a clock by no more than itself.
    longest = int(allowed.max()) + _most(still)
    last = int(max(start.max(), still.resumes.max(initial=0)))
    table = timetable(terms.calendars[rule.calendar], int(start.min()), last, longest=longest)
    due = deadline_paused(table, start, allowed, paused=still)
    frame = nw.from_native(cases[["done_at"]].assign(due_at=due), eager_only=True)
    status = judge(frame, as_of=terms.as_of, kind=rule.kind).to_native()["status"].astype(object)
    columns = {
        f"due:{rule.duty}": due,
        f"unpaused:{rule.duty}": deadline(table, start, allowed),
        f"status:{rule.duty}": status.where(limited, None).to_numpy(),
    }
    return cases.assign(**columns)


def _most(still: Pauses) -> int:
    """Return the longest time that one case stood still."""
    if not len(still.case):
        return 0
    return int(np.bincount(still.case, weights=still.resumes - still.stops).max())


def _oddities(log: pd.DataFrame, cases: pd.DataFrame, terms: IncidentTerms) -> Oddities:
    states, closing = terms.policy.states, terms.policy.automatic_closing
    waited = (cases["closed_at"] - cases["done_at"]).astype("Float64") / 3_600_000_000
    automatic = ((waited - closing.days * 24).abs() <= closing.tolerance_hours).fillna(value=False)
    rewritten = cases["field_resolved_at"].notna() & (cases["field_resolved_at"] != cases["done_at"])
    return Oddities(
        events=len(log),
        events_met=int(log["sla_met"].fillna(value=False).sum()),
        unknown_states={
            str(state): int(n)
            for state, n in log.loc[~log["state"].isin(states.known), "state"].value_counts().items()
        },
        rewritten=int(rewritten.fillna(value=False).sum()),
        field_empty=int((cases["field_resolved_at"].isna() & cases["done_at"].notna()).sum()),
        never_resolved=int(cases["done_at"].isna().sum()),
        closed_automatically=int(automatic.sum()),
    )
