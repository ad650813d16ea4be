"""How the columns of a printed table share the width of the page.

Browsers and print engines give a column of short numbers under a long heading as much room as one of
sentences. Here numbers take what they need and sentences share the rest by their length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, floor

SIZES: tuple[tuple[str, int], ...] = (("", 97), ("small", 107), ("tiny", 119))
"""Sizes of type, and how many characters of each the width of a page holds."""
GAP = 2
"""Characters between two columns."""
WHOLE = 17
"""A text up to this long stays on one line if there is room."""
LONGEST_WORD = 22
"""A longer word is cut wherever a line ends."""
MOST_LINES, MOST_LINES_OF_LABELS = 3.5, 1.2
"""Lines a usual sentence, or a usual label, may take before a smaller type is preferred."""
SENTENCE = 40
"""A text longer than this can stand on a line of its own."""
TWIN = 18
"""From so many rows on, a table that fills less than half of the page is set as two halves."""

_NUMBER = re.compile(r"[<>≤≥~]? ?[\u2212+-]?[\d.,]*\d[\d.,]*(?: ?%| ?[a-z]{1,8})?|\N{EN DASH}|suppressed|")


@dataclass(frozen=True, slots=True)
class Fit:
    """How a table is set.

    Parameters
    ----------
    size
        Size of its type: ``small``, ``tiny`` or the usual one.
    shares
        Width of each column in per cent of the table; empty where it needs no more than it takes.
    twin
        Whether it is set as two halves side by side.
    narrow
        Whether it leaves much of the page empty, so that its columns should stand close.
    below
        Columns of sentences that find no room beside the others: each row is followed by a line of them.
    """

    size: str = ""
    shares: tuple[int, ...] = ()
    twin: bool = False
    narrow: bool = False
    below: tuple[int, ...] = ()


PLAIN = Fit()


def looks_numeric(cells: Sequence[str]) -> bool:
    """Tell whether all of `cells` are numbers as printed, so that they align as numbers do."""
    return any(cell and cell[-1:].strip("\N{EN DASH}") for cell in cells) and all(
        _NUMBER.fullmatch(cell) for cell in cells
    )


def fit(headings: Sequence[str], rows: Sequence[Sequence[str]], *, numeric: Sequence[bool]) -> Fit:
    """Return how a table is best set.

    Parameters
    ----------
    headings
        Of its columns.
    rows
        Its cells as printed.
    numeric
        Which columns hold numbers: these never wrap.
    """
    cells = [[row[index] for row in rows] for index in range(len(headings))]
    natural = [
        max([_heading(heading), *map(len, column)]) + GAP
        for heading, column in zip(headings, cells, strict=True)
    ]
    if len(rows) >= TWIN and 2 * sum(natural) <= SIZES[-1][1]:
        return Fit("small", twin=True)
    for size, room in SIZES:
        if sum(natural) <= room:
            close = sum(natural) < 0.62 * room
            return Fit(size, () if sum(natural) < 0.8 * room else _per_cent(natural), narrow=close)
    sentences = any(_usual(column) > SENTENCE for column in cells)
    most = MOST_LINES if sentences else MOST_LINES_OF_LABELS
    for size, room in SIZES:
        widths = _best(headings, cells, natural, numeric, room=room)
        if sum(widths) <= room + 1 and _usual_lines(cells, widths) <= most:
            return Fit(size, _per_cent(widths))
    below = tuple(index for index, column in enumerate(cells) if index and _usual(column) > SENTENCE)
    if not below:
        return Fit(size, _per_cent(_squeezed(widths, numeric, room=room)))
    beside = [index for index in range(len(headings)) if index not in below]
    above = fit(
        [headings[index] for index in beside],
        [[row[index] for index in beside] for row in rows],
        numeric=[numeric[index] for index in beside],
    )
    return replace(
        above, below=below, twin=False, shares=above.shares or _per_cent([natural[index] for index in beside])
    )


def _heading(heading: str) -> int:
    return max((len(word) for word in re.split(r"[ -]", heading)), default=0) + 1


def _best(
    headings: Sequence[str],
    cells: Sequence[Sequence[str]],
    natural: Sequence[int],
    numeric: Sequence[bool],
    *,
    room: int,
) -> list[float]:
    """Keep short texts on one line, unless the sentences beside them become much longer for it."""
    whole, cut = (
        _shared(headings, cells, natural, numeric, room=room, short=short) for short in (WHOLE + GAP, 0)
    )
    keep = sum(whole) <= room and _usual_lines(cells, whole) <= max(2.0, 1.3 * _usual_lines(cells, cut))
    return whole if keep else cut


def _shared(
    headings: Sequence[str],
    cells: Sequence[Sequence[str]],
    natural: Sequence[int],
    numeric: Sequence[bool],
    *,
    room: int,
    short: int,
) -> list[float]:
    widths = [
        float(whole if number or whole <= short else min(whole, _least(heading, column)))
        for heading, column, whole, number in zip(headings, cells, natural, numeric, strict=True)
    ]
    for _ in headings:
        spare = room - sum(widths)
        wanting = [index for index, whole in enumerate(natural) if widths[index] < whole]
        if spare <= 0.5 or not wanting:
            break
        usual = {index: _usual(cells[index]) for index in wanting}
        for index in wanting:
            extra = spare * usual[index] / sum(usual.values())
            widths[index] = min(widths[index] + extra, float(natural[index]))
    return widths


def _least(heading: str, column: Sequence[str]) -> int:
    longest = max((len(word) for cell in column for word in cell.split()), default=0)
    return max(_heading(heading), min(longest, LONGEST_WORD)) + GAP


def _usual(column: Sequence[str]) -> int:
    """Return the length that nine cells of ten do not exceed."""
    lengths = sorted(map(len, column))
    return max(1, lengths[(9 * len(lengths)) // 10 - 1] if lengths else 1)


def _usual_lines(cells: Sequence[Sequence[str]], widths: Sequence[float]) -> float:
    return max(
        (_usual(column) / max(1.0, width - GAP) for column, width in zip(cells, widths, strict=True)),
        default=1.0,
    )


def _squeezed(widths: Sequence[float], numeric: Sequence[bool], *, room: int) -> list[float]:
    """Return widths in which numbers stand closer, up to a character, so that no word beside them is cut."""
    step = min(1.0, max(0.0, sum(widths) - room) / max(1, sum(numeric)))
    return [width - step if number else width for width, number in zip(widths, numeric, strict=True)]


def _per_cent(widths: Sequence[float]) -> tuple[int, ...]:
    exact = [100 * width / sum(widths) for width in widths]
    # a narrow column that loses part of a character cuts its numbers in two
    shares = [ceil(share) if share < 8 else floor(share) for share in exact]
    over = sum(shares) - 100
    for index in sorted(range(len(shares)), key=lambda index: exact[index] - shares[index])[: max(0, over)]:
        shares[index] -= 1  # of many narrow columns those give way that were rounded up the most
    shares[max(range(len(shares)), key=shares.__getitem__)] += 100 - sum(shares)
    return tuple(shares)
