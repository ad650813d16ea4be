"""Contacts said to be both answered and given up: nobody knows which, and no share takes them as either.

Files of contacts often hold one column of waits, for those who were answered and for those who gave up.
Mapped to ``answered`` as it stands, it makes an answer of every contact given up.
"""

from __future__ import annotations

from auditlib.contracts import CanonicalTables
from auditlib.reliability.count_identities import MOST_LISTED, BrokenIdentity, BrokenInterval

TABLE = "interactions"
"""The table whose contacts are looked through, leg by leg."""
_ENDED = "{after: offered, duration: that column, unit: ...}"


def read_twice(*, ended: str = _ENDED, given_up: str = "the flag of who gave up") -> str:
    """Return how a file is read in which one column holds when, or how long until, two things happened.

    Parameters
    ----------
    ended
        What is mapped to ``ended`` for those who were not answered, as it stands in a run file.
    given_up
        The column that says who gave up.
    """
    return (
        "read the file twice. Does a column say who was answered? Then choose the rows by it, once with "
        'only: [{column: ..., is: [...], because: answered}] and once with the others, answered: "" under '
        f"constants and ended: {ended}; 'abandoned' stays mapped to {given_up} in both, so that "
        f"contacts said to be both stay unknown. Only where no column says it, choose by {given_up}."
    )


_UNKNOWN = "What became of these contacts is unknown to every share."
_SAME_COLUMN = (
    "Is the wait of those who gave up in the same column as that of those answered? Then " + read_twice()
)
_CLIENT = (
    "Most of those who gave up have no answer, so that no column is read wrongly: ask the client what became "
    "of these."
)


def contradictory_contacts(evidence: CanonicalTables, table: str) -> tuple[BrokenIdentity, ...]:
    """Return what contacts break that are answered and given up at once; none for another table."""
    import narwhals as nw

    if table != TABLE:
        return ()
    rows = evidence.lazy(table)
    contradictory = ~nw.col("answered_at").is_null() & nw.col("abandoned").fill_null(value=False)
    given_up = nw.col("abandoned").cast(nw.Int64)
    sums = rows.select(
        tested=given_up.count(), lost=given_up.sum(), broken=contradictory.cast(nw.Int64).sum()
    )
    tested, lost, broken = (int(value or 0) for value in sums.collect().rows()[0])
    if not broken:
        return ()
    places = rows.filter(contradictory).select("unit_id", "source_file", "source_line", "interaction_id")
    first = places.sort("source_file", "source_line").head(MOST_LISTED).collect().rows()
    contacts = tuple(
        BrokenInterval(str(unit), str(file), int(line), str(contact)) for unit, file, line, contact in first
    )
    advice = f"{_UNKNOWN} {_SAME_COLUMN if 2 * broken > lost else _CLIENT}"
    words = "no contact is both answered and given up"
    return (BrokenIdentity("answered_and_given_up", words, tested, broken, contacts, "contact", advice),)
