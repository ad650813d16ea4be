"""Duties that were not met, as findings: one per duty, graded by its rule, with every case, worst first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from auditlib.escalation.matrix import spoken
from auditlib.escalation.policy import EscalationPolicy
from auditlib.escalation.rates import FAILED, Rates
from auditlib.obligations import DutyRule, Status
from auditlib.records import CaseReference, Finding
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
FEW = "In too few cases for their number to be shown, it was not met."
_WORDS = {
    Status.LATE.value: ("late", "late"),
    Status.MISSING.value: ("missing", "missing"),
    Status.WRONG_PARTY.value: ("without those who had to be there", "without those who had to be there"),
}


def findings_of_duties(
    rows: pd.DataFrame, rates: Rates, policy: EscalationPolicy, *, as_of: int
) -> tuple[Finding, ...]:
    """Return one finding for every duty of `policy` with a case that failed.

    Parameters
    ----------
    rows
        One row per response and duty; see `result.EscalationResult`.
    rates
        The same counted by duty.
    as_of
        UTC microseconds: what is not done yet is overdue up to here.
    """
    counts = {str(row["duty"]): row for row in rates.to_frame().to_dict("records")}
    order = {band.band: turn for turn, band in enumerate(policy.bands)}
    found = []
    for rule in policy.rules:
        bad = rows[(rows["duty"] == rule.duty) & rows["status"].isin(FAILED)]
        if len(bad):
            worst = _worst_first(bad.assign(turn=bad["band"].map(order).fillna(len(order))), as_of=as_of)
            few = int(counts[rule.duty]["judged"]) < rates.minimum
            found.append(_finding(rule, counts[rule.duty], tuple(_cases(worst)), few=few))
    return tuple(found)


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
    told = _WORDS[status][0]
    return f"{told}: {spoken(detail)}" if detail else told


def _finding(
    rule: DutyRule, row: Mapping[object, object], cases: tuple[CaseReference, ...], *, few: bool
) -> Finding:
    judged, met = int(str(row["judged"])), int(str(row["met"]))
    parts = [(status, int(str(row[status]))) for status in FAILED if int(str(row[status]))]
    listed = ", ".join(f"{n:,} {_WORDS[status][1]}" for status, n in parts)
    keys = ("judged", "met", *(status for status, _ in parts), "share")
    condition = (
        FEW
        if few
        else f"{met:,} of {counted(judged, 'case')} ({met / judged:.1%}) were met, and every one is owed: "
        f"{listed}."
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
