"""Findings that the statuses alone do not state: gaps in the responsibility matrix, defects of reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditlib.escalation.matrix import NO_ENTRY, OF_ACCOUNT, VACANT, spoken
from auditlib.escalation.reports import NO_ACTION_DUE, NO_ACTIONS, NO_DUE, NO_OWNER
from auditlib.records import CaseReference, Finding, Grade
from auditlib.statements import counted

if TYPE_CHECKING:
    import pandas as pd

NOTEBOOK = "05_escalation"
DEFECTS = (NO_DUE, NO_ACTIONS, NO_OWNER, NO_ACTION_DUE)


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that was lacking: ``matrix`` or ``report``, where, what, in how many cases and which."""

    what: str
    unit: str
    words: str
    cases: int
    references: tuple[CaseReference, ...] = ()

    @property
    def key(self) -> str:
        """What its number is called."""
        return ":".join(part for part in ("gap", self.what, self.unit, self.words.replace(" ", "_")) if part)


def gaps_of(rows: pd.DataFrame) -> tuple[Gap, ...]:
    """Return the gaps of the matrix by unit and role, then the defects of reports by kind."""
    return (*_matrix(rows), *_reports(rows))


def findings_of(rows: pd.DataFrame) -> tuple[Finding, ...]:
    """Return one finding for every gap."""
    return tuple(_MADE[gap.what](gap) for gap in gaps_of(rows))


def _matrix(rows: pd.DataFrame) -> Iterator[Gap]:
    bad = rows[(rows["duty"] == "attendance") & rows["detail"].str.contains(f"{VACANT}|{NO_ENTRY}")]
    parts = bad.assign(part=bad["detail"].str.split("; ")).explode("part")
    parts = parts[parts["part"].str.contains(f" (?:{VACANT}|{NO_ENTRY})")]
    for (unit, part), found in parts.groupby(["unit_id", "part"], sort=True):
        yield Gap("matrix", str(unit), str(part), len(found), _references(found, str(part)))


def _reports(rows: pd.DataFrame) -> Iterator[Gap]:
    bad = rows[(rows["duty"] == "report") & (rows["status"] == "missing")]
    for defect in DEFECTS:
        found = bad[bad["detail"] == defect]
        if len(found):
            yield Gap("report", "", defect, len(found), _references(found, defect))


def _references(rows: pd.DataFrame, words: str) -> tuple[CaseReference, ...]:
    pairs = sorted(zip(rows["response_id"].astype(str), rows["unit_id"].astype(str), strict=True))
    return tuple(CaseReference("responses", case, unit, spoken(words)) for case, unit in pairs)


def _matrix_finding(gap: Gap) -> Finding:
    role, _, lack = gap.words.partition(" ")
    account = lack.partition(OF_ACCOUNT)[2].strip("'")
    named = f"{role.replace('_', ' ')}{OF_ACCOUNT}'{account}'" if account else role.replace("_", " ")
    state = "was vacant" if lack.startswith(VACANT) else "had no entry in the matrix"
    day = f"on the day of {counted(gap.cases, 'contact')}"
    return Finding(
        criterion="E4: roles at a contact resolve through a responsibility matrix valid on that day.",
        condition=f"In unit {gap.unit} the role of {named} {state} {day}.",
        cause="Nobody was named when the holder left, and no delegate may stand in for a vacant role.",
        effect="These contacts could not be attended as promised, whoever came.",
        recommendation=f"Name a {named} for unit {gap.unit}, and a successor before the next one leaves.",
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
