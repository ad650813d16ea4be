"""From what happened to obligations: trigger, deadline, done, party, one row per response and duty."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import narwhals as nw

from auditlib.contracts.frames import Frame
from auditlib.escalation.matrix import roles
from auditlib.escalation.policy import NO_BAND, NO_SCORE, EscalationPolicy
from auditlib.escalation.precision import DAY_ONLY, NO_CALENDAR
from auditlib.obligations import EVERY, NEVER, DutyRule, Status, assess
from auditlib.time.clock_tables import ClockTables, with_deadline
from auditlib.time.epoch import day_number

COMMON = (
    "response_id",
    "unit_id",
    "survey_type",
    "transaction_type",
    "submitted_at",
    "submitted_day",
    "lowest",
    "band",
    "source_file",
    "source_line",
)
"""What every row carries of its response."""


def with_contact_due(facts: Frame, rule: DutyRule, clocks: ClockTables | None) -> Frame:
    """Add ``contact_due_at``: the limit of the response's band, on the calendar of its unit."""
    follow_up = ~nw.col("band").is_in((NO_BAND, NO_SCORE))
    every = rule.within.get(EVERY)
    limit: nw.Expr = nw.when(follow_up).then(nw.lit(every.microseconds if every else None, nw.Int64))
    for band, span in rule.within.items():
        if band != EVERY:
            limit = nw.when(nw.col("band") == band).then(nw.lit(span.microseconds)).otherwise(limit)
    return with_due(facts, clocks, limit=limit, into="contact_due_at")


def with_acknowledgement_due(facts: Frame, rule: DutyRule, clocks: ClockTables | None) -> Frame:
    """Add ``acknowledgement_due_at``: one limit, whatever the score."""
    limit = nw.lit(rule.within[EVERY].microseconds)
    return with_due(facts, clocks, limit=limit, into="acknowledgement_due_at")


def with_due(facts: Frame, clocks: ClockTables | None, *, limit: nw.Expr, into: str) -> Frame:
    """Add the deadline `into`; without clock tables the clock never stops and no calendar is joined.

    Where the facts say until when the response may have been given, adds ``<stem>_due_until`` too; a
    deadline of a unit without a calendar may lie at any time.
    """
    limited = facts.with_columns(limit.alias("limit"))
    ends = {"submitted_at": into}
    if "submitted_until" in facts.collect_schema().names():
        ends["submitted_until"] = until = into.replace("_at", "_until")
    for start, name in ends.items():
        if clocks is None:
            limited = limited.with_columns((nw.col(start) + nw.col("limit")).alias(name))
        else:
            limited = with_deadline(limited, clocks, start=start, open_time="limit", into=name)
    if len(ends) > 1:
        nowhere = nw.col(into).is_null() & ~nw.col("limit").is_null()
        limited = limited.with_columns(
            nw.when(nowhere).then(nw.col("submitted_at")).otherwise(nw.col(into)).alias(into),
            nw.when(nowhere).then(nw.lit(NEVER)).otherwise(nw.col(until)).alias(until),
        )
    return limited.drop("limit")


def obligations(
    facts: Frame, judged_duties: Frame, *, policy: EscalationPolicy, duties: tuple[str, ...], as_of: int
) -> Frame:
    """Return one row per response and duty owed, with its status.

    Parameters
    ----------
    facts
        One row per response with everything that happened after it.
    judged_duties
        One row per duty to judge, in column ``duty``, of the same engine; each has its rule in `policy`
        and its tables in the evidence. The facts are derived once and not once per duty.
    duties
        The same duties.
    """
    spans = "submitted_until" in facts.collect_schema().names()
    clauses = {duty: _CLAUSES[duty](policy, spans=spans) for duty in duties}
    wanted = (*_COLUMNS, *_SPANS) if spans else _COLUMNS
    rows = facts.join(judged_duties, how="cross").filter(_by_duty({d: c.owed for d, c in clauses.items()}))
    valid = rows.filter(_by_duty({duty: _in_force(policy, duty) for duty in duties}))
    columns = {
        name: _by_duty({duty: clause.columns[name] for duty, clause in clauses.items()}) for name in wanted
    }
    chosen = valid.select(*COMMON, "duty", *[value.alias(name) for name, value in columns.items()])
    judged = assess(chosen, as_of=as_of)
    return _with_doubt(judged) if spans else judged


def _with_doubt(judged: Frame) -> Frame:
    """Say why a status is unknown, and state no deadline where there is none."""
    nowhere, unknown = nw.col("due_until") == NEVER, nw.col("status") == Status.UNKNOWN.value
    doubt = nw.when(nowhere).then(nw.lit(NO_CALENDAR)).otherwise(nw.lit(DAY_ONLY))
    return judged.with_columns(
        nw.when(unknown).then(doubt).otherwise(nw.col("detail")).alias("detail"),
        nw.when(~nowhere).then(nw.col("due_at")).alias("due_at"),
    ).drop("due_until", "excused_until")


@dataclass(frozen=True, slots=True)
class _Clause:
    """What one duty comes to: whether it is owed, and its columns for the engine."""

    owed: nw.Expr
    columns: Mapping[str, nw.Expr]


_COLUMNS = ("due_at", "done_at", "right_party", "excused_at", "detail")
_SPANS = ("due_until", "done_until", "excused_until")


def _by_duty(choices: Mapping[str, nw.Expr]) -> nw.Expr:
    """Return for each row the expression of its duty."""
    (last, value), *earlier = reversed(list(choices.items()))
    chosen: nw.Expr = nw.when(nw.col("duty") == last).then(value)  # a literal alone is no column
    for duty, value in earlier:
        chosen = nw.when(nw.col("duty") == duty).then(value).otherwise(chosen)
    return chosen


def _in_force(policy: EscalationPolicy, duty: str) -> nw.Expr:
    rule = policy.rule(duty)
    if rule is None:
        raise KeyError(duty)
    return nw.col("submitted_day") >= day_number(rule.since)


def _clause(owed: nw.Expr, *, spans: bool, **columns: nw.Expr) -> _Clause:
    everything = {
        "due_at": nw.col("contact_due_at"),
        "done_at": nw.col("contact_at"),
        "right_party": nw.lit(value=True),
        "excused_at": _excused_at(spans=spans),
        "detail": nw.lit(""),
    }
    if spans:
        everything |= {
            "due_until": nw.col("contact_due_until"),
            "done_until": nw.col("contact_until"),
            "excused_until": _excused_until(),
        }
    return _Clause(owed, everything | columns)


def _acknowledgement(_: EscalationPolicy, *, spans: bool) -> _Clause:
    until = {
        "due_until": nw.col("acknowledgement_due_until"),
        "done_until": nw.col("acknowledged_until"),
        "excused_until": nw.lit(None, nw.Int64),
    }
    incomplete = ~nw.col("answered_at").is_null() & nw.col("acknowledged_at").is_null()
    return _clause(
        nw.lit(value=True),
        spans=spans,
        due_at=nw.col("acknowledgement_due_at"),
        done_at=nw.col("acknowledged_at"),
        excused_at=nw.lit(None, nw.Int64),
        detail=nw.when(incomplete).then(nw.lit("incomplete")).otherwise(nw.lit("")),
        **(until if spans else {}),
    )


def _owed() -> nw.Expr:
    """Return whether a response opened a follow-up and its customer can be named."""
    return ~nw.col("band").is_in((NO_BAND, NO_SCORE)) & ~nw.col("anonymous")


def _excused_at(*, spans: bool) -> nw.Expr:
    """Return the instant of a refusal; it counts by the instant the contact is due."""
    due = nw.col("contact_due_until" if spans else "contact_due_at")
    return nw.when(nw.col("declined_at") <= due).then(nw.col("declined_at"))


def _excused_until() -> nw.Expr:
    """Return the last instant of a refusal; no instant at all where it may have come too late."""
    surely = nw.col("declined_until") <= nw.col("contact_due_at")
    return nw.when(surely).then(nw.col("declined_until")).otherwise(nw.lit(NEVER))


def _contact(_: EscalationPolicy, *, spans: bool) -> _Clause:
    tried = (nw.col("attempts") > 0).fill_null(value=False) & nw.col("contact_at").is_null()
    late_refusal = (nw.col("declined_at") > nw.col("contact_due_at")).fill_null(value=False)
    detail = (
        nw.when(~_excused_at(spans=spans).is_null())
        .then(nw.lit("declined"))
        .when(tried & late_refusal)
        .then(nw.lit("declined too late"))
        .when(tried)
        .then(nw.lit("attempts only"))
        .otherwise(nw.lit(""))
    )
    return _clause(_owed(), spans=spans, detail=detail)


def _attendance(policy: EscalationPolicy, *, spans: bool) -> _Clause:
    gaps = {role: nw.col(f"role_{role}").fill_null("") for role in roles(policy)}
    lacking = [nw.when(gap != "").then(nw.concat_str(nw.lit(f"{role} "), gap)) for role, gap in gaps.items()]
    right = nw.all_horizontal(*[gap == "" for gap in gaps.values()], ignore_nulls=False)
    detail = nw.concat_str(*lacking, separator="; ", ignore_nulls=True)
    return _clause(_owed(), spans=spans, right_party=right, detail=detail)


def _documentation(_: EscalationPolicy, *, spans: bool) -> _Clause:
    """Return the duty to write the contact down: owed at its instant, whenever that was."""
    held = ~nw.col("contact_at").is_null()
    unwritten = nw.col("unwritten").fill_null("")
    own = nw.col("contact_until" if spans else "contact_at")  # on the contact's day, whenever that was
    until = {
        "due_until": nw.when(held).then(own).otherwise(nw.col("contact_due_until")),
        "done_until": nw.when(held & (unwritten == "")).then(own),
    }
    return _clause(
        _owed(),
        spans=spans,
        due_at=nw.when(held).then(own).otherwise(nw.col("contact_due_at")),
        done_at=nw.when(held & (unwritten == "")).then(nw.col("contact_at")),
        detail=unwritten,
        **(until if spans else {}),
    )


def _report(_: EscalationPolicy, *, spans: bool) -> _Clause:
    held = ~nw.col("contact_at").is_null()
    until = {
        "due_until": nw.when(held).then(nw.col("report_due_at")).otherwise(nw.col("contact_due_until")),
        "done_until": nw.when(held).then(nw.col("presented_until")),
    }
    return _clause(
        _owed(),
        spans=spans,
        due_at=nw.when(held).then(nw.col("report_due_at")).otherwise(nw.col("contact_due_at")),
        done_at=nw.when(held).then(nw.col("presented_at")),
        detail=nw.when(held).then(nw.col("report_defect").fill_null("")).otherwise(nw.lit("")),
        **(until if spans else {}),
    )


_CLAUSES: Mapping[str, Callable[..., _Clause]] = {
    "acknowledgement": _acknowledgement,
    "contact": _contact,
    "attendance": _attendance,
    "documentation": _documentation,
    "report": _report,
}
