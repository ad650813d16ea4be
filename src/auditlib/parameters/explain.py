"""What pydantic found wrong, said in the words of the person who wrote the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from auditlib.errors import Problem
from auditlib.errors.values import named
from auditlib.parameters.cures import (
    BLOCK,
    DAY,
    FLAG,
    INSTANT,
    LIST,
    TEXT,
    TIME,
    choice_cure,
    other_cure,
    type_cure,
)
from auditlib.parameters.shape import (
    choices_at,
    description_at,
    did_you_mean,
    home_of,
    key_choices_at,
    keys_at,
    look_alikes,
    nearest,
)
from auditlib.parameters.strict_model import Misfit
from auditlib.parameters.strict_yaml import Document, Path

_EXPECTED: Mapping[str, str] = {
    "string_type": TEXT,
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": FLAG,
    "tuple_type": LIST,
    "list_type": LIST,
    "dict_type": BLOCK,
    "model_type": BLOCK,
    "date_type": DAY,
    "date_parsing": DAY,
    "time_type": TIME,
    "time_parsing": TIME,
    "datetime_type": INSTANT,
    "datetime_parsing": INSTANT,
}
_BOUNDS: Mapping[str, str] = {
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be below {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "string_too_short": "is shorter than {min_length} characters",
    "string_too_long": "is longer than {max_length} characters",
    "too_short": "has fewer than {min_length} entries",
    "too_long": "has more than {max_length} entries",
}
_CHOICES = ("literal_error", "enum")

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
            yield _wrong(model, document, path, _telling(entries), of_key=of_key)


def _telling(entries: list[_Error]) -> _Error:
    """Return what the alternative said whose parts do not fit each other: it was meant, and came furthest."""
    misfits = (entry for entry in entries if isinstance(entry.get("ctx", {}).get("error"), Misfit))
    return next(misfits, entries[0])


def _place(document: Document, entry: _Error) -> tuple[Path, bool]:
    """Return the path in the file: pydantic's location without the names of union branches."""
    path: Path = ()
    for step in entry["loc"]:
        if (*path, step) in document.values:
            path = (*path, step)
    error = entry.get("ctx", {}).get("error")
    at = error.at if isinstance(error, Misfit) else ()
    return (*path, *at), entry["loc"][-1:] == ("[key]",)


def _missing(
    model: type[BaseModel], document: Document, entries: list[_Error], unknown: set[Path]
) -> Iterator[Problem]:
    """Say which keys are missing, except those that stand there misspelt."""
    for entry in entries:
        path, _ = _place(document, entry)
        key = str(entry["loc"][-1])
        beside = (str(misspelt[-1]) for misspelt in unknown if misspelt[:-1] == path)
        if any(nearest(misspelt, keys_at(model, path)) == key for misspelt in beside):
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
    message = f"{key!r} is no key of {label(parent)}."
    return document.problem(path, message, remedy=remedy or "Correct or delete it.", of_key=True)


def _none_of(document: Document, path: Path, entries: list[_Error]) -> Problem:
    expected = " or ".join(dict.fromkeys(word for entry in entries if (word := _expected(entry))))
    message = f"{label(path)} must be {expected}; found {described(entries[0]['input'], path)}."
    return document.problem(path, message, remedy="Write one value there.")


def _wrong(model: type[BaseModel], document: Document, path: Path, entry: _Error, *, of_key: bool) -> Problem:
    if entry["type"] in _CHOICES:
        return _no_choice(model, document, path, entry["input"], of_key=of_key)
    expected = _expected(entry)
    if expected:
        message = f"{label(path)} must be {expected}; found {described(entry['input'], path)}."
        remedy = type_cure(model, document, path, expected=expected, entry=entry)
        return document.problem(path, message, remedy=remedy)
    message = _by_kind(path, entry, of_key=of_key)
    remedy = _ended(other_cure(model, path, entry, of_key=of_key))
    return document.problem(path, message, remedy=remedy, of_key=of_key or entry["type"] == "value_error")


def _no_choice(
    model: type[BaseModel], document: Document, path: Path, value: Any, *, of_key: bool
) -> Problem:
    if of_key:
        remedy = did_you_mean(str(value), key_choices_at(model, path))
        message = f"{named(value)} is no key of {label(path[:-1])}."
        return document.problem(path, message, remedy=remedy, of_key=True)
    choices = choices_at(model, path)
    one_of = "one of " if len(choices) > 1 else ""
    message = f"{label(path)} must be {one_of}{', '.join(choices)}; found {described(value, path)}."
    return document.problem(path, message, remedy=choice_cure(value, choices))


def _by_kind(path: Path, entry: _Error, *, of_key: bool) -> str:
    kind, context, value = entry["type"], entry.get("ctx", {}), entry["input"]
    if kind == "value_error":
        located = bool(path) and not isinstance(context["error"], Misfit)
        return _ended(f"{label(path)}: {context['error']}" if located else str(context["error"]))
    if kind == "string_pattern_mismatch":
        where = "" if of_key else f"{label(path)}: "
        return f"{where}{named(value, of=_key_of(path))} cannot stand here."
    if not value and kind in ("string_too_short", "too_short"):
        return f"{label(path)} is empty."
    if kind in _BOUNDS:
        return f"{label(path)} {_BOUNDS[kind].format(**context)}; found {described(value, path)}."
    return f"{label(path)}: {entry['msg']}; found {described(value, path)}."


def _expected(entry: _Error) -> str:
    return _EXPECTED.get(entry["type"], "")


def _ended(message: str) -> str:
    return message if message.endswith((".", "?", "!")) else f"{message}."


def described(value: Any, path: Path = ()) -> str:
    """Return what `value`, which stands at `path`, is, for a person."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the yes-or-no value {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {named(value, of=_key_of(path))}"
    if isinstance(value, str):
        words = named(value, of=_key_of(path))
        return words if words.startswith("a ") else f"the text {words}"
    return "a list" if isinstance(value, list | tuple) else "a block of keys"


def _key_of(path: Path) -> str:
    """Return the nearest key around `path`."""
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def label(path: Path) -> str:
    """Return how a place is called in a message."""
    if not path:
        return "the file"
    last = path[-1]
    if isinstance(last, str):
        return repr(last)
    return f"entry {last + 1} of {label(path[:-1])}"
