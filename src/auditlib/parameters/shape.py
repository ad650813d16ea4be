"""What a parameter model allows at a place in a file: keys, choices, types, and the nearest name."""

from __future__ import annotations

import types
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from auditlib.parameters.strict_yaml import Path

_BOUNDS = ("gt", "ge", "lt", "le", "min_length", "max_length")


def nearest(name: str, allowed: Iterable[str]) -> str | None:
    """Return the name in `allowed` closest to `name`, or None where none is close."""
    folded = _fold(name)
    scored = [(_likeness(folded, _fold(candidate)), candidate) for candidate in allowed]
    best = max(scored, key=lambda pair: pair[0], default=(0.0, ""))
    return best[1] if best[0] >= 0.6 else None


def did_you_mean(name: str, allowed: Iterable[str]) -> str:
    """Return ``Did you mean 'x'?``, the whole list where it is short, or nothing."""
    names = sorted(allowed)
    near = nearest(name, names)
    if near is not None:
        return f"Did you mean {near!r}?"
    return f"Allowed: {', '.join(names)}." if 0 < len(names) <= 30 else ""


def look_alikes(name: str) -> str:
    """Name the letters of `name` outside ASCII: some look like another."""
    return ", ".join(
        f"{letter!r} is {unicodedata.name(letter, f'U+{ord(letter):04X}')}"
        for letter in dict.fromkeys(name)
        if not letter.isascii()
    )


def keys_at(model: type[BaseModel], path: Path) -> Mapping[str, Any]:
    """Return the keys a block at `path` may have, with what each allows; empty where any is allowed."""
    for kind in _alternatives(annotation_at(model, path)):
        if _is_model(kind):
            return {
                field_info.alias or name: _of_field(field_info)
                for name, field_info in kind.model_fields.items()
            }
    return {}


def choices_at(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    """Return the words allowed at `path`; empty where it is no choice."""
    return tuple(word for kind in kinds_at(model, path) for word in _words_of(kind))


def key_choices_at(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    """Return the keys allowed beside the key at `path`; empty where any is."""
    blocks = (kind for kind in kinds_at(model, path[:-1]) if get_origin(kind) in (dict, Mapping))
    return tuple(
        word for block in blocks for kind in _alternatives(get_args(block)[0]) for word in _words_of(kind)
    )


def bounds_at(model: type[BaseModel], path: Path) -> tuple[tuple[str, float], ...]:
    """Return the bounds of the value at `path` by name: ``gt, ge, lt, le, min_length, max_length``."""
    return tuple(_bounds(annotation_at(model, path)))


def description_at(model: type[BaseModel], path: Path, *, of_key: bool = False) -> str:
    """Return the words the model gives for the value at `path`, or for its key."""
    if of_key:
        for kind in _alternatives(annotation_at(model, path[:-1])):
            if get_origin(kind) in (dict, Mapping):
                return _description(get_args(kind)[0])
    return _description(annotation_at(model, path))


def kinds_at(model: type[BaseModel], path: Path) -> tuple[Any, ...]:
    """Return the types allowed at `path`, unions spelled out."""
    return tuple(_alternatives(annotation_at(model, path)))


def annotation_at(model: type[BaseModel], path: Path) -> Any:
    """Return the annotation of the value at `path`; None where the model knows no such place."""
    annotation: Any = model
    for step in path:
        inner = (_inside(kind, step) for kind in _alternatives(annotation))
        annotation = next((kind for kind in inner if kind is not None), None)
    return annotation


def home_of(model: type[BaseModel], path: Path, key: str) -> str | None:
    """Return the key beside `key` under which the model expects it: a key one level too high."""
    for name in keys_at(model, path):
        if key in keys_at(model, (*path, name)):
            return name
    return None


def _inside(kind: Any, step: str | int) -> Any:
    if _is_model(kind):
        by_key = {field_info.alias or name: field_info for name, field_info in kind.model_fields.items()}
        return _of_field(by_key[step]) if step in by_key else None
    arguments = get_args(kind)
    if get_origin(kind) in (dict, Mapping) and isinstance(step, str):
        return arguments[1]
    if get_origin(kind) in (tuple, list) and isinstance(step, int):
        return arguments[0]
    return None


def _alternatives(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from _alternatives(part)
    elif annotation is not None and annotation is not type(None):
        yield annotation


def _of_field(field_info: FieldInfo) -> Any:
    return Annotated[field_info.annotation, field_info] if field_info.annotation is not None else None


def _description(annotation: Any) -> str:
    if get_origin(annotation) is Annotated:
        inner, *extras = get_args(annotation)
        words = (extra.description for extra in extras if isinstance(extra, FieldInfo) and extra.description)
        return next(words, "") or _description(inner)
    return ""


def _words_of(kind: Any) -> tuple[str, ...]:
    if get_origin(kind) is Literal:
        return tuple(str(word) for word in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(str(member.value) for member in kind)
    return ()


def _bounds(annotation: Any) -> Iterator[tuple[str, float]]:
    if get_origin(annotation) in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from _bounds(part)
    if get_origin(annotation) is not Annotated:
        return
    inner, *extras = get_args(annotation)
    for extra in extras:
        parts = extra.metadata if isinstance(extra, FieldInfo) else [extra]
        for part in parts:
            yield from ((name, value) for name in _BOUNDS if (value := getattr(part, name, None)) is not None)
    yield from _bounds(inner)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _fold(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().replace("-", "_").replace(" ", "_")


def _likeness(first: str, second: str) -> float:
    if first == second:
        return 1.0
    return SequenceMatcher(None, first, second).ratio()
