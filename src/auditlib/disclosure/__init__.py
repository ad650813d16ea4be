"""What a reader of an audit could work out about few people, and what must be held back besides.

A run states thousands of counts: of responses, of complaints, of those that were late. The small ones are
held back by the recorder; which are small is decided here, for every room (`MinimumFrequency`). Besides, this
room asks what a reader could still work out by adding and subtracting the others, over all notebooks as one
set of linked tables, and names the numbers that have to be held back too.
"""

from auditlib.disclosure.minimum_frequency import DECLARED, UNRESTRICTED, MinimumFrequency
from auditlib.disclosure.small import (
    COUNTS,
    HELD_BACK,
    about_people,
    counts_people,
    is_held_back,
    small_count,
    without_small,
)
from auditlib.disclosure.statement import SIZE, Name, Selection, Stated, silent, statements

__all__ = [
    "COUNTS",
    "DECLARED",
    "HELD_BACK",
    "SIZE",
    "UNRESTRICTED",
    "MinimumFrequency",
    "Name",
    "Selection",
    "Stated",
    "about_people",
    "counts_people",
    "is_held_back",
    "silent",
    "small_count",
    "statements",
    "without_small",
]
