"""What to do about a value that cannot stand where it does, in the words of the person who wrote it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from auditlib.errors.values import holds_secret
from auditlib.parameters.shape import bounds_at, description_at, did_you_mean, keys_at, nearest
from auditlib.parameters.strict_model import Misfit
from auditlib.parameters.strict_yaml import Document, Path, scalar
from auditlib.time.zones import zone_names

INSTANT = "an instant such as 2024-01-31T18:00:00Z"
DAY = "a date such as 2024-01-31"
TIME = "a time of day such as 09:00"
TEXT, BLOCK, LIST, FLAG = "text", "a block of keys", "a list", "true or false"
NUMBERS = ("a whole number", "a number")
_FORMS: Mapping[str, str] = {
    DAY: "Write it as YYYY-MM-DD.",
    INSTANT: "Write day, time and offset, as in 2024-01-31T18:00:00+01:00.",
    TIME: "Write hours and minutes in quotes.",
    FLAG: "Write true or false, without quotes.",
    LIST: "Start each entry on its own line with '- ', or write [a, b].",
}
_BOUND_WORDS: Mapping[str, str] = {
    "gt": "above {:g}",
    "ge": "at least {:g}",
    "lt": "below {:g}",
    "le": "at most {:g}",
    "min_length": "at least {:g} long",
    "max_length": "at most {:g} long",
}
_PLAIN: Mapping[str, str] = {
    "string_too_short": "Write the text there.",
    "too_short": "Add at least one entry below it, indented.",
}


def type_cure(
    model: type[BaseModel], document: Document, path: Path, *, expected: str, entry: Mapping[str, Any]
) -> str:
    """Return what to do about a value of the wrong type.

    Parameters
    ----------
    expected
        What should stand there, as the message words it.
    entry
        What pydantic said about it.
    """
    value = entry["input"]
    if expected == TEXT:
        return _text_cure(document, path, value)
    if expected == BLOCK:
        return _block_cure(keys_at(model, path))
    if expected in NUMBERS:
        return _number_cure(document, path, value) if isinstance(value, str) else "Write digits only."
    detail = str(entry.get("ctx", {}).get("error", ""))
    hint = f"{detail.capitalize()}." if detail and isinstance(value, str) else ""
    return " ".join(part for part in (hint, _FORMS.get(expected, "")) if part)


def choice_cure(value: Any, choices: Sequence[str]) -> str:
    """Return which of `choices` may have been meant."""
    near = did_you_mean(str(value), choices) if isinstance(value, str) else ""
    return near if near.startswith("Did") else "Choose one of them." if len(choices) > 1 else "Write it so."


def other_cure(model: type[BaseModel], path: Path, entry: Mapping[str, Any], *, of_key: bool) -> str:
    """Return what to do about a value of the right type that is refused all the same."""
    error = entry.get("ctx", {}).get("error")
    if isinstance(error, Misfit):
        return error.remedy
    words = description_at(model, path, of_key=of_key)
    bounds = (bound for bound in bounds_at(model, path) if bound != ("min_length", 1))
    limits = " and ".join(_BOUND_WORDS[name].format(value) for name, value in bounds)
    allowed = f"Allowed: {limits}." if limits and not of_key else ""
    hint = " ".join(part for part in (words, allowed) if part)
    return hint or _PLAIN.get(entry["type"], "Correct it.")


def _text_cure(document: Document, path: Path, value: Any) -> str:
    if isinstance(value, dict | list):
        return "Write one text there, without keys or entries below it."
    if document.plain.get(path) and not holds_secret(str(path[-1])):
        return f'Put it in quotes: "{document.plain[path]}".'
    return "Write the text there, or '' where it is meant to be empty."


def _block_cure(keys: Mapping[str, Any]) -> str:
    names = f" Its keys: {', '.join(keys)}." if keys else ""
    return f"Write its entries below it, indented, each as key: value.{names}"


def _number_cure(document: Document, path: Path, written: str) -> str:
    if path not in document.plain and not isinstance(scalar(written), str | None):
        return "Remove the quotes."
    if re.fullmatch(r"[-+]?[0-9]+,[0-9]+", written):
        return "Write a decimal point instead of the comma."
    if re.fullmatch(r"[-+]?0[0-9]+", written):
        return "Remove the leading zero."
    return "Write digits only."


def zone_hint(name: str) -> str:
    """Return what to write instead of the unknown zone `name`."""
    cities = {zone.rsplit("/", 1)[-1]: zone for zone in sorted(zone_names())}
    near = nearest(name, zone_names()) or cities.get(nearest(name, cities) or "")
    return f"Did you mean {near!r}?" if near else "Write an IANA name such as Europe/Berlin."
