"""Scales declared once: an item may name one in place of spelling it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from auditlib.parameters.shape import did_you_mean
from auditlib.parameters.strict_model import Misfit
from auditlib.parameters.strict_yaml import Path

_SCALE = "scale"
_STAND_IN: Mapping[str, Any] = MappingProxyType({"low": 0, "high": 1})


def with_scales(content: Any, *, sound: Callable[[Any], bool]) -> Any:
    """Return a run file's content with every item that names a scale holding that scale itself.

    Where the scale is not `sound`, its mistakes are told at its own place, and once: items hold another.

    Raises
    ------
    Misfit
        Where an item names a scale that is not declared.
    """
    scales = content.get("scales") if isinstance(content, Mapping) else None
    names = dict(_scale_names(content)) if isinstance(content, Mapping) else {}
    if not names:
        return content
    declared = scales if isinstance(scales, Mapping) else {}
    for path, name in names.items():
        if name not in declared:
            remedy = did_you_mean(name, declared) or "Declare it under 'scales', or write the scale here."
            raise Misfit(f"there is no scale {name!r}", remedy=remedy, at=path)
    resolved = {name: declared[name] if sound(declared[name]) else _STAND_IN for name in set(names.values())}
    return _replaced(content, (), {path: dict(resolved[name]) for path, name in names.items()})


def _scale_names(content: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Yield the place of each scale that is a name, with the name."""
    for survey_type, instrument in _entries(content.get("instruments")):
        for item, declared in _entries(instrument.get("items") if isinstance(instrument, Mapping) else None):
            scale = declared.get(_SCALE) if isinstance(declared, Mapping) else None
            if isinstance(scale, str):
                yield ("instruments", survey_type, "items", item, _SCALE), scale


def _entries(block: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(block, Mapping):
        yield from block.items()


def _replaced(part: Any, path: Path, values: Mapping[Path, Any]) -> Any:
    """Return a part of a file in which other values stand at some paths."""
    if path in values:
        return values[path]
    if isinstance(part, Mapping) and any(place[: len(path)] == path for place in values):
        return {key: _replaced(value, (*path, key), values) for key, value in part.items()}
    return part
