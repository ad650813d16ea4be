"""When a departure from a flexible standard counts: listed, and recorded at the time (B2); else a finding."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from auditlib.obligations.policy import Deviations
from auditlib.records import CaseReference, Finding, Grade
from auditlib.statements import counted

if TYPE_CHECKING:
    import pandas as pd


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


def recorded_key(duty: str, verdict: str) -> str:
    """Return the key of the number of deviations from a duty with a verdict."""
    return ":".join(("recorded", duty, verdict.replace(" ", "_")))


def worthless(duty: str, verdict: str, rows: pd.DataFrame, *, notebook: str) -> Finding:
    """Return the finding that deviations of one duty count for nothing, for one reason.

    Parameters
    ----------
    duty, verdict
        What they depart from, and why none counts; see `DeviationWorth`.
    rows
        The deviations: ``deviation_id, unit_id``.
    notebook
        Where the number `recorded_key` names is recorded.
    """
    cases = tuple(
        CaseReference("deviations", str(row["deviation_id"]), str(row["unit_id"]), verdict)
        for row in rows.sort_values("deviation_id").to_dict("records")
    )
    many = counted(len(rows), "deviation counts", "deviations count")
    return Finding(
        criterion="B2: a deviation counts only with a listed reason, recorded in time, where one is allowed.",
        condition=f"{many} for nothing at {duty.replace('_', ' ')}: {verdict}.",
        cause="Deviations were written down when the result was known, or for reasons nobody had agreed on.",
        effect="These cases are judged as if nothing had been recorded.",
        recommendation="Let deviations be recorded where the work is done, by a list of reasons.",
        grade=Grade.MINOR,
        subject=f"deviations:{duty}:{verdict}",
        evidence=(f"{notebook}/{recorded_key(duty, verdict)}",),
        cases=cases,
    )
