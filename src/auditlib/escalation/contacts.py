"""What happened after each response: acknowledgement, refusal, the contact and what was written down."""

from __future__ import annotations

from functools import reduce

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
    facts: Frame, acknowledgements: Frame, *, policy: EscalationPolicy, as_of: int
) -> Frame:
    """Add ``acknowledged_at`` (the first complete one) and ``answered_at`` (the first of any kind)."""
    sent = _after_trigger(facts, acknowledgements, at="sent_at", as_of=as_of)
    whole = sent.filter(*[true(column) for column in policy.acknowledgement_states])
    return _first(_first(facts, whole, "sent_at", "acknowledged_at"), sent, "sent_at", "answered_at")


def with_contact(facts: Frame, follow_ups: Frame, *, policy: EscalationPolicy, as_of: int) -> Frame:
    """Add the contact and the refusal of each response.

    The contact is the first follow-up that reached a customer who was willing to talk; an unanswered
    attempt is none. Adds ``contact_id``, ``contact_at``, ``documented``, ``unwritten`` (the first field
    of the context that is empty), ``declined_at`` and ``attempts``.
    """
    held = _after_trigger(facts, follow_ups, at="held_at", as_of=as_of)
    facts = _first(facts, held.filter(true("declined")), "held_at", "declined_at")
    talks = held.filter(true("reached"), ~true("declined"))
    facts = _first(facts, talks, "held_at", "contact_at")
    tried = held.group_by("response_id").agg(nw.len().alias("attempts"))
    facts = facts.join(tried, on="response_id", how="left")
    return facts.join(_told(facts, talks, policy=policy), on="response_id", how="left")


def _told(facts: Frame, talks: Frame, *, policy: EscalationPolicy) -> Frame:
    """Return response, contact id, whether and what of the context is written down."""
    first = talks.join(facts.select("response_id", "contact_at"), on="response_id", how="inner")
    first = first.filter(nw.col("held_at") == nw.col("contact_at"))
    one = first.group_by("response_id").agg(nw.col("follow_up_id").min().alias("contact_id"))
    fields = talks.select("follow_up_id", *policy.context)
    told = one.join(fields, left_on="contact_id", right_on="follow_up_id", how="left")
    written = [filled(column) for column in policy.context]
    missing = nw.lit("")
    for column in reversed(policy.context):
        missing = nw.when(~filled(column)).then(nw.lit(f"no {column}")).otherwise(missing)
    every = reduce(lambda left, right: left & right, written, nw.lit("x") == "x")
    return told.select("response_id", "contact_id", every.alias("documented"), missing.alias("unwritten"))


def _after_trigger(facts: Frame, events: Frame, *, at: str, as_of: int) -> Frame:
    """Return the events of known responses that happened after them and by `as_of`.

    An event before its trigger cannot answer it; the duty is judged without it.
    """
    triggers = facts.select("response_id", "submitted_at")
    joined = events.join(triggers, on="response_id", how="inner")
    return joined.filter(nw.col(at) >= nw.col("submitted_at"), nw.col(at) <= as_of)


def _first(facts: Frame, events: Frame, at: str, into: str) -> Frame:
    first = events.group_by("response_id").agg(nw.col(at).min().alias(into))
    return facts.join(first, on="response_id", how="left")
