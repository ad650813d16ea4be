"""What a package may not hold, and the places that hold it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from pathlib import Path

from auditlib.audit.outgoing import Outgoing
from auditlib.audit.redaction import without_contacts
from auditlib.contracts import TABLES, Column, ColumnKind
from auditlib.contracts.identities import kind_of
from auditlib.errors import Problem
from auditlib.evidence import Evidence
from auditlib.evidence.parquet_files import read_pieces
from auditlib.seal.texts import Sought, Text, texts_of, vocabulary, words_of
from auditlib.statements import counted

FEWEST_DIGITS = 5
"""An id of fewer digits cannot be told from any other number."""
FEWEST_LETTERS = 4
"""A name or an id of one word and fewer signs cannot be told from any other word."""
_SHOWN = 5
_PERSONS = ("employees", "accounts")
"""Tables whose names are those of people and customers."""


def objections(files: Mapping[str, Path], evidence: Evidence, *, ids: bool = True) -> Iterator[Problem]:
    """Yield what the files of a package give away of the people and customers in the evidence.

    No value is repeated: a message names its table and column, and the places.

    Parameters
    ----------
    files
        Files of the package by their name in it.
    evidence
        The evidence that stays behind.
    ids
        Whether ids are looked for too: not where the run file says why they are shown.
    """
    texts = {name: [*texts_of(name, path)] for name, path in files.items()}
    package_words = vocabulary(text.text for contents in texts.values() for text in contents)
    sought = sought_in(evidence, package_words, ids=ids)
    own_ids = Outgoing(evidence).own_ids
    for name, contents in texts.items():
        yield from _disclosed_values(name, contents, sought)
        yield from _contacts(name, contents, own_ids)


def sought_in(evidence: Evidence, package_words: set[str], *, ids: bool = True) -> Sought:
    """Return those values of people and customers in the evidence whose words all occur in a package."""
    sought, public = Sought(), _public(evidence)
    for kind, value in _values(evidence, ids=ids):
        words = words_of(value)
        if words and package_words.issuperset(words) and words not in public and _telling(words):
            sought.add(words, kind)
    return sought


def is_personal(table: str, column: Column, *, ids: bool = True) -> bool:
    """Tell whether a column names people and customers, or, with `ids`, identifies them or their cases."""
    if column.kind is ColumnKind.ID:
        return ids and bool(kind_of(column.name))
    return column.name == "name" and table in _PERSONS


def _values(evidence: Evidence, *, ids: bool) -> Iterator[tuple[str, str]]:
    """Yield every value of a personal column with what it is, and what stands in quarantine for one."""
    personal = {
        table: [column.name for column in TABLES[table].columns if is_personal(table, column, ids=ids)]
        for table in evidence.tables
    }
    for table, columns in personal.items():
        for column in columns:
            yield from ((f"{table}.{column}", value) for value in _distinct(evidence, table, column))
    for row in evidence.quarantine().to_dict("records"):
        whole = not row["column"] and len(words_of(str(row["value"]))) > 2
        if row["value"] and (whole or row["column"] in personal.get(row["table"], ())):
            yield f"quarantine.{row['table']}", str(row["value"])


def _distinct(evidence: Evidence, table: str, column: str) -> Iterator[str]:
    import pyarrow.compute as pc

    for piece in read_pieces(evidence.directory / f"{table}.parquet"):
        if column in piece.column_names:
            yield from filter(None, pc.unique(piece[column]).to_pylist())


def named_units(evidence: Evidence) -> set[str]:
    """Return the words of the ids and names of units."""
    return {word for words in _public(evidence) for word in words}


def _public(evidence: Evidence) -> set[tuple[str, ...]]:
    """Return the ids and names of units: what is compared may be named."""
    if "units" not in evidence.tables:
        return set()
    return {words_of(value) for name in ("unit_id", "name") for value in _distinct(evidence, "units", name)}


def _telling(words: tuple[str, ...]) -> bool:
    joined = "".join(words)
    return len(joined) >= (FEWEST_DIGITS if joined.isdecimal() else FEWEST_LETTERS)


def _disclosed_values(name: str, texts: list[Text], sought: Sought) -> Iterator[Problem]:
    places: dict[str, list[str]] = {}
    for text in texts:
        for start, kind in sought.found_in(text.text):
            places.setdefault(kind, []).append(text.place(start))
    for kind, where in places.items():
        yield Problem(f"holds {counted(len(where), 'value')} of {kind}: {_listed(where)}.", name)


def _contacts(name: str, texts: list[Text], own_ids: Container[str]) -> Iterator[Problem]:
    where = [
        text.place(start)
        for text in texts
        for start, part in _parts(text.text)
        if without_contacts(part, own_numbers=own_ids) != part
    ]
    if where:
        yield Problem(f"holds what looks like a way to reach a person: {_listed(where)}.", name)


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text, and what stands apart in them, with where each begins."""
    start = 0
    for line in text.split("\n"):
        place = start
        for part in line.split("  "):
            if part.strip():
                yield place, part
            place += len(part) + 2
        start += len(line) + 1


def _listed(places: list[str]) -> str:
    distinct = list(dict.fromkeys(places))
    further = len(distinct) - _SHOWN
    return ", ".join(distinct[:_SHOWN]) + (f" and {counted(further, 'more place')}" if further > 0 else "")
