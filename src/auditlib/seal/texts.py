"""Every text of a package with its place: pages, notebooks, workbooks, tables, drawings, names of files.

Texts are compared word by word, so that a name is found in any spelling, and an id apart from a number.
"""

from __future__ import annotations

import json
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from auditlib.errors import DataError, Problem
from auditlib.evidence.parquet_files import read_pieces

_TAG = re.compile(r"<[^>]*>", re.DOTALL)
_VALUE = re.compile(r"""([\w:-]+)=("[^"]*"|'[^']*')""", re.DOTALL)
_DRAWN = frozenset(
    {"class", "d", "fill", "height", "href", "id", "in", "offset", "points", "r", "src", "stroke", "style"}
    | {"transform", "viewbox", "width", "x", "x1", "x2", "y", "y1", "y2", "xlink:href", "xmlns"}
)
"""Attributes that hold geometry, style, references within the page or pictures, and no words."""
_ENTITY = re.compile(r"&(?:#\d+|#x[\da-fA-F]+|\w+);")
_HIDDEN = re.compile(r"<(style|script)\b.*?</\1>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a file: where it stands, and how to name a place within it."""

    text: str
    line: int | None = 1
    """Line of the file it begins in; None where it lies in a cell."""
    cell: str = ""

    def place(self, start: int) -> str:
        """Return the place of what begins at `start`, in words."""
        if self.line is None:
            return self.cell
        line = f"line {self.line + self.text.count(chr(10), 0, start)}"
        return f"{self.cell}, {line}" if self.cell else line


def texts_of(name: str, path: Path) -> Iterator[Text]:
    """Yield every text of a file, its name first.

    Raises
    ------
    DataError
        Where nobody knows how to read such a file.
    """
    yield Text(name, None, "its name")
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise DataError(
            Problem("nobody knows how to look through such a file.", name, remedy="Leave it out.")
        )
    yield from read(path)


def _plain(path: Path) -> Iterator[Text]:
    yield Text(path.read_text(encoding="utf-8", errors="replace"))


def _page(path: Path) -> Iterator[Text]:
    yield Text(words_of_page(path.read_text(encoding="utf-8", errors="replace")))


def words_of_page(text: str) -> str:
    """Return HTML or SVG with everything blanked that no reader sees or is told, each word in its place."""
    visible = _HIDDEN.sub(lambda match: _blank(match[0]), text)
    return _ENTITY.sub(lambda match: _blank(match[0]), _TAG.sub(_words_told, visible))


def _words_told(tag: re.Match[str]) -> str:
    values = [match for match in _VALUE.finditer(tag[0]) if match[1].lower() not in _DRAWN]
    blank, end = "", 0
    for match in values:
        blank += _blank(tag[0][end : match.start(2)]) + match[2]
        end = match.end(2)
    return blank + _blank(tag[0][end:])


def _blank(text: str) -> str:
    return "\n".join(" " * len(line) for line in text.split("\n"))


def _json(path: Path) -> Iterator[Text]:
    content = path.read_text(encoding="utf-8")
    lines = content.split("\n")
    numbered = {line.strip(): number for number, line in reversed([*enumerate(lines, start=1)])}
    for key, text in _strings(json.loads(content)):
        quoted = json.dumps(text, ensure_ascii=False)
        candidates = (f'"{key}": {quoted},', f'"{key}": {quoted}', f"{quoted},", quoted)
        line = next((numbered[candidate] for candidate in candidates if candidate in numbered), None)
        yield Text(text, None, f"line {line}" if line else f"in {key!r}")


def _strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of plain values, keys too, with the key it stands under; numbers are none."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield key, name
            yield from _strings(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part, key)


def _notebook(path: Path) -> Iterator[Text]:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for number, cell in enumerate(notebook["cells"], start=1):
        for kind, text in _cell_texts(cell):
            marked = kind in ("text/html", "image/svg+xml")
            yield Text(words_of_page(text) if marked else text, 1, f"cell {number}")
    yield from (Text(text, None, f"in {key!r}") for key, text in _strings(notebook.get("metadata", {})))


def _cell_texts(value: Any, kind: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        yield kind, "".join(value)
    elif isinstance(value, Mapping):
        for name, part in value.items():
            if not name.startswith("image/") or name == "image/svg+xml":
                yield from _cell_texts(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from _cell_texts(part, kind)
    elif isinstance(value, str):
        yield kind, value


def _workbook(path: Path) -> Iterator[Text]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    for sheet in book.sheet_names:
        yield Text(sheet, None, "the name of a sheet")
        for row, cells in enumerate(book.get_sheet_by_name(sheet).to_python(skip_empty_area=False), start=1):
            for column, cell in enumerate(cells):
                if isinstance(cell, str) and cell:
                    yield Text(cell, None, f"{sheet}!{_letters(column)}{row}")
    with zipfile.ZipFile(path) as parts:
        for part in parts.namelist():
            if not part.startswith(("xl/worksheets/sheet", "xl/sharedStrings", "xl/styles", "xl/theme")):
                yield Text(words_of_page(parts.read(part).decode("utf-8", "replace")), None, part)


def _letters(column: int) -> str:
    before, last = divmod(column, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def _table(path: Path) -> Iterator[Text]:
    import pyarrow as pa
    import pyarrow.compute as pc

    yielded: set[tuple[str, str]] = set()
    rows = 0
    for piece in read_pieces(path):
        for name in piece.column_names:
            if ("", name) not in yielded:
                yielded.add(("", name))
                yield Text(name, None, "the name of a column")
            column = piece[name].cast(pa.string()) if _is_text(piece.schema.field(name).type) else None
            for value in pc.unique(column).to_pylist() if column is not None else ():
                if value and (name, value) not in yielded:
                    yielded.add((name, value))
                    row = rows + pc.index(column, value).as_py() + 1
                    yield Text(value, None, f"row {row} of {name}")
        rows += piece.num_rows


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    value_type = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(
        pa.types.is_string(value_type)
        or pa.types.is_large_string(value_type)
        or pa.types.is_string_view(value_type)
    )


def _nothing(_path: Path) -> Iterator[Text]:
    """Read nothing: the PDF is set from the page, which is read."""
    yield from ()


_READERS: Mapping[str, Callable[[Path], Iterator[Text]]] = {
    ".html": _page,
    ".ipynb": _notebook,
    ".json": _json,
    ".jsonl": _plain,
    ".parquet": _table,
    ".pdf": _nothing,
    ".svg": _page,
    ".xlsx": _workbook,
    ".yaml": _plain,
}


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

    def add(self, words: Sequence[str], kind: str) -> None:
        """Look for `words` in this order; the first that named them stays."""
        self.by_first.setdefault(words[0], {}).setdefault(tuple(words), kind)

    def found_in(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield where each value begins in `text`, and what it is."""
        matches = list(_WORD.finditer(text))
        words = [folded(match[0]) for match in matches]
        for place, word in enumerate(words):
            for sought, kind in self.by_first.get(word, {}).items():
                end = place + len(sought)
                whole = tuple(words[place:end]) == sought
                if whole and not _GOES_ON.match(text, matches[end - 1].end()):
                    yield matches[place].start(), kind


def vocabulary(texts: Iterable[str]) -> set[str]:
    """Return every word that occurs in `texts`, folded."""
    words: set[str] = set()
    for text in texts:
        words.update(_WORD.findall(text))
    return {folded(word) for word in words}
