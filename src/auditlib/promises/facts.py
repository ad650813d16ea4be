"""Promised calls as numbers of the audit: every rule by its cases, and the deviations by their worth."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.obligations.deviations import recorded_key
from auditlib.promises.policy import PromiseRule
from auditlib.promises.result import PromiseResult, Satisfaction
from auditlib.records import Basis, Number, Refusal

CALL_BACKS = Basis("call_backs", (("in_period", True),))
DEVIATIONS = Basis("deviations")
DECLARED = "declared by the policy"


def facts(result: PromiseResult) -> Iterator[Number]:
    """Yield the counts and shares of every rule, and the deviations by their verdict."""
    for rule in result.policy.rules:
        yield from _rule(result, rule)
    for (duty, verdict), rows in result.deviations.groupby(["duty", "verdict"], sort=True):
        yield Number(recorded_key(str(duty), str(verdict)), len(rows), "count", basis=(DEVIATIONS,))
    yield Number("unruled", result.unruled, "count", basis=(CALL_BACKS,))


def _rule(result: PromiseResult, rule: PromiseRule) -> Iterator[Number]:
    row, duty, basis = result.row(rule), rule.duty, (CALL_BACKS,)
    for column in ("settled", "failed", "unknown", "pending", "excused"):
        if row[column] is not None:
            yield Number(f"{column}:{duty}", row[column], "count", basis=basis)
    if rule.deviations:
        yield Number(f"excused_share:{duty}", row["excused_share"], "share", row["settled"], basis=basis)
        yield Number(f"excused_limit:{duty}", rule.deviations.most, "share", reason=DECLARED)
    if rule.satisfaction is not None:
        yield _satisfaction(duty, result.satisfaction[duty])
        yield Number(f"target:{duty}", rule.satisfaction, "share", reason=DECLARED)
    hours = row["half_within_hours"]
    if hours is not None:
        yield Number(f"half_within_hours:{duty}", hours, "hours", row["settled"], basis=basis)


def _satisfaction(duty: str, satisfied: Satisfaction | Refusal) -> Number:
    key = f"satisfaction:{duty}"
    if isinstance(satisfied, Refusal):
        return Number(key, None, "share", reason=satisfied.reason)
    basis = Basis("responses", (("in_period", True), ("survey_type", satisfied.survey_type)))
    return Number(key, satisfied.share, "share", satisfied.n, satisfied.interval, (basis,))
