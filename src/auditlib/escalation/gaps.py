"""What duties lacked beyond their statuses: gaps in the responsibility matrix, defects of reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditlib.escalation.matrix import NO_ENTRY, VACANT, spoken
from auditlib.escalation.reports import NO_ACTION_DUE, NO_ACTIONS, NO_DUE, NO_OWNER
from auditlib.obligations import Status
from auditlib.records import CaseReference

if TYPE_CHECKING:
    import pandas as pd

DEFECTS = (NO_DUE, NO_ACTIONS, NO_OWNER, NO_ACTION_DUE)


@dataclass(frozen=True, slots=True)
class Gap:
    """What was lacking: of ``matrix`` or ``report``, where, in words, in how many cases and which."""

    kind: str
    unit: str
    words: str
    cases: int
    references: tuple[CaseReference, ...] = ()

    @property
    def key(self) -> str:
        """What its number is called."""
        return ":".join(part for part in ("gap", self.kind, self.unit, self.words.replace(" ", "_")) if part)


def gaps_of(rows: pd.DataFrame) -> tuple[Gap, ...]:
    """Return the gaps of the matrix by unit and role, then the defects of reports by kind."""
    return (*_matrix(rows), *_reports(rows))


def _matrix(rows: pd.DataFrame) -> Iterator[Gap]:
    bad = rows[(rows["duty"] == "attendance") & rows["detail"].str.contains(f"{VACANT}|{NO_ENTRY}")]
    parts = bad.assign(part=bad["detail"].str.split("; ")).explode("part")
    parts = parts[parts["part"].str.contains(f" (?:{VACANT}|{NO_ENTRY})")]
    for (unit, part), cases in parts.groupby(["unit_id", "part"], sort=True):
        yield Gap("matrix", str(unit), str(part), len(cases), _references(cases, str(part)))


def _reports(rows: pd.DataFrame) -> Iterator[Gap]:
    bad = rows[(rows["duty"] == "report") & (rows["status"] == Status.MISSING.value)]
    for defect in DEFECTS:
        cases = bad[bad["detail"] == defect]
        if len(cases):
            yield Gap("report", "", defect, len(cases), _references(cases, defect))


def _references(rows: pd.DataFrame, words: str) -> tuple[CaseReference, ...]:
    pairs = sorted(zip(rows["response_id"].astype(str), rows["unit_id"].astype(str), strict=True))
    return tuple(CaseReference("responses", case, unit, spoken(words)) for case, unit in pairs)
