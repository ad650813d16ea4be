"""Whether everything the documents refer to is there; OSCAL's own schema cannot say."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auditlib.errors import Problem, VerificationFailed
from auditlib.oscal.document import ACTIONS, CATALOGUE, PLAN, PROFILE, RESULTS, Json

_SEES = {
    CATALOGUE: (),
    PROFILE: (CATALOGUE,),
    PLAN: (PROFILE, CATALOGUE),
    RESULTS: (PLAN, PROFILE, CATALOGUE),
    ACTIONS: (CATALOGUE,),
}
"""Whose contents each document may refer to beside its own: what it imports, at last the catalogue."""

_LISTS = {
    "activity-uuid": ("activities",),
    "actor-uuid": ("components", "assessment-platforms", "parties"),
    "component-uuid": ("components",),
    "finding-uuid": ("findings",),
    "observation-uuid": ("observations",),
    "party-uuids": ("parties",),
    "risk-uuid": ("risks",),
    "subject-uuid": ("parties", "components"),
}
"""Which list the thing stands in that a field refers to by its uuid."""

_NAMED = {
    "control-id": ("controls",),
    "with-ids": ("controls",),
    "param-id": ("params",),
    "target-id": ("parts",),
    "statement-ids": ("parts",),
    "role-id": ("roles",),
}
_INSERTED = re.compile(r"\{\{\s*insert:\s*param,\s*([^\s}]+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class _Place:
    """A value in a document: the list it stands in, and the way to it."""

    inside: str
    field: str
    value: Any
    path: str


def check_references(documents: Mapping[str, Json], *, files: Collection[str] = ()) -> None:
    """Check that every uuid, id, address and inserted parameter refers to something that is there, once.

    Parameters
    ----------
    documents
        The five documents, by file name.
    files
        Addresses outside the documents that are known to hold a file.

    Raises
    ------
    VerificationFailed
        Naming each reference that leads nowhere, and each identifier that is there twice.
    """
    places = {name: tuple(_walk(document)) for name, document in documents.items()}
    defined = {name: _defined(walked) for name, walked in places.items()}
    problems: list[Problem] = []
    for name, walked in places.items():
        problems += _doubles(name, walked)
        visible = set(defined[name]).union(
            *(defined[imported] for imported in _SEES[name] if imported in defined)
        )
        for place in walked:
            problems += [
                Problem(f"{place.path} refers to {wanted!r}, and no document it imports holds that.", name)
                for wanted in _dangling(place, visible, defined=defined[name], addresses={*documents, *files})
            ]
    problems += _not_selected(places)
    if problems:
        raise VerificationFailed(*problems)


def _not_selected(places: Mapping[str, Collection[_Place]]) -> Iterator[Problem]:
    """Yield controls that plan or results speak of although the profile leaves them out."""
    selected = {str(place.value) for place in places.get(PROFILE, ()) if place.field == "with-ids"}
    for name in (PLAN, RESULTS):
        for place in places.get(name, ()):
            if place.field == "control-id" and place.value not in selected:
                yield Problem(f"{place.path} names {place.value!r}, which the profile leaves out.", name)


def _walk(value: Any, inside: str = "", field: str = "", path: str = "") -> Iterator[_Place]:
    yield _Place(inside, field, value, path)
    if isinstance(value, dict):
        for name, entry in value.items():
            yield from _walk(entry, field or inside, name, f"{path}/{name}")
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _walk(entry, inside, field, f"{path}/{index}")


def _defined(places: Collection[_Place]) -> set[tuple[str, str]]:
    """Return what can be referred to: the list it stands in, and its uuid or id."""
    return {
        (place.inside, place.value)
        for place in places
        if place.field in ("uuid", "id") and isinstance(place.value, str)
    }


def _doubles(name: str, places: Collection[_Place]) -> Iterator[Problem]:
    identifiers: set[tuple[str, str]] = set()
    for place in places:
        if place.field not in ("uuid", "id") or not isinstance(place.value, str):
            continue
        key = (place.field, place.value)
        if key in identifiers:
            yield Problem(f"{place.path}: {place.value!r} is there twice.", name)
        identifiers.add(key)


def _dangling(
    place: _Place,
    visible: Collection[tuple[str, str]],
    *,
    defined: Collection[tuple[str, str]],
    addresses: Collection[str],
) -> list[str]:
    if not isinstance(place.value, str):
        return []
    if place.field == "href":
        return [] if _leads_somewhere(place.value, defined, addresses) else [place.value]
    if place.field == "prose":
        return [name for name in _INSERTED.findall(place.value) if ("params", name) not in visible]
    lists = _LISTS.get(place.field) or _NAMED.get(place.field)
    if lists is None and not place.field.endswith(("-uuid", "-uuids")):
        return []
    resolved = any((name, place.value) in visible for name in lists or ())
    return [] if resolved else [place.value]


def _leads_somewhere(href: str, defined: Collection[tuple[str, str]], addresses: Collection[str]) -> bool:
    if href.startswith("#"):
        return ("resources", href[1:]) in defined
    return href in addresses
