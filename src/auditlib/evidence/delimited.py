"""Delimited text (CSV in any dialect) as blocks of records with the line each starts on."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from auditlib.errors import DataError, Problem
from auditlib.evidence.blocks import Block, BrokenRecord, shortened
from auditlib.evidence.byte_stream import utf8_blocks
from auditlib.evidence.headers import numbered_columns, placed_header
from auditlib.evidence.record_split import MAX_RECORD, Splitter, Stretch
from auditlib.evidence.tokeniser import Tokeniser
from auditlib.statements import counted

if TYPE_CHECKING:
    from auditlib.parameters.origins import Reference
    from auditlib.parameters.run import Dialect

_CONTROL = re.compile(rb"\xc2[\x80-\x9f]")
_NO_TEXT = (
    "line {} holds a control character that no text has: {} is declared, and the file was more likely "
    "written in cp1252 or utf-8."
)


def delimited_blocks(
    path: Path,
    *,
    name: str,
    dialect: Dialect,
    wanted: Sequence[str],
    references: Mapping[str, Reference],
    repetitive: frozenset[str] = frozenset(),
    threads: int,
) -> Iterator[Block]:
    """Yield the records of a delimited file, `wanted` columns only, as text.

    Raises
    ------
    DataError
        When the file is empty, wrongly encoded, lacks a wanted column or has several of its name.
    """
    _check_dialect(dialect, name=name)
    watch = _Watch(dialect.encoding)
    pieces = watch.passed(_with_newlines(utf8_blocks(path, name=name, encoding=dialect.encoding)))
    rows, lines, text, line = _read_header(next(pieces), pieces, dialect=dialect, name=name)
    header = placed_header(
        rows,
        wanted,
        file=name,
        references=references,
        names_row=dialect.names_row,
        line=lines[dialect.names_row - 1],
    )
    splitter = Splitter(delimiter=dialect.delimiter, quote=dialect.quote, fields=len(header))
    tokeniser = Tokeniser(header, dialect=dialect, wanted=wanted, repetitive=repetitive, threads=threads)
    for stretch in _stretches(splitter, text, pieces, line=line):
        yield replace(tokeniser.block(stretch), notes=watch.notes)


class _Watch:
    """Looks out for characters that no text holds, where the encoding has one for every byte."""

    def __init__(self, encoding: str) -> None:
        self._encoding, self._line = encoding, 1
        self.notes: tuple[str, ...] = ()

    def passed(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Yield pieces of UTF-8 as they are; `notes` says where the first such character stands."""
        for piece in pieces:
            if not self.notes and codecs.lookup(self._encoding).name == "iso8859-1":
                odd = _CONTROL.search(piece)
                line = self._line + piece.count(b"\n", 0, odd.start() if odd else len(piece))
                self._line = line
                if odd:
                    self.notes = (_NO_TEXT.format(line, self._encoding),)
            yield piece


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
) -> tuple[list[list[str]], list[int], bytes, int]:
    """Return the rows of the header and their lines, then the text behind them and its line.

    Where there is no header, the first record says how many columns there are.
    """
    splitter = Splitter(delimiter=dialect.delimiter, quote=dialect.quote)
    text, begin = _behind_title(text, pieces, skip=dialect.skip_rows, name=name)
    rows: list[list[str]] = []
    lines: list[int] = []
    behind = begin
    for _ in range(max(dialect.header_rows, 1)):
        text, end = _with_row(splitter, text, pieces, begin=behind)
        if end < 0:
            raise _bad_header(text, behind, name)
        record = io.StringIO(text[behind:end].decode("utf-8"), newline="")
        rows.append(next(csv.reader(record, delimiter=dialect.delimiter, quotechar=dialect.quote), []))
        lines.append(1 + text.count(b"\n", 0, behind))
        behind = end
    if not dialect.header_rows:
        rows, behind = [numbered_columns(len(rows[0]))], begin
    return rows, lines, text[behind:], 1 + text.count(b"\n", 0, behind)


def _with_row(splitter: Splitter, text: bytes, pieces: Iterator[bytes], *, begin: int) -> tuple[bytes, int]:
    """Return the text with as many pieces as the row needs that starts at `begin`, and where it ends."""
    while (end := splitter.end_of_record(text, begin)) < 0 and len(text) - begin <= MAX_RECORD:
        piece = next(pieces, b"")
        if not piece and (begin == len(text) or text.endswith(b"\n")):
            break
        text += piece or b"\n"
    return text, end


def _behind_title(text: bytes, pieces: Iterator[bytes], *, skip: int, name: str) -> tuple[bytes, int]:
    """Return the text and where its header begins, behind `skip` lines whatever stands in them."""
    begin = 0
    for _ in range(skip):
        while (end := text.find(b"\n", begin)) < 0 and (piece := next(pieces, b"")):
            text += piece
        if end < 0:
            message = f"the file ends within the {counted(skip, 'line')} above its header."
            raise DataError(Problem(message, file=name, remedy="Correct 'skip_rows'."))
        begin = end + 1
    return text, begin


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
        text, line = stretch.remainder, stretch.next_line
        if len(text) > MAX_RECORD and b"\n" not in text:
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

    value = shortened(text[:1000].decode("utf-8", "replace"))
    broken = BrokenRecord(line, value, f"the line is longer than {MAX_RECORD} bytes")
    return Stretch(b"", np.empty(0, dtype=np.int64), (broken,), b"", line + 1, multiline=False)
