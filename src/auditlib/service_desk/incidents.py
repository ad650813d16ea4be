"""The clocks of a desk, re-performed from its event log and held against its own flag where it has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditlib.contracts import CanonicalTables
from auditlib.obligations import FAILED
from auditlib.parameters.engagement import Engagement
from auditlib.records import Refusal
from auditlib.service_desk.answer import ClocksAnswer, DeskAnswer
from auditlib.service_desk.cases import cases_of
from auditlib.service_desk.clocks import clocked, lacking, open_to_meaning, stillness
from auditlib.service_desk.context import COMPLAINT, DeskContext, context_of
from auditlib.service_desk.implied_sla import implied_slas
from auditlib.service_desk.log import CASE_IDS, log_of
from auditlib.service_desk.open_classes import by_any_class, open_to_class
from auditlib.service_desk.policy import IncidentRule
from auditlib.service_desk.result import CLASS, DAYS, LOST, UNKNOWN, IncidentResult, Oddities
from auditlib.statements import Unanswered
from auditlib.time.epoch import HOUR

if TYPE_CHECKING:
    import pandas as pd


def incidents(engagement: Engagement) -> DeskAnswer | Unanswered:
    """Answer whether a help desk kept its clocks, and whether its own flag says the same."""
    context = context_of(engagement)
    result = context if isinstance(context, Refusal) else reperform(engagement.evidence, context)
    if isinstance(result, Refusal):
        return Unanswered.not_assessable("clocks of a help desk", result)
    return DeskAnswer(result)


def complaints(engagement: Engagement) -> ClocksAnswer | Unanswered:
    """Answer whether the clocks of complaints were kept, by severity and by tier of the account."""
    context = context_of(engagement, begins=COMPLAINT)
    result = context if isinstance(context, Refusal) else reperform(engagement.evidence, context)
    if isinstance(result, Refusal):
        return Unanswered.not_assessable("clocks of complaints", result)
    return ClocksAnswer(result)


def reperform(tables: CanonicalTables, context: DeskContext) -> IncidentResult | Refusal:
    """Re-perform every clock of the policy, and reconcile resolution with the flag of the last event.

    Parameters
    ----------
    tables
        The evidence, with the table of events the policy names.
    context
        Policy, calendars and the instant to look from.

    Returns
    -------
    IncidentResult
        One row per case; a clock that the log cannot show is refused in it, with the reason. A `Refusal`
        where there is no log.
    """
    policy, states = context.policy, context.policy.states
    log = log_of(tables, policy.log, as_of=context.as_of)
    if isinstance(log, Refusal):
        return log
    cases = cases_of(log, states=states)
    still = stillness(log, cases, states=states, as_of=context.as_of)
    refused: dict[str, Refusal] = {}
    unclear = cases["unclear"].to_numpy(bool).copy()
    for rule in policy.rules:
        hours = context.hours[rule.clock]
        cases = clocked(cases, rule, still, hours=hours, as_of=context.as_of)
        cases = by_any_class(cases, rule, still, hours=hours, as_of=context.as_of)
        cases = _without_events(cases, rule, tables, context)
        open_cases = open_to_meaning(log, rule, states=states, hours=hours, as_of=context.as_of)
        open_here = cases["case_id"].isin(open_cases).to_numpy(bool)
        status = f"status:{rule.duty}"
        cases, unclear = cases.assign(**{status: cases[status].mask(open_here, None)}), unclear | open_here
        why = lacking(
            log, cases, rule, states=states, sayable=context.sayable, timed=context.times_resolution
        )
        if why is not None:
            refused[rule.duty] = why
            cases = cases.assign(**{status: None})
    cases = cases.assign(unclear=unclear)
    slas = implied_slas(cases, {name: context.hours[name] for name in policy.probe})
    return IncidentResult(cases, slas, context, _oddities(log, cases, context), refused)


def _without_events(
    cases: pd.DataFrame, rule: IncidentRule, tables: CanonicalTables, context: DeskContext
) -> pd.DataFrame:
    """Return cases with those unknown that failed `rule` and of which an event is in quarantine."""
    log = context.policy.log
    lost = tables.in_quarantine(log, CASE_IDS[log])
    status = f"status:{rule.duty}"
    unclear = cases[status].isin(FAILED) & cases["case_id"].isin(lost)
    doubt = unclear.map({True: LOST, False: ""}).mask(cases[status] == UNKNOWN, DAYS)
    classless = open_to_class(cases, rule) & (cases[status] == UNKNOWN)
    return cases.assign(
        **{status: cases[status].mask(unclear, UNKNOWN), f"doubt:{rule.duty}": doubt.mask(classless, CLASS)}
    )


def _oddities(log: pd.DataFrame, cases: pd.DataFrame, context: DeskContext) -> Oddities:
    states, closing = context.policy.states, context.policy.automatic_closing
    waited = (cases["closed_at"] - cases["done_at"]).astype("Float64") / HOUR
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
            for state, n in log.loc[~log["state"].isin(states.listed), "state"].value_counts().items()
        },
        rewritten=int(rewritten.fillna(value=False).sum()),
        field_empty=int((cases["field_resolved_at"].isna() & ~unresolved).sum()),
        field_known=bool(log["resolved_at"].notna().any()),
        never_resolved=int(unresolved.sum()),
        unclear=int(cases["unclear"].sum()),
        closed_automatically=int(automatic.sum()),
    )
