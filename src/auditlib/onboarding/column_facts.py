"""What the cells of one column say about it, whatever its name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from auditlib.onboarding.date_formats import DateLook, look_at_dates, look_at_epochs

MISSING_WORDS = frozenset(
    [
        "NA",
        "N/A",
        "n/a",
        "#N/A",
        "#NV",
        "#N/V",
        "NULL",
        "null",
        "None",
        "NaN",
        "nan",
        "-",
        "--",
        "?",
        ".",
        "n.v.",
        "k.A.",
        "k.A",
        "Missing",
        "missing",
    ]
) | {
    "Not Available",
    "not available",
    "Not available",
    "k. A.",
    "keine Angabe",
    "(blank)",
    "(leer)",
    "unknown",
}
REMEMBERED = 2048
"""Columns of which a judgement is kept: each is asked about for every canonical column."""
_NUMBER = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]+)?%?")
_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+ ?%?")
_POINT = re.compile(r"[-+]?[0-9]+\.[0-9]+ ?%?")
_ZERO = re.compile(r"0[0-9]+")


@dataclass(frozen=True, slots=True, eq=False)
class ColumnFacts:
    """What was seen in one column of a sample.

    Parameters
    ----------
    name, label
        Its name, and the question a survey tool prints below it.
    cells
        Every cell of the sample, stripped.
    filled
        Cells that hold a value.
    missing
        Words that stand for 'no value' here, with how often.
    distinct
        Values with how often.
    numeric
        Share of filled cells that are numbers.
    comma
        Whether decimals are written with a comma.
    leading_zeros
        Whether digits start with a zero, so that reading them as numbers would lose it.
    dates
        How dates are written; None where they are none.
    position
        Its place in the file, from 1.
    native
        Whether the file itself stores dates here, and no text.
    """

    name: str
    label: str
    cells: tuple[str, ...]
    filled: tuple[str, ...]
    missing: Counter[str]
    distinct: Counter[str]
    numeric: float
    comma: bool
    leading_zeros: bool
    dates: DateLook | None
    position: int = 0
    native: bool = False

    @property
    def wording(self) -> str:
        """The question as a person reads it: the text below the name, or the name."""
        return self.label or self.name

    @property
    def texts(self) -> bool:
        """Whether people wrote something of their own: long cells, hardly one like another."""
        return _texts(self)

    @property
    def addresses(self) -> bool:
        """Whether most cells are e-mail addresses."""
        written = sum(count for cell, count in self.distinct.items() if "@" in cell)
        return written > 0.5 * len(self.filled)

    @property
    def groups(self) -> bool:
        """Whether few values repeat over the rows, as names of places do."""
        filled = len(self.filled)
        return (
            filled > 0.5 * len(self.cells)
            and 2 <= len(self.distinct) <= min(200, filled / 3)
            and self.numeric < 0.5
            and self.dates is None
            and not self.addresses
            and max(len(cell) for cell in self.distinct) <= 60
        )

    @property
    def unique(self) -> bool:
        """Whether it could identify the row: hardly a value twice, hardly a cell empty."""
        return len(self.filled) > 0.9 * len(self.cells) and len(self.distinct) > 0.98 * len(self.filled)

    @property
    def example(self) -> str:
        """The commonest value."""
        return self.distinct.most_common(1)[0][0] if self.distinct else ""


def look_at_column(
    name: str, cells: Sequence[str], *, label: str = "", position: int = 0, native: bool = False
) -> ColumnFacts:
    """Return the facts of one column."""
    stripped = tuple(cell.strip() for cell in cells)
    missing = Counter(cell for cell in stripped if not cell or cell in MISSING_WORDS)
    filled = tuple(cell for cell in stripped if cell and cell not in MISSING_WORDS)
    numbers = sum(bool(_NUMBER.fullmatch(cell)) for cell in filled)
    commas = sum(bool(_COMMA.fullmatch(cell)) for cell in filled)
    points = sum(bool(_POINT.fullmatch(cell)) for cell in filled)
    return ColumnFacts(
        name,
        label.strip(),
        stripped,
        filled,
        missing,
        Counter(filled),
        numbers / len(filled) if filled else 0.0,
        commas > points,
        any(_ZERO.fullmatch(cell) for cell in filled),
        look_at_dates(filled) or look_at_epochs(name, filled),
        position,
        native,
    )


@lru_cache(maxsize=REMEMBERED)
def _texts(facts: ColumnFacts) -> bool:
    if not facts.filled or facts.numeric > 0.1 or facts.dates is not None:
        return False
    length = sum(len(cell) * count for cell, count in facts.distinct.items()) / len(facts.filled)
    spoken = sum(count for cell, count in facts.distinct.items() if " " in cell) > 0.5 * len(facts.filled)
    return length > 12 and spoken and len(facts.distinct) > 0.3 * len(facts.filled) > 1


def number(cell: str) -> float | None:
    """Return the number written in `cell`, with a point or a comma; None where there is none."""
    return float(cell.rstrip("%").replace(",", ".")) if _NUMBER.fullmatch(cell) else None
