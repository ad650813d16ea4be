"""Names compared as people read them: case, accents, joints and languages do not matter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from pydantic import Field

from auditlib.contracts import Column, ColumnKind
from auditlib.parameters.load import load
from auditlib.parameters.run import Strict

_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue",
     "æ": "ae", "ø": "oe", "Æ": "Ae", "Ø": "Oe",
     "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "œ": "oe", "Œ": "Oe", "°": "o"}
)  # fmt: skip
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_GENERIC = frozenset({"id", "no", "nr", "number", "nummer", "code", "at", "on", "am"})
_EXAMPLES = 5
_Words = dict[str, Annotated[tuple[str, ...], Field(min_length=1)]]


class Vocabulary(Strict):
    """The declared words: tables, columns, items, answers, flags and codes."""

    tables: _Words
    columns: _Words
    items: _Words
    answers: tuple[tuple[str, ...], ...]
    not_applicable: tuple[str, ...]
    ratings: tuple[str, ...]
    best: tuple[str, ...]
    worst: tuple[str, ...]
    survey_tool: tuple[str, ...]
    persons: tuple[str, ...]
    totals: tuple[str, ...]
    ask_next: dict[str, dict[str, str]]
    durations: _Words
    means: tuple[str, ...]
    flags: _Words
    codes: _Words
    channels: _Words
    months: _Words
    states: _Words
    files: tuple[str, ...]


@cache
def vocabulary() -> Vocabulary:
    """Return the words shipped with the suite."""
    text = files("auditlib.onboarding").joinpath("words.yaml").read_text(encoding="utf-8")
    return load(Vocabulary, text, name="words.yaml")


@cache
def known_words() -> frozenset[str]:
    """Return every word that the suite knows clients to use: none of them names a person."""
    texts: list[Any] = [vocabulary().model_dump()]
    words: set[str] = set()
    while texts:
        part = texts.pop()
        if isinstance(part, dict):
            texts += [*part, *part.values()]
        elif isinstance(part, str):
            words |= {*simplified(part).split()}
        else:
            texts += part
    return frozenset(words)


@cache
def simplified(name: str) -> str:
    """Return `name` in lower-case words without accents: ``KundenNr.`` is ``kunden nr``."""
    parted = _HUMP.sub(" ", name.translate(_UMLAUTS))
    plain = unicodedata.normalize("NFKD", parted).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[a-z]+|[0-9]+", plain.lower()))


@cache
def likeness(name: str, word: str) -> float:
    """Return how alike a client's name and a declared word are, from 0 to 1."""
    first, second = simplified(name), simplified(word)
    if not first or not second:
        return 0.0
    if first == second or first.replace(" ", "") == second.replace(" ", ""):
        return 1.0
    first_words, second_words = set(first.split()), set(second.split())
    if first_words - _GENERIC and first_words - _GENERIC == second_words - _GENERIC:
        return 0.95
    if second_words < first_words:
        return 0.6 + 0.3 * len(second_words) / len(first_words)
    ratio = SequenceMatcher(None, first, second).ratio()
    return ratio * 0.9 if ratio >= 0.8 else 0.0


@cache
def closeness(name: str, words: tuple[str, ...]) -> float:
    """Return the greatest likeness of `name` to any of `words`."""
    return max((likeness(name, word) for word in words), default=0.0)


@cache
def words_for(table: str, column: str) -> tuple[str, ...]:
    """Return the declared words for a canonical column, its own name first."""
    columns = vocabulary().columns
    return (column, *columns.get(f"{table}.{column}", columns.get(column, ())))


def codes_of(column: Column, *, open_words: bool = False) -> Mapping[str, Iterable[str]]:
    """Return the codes that a contract fixes for a column, each with the words that clients use for it.

    Parameters
    ----------
    column
        Of a canonical table.
    open_words
        Whether words count that the contract knows without fixing them.
    """
    if column.kind is ColumnKind.FLAG:
        return vocabulary().flags
    codes = (*column.codes, *column.words) if open_words else column.codes
    return {code: vocabulary().codes.get(code, ()) for code in codes}


def what_they_mean(column: str, cells: Sequence[str], codes: Iterable[str]) -> str:
    """Return the question for what stands in a column and is none of its codes.

    Examples
    --------
    >>> what_they_mean("channel", ["Fax"], ["phone", "mail"])
    "channel: what do 'Fax' mean? Codes: phone, mail"
    """
    examples = ", ".join(repr(cell) for cell in cells[:_EXAMPLES])
    return f"{column}: what do {examples} mean? Codes: {', '.join(codes)}"


def meaning(cell: str, meanings: Mapping[str, Iterable[str]]) -> str | None:
    """Return the code whose words contain the cell, or None; joints do not matter.

    Examples
    --------
    >>> meaning("WhatsApp", {"messenger": ["whatsapp"]})
    'messenger'
    """
    plain = _joined(cell)
    for code, words in meanings.items():
        if plain and any(plain == _joined(word) for word in (code, *words)):
            return code
    return None


def _joined(text: str) -> str:
    return simplified(text).replace(" ", "")
