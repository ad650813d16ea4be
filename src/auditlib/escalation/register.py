"""What each duty became, one row each and in one shape, to be handed over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditlib.escalation.asked import Attempt
from auditlib.escalation.incident_result import IncidentResult
from auditlib.escalation.rates import STATUSES
from auditlib.escalation.result import EscalationResult
from auditlib.records import Number, Sentence
from auditlib.statements import counted

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "duty", "table", "case_id", "unit_id", "case_class", "trigger", "due", "done", "status", "detail",
    "source_file", "source_line",
)  # fmt: skip
"""Columns of the register. `case_class` is the band, or priority and tier; instants are UTC."""


@dataclass(frozen=True)
class DutyRegister:
    """Every duty with its case, its instants, its status and the line of the file it was triggered by.

    Ids and units alone: no name, no free text.
    """

    rows: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Return duties by status: duty, status, cases."""
        counts = self.rows.groupby(["duty", "status"], sort=True).size().rename("cases").reset_index()
        order = {status: turn for turn, status in enumerate(STATUSES)}
        return counts.sort_values(["duty", "status"], key=lambda c: c.map(order) if c.name == "status" else c)

    def numbers(self) -> tuple[Number, ...]:
        """Return how many rows are handed over."""
        return (Number("duties_handed_over", len(self.rows), "count", reason="All of them."),)

    def summary(self) -> tuple[Sentence, ...]:
        """Return that the register is handed over, and how a case is looked up in it."""
        if self.rows.empty:
            return (Sentence("No duty could be judged, so there is no register of duties."),)
        many = counted(len(self.rows), "duty", "duties")
        return (
            Sentence(
                f"What became of each of the {many} is handed over with the run in duties.parquet, one row "
                "each: case, unit, when it was triggered, due and done, status, file and line. The work "
                "papers list those that failed; auditlib trace names any of them by its case (duty:ID) or "
                "by what became of it (late:contact).",
                ("duties_handed_over",),
            ),
        )


def register_of(followed: Attempt[EscalationResult], *desks: Attempt[IncidentResult]) -> DutyRegister:
    """Return the register of what was judged after responses and in the logs of desks."""
    import pandas as pd

    parts = [*(_followed(result) for result in followed), *(_desk(each) for desk in desks for each in desk)]
    empty = pd.DataFrame(columns=list(COLUMNS))
    rows = pd.concat(parts, ignore_index=True) if parts else empty
    return DutyRegister(rows[list(COLUMNS)])


def _followed(result: EscalationResult) -> pd.DataFrame:
    rows = result.rows
    named = rows.rename(columns={"response_id": "case_id", "band": "case_class"})
    return named.assign(table="responses", **dict(_instants(rows, trigger="submitted_at")))


def _desk(result: IncidentResult) -> pd.DataFrame:
    rows = result.statuses()
    tier = rows["tier"].fillna("").astype(str)
    joined = rows["priority"].fillna("").astype(str) + tier.where(tier == "", "/" + tier)
    named = rows.assign(table=result.table, case_class=joined, detail="")
    return named.assign(**dict(_instants(rows, trigger="opened_at")))


def _instants(rows: pd.DataFrame, *, trigger: str) -> Iterator[tuple[str, pd.Series]]:
    import pandas as pd

    for name, column in (("trigger", trigger), ("due", "due_at"), ("done", "done_at")):
        whole = rows[column].astype("Int64").astype("object").where(rows[column].notna(), None)
        yield name, pd.to_datetime(whole, unit="us", utc=True).astype("datetime64[us, UTC]")
