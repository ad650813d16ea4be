"""What pydantic found wrong, said in the words of the person who wrote the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from auditlib.errors import Problem
from auditlib.parameters.shape import (
    choices_at,
    description_at,
    did_you_mean,
    home_of,
    keys_at,
    look_alikes,
    nearest,
)
from auditlib.parameters.strict_yaml import Document, Path, scalar

_EXPECTED: Mapping[str, str] = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a block of keys",
    "model_type": "a block of keys",
    "date_type": "a date such as 2024-01-31",
    "date_parsing": "a date such as 2024-01-31",
    "datetime_type": "an instant such as 2024-01-31T18:00:00Z",
    "datetime_parsing": "an instant such as 2024-01-31T18:00:00Z",
}
_BOUNDS: Mapping[str, str] = {
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "must have at least {min_length} character(s)",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "needs at least {min_length} entry or entries",
    "too_long": "may have at most {max_length} entries",
}
_NUMBERS = ("a whole number", "a number")

_Error = Mapping[str, Any]


def problems_of(model: type[BaseModel], document: Document, error: ValidationError) -> Iterator[Problem]:
    """Yield one problem per mistake in `document`, alternatives of a union taken together."""
    grouped: dict[tuple[Path, bool], list[_Error]] = {}
    for entry in error.errors(include_url=False):
        path, of_key = _place(document, entry)
        if entry["type"] == "too_short" and entry["input"]:
            continue  # its entries are wrong, not absent, and are named themselves
        grouped.setdefault((path, of_key), []).append(entry)
    unknown = {path for (path, _), entries in grouped.items() if entries[0]["type"] == "extra_forbidden"}
    for (path, of_key), entries in grouped.items():
        if entries[0]["type"] == "missing":
            yield from _missing(model, document, entries, unknown)
        elif path in unknown:
            yield _unknown_key(model, document, path)
        elif len({_expected(entry) for entry in entries if _expected(entry)}) > 1:
            yield _none_of(document, path, entries)
        else:
            yield _wrong(model, document, path, entries[0], of_key=of_key)


def _place(document: Document, entry: _Error) -> tuple[Path, bool]:
    """Return the path in the file: pydantic's location without the names of union branches."""
    path: Path = ()
    for step in entry["loc"]:
        if (*path, step) in document.values:
            path = (*path, step)
    return path, entry["loc"][-1:] == ("[key]",)


def _missing(
    model: type[BaseModel], document: Document, entries: list[_Error], unknown: set[Path]
) -> Iterator[Problem]:
    """Say which keys are missing, except those that stand there misspelt."""
    for entry in entries:
        path, _ = _place(document, entry)
        key = str(entry["loc"][-1])
        beside = (str(other[-1]) for other in unknown if other[:-1] == path)
        if any(nearest(other, keys_at(model, path)) == key for other in beside):
            continue
        words = description_at(model, (*path, key))
        remedy = f"Add it: {words}" if words else "Add it."
        yield document.problem(path, f"{key!r} is missing in {label(path)}.", remedy=remedy, of_key=True)


def _unknown_key(model: type[BaseModel], document: Document, path: Path) -> Problem:
    key, parent = str(path[-1]), path[:-1]
    home = home_of(model, parent, key)
    strange = look_alikes(key)
    hint = f"It belongs under {home!r}." if home else did_you_mean(key, keys_at(model, parent))
    remedy = " ".join(part for part in (hint, f"Mind the letters: {strange}." if strange else "") if part)
    return document.problem(path, f"{key!r} is no key of {label(parent)}.", remedy=remedy, of_key=True)


def _none_of(document: Document, path: Path, entries: list[_Error]) -> Problem:
    expected = " or ".join(dict.fromkeys(word for entry in entries if (word := _expected(entry))))
    message = f"{label(path)} must be {expected}; found {described(entries[0]['input'])}."
    return document.problem(path, message)


def _wrong(model: type[BaseModel], document: Document, path: Path, entry: _Error, *, of_key: bool) -> Problem:
    if entry["type"] == "literal_error":
        return _no_choice(model, document, path, entry["input"])
    expected = _expected(entry)
    if expected:
        found = entry["input"]
        message = f"{label(path)} must be {expected}; found {described(found)}."
        return document.problem(path, message, remedy=_cure(document, path, entry))
    message = _other(model, path, entry, of_key=of_key)
    return document.problem(path, message, of_key=of_key or entry["type"] == "value_error")


def _no_choice(model: type[BaseModel], document: Document, path: Path, found: Any) -> Problem:
    choices = choices_at(model, path)
    near = nearest(str(found), choices)
    message = f"{label(path)} must be one of {', '.join(choices)}; found {described(found)}."
    return document.problem(path, message, remedy=f"Did you mean {near!r}?" if near else "")


def _other(model: type[BaseModel], path: Path, entry: _Error, *, of_key: bool) -> str:
    kind, context, found = entry["type"], entry.get("ctx", {}), entry["input"]
    if kind == "value_error":
        where = "" if not path else f"{label(path)}: "
        return _ended(f"{where}{context['error']}")
    if kind == "string_pattern_mismatch":
        words = description_at(model, path, of_key=of_key) or f"it must match {context['pattern']}"
        where = "" if of_key else f"{label(path)}: "
        return f"{where}{found!r} cannot stand here: {words}"
    if kind in _BOUNDS:
        bound = _BOUNDS[kind].format(**context)
        return f"{label(path)} {bound}; found {described(found)}."
    return f"{label(path)}: {entry['msg']}; found {described(found)}."


def _expected(entry: _Error) -> str:
    return _EXPECTED.get(entry["type"], "")


def _cure(document: Document, path: Path, entry: _Error) -> str:
    """Return what to do about a value of the wrong type."""
    expected, found = _expected(entry), entry["input"]
    if expected == "text" and path in document.plain and not isinstance(found, dict | list):
        return f'Put it in quotes: "{document.plain[path]}".'
    if expected == "true or false":
        return "Write true or false, without quotes."
    if expected in _NUMBERS and isinstance(found, str):
        return _number_cure(document, path, found)
    if expected.startswith("a date") and not isinstance(found, str):
        return "Write it as YYYY-MM-DD."
    if expected == "a list":
        return "Start each entry on its own line with '- ', or write [a, b]."
    detail = entry.get("ctx", {}).get("error", "")
    return f"{str(detail).capitalize()}." if detail else ""


def _number_cure(document: Document, path: Path, found: str) -> str:
    if path not in document.plain and not isinstance(scalar(found), str | None):
        return "Remove the quotes."
    if re.fullmatch(r"[-+]?[0-9]+,[0-9]+", found):
        return "Write a decimal point instead of the comma."
    if re.fullmatch(r"[-+]?0[0-9]+", found):
        return "Remove the leading zero."
    return "Write digits only."


def _ended(message: str) -> str:
    return message if message.endswith((".", "?", "!")) else f"{message}."


def described(value: Any) -> str:
    """Return what `value` is, for a person."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the yes-or-no value {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {value[:60]!r}" + (" ..." if len(value) > 60 else "")
    return "a list" if isinstance(value, list | tuple) else "a block of keys"


def label(path: Path) -> str:
    """Return how a place is called in a message."""
    if not path:
        return "the file"
    last = path[-1]
    if isinstance(last, str):
        return repr(last)
    return f"entry {last + 1} of {label(path[:-1])}"
