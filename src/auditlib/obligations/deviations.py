"""When a departure from a flexible standard counts: listed, and recorded at the time (B2)."""

from __future__ import annotations

from enum import StrEnum

from auditlib.obligations.policy import Deviations


class DeviationWorth(StrEnum):
    """What a recorded deviation is worth."""

    VALID = "valid"
    UNLISTED = "reason not on the list"
    """The guideline does not name its reason; one without a reason names none."""
    BACK_DATED = "recorded too late"
    UNTOLD = "recorded on a day that leaves it open"
    """Only the day of the record is known, and it may lie on either side of the limit."""
    NOT_FLEXIBLE = "the rule allows no deviation"
    NO_CASE = "no such case"


INVALID = (
    DeviationWorth.UNLISTED,
    DeviationWorth.BACK_DATED,
    DeviationWorth.NOT_FLEXIBLE,
    DeviationWorth.NO_CASE,
)


def verdict_one(
    allowed: Deviations | None, *, reason: str, recorded_at: int, recorded_until: int, due_at: int
) -> DeviationWorth:
    """Return what one recorded deviation from a rule is worth.

    Parameters
    ----------
    allowed
        When the rule may be departed from; None where it may not.
    reason
        Its reason; empty where none was given.
    recorded_at, recorded_until
        First and last instant it may have been recorded, UTC microseconds; the same where that is known.
    due_at
        Deadline of its case.
    """
    if allowed is None:
        return DeviationWorth.NOT_FLEXIBLE
    if reason not in allowed.reasons:
        return DeviationWorth.UNLISTED
    latest = due_at + (allowed.recorded_within.microseconds if allowed.recorded_within else 0)
    if recorded_at > latest:
        return DeviationWorth.BACK_DATED
    return DeviationWorth.VALID if recorded_until <= latest else DeviationWorth.UNTOLD
