"""Delimited text (CSV in any dialect) as blocks of records with the line each starts on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from auditlib.errors import DataError, Problem
from auditlib.evidence.blocks import Block, BrokenRecord, shown
from auditlib.evidence.bytestream import BLOCK_BYTES, utf8_blocks
from auditlib.evidence.headers import checked_header
from auditlib.evidence.recordsplit import MAX_RECORD, Splitter, Stretch
from auditlib.evidence.tokens import Tokeniser

if TYPE_CHECKING:
    from auditlib.parameters.run import Dialect


def delimited_blocks(
    path: Path,
    *,
    name: str,
    dialect: Dialect,
    wanted: Sequence[str],
    repetitive: frozenset[str] = frozenset(),
    threads: int,
) -> Iterator[Block]:
    """Yield the records of a delimited file, `wanted` columns only, as text.

    Raises
    ------
    DataError
        When the file is empty, wrongly encoded, has two columns of one name or lacks a wanted one.
    """
    _check_dialect(dialect, name=name)
    pieces = _with_newlines(utf8_blocks(path, name=name, encoding=dialect.encoding))
    text = next(pieces)
    rows, text, line = _read_header(text, pieces, dialect=dialect, name=name)
    header = checked_header(rows, wanted, file=name)
    splitter = Splitter(delimiter=dialect.delimiter, quote=dialect.quote, fields=len(header))
    tokeniser = Tokeniser(header, dialect=dialect, wanted=wanted, repetitive=repetitive, threads=threads)
    for stretch in _stretches(splitter, text, pieces, line=line):
        yield tokeniser.block(stretch)


def read_header(path: Path, *, name: str, dialect: Dialect) -> tuple[str, ...]:
    """Return the column names of a delimited file as they stand in its first row."""
    _check_dialect(dialect, name=name)
    pieces = _with_newlines(utf8_blocks(path, name=name, encoding=dialect.encoding))
    rows, _, _ = _read_header(next(pieces), pieces, dialect=dialect, name=name)
    return checked_header(rows, (), file=name)


def _check_dialect(dialect: Dialect, *, name: str) -> None:
    marks = (dialect.delimiter, dialect.quote)
    if dialect.delimiter == dialect.quote or any(not m.isascii() or m in "\r\n\0" for m in marks):
        raise DataError(
            Problem(
                "delimiter and quote must be two different ASCII characters, not line ends.",
                file=name,
                remedy="Correct 'dialect'.",
            )
        )


def _with_newlines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Turn the line ends of old Macintosh files, a bare carriage return, into line feeds."""
    first = next(pieces, b"")
    old = b"\r" in first and b"\n" not in first
    yield first.replace(b"\r", b"\n") if old else first
    for piece in pieces:
        yield piece.replace(b"\r", b"\n") if old else piece


def _read_header(
    text: bytes, pieces: Iterator[bytes], *, dialect: Dialect, name: str
) -> tuple[list[str], bytes, int]:
    """Return the names in the first header row, the text behind all header rows, and its line."""
    splitter = Splitter(delimiter=dialect.delimiter, quote=dialect.quote)
    if len(text) < BLOCK_BYTES and not text.endswith(b"\n") and (more := next(pieces, b"")):
        text += more
    if b"\n" not in text[:MAX_RECORD]:
        text += b"\n"
    names: list[str] = []
    begin = 0
    for index in range(dialect.header_rows):
        end = splitter.end_of_record(text, begin)
        if end < 0:
            raise _bad_header(text, begin, name)
        if index == 0:
            first = io.StringIO(text[:end].decode("utf-8"), newline="")
            names = next(csv.reader(first, delimiter=dialect.delimiter, quotechar=dialect.quote), [])
        begin = end
    return names, text[begin:], 1 + text.count(b"\n", 0, begin)


def _bad_header(text: bytes, begin: int, name: str) -> DataError:
    line = 1 + text.count(b"\n", 0, begin)
    if begin >= len(text):
        message, remedy = "the file ends within its header rows.", "Correct 'header_rows'."
    else:
        message, remedy = "this header row cannot be read.", "Correct 'dialect' or ask for a new export."
    return DataError(Problem(message, file=name, line=line, remedy=remedy))


def _stretches(splitter: Splitter, text: bytes, pieces: Iterator[bytes], *, line: int) -> Iterator[Stretch]:
    while True:
        piece = next(pieces, None)
        stretch = splitter.split(text, line=line, final=piece is None)
        yield stretch
        if piece is None:
            return
        text, line = stretch.rest, stretch.next_line
        if len(text) > MAX_RECORD:
            piece, pieces, cut = _without_rest_of_line(piece, pieces)
            yield _overlong(text, line)
            text, line = b"", line + cut
        text += piece


def _without_rest_of_line(piece: bytes, pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes], int]:
    """Drop what remains of a line that is too long."""
    while b"\n" not in piece:
        following = next(pieces, None)
        if following is None:
            return b"", pieces, 1
        piece = following
    return piece[piece.index(b"\n") + 1 :], pieces, 1


def _overlong(text: bytes, line: int) -> Stretch:
    import numpy as np

    value = shown(text[:1000].decode("utf-8", "replace"))
    broken = BrokenRecord(line, value, f"the line is longer than {MAX_RECORD} bytes")
    return Stretch(b"", np.empty(0, dtype=np.int64), (broken,), b"", line + 1, multiline=False)
