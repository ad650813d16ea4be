"""The formal report owed after a contact: whether it was promised by a day, sound, and presented."""

from __future__ import annotations

import narwhals as nw

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import Frame
from auditlib.escalation.policy import EscalationPolicy
from auditlib.escalation.precision import Days, follows, with_until
from auditlib.time.local_days import ZoneTables, with_day_end

NO_REPORT, NO_DUE = "no report", "no due date"
NO_ACTIONS, NO_OWNER, NO_ACTION_DUE = "no actions", "action without owner", "action without due date"
NOT_PRESENTED = "not presented"
_LATEST = 2**59
_CLASS = 2**60


def with_report(
    facts: Frame,
    contacts: Frame,
    tables: CanonicalTables,
    *,
    policy: EscalationPolicy,
    zones: ZoneTables,
    as_of: int,
    days: Days | None = None,
) -> Frame:
    """Add ``report_id``, ``report_due_at``, ``presented_at`` and ``report_defect`` to contacted responses.

    The report is due at the end of its due day, with its last microsecond: midnight is the next day. Where
    none was written it is due at the end of the last day the policy allows; without a due day it is
    overdue at once. An unsound report is no report. Adds ``presented_until`` too where events may be known
    by their day alone (`days`).
    """
    reports = _reports(contacts, tables, policy=policy, zones=zones, as_of=as_of, days=days)
    promised = facts.with_columns((nw.col("contact_day") + policy.report.days).alias("last_day"))
    promised = _with_last_instant(promised, zones, day="last_day", into="last_end").drop("last_day")
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


def _with_last_instant(frame: Frame, zones: ZoneTables, *, day: str, into: str) -> Frame:
    ended = with_day_end(frame, zones, day=day, zone="zone", into=into)
    return ended.with_columns((nw.col(into) - 1).alias(into))


def _written(contacts: Frame, tables: CanonicalTables, *, days: Days | None) -> Frame:
    """Return every report of a contacted response, with ``shown_at``, ``shown_until``, ``not_early``."""
    names = ["report_id", "response_id", "due_on", "produced_at", "presented_at"]
    of_contact = ["response_id", "zone", "contact_at"]
    if days is None:
        rows = contacts.select(*of_contact).join(
            tables.lazy("follow_up_reports").select(*names), on="response_id", how="inner"
        )
        in_order = nw.col("presented_at") >= nw.col("contact_at")
        rows = rows.with_columns(nw.col("presented_at").alias("shown_until"), in_order.alias("not_early"))
    else:
        written = tables.lazy("follow_up_reports").select(*names, "presented_day", "presented_second")
        held = contacts.select(*of_contact, "contact_day", "contact_second")
        rows = held.join(written, on="response_id", how="inner")
        rows = rows.with_columns(follows("presented", "contact").alias("not_early"))
        rows = with_until(rows, days, stem="presented").rename({"presented_until": "shown_until"})
    return rows.rename({"presented_at": "shown_at"})


def _reports(
    contacts: Frame,
    tables: CanonicalTables,
    *,
    policy: EscalationPolicy,
    zones: ZoneTables,
    as_of: int,
    days: Days | None,
) -> Frame:
    """Return the one report judged for each response: the best in time, then the earliest due."""
    rows = _with_last_instant(_written(contacts, tables, days=days), zones, day="due_on", into="due_end")
    rows = _with_actions(rows, tables, policy=policy)
    visible = (nw.col("shown_at") <= as_of) & nw.col("not_early")
    produced = ~nw.col("produced_at").is_null()
    sound = (nw.col("flaw") == "") & ~nw.col("due_end").is_null()
    presented = (visible & produced & sound).fill_null(value=False)
    rows = rows.with_columns(
        nw.when(presented).then(nw.col("shown_at")).alias("presented_at"),
        nw.when(presented).then(nw.col("shown_until")).alias("presented_until"),
        nw.when(nw.col("due_end").is_null())
        .then(nw.lit(NO_DUE))
        .when(nw.col("flaw") != "")
        .then(nw.col("flaw"))
        .when((visible & produced).fill_null(value=False))
        .then(nw.lit(""))
        .otherwise(nw.lit(NOT_PRESENTED))
        .alias("defect"),
        (_in_time(presented) * _CLASS + nw.col("due_end").fill_null(_LATEST)).alias("turn"),
    )
    first = rows.group_by("response_id").agg(nw.col("turn").min().alias("first_turn"))
    early = rows.join(first, on="response_id", how="inner").filter(nw.col("turn") == nw.col("first_turn"))
    judged = early.group_by("response_id").agg(nw.col("report_id").min())
    columns = ["report_id", "due_end", "presented_at", "defect", *(["presented_until"] if days else [])]
    return judged.join(rows.select(columns), on="report_id", how="left")


def _in_time(presented: nw.Expr) -> nw.Expr:
    """Return how well a report does: 0 in time, 1 perhaps, 2 late, 3 not presented or unsound."""
    due = nw.col("due_end")
    return (
        nw.when(presented & (nw.col("shown_until") <= due))
        .then(nw.lit(0))
        .when(presented & (nw.col("shown_at") <= due))
        .then(nw.lit(1))
        .when(presented)
        .then(nw.lit(2))
        .otherwise(nw.lit(3))
        .cast(nw.Int64)
    )


def _with_actions(rows: Frame, tables: CanonicalTables, *, policy: EscalationPolicy) -> Frame:
    """Add ``flaw``: what is wrong with the actions of a report, empty where nothing is."""
    if not policy.report.actions:
        return rows.with_columns(nw.lit("").alias("flaw"))
    actions = tables.lazy("report_actions").select(
        "report_id",
        nw.when(nw.col("owner_id").is_null()).then(1).otherwise(0).alias("unowned"),
        nw.when(nw.col("due_on").is_null()).then(1).otherwise(0).alias("undated"),
    )
    by_report = actions.group_by("report_id").agg(
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
    joined = rows.join(by_report, on="report_id", how="left")
    return joined.with_columns(flaw.alias("flaw")).drop("unowned", "undated", "actions")
