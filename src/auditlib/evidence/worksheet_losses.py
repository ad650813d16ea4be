"""What cells of a worksheet lost.

A reader shows errors and formulas that were never computed as empty, and ids held as something else than text
lack digits or zeros.
"""

from __future__ import annotations

import datetime as dt
import html
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


Hollow = Mapping[int, Mapping[int, str]]
"""By row and then column, both from 1: the error, such as ``#N/A``; empty text for a formula not computed."""

_WORTH = re.compile(rb"""\bt\s*=\s*["']e["']|<(?:\w+:)?f[\s/>]""")
_CELL = re.compile(
    rb"<(?:\w+:)?(?:(?P<row>row)(?P<at>\s[^>]*)?>|c(?P<attributes>\s[^>]*?)?(?:/>|>(?P<body>.*?)</(?:\w+:)?c>))",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)<")
_LINKS = "xl/_rels/workbook.xml.rels"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"


def hollow_cells(path: Path, sheet: str) -> Hollow | None:
    """Return the cells of a worksheet that look empty and are not; None where its form cannot tell them."""
    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as archive:
        members = set(archive.namelist())
        if "content.xml" in members:
            return _of_document(archive, sheet)
        place = _place(archive, sheet) if "xl/workbook.xml" in members else ""
        if place not in members:
            return None
        text = archive.read(place)
    return _gathered(_of_sheet(text)) if _WORTH.search(text) else {}


def column_letters(number: int) -> str:
    """Return what a worksheet calls a column: ``A`` for 1, ``AA`` for 27."""
    letters = ""
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def _gathered(cells: Iterator[tuple[int, int, str]]) -> dict[int, dict[int, str]]:
    gathered: dict[int, dict[int, str]] = {}
    for row, column, error in cells:
        gathered.setdefault(row, {})[column] = error
    return gathered


def _place(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the member of a workbook that holds a worksheet; empty where it is not told."""
    book = archive.read("xl/workbook.xml")
    links = archive.read(_LINKS) if _LINKS in archive.namelist() else b""
    sheets = [_attributes(tag) for tag in re.findall(rb"<(?:\w+:)?sheet\s[^>]*>", book)]
    link = next((tag.get("id", "") for tag in sheets if tag.get("name") == sheet), "")
    related = [_attributes(tag) for tag in re.findall(rb"<(?:\w+:)?Relationship\s[^>]*>", links)]
    target = next((tag.get("Target", "") for tag in related if link and tag.get("Id") == link), "")
    return target.removeprefix("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _attributes(tag: bytes) -> dict[str, str]:
    """Return the attributes of a tag by their names, without prefixes."""
    pairs = ((name, double or single) for name, double, single in _ATTRIBUTE.findall(tag))
    return {name.decode().rsplit(":")[-1]: html.unescape(value.decode()) for name, value in pairs}


def _of_sheet(text: bytes) -> Iterator[tuple[int, int, str]]:
    row = column = 0
    for match in _CELL.finditer(text):
        attributes = _attributes(match["at"] or match["attributes"] or b"")
        if match["row"]:
            row, column = int(attributes.get("r", row + 1)), 0
            continue
        column = _number(attributes["r"]) if "r" in attributes else column + 1
        body = match["body"] or b""
        value = _VALUE.search(body)
        text_shown = html.unescape(value[1].decode("utf-8", "replace")).strip() if value else ""
        if attributes.get("t") == "e":
            yield row, column, text_shown or "#ERROR"
        elif not text_shown and attributes.get("t") != "str" and _FORMULA.search(body):
            yield row, column, ""


def _number(address: str) -> int:
    number = 0
    for letter in address.rstrip("0123456789").replace("$", ""):
        number = number * 26 + ord(letter.upper()) - ord("A") + 1
    return number


def _of_document(archive: zipfile.ZipFile, sheet: str) -> dict[int, dict[int, str]]:
    """Return the hollow cells of an OpenDocument spreadsheet, whose rows and cells may stand for several."""
    from xml.etree import ElementTree as ET

    with archive.open("content.xml") as stream:
        for _, element in ET.iterparse(stream):  # noqa: S314 - expat limits what entities may unpack to
            if element.tag == f"{_TABLE}table":
                if element.get(f"{_TABLE}name") == sheet:
                    return _gathered(_of_table(element.iter(f"{_TABLE}table-row")))
                element.clear()
    return {}


def _of_table(rows: Iterator[Element]) -> Iterator[tuple[int, int, str]]:
    first = 1
    for row in rows:
        times = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
        column = 1
        for cell in row:
            wide = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
            error = _error_of(cell)
            if error is not None:
                for at in range(first, first + times):
                    yield from ((at, place, error) for place in range(column, column + wide))
            column += wide
        first += times


def _error_of(cell: Element) -> str | None:
    """Return the error of a cell, empty text for a formula without a value, None for a sound cell."""
    if cell.get(_TYPE) == "error":
        return "".join(cell.itertext()).strip() or "#ERROR"
    uncomputed = cell.get(f"{_TABLE}formula") and not cell.get(f"{_OFFICE}value-type")
    return "" if uncomputed else None


_MOST_DIGITS = 15
"""Digits of a number that a worksheet keeps; those behind them become zeros."""


def worn(label: str, cells: Iterable[tuple[int, Any]]) -> Iterator[str]:
    """Yield a sentence for each way in which ids of a column may have lost something.

    Parameters
    ----------
    label
        The column.
    cells
        Row of the sheet and cell, as the worksheet holds it.
    """
    zeros, shorter = 0, False
    first: dict[str, tuple[int, Any]] = {}
    for line, cell in cells:
        if isinstance(cell, str) and cell.isdigit() and cell.startswith("0"):
            zeros = max(zeros, len(cell))
        elif loss := _loss(cell):
            first.setdefault(loss, (line, cell))
        elif isinstance(cell, float | int):
            shorter = True
    for loss, (line, cell) in first.items():
        yield f"column {label!r} holds ids and, first on line {line}, {cell!s}: {loss}."
    if zeros and shorter:
        yield f"some ids of column {label!r} begin with 0 and others are numbers: these may have lost theirs."


def _loss(cell: Any) -> str:
    if isinstance(cell, bool):
        return "a truth value, which may have been a word"
    if isinstance(cell, dt.date | dt.time):
        return "a date, which may have been an id such as 3-4"
    if isinstance(cell, float | int) and abs(cell) >= 10**_MOST_DIGITS:
        return "a number of so many digits that the last ones are lost"
    if isinstance(cell, float) and not cell.is_integer():
        return "a number with a fraction"
    return ""
