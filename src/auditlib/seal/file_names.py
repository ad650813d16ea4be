"""Names of the client's files that hold words nothing in the audit explains: they may name somebody."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from auditlib.contracts import TABLES
from auditlib.errors import Problem
from auditlib.seal.texts import folded
from auditlib.statements import counted

_HUMP = re.compile(r"(?<=[^\W\d_])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_UMLAUTS = str.maketrans({"\u00e4": "ae", "\u00f6": "oe", "\u00fc": "ue", "\u00df": "ss"})
_NAMES = ("file", "sheet")
_ENDINGS = frozenset({"csv", "gz", "parquet", "tsv", "txt", "xlsx"})
_EXPLAINING = ("audit", "title", "party", "instruments", "profile", "standard", "policies", "previous")
"""Parts of a run file whose words a file may be called by."""
_REMEDY = (
    "If they name somebody, rename it and run again; if not, say why it may be shown in the run file: "
    "file_names_shown_because."
)


def unexplained(
    run: Mapping[str, Any], vocabulary: Collection[str], *, file: str, text: str = ""
) -> Iterator[Problem]:
    """Yield the sources whose file or worksheet is called by words that nothing explains.

    Parameters
    ----------
    run
        The run file as plain values.
    vocabulary
        Words that name nobody, such as those clients use for tables and dates, and the names of units.
    file, text
        The run file as the package holds it, and its content: places are lines of it.
    """
    explained = {folded(word) for word in vocabulary} | _words_of_audit(run) | _ENDINGS
    for number, source in enumerate(run.get("sources", ()), start=1):
        for part in _NAMES:
            name = source.get(part) or ""
            places = [place for place, word in enumerate(_words(name), start=1) if not word & explained]
            if places:
                subject = f"the {part} of source {number} ({source['table']}) is called by"
                words = f"{counted(len(places), 'word')} that nothing explains: number {_joined(places)}."
                yield Problem(f"{subject} {words}", file, _line(text, name), remedy=_REMEDY)


def _words_of_audit(run: Mapping[str, Any]) -> set[str]:
    columns = [column.name for table in TABLES.values() for column in table.columns]
    texts = [*TABLES, *columns, *_texts([run.get(part, "") for part in _EXPLAINING])]
    return {form for text in texts for word in _words(text) for form in word}


def _words(text: str) -> list[set[str]]:
    """Return the words of a name, each in the ways it may be written; digits and single letters are none."""
    parts = _LETTERS.findall(_HUMP.sub(" ", text))
    return [{folded(part), folded(part.casefold().translate(_UMLAUTS))} for part in parts]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts([*value, *value.values()])
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def _joined(places: list[int]) -> str:
    return ", ".join(map(str, places))


def _line(text: str, name: str) -> int | None:
    return next((number for number, line in enumerate(text.split("\n"), start=1) if name in line), None)
