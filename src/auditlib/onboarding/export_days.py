"""Interval counts exported on several days: each day as the name of its file says it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from auditlib.onboarding.decoding import SAMPLE_RECORDS
from auditlib.onboarding.intervals import instants, with_constant
from auditlib.onboarding.proposal import SourceProposal
from auditlib.onboarding.repeated_counts import COUNTS, DAY

_YEAR_FIRST = re.compile(r"(?<!\d)(20\d\d)([-_.]?)(\d\d)\2(\d\d)(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d\d)([-_.])(\d\d)\2(20\d\d)(?!\d)")
_QUESTION = (
    "was it exported on the day that its name says? Other exports count the same intervals; the last one "
    "holds, and what it restates is told."
)


def with_export_days(sources: Sequence[SourceProposal]) -> list[SourceProposal]:
    """Return the sources, exports of the same counts with the day of export that their names say.

    Proposed where names differ by a day alone, no record lies after it, and an interval stands in two of
    them, as far as a sample shows: files of separate days or months restate nothing.
    """
    exports: dict[str, dict[int, date]] = defaultdict(dict)
    for place, source in enumerate(sources):
        if source.table.name == COUNTS and not source.says(DAY) and (dated := _named_day(source)):
            stem, day = dated
            exports[stem][place] = day
    days = {
        place: day
        for series in exports.values()
        if len(set(series.values())) > 1 and _repeated([sources[place] for place in series])
        for place, day in series.items()
    }
    asks = min(days, default=-1)
    return [
        with_constant(source, DAY, days[place].isoformat(), _QUESTION if place == asks else "")
        if place in days
        else source
        for place, source in enumerate(sources)
    ]


def day_in(name: str) -> tuple[str, date] | None:
    """Return a file's name without the day it names, and that day; None where it names none, or several.

    Examples
    --------
    >>> day_in("calls_2025-11-03.csv")
    ('calls_.csv', datetime.date(2025, 11, 3))
    >>> day_in("calls_2025-11.csv") is None
    True
    """
    dated = [(match, (match[1], match[3], match[4])) for match in _YEAR_FIRST.finditer(name)]
    dated += [(match, (match[4], match[3], match[1])) for match in _DAY_FIRST.finditer(name)]
    if len(dated) != 1:
        return None
    ((match, parts),) = dated
    try:
        day = date(*map(int, parts))
    except ValueError:
        return None
    return name[: match.start()] + name[match.end() :], day


def _named_day(source: SourceProposal) -> tuple[str, date] | None:
    """Return the day of export a file's name may say: none of its records lies after it."""
    dated = day_in(source.look.file)
    starts = source.feeding("starts")
    if dated is None or starts is None:
        return None
    last = max((start.date() for start in instants(source, starts) if start), default=date.max)
    return dated if last <= dated[1] else None


def _repeated(sources: Sequence[SourceProposal]) -> bool:
    """Return whether an interval stands in two files, or may beyond what was looked at."""
    if any(source.look.rows >= SAMPLE_RECORDS for source in sources):
        return True
    intervals = [set(_intervals(source)) for source in sources]
    return len(set().union(*intervals)) < sum(map(len, intervals))


def _intervals(source: SourceProposal) -> Iterator[tuple[object, ...]]:
    """Yield what tells the intervals of a file apart."""
    starts = source.feeding("starts")
    places = [source.feeding(name) for name in ("unit_id", "channel", "queue")]
    cells = [entry.facts.cells for entry in places if entry is not None and entry.facts is not None]
    if starts is not None:
        yield from zip(instants(source, starts), *cells, strict=True)
