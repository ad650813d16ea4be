"""What each duty became, one row each and in one shape, to be handed over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditlib.obligations.rates import STATUSES

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "duty",
    "table",
    "case_id",
    "unit_id",
    "case_class",
    "trigger",
    "due",
    "done",
    "status",
    "detail",
    "source_file",
    "source_line",
)
"""Columns of the register. `case_class` is the band, or priority and tier; instants are UTC."""


@dataclass(frozen=True)
class DutyRegister:
    """Every duty with its case, its instants, its status and the line of the file it was triggered by.

    Ids and units alone: no name, no free text.
    """

    rows: pd.DataFrame

    @classmethod
    def of(cls, parts: Iterable[pd.DataFrame]) -> DutyRegister:
        """Return the register of all rows of `parts`; see `register_rows`."""
        import pandas as pd

        empty = pd.DataFrame(columns=list(COLUMNS))
        rows = pd.concat(stacked, ignore_index=True) if (stacked := list(parts)) else empty
        return cls(rows[list(COLUMNS)])

    def to_frame(self) -> pd.DataFrame:
        """Return duties by status: duty, status, cases."""
        counts = self.rows.groupby(["duty", "status"], sort=True).size().rename("cases").reset_index()
        order = {status: turn for turn, status in enumerate(STATUSES)}
        return counts.sort_values(["duty", "status"], key=lambda c: c.map(order) if c.name == "status" else c)


def register_rows(rows: pd.DataFrame, *, table: str, trigger: str, detail: str | None = None) -> pd.DataFrame:
    """Return obligations as rows of the register.

    Parameters
    ----------
    rows
        One per obligation: ``duty, case_id, unit_id, case_class, due_at, done_at, status, detail,
        source_file, source_line`` and the column `trigger`; instants in UTC microseconds.
    table
        The canonical table the cases stand in.
    trigger
        Column of the instant that triggered the duty.
    detail
        The same for all, where the rows have none.
    """
    import pandas as pd

    instants = {}
    for name, column in (("trigger", trigger), ("due", "due_at"), ("done", "done_at")):
        whole = rows[column].astype("Int64").astype("object").where(rows[column].notna(), None)
        instants[name] = pd.to_datetime(whole, unit="us", utc=True).astype("datetime64[us, UTC]")
    detailed = rows if detail is None else rows.assign(detail=detail)
    return detailed.assign(table=table, **instants)
