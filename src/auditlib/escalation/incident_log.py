"""From canonical tables to the log of a desk: one row per change of a case, whichever table it stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from auditlib.escalation.assessment import to_pandas
from auditlib.escalation.sources import Frame, Tables
from auditlib.records import Refusal

if TYPE_CHECKING:
    import pandas as pd

INCIDENTS = (
    "event_id",
    "case_id",
    "unit_id",
    "account_id",
    "person_id",
    "state",
    "reason",
    "priority",
    "sla_met",
    "opened_at",
    "updated_at",
    "resolved_at",
    "closed_at",
    "source_file",
    "source_line",
)
"""Columns of a log; a log of complaints has no flag of its own and no fields beside its states."""
_NO_LOG = {
    "incident_events": Refusal(
        "There is no event log of a help desk.", "Ask for the log, one row per change of a case."
    ),
    "complaint_events": Refusal(
        "There are no complaints with their events.",
        "Ask for both tables, one row per complaint and one per change of it.",
    ),
}


def log_of(tables: Tables, name: str) -> pd.DataFrame | Refusal:
    """Return the log in table `name` with the tier of each case's account, or why there is none.

    Parameters
    ----------
    tables
        The evidence.
    name
        ``incident_events``, or ``complaint_events`` with the complaints they belong to.
    """
    needed = ("complaints", name) if name == "complaint_events" else (name,)
    if not set(needed) <= set(tables.tables):
        return _NO_LOG[name]
    rows = _incidents(tables) if name == "incident_events" else _complaints(tables)
    log = to_pandas(_with_tier(rows, tables))
    log = log[log["updated_at"].notna() & log["state"].notna()]
    if log.empty:
        return Refusal("The event log holds no event of the period.", "Check the period and the mapping.")
    return log


def _incidents(tables: Tables) -> Frame:
    return tables.lazy("incident_events").filter(nw.col("in_period")).select(*INCIDENTS)


def _complaints(tables: Tables) -> Frame:
    """Return the events of the complaints of the period under the names of a help desk's log."""
    received = tables.lazy("complaints").filter(nw.col("in_period"))
    cases = received.select(
        "complaint_id", "unit_id", "account_id", priority="severity", opened_at="received_at"
    )
    nothing = {
        "sla_met": nw.lit(None, nw.Boolean),
        "resolved_at": nw.lit(None, nw.Int64),
        "closed_at": nw.lit(None, nw.Int64),
    }
    events = tables.lazy("complaint_events").select(
        "event_id", "complaint_id", "person_id", "state", "reason", "source_file", "source_line",
        updated_at="occurred_at",
    )  # fmt: skip
    joined = events.join(cases, on="complaint_id", how="inner").with_columns(**nothing)
    return joined.with_columns(case_id=nw.col("complaint_id")).select(*INCIDENTS)


def _with_tier(rows: Frame, tables: Tables) -> Frame:
    """Add ``tier`` of the account; empty where no account, or no register of them, is known."""
    if "accounts" not in tables.tables:
        return rows.with_columns(tier=nw.lit(None, nw.String))
    accounts = tables.lazy("accounts").select("account_id", "tier")
    return rows.join(accounts, on="account_id", how="left")
