"""The clocks of a desk, re-performed from its event log and held against its own flag where it has one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditlib.escalation.desk_hours import NOWHERE
from auditlib.escalation.implied import implied
from auditlib.escalation.incident_cases import cases_of
from auditlib.escalation.incident_clocks import clocked, lacking, open_to_meaning, stillness
from auditlib.escalation.incident_log import STARTS, log_of
from auditlib.escalation.incident_policy import IncidentPolicy
from auditlib.escalation.incident_result import IncidentResult, Oddities
from auditlib.escalation.sources import EventTables
from auditlib.escalation.terms import calendar_file, hours_of, places, policy_of, years_of
from auditlib.obligations import WorkingHours, hours_of_rule
from auditlib.parameters.run import Run
from auditlib.records import Refusal
from auditlib.standards.supplied import only_words, stood_in

if TYPE_CHECKING:
    import pandas as pd

INCIDENT, COMPLAINT = "incident", "complaint"
"""What the name of a policy begins with, by the log it is for."""


@dataclass(frozen=True, slots=True)
class IncidentTerms:
    """What the log is judged by.

    Parameters
    ----------
    policy
        States, limits, and the calendars that the flag is tried on.
    hours
        What each rule's clock, and each calendar to try, is called → the calendar of each unit.
    as_of, minimum_cell
        The instant to look from, in UTC microseconds; fewest cases of which a share is stated.
    sayable
        The only states that the log can ever say; None where its cells may say anything.
    times_resolution
        Whether a source of the log says when a case was resolved, in a column of its own.
    """

    policy: IncidentPolicy
    hours: Mapping[str, WorkingHours]
    as_of: int
    minimum_cell: int = 1
    sayable: frozenset[str] | None = None
    times_resolution: bool = True


def incident_terms(
    run: Run, tables: EventTables, texts: Mapping[str, str], *, begins: str = INCIDENT
) -> IncidentTerms | Refusal:
    """Return the terms of an audit of a desk, or why there are none.

    Parameters
    ----------
    tables
        The evidence: the register of units, where there is one, says where each unit is.
    begins
        What the name of its policy begins with: ``incident`` or ``complaint``.
    """
    policy = policy_of(IncidentPolicy, begins, run, texts)
    if isinstance(policy, Refusal):
        return policy
    if reason := stood_in(STARTS[policy.log], run):
        return Refusal(f"{reason[:1].upper()}{reason[1:]}.", "Ask for the instant itself.")
    units, span = [NOWHERE, *places(run, tables)], years_of(run)
    files = {name: calendar_file(name, texts) for name in policy.calendars}
    tried = {name: hours_of(name, texts, run, units) for name in policy.probe}
    own = {
        rule.clock: hours_of_rule(rule, files, units, years=span, time_zone=run.time_zone)
        for rule in policy.rules
    }
    as_of = round(run.as_of.timestamp() * 1_000_000)
    sayable = only_words(policy.log, "state", run)
    timed = any("resolved" in source.columns for source in run.sources if source.table == policy.log)
    return IncidentTerms(policy, tried | own, as_of, run.thresholds.minimum_cell, sayable, timed)


def incidents(tables: EventTables, terms: IncidentTerms | Refusal) -> IncidentResult | Refusal:
    """Re-perform every clock of the policy, and reconcile resolution with the flag of the last event.

    Parameters
    ----------
    tables
        The evidence, with the table of events the policy names.
    terms
        Policy, calendars and the instant to look from; a refusal is handed on.

    Returns
    -------
    IncidentResult
        One row per case; a clock that the log cannot show is refused in it, with the reason. A `Refusal`
        where there is no log.
    """
    if isinstance(terms, Refusal):
        return terms
    policy, as_of = terms.policy, terms.as_of
    log = log_of(tables, policy.log, as_of=as_of)
    if isinstance(log, Refusal):
        return log
    cases = cases_of(log, states=policy.states)
    still = stillness(log, cases, states=policy.states, as_of=as_of)
    refused: dict[str, Refusal] = {}
    unclear = cases["unclear"].to_numpy(bool).copy()
    for rule in policy.rules:
        hours = terms.hours[rule.clock]
        cases = clocked(cases, rule, still, hours=hours, as_of=as_of)
        open_cases = open_to_meaning(log, rule, states=policy.states, hours=hours, as_of=as_of)
        open_here = cases["case_id"].isin(open_cases).to_numpy(bool)
        status = f"status:{rule.duty}"
        cases, unclear = cases.assign(**{status: cases[status].mask(open_here, None)}), unclear | open_here
        why = lacking(
            log, cases, rule, states=policy.states, sayable=terms.sayable, timed=terms.times_resolution
        )
        if why is not None:
            refused[rule.duty] = why
            cases = cases.assign(**{status: None})
    cases = cases.assign(unclear=unclear)
    probes = {name: terms.hours[name] for name in policy.probe}
    return IncidentResult(
        cases,
        implied(cases, probes),
        policy,
        as_of,
        _oddities(log, cases, terms),
        terms.minimum_cell,
        refused,
        {rule.clock: terms.hours[rule.clock] for rule in policy.rules},
    )


def _oddities(log: pd.DataFrame, cases: pd.DataFrame, terms: IncidentTerms) -> Oddities:
    states, closing = terms.policy.states, terms.policy.automatic_closing
    waited = (cases["closed_at"] - cases["done_at"]).astype("Float64") / 3_600_000_000
    automatic = ((waited - closing.days * 24).abs() <= closing.tolerance_hours).fillna(value=False)
    apart = (cases["field_resolved_until"] < cases["done_at"]) | (
        cases["field_resolved_at"] > cases["done_until"]
    )
    rewritten = cases["field_resolved_at"].notna() & apart
    unresolved = cases["done_at"].isna()
    return Oddities(
        events=len(log),
        events_flagged=int(log["sla_met"].notna().sum()),
        events_met=int(log["sla_met"].fillna(value=False).sum()),
        unknown_states={
            str(state): int(n)
            for state, n in log.loc[~log["state"].isin(states.known), "state"].value_counts().items()
        },
        rewritten=int(rewritten.fillna(value=False).sum()),
        field_empty=int((cases["field_resolved_at"].isna() & ~unresolved).sum()),
        field_known=bool(log["resolved_at"].notna().any()),
        never_resolved=int(unresolved.sum()),
        unclear=int(cases["unclear"].sum()),
        closed_automatically=int(automatic.sum()),
    )
