"""What a file is by its content, where that is not what it is declared to be."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from pathlib import Path

from auditlib.errors import DataError, Problem

_BEGINNINGS = (
    (b"PAR1", "a Parquet file", "parquet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (.xls)", "excel"),
    (b"%PDF-", "a PDF", ""),
    (b"SQLite format 3\x00", "a SQLite database", "database"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", ""),
    (b"{\\rtf", "a text document (RTF)", ""),
)
_PAGES = (b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")


def check_content(path: Path, *, form: str, name: str) -> None:
    """Refuse a file that is plainly something else than its declared form.

    Raises
    ------
    DataError
        Naming what the file is.
    """
    content, real = _content(path)
    if not content or real == form:
        return
    remedy = "Ask the client for an export as CSV, Excel or Parquet."
    if real:
        remedy = f"Write 'form: {real}', or ask for the export again."
    raise DataError(Problem(f"the file is {content}, and {form} is declared.", file=name, remedy=remedy))


def form_of(path: Path) -> str:
    """Return the form that a file's first bytes show it to have; empty where they show none."""
    return _content(path)[1]


def _content(path: Path) -> tuple[str, str]:
    """Return in words what a file is, and the form that reads it; both empty where that is not plain."""
    start = _start(path)
    for mark, words, form in _BEGINNINGS:
        if start.startswith(mark):
            return words, form
    if start.startswith(b"PK\x03\x04") and zipfile.is_zipfile(path):
        return _archive(path)
    text = start.removeprefix(b"\xef\xbb\xbf").replace(b"\x00", b"").lstrip(b"\xff\xfe \t\r\n").lower()
    if text.startswith(_PAGES):
        return "a web page (HTML)", ""
    return ("an XML document", "") if text.startswith(b"<?xml") else ("", "")


def _start(path: Path) -> bytes:
    with path.open("rb") as stream:
        start = stream.read(256)
    if not start.startswith(b"\x1f\x8b"):
        return start
    try:
        with gzip.open(path, "rb") as unpacked:
            return unpacked.read(256)
    except (OSError, EOFError, zlib.error):
        return b""  # the reader says in words that it is damaged


def _archive(path: Path) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return "", ""
    if any(name.startswith("xl/") for name in names):
        return "an Excel workbook", "excel"
    if "content.xml" in names:
        return "an OpenDocument file", "excel"
    return "a zip archive", ""
