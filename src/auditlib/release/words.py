"""Words of any text, so that a name is found in any spelling, and an id apart from numbers beside it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

_WORD = re.compile(r"\d+(?:[.,]\d+)+(?![^\W_])|[^\W_]+")
"""A number with its separators is one word: 1,204,117 is no id 117."""
_GOES_ON = re.compile(r"-\d")


@lru_cache(maxsize=200_000)
def folded(word: str) -> str:
    """Return a word without case and accents."""
    plain = unicodedata.normalize("NFKD", word)
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of `text`, folded."""
    return tuple(folded(word) for word in _WORD.findall(text))


@dataclass(slots=True)
class Sought:
    """Values to look for, by their first word; each with what it is."""

    by_first: dict[str, dict[tuple[str, ...], str]] = field(default_factory=dict)

    def add(self, words: Sequence[str], what: str) -> None:
        """Look for `words` in this order; the first that named them stays."""
        self.by_first.setdefault(words[0], {}).setdefault(tuple(words), what)

    def found_in(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield where each value begins in `text`, and what it is."""
        matches = list(_WORD.finditer(text))
        words = [folded(match[0]) for match in matches]
        for place, word in enumerate(words):
            for sought, what in self.by_first.get(word, {}).items():
                end = place + len(sought)
                whole = tuple(words[place:end]) == sought
                if whole and not _GOES_ON.match(text, matches[end - 1].end()):
                    yield matches[place].start(), what


def vocabulary(texts: Iterable[str]) -> set[str]:
    """Return every word that occurs in `texts`, folded."""
    found: set[str] = set()
    for text in texts:
        found.update(_WORD.findall(text))
    return {folded(word) for word in found}
