"""Which canonical table a file feeds, and which of its columns feeds which canonical column.

A name counts as much as it resembles a declared word; values then confirm or refute it: a column
without dates is no instant, one with a value twice is no key.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from auditlib.contracts import TABLES, Column, ColumnKind, Table
from auditlib.onboarding.column_facts import ColumnFacts, number
from auditlib.onboarding.duration_cells import written_as
from auditlib.onboarding.file_looks import FileLook
from auditlib.onboarding.items import is_person, is_tool_column, item_id, scale_of
from auditlib.onboarding.named_limits import limit_named, unlimited
from auditlib.onboarding.table_shapes import shape_speaks
from auditlib.onboarding.vocabulary import closeness, meaning, simplified, vocabulary, words_for
from auditlib.time.zones import zone_known

SURE = 0.75
"""A mapping below it is marked for the auditor to decide."""
_FLOOR = 0.5
_FITS = 0.3
_SURELY = 0.9
_MAPPED_BY_VALUES = 0.55
_WHOLE = re.compile(r"[0-9]+([.,]0+)?|[0-9]{1,3}([.,' ][0-9]{3})+")
_NOTED = ("response_id", "submitted", "invitation_id", "customer_id", "device_id")
"""Canonical columns that what a survey tool notes may feed."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """One proposed mapping: canonical column, column of the source, how sure (0 to 1)."""

    column: str
    facts: ColumnFacts
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """The canonical table proposed for a file, with its columns.

    Parameters
    ----------
    table
        Canonical table.
    fit
        How well the file fits it, from 0 to 1.
    mapped
        Proposed mappings, in the order of the contract.
    runner_up
        The next best table, where it fits nearly as well.
    """

    table: Table
    fit: float
    mapped: tuple[Mapped, ...]
    runner_up: str = ""

    def source_of(self, column: str) -> ColumnFacts | None:
        """Return the source column mapped to a canonical one, or None."""
        return next((entry.facts for entry in self.mapped if entry.column == column), None)


def match(look: FileLook, *, keys: Mapping[str, Collection[str]] | None = None) -> Match | None:
    """Return the canonical table that fits a file best, or None where none fits.

    Parameters
    ----------
    look
        What was seen of the file.
    keys
        Table to the key values found in other files: a column that repeats them refers to that table.
    """
    ranked = sorted(
        (_fitted(look, table, keys or {}) for table in TABLES.values()),
        key=lambda candidate: candidate.fit,
        reverse=True,
    )
    best, second = ranked[0], ranked[1]
    if best.fit < _FITS or best.table.name not in ("responses", "invitations"):
        survey = _as_survey(look, best, keys or {})
        if survey is not None:
            return survey
    if best.fit < _FITS:
        return None
    close = second.table.name if second.fit > 0.9 * best.fit else ""
    return Match(best.table, best.fit, best.mapped, close)


def nearest_tables(look: FileLook, *, most: int) -> tuple[Table, ...]:
    """Return the tables that a file fits best, however badly."""
    fitted = sorted(
        (_fitted(look, table, {}) for table in TABLES.values()), key=lambda candidate: -candidate.fit
    )
    return tuple(candidate.table for candidate in fitted[:most])


def _as_survey(look: FileLook, best: Match, keys: Mapping[str, Collection[str]]) -> Match | None:
    """Return the answers of a survey where a file holds dated answers on a scale and fits nothing well."""
    if best.fit >= _FITS and any(
        entry.score >= SURE for entry in best.mapped if entry.column in best.table.key
    ):
        return None
    mapped = match_columns(look, TABLES["responses"], keys=keys)
    used = {id(entry.facts) for entry in mapped}
    dated = any(facts.dates is not None for facts in look.columns)
    has_question = any(id(facts) not in used and is_question(facts) for facts in look.columns)
    return Match(TABLES["responses"], _FITS, mapped) if dated and has_question else None


def is_question(facts: ColumnFacts) -> bool:
    """Return whether a column holds answers on a scale, in words or on a scale that nothing else is on."""
    scale = None if is_tool_column(facts) else scale_of(facts)
    by_name = item_id(facts) in vocabulary().items or closeness(facts.name, vocabulary().ratings) >= _SURELY
    return scale is not None and (bool(scale.labels) or by_name)


def match_columns(
    look: FileLook, table: Table, *, keys: Mapping[str, Collection[str]] | None = None
) -> tuple[Mapped, ...]:
    """Return the best assignment of a file's columns to those of `table`, each used once."""
    pairs = [
        Mapped(column.name, facts, score)
        for column in table.columns
        for facts in look.columns
        if (score := _score(column, facts, table, keys or {})) >= _FLOOR
    ]
    chosen: dict[str, Mapped] = {}
    used: set[int] = set()
    for pair in sorted(pairs, key=lambda pair: -pair.score):
        if pair.column not in chosen and pair.facts.position not in used:
            chosen[pair.column] = pair
            used.add(pair.facts.position)
    if (only := _only_id(look, table, chosen)) is not None:
        chosen[only.column] = only
    return tuple(chosen[column.name] for column in table.columns if column.name in chosen)


def _only_id(look: FileLook, table: Table, chosen: Mapping[str, Mapped]) -> Mapped | None:
    """Return the one free column without repeated values as the key that no name gave; to be decided."""
    if len(table.key) != 1 or table.key[0] in chosen:
        return None
    used = {entry.facts.position for entry in chosen.values()}
    ids = [
        facts
        for facts in look.columns
        if facts.position not in used
        and facts.unique
        and facts.dates is None
        and not (facts.texts or _percentages(facts))
    ]
    return Mapped(table.key[0], ids[0], _FLOOR) if len(ids) == 1 else None


def _fitted(look: FileLook, table: Table, keys: Mapping[str, Collection[str]]) -> Match:
    mapped = match_columns(look, table, keys=keys)
    scores = {entry.column: entry.score for entry in mapped}
    weights = {column.name: 2.0 if column.required else 1.0 for column in table.columns}
    covered = sum(scores.get(name, 0.0) * weight for name, weight in weights.items())
    width = min(sum(weights.values()), sum(sorted(weights.values())[-max(3, len(look.columns)) :]))
    explained = len(mapped) / max(1, len(look.columns))
    title = closeness(look.title, (table.name, *vocabulary().tables.get(table.name, ())))
    missing = sum(column.required and column.name not in scores for column in table.columns)
    items = (
        _answers_questions(look, {entry.facts.position for entry in mapped})
        if table.name == "responses"
        else 0
    )
    fit = (
        shape_speaks(look, table.name)
        + 0.45 * covered / width
        + 0.2 * explained
        + 0.3 * title
        + 0.15 * items
        - 0.08 * missing
    )
    return Match(table, max(0.0, fit), mapped)


def _answers_questions(look: FileLook, used: Collection[int]) -> float:
    """Return 1 for a file with two or more columns of scores that nothing else explains."""
    scores = sum(
        facts.position not in used and not is_tool_column(facts) and scale_of(facts) is not None
        for facts in look.columns
    )
    return min(1.0, scores / 2)


def _counted(column: Column, facts: ColumnFacts, likeness: float) -> float:
    """Return how well a column is counts of intervals, by whether its name says a limit in seconds."""
    if column.name in _SECONDS:
        return likeness if _mean(facts.name) == column.name.startswith("mean_") else 0.0
    limited = limit_named(facts.name) > 0
    if column.name in ("answered_in_time", "abandoned_short") and limited:
        lost = closeness(facts.name, words_for("interval_counts", "abandoned"))
        answered = closeness(facts.name, words_for("interval_counts", "answered"))
        is_its_own = (answered >= lost) == (column.name == "answered_in_time")
        return max(likeness, _SURELY) if is_its_own else 0.0
    return 0.0 if limited else likeness


_PUBLISHED = "value"
"""The share that a party published, which mostly stands as a percentage with its sign."""
_OF_COUNTS = ("abandoned_share", "in_time_of_answered", "in_time_of_offered")
"""Shares that interval counts say in place of a number, mostly as percentages with their sign."""
_SECONDS = ("handle_seconds", "mean_wait", "mean_handle")
"""Columns of seconds, which a header calls a mean or not."""


def _mean(name: str) -> bool:
    """Return whether a name says that its numbers are means."""
    return bool(set(simplified(name).split()) & set(vocabulary().means))


def _score(column: Column, facts: ColumnFacts, table: Table, keys: Mapping[str, Collection[str]]) -> float:
    if not facts.name or (column.name == "unit_id" and is_person(facts)):
        return 0.0
    if table.name == "responses" and column.name not in _NOTED and is_tool_column(facts):
        return 0.0
    allowed = _plausible(column, facts, key=table.key == (column.name,))
    if allowed == 0.0:
        return 0.0
    words = words_for(table.name, column.name)
    exact = 0.02 if closeness(facts.name, (column.name,)) == 1.0 else 0.0
    likeness = exact + max(
        closeness(facts.name, words), 0.9 * closeness(facts.label, words) if facts.label else 0.0
    )
    if table.name == "interval_counts" and (column.kind is ColumnKind.COUNT or column.name in _SECONDS):
        likeness = _counted(column, facts, likeness)
    shared = _shared(facts, keys.get(column.references, ())) if column.references else 0.0
    if shared > 0.9:
        return max(likeness * allowed, _MAPPED_BY_VALUES) + 0.2 * shared
    return likeness * allowed


def _plausible(column: Column, facts: ColumnFacts, *, key: bool) -> float:
    """Return 1 where the values can be what the contract says, 0 where they cannot."""
    if not facts.filled or column.kind in (ColumnKind.INSTANT, ColumnKind.DAY):
        return _plausible_date(column, facts) if facts.filled else 0.6
    if facts.dates is not None and not facts.numeric > 0.9:
        return 0.0
    if column.kind in (ColumnKind.NUMBER, ColumnKind.COUNT, ColumnKind.SHARE):
        return float(_of_kind(column, facts))
    if column.kind is ColumnKind.FLAG:
        return _plausible_flag(facts)
    if column.kind is ColumnKind.CODE:
        return _plausible_zone(facts) if column.name == "time_zone" else _plausible_code(column, facts)
    return _plausible_id(facts, key=key)


def _plausible_id(facts: ColumnFacts, *, key: bool) -> float:
    """Return how well cells name something: a time of day, or a length of time, names nothing."""
    if written_as(facts.distinct):
        return 0.0
    return _plausible_key(facts) if key else 1.0


def _of_kind(column: Column, facts: ColumnFacts) -> bool:
    """Return whether numbers can be what is measured: counts are whole, shares lie between 0 and 1.

    Seconds added up may have decimals.
    """
    if column.kind is ColumnKind.SHARE:
        if column.name in _OF_COUNTS and not any(sign in cell for cell in facts.distinct for sign in "%.,"):
            return False  # nought and one contacts are counts, and no shares
        return _shares(facts, signed=column.name in (_PUBLISHED, *_OF_COUNTS))
    if facts.numeric <= 0.9 or column.kind is ColumnKind.NUMBER or column.name in _SECONDS:
        return facts.numeric > 0.9
    whole = sum(count for cell, count in facts.distinct.items() if _WHOLE.fullmatch(cell))
    return whole > 0.9 * len(facts.filled)


def _shares(facts: ColumnFacts, *, signed: bool) -> bool:
    """Return whether cells are shares between 0 and 1, or percentages where their sign is read."""
    inside = sum(count for cell, count in facts.distinct.items() if _share(cell, signed=signed))
    return inside > 0.95 * len(facts.filled)


def _share(cell: str, *, signed: bool) -> bool:
    percent = cell.endswith("%")
    read = number(cell.removesuffix("%").strip())
    return read is not None and percent <= signed and 0 <= read <= (100 if percent else 1)


def _plausible_flag(facts: ColumnFacts) -> float:
    if len(facts.distinct) > 6:
        return 0.0
    understood = sum(count for cell, count in facts.distinct.items() if meaning(cell, vocabulary().flags))
    return float(understood > 0.95 * len(facts.filled))


def _percentages(facts: ColumnFacts) -> bool:
    return all(cell.endswith("%") for cell in facts.distinct)


def _plausible_key(facts: ColumnFacts) -> float:
    if _percentages(facts):
        return 0.0
    if facts.unique:
        return 1.0
    return 0.5 if len(facts.distinct) > 0.9 * len(facts.filled) else 0.0


def _plausible_date(column: Column, facts: ColumnFacts) -> float:
    if facts.dates is None:
        return 0.0
    if column.kind is ColumnKind.DAY:
        return 0.7 if facts.dates.timed else 1.0
    return 1.0 if facts.dates.timed else 0.7


def _plausible_zone(facts: ColumnFacts) -> float:
    understood = sum(count for cell, count in facts.distinct.items() if zone_known(cell))
    return float(understood > 0.5 * len(facts.filled))


def _plausible_code(column: Column, facts: ColumnFacts) -> float:
    if len(facts.distinct) > 20 and len(facts.distinct) > 0.5 * len(facts.filled):
        return 0.0  # as many values as rows: an id, or free text
    if column.codes and len(facts.distinct) <= 30:
        understood = sum(
            count
            for cell, count in facts.distinct.items()
            if meaning(unlimited(cell), {code: vocabulary().codes.get(code, ()) for code in column.codes})
        )
        return 1.0 if understood > 0.5 * len(facts.filled) else 0.3
    if column.codes:
        return 0.3
    if facts.numeric < 0.1 and len(facts.distinct) < 3 and _plausible_flag(facts):
        return 0.3  # yes and no answer another question than which
    scores = facts.numeric > 0.9 and scale_of(facts) is not None
    return 0.5 if scores else 1.0  # answers on a scale are hardly codes, whatever the question is about


def _shared(facts: ColumnFacts, keys: Collection[str]) -> float:
    """Return the share of filled cells that are keys of the table referred to."""
    if not keys or len(facts.distinct) < 2:
        return 0.0
    return sum(count for cell, count in facts.distinct.items() if cell in keys) / len(facts.filled)
