"""The formal report owed after a contact: whether it was promised by a day, sound, and presented."""

from __future__ import annotations

import narwhals as nw

from auditlib.calendars import ZoneTables, with_day_end
from auditlib.escalation.policy import EscalationPolicy
from auditlib.escalation.sources import Frame, Tables

NO_REPORT, NO_DUE = "no report", "no due date"
NO_ACTIONS, NO_OWNER, NO_ACTION_DUE = "no actions", "action without owner", "action without due date"
NOT_PRESENTED = "not presented"
_LATEST = 2**62


def with_report(
    facts: Frame, contacts: Frame, tables: Tables, *, policy: EscalationPolicy, zones: ZoneTables, as_of: int
) -> Frame:
    """Add ``report_id``, ``report_due_at``, ``presented_at`` and ``report_defect`` to contacted responses.

    The report is due at the end of its due day; where none was written, at the end of the last day the
    policy allows. Without a due day it is overdue at once. An unsound report is no report.
    """
    reports = _reports(contacts, tables, policy=policy, zones=zones, as_of=as_of)
    promised = facts.with_columns((nw.col("contact_day") + policy.report.days).alias("last_day"))
    promised = with_day_end(promised, zones, day="last_day", zone="zone", into="last_end").drop("last_day")
    joined = promised.join(reports, on="response_id", how="left")
    due = (
        nw.when(nw.col("report_id").is_null())
        .then(nw.col("last_end"))
        .when(nw.col("due_end").is_null())
        .then(nw.col("contact_at"))
        .otherwise(nw.col("due_end"))
    )
    defect = nw.when(nw.col("report_id").is_null()).then(nw.lit(NO_REPORT)).otherwise(nw.col("defect"))
    return joined.with_columns(due.alias("report_due_at"), defect.alias("report_defect")).drop(
        "last_end", "due_end", "defect"
    )


def _reports(
    contacts: Frame, tables: Tables, *, policy: EscalationPolicy, zones: ZoneTables, as_of: int
) -> Frame:
    """Return the one report judged for each response: the earliest due, then the smallest id."""
    known = contacts.select("response_id", "zone", "contact_at")
    written = tables.lazy("follow_up_reports").select(
        "report_id", "response_id", "due_on", "produced_at", nw.col("presented_at").alias("shown_at")
    )
    rows = with_day_end(
        known.join(written, on="response_id", how="inner"),
        zones,
        day="due_on",
        zone="zone",
        into="due_end",
    )
    rows = _with_actions(rows, tables, policy=policy)
    shown = (nw.col("shown_at") <= as_of) & (nw.col("shown_at") >= nw.col("contact_at"))
    produced = ~nw.col("produced_at").is_null()
    sound = (nw.col("flaw") == "") & ~nw.col("due_end").is_null()
    rows = rows.with_columns(
        nw.when(shown & produced & sound).then(nw.col("shown_at")).alias("presented_at"),
        nw.when(nw.col("due_end").is_null())
        .then(nw.lit(NO_DUE))
        .when(nw.col("flaw") != "")
        .then(nw.col("flaw"))
        .when((shown & produced).fill_null(value=False))
        .then(nw.lit(""))
        .otherwise(nw.lit(NOT_PRESENTED))
        .alias("defect"),
        nw.col("due_end").fill_null(_LATEST).alias("turn"),
    )
    first = rows.group_by("response_id").agg(nw.col("turn").min().alias("first_turn"))
    early = rows.join(first, on="response_id", how="inner").filter(nw.col("turn") == nw.col("first_turn"))
    one = early.group_by("response_id").agg(nw.col("report_id").min())
    return one.join(rows.select("report_id", "due_end", "presented_at", "defect"), on="report_id", how="left")


def _with_actions(rows: Frame, tables: Tables, *, policy: EscalationPolicy) -> Frame:
    """Add ``flaw``: what is wrong with the actions of a report, empty where nothing is."""
    if not policy.report.actions:
        return rows.with_columns(nw.lit("").alias("flaw"))
    actions = tables.lazy("report_actions").select(
        "report_id",
        nw.when(nw.col("owner_id").is_null()).then(1).otherwise(0).alias("unowned"),
        nw.when(nw.col("due_on").is_null()).then(1).otherwise(0).alias("undated"),
    )
    counted = actions.group_by("report_id").agg(
        nw.col("unowned").max(), nw.col("undated").max(), nw.len().alias("actions")
    )
    flaw = (
        nw.when(nw.col("actions").is_null())
        .then(nw.lit(NO_ACTIONS))
        .when(nw.col("unowned") == 1)
        .then(nw.lit(NO_OWNER))
        .when(nw.col("undated") == 1)
        .then(nw.lit(NO_ACTION_DUE))
        .otherwise(nw.lit(""))
    )
    joined = rows.join(counted, on="report_id", how="left")
    return joined.with_columns(flaw.alias("flaw")).drop("unowned", "undated", "actions")
