"""Which date formats the cells of a column fit, and whether day and month could change places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from auditlib.onboarding.vocabulary import simplified

_DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y%m%d", "%d.%m.%y")
_MORE_DAYS = (
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%d-%b-%y",
    "%b %d, %Y",
    "%d/%b/%y",
    "%a, %d %b %Y",
)
_TIMES = ("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", " %H:%M:%S.%f")
_ISO_TIMES = (
    "T%H:%M:%S",
    "T%H:%M:%SZ",
    "T%H:%M:%S%z",
    "T%H:%M",
    "T%H:%M:%S.%fZ",
    "T%H:%M:%S.%f",
    " %H:%M:%S%z",
    "T%H:%MZ",
    "T%H:%M%z",
)
FORMATS = (
    *(day + time for day in (*_DAYS, *_MORE_DAYS) for time in _TIMES),
    *("%Y-%m-%d" + time for time in _ISO_TIMES),
    "%a %b %d %H:%M:%S %Y",
)
_ENOUGH = 0.9
_TRIED = 400
_DIGIT = re.compile(r"[0-9]")
_OFFSET = re.compile(r" GMT[+-][0-9]{1,2}(?::[0-9]{2})?$")
EPOCHS = {
    "epoch_seconds": (re.compile(r"1[0-9]{9}(?:\.[0-9]+)?"), 1),
    "epoch_milliseconds": (re.compile(r"1[0-9]{12}"), 1000),
}
"""Counted instants: how the cells of this century are written, and how many make a second."""
_TIMELY = (
    "time",
    "timestamp",
    "date",
    "epoch",
    "created",
    "updated",
    "submitted",
    "start",
    "end",
    "at",
    "zeit",
    "datum",
    "ts",
    "ms",
    "unix",
    "received",
    "resolved",
    "opened",
    "closed",
    "offered",
    "queued",
)


@dataclass(frozen=True, slots=True)
class DateLook:
    """How the dates of a column are written.

    Parameters
    ----------
    formats
        Formats that together fit the column, the commonest first.
    share
        Share of the cells they fit.
    timed
        Whether they hold a time of day.
    grounds
        The cell that settles the order of day and month, where one does.
    swapped
        The other order, where no cell settles it.
    """

    formats: tuple[str, ...]
    share: float
    timed: bool
    grounds: str = ""
    swapped: str = ""


def look_at_dates(cells: Sequence[str]) -> DateLook | None:
    """Return how `cells` are written as dates, or None where they are no dates."""
    suffixes = tuple(sorted({offset.group() for cell in cells if (offset := _OFFSET.search(cell))}))
    if suffixes:
        return _with_offsets(cells, suffixes)
    counted = Counter(cells)
    tried = [cell for cell, _ in counted.most_common(_TRIED)]
    every = sum(counted[cell] for cell in tried)
    if sum(counted[cell] for cell in tried if _DIGIT.search(cell)) < every * _ENOUGH or not tried:
        return None
    chosen: list[str] = []
    unread = tried
    while unread and len(unread) > len(tried) * 0.02:
        best, fitting = _best_format(unread)
        if len(fitting) < min(len(tried), 2) and sum(counted[cell] for cell in fitting) < every / 2:
            break
        chosen.append(best)
        unread = [cell for cell in unread if cell not in fitting]
    share = 1 - sum(counted[cell] for cell in unread) / every
    if not chosen or share < _ENOUGH:
        return None
    timed = any("%H" in form or "%I" in form for form in chosen)
    grounds, swapped = _order(chosen[0], tried)
    return DateLook(tuple(chosen), share, timed, grounds, swapped)


def look_at_epochs(name: str, cells: Sequence[str]) -> DateLook | None:
    """Return how seconds or milliseconds since 1970 are written in a column named for a time, or None."""
    if not cells or not set(simplified(name).split()) & set(_TIMELY):
        return None
    for form, (pattern, _) in EPOCHS.items():
        if all(pattern.fullmatch(cell) for cell in cells):
            return DateLook((form,), 1.0, timed=True)
    return None


def parsed(cell: str, formats: Sequence[str]) -> datetime | None:
    """Return the first reading of `cell`: with its zone where it states one; None where no format fits."""
    for form in formats:
        try:
            if form in EPOCHS:
                return datetime.fromtimestamp(float(cell) / EPOCHS[form][1], tz=UTC)
            read = datetime.strptime(cell, form)  # noqa: DTZ007  # a local time, as written
        except (ValueError, OverflowError, OSError):
            continue
        return read.replace(tzinfo=UTC) if form.endswith("Z") else read
    return None


def states_zone(form: str) -> bool:
    """Return whether cells of this format say which instant they mean, wherever they were written."""
    return form in EPOCHS or form.endswith(("Z", "%z"))


def _with_offsets(cells: Sequence[str], suffixes: Sequence[str]) -> DateLook | None:
    """Return the look of cells that end in offsets such as GMT+1, which no strptime code reads."""
    bare = look_at_dates([_OFFSET.sub("", cell) for cell in cells])
    if bare is None:
        return None
    formats = tuple(form + suffix for form in bare.formats for suffix in suffixes)
    return DateLook(formats, bare.share, bare.timed, bare.grounds, bare.swapped)


def _best_format(cells: Sequence[str]) -> tuple[str, set[str]]:
    few = cells[:20]
    hopeful = [form for form in FORMATS if any(plausible(cell, form) for cell in few)]
    fits = {form: {cell for cell in cells if plausible(cell, form)} for form in hopeful}
    best = max(fits, key=lambda form: len(fits[form]), default="")
    return best, fits.get(best, set())


def plausible(cell: str, form: str) -> bool:
    """Return whether a cell is a date of this format, of a year in which records are made.

    Examples
    --------
    >>> plausible("2024-02-29", "%Y-%m-%d"), plausible("2023-02-29", "%Y-%m-%d")
    (True, False)
    """
    read = parsed(cell, (form,))
    return read is not None and 1900 <= read.year <= 2100


def _order(form: str, cells: Sequence[str]) -> tuple[str, str]:
    """Return the cell that proves the order of day and month, or the order that would fit as well."""
    if form.startswith(("%Y", "%b")) or "%b" in form:
        return "", ""
    swapped = form.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m")
    proof = next((cell for cell in cells if plausible(cell, form) and not plausible(cell, swapped)), None)
    return ("", swapped) if proof is None else (f"{proof} can be read in one way only", "")
