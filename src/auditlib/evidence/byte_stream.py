"""A client's text file as a stream of UTF-8 bytes, whatever it is compressed with or encoded in."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import numpy as np

from auditlib.errors import DataError, Problem

BLOCK_BYTES = 16 << 20
_NEWLINE = 10
_UTF8 = frozenset({"utf-8", "utf-8-sig", "ascii"})
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def utf8_blocks(path: Path, *, name: str, encoding: str) -> Iterator[bytes]:
    """Yield the file's text as UTF-8 in pieces of a few megabytes, without its byte-order mark.

    Parameters
    ----------
    path
        File; unpacked when it is compressed with gzip.
    name
        The file as the user named it, for messages.
    encoding
        Declared encoding, any that Python knows.

    Raises
    ------
    DataError
        When the file is empty, cut off, or not written in `encoding`.
    """
    declared = _codec(encoding, name=name)
    with closing(_open(path)) as stream:
        pieces = _pieces(stream, name=name)
        first = next(pieces, b"")
        if not first:
            raise DataError(
                Problem("the file is empty (0 bytes).", file=name, remedy="Ask the client for a new export.")
            )
        first = _without_mark(first, declared=declared, encoding=encoding, name=name)
        if declared in _UTF8:
            yield from _checked(_chain(first, pieces), name=name, encoding=encoding)
        else:
            yield from _transcoded(_chain(first, pieces), name=name, encoding=encoding)


def _codec(encoding: str, *, name: str) -> str:
    try:
        codec = codecs.lookup(encoding)
    except LookupError:
        raise DataError(
            Problem(
                f"there is no encoding called {encoding!r}.",
                file=name,
                remedy="Declare for example utf-8, cp1252 or utf-16.",
            )
        ) from None
    return codec.name


def _open(path: Path) -> BinaryIO:
    with path.open("rb") as probe:
        packed = probe.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]  # GzipFile reads like BinaryIO


def _pieces(stream: BinaryIO, *, name: str) -> Iterator[bytes]:
    while True:
        try:
            piece = stream.read(BLOCK_BYTES)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise DataError(
                Problem(
                    "the compressed file is damaged or cut off.",
                    file=name,
                    remedy="Ask the client to send it again.",
                )
            ) from error
        if not piece:
            return
        yield piece


def _chain(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces


def _without_mark(first: bytes, *, declared: str, encoding: str, name: str) -> bytes:
    mark = next(((mark, real) for mark, real in _MARKS if first.startswith(mark)), None)
    if mark is None or declared.startswith(mark[1]):
        return first.removeprefix(codecs.BOM_UTF8) if declared in _UTF8 else first
    if mark[1] == "utf-8" and declared == "ascii":
        return first.removeprefix(codecs.BOM_UTF8)
    raise DataError(
        Problem(
            f"the file begins with the mark of {mark[1]}, but {encoding} is declared.",
            file=name,
            line=1,
            remedy=f"Declare 'encoding: {mark[1]}'.",
        )
    )


def _checked(pieces: Iterator[bytes], *, name: str, encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    for piece in pieces:
        if not piece.isascii() or decoder.getstate()[0]:
            _decode(decoder, piece, line=line, name=name, encoding=encoding)
        line += int(np.count_nonzero(np.frombuffer(piece, dtype=np.uint8) == _NEWLINE))
        yield piece
    _decode(decoder, b"", line=line, name=name, encoding=encoding, final=True)


def _transcoded(pieces: Iterator[bytes], *, name: str, encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    for piece in pieces:
        text = _decode(decoder, piece, line=line, name=name, encoding=encoding)
        line += text.count("\n")
        if text:
            yield text.encode("utf-8")
    tail = _decode(decoder, b"", line=line, name=name, encoding=encoding, final=True)
    if tail:
        yield tail.encode("utf-8")


def _decode(
    decoder: codecs.IncrementalDecoder,
    piece: bytes,
    *,
    line: int,
    name: str,
    encoding: str,
    final: bool = False,
) -> str:
    try:
        return decoder.decode(piece, final)
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        bad = error.object[start] if isinstance(error, UnicodeDecodeError) else 0
        line += error.object[:start].count(b"\n") if isinstance(error, UnicodeDecodeError) else 0
        raise DataError(
            Problem(
                f"byte 0x{bad:02x} does not exist in {encoding}.",
                file=name,
                line=line,
                remedy="Declare the encoding the file was written in, often cp1252 or latin-1.",
            )
        ) from None
