"""From canonical tables to the log of a desk: one row per change of a case, whichever table it stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from auditlib.contracts import WHOLE_DAY, CanonicalTables
from auditlib.contracts.frames import Frame, to_pandas
from auditlib.records import Refusal
from auditlib.time.epoch import HOUR

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
OF_CASE = {"source_file": "case_file", "source_line": "case_line"}
"""Where the case itself stands, in a log whose cases have a table of their own."""
STEMS = ("opened", "updated", "resolved", "closed")
"""Its instants; one known by its day alone lies between ``<stem>_at`` and ``<stem>_until``."""
_SECONDS = tuple(f"{stem}_second" for stem in STEMS)
STARTS = {
    "incident_events": ("incident_events.opened", "incident_events.updated"),
    "complaint_events": ("complaints.received", "complaint_events.occurred"),
}
"""Instants from which the clocks of a log run: the case's own, and those of its events."""
CASE_IDS = {"incident_events": "case_id", "complaint_events": "complaint_id"}
"""Column of each log that names the case of an event."""
_NO_LOG = {
    "incident_events": Refusal(
        "There is no event log of a help desk.", "Ask for the log, one row per change of a case."
    ),
    "complaint_events": Refusal(
        "There are no complaints with their events.",
        "Ask for both tables, one row per complaint and one per change of it.",
    ),
}


def log_of(tables: CanonicalTables, name: str, *, as_of: int) -> pd.DataFrame | Refusal:
    """Return the log in table `name` with the tier of each case's account, or why there is none.

    Every instant has its last possible one beside it: ``opened_until`` and so on.

    Parameters
    ----------
    tables
        The evidence.
    name
        ``incident_events``, or ``complaint_events`` with the complaints they belong to.
    as_of
        UTC microseconds; what is recorded had happened by then.
    """
    needed = ("complaints", name) if name == "complaint_events" else (name,)
    if not set(needed) <= set(tables.tables):
        return _NO_LOG[name]
    rows = _incidents(tables) if name == "incident_events" else _complaints(tables)
    log = to_pandas(_with_tier(rows, tables))
    log = log[log["updated_at"].notna() & log["state"].notna()]
    if log.empty:
        return Refusal("The event log holds no event of the period.", "Check the period and the mapping.")
    return _spanned(log, as_of=as_of)


def _spanned(log: pd.DataFrame, *, as_of: int) -> pd.DataFrame:
    """Add the last instant that each may have been: of a day without a time its end, or `as_of` before it."""
    spans = {}
    for stem in STEMS:
        at = log[f"{stem}_at"].astype("Int64")
        whole = (log[f"{stem}_second"] == WHOLE_DAY).fillna(value=False).astype(bool)
        last = (at + 24 * HOUR - 1).clip(upper=as_of)
        spans[f"{stem}_until"] = at.where(~whole | (last < at), last)
    return log.assign(**spans).drop(columns=list(_SECONDS))


def _incidents(tables: CanonicalTables) -> Frame:
    """Return every event of the cases that something happened to in the period.

    What became of them after it counts too, as far as it was seen: a case resolved a day later is not open.
    """
    events = tables.lazy("incident_events")
    touched = events.filter(nw.col("in_period")).select("case_id").unique()
    return events.join(touched, on="case_id", how="semi").select(*INCIDENTS, *_SECONDS)


def _complaints(tables: CanonicalTables) -> Frame:
    """Return the events of the complaints of the period under the names of a help desk's log."""
    received = tables.lazy("complaints").filter(nw.col("in_period"))
    cases = received.select(
        "complaint_id",
        "unit_id",
        "account_id",
        priority="severity",
        opened_at="received_at",
        opened_second="received_second",
        case_file="source_file",
        case_line="source_line",
    )
    nothing = {
        "sla_met": nw.lit(None, nw.Boolean),
        "resolved_at": nw.lit(None, nw.Int64),
        "closed_at": nw.lit(None, nw.Int64),
        "resolved_second": nw.lit(None, nw.Int64),
        "closed_second": nw.lit(None, nw.Int64),
    }
    events = tables.lazy("complaint_events").select(
        "event_id",
        "complaint_id",
        "person_id",
        "state",
        "reason",
        "source_file",
        "source_line",
        updated_at="occurred_at",
        updated_second="occurred_second",
    )
    joined = events.join(cases, on="complaint_id", how="inner").with_columns(**nothing)
    identified = joined.with_columns(case_id=nw.col("complaint_id"))
    return identified.select(*INCIDENTS, *_SECONDS, *OF_CASE.values())


def _with_tier(rows: Frame, tables: CanonicalTables) -> Frame:
    """Add ``tier`` of the account; empty where no account, or no register of them, is known."""
    if "accounts" not in tables.tables:
        return rows.with_columns(tier=nw.lit(None, nw.String))
    accounts = tables.lazy("accounts").select("account_id", "tier")
    return rows.join(accounts, on="account_id", how="left")
