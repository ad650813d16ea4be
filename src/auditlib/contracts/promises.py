"""Canonical tables of promises: what was promised, whether it was done, and when it was departed from."""

from __future__ import annotations

from auditlib.contracts.columns import (
    CODE,
    CUSTOMER,
    DAY,
    ID,
    INSTANT,
    ROLES,
    TEXT,
    TRANSACTION_TYPE,
    UNIT,
    key,
    link,
)
from auditlib.contracts.types import Column, Table

PROMISES: tuple[Table, ...] = (
    Table(
        "visits",
        "the register of direct feedback: visits, round tables and reviews, face to face",
        ("visit_id",),
        (
            key("visit_id", "Visit."),
            link("account_id", "accounts", "Account that was met.", required=True),
            link("unit_id", "units", "Unit that met it."),
            Column("form", CODE, "Form of the meeting.", codes=("visit", "round_table", "review")),
            Column("level", CODE, "Highest role of the party present.", codes=ROLES),
            Column("held_on", DAY, "Day it was held.", required=True),
            Column("topics", TEXT, "What was talked about."),
        ),
    ),
    Table(
        "commitments",
        "what was promised face to face, and whether it was done",
        ("commitment_id",),
        (
            key("commitment_id", "Commitment."),
            link("visit_id", "visits", "Visit it was made at.", required=True),
            link("owner_id", "employees", "Person accountable for it."),
            Column("text", TEXT, "What was promised."),
            Column("due_on", DAY, "Day it is due.", empty="no day named"),
            Column("done_on", DAY, "Day it was done; empty while open.", empty="still open"),
        ),
        people=False,
    ),
    Table(
        "call_backs",
        "calls that customers were promised, and whether they were made in time",
        ("call_back_id",),
        (
            key("call_back_id", "Call-back."),
            UNIT,
            CUSTOMER,
            TRANSACTION_TYPE,
            Column("requested", INSTANT, "When it was asked for or promised.", required=True),
            Column("due", INSTANT, "When it was promised for; empty where the policy's limit holds."),
            Column("called", INSTANT, "When it was made, if it was.", after="requested", empty="not made"),
        ),
        "requested",
    ),
    Table(
        "delegations",
        "who stood in for the holder of a role, from one day to another",
        ("delegation_id",),
        (
            key("delegation_id", "Delegation; the line number where the list has none."),
            link("responsibility_id", "responsibilities", "Entry of the matrix it is for.", required=True),
            link("delegate_id", "employees", "Delegate.", required=True),
            Column("valid_from", DAY, "First day.", required=True),
            Column("valid_to", DAY, "Last day; empty while valid.", empty="still valid"),
        ),
        people=False,
    ),
    Table(
        "deviations",
        "departures from a standard that were written down, with their reason",
        ("deviation_id",),
        (
            key("deviation_id", "Deviation."),
            Column("duty", CODE, "Duty departed from, as the policy calls it, or the metric.", required=True),
            Column("case_id", ID, "Case: id of the call-back, complaint or response.", required=True),
            link("unit_id", "units", "Unit of the case."),
            Column("recorded", INSTANT, "When it was written down.", required=True),
            Column("reason", CODE, "Why it was departed from."),
            link("person_id", "employees", "Person who wrote it down."),
        ),
    ),
)
