"""From what happened to obligations: trigger, deadline, done, party, one row per response and duty."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import narwhals as nw

from auditlib.calendars import ClockTables, with_deadline
from auditlib.escalation.matrix import roles
from auditlib.escalation.policy import NO_BAND, NO_SCORE, EscalationPolicy
from auditlib.escalation.sources import Frame
from auditlib.obligations import EVERY, Rule, assess

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


def with_contact_due(facts: Frame, rule: Rule, clocks: ClockTables | None) -> Frame:
    """Add ``contact_due_at``: the limit of the response's band, on the calendar of its unit."""
    follow_up = ~nw.col("band").is_in((NO_BAND, NO_SCORE))
    every = rule.within.get(EVERY)
    limit: nw.Expr = nw.when(follow_up).then(nw.lit(every.microseconds if every else None, nw.Int64))
    for band, span in rule.within.items():
        if band != EVERY:
            limit = nw.when(nw.col("band") == band).then(nw.lit(span.microseconds)).otherwise(limit)
    return with_due(facts, clocks, limit=limit, into="contact_due_at")


def with_acknowledgement_due(facts: Frame, rule: Rule, clocks: ClockTables | None) -> Frame:
    """Add ``acknowledgement_due_at``: one limit, whatever the score."""
    limit = nw.lit(rule.within[EVERY].microseconds)
    return with_due(facts, clocks, limit=limit, into="acknowledgement_due_at")


def with_due(facts: Frame, clocks: ClockTables | None, *, limit: nw.Expr, into: str) -> Frame:
    """Add the deadline `into`; without clock tables the clock never stops and no calendar is joined."""
    limited = facts.with_columns(limit.alias("limit"))
    if clocks is None:
        due = limited.with_columns((nw.col("submitted_at") + nw.col("limit")).alias(into))
    else:
        due = with_deadline(limited, clocks, start="submitted_at", open_time="limit", into=into)
    return due.drop("limit")


def obligations(
    facts: Frame, named: Frame, *, policy: EscalationPolicy, duties: tuple[str, ...], as_of: int
) -> Frame:
    """Return one row per response and duty owed, with its status.

    Parameters
    ----------
    facts
        One row per response with everything that happened after it.
    named
        One row per duty to judge, in column ``duty``, of the same engine; each has its rule in `policy`
        and its tables in the evidence. The facts are derived once and not once per duty.
    duties
        The same duties.
    """
    clauses = {duty: _CLAUSES[duty](policy) for duty in duties}
    rows = facts.join(named, how="cross").filter(_by_duty({d: c.owed for d, c in clauses.items()}))
    valid = rows.filter(_by_duty({duty: _in_force(policy, duty) for duty in duties}))
    columns = {
        name: _by_duty({duty: clause.columns[name] for duty, clause in clauses.items()}) for name in _COLUMNS
    }
    chosen = valid.select(*COMMON, "duty", *[value.alias(name) for name, value in columns.items()])
    return assess(chosen, as_of=as_of)


@dataclass(frozen=True, slots=True)
class _Clause:
    """What one duty comes to: whether it is owed, and its columns for the engine."""

    owed: nw.Expr
    columns: Mapping[str, nw.Expr]


_COLUMNS = ("due_at", "done_at", "right_party", "excused_at", "detail")


def _by_duty(choices: Mapping[str, nw.Expr]) -> nw.Expr:
    """Return for each row the expression of its duty."""
    (last, value), *others = reversed(list(choices.items()))
    chosen: nw.Expr = nw.when(nw.col("duty") == last).then(value)  # a literal alone is no column
    for duty, value in others:
        chosen = nw.when(nw.col("duty") == duty).then(value).otherwise(chosen)
    return chosen


def _in_force(policy: EscalationPolicy, duty: str) -> nw.Expr:
    rule = policy.rule(duty)
    if rule is None:
        raise KeyError(duty)
    return nw.col("submitted_day") >= rule.since.toordinal() - _EPOCH


_EPOCH = 719_163
"""1970-01-01 as Python counts days."""


def _clause(owed: nw.Expr, **columns: nw.Expr) -> _Clause:
    everything = {
        "due_at": nw.col("contact_due_at"),
        "done_at": nw.col("contact_at"),
        "right_party": nw.lit(value=True),
        "excused_at": _excused_at(),
        "detail": nw.lit(""),
    }
    return _Clause(owed, everything | columns)


def _acknowledgement(_: EscalationPolicy) -> _Clause:
    incomplete = ~nw.col("answered_at").is_null() & nw.col("acknowledged_at").is_null()
    return _clause(
        nw.lit(value=True),
        due_at=nw.col("acknowledgement_due_at"),
        done_at=nw.col("acknowledged_at"),
        excused_at=nw.lit(None, nw.Int64),
        detail=nw.when(incomplete).then(nw.lit("incomplete")).otherwise(nw.lit("")),
    )


def _owed() -> nw.Expr:
    """Return whether a response opened a follow-up and its customer can be named."""
    return ~nw.col("band").is_in((NO_BAND, NO_SCORE)) & ~nw.col("anonymous")


def _excused_at() -> nw.Expr:
    """Return the instant of a refusal; it counts by the instant the contact is due."""
    return nw.when(nw.col("declined_at") <= nw.col("contact_due_at")).then(nw.col("declined_at"))


def _contact(_: EscalationPolicy) -> _Clause:
    tried = (nw.col("attempts") > 0).fill_null(value=False) & nw.col("contact_at").is_null()
    late_refusal = (nw.col("declined_at") > nw.col("contact_due_at")).fill_null(value=False)
    detail = (
        nw.when(~_excused_at().is_null())
        .then(nw.lit("declined"))
        .when(tried & late_refusal)
        .then(nw.lit("declined too late"))
        .when(tried)
        .then(nw.lit("attempts only"))
        .otherwise(nw.lit(""))
    )
    return _clause(_owed(), detail=detail)


def _attendance(policy: EscalationPolicy) -> _Clause:
    gaps = {role: nw.col(f"role_{role}").fill_null("") for role in roles(policy)}
    told = [nw.when(gap != "").then(nw.concat_str(nw.lit(f"{role} "), gap)) for role, gap in gaps.items()]
    right = nw.all_horizontal(*[gap == "" for gap in gaps.values()], ignore_nulls=False)
    return _clause(_owed(), right_party=right, detail=nw.concat_str(*told, separator="; ", ignore_nulls=True))


def _documentation(_: EscalationPolicy) -> _Clause:
    """Return the duty to write the contact down: owed at its instant, whenever that was."""
    held = ~nw.col("contact_at").is_null()
    unwritten = nw.col("unwritten").fill_null("")
    return _clause(
        _owed(),
        due_at=nw.when(held).then(nw.col("contact_at")).otherwise(nw.col("contact_due_at")),
        done_at=nw.when(held & (unwritten == "")).then(nw.col("contact_at")),
        detail=unwritten,
    )


def _report(_: EscalationPolicy) -> _Clause:
    held = ~nw.col("contact_at").is_null()
    return _clause(
        _owed(),
        due_at=nw.when(held).then(nw.col("report_due_at")).otherwise(nw.col("contact_due_at")),
        done_at=nw.when(held).then(nw.col("presented_at")),
        detail=nw.when(held).then(nw.col("report_defect").fill_null("")).otherwise(nw.lit("")),
    )


_CLAUSES: Mapping[str, Callable[[EscalationPolicy], _Clause]] = {
    "acknowledgement": _acknowledgement,
    "contact": _contact,
    "attendance": _attendance,
    "documentation": _documentation,
    "report": _report,
}
