"""The canonical tables: what every client's data becomes before anything is computed.

A contract says which columns a table has, what each holds, which identify a row, and what the table
is for. It reads no file. `evidence` brings data into this form; every other room relies on it and sees it
through one protocol, `CanonicalTables`.
"""

from auditlib.contracts.canonical import CanonicalTables
from auditlib.contracts.tables import TABLES, table, with_items
from auditlib.contracts.types import WHOLE_DAY, Column, ColumnKind, Table, physical_columns, timed_key

__all__ = [
    "TABLES",
    "WHOLE_DAY",
    "CanonicalTables",
    "Column",
    "ColumnKind",
    "Table",
    "physical_columns",
    "table",
    "timed_key",
    "with_items",
]
