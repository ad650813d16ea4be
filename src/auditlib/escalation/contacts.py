"""What happened after each response: acknowledgement, refusal, the contact and what was written down."""

from __future__ import annotations

import narwhals as nw

from auditlib.contracts.frames import Frame
from auditlib.escalation.policy import EscalationPolicy
from auditlib.escalation.precision import Days, follows, with_until


def true(column: str) -> nw.Expr:
    """Return a flag, with an empty one read as no."""
    return nw.col(column).fill_null(value=False)


def filled(column: str) -> nw.Expr:
    """Return whether a text says anything."""
    return nw.col(column).fill_null("").str.strip_chars().str.len_chars() > 0


def with_acknowledgement(
    facts: Frame,
    triggers: Frame,
    acknowledgements: Frame,
    *,
    policy: EscalationPolicy,
    as_of: int,
    days: Days | None = None,
) -> Frame:
    """Add ``acknowledged_at`` (the first complete one) and ``answered_at`` (the first of any kind).

    `triggers` holds ``response_id`` and ``submitted_at``; it stands apart from `facts` so that an engine
    need not derive the facts once more for every table of events. Where events may be known by their day
    alone (`days`), adds ``acknowledged_until`` too.
    """
    sent = _after_trigger(triggers, acknowledgements, stem="sent", as_of=as_of, days=days)
    whole = nw.lit(value=True)
    for column in policy.acknowledgement_states:
        whole = whole & true(column)
    ends = {"at": "acknowledged_at", "until": "acknowledged_until"} if days else {"at": "acknowledged_at"}
    marked = sent.with_columns(
        *[nw.when(whole).then(nw.col(f"sent_{end}")).alias(f"whole_{end}") for end in ends]
    )
    first = marked.group_by("response_id").agg(
        *[nw.col(f"whole_{end}").min().alias(name) for end, name in ends.items()],
        nw.col("sent_at").min().alias("answered_at"),
    )
    joined = facts.join(first, on="response_id", how="left")
    return joined if days is None else joined.with_columns(_not_before_trigger("acknowledged_at"))


def with_contact(
    facts: Frame,
    triggers: Frame,
    follow_ups: Frame,
    *,
    policy: EscalationPolicy,
    as_of: int,
    days: Days | None = None,
) -> Frame:
    """Add the contact and the refusal of each response.

    The contact is the first follow-up that reached a customer who was willing to talk; an unanswered
    attempt is none. Adds ``contact_at``, ``unwritten`` (the first field of the context that is empty;
    empty text where all are filled), ``declined_at`` and ``attempts``; with `days` ``contact_until`` and
    ``declined_until`` too, the last instants they may have been.
    """
    held = _after_trigger(triggers, follow_ups, stem="held", as_of=as_of, days=days).with_columns(
        nw.when(true("declined")).then(nw.col("held_at")).alias("declined_at"),
        nw.when(_talk()).then(_rank(policy)).alias("contact_rank"),
    )
    firsts = ["declined_at", "contact_rank"]
    if days is not None:
        held = held.with_columns(
            nw.when(true("declined")).then(nw.col("held_until")).alias("declined_until"),
            nw.when(_talk()).then(nw.col("held_until")).alias("contact_until"),
        )
        firsts += ["declined_until", "contact_until"]
    first = held.group_by("response_id").agg(
        *[nw.col(column).min() for column in firsts], nw.len().alias("attempts")
    )
    code = nw.col("contact_rank") % _STEP
    unwritten = nw.lit("")
    for number, column in enumerate(policy.context, start=1):
        unwritten = nw.when(code == number).then(nw.lit(f"no {column}")).otherwise(unwritten)
    joined = facts.join(first, on="response_id", how="left")
    dated = joined.with_columns(
        (nw.col("contact_rank") // _STEP).alias("contact_at"), unwritten.alias("unwritten")
    )
    return dated if days is None else dated.with_columns(_not_before_trigger("contact_at"))


def _not_before_trigger(column: str) -> nw.Expr:
    """Return an instant that begins with its day no sooner than the response that it answers."""
    early = nw.col(column) < nw.col("submitted_at")
    return nw.when(early).then(nw.col("submitted_at")).otherwise(nw.col(column)).alias(column)


_STEP = 8
"""Room for the number of the field that was left empty, behind the instant: one minimum finds both."""


def _talk() -> nw.Expr:
    """Return whether a follow-up reached a customer who was willing to talk."""
    return true("reached") & ~true("declined")


def _rank(policy: EscalationPolicy) -> nw.Expr:
    """Return the order of contacts: by instant, the better documented first where two are held at once."""
    code = nw.lit(0)
    for number, column in reversed(list(enumerate(policy.context, start=1))):
        code = nw.when(~filled(column)).then(nw.lit(number)).otherwise(code)
    return nw.col("held_at") * _STEP + code


def with_contact_id(contacts: Frame, follow_ups: Frame, *, policy: EscalationPolicy) -> Frame:
    """Add ``contact_id`` to responses that have a contact; the smallest id where two are the same."""
    talks = follow_ups.filter(_talk()).select(
        "response_id", nw.col("follow_up_id").alias("contact_id"), _rank(policy).alias("contact_rank")
    )
    held = contacts.join(talks, on=["response_id", "contact_rank"], how="inner")
    ids = held.group_by("response_id").agg(nw.col("contact_id").min())
    return contacts.join(ids, on="response_id", how="inner")


def _after_trigger(triggers: Frame, events: Frame, *, stem: str, as_of: int, days: Days | None) -> Frame:
    """Return the events of known responses that happened after them and by `as_of`.

    An event before its trigger cannot answer it; the duty is judged without it. On a day of which no
    time is known it is not before what happened that day.
    """
    at = f"{stem}_at"
    joined = events.join(triggers, on="response_id", how="inner").filter(nw.col(at) <= as_of)
    if days is None:
        return joined.filter(nw.col(at) >= nw.col("submitted_at"))
    return with_until(joined.filter(follows(stem, "submitted")), days, stem=stem)
