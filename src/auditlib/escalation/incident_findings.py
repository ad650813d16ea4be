"""Clocks of a desk that were not kept, as findings with every case, the longest overdue first."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from auditlib.escalation.breaches import FEW, NOTEBOOK, words_of
from auditlib.escalation.incident_policy import CONTACT, ESCALATE, RESOLVE, IncidentRule, Stage
from auditlib.escalation.incident_wording import CASE
from auditlib.records import CaseReference, Finding
from auditlib.statements import counted

if TYPE_CHECKING:
    import pandas as pd

    from auditlib.escalation.incident_result import IncidentResult


_DEMANDED: Mapping[Stage, str] = MappingProxyType(
    {
        CONTACT: "whoever reports a case is contacted within the limit of its class",
        ESCALATE: "a case not resolved by then is escalated within the limit of its class",
        RESOLVE: "every case is resolved within the limit of its class",
    }
)
"""What each stage demands: without the limits, which stand in the policy and have no key."""


def findings_of_clocks(result: IncidentResult) -> tuple[Finding, ...]:
    """Return one finding for every judged clock of the policy with a case outside its limit."""
    rules = [rule for rule in result.policy.rules if rule.duty in result.clocks]
    broken = [(rule, result.breaches(rule.duty)) for rule in rules]
    return tuple(_finding(result, rule, bad) for rule, bad in broken if len(bad))


def _finding(result: IncidentResult, rule: IncidentRule, bad: pd.DataFrame) -> Finding:
    judged = result.counts("all")[rule.duty]
    many = counted(len(bad), "case was", "cases were")
    condition = (
        FEW
        if judged < result.minimum_cell
        else f"{many} outside the limit of their class, of {judged:,} that are settled; every one is owed."
    )
    table = "complaints" if result.policy.log == "complaint_events" else result.policy.log
    where = bad["unit_id"].fillna("").astype(str)
    cases = tuple(
        CaseReference(table, str(case), unit, words_of(status, ""))
        for case, unit, status in zip(bad["case_id"], where, bad["status"], strict=True)
    )
    return Finding(
        criterion=f"{rule.cites[0]}: {_DEMANDED[rule.stage]} (clock {rule.duty.replace('_', ' ')})",
        condition=condition,
        cause="Not established: the log shows that the limit passed, and not why.",
        effect="Customers waited longer than the limit that was set for cases as grave as theirs.",
        recommendation="Look the cases up, longest overdue first, and remove what they share.",
        grade=rule.severity,
        subject=f"clock:{rule.duty}",
        evidence=(f"{NOTEBOOK}/breaches:{rule.duty}", f"{NOTEBOOK}/settled:{rule.duty}"),
        cases=cases,
        shortfall=len(bad) / max(1, judged),
        headline="" if judged < result.minimum_cell else _headline(result, rule, len(bad), judged),
    )


def _headline(result: IncidentResult, rule: IncidentRule, bad: int, judged: int) -> str:
    """Return in one line how many cases of which clock were not in time."""
    verb = "was" if bad == 1 else "were"
    many = counted(judged, *CASE[result.policy.log])
    return f"{bad:,} of {many} {verb} not in time (clock {rule.duty.replace('_', ' ')}); every one is owed"
