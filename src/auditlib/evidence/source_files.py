"""What a source is called in a report, and where its file is."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from auditlib.contracts import TABLES, ColumnKind
from auditlib.errors import DataError, Problem
from auditlib.parameters.origins import label_of

if TYPE_CHECKING:
    from auditlib.parameters.origins import Filter
    from auditlib.parameters.run import Source

_WORDS = (ColumnKind.CODE, ColumnKind.ID, ColumnKind.TEXT)
_CELLS = 2
_LONGEST = 60
"""Cells, and letters, of a test that become part of a name."""


def source_names(sources: Sequence[Source]) -> tuple[str, ...]:
    """Return the name each source is reported under: its file without folder, or its database table.

    Where two sources of one table would share a name, the folder is kept, then the sheet is added, then the
    words given as constants in which they differ, then the rows that each takes, then its place in the run
    file.
    """
    names = [_short_name(source) for source in sources]
    by_rows, by_entry = partial(_with_rows, sources), partial(_with_entry, sources)
    for longer in (_long_name, _full_name, partial(_with_words, sources), by_rows, by_entry):
        labels = [(source.table, name) for source, name in zip(sources, names, strict=True)]
        names = [
            longer(source) if labels.count(label) > 1 else label[1]
            for source, label in zip(sources, labels, strict=True)
        ]
    return tuple(names)


def _short_name(source: Source) -> str:
    return _long_name(source).rsplit("/", 1)[-1]


def _long_name(source: Source) -> str:
    return source.database.label if source.database is not None else source.file or ""


def _full_name(source: Source) -> str:
    return f"{_long_name(source)} [{source.sheet}]" if source.sheet else _long_name(source)


def _with_words(sources: Sequence[Source], source: Source) -> str:
    return _labelled(source, _telling_words(sources, source))


def _with_rows(sources: Sequence[Source], source: Source) -> str:
    return _labelled(source, [*_telling_words(sources, source), *_telling_rows(sources, source)])


def _with_entry(sources: Sequence[Source], source: Source) -> str:
    entry = next(place for place, candidate in enumerate(sources, start=1) if candidate is source)
    return f"{_with_rows(sources, source)} (entry {entry})"


def _labelled(source: Source, telling: Sequence[str]) -> str:
    return f"{_full_name(source)} ({', '.join(telling)})" if telling else _full_name(source)


def _neighbours(sources: Sequence[Source], source: Source) -> list[Source]:
    return [
        neighbour for neighbour in sources if neighbour.table == source.table and neighbour.beside(source)
    ]


def _telling_words(sources: Sequence[Source], source: Source) -> list[str]:
    """Return the constants that are words and in which readings differ; yes and no name no reading."""
    coded = {column.name for column in TABLES[source.table].columns if column.kind in _WORDS}
    beside = _neighbours(sources, source)
    return [
        value
        for column, value in source.constants.items()
        if column in coded and any(neighbour.constants.get(column) != value for neighbour in beside)
    ]


def _telling_rows(sources: Sequence[Source], source: Source) -> list[str]:
    """Return in short which rows a reading takes, as far as other readings take others."""
    beside = _neighbours(sources, source)
    return [
        _short_test(test) for test in source.only if any(test not in neighbour.only for neighbour in beside)
    ]


def _short_test(test: Filter) -> str:
    """Return a test as part of a name, without quotes: ``answered no``, ``wait filled``."""
    label = label_of(test.column)
    if test.filled is not None:
        return f"{label} {'filled' if test.filled else 'empty'}"
    cells = " or ".join((test.among or test.not_among or ())[:_CELLS])
    words = f"{label} {'' if test.among else 'not '}{cells}"
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def source_path(source: Source, data_folder: Path) -> Path:
    """Return the file of a source.

    Raises
    ------
    DataError
        When it does not exist, is no file, or leads out of the data folder.
    """
    name = source.file or ""
    folder = data_folder.resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder):
        raise DataError(
            Problem(
                "the file lies outside the data folder.", file=name, remedy="Copy it into the data folder."
            )
        )
    if not path.is_file():
        raise DataError(_not_found(name, folder))
    return path


def _not_found(name: str, folder: Path) -> Problem:
    files = sorted(entry.name for entry in folder.iterdir() if entry.is_file()) if folder.is_dir() else []
    near = get_close_matches(name, files, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]!r}?" if near else "Give the data folder with --data, or correct 'file'."
    return Problem("the file is not in the data folder.", file=name, remedy=hint)
