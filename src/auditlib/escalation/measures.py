"""What standards ask about following up: the share of each duty met, out of the cases that are settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, cast

import narwhals as nw

from auditlib.errors import ParameterError
from auditlib.escalation.assessment import Terms, assess
from auditlib.escalation.matrix import held
from auditlib.escalation.precision import doubt_of
from auditlib.escalation.promise_result import CALL_BACKS, PromiseResult
from auditlib.escalation.promises import promise_terms, promises
from auditlib.escalation.rates import FAILED
from auditlib.escalation.result import RESPONSES, EscalationResult
from auditlib.escalation.sources import EventTables as LazyTables
from auditlib.escalation.terms import terms_of
from auditlib.obligations import Status
from auditlib.obligations.deviations import INVALID, DeviationWorth
from auditlib.records import Basis, CaseReference, EvidenceLevel, Kind, Measurement, Refusal
from auditlib.standards.measure import Context, Tables, measure, nothing
from auditlib.standards.observed import answers_to, share_of
from auditlib.standards.supplied import Same, unsaid
from auditlib.statements import counted

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
    found, cases = _assess_once(Same(tables), context)
    if isinstance(found, Refusal):
        return nothing(f"{found.reason} {found.remedy}".strip())
    if duty in found.refused:
        return nothing(found.refused[duty].reason)
    rows = found.rows[found.rows["duty"] == duty]
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


def _terms(tables: Tables, context: Context) -> Terms | Refusal:
    """Return what the duties are judged by, or why they cannot be."""
    try:
        return terms_of(context.run, cast("LazyTables", tables), context.texts)
    except ParameterError:
        if "units" in tables.tables and any(unsaid(("units.country",), tables, context.run)):
            return Refusal("The calendar needs the country of each unit, and the register says none.")
        raise


@lru_cache(maxsize=2)
def _assess_once(
    same: Same, context: Context
) -> tuple[EscalationResult | Refusal, Mapping[str, tuple[CaseReference, ...]]]:
    """Assess once for all five duties, with the cases of each finding by its subject.

    The same evidence and terms give the same result.
    """
    result = assess(cast("LazyTables", same.tables), _terms(cast("Tables", same.tables), context))
    findings = () if isinstance(result, Refusal) else result.findings()
    return result, {finding.subject: finding.cases for finding in findings}


@measure(
    "call_backs_in_time",
    needs=("call_backs",),
    starts=("call_backs.requested",),
    dates=("call_backs.due", "call_backs.called", "deviations.recorded"),
)
def call_backs_in_time(tables: Tables, context: Context) -> Measurement:
    """Promised calls of the period made within the limit of their rule, over all that are settled.

    The rules are those of the policy of service promises that have a limit of time. A call outside it is
    excused by a deviation that the policy lists, recorded at the time.
    """
    found = _promised(tables, context)
    if isinstance(found, Refusal):
        return nothing(f"{found.reason} {found.remedy}".strip())
    timed = found.rows[found.rows["kind"] != Kind.DISCRETIONARY.value]
    counts = {status: int((timed["status"] == status.value).sum()) for status in Status}
    settled = (Status.MET, Status.LATE, Status.MISSING, Status.WRONG_PARTY, Status.EXCUSED)
    open_yet, reason = counts[Status.UNKNOWN], ""
    if open_yet:
        reason = f"{counted(open_yet, 'call')} cannot be told to be in time or late, and are not counted"
    return share_of(
        counts[Status.MET],
        sum(counts[status] for status in settled),
        confidence=context.confidence,
        basis=(CALL_BACKS,),
        none="no promised call is settled",
        excused=counts[Status.EXCUSED],
        unknown=open_yet,
        reason=reason,
    )


@measure(
    "deviations_valid",
    needs=("call_backs", "deviations"),
    starts=("call_backs.requested",),
    dates=("call_backs.due", "deviations.recorded"),
)
def deviations_valid(tables: Tables, context: Context) -> Measurement:
    """Deviations recorded for promised calls that count: listed, in time, for a rule that allows them."""
    found = _promised(tables, context)
    if isinstance(found, Refusal):
        return nothing(f"{found.reason} {found.remedy}".strip())
    verdicts = found.deviations["verdict"]
    valid = int((verdicts == DeviationWorth.VALID.value).sum())
    decided = valid + int(verdicts.isin([verdict.value for verdict in INVALID]).sum())
    return share_of(
        valid,
        decided,
        confidence=context.confidence,
        basis=(Basis("deviations"),),
        none="no deviation from a promise is recorded",
    )


@measure("satisfied_with_type", needs=("responses",), satisfaction=True)
def satisfied_with_type(
    tables: Tables, context: Context, *, survey_type: str, transaction_type: str
) -> Measurement:
    """Answers of the period about one type of transaction whose headline item is in the top box."""
    item = context.run.instrument(survey_type).headline
    answers = answers_to(tables.lazy("responses"), survey_type, item.item)
    asked = answers.filter(nw.col("transaction_type") == transaction_type)
    row = asked.select(
        n=nw.len(), satisfied=(nw.col(item.item) >= item.scale.top_box).cast(nw.Int64).sum()
    ).collect().rows(named=True)[0]  # fmt: skip
    where = (("in_period", True), ("survey_type", survey_type), ("transaction_type", transaction_type))
    return share_of(
        int(row["satisfied"] or 0),
        int(row["n"]),
        confidence=context.confidence,
        basis=(Basis("responses", where),),
        none=f"no answer of the period is about {transaction_type}",
    )


def _promised(tables: Tables, context: Context) -> PromiseResult | Refusal:
    held = cast("LazyTables", tables)
    return promises(held, promise_terms(context.run, held, context.texts))
