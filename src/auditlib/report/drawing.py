"""Drawings with few elements: marks that look alike become one path, and a page is set in less time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as ET

SVG = "http://www.w3.org/2000/svg"
PATH, USE = f"{{{SVG}}}path", f"{{{SVG}}}use"
_SEEN_THROUGH = frozenset({"opacity", "fill-opacity", "stroke-opacity", "mask", "transform"})
"""Where marks with these lie over one another, one path would look different from many."""
_PLACED = frozenset({"x", "y", "href"})
_STEP = re.compile(r"([MLCQ])([^MLCQZz]*)|([Zz])")


def merged(root: ET.Element) -> ET.Element:
    """Return `root` with marks drawn where they stand, and equal neighbours drawn as one path."""
    marks = {element.attrib["id"]: element for element in root.iter(PATH) if "id" in element.attrib}
    drawn = _merged(root, marks)
    used = {element.attrib.get("href", "")[1:] for element in drawn.iter(USE)}
    return _without(drawn, {name for name in marks if name not in used})


def _merged(element: ET.Element, marks: Mapping[str, ET.Element]) -> ET.Element:
    copy = ET.Element(element.tag, element.attrib)
    copy.text, copy.tail = element.text, element.tail
    for child in element:
        merged = _placed(child, marks) if child.tag == USE else _merged(child, marks)
        last = copy[-1] if len(copy) else None
        if last is not None and _alike(last, merged):
            last.set("d", f"{last.attrib['d']} {merged.attrib['d']}")
        else:
            copy.append(merged)
    return copy


def _alike(first: ET.Element, second: ET.Element) -> bool:
    if first.tag != PATH or second.tag != PATH or "id" in first.attrib or "id" in second.attrib:
        return False
    if "d" not in first.attrib or "d" not in second.attrib:  # a path that draws nothing
        return False
    looks = [
        {name: value for name, value in element.attrib.items() if name != "d"} for element in (first, second)
    ]
    return looks[0] == looks[1] and not _SEEN_THROUGH & set(looks[0])


def _placed(use: ET.Element, marks: Mapping[str, ET.Element]) -> ET.Element:
    """Return the mark a ``use`` refers to as a path of its own; the ``use`` where it is no plain path."""
    mark = marks.get(use.attrib.get("href", "")[1:])
    steps = None if mark is None else _moved(mark.attrib.get("d", ""), use)
    if mark is None or steps is None or _SEEN_THROUGH & {*use.attrib, *mark.attrib}:
        return ET.Element(USE, use.attrib)
    look = {name: value for name, value in use.attrib.items() if name not in _PLACED}
    attributes = {name: value for name, value in mark.attrib.items() if name not in ("id", "d")}
    return ET.Element(PATH, {"d": steps, **look, **attributes})


def _moved(steps: str, use: ET.Element) -> str | None:
    """Return absolute path data moved to where `use` stands; None where it holds other commands."""
    x, y = float(use.attrib.get("x", 0)), float(use.attrib.get("y", 0))
    if _STEP.sub("", steps).strip():
        return None
    return " ".join(
        close or f"{command} {' '.join(_shifted(numbers.split(), x, y))}"
        for command, numbers, close in _STEP.findall(steps)
    )


def _shifted(numbers: Iterable[str], x: float, y: float) -> Iterable[str]:
    for place, number in enumerate(numbers):
        yield f"{float(number) + (y if place % 2 else x):.2f}".rstrip("0").rstrip(".")


def _without(element: ET.Element, names: set[str]) -> ET.Element:
    """Return `element` without the marks of these names, and without groups that hold nothing."""
    copy = ET.Element(element.tag, element.attrib)
    copy.text, copy.tail = element.text, element.tail
    copy.extend(_without(child, names) for child in element if child.attrib.get("id") not in names)
    return copy
