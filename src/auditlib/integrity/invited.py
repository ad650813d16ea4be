"""Who was asked: again after what is known of a customer, and at all after a bad outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from auditlib.integrity.paid_question import CountedPart, PaidQuestion, absent, by_month, read
from auditlib.integrity.reinvitations import AFTER, AFTER_COMPLAINT, asked_after
from auditlib.integrity.selection import (
    CASES,
    COMPLAINANTS,
    NO_INVITATIONS,
    cases_invited,
    cases_of,
    complainants,
)
from auditlib.standards.whole_days import beyond, whole_day

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd


def asked_again(paid: PaidQuestion) -> CountedPart:
    """Count invitations, and the time customers waited for them, by what was last known of the customer."""
    import narwhals as nw

    tables, item = paid.tables, paid.item
    if "invitations" not in tables.tables:
        return absent(AFTER, NO_INVITATIONS)
    invitations = _sent(paid, "customer_id")
    answers = paid.rows("responses").filter(~nw.col(item).is_null())
    scored = known_events(answers, "submitted", low=nw.col(item) < paid.limit)
    if invitations.empty or scored.empty:
        return absent(AFTER, "invitations or answers name no customer")
    events = [scored.assign(known=np.where(scored["low"], "unhappy", "happy"))]
    missing = CountedPart()
    if "complaints" in tables.tables:
        complained = known_events(tables.lazy("complaints").filter(nw.col("in_period")), "received")
        events.append(complained.assign(known="complained"))
    else:
        missing = absent(AFTER_COMPLAINT, "the evidence has no complaints")
    waits = asked_after(events, invitations, window_days=paid.policy.again_days)
    return CountedPart(by_month(waits, paid.calendar)) | missing


def complainants_invited(paid: PaidQuestion) -> CountedPart:
    """Count complaints of known customers, and those near which the customer was invited."""
    import narwhals as nw

    tables = paid.tables
    if "complaints" not in tables.tables:
        return absent(COMPLAINANTS, "the evidence has no complaints")
    if "invitations" not in tables.tables:
        return absent(COMPLAINANTS, NO_INVITATIONS)
    complained = known_events(tables.lazy("complaints").filter(nw.col("in_period")), "received")
    invitations = _sent(paid, "customer_id")
    answers = known_events(paid.rows("responses"), "submitted", low=nw.col(paid.item) < paid.limit)
    days = paid.policy.transaction_days
    counted = complainants(complained, invitations, answers[["customer_id", "at", "low"]], days=days)
    if not counted["complainants_invited"].any():
        why = "no customer who complained can be linked to an invitation"
        return absent(COMPLAINANTS, why)
    return CountedPart(by_month(counted, paid.calendar))


def reopened_invited(paid: PaidQuestion) -> CountedPart:
    """Count cases reopened and not, and those near whose end the account was invited."""
    tables = paid.tables
    if "invitations" not in tables.tables:
        return absent(CASES, NO_INVITATIONS)
    cases, why = cases_of(tables)
    if cases is None:
        return absent(CASES, why)
    ended = read(cases)
    ended = ended.assign(reopened=ended["reopenings"].fillna(0).to_numpy(float) > 0)
    counted = cases_invited(ended, _sent(paid, "account_id"), days=paid.policy.transaction_days)
    if not (counted["reopened_invited"] + counted["settled_invited"]).any():
        return absent(CASES, "no case can be linked to an invitation")
    return CountedPart(by_month(counted, paid.calendar))


def _sent(paid: PaidQuestion, by: str) -> pd.DataFrame:
    """Return who was invited when, by customer or account; nobody where invitations do not name them."""
    import narwhals as nw
    import pandas as pd

    rows = paid.tables.lazy("invitations").filter(nw.col("survey_type") == paid.survey_type)
    if by not in rows.collect_schema().names():
        return pd.DataFrame({by: pd.Series(dtype=object), "sent_at": pd.Series(dtype="int64")})
    return read(rows.filter(~nw.col(by).is_null()).select(by, "sent_at"))


def known_events(rows: nw.LazyFrame[Any], stem: str, **columns: nw.Expr) -> pd.DataFrame:
    """Return when something became known of which customer, and in which unit.

    What is known by its day alone is known by the end of that day: the invitation that brought an answer is
    never sent after it.
    """
    import narwhals as nw

    identified = rows.filter(~nw.col("customer_id").is_null())
    at = nw.col(f"{stem}_at") + beyond(whole_day(identified, stem))
    return read(identified.select("customer_id", "unit_id", day=nw.col(f"{stem}_day"), at=at, **columns))
