"""What must be recorded before a duty can be judged, and where it is not recorded case by case.

One rule for the duties and for the criteria that rest on them: a table that was not supplied, or of which no
row was supplied or kept, is no evidence that nothing happened, and neither is a column that says nothing. A
case of which a row leaves open what its duty turns on counts on neither side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import narwhals as nw

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import any_row, collected
from auditlib.escalation.matrix import DELEGATIONS, NO_ENTRY, PLACE, VACANT, by_account, by_type
from auditlib.escalation.policy import EscalationPolicy
from auditlib.escalation.precision import UNRECORDED
from auditlib.obligations import FAILED, Status
from auditlib.parameters.run import Run
from auditlib.standards.supplied import NO_TIME, lacking, stood_in

if TYPE_CHECKING:
    import pandas as pd

NEEDED: Mapping[str, tuple[str, ...]] = {
    "acknowledgement": ("acknowledgements",),
    "contact": ("follow_ups",),
    "attendance": ("follow_ups", "attendance", "responsibilities"),
    "documentation": ("follow_ups",),
    "report": ("follow_ups", "follow_up_reports", "report_actions"),
}
"""Tables a duty is judged on; without a row of each it is not assessable, which is not missing."""

STARTS: Final = "responses.submitted"
"""The instant from which every duty runs, at once or through the contact it is about."""
EVERY: Final = "every duty"

_HELD = "follow_ups.held"
_VALID = ("responsibilities.valid_from", "responsibilities.valid_to")
ENDS: Mapping[str, tuple[str, ...]] = {
    "acknowledgement": ("acknowledgements.sent",),
    "contact": (_HELD,),
    "attendance": (_HELD, *_VALID, "delegations.valid_from", "delegations.valid_to"),
    "documentation": (_HELD,),
    "report": (
        _HELD,
        *(f"follow_up_reports.{column}" for column in ("due_on", "produced", "presented")),
        "report_actions.due_on",
    ),
}
"""Instants and days at which a duty is judged; what only stands in for one judges nothing."""

MATRIX = (*PLACE, "person_id", "delegate_id", "valid_to")
"""Columns of the responsibility matrix that say who had to be at a contact."""
_FOLLOWED = ("responses.anonymous", "follow_ups.reached", "follow_ups.declined")


def unsaid(policy: EscalationPolicy, tables: CanonicalTables, run: Run) -> dict[str, str]:
    """Return the duties of `policy` of which the evidence says nothing, each with the reason.

    Where it says nothing of any, `EVERY` has the reason for all of them together.
    """
    needs_of = {
        rule.duty: ("responses", *NEEDED[rule.duty], *needed(rule.duty, policy, tables))
        for rule in policy.rules
        if rule.duty in NEEDED
    }
    stands_in = stood_in((STARTS,), run)
    reasons = {
        duty: stands_in or stood_in(ENDS[duty], run, so=NO_TIME) or lacking(needs, tables, run, {})
        for duty, needs in needs_of.items()
    }
    silent = {duty: reason for duty, reason in reasons.items() if reason}
    if silent and len(silent) == len(needs_of):
        every = [need for needs in needs_of.values() for need in needs]
        ends = [end for duty in needs_of for end in ENDS[duty]]
        reasons_of_all = (stood_in(ends, run, so=NO_TIME), lacking(every, tables, run, {}))
        silent[EVERY] = stands_in or "; ".join(filter(None, reasons_of_all))
    return silent


def needed(duty: str, policy: EscalationPolicy, tables: CanonicalTables) -> tuple[str, ...]:
    """Return the columns without which nothing can be said about `duty`, as ``table.column``."""
    if duty == "acknowledgement":
        return tuple(f"acknowledgements.{column}" for column in policy.acknowledgement_states)
    if duty == "documentation":
        return (*_FOLLOWED, *(f"follow_ups.{column}" for column in policy.context))
    if duty == "report":
        promised = ("due_on", "produced", "presented")
        actions = ("owner_id", "due_on") if policy.report.actions else ()
        return (
            *_FOLLOWED,
            *(f"follow_up_reports.{column}" for column in promised),
            *(f"report_actions.{column}" for column in actions),
        )
    if duty == "attendance":
        return (*_FOLLOWED, *(f"responses.{column}" for column in _distinguished_by(tables)))
    return _FOLLOWED


def silent_in_matrix(tables: CanonicalTables, run: Run) -> frozenset[str]:
    """Return the columns of the responsibility matrix, if there is one, that say nothing.

    They refuse no duty: what turns on them is unknown case by case (`_with_open_matrix`). Where delegates are
    listed by day, in a list that is not empty, the matrix need not name any.
    """
    if "responsibilities" not in tables.tables:
        return frozenset()
    stored = tables.lazy("responsibilities").collect_schema().names()
    listed = DELEGATIONS in tables.tables and any_row(tables.lazy(DELEGATIONS))
    columns = [name for name in MATRIX if name in stored and not (listed and name == "delegate_id")]
    return frozenset(name for name in columns if lacking((f"responsibilities.{name}",), tables, run, {}))


def gap_stands(gap: str, silent: frozenset[str]) -> bool:
    """Return whether a gap of the matrix is one whatever stands in the columns that say nothing.

    Where no entry holds although every one was taken for everywhere and for ever, there is none. A vacancy
    is one whoever the delegate is; somebody absent may have sent a delegate.
    """
    return gap == NO_ENTRY or (gap.startswith(VACANT) and silent <= {"delegate_id"})


def with_unrecorded(
    rows: pd.DataFrame,
    tables: CanonicalTables,
    policy: EscalationPolicy,
    *,
    silent: frozenset[str] = frozenset(),
) -> pd.DataFrame:
    """Return `rows` with every settled case unknown of which a row leaves open what its duty turns on.

    A complete acknowledgement in time stays one, whatever else was sent. The detail names the column; of
    several the first that `_turns_on` names.

    Parameters
    ----------
    silent
        Columns of the responsibility matrix that say nothing.
    """
    rows = _with_open_matrix(rows, policy, silent) if silent else rows
    settled = rows["status"].isin((Status.MET.value, *FAILED))
    settled &= ~((rows["duty"] == "acknowledgement") & (rows["status"] == Status.MET.value))
    status, detail = rows["status"], rows["detail"]
    for duty in rows["duty"].unique():
        for table, column in reversed(tuple(_turns_on(duty, tables, policy))):
            open_yet = rows["response_id"].isin(_silent(tables, table, column))
            unclear = settled & (rows["duty"] == duty) & open_yet
            status = status.mask(unclear, Status.UNKNOWN.value)
            detail = detail.mask(unclear, f"{UNRECORDED}: {column}")
    return rows.assign(status=status, detail=detail)


def _turns_on(duty: str, tables: CanonicalTables, policy: EscalationPolicy) -> Iterator[tuple[str, str]]:
    """Yield the columns, with their tables, that must be filled in every row of a case of `duty`."""
    if duty == "acknowledgement":
        yield from (("acknowledgements", column) for column in policy.acknowledgement_states)
        return
    yield from (("responses", "anonymous"), ("follow_ups", "reached"), ("follow_ups", "declined"))
    if duty == "attendance":
        yield from (("responses", column) for column in _distinguished_by(tables))


def _distinguished_by(tables: CanonicalTables) -> tuple[str, ...]:
    """Return what of a response decides which entry of the matrix holds, beside its unit."""
    telling = (("transaction_type", by_type), ("account_id", by_account))
    return tuple(column for column, apart in telling if apart(tables))


def _with_open_matrix(rows: pd.DataFrame, policy: EscalationPolicy, silent: frozenset[str]) -> pd.DataFrame:
    """Return `rows` with every attendance unknown that turns on what the matrix does not say.

    A contact too late stays late, whoever was there.
    """
    bands = {band.band for band in policy.bands if band.attendees}
    attended = (rows["duty"] == "attendance") & rows["band"].isin(bands)
    wrong = attended & (rows["status"] == Status.WRONG_PARTY.value)
    stands = rows["detail"].map(lambda detail: _standing(detail, silent)).where(wrong, "")
    met = attended & (rows["status"] == Status.MET.value) & (not silent <= {"person_id", "delegate_id"})
    unclear = met | (wrong & (stands == ""))
    late = unclear & wrong & (rows["done_at"] > rows["due_at"]).fillna(value=False)
    if "done_until" in rows:  # only days are known, and the hour decides
        late &= False
    names = " and ".join(sorted(silent))
    detail = rows["detail"].mask(wrong, stands).mask(unclear & ~late, f"{UNRECORDED}: {names}")
    status = rows["status"].mask(unclear, Status.UNKNOWN.value).mask(late, Status.LATE.value)
    return rows.assign(status=status, detail=detail)


def _standing(detail: str, silent: frozenset[str]) -> str:
    """Return as much of the detail of a wrong party as stands whatever the matrix does not say."""
    parts = (part.partition(" ") for part in detail.split("; "))
    return "; ".join(f"{role} {gap}" for role, _, gap in parts if gap_stands(gap, silent))


def _silent(tables: CanonicalTables, table: str, column: str) -> set[str]:
    """Return the responses of which a row leaves `column` empty."""
    open_yet = tables.lazy(table).filter(nw.col(column).is_null()).select("response_id").unique()
    return {str(response) for (response,) in collected(open_yet).rows()}
