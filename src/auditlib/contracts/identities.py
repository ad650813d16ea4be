"""Which columns hold the client's ids of persons, accounts and cases, and the letter each kind is known by.

Units are no persons: their ids stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from auditlib.contracts.tables import TABLES
from auditlib.contracts.types import Column, ColumnKind, Table

LETTERS: Mapping[str, str] = MappingProxyType(
    {
        "accounts": "A", "acknowledgements": "K", "call_backs": "B", "cases": "D", "commitments": "Z",
        "complaints": "C", "customers": "M", "delegations": "G", "deviations": "Q", "devices": "H",
        "employees": "P", "events": "E", "fixes": "X", "follow_up_reports": "O", "follow_ups": "F",
        "interactions": "T", "invitations": "I", "other ids": "N", "pay_links": "L", "report_actions": "J",
        "responses": "R", "responsibilities": "Y", "rewards": "W", "visits": "V", "units": "U", "words": "S",
    }
)  # fmt: skip
"""Letter that a pseudonym begins with, by what it names. Units and words have one only where they would show
a person's data; all other kinds always."""
_OTHERS = {
    "device_id": "devices", "case_id": "cases", "event_id": "events", "figure_id": "other ids",
    "outage_id": "other ids",
}  # fmt: skip
_CASES = {"incident_events": "cases", "complaint_events": "complaints"}


def kind_of(column: str) -> str:
    """Return what a column's ids name: a table of `LETTERS`; empty where it holds no ids, or units'."""
    return _KINDS.get(column, "other ids" if column.endswith("_id") and column != "unit_id" else "")


def kind_of_case(table: str) -> str:
    """Return what the case of a finding or a duty is called by, from its table; empty for units and sites."""
    return _CASES.get(table, table if table in LETTERS and table != "units" else "")


def holds_values(column: str) -> bool:
    """Tell whether a column holds one value, such as a code or a name of a file, rather than words."""
    return column in _VALUES


def _kind(table: Table, column: Column) -> str:
    ids = table.name if column.name in table.key else "other ids"
    return _OTHERS.get(column.name) or column.references or ids


_IDS = [
    (table, column) for table in TABLES.values() for column in table.columns if column.kind is ColumnKind.ID
]
_KINDS = {column.name: _kind(table, column) for table, column in _IDS if _kind(table, column) != "units"}
_VALUES = frozenset(
    column.name
    for table in TABLES.values()
    for column in table.columns
    if column.kind in (ColumnKind.ID, ColumnKind.CODE)
) | {"file", "source_file", "source", "unit"}
