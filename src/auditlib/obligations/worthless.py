"""The finding that recorded deviations count for nothing (B2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditlib.records import CaseReference, Finding, Grade
from auditlib.statements import counted

if TYPE_CHECKING:
    import pandas as pd


def recorded_key(duty: str, verdict: str) -> str:
    """Return the key of the number of deviations from a duty with a verdict."""
    return ":".join(("recorded", duty, verdict.replace(" ", "_")))


def worthless(duty: str, verdict: str, rows: pd.DataFrame, *, notebook: str) -> Finding:
    """Return the finding that deviations of one duty count for nothing, for one reason.

    Parameters
    ----------
    duty, verdict
        What they depart from, and why none counts; see `deviations.Verdict`.
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
