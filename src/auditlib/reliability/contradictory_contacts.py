"""Contacts said to be both answered and given up: nobody knows which, and no share takes them as either.

Files of contacts often hold one column of waits, for those who were answered and for those who gave up.
Mapped to ``answered`` as it stands, it makes an answer of every contact given up.
"""

from __future__ import annotations

from auditlib.contracts import CanonicalTables
from auditlib.reliability.count_identities import MOST_LISTED, BrokenIdentity, BrokenInterval

TABLE = "interactions"
"""The table whose contacts are looked through, leg by leg."""
_ADVICE = (
    "What became of these contacts is unknown to every share. Is the wait of those who gave up in the same "
    "column as that of those answered? Then declare the file twice: for those answered with the wait mapped "
    "to 'answered', and for those who gave up with it mapped to 'ended'."
)


def contradictory_contacts(evidence: CanonicalTables, table: str) -> tuple[BrokenIdentity, ...]:
    """Return what contacts break that are answered and given up at once; none for another table."""
    import narwhals as nw

    if table != TABLE:
        return ()
    rows = evidence.lazy(table)
    both = ~nw.col("answered_at").is_null() & nw.col("abandoned").fill_null(value=False)
    counts = rows.select(tested=nw.col("abandoned").count(), broken=both.cast(nw.Int64).sum()).collect()
    tested, broken = (int(value or 0) for value in counts.rows()[0])
    if not broken:
        return ()
    places = rows.filter(both).select("unit_id", "source_file", "source_line", "interaction_id")
    first = places.sort("source_file", "source_line").head(MOST_LISTED).collect().rows()
    contacts = tuple(
        BrokenInterval(str(unit), str(file), int(line), str(contact)) for unit, file, line, contact in first
    )
    words = "no contact is both answered and given up"
    return (BrokenIdentity("answered_and_given_up", words, tested, broken, contacts, "contact", _ADVICE),)
