"""YAML read strictly: what stands in the file is what is meant, and every value keeps its place.

YAML 1.1, which most Python readers follow, turns ``010`` into 8, ``NO`` into false and ``12:30``
into 750. Here only these plain words are more than text, as in the core schema of YAML 1.2:

========================  ==========================================================
empty, ``null``, ``~``    nothing
``true``, ``false``       a yes-or-no value
``-7``, ``1200``          a whole number: no leading zero, at most 18 digits
``0.5``, ``2e-3``         a number with a dot or an exponent
========================  ==========================================================

Everything else is text, and a key is always text. Anchors, aliases, tags, merge keys, several
documents in one file, duplicate keys and invisible control characters are refused, and so are files
too large, too deep or too rich to have been written by a person.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeAlias

import yaml

from auditlib.errors import ParameterError, Problem
from auditlib.errors.values import UNSEEN

MAXIMUM_BYTES = 2_000_000
MAXIMUM_DEPTH = 40
MAXIMUM_NODES = 200_000

Path: TypeAlias = tuple[str | int, ...]
Value: TypeAlias = "bool | int | float | str | list[Value] | dict[str, Value] | None"

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_WORDS: Mapping[str, bool | None] = {"": None, "null": None, "~": None, "true": True, "false": False}
# Control characters and those that reverse the reading direction: what is shown would not be what is read.
_UNSEEN = re.compile(f"[{UNSEEN}]")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file; line and column are counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """One strict YAML file: its value, and where each part of it stands.

    Parameters
    ----------
    name
        The file as the user named it; printed with every problem.
    value
        Dictionaries, lists and scalars.
    keys
        Path to the mark of its key; a path is a tuple of keys and of positions in lists, from 0.
    values
        Path to the mark of its value.
    plain
        Path of each scalar written without quotes to its text as it stands in the file.
    """

    name: str
    value: Value
    keys: Mapping[Path, Mark] = field(default_factory=dict)
    values: Mapping[Path, Mark] = field(default_factory=dict)
    plain: Mapping[Path, str] = field(default_factory=dict)

    def mark(self, path: Path, *, of_key: bool = False) -> Mark:
        """Return where `path` stands, or the nearest part around it that exists."""
        for end in range(len(path), -1, -1):
            part = path[:end]
            if of_key and part in self.keys:
                return self.keys[part]
            if part in self.values:
                return self.values[part]
        return Mark(1, 1)

    def problem(self, path: Path, message: str, *, remedy: str = "", of_key: bool = False) -> Problem:
        """Return a problem located at `path`."""
        mark = self.mark(path, of_key=of_key)
        return Problem(message, self.name, mark.line, mark.column, remedy)


def read_yaml(text: str, *, name: str) -> Document:
    """Read one strict YAML document.

    Parameters
    ----------
    text
        Content of the file.
    name
        The file as the user named it.

    Raises
    ------
    ParameterError
        At the first thing that is not strict YAML, with line and column.
    """
    _refuse_oversize(text, name)
    _refuse_unseen(text, name)
    reader = _Reader(name)
    try:
        return reader.document(yaml.parse(text.removeprefix("\ufeff"), Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        raise ParameterError(_syntax_problem(error, text, name)) from None
    except yaml.YAMLError as error:
        raise ParameterError(Problem(f"this is not YAML: {error}", name)) from None


def scalar(text: str) -> bool | int | float | str | None:
    """Return what the unquoted word `text` means."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and any(sign in text for sign in ".eE"):
        return float(text)
    return text


def _refuse_oversize(text: str, name: str) -> None:
    if len(text) > MAXIMUM_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAXIMUM_BYTES:
        message = f"the file is larger than {MAXIMUM_BYTES // 1_000_000} MB."
        raise ParameterError(Problem(message, name, remedy="A parameter file holds choices, never data."))


def _refuse_unseen(text: str, name: str) -> None:
    unseen = _UNSEEN.search(text)
    if unseen:
        line = text.count("\n", 0, unseen.start()) + 1
        column = unseen.start() - text.rfind("\n", 0, unseen.start())
        message = f"an invisible control character (U+{ord(unseen.group()):04X}) stands here."
        raise ParameterError(Problem(message, name, line, column, "Delete it."))


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, name: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Problem(f"this is not YAML: {error.problem}", name)
    lines = text.splitlines()
    written = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in written[: mark.column + 1]:
        column = written.index("\t") + 1
        message = "a tab stands where only spaces may indent."
        return Problem(message, name, mark.line + 1, column, "Replace it by spaces.")
    message = "; ".join(part for part in (error.problem, error.context) if part)
    remedy = "Check indentation, colons and quotes on this line and the one above."
    return Problem(f"this is not valid YAML: {message}.", name, mark.line + 1, mark.column + 1, remedy)


class _Reader:
    """Builds one document from parser events, so that nothing is expanded before it is allowed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes = 0
        self.keys: dict[Path, Mark] = {}
        self.values: dict[Path, Mark] = {}
        self.plain: dict[Path, str] = {}

    def document(self, events: Iterator[Any]) -> Document:
        """Read all events of the stream; exactly one document is allowed."""
        value: Value = None
        begun = False
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._check_start(event, begun=begun)
                begun = True
                value = self._node(next(events), events, ())
        return Document(self.name, value, self.keys, self.values, self.plain)

    def _check_start(self, event: Any, *, begun: bool) -> None:
        if begun:
            self._refuse(event, "a second document starts here", "Keep one document per file.")
        if event.tags or event.version not in (None, (1, 2)):
            self._refuse(event, "a YAML directive stands here", "Delete the line that starts with '%'.")

    def _node(self, event: Any, events: Iterator[Any], path: Path) -> Value:
        self._check(event, path)
        self.values[path] = _mark(event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, path)
        return self._mapping(events, path)

    def _sequence(self, events: Iterator[Any], path: Path) -> list[Value]:
        entries: list[Value] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            entries.append(self._node(event, events, (*path, len(entries))))
        return entries

    def _mapping(self, events: Iterator[Any], path: Path) -> dict[str, Value]:
        entries: dict[str, Value] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event, path)
            if key in entries:
                first = self.keys[(*path, key)].line
                self._refuse(
                    event, f"the key {key!r} stands twice, first on line {first}.", "Keep one of them."
                )
            self.keys[(*path, key)] = _mark(event)
            entries[key] = self._node(next(events), events, (*path, key))
        return entries

    def _key(self, event: Any, path: Path) -> str:
        self._check(event, path)
        if not isinstance(event, yaml.ScalarEvent):
            self._refuse(event, "a list or block stands where a key is expected", "Give the key as one word.")
        key = str(event.value)
        self._check_text(event, key)
        if key == "<<" and event.implicit[0]:
            self._refuse(event, "merge keys ('<<') are refused", "Write the keys out.")
        return key

    def _scalar(self, event: Any, path: Path) -> bool | int | float | str | None:
        written = str(event.value)
        self._check_text(event, written)
        if not event.implicit[0]:
            return written
        self.plain[path] = written
        if _INTEGER.fullmatch(written) and len(written.lstrip("+-")) > 18:
            self._refuse(event, "this number has more than 18 digits.", "Put it in quotes if it is an id.")
        value = scalar(written)
        if isinstance(value, float) and not math.isfinite(value):
            self._refuse(event, f"{written} is too large for a number.", "Correct it.")
        return value

    def _check(self, event: Any, path: Path) -> None:
        self.nodes += 1
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self._refuse(
                event, "anchors (&) and aliases (*) are refused", "Write the value out, or quote it."
            )
        if event.tag is not None:
            self._refuse(
                event, f"the tag {event.tag!r} is refused.", "Delete it; quote text that starts with '!'."
            )
        if len(path) > MAXIMUM_DEPTH:
            self._refuse(event, f"more than {MAXIMUM_DEPTH} levels are nested here", "Flatten the file.")
        if self.nodes > MAXIMUM_NODES:
            self._refuse(event, f"the file holds more than {MAXIMUM_NODES} values", "Split it.")

    def _check_text(self, event: Any, text: str) -> None:
        unseen = _UNSEEN.search(text)
        if unseen:
            message = f"this text spells an invisible control character (U+{ord(unseen.group()):04X})"
            self._refuse(event, message, "Delete it.")

    def _refuse(self, event: Any, message: str, remedy: str) -> NoReturn:
        mark = _mark(event)
        ended = message if message.endswith(".") else f"{message}."
        raise ParameterError(Problem(ended, self.name, mark.line, mark.column, remedy))


def _mark(event: Any) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)
