"""Columns that several canonical tables share, and the kinds by their short names."""

from __future__ import annotations

from auditlib.contracts.types import Column, ColumnKind

ROLES = ("client_manager", "service_manager", "senior_management", "manager", "staff")
ACTION_TYPES = ("policy", "procedure", "system", "other")
SEVERITIES = ("critical", "high", "normal", "low")
COMPLAINT_STATES = (
    "received",
    "new",
    "open",
    "acknowledged",
    "assigned",
    "in_progress",
    "contacted",
    "escalated",
    "waiting_customer",
    "resolved",
    "accepted",
    "refused",
    "reopened",
    "closed",
)
"""States of a complaint that the house clock knows."""

ID, CODE, TEXT, NUMBER = ColumnKind.ID, ColumnKind.CODE, ColumnKind.TEXT, ColumnKind.NUMBER
FLAG, DAY, INSTANT, COUNT, SHARE = (
    ColumnKind.FLAG,
    ColumnKind.DAY,
    ColumnKind.INSTANT,
    ColumnKind.COUNT,
    ColumnKind.SHARE,
)


def key(name: str, meaning: str) -> Column:
    """Return a column that identifies a row."""
    return Column(name, ID, meaning, required=True)


def link(
    name: str, table: str, meaning: str, *, required: bool = False, empty: str = "", optional: bool = False
) -> Column:
    """Return a column that repeats the key of `table`."""
    return Column(name, ID, meaning, required, references=table, empty=empty, optional=optional)


UNIT = link("unit_id", "units", "Unit the row belongs to.", required=True)
CUSTOMER = link("customer_id", "customers", "Customer concerned.")
ACCOUNT = link("account_id", "accounts", "Account of the customer.")
CHANNEL = Column("channel", CODE, "Contact channel.")
TRANSACTION_TYPE = Column("transaction_type", CODE, "Type of transaction.")
REASON = Column("reason", CODE, "Why that state was entered, where a cause has to be given.")
