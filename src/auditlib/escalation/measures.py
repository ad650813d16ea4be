"""What standards ask about following up: the share of each duty met, out of the cases that are settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, cast

import narwhals as nw

from auditlib.errors import ParameterError
from auditlib.escalation.context import EscalationContext, context_of
from auditlib.escalation.facts import RESPONSES
from auditlib.escalation.findings import findings_of
from auditlib.escalation.matrix import held
from auditlib.escalation.precision import doubt_of
from auditlib.escalation.reperform import reperform
from auditlib.escalation.result import EscalationResult
from auditlib.obligations import FAILED, Status
from auditlib.parameters.engagement import Engagement
from auditlib.records import Basis, CaseReference, EvidenceLevel, Measurement, Refusal
from auditlib.standards.measure import Context, Tables, measure, nothing
from auditlib.standards.observed import share_of
from auditlib.standards.supplied import Same, unsaid

if TYPE_CHECKING:
    import pandas as pd

    from auditlib.contracts import CanonicalTables


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


@measure(
    "responsibilities_filled",
    needs=("responsibilities", "responsibilities.person_id", "responsibilities.valid_to"),
    dates=("responsibilities.valid_from", "responsibilities.valid_to"),
    register=True,
)
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
    result, cases = _reperform_once(Same(tables), context)
    if isinstance(result, Refusal):
        return nothing(f"{result.reason} {result.remedy}".strip())
    if duty in result.refused:
        return nothing(result.refused[duty].reason)
    rows = result.rows[result.rows["duty"] == duty]
    judged, met = _judged(rows)
    unknown = rows[rows["status"] == Status.UNKNOWN.value]
    doubts = "; ".join(doubt_of(reason) for reason in dict.fromkeys(unknown["detail"]))
    measured = share_of(
        met,
        judged,
        confidence=context.confidence,
        basis=(RESPONSES,),
        none=f"no {duty} is settled" + (f": {doubts}" if doubts else ""),
        unknown=len(unknown),
        reason=doubts,
    )
    return replace(measured, cases=cases.get(f"duty:{duty}", ()))


def _judged(rows: pd.DataFrame) -> tuple[int, int]:
    """Return how many duties are settled, and how many of them are met."""
    met = int((rows["status"] == Status.MET.value).sum())
    return int(rows["status"].isin(FAILED).sum()) + met, met


def _judged_by(tables: Tables, context: Context) -> EscalationContext | Refusal:
    """Return what the duties are judged by, or why they cannot be."""
    try:
        return context_of(Engagement(context.run, cast("CanonicalTables", tables), context.texts))
    except ParameterError:
        if "units" in tables.tables and any(unsaid(("units.country",), tables, context.run)):
            return Refusal("The calendar needs the country of each unit, and the register says none.")
        raise


@lru_cache(maxsize=2)
def _reperform_once(
    same: Same, context: Context
) -> tuple[EscalationResult | Refusal, Mapping[str, tuple[CaseReference, ...]]]:
    """Re-perform once for all five duties, with the cases of each finding by its subject.

    The same evidence and context give the same result.
    """
    tables = cast("CanonicalTables", same.tables)
    judged_by = _judged_by(tables, context)
    result = judged_by if isinstance(judged_by, Refusal) else reperform(tables, judged_by)
    findings = () if isinstance(result, Refusal) else findings_of(result)
    return result, {finding.subject: finding.cases for finding in findings}
