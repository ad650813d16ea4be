"""From statuses to a conclusion per rule: the three kinds of standard, judged differently (B2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditlib.obligations.law import Status
from auditlib.obligations.policy import DutyRule
from auditlib.records import Kind
from auditlib.statements import counted


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What one rule comes to.

    Parameters
    ----------
    duty, kind
        The rule.
    met
        Whether the rule is met; None where nothing can be said.
    reason
        Why, in one sentence.
    judged
        Cases that are settled and not excused.
    excused_share
        Excused over judged and excused; None where there is neither.
    excused_limit
        The rule's own limit of that share.
    """

    duty: str
    kind: Kind
    met: bool | None
    reason: str
    judged: int
    excused_share: float | None
    excused_limit: float | None


def conclude(
    rule: DutyRule, counts: Mapping[Status, int], *, satisfaction: float | None = None
) -> Conclusion:
    """Return what `rule` comes to.

    Parameters
    ----------
    rule
        The rule; its kind decides how it is judged.
    counts
        Cases per status; pending ones are left out.
    satisfaction
        Measured satisfaction for that type of transaction, for a discretionary rule.
    """
    failed = sum(counts.get(status, 0) for status in (Status.LATE, Status.MISSING, Status.WRONG_PARTY))
    judged, excused = failed + counts.get(Status.MET, 0), counts.get(Status.EXCUSED, 0)
    share = excused / (judged + excused) if judged + excused else None
    limit = rule.deviations.most if rule.deviations else None
    met, reason = _verdict(rule, failed=failed, judged=judged, share=share, satisfaction=satisfaction)
    return Conclusion(rule.duty, rule.kind, met, reason, judged, share, limit)


def _verdict(
    rule: DutyRule, *, failed: int, judged: int, share: float | None, satisfaction: float | None
) -> tuple[bool | None, str]:
    if rule.kind is Kind.DISCRETIONARY:
        return _by_satisfaction(rule.satisfaction, satisfaction)
    if not judged and share is None:
        return None, "There is no settled case to judge."
    if failed:
        return False, f"{failed} of {counted(judged, 'case was', 'cases were')} outside the limit."
    if rule.deviations is not None and share is not None and share > rule.deviations.most:
        return False, f"{share:.1%} of cases were excused, above the limit of {rule.deviations.most:.1%}."
    return (
        (True, f"All {counted(judged, 'case was', 'cases were')} within the limit.")
        if judged
        else (None, "Every case was excused.")
    )


def _by_satisfaction(target: float | None, measured: float | None) -> tuple[bool | None, str]:
    if target is None or measured is None:
        return None, "The satisfaction of customers with this type of transaction is not known."
    if measured >= target:
        return True, f"Customers' satisfaction of {measured:.2f} reaches the target of {target:.2f}."
    return False, f"Customers' satisfaction of {measured:.2f} is below the target of {target:.2f}."
