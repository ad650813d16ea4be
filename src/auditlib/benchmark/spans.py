"""Two spans of time that can be held against each other: the latest, and as long a one before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Refusal

YEAR = 12
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months.

    Parameters
    ----------
    words
        First and last month, as printed.
    first_day, last_day
        In days since 1970, both included.
    """

    words: str
    first_day: int
    last_day: int


@dataclass(frozen=True, slots=True)
class Spans:
    """Two spans of the same length, one after the other; `note` says what else parts them."""

    earlier: Span
    later: Span
    note: str


def spans_of(months: NDArray[np.int64]) -> Spans | Refusal:
    """Return the last year and the year before it, or the two halves of less than two years.

    Parameters
    ----------
    months
        Months with answers, as ``year * 100 + month``, in any order.
    """
    ordinals = months // 100 * YEAR + months % 100 - 1
    first, end = int(ordinals.min()), int(ordinals.max()) + 1
    length = YEAR if end - first >= 2 * YEAR else (end - first) // 2
    if not length:
        return Refusal("the answers are of one month only; a change takes two spans of time.")
    note = "" if length == YEAR else "They are other months of the year, so that seasons are part of it."
    return Spans(_span(end - 2 * length, end - length), _span(end - length, end), note)


def _span(first: int, end: int) -> Span:
    last = end - 1
    words = f"{first // YEAR}-{first % YEAR + 1:02d} to {last // YEAR}-{last % YEAR + 1:02d}"
    return Span(words, _day(first), _day(end) - 1)


def _day(ordinal: int) -> int:
    return (date(ordinal // YEAR, ordinal % YEAR + 1, 1) - _EPOCH).days
