"""What `auditlib check` says of contacts that the files call both answered and given up."""

from __future__ import annotations

from auditlib.evidence import Evidence
from auditlib.reliability.contradictory_contacts import TABLE, contradictory_contacts
from auditlib.statements import counted, percent


def said_to_be_both(evidence: Evidence) -> tuple[str, ...]:
    """Return how many contacts are answered and given up at once, where the first stands, and what to ask."""
    if TABLE not in evidence.tables:
        return ()
    return tuple(
        f"{TABLE}: both answered and given up by {counted(entry.broken, entry.rows)} of {entry.tested:,} "
        f"({percent(entry.share)}), first in line {entry.intervals[0].line} of {entry.intervals[0].file}. "
        f"{entry.advice}"
        for entry in contradictory_contacts(evidence, TABLE)
    )
