"""A first run file as a value: what each file seems to be, and what the auditor must decide."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from auditlib.contracts import Column, Kind
from auditlib.onboarding.dates import parsed
from auditlib.onboarding.facts import Facts
from auditlib.onboarding.items import ScaleGuess, item_id, scale_of
from auditlib.onboarding.looking import Look
from auditlib.onboarding.matching import Match, match
from auditlib.onboarding.words import closeness, meaning, vocabulary

_SURVEYS = {
    "relationship": (
        "relationship",
        "relationship survey",
        "periodic",
        "annual",
        "nps",
        "beziehung",
        "jaehrlich",
    ),
    "transactional": ("transactional", "transaction", "transactional survey", "contact", "vorgang", "csat"),
}

_SCORED = ("responses", "complaints", "interactions")
_SOON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class ItemProposal:
    """A question found in a file: its id, its column and the scale it seems to be on."""

    item: str
    facts: Facts
    scale: ScaleGuess


@dataclass(frozen=True, slots=True)
class SourceProposal:
    """A file and the table it seems to feed.

    Parameters
    ----------
    look
        What was seen of the file.
    match
        Table and columns.
    items
        Questions, for responses.
    survey_type
        For responses without a column that names it.
    values
        Canonical column: cell as written: code.
    missing
        Cells that mean 'no value'.
    doubts
        What the auditor must decide, in sentences.
    """

    look: Look
    match: Match
    items: tuple[ItemProposal, ...] = ()
    survey_type: str = ""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    missing: tuple[str, ...] = ("",)
    doubts: tuple[str, ...] = ()

    @property
    def date_formats(self) -> tuple[str, ...]:
        """Formats of the mapped dates, the commonest first."""
        looks = (
            self.look.column(entry.source).dates for entry in self.match.mapped if self.is_date(entry.column)
        )
        return tuple(dict.fromkeys(form for dates in looks if dates is not None for form in dates.formats))

    def is_date(self, column: str) -> bool:
        """Return whether the canonical column is a day or an instant."""
        return self.match.table.column(column).kind in (Kind.DAY, Kind.INSTANT)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A first run file.

    Parameters
    ----------
    sources
        Files that fit a table, the register of units first.
    unplaced
        Files and sheets that fit none.
    start, end
        Days the records seem to span.
    last
        Day of the last record; a few far beyond the others are taken for mistakes.
    """

    sources: tuple[SourceProposal, ...]
    unplaced: tuple[Look, ...]
    start: date
    end: date
    last: date


def propose(looks: Sequence[Look], *, fallback: date) -> Proposal:
    """Return a first run file for what was seen of a client's files.

    Parameters
    ----------
    looks
        Every file and sheet.
    fallback
        Day to write where no file holds a date.
    """
    first = {look: match(look) for look in looks}
    keys = _keys(first)
    matches = {look: match(look, keys=keys) for look in looks}
    sources = [_source(look, found, keys) for look, found in matches.items() if found is not None]
    sources.sort(key=lambda source: (source.match.table.name != "units", source.look.file, source.look.sheet))
    unplaced = tuple(look for look, found in matches.items() if found is None)
    start, end = _span(_days(sources, _SCORED), fallback)
    near = (day for day in _days(sources) if day <= end + _SOON)
    return Proposal(tuple(sources), unplaced, start, end, max(near, default=end))


def as_of_day(proposal: Proposal) -> date:
    """Return the day after the last record: nothing lies in its future."""
    return proposal.last + timedelta(days=1)


def _keys(matches: Mapping[Look, Match | None]) -> dict[str, set[str]]:
    """Return the key values of each table found; a unit called NA is a key, not a gap."""
    keys: dict[str, set[str]] = {}
    for look, found in matches.items():
        if found is not None and len(found.table.key) == 1:
            source = found.source_of(found.table.key[0])
            if source is not None:
                keys.setdefault(found.table.name, set()).update(
                    cell for cell in look.column(source).cells if cell
                )
    return keys


def _source(look: Look, found: Match, keys: Mapping[str, Collection[str]]) -> SourceProposal:
    items = _items(look, found)
    typed = found.source_of("survey_type") is not None or found.table.name not in ("responses", "invitations")
    survey_type, type_doubt = ("", "") if typed else _survey_type(look)
    values, value_doubts = _values(look, found)
    missing, missing_doubts = _missing(look, found, items, keys)
    doubts = (
        *([type_doubt] if type_doubt else []),
        *([f"the table could also be {found.runner_up}"] if found.runner_up else []),
        *value_doubts,
        *missing_doubts,
    )
    return SourceProposal(look, found, items, survey_type, values, missing, doubts)


def _items(look: Look, found: Match) -> tuple[ItemProposal, ...]:
    if found.table.name != "responses":
        return ()
    used = {entry.source for entry in found.mapped}
    items: dict[str, ItemProposal] = {}
    for facts in look.columns:
        scale = scale_of(facts) if facts.name not in used else None
        if scale is not None:
            name = item_id(facts)
            free = next(n for n in (name, *(f"{name}_{i}" for i in range(2, 500))) if n not in items)
            items[free] = ItemProposal(free, facts, scale)
    return tuple(items.values())


def _survey_type(look: Look) -> tuple[str, str]:
    likeness = {name: closeness(look.title, words) for name, words in _SURVEYS.items()}
    best = max(likeness, key=lambda name: likeness[name])
    if likeness[best] > 0:
        return best, ""
    return "transactional", "is this survey transactional (after a contact) or relationship (periodic)?"


def _values(look: Look, found: Match) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Map cells onto the codes a contract fixes; open codes stay as they are."""
    values: dict[str, dict[str, str]] = {}
    doubts: list[str] = []
    for entry in found.mapped:
        meanings = _meanings(found.table.column(entry.column))
        if not meanings:
            continue
        cells = look.column(entry.source).distinct
        read = {cell: code for cell in cells if (code := meaning(cell, meanings)) is not None}
        if any(cell != code for cell, code in read.items()):
            values[entry.column] = dict(sorted(read.items(), key=lambda pair: pair[1], reverse=True))
        unread = [cell for cell in cells if cell not in read]
        if unread:
            shown = ", ".join(repr(cell) for cell in unread[:5])
            doubts.append(f"{entry.column}: what do {shown} mean? Codes: {', '.join(meanings)}")
    return values, doubts


def _meanings(column: Column) -> Mapping[str, Iterable[str]]:
    if column.kind is Kind.FLAG:
        return vocabulary().flags
    return {code: vocabulary().codes.get(code, ()) for code in column.codes}


def _missing(
    look: Look, found: Match, items: Sequence[ItemProposal], keys: Mapping[str, Collection[str]]
) -> tuple[tuple[str, ...], list[str]]:
    """Return the words for 'no value'; one that is also an id somewhere stays text."""
    names = {entry.source: found.table.column(entry.column) for entry in found.mapped}
    aside = {cell for item in items for cell in item.scale.not_applicable}
    words: dict[str, None] = {"": None}
    kept: dict[str, Column] = {}
    for facts in look.columns:
        column = names.get(facts.name)
        for word in facts.missing:
            if column is not None and column.kind in (Kind.ID, Kind.CODE, Kind.TEXT) and word:
                kept.setdefault(word, column)
            elif word and word not in aside and (column or any(item.facts is facts for item in items)):
                words[word] = None
    ids = {key for known in keys.values() for key in known}
    listed = tuple(word for word in words if word not in kept or word not in ids)
    doubts = [
        f"{word!r} in {column.name} is read as text, like an id; or does it mean 'no value'?"
        for word, column in kept.items()
        if word not in listed and column.kind is not Kind.TEXT and not (column.references and word in ids)
    ]
    return listed, doubts


def _days(sources: Sequence[SourceProposal], tables: Collection[str] = ()) -> list[date]:
    """Return the day of every record that has an instant, of all tables or of some."""
    days: list[date] = []
    for source in sources:
        table = source.match.table
        name = source.match.source_of(table.instant) if table.instant else None
        if name is not None and (not tables or table.name in tables):
            formats = source.date_formats
            read = (parsed(cell, formats) for cell in source.look.column(name).filled)
            days += [moment.date() for moment in read if moment is not None]
    return sorted(days)


def _span(days: Sequence[date], fallback: date) -> tuple[date, date]:
    """Return the days that hold all but a thousandth of the records at either end."""
    if not days:
        return fallback, fallback
    edge = len(days) // 1000
    return days[edge], days[len(days) - 1 - edge]
