"""Why nothing is said that takes single contacts: the evidence has counts alone, or no contacts at all."""

from __future__ import annotations

from auditlib.contracts import CanonicalTables
from auditlib.records import Refusal
from auditlib.service_levels.channels import NO_CONTACTS
from auditlib.service_levels.counts import TABLE


def without_single_contacts(tables: CanonicalTables, *, unsaid: str, ask: str) -> Refusal:
    """Return why something cannot be said of an evidence without single contacts.

    Parameters
    ----------
    unsaid
        What counts by interval do not say, as it follows ``these do not say``.
    ask
        What to ask for.
    """
    if TABLE in tables.tables:
        return Refusal(f"The evidence has counts by interval alone, and these do not say {unsaid}.", ask)
    return Refusal(NO_CONTACTS.reason, ask)
