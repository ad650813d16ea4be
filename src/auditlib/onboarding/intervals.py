"""What interval counts leave to headers and rows: the limit of 'in time', and how long an interval is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from auditlib.contracts import ColumnKind
from auditlib.onboarding.date_formats import parsed
from auditlib.onboarding.named_limits import excludes_limit, limit_named
from auditlib.onboarding.proposal import Fed, Given, SourceProposal
from auditlib.statements import counted

_COUNTS = "interval_counts"
_DAY = timedelta(days=1)


def with_interval(source: SourceProposal) -> SourceProposal:
    """Return interval counts with their limit and their length, asked for where nothing says them."""
    if source.table.name != _COUNTS:
        return source
    for limit in _LIMITS:
        source = _with_limit(source, *limit)
    source = _with_share_in_time(source)
    return _with_length(_with_whole_seconds(source))


def _with_whole_seconds(source: SourceProposal) -> SourceProposal:
    """Return counts with seconds that have decimals rounded, where the contract counts whole ones."""
    seconds = source.feeding("handle_seconds")
    if seconds is None or seconds.facts is None or not isinstance(seconds.origin, str):
        return source
    whole = all(cell.isdigit() for cell in seconds.facts.distinct)
    if whole or source.table.column("handle_seconds").kind is not ColumnKind.COUNT:
        return source
    rounded = replace(seconds, origin={"column": seconds.origin, "scale": 1}, remark="rounded")
    return replace(source, fed=tuple(rounded if entry is seconds else entry for entry in source.fed))


def _with_share_in_time(source: SourceProposal) -> SourceProposal:
    """Return counts with the question of what a share in time is one; without it where its number is said."""
    share = source.feeding("in_time_of_answered")
    if share is None:
        return source
    kept = () if source.says("answered_in_time") else (replace(share, doubt=_OF_WHAT),)
    return replace(source, fed=(*(entry for entry in source.fed if entry is not share), *kept))


_OF_WHAT = (
    "is it a share of those answered? Of all offered it feeds in_time_of_offered; ask how it is counted."
)
_IN_TIME = ("within_seconds", 20, "within how many seconds was 'in time'? Nothing says it; 20 is assumed.")
_LIMITS = (
    ("answered_in_time", *_IN_TIME),
    ("in_time_of_answered", *_IN_TIME),
    (
        "abandoned_short",
        "short_seconds",
        10,
        "up to how many seconds was a wait 'short'? Nothing says it; 10 is assumed.",
    ),
)
"""Counts up to a limit, its column, what is assumed where no header names it, and the question."""


def _with_limit(
    source: SourceProposal, counts: str, limit: str, assumed: int, question: str
) -> SourceProposal:
    within = source.feeding(counts)
    if within is None or within.facts is None or source.says(limit):
        return source
    seconds = limit_named(within.facts.name)
    limited = with_constant(source, limit, str(seconds or assumed), "" if seconds else question)
    return (
        _with_edge(limited, within.facts.name, seconds) if limit == "short_seconds" and seconds else limited
    )


def _with_edge(source: SourceProposal, name: str, seconds: int) -> SourceProposal:
    """Return counts of short waits with whether one of exactly the limit is short, asked for unless said."""
    if source.says("short_inclusive"):
        return source
    if excludes_limit(name):
        return with_constant(source, "short_inclusive", "false", "")
    exactly = counted(seconds, "second")
    question = f"is a wait of exactly {exactly} short? The header does not say it; it is assumed to be."
    return with_constant(source, "short_inclusive", "true", question)


def _with_length(source: SourceProposal) -> SourceProposal:
    """Return intervals with a length where no end is given, or where midnight would end the day before."""
    starts, ended = source.feeding("starts"), source.feeding("ended")
    if starts is None or source.says("length") or (ended is not None and not ended.joined):
        return source
    begins = list(instants(source, starts))
    if ended is not None:
        ends = instants(source, ended)
        lengths = {(end - begin) % _DAY for begin, end in zip(begins, ends, strict=True) if begin and end}
        if len(lengths) != 1:
            return source
        shorter = replace(source, fed=tuple(entry for entry in source.fed if entry is not ended))
        return with_constant(shorter, "length", str(int(lengths.pop().total_seconds())), "")
    steps = Counter(later - begin for begin, later in pairwise(sorted({begin for begin in begins if begin})))
    if not steps:
        return source
    seconds = int(steps.most_common(1)[0][0].total_seconds())
    apart = counted(seconds, "second") if seconds % 60 else counted(seconds // 60, "minute")
    return with_constant(
        source, "length", str(seconds), f"how long is an interval? Most start {apart} apart."
    )


def instants(source: SourceProposal, fed: Fed) -> Iterator[datetime | None]:
    """Yield for each row what feeds an instant, as a wall clock; None where it is none."""
    names = [fed.facts.name] if fed.facts is not None else []
    if fed.joined and not isinstance(fed.origin, str):
        joined = fed.origin["join"]
        names = list(joined) if isinstance(joined, list) else []
    rows = zip(*(source.look.column(name).cells for name in names), strict=True)
    formats = source.formats_of(fed)
    for row in rows:
        read = parsed(" ".join(row), formats)
        yield None if read is None else read.replace(tzinfo=None)


def with_constant(source: SourceProposal, column: str, value: str, doubt: str) -> SourceProposal:
    """Return a source with one value for all rows of a column, and what the auditor must decide about it."""
    return replace(source, constants={**source.constants, column: Given(value, doubt)})
