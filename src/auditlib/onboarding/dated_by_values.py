"""Instants and days that a table needs, found by what a column holds, whatever it is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from auditlib.contracts import Column, ColumnKind
from auditlib.onboarding.column_facts import ColumnFacts
from auditlib.onboarding.date_formats import parsed
from auditlib.onboarding.proposal import Fed, SourceProposal

_DATED = (ColumnKind.INSTANT, ColumnKind.DAY)
_ENOUGH = 0.98
_PAIRS = (("started", "ended"), ("period_start", "period_end"), ("offered", "ended"), ("starts", "ended"))
"""Columns of which the first never lies behind the second."""


def with_dates(source: SourceProposal) -> SourceProposal:
    """Return a source with the dates it needs from columns that hold dates; each is to be decided.

    One free column of dates is the one a table needs; of two, that which never lies behind the other comes
    first. More are former to the auditor.
    """
    free = [
        facts
        for facts in source.look.columns
        if facts.position not in source.used and facts.dates is not None and facts.filled
    ]
    wanted = [column for column in source.table.columns if _needed(column, source)]
    if not wanted or not free:
        return source
    pair = _pair(wanted, source)
    if len(free) == 1 and len(wanted) == 1:
        return _fed(source, wanted[:1], free)
    if len(free) == 2 and pair:
        return _fed(source, pair, _ordered(free[0], free[1]))
    return source


def _needed(column: Column, source: SourceProposal) -> bool:
    return column.required and column.kind in _DATED and not source.says(column.name)


def _pair(wanted: Sequence[Column], source: SourceProposal) -> tuple[Column, ...]:
    """Return the first of the columns wanted with the one that follows it, where nothing feeds that yet."""
    names = {column.name for column in source.table.columns}
    for first, second in _PAIRS:
        if first == wanted[0].name and second in names and not source.says(second):
            return (wanted[0], source.table.column(second))
    return ()


def _ordered(former: ColumnFacts, latter: ColumnFacts) -> tuple[ColumnFacts, ...]:
    """Return two columns of dates with the one first that never lies behind the other; none where both do."""
    for first, second in ((former, latter), (latter, former)):
        rows = [
            (_instant(a, first), _instant(b, second)) for a, b in zip(first.cells, second.cells, strict=True)
        ]
        read = [(a, b) for a, b in rows if a is not None and b is not None]
        if read and sum(a <= b for a, b in read) >= _ENOUGH * len(read):
            return first, second
    return ()


def _instant(cell: str, facts: ColumnFacts) -> float | None:
    """Return a date as a number that grows with time; its zone aside, as both columns are written alike."""
    read = parsed(cell, facts.dates.formats) if facts.dates is not None else None
    return None if read is None else read.replace(tzinfo=None).timestamp()


def _fed(source: SourceProposal, columns: Sequence[Column], dated: Sequence[ColumnFacts]) -> SourceProposal:
    added = [
        Fed(
            column.name,
            source.look.origin(facts),
            facts,
            doubt=f"is it? By its values alone, such as {facts.example!r}",
        )
        for column, facts in zip(columns, dated, strict=False)
    ]
    return replace(source, fed=(*source.fed, *added))
