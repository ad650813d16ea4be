"""From what happened to obligations: trigger, deadline, done, party, one row per response and duty."""

from __future__ import annotations

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


def obligations(facts: Frame, *, policy: EscalationPolicy, duties: tuple[str, ...], as_of: int) -> Frame:
    """Return one row per response and duty owed, with its status.

    Parameters
    ----------
    facts
        One row per response with everything that happened after it.
    duties
        Duties to judge; each has its rule in `policy` and its tables in the evidence.
    """
    parts = [_judged(_ROWS[duty](facts, policy), policy, duty=duty, as_of=as_of) for duty in duties]
    return nw.concat(parts, how="vertical")


def _judged(rows: Frame, policy: EscalationPolicy, *, duty: str, as_of: int) -> Frame:
    rule = policy.rule(duty)
    if rule is None:
        raise KeyError(duty)
    valid = rows.filter(nw.col("submitted_day") >= _day_number(rule))
    return assess(valid, as_of=as_of, kind=rule.kind)


def _day_number(rule: Rule) -> int:
    return rule.since.toordinal() - 719_163


def _row(facts: Frame, duty: str, **columns: nw.Expr) -> Frame:
    everything = {
        "due_at": nw.col("contact_due_at"),
        "done_at": nw.col("contact_at"),
        "right_party": nw.lit(value=True),
        "excused_at": _excused_at(),
        "detail": nw.lit(""),
    } | columns
    return facts.select(
        *COMMON, nw.lit(duty).alias("duty"), *[value.alias(name) for name, value in everything.items()]
    )


def _acknowledgement(facts: Frame, _: EscalationPolicy) -> Frame:
    incomplete = ~nw.col("answered_at").is_null() & nw.col("acknowledged_at").is_null()
    return _row(
        facts,
        "acknowledgement",
        due_at=nw.col("acknowledgement_due_at"),
        done_at=nw.col("acknowledged_at"),
        excused_at=nw.lit(None, nw.Int64),
        detail=nw.when(incomplete).then(nw.lit("incomplete")).otherwise(nw.lit("")),
    )


def _owed(facts: Frame) -> Frame:
    """Return the named responses that opened a follow-up."""
    return facts.filter(~nw.col("band").is_in((NO_BAND, NO_SCORE)), ~nw.col("anonymous"))


def _excused_at() -> nw.Expr:
    """Return the instant of a refusal; it counts by the instant the contact is due."""
    return nw.when(nw.col("declined_at") <= nw.col("contact_due_at")).then(nw.col("declined_at"))


def _contact(facts: Frame, _: EscalationPolicy) -> Frame:
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
    return _row(_owed(facts), "contact", detail=detail)


def _attendance(facts: Frame, policy: EscalationPolicy) -> Frame:
    gaps = {role: nw.col(f"role_{role}").fill_null("") for role in roles(policy)}
    named = [nw.when(gap != "").then(nw.concat_str(nw.lit(f"{role} "), gap)) for role, gap in gaps.items()]
    right = nw.all_horizontal(*[gap == "" for gap in gaps.values()], ignore_nulls=False)
    detail = nw.concat_str(*named, separator="; ", ignore_nulls=True)
    return _row(_owed(facts), "attendance", right_party=right, detail=detail)


def _documentation(facts: Frame, _: EscalationPolicy) -> Frame:
    """Owed with the contact, at its instant, whenever that was."""
    held = ~nw.col("contact_at").is_null()
    written = nw.col("documented").fill_null(value=False)
    return _row(
        _owed(facts),
        "documentation",
        due_at=nw.when(held).then(nw.col("contact_at")).otherwise(nw.col("contact_due_at")),
        done_at=nw.when(held & written).then(nw.col("contact_at")),
        detail=nw.when(held).then(nw.col("unwritten").fill_null("")).otherwise(nw.lit("")),
    )


def _report(facts: Frame, _: EscalationPolicy) -> Frame:
    held = ~nw.col("contact_at").is_null()
    return _row(
        _owed(facts),
        "report",
        due_at=nw.when(held).then(nw.col("report_due_at")).otherwise(nw.col("contact_due_at")),
        done_at=nw.when(held).then(nw.col("presented_at")),
        detail=nw.when(held).then(nw.col("report_defect").fill_null("")).otherwise(nw.lit("")),
    )


_ROWS = {
    "acknowledgement": _acknowledgement,
    "contact": _contact,
    "attendance": _attendance,
    "documentation": _documentation,
    "report": _report,
}
