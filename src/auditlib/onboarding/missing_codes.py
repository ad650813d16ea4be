"""The words that stand for 'no value' in a source, told apart from ids that look like them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from auditlib.contracts import Column, ColumnKind
from auditlib.onboarding.column_facts import ColumnFacts
from auditlib.onboarding.proposal import SourceProposal


def with_missing(
    source: SourceProposal, *, keys: Mapping[str, Collection[str]] | None = None
) -> SourceProposal:
    """Return a source with the words for 'no value' its cells hold, beside those it has already.

    Parameters
    ----------
    source
        With its mapped columns and questions.
    keys
        Table to the key values found in other files: a word that is one of them is no gap.
    """
    missing, doubts = _missing(source, keys or {})
    added = tuple(word for word in missing if word not in source.missing)
    return replace(source, missing=(*source.missing, *added), doubts=(*source.doubts, *doubts))


def _missing(
    source: SourceProposal, keys: Mapping[str, Collection[str]]
) -> tuple[tuple[str, ...], list[str]]:
    """Return the words for 'no value'; one that is also an id somewhere stays text."""
    columns = {
        entry.facts.position: source.table.column(entry.column)
        for entry in source.fed
        if entry.facts is not None
    }
    question_positions = {item.facts.position for item in source.items}
    aside = {cell for item in source.items for cell in item.scale.not_applicable}
    words: dict[str, None] = {"": None}
    text_words: dict[str, Column] = {}
    for facts in source.look.columns:
        column = columns.get(facts.position)
        for word in (word for word in _gaps(facts) if word not in source.missing):
            if column is not None and column.kind in (ColumnKind.ID, ColumnKind.CODE, ColumnKind.TEXT):
                text_words.setdefault(word, column)
            elif word not in aside and (column or facts.position in question_positions):
                words[word] = None
    ids = {key for column_keys in keys.values() for key in column_keys}
    listed = tuple(word for word in words if word not in text_words or word not in ids)
    doubts = [
        f"{word!r} in {column.name} is read as text, like an id; or does it mean 'no value'?"
        for word, column in text_words.items()
        if word not in listed
        and column.kind is not ColumnKind.TEXT
        and not (column.references and word in ids)
    ]
    return listed, doubts


def _gaps(facts: ColumnFacts) -> list[str]:
    return [word for word in facts.missing if word]
