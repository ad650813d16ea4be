"""Figures made safe to stand inside a page: allowed elements only, own ids, title and description."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from xml.etree import ElementTree as ET

from auditlib.errors import Problem, VerificationFailed
from auditlib.errors.values import printable
from auditlib.report.drawing import SVG, merged

XLINK = "{http://www.w3.org/1999/xlink}href"

_ELEMENTS = """
svg g defs path rect circle ellipse line polyline polygon text tspan use clipPath marker pattern mask symbol
linearGradient radialGradient stop image
"""
_ATTRIBUTES = """
id d x y x1 y1 x2 y2 cx cy r rx ry dx dy width height points transform viewBox preserveAspectRatio
clip-path clip-rule clipPathUnits mask fill fill-opacity fill-rule opacity stroke stroke-width stroke-opacity
stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit
font-family font-size font-style font-weight font-stretch font-variant text-anchor dominant-baseline
alignment-baseline letter-spacing offset stop-color stop-opacity gradientUnits gradientTransform
patternUnits patternTransform markerWidth markerHeight refX refY orient visibility image-rendering
"""
ELEMENTS = frozenset(_ELEMENTS.split())
ATTRIBUTES = frozenset(_ATTRIBUTES.split())

_GROUP = f"{{{SVG}}}g"
_WRITTEN = frozenset({f"{{{SVG}}}text", f"{{{SVG}}}tspan"})
_REFERRED = re.compile(r"#([\w.:-]+)")
_LONG = re.compile(r"-?\d+\.\d{3,}")
_LOCAL_URL = re.compile(r"url\(\s*['\"]?#([\w.:-]+)['\"]?\s*\)")
_FONT = re.compile(
    r"^(?:(?P<style>italic|oblique)\s+)?(?:(?P<weight>bold|\d{3})\s+)?"
    r"(?P<size>[\d.]+(?:px|pt))(?:/[\d.]+)?\s+(?P<family>.+)$"
)
_PICTURE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=\s]+")


def inline_svg(text: str, *, name: str, title: str, description: str) -> str:
    """Return the figure `text` as an element that can stand in a page among others.

    Parameters
    ----------
    text
        SVG as recorded.
    name
        Prefix that makes its ids unique in the page.
    title, description
        Read to those who cannot see it.

    Raises
    ------
    VerificationFailed
        Where `text` is no SVG, or declares entities.
    """
    root = _lean(_safe(_parse(text, name), name))
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    root.attrib.update(
        {
            "role": "img",
            "aria-labelledby": f"{name}-title {name}-desc",
            "stroke-linejoin": "round",
            "stroke-linecap": "butt",
        }
    )
    root.insert(0, _text_element("desc", f"{name}-desc", description))
    root.insert(0, _text_element("title", f"{name}-title", title))
    ET.register_namespace("", SVG)
    return ET.tostring(root, encoding="unicode", short_empty_elements=True)


def _parse(text: str, name: str) -> ET.Element:
    text = printable(text)  # kept by an earlier version, or by somebody else
    body = re.sub(r"^\s*(<\?xml[^>]*\?>)?\s*(<!DOCTYPE[^>\[]*>)?", "", text)
    broken = Problem("the figure is not plain SVG", name, remedy="Run the audit again.")
    if "<!DOCTYPE" in body or "<!ENTITY" in body:
        raise VerificationFailed(broken)
    try:
        root = ET.fromstring(body)  # noqa: S314 - documents with a DTD or entities were refused above
    except ET.ParseError:
        raise VerificationFailed(broken) from None
    if root.tag != f"{{{SVG}}}svg":
        raise VerificationFailed(broken)
    return root


def _safe(element: ET.Element, name: str) -> ET.Element:
    copy = ET.Element(element.tag, _attributes(element, name))
    copy.text, copy.tail = element.text, element.tail
    copy.extend(_safe(child, name) for child in element if _allowed(child))
    return copy


def _allowed(element: ET.Element) -> bool:
    if not isinstance(element.tag, str) or not element.tag.startswith(f"{{{SVG}}}"):
        return False
    local = element.tag.removeprefix(f"{{{SVG}}}")
    if local == "image":
        return bool(_PICTURE.fullmatch(_href(element)))
    return local in ELEMENTS


def _lean(root: ET.Element) -> ET.Element:
    """Return `root` without what draws nothing: bare groups, ids nobody refers to, digits beyond sight."""
    values = [value for element in root.iter() for value in element.attrib.values()]
    used = {name for value in values for name in _REFERRED.findall(value)}
    return merged(_lean_element(root, used))


def _lean_element(element: ET.Element, used: Collection[str]) -> ET.Element:
    copy = ET.Element(element.tag, _lean_attributes(element.attrib, used))
    copy.text = element.text if element.tag in _WRITTEN else None
    for child in element:
        lean = _lean_element(child, used)
        bare = child.tag == _GROUP and not lean.attrib
        copy.extend(list(lean) if bare else [lean])
        if element.tag in _WRITTEN:
            lean.tail = child.tail
    return copy


def _lean_attributes(attributes: Mapping[str, str], used: Collection[str]) -> dict[str, str]:
    """Return attributes with coordinates to a hundredth of a point."""
    return {
        name: " ".join(_LONG.sub(_hundredth, value).split())
        for name, value in attributes.items()
        if name != "id" or value in used
    }


def _hundredth(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _href(element: ET.Element) -> str:
    return element.attrib.get("href") or element.attrib.get(XLINK) or ""


def _attributes(element: ET.Element, name: str) -> dict[str, str]:
    declared = {**element.attrib, **_declarations(element.attrib.get("style", ""))}
    allowed = {key: _local(value, name) for key, value in declared.items() if key in ATTRIBUTES}
    if "id" in allowed:
        allowed["id"] = f"{name}-{allowed['id']}"
    href = _href(element)
    if href.startswith("#"):
        allowed["href"] = f"#{name}-{href[1:]}"
    elif _PICTURE.fullmatch(href):
        allowed["href"] = href
    return {key: value for key, value in allowed.items() if value}


def _declarations(style: str) -> dict[str, str]:
    """Return a style attribute as attributes: the page forbids styles from anywhere but its own sheet."""
    declared: dict[str, str] = {}
    for part in style.split(";"):
        key, _, value = (piece.strip() for piece in part.partition(":"))
        if key == "font" and (font := _FONT.match(value)):
            declared.update({f"font-{aspect}": text for aspect, text in font.groupdict().items() if text})
        elif value:
            declared[key] = value
    return declared


def _local(value: str, name: str) -> str:
    """Return `value` with references inside the figure renamed, and any other address removed."""
    renamed = _LOCAL_URL.sub(rf"url(#{name}-\1)", value)
    outside = re.sub(rf"url\(#{re.escape(name)}-[\w.:-]+\)", "", renamed)
    return "" if "url(" in outside.lower() or "javascript:" in outside.lower() else renamed


def _text_element(tag: str, identifier: str, text: str) -> ET.Element:
    element = ET.Element(f"{{{SVG}}}{tag}", {"id": identifier})
    element.text = printable(text)
    return element
