"""Duties whose record exists and cannot be used: nobody knows whether they were met, late or not done.

A record in quarantine (its time is empty or cannot be read, or another fault) is no proof of fulfilment, and
no proof that nothing was done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import collected
from auditlib.escalation.precision import IN_QUARANTINE
from auditlib.obligations import FAILED, Status

if TYPE_CHECKING:
    import pandas as pd

_RECORDS = {
    "acknowledgement": ("acknowledgements",),
    "contact": ("follow_ups",),
    "attendance": ("follow_ups", "attendance"),
    "documentation": ("follow_ups",),
    "report": ("follow_ups", "follow_up_reports", "report_actions"),
}
"""Tables whose records fulfil a duty, in the order in which a case is told to lack one."""
_THROUGH = {
    "attendance": ("follow_up_id", "follow_ups"),
    "report_actions": ("report_id", "follow_up_reports"),
}
"""Of records that name no response themselves: the column that names the record they belong to."""


def with_unusable(rows: pd.DataFrame, tables: CanonicalTables) -> pd.DataFrame:
    """Return `rows` with every failed duty unknown of which a record is in quarantine; the detail names it.

    What was done in time by a record that was kept stays done. Who was present cannot excuse a contact
    that was late.
    """
    status, detail = rows["status"], rows["detail"]
    duties = rows["duty"].unique()
    # Several duties are fulfilled by one table: it is read once.
    unusable = {table: _responses(tables, table) for table in {t for duty in duties for t in _RECORDS[duty]}}
    for duty in duties:
        for table in reversed(_RECORDS[duty]):
            failed = (rows["duty"] == duty) & rows["status"].isin(_could_be_otherwise(table))
            reasons = unusable[table]
            unclear = failed & rows["response_id"].isin(reasons)
            said = rows["response_id"].map(lambda case, why=reasons, of=table: _detail(of, why.get(case, "")))
            status = status.mask(unclear, Status.UNKNOWN.value)
            detail = detail.mask(unclear, said)
    return rows.assign(status=status, detail=detail)


def with_record_in_quarantine(tables: CanonicalTables) -> frozenset[str]:
    """Return the responses of which any record is in quarantine: what they lack may have been done."""
    every = dict.fromkeys(table for records in _RECORDS.values() for table in records)
    return frozenset(response for table in every for response in _responses(tables, table))


def _could_be_otherwise(table: str) -> tuple[str, ...]:
    return (Status.WRONG_PARTY.value,) if table == "attendance" else FAILED


def _detail(table: str, reason: str) -> str:
    return f"{IN_QUARANTINE}: {table}: {reason}"


def _responses(tables: CanonicalTables, table: str) -> dict[str, str]:
    """Return the responses of which a record of `table` is in quarantine, each with the reason."""
    if table not in tables.tables:
        return {}
    if table not in _THROUGH:
        return dict(tables.in_quarantine(table, "response_id"))
    link, through = _THROUGH[table]
    records = tables.in_quarantine(table, link)
    if not records:
        return {}
    parents = collected(tables.lazy(through).select(link, "response_id")).rows()
    return {str(response): records[record] for record, response in parents if record in records}
