"""What happened after each response: acknowledgement, refusal, the contact and what was written down."""

from __future__ import annotations

import narwhals as nw

from auditlib.escalation.policy import EscalationPolicy
from auditlib.escalation.sources import Frame


def true(column: str) -> nw.Expr:
    """Return a flag, with an empty one read as no."""
    return nw.col(column).fill_null(value=False)


def filled(column: str) -> nw.Expr:
    """Return whether a text says anything."""
    return nw.col(column).fill_null("").str.strip_chars().str.len_chars() > 0


def with_acknowledgement(
    facts: Frame, triggers: Frame, acknowledgements: Frame, *, policy: EscalationPolicy, as_of: int
) -> Frame:
    """Add ``acknowledged_at`` (the first complete one) and ``answered_at`` (the first of any kind).

    `triggers` holds ``response_id`` and ``submitted_at``; it stands apart from `facts` so that an engine
    need not derive the facts once more for every table of events.
    """
    sent = _after_trigger(triggers, acknowledgements, at="sent_at", as_of=as_of)
    whole = nw.lit(value=True)
    for column in policy.acknowledgement_states:
        whole = whole & true(column)
    told = sent.with_columns(nw.when(whole).then(nw.col("sent_at")).alias("whole_at"))
    first = told.group_by("response_id").agg(
        nw.col("whole_at").min().alias("acknowledged_at"), nw.col("sent_at").min().alias("answered_at")
    )
    return facts.join(first, on="response_id", how="left")


def with_contact(
    facts: Frame, triggers: Frame, follow_ups: Frame, *, policy: EscalationPolicy, as_of: int
) -> Frame:
    """Add the contact and the refusal of each response.

    The contact is the first follow-up that reached a customer who was willing to talk; an unanswered
    attempt is none. Adds ``contact_id``, ``contact_at``, ``unwritten`` (the first field of the context
    that is empty; empty text where all are filled), ``declined_at`` and ``attempts``.
    """
    talk = true("reached") & ~true("declined")
    held = _after_trigger(triggers, follow_ups, at="held_at", as_of=as_of).with_columns(
        nw.when(true("declined")).then(nw.col("held_at")).alias("refused_at"),
        nw.when(talk).then(nw.col("held_at")).alias("talked_at"),
    )
    first = held.group_by("response_id").agg(
        nw.col("refused_at").min().alias("declined_at"),
        nw.col("talked_at").min().alias("contact_at"),
        nw.len().alias("attempts"),
    )
    joined = facts.join(first, on="response_id", how="left")
    return joined.join(_told(held.filter(talk), first, policy=policy), on="response_id", how="left")


def _told(talks: Frame, first: Frame, *, policy: EscalationPolicy) -> Frame:
    """Return response, contact id, and the first field of the context that was left empty."""
    chosen = talks.join(first.select("response_id", "contact_at"), on="response_id", how="inner")
    chosen = chosen.filter(nw.col("held_at") == nw.col("contact_at"))
    unwritten = nw.lit("")
    for column in reversed(policy.context):
        unwritten = nw.when(~filled(column)).then(nw.lit(f"no {column}")).otherwise(unwritten)
    # Of two contacts at one instant the one with the smaller id counts.
    told = chosen.with_columns(unwritten.alias("unwritten"))
    one = told.group_by("response_id").agg(nw.col("follow_up_id").min().alias("contact_id"))
    fields = told.select(nw.col("follow_up_id").alias("contact_id"), "unwritten")
    return one.join(fields, on="contact_id", how="inner")


def _after_trigger(triggers: Frame, events: Frame, *, at: str, as_of: int) -> Frame:
    """Return the events of known responses that happened after them and by `as_of`.

    An event before its trigger cannot answer it; the duty is judged without it.
    """
    joined = events.join(triggers, on="response_id", how="inner")
    return joined.filter(nw.col(at) >= nw.col("submitted_at"), nw.col(at) <= as_of)
