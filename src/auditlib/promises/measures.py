"""What standards ask about promised calls: made in time, deviations that count, satisfaction by type."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import narwhals as nw

from auditlib.obligations import SETTLED, Status
from auditlib.obligations.deviations import INVALID, DeviationWorth
from auditlib.parameters.engagement import Engagement
from auditlib.promises.context import context_of
from auditlib.promises.facts import CALL_BACKS, DEVIATIONS
from auditlib.promises.promises import judge_promises
from auditlib.promises.result import PromiseResult
from auditlib.records import Basis, Kind, Measurement, Refusal
from auditlib.standards.measure import Context, Tables, measure, nothing
from auditlib.standards.observed import answers_to, share_of
from auditlib.statements import counted

if TYPE_CHECKING:
    from auditlib.contracts import CanonicalTables


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
    result = _promised(tables, context)
    if isinstance(result, Refusal):
        return nothing(f"{result.reason} {result.remedy}".strip())
    timed = result.rows[result.rows["kind"] != Kind.DISCRETIONARY.value]
    counts = {status: int((timed["status"] == status.value).sum()) for status in Status}
    open_yet, reason = counts[Status.UNKNOWN], ""
    if open_yet:
        reason = f"{counted(open_yet, 'call')} cannot be told to be in time or late, and are not counted"
    return share_of(
        counts[Status.MET],
        int(timed["status"].isin((*SETTLED, Status.EXCUSED.value)).sum()),
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
    result = _promised(tables, context)
    if isinstance(result, Refusal):
        return nothing(f"{result.reason} {result.remedy}".strip())
    verdicts = result.deviations["verdict"]
    valid = int((verdicts == DeviationWorth.VALID.value).sum())
    decided = valid + int(verdicts.isin([verdict.value for verdict in INVALID]).sum())
    return share_of(
        valid,
        decided,
        confidence=context.confidence,
        basis=(DEVIATIONS,),
        none="no deviation from a promise is recorded",
    )


@measure("satisfied_with_type", needs=("responses",), satisfaction=True)
def satisfied_with_type(
    tables: Tables, context: Context, *, survey_type: str, transaction_type: str
) -> Measurement:
    """Answers of the period about one type of transaction whose headline item is in the top box."""
    item = context.run.instrument(survey_type).headline
    answers = answers_to(tables.lazy("responses"), survey_type, item.item)
    of_type = answers.filter(nw.col("transaction_type") == transaction_type)
    satisfied = (nw.col(item.item) >= item.scale.top_box).cast(nw.Int64).sum()
    row = of_type.select(n=nw.len(), satisfied=satisfied).collect().rows(named=True)[0]
    where = (("in_period", True), ("survey_type", survey_type), ("transaction_type", transaction_type))
    return share_of(
        int(row["satisfied"] or 0),
        int(row["n"]),
        confidence=context.confidence,
        basis=(Basis("responses", where),),
        none=f"no answer of the period is about {transaction_type}",
    )


def _promised(tables: Tables, context: Context) -> PromiseResult | Refusal:
    evidence = cast("CanonicalTables", tables)
    judged_by = context_of(Engagement(context.run, evidence, context.texts))
    return judged_by if isinstance(judged_by, Refusal) else judge_promises(evidence, judged_by)
