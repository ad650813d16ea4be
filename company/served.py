"""What is true of the contacts of a generated company: repeats, and what was planted in waits and matters."""

from __future__ import annotations

from typing import Any

import pandas as pd

from company.answers_about import DROP_CHANNEL, DROP_SECONDS
from company.clock import DAY
from company.generate import Company
from company.matters import CHANGES_HANDS, HARD_MIX, MATTERS, NOT_FOR_FIRST_LEVEL, PREFERRED
from company.published import CHANNEL, LIMIT

WINDOWS = (1, 3, 7, 14, 30)
"""Days within which a further contact about the same matter is a repeat."""


def repeats(company: Company) -> pd.DataFrame:
    """Return how many matters came back within some days after the end of their first contact.

    A matter is what one customer calls about until 30 days pass without a contact; a window that the audit
    does not see the end of is left out.
    """
    matters = _matters(company.tables["interactions"])
    now = int(company.scenario.as_of.timestamp())
    rows = []
    for days in WINDOWS:
        seen = matters[matters["ended"] + days * DAY <= now]
        back = seen["next_offered"] - seen["ended"] <= days * DAY
        for answered, own in seen.assign(repeated=back).groupby("answered"):
            marked = own["repeated"] & own["resolved_first"].fillna(value=False)
            rows.append((days, bool(answered), len(own), int(own["repeated"].sum()), int(marked.sum())))
    columns = ["days", "first_contact_answered", "matters", "repeated", "repeated_though_marked_resolved"]
    return pd.DataFrame(rows, columns=columns)


def _matters(contacts: pd.DataFrame) -> pd.DataFrame:
    """Return the first contact of each matter with the offer of the next; customer and matter known."""
    known = contacts.dropna(subset=["customer_id", "matter"]).sort_values("offered", kind="stable")
    by = known.groupby(["customer_id", "matter"])
    quiet = known["offered"] - by["ended"].shift() > 30 * DAY
    following = by["offered"].shift(-1)
    first = known.assign(next_offered=following, answered=known["answered"].notna())
    return first[quiet | (by.cumcount() == 0)]


def planted(company: Company) -> dict[str, Any]:
    """Return what was planted in the contacts, with how many there are."""
    contacts, responses = company.tables["interactions"], company.tables["responses"]
    return {
        "contacts": len(contacts),
        "responses_about_a_contact": int(responses["interaction_id"].notna().sum()),
        "satisfaction_with_speed_drops": {"channel": DROP_CHANNEL, "seconds": DROP_SECONDS},
        "published": {"channel": CHANNEL, "limit_seconds": LIMIT},
        "matters": {name: {"share": share, "ease": ease} for name, (share, ease) in MATTERS.items()},
        "not_for_first_level": list(NOT_FOR_FIRST_LEVEL),
        "resolved_more_often_within_matters_only": HARD_MIX,
        "handed_over": {"first_level": CHANGES_HANDS[True], "not_first_level": CHANGES_HANDS[False]},
        "asked_for_the_channel_used": PREFERRED,
    }
