"""What standards ask about following up: the share of each duty met, out of the cases that are settled."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import narwhals as nw

from auditlib.escalation.assessment import assess
from auditlib.escalation.matrix import held
from auditlib.escalation.result import RESPONSES, EscalationResult
from auditlib.escalation.sources import Tables as LazyTables
from auditlib.escalation.terms import terms_of
from auditlib.obligations import Status
from auditlib.records import Basis, EvidenceLevel, Measurement, Refusal
from auditlib.standards.measure import Context, Tables, measure, nothing
from auditlib.standards.observed import share_of

if TYPE_CHECKING:
    import pandas as pd


@measure("acknowledged_in_time", needs=("responses", "acknowledgements"))
def acknowledged_in_time(tables: Tables, context: Context) -> Measurement:
    """Responses of the period acknowledged in full within the limit, over all whose limit has passed."""
    return _met("acknowledgement", tables, context)


@measure("contacted_in_time", needs=("responses", "follow_ups"))
def contacted_in_time(tables: Tables, context: Context) -> Measurement:
    """Named customers below the limit who were contacted in time, over all whose contact is settled.

    Customers who declined in time are not counted.
    """
    return _met("contact", tables, context)


@measure("attended_as_required", needs=("responses", "follow_ups", "attendance", "responsibilities"))
def attended_as_required(tables: Tables, context: Context) -> Measurement:
    """Contacts owed at which everyone the band names was present in time, over all that are settled."""
    return _met("attendance", tables, context)


@measure("documented_in_time", needs=("responses", "follow_ups"))
def documented_in_time(tables: Tables, context: Context) -> Measurement:
    """Contacts owed whose context is written down, over all that are settled."""
    return _met("documentation", tables, context)


@measure("reported_in_time", needs=("responses", "follow_ups", "follow_up_reports", "report_actions"))
def reported_in_time(tables: Tables, context: Context) -> Measurement:
    """Formal reports owed that were sound and presented by their day, over all that are settled."""
    return _met("report", tables, context)


@measure("responsibilities_filled", needs=("responsibilities",))
def responsibilities_filled(tables: Tables, context: Context) -> Measurement:
    """Entries of the responsibility matrix valid on the day of the audit that name a holder.

    A delegate beside a vacant role stands in for nobody, as in the duty to attend.
    """
    entries = tables.frame("responsibilities", columns=("person_id", "valid_from", "valid_to"))
    valid = entries[_valid_on(entries, context.as_of_at // 86_400_000_000)]
    return share_of(
        len(nw.from_native(valid).filter(held())),
        len(valid),
        confidence=context.confidence,
        basis=(Basis("responsibilities"),),
        none="no entry of the matrix is valid on the day of the audit",
        level=EvidenceLevel.REGISTER,
    )


def _valid_on(entries: pd.DataFrame, day: int) -> pd.Series:
    return (entries["valid_from"] <= day) & (entries["valid_to"].isna() | (entries["valid_to"] >= day))


def _met(duty: str, tables: Tables, context: Context) -> Measurement:
    found = _assessed(tables, context)
    if isinstance(found, Refusal):
        return nothing(f"{found.reason} {found.remedy}".strip())
    if duty in found.refused:
        return nothing(found.refused[duty].reason)
    frame = found.of(duty).to_frame()
    row: dict[str, Any] = {str(key): value for key, value in frame.iloc[0].items()} if len(frame) else {}
    measured = share_of(
        int(row.get(Status.MET.value, 0)),
        int(row.get("judged", 0)),
        confidence=context.confidence,
        basis=(RESPONSES,),
        none=f"no {duty} is settled",
    )
    own = (finding.cases for finding in found.findings() if finding.subject == f"duty:{duty}")
    return replace(measured, cases=next(own, ()))


def _assessed(tables: Tables, context: Context) -> EscalationResult | Refusal:
    """Assess once for all five duties; the same evidence and terms give the same result."""
    return _assess_once(_Same(cast("LazyTables", tables)), context)


class _Same:
    """Tables as a key: equal only to themselves."""

    def __init__(self, tables: LazyTables) -> None:
        self.tables = tables

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.tables is self.tables

    def __hash__(self) -> int:
        return id(self.tables)


@lru_cache(maxsize=2)
def _assess_once(same: _Same, context: Context) -> EscalationResult | Refusal:
    return assess(same.tables, terms_of(context.run, same.tables, context.texts))
