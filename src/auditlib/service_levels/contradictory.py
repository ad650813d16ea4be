"""Contacts that contradict themselves: said to be both answered and given up, so that nobody knows which.

Where a source has a single column for the end of waiting, the wait of those who gave up stands among answers,
and the mark of giving up is what tells them apart; a mark may as well be wrong. Such contacts are counted as
answered by nothing and as given up by nothing: each measure leaves both open, or leaves them out with their
number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import narwhals as nw

ASK = (
    "Ask whether the wait of those who gave up stands in the column of the answer: it is then their end, to "
    "be mapped from a source of its own."
)
"""What to ask for where contacts contradict themselves."""


def contradictory() -> nw.Expr:
    """Return whether a contact, a row of ``interactions``, is said to be both answered and given up."""
    import narwhals as nw

    return ~nw.col("answered_at").is_null() & nw.col("abandoned").fill_null(value=False)
