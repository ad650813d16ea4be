"""Duties that were not met, with every case, worst first; gaps in the matrix; reports that lack something."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from auditlib.escalation.gaps import Gap, gaps_of
from auditlib.escalation.matrix import OF_ACCOUNT, VACANT, spoken
from auditlib.escalation.result import EscalationResult
from auditlib.obligations import FAILED, DutyRule
from auditlib.obligations.statements import FAILURES, FEW
from auditlib.records import CaseReference, Finding, Grade
from auditlib.statements import counted

if TYPE_CHECKING:
    import pandas as pd

NOTEBOOK = "05_escalation"
METRIC: Mapping[str, str] = MappingProxyType(
    {
        "acknowledgement": "acknowledged_in_time",
        "contact": "contacted_in_time",
        "attendance": "attended_as_required",
        "documentation": "documented_in_time",
        "report": "reported_in_time",
    }
)
"""Duty → the metric by which a standard judges it: such a criterion reports the breach as its own."""
DEMANDED: Mapping[str, str] = MappingProxyType(
    {
        "acknowledgement": "every response is acknowledged in time and in full",
        "contact": "every dissatisfied customer who can be named is contacted in time",
        "attendance": "those whom the band names are at every contact",
        "documentation": "every contact is written down with its context",
        "report": "a formal report with actions is presented by its day after every contact",
    }
)
"""What each duty demands in every case: without the limits, which stand in the policy and have no key."""


def findings_of(result: EscalationResult) -> tuple[Finding, ...]:
    """Return the duties that were not met, each with its cases, and what matrix and reports lack."""
    return (*_breaches(result), *(_MADE[gap.kind](gap) for gap in gaps_of(result.rows)))


def _breaches(result: EscalationResult) -> Iterator[Finding]:
    """Yield one finding for every duty of the policy with a case that failed."""
    policy, rows, as_of = result.context.policy, result.rows, result.context.as_of
    counts = {str(row["duty"]): row for row in result.rates().frame.to_dict("records")}
    order = {band.band: turn for turn, band in enumerate(policy.bands)}
    for rule in policy.rules:
        bad = rows[(rows["duty"] == rule.duty) & rows["status"].isin(FAILED)]
        if len(bad):
            worst = _worst_first(bad.assign(turn=bad["band"].map(order).fillna(len(order))), as_of=as_of)
            few = not result.context.disclosure.shows(int(counts[rule.duty]["judged"]))
            yield _breach(rule, counts[rule.duty], tuple(_cases(worst)), few=few)


def _worst_first(bad: pd.DataFrame, *, as_of: int) -> pd.DataFrame:
    """Order by band, gravest first, then by how long the deadline has been overdue."""
    until = bad["done_at"].fillna(as_of).clip(upper=as_of)
    overdue = (until - bad["due_at"]).fillna(0)
    order = ["turn", "overdue", "response_id"]
    return bad.assign(overdue=overdue).sort_values(order, ascending=[True, False, True])


def _cases(bad: pd.DataFrame) -> Iterator[CaseReference]:
    names = ["response_id", "unit_id", "status", "detail"]
    for response, unit, status, detail in bad[names].itertuples(index=False, name=None):
        yield CaseReference("responses", str(response), str(unit), words_of(status, detail))


def words_of(status: str, detail: str) -> str:
    """Return what was wrong with one case, in a few words."""
    return f"{FAILURES[status]}: {spoken(detail)}" if detail else FAILURES[status]


def _breach(
    rule: DutyRule, row: Mapping[Hashable, Any], cases: tuple[CaseReference, ...], *, few: bool
) -> Finding:
    judged, met = int(row["judged"]), int(row["met"])
    parts = [(status, int(row[status])) for status in FAILED if row[status]]
    failures = ", ".join(f"{n:,} {FAILURES[status]}" for status, n in parts)
    keys = ("judged", "met", *(status for status, _ in parts), "share")
    condition = (
        FEW
        if few
        else f"{met:,} of {counted(judged, 'case')} ({met / judged:.1%}) were met, and every one is owed: "
        f"{failures}."
    )
    return Finding(
        criterion=f"{rule.cites[0]}: {DEMANDED[rule.duty]}",
        condition=condition,
        cause="Not established: the events show that it was not done in time, and not why.",
        effect="Customers who said they were dissatisfied did not get what was promised to them.",
        recommendation="Look the cases up, worst first, settle what is open, and remove what they share.",
        grade=rule.severity,
        subject=f"duty:{rule.duty}",
        evidence=tuple(f"{NOTEBOOK}/{key}:{rule.duty}" for key in keys),
        cases=cases,
        metric=METRIC.get(rule.duty, ""),
        shortfall=(judged - met) / judged,
    )


def _matrix_finding(gap: Gap) -> Finding:
    role, _, lack = gap.words.partition(" ")
    account = lack.partition(OF_ACCOUNT)[2].strip("'")
    spoken_role = f"{role.replace('_', ' ')}{OF_ACCOUNT}'{account}'" if account else role.replace("_", " ")
    state = "was vacant" if lack.startswith(VACANT) else "had no entry in the matrix"
    day = f"on the day of {counted(gap.cases, 'contact')}"
    return Finding(
        criterion="E4: roles at a contact resolve through a responsibility matrix valid on that day.",
        condition=f"In unit {gap.unit} the role of {spoken_role} {state} {day}.",
        cause="Nobody was named when the holder left, and no delegate may stand in for a vacant role.",
        effect="These contacts could not be attended as promised, whoever came.",
        recommendation=f"Name a {spoken_role} for unit {gap.unit}, "
        "and a successor before the next one leaves.",
        grade=Grade.MINOR,
        subject=":".join(filter(None, ("responsibilities", gap.unit, role, account))),
        evidence=(f"{NOTEBOOK}/{gap.key}",),
        cases=gap.references,
    )


def _report_finding(gap: Gap) -> Finding:
    many = counted(gap.cases, "formal report counts", "formal reports count")
    return Finding(
        criterion="E6: a formal report with actions, each with owner and due day, is promised by a date.",
        condition=f"{many} as missing: {gap.words}.",
        cause="The report was accepted although a field it needs was empty.",
        effect="The customer cannot hold the party to a promise that names no day, deed or person.",
        recommendation="Let no report be filed without due day and actions, each with owner and due day.",
        grade=Grade.MINOR,
        subject=f"follow_up_reports:{gap.words}",
        evidence=(f"{NOTEBOOK}/{gap.key}",),
        cases=gap.references,
    )


_MADE = {"matrix": _matrix_finding, "report": _report_finding}
