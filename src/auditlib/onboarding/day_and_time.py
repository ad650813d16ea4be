"""Instants whose day and time of day stand in two columns, joined."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from auditlib.contracts import ColumnKind
from auditlib.onboarding.column_facts import ColumnFacts
from auditlib.onboarding.proposal import Fed, SourceProposal
from auditlib.onboarding.vocabulary import closeness, vocabulary, words_for

_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?")
_ENOUGH = 0.95
_SURELY = 0.75
_BEGINS = (
    "time", "time of day", "start", "start time", "from", "begin", "interval", "hour", "zeit", "uhrzeit",
    "von", "ab", "beginn", "start zeit", "hora", "hora inicio", "hora de inicio", "desde", "inicio", "heure",
    "heure debut", "de", "tijd", "ora", "od", "godzina", "godz", "poczatek",
)  # fmt: skip
_ENDS = (
    "end", "end time", "to", "until", "bis", "ende", "hora fin", "hora final", "hasta", "fin",
    "heure fin", "a", "do", "koniec",
)  # fmt: skip


def with_times(source: SourceProposal) -> SourceProposal:
    """Return a source whose days are joined with the times of day that stand in columns beside them."""
    instant = source.table.instant
    days, clocks = _days(source), _clocks(source)
    if (
        not instant
        or source.table.column(instant).kind is not ColumnKind.INSTANT
        or len(days) != 1
        or not clocks
    ):
        return source
    ends = [facts for facts in clocks if _called(facts, _ENDS) > max(_SURELY, _called(facts, _BEGINS))]
    words = (*_BEGINS, *words_for(source.table.name, instant))
    remaining = [facts for facts in clocks if facts not in ends]
    starts = [facts for facts in remaining if _called(facts, words) >= _SURELY]
    starts = starts or [facts for facts in remaining if len(remaining) == 1 and not _lengths(facts)]
    joined = [(instant, starts)]
    if any(column.name == "ended" for column in source.table.columns):
        joined.append(("ended", ends))
    chosen = {column: times[0] for column, times in joined if len(times) == 1}
    if instant not in chosen:
        return source
    day = days[0]
    timed = tuple(_joined(source, column, day, clock) for column, clock in chosen.items())
    used = {day.position, *(clock.position for clock in chosen.values())}
    unchanged = tuple(
        entry
        for entry in source.fed
        if entry.column not in chosen and (entry.facts is None or entry.facts.position not in used)
    )
    return replace(source, fed=(*unchanged, *timed))


def _called(facts: ColumnFacts, words: tuple[str, ...]) -> float:
    return closeness(facts.name, words)


def _lengths(facts: ColumnFacts) -> bool:
    """Return whether a column of clocks is called by a length of time."""
    return any(closeness(facts.name, words) >= _SURELY for words in vocabulary().durations.values())


def _days(source: SourceProposal) -> list[ColumnFacts]:
    """Return the columns that hold days alone and feed nothing but instants."""
    fed_otherwise = {
        entry.facts.position
        for entry in source.fed
        if entry.facts is not None and source.table.column(entry.column).kind is not ColumnKind.INSTANT
    }
    return [
        facts
        for facts in source.look.columns
        if facts.dates is not None and facts.position not in fed_otherwise and not _timed(facts)
    ]


def _timed(facts: ColumnFacts) -> bool:
    """Return whether a column says a time of day; dates of a worksheet all say midnight where they do not."""
    if facts.dates is None or not facts.dates.timed:
        return False
    return not all(cell.endswith("00:00:00") for cell in facts.distinct)


def _clocks(source: SourceProposal) -> list[ColumnFacts]:
    used = source.used
    free: Sequence[ColumnFacts] = [facts for facts in source.look.columns if facts.position not in used]
    return [
        facts
        for facts in free
        if facts.filled
        and sum(count for cell, count in facts.distinct.items() if _CLOCK.fullmatch(cell))
        >= _ENOUGH * len(facts.filled)
    ]


def _joined(source: SourceProposal, column: str, day: ColumnFacts, clock: ColumnFacts) -> Fed:
    seconds = clock.filled[0].count(":") == 2
    time = " %H:%M:%S" if seconds else " %H:%M"
    dates = day.dates.formats if day.dates is not None else ()
    formats = tuple(form.removesuffix(" %H:%M:%S") + time for form in dates)
    origin = {"join": [day.name, clock.name]}
    return Fed(column, origin, day, formats, remark="day and time of day stand in two columns")
