"""Findings on promised calls: broken promises, deviations that count for nothing, and too many that count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditlib.obligations import FAILED, Status
from auditlib.obligations.deviations import INVALID, worthless
from auditlib.promises.policy import PromiseRule
from auditlib.promises.result import NOT_MET, PromiseResult, Satisfaction
from auditlib.promises.statements import spoken
from auditlib.records import CaseReference, Finding, Grade, Kind
from auditlib.statements import counted

if TYPE_CHECKING:
    import pandas as pd

NOTEBOOK = "10_promises"


def findings_of(result: PromiseResult) -> tuple[Finding, ...]:
    """Return the rules that are not met, and the deviations that count for nothing."""
    return (*_breaches(result), *_worthless(result))


def _breaches(result: PromiseResult) -> Iterator[Finding]:
    for rule in result.policy.rules:
        if result.verdict(rule) != NOT_MET:
            continue
        if rule.kind is Kind.DISCRETIONARY:
            yield _dissatisfied(result, rule)
            continue
        if result.failed(rule):
            yield _broken(result, rule)
        if result.excused_too_often(rule):
            yield _too_often(result, rule)


def _worthless(result: PromiseResult) -> Iterator[Finding]:
    verdicts = result.deviations["verdict"]
    bad = result.deviations[verdicts.isin([verdict.value for verdict in INVALID])]
    for (duty, verdict), rows in bad.groupby(["duty", "verdict"], sort=True):
        yield worthless(str(duty), str(verdict), rows, notebook=NOTEBOOK)


def _cases(rows: pd.DataFrame, column: str) -> tuple[CaseReference, ...]:
    return tuple(
        CaseReference("call_backs", str(case), str(unit), str(words))
        for case, unit, words in zip(rows["call_back_id"], rows["unit_id"], rows[column], strict=True)
    )


def _broken(result: PromiseResult, rule: PromiseRule) -> Finding:
    """Return the finding that cases were outside the limit and nothing excused them."""
    cases, settled = result.of(rule), result.settled(rule)
    failed = cases[cases["status"].isin(FAILED)]
    n = len(failed)
    return Finding(
        criterion=f"B2: {rule.clause}",
        condition=f"{n:,} of {counted(settled, 'settled case')} "
        f"{'was' if n == 1 else 'were'} outside the limit and not excused.",
        cause="The calls were made late or not at all, and no deviation that counts was written down.",
        effect="Customers waited for a call that they had been promised.",
        recommendation="Plan call-backs with an owner and a limit, and write departures down as they happen.",
        grade=Grade.MAJOR if rule.kind is Kind.RIGID else Grade.MINOR,
        subject=f"promise:{rule.duty}",
        evidence=(f"{NOTEBOOK}/failed:{rule.duty}", f"{NOTEBOOK}/settled:{rule.duty}"),
        cases=_cases(failed.sort_values(["status", "call_back_id"], ascending=[False, True]), "status"),
        metric="call_backs_in_time",
        shortfall=n / settled if settled else None,
        headline=f"{n:,} of {counted(settled, 'settled case')} of {spoken(rule)} late or missing, "
        "and not excused",
    )


def _too_often(result: PromiseResult, rule: PromiseRule) -> Finding:
    """Return the finding that more was excused than the rule allows."""
    most, share = rule.deviations.most if rule.deviations else 0.0, result.excused_share(rule)
    cases = result.of(rule)
    excused = cases[cases["status"] == Status.EXCUSED.value]
    return Finding(
        criterion=f"B2: at most {most:.1%} of the cases of {spoken(rule)} may be excused.",
        condition=f"{share:.1%} of the settled cases were excused by a deviation.",
        cause="What was meant as an exception has become a way of working.",
        effect="The standard says less of what customers get than it seems to.",
        recommendation="Remove the most frequent reason, or change the standard in the open.",
        grade=Grade.MINOR,
        subject=f"deviations:{rule.duty}:share",
        evidence=(f"{NOTEBOOK}/excused_share:{rule.duty}", f"{NOTEBOOK}/excused_limit:{rule.duty}"),
        cases=_cases(excused.sort_values("call_back_id"), "reason"),
        metric="call_backs_in_time",
        headline=f"{share:.1%} of the cases of {spoken(rule)} excused; at most {most:.1%} may be",
        shortfall=(share - most) / most if most else None,
    )


def _dissatisfied(result: PromiseResult, rule: PromiseRule) -> Finding:
    """Return the finding that customers of a discretionary rule are not satisfied enough."""
    satisfied, target = result.satisfaction[rule.duty], rule.satisfaction or 0.0
    share = satisfied.share if isinstance(satisfied, Satisfaction) else 0.0
    return Finding(
        criterion=f"B2: {rule.clause}",
        condition=f"{share:.1%} of the customers concerned were satisfied, where {target:.1%} is demanded.",
        cause="Time and manner were left to those who did the work, and customers did not like the result.",
        effect="Where discretion is allowed, dissatisfaction is the breach.",
        recommendation="Ask these customers what was lacking, and agree what changes.",
        grade=Grade.MINOR,
        subject=f"promise:{rule.duty}",
        evidence=(f"{NOTEBOOK}/satisfaction:{rule.duty}", f"{NOTEBOOK}/target:{rule.duty}"),
        metric="satisfied_with_type",
        headline=f"{share:.1%} of the customers of {spoken(rule)} satisfied; {target:.1%} is demanded",
        shortfall=(target - share) / target if target else None,
    )
