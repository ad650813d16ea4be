"""How a client's text file is written: encoding, delimiter, header rows, each with its grounds."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auditlib.errors import DataError, Problem
from auditlib.records import counted

SAMPLE_RECORDS = 20_000
_BLOCK = 1 << 20
_SAMPLE_BYTES = 16 << 20
_DELIMITERS = (";", ",", "\t", "|")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Guess:
    """A proposed value with its grounds; `doubt` says what the auditor must decide, if anything."""

    value: str
    grounds: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class TextLook:
    """What was seen of a text file.

    Parameters
    ----------
    encoding, delimiter
        Proposals with their grounds.
    header_rows
        Rows before the first record.
    time_zone
        Zone a survey tool's third header row names; empty where there is none.
    header
        Names in the first row.
    labels
        Texts of the second header row, where there is one: a survey tool's questions.
    records
        The first records, ragged rows left out.
    """

    encoding: Guess
    delimiter: Guess
    header_rows: int
    time_zone: str
    header: tuple[str, ...]
    labels: tuple[str, ...]
    records: tuple[tuple[str, ...], ...]


def look_at_text(path: Path, *, name: str) -> TextLook:
    """Return how the text file at `path` is written, with its first records.

    Raises
    ------
    DataError
        When it is empty or no text.
    """
    encoding = guess_encoding(path, name=name)
    text = _sample(path).decode(encoding.value, "replace").removeprefix("\ufeff")
    if "\x00" in text:
        message = "the file holds NUL bytes: it is no text, or it is damaged."
        raise DataError(Problem(message, name, remedy="Ask the client for a new export."))
    delimiter = guess_delimiter(text)
    rows = list(_rows(text, delimiter.value))
    header = tuple(cell.strip() for cell in rows[0])
    header_rows = _header_rows(rows)
    labels = tuple(rows[1]) if header_rows > 1 else ()
    records = tuple(tuple(row) for row in rows[header_rows:] if len(row) == len(header))
    return TextLook(
        encoding, delimiter, header_rows, _zone(rows, header_rows), header, labels, records[:SAMPLE_RECORDS]
    )


def guess_encoding(path: Path, *, name: str) -> Guess:
    """Return the encoding by trial over the whole file: a mark, utf-8, then cp1252."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    read, beyond_ascii = 0, False
    try:
        for block in _blocks(path):
            if read == 0 and (marked := _by_mark(block)):
                return marked
            beyond_ascii = beyond_ascii or not block.isascii()
            decoder.decode(block)
            read += len(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return _not_utf8(path, error, block)
    except (OSError, EOFError, zlib.error) as error:
        message = f"the file cannot be read ({error})."
        raise DataError(Problem(message, name, remedy="Check the path, or ask for a new export.")) from error
    if read == 0:
        remedy = "Ask the client for a new export."
        raise DataError(Problem("the file is empty (0 bytes).", name, remedy=remedy))
    return Guess("utf-8", "letters beyond ASCII read well" if beyond_ascii else "plain ASCII")


def guess_delimiter(text: str) -> Guess:
    """Return the sign that cuts most lines into the same number of fields, more than one."""
    head = "\n".join(text.splitlines()[:200])
    scores = {sign: _evenness(head, sign) for sign in _DELIMITERS}
    best = max(scores, key=lambda sign: scores[sign])
    share, fields = scores[best]
    if fields < 2:
        return Guess(",", "one column", "only one column was found; is the delimiter another sign?")
    doubt = "" if share > 0.8 else f"only {share:.0%} of the first rows have {counted(fields, 'field')}"
    return Guess(best, f"{counted(fields, 'field')} in {share:.0%} of the first rows", doubt)


def _by_mark(block: bytes) -> Guess | None:
    for mark, encoding in _MARKS:
        if block.startswith(mark):
            return Guess(encoding, "starts with a byte-order mark")
    return None


def _not_utf8(path: Path, error: UnicodeDecodeError, block: bytes) -> Guess:
    """Return cp1252, or latin-1 where cp1252 has no such sign, and show what the bytes become."""
    around = error.object[max(0, error.start - 12) : error.start + 12].splitlines() or [b""]
    for encoding in ("cp1252", "latin-1"):
        try:
            for piece in _blocks(path):
                piece.decode(encoding)
        except UnicodeDecodeError:
            continue
        shown = max(around, key=len).decode(encoding, "replace")
        byte = error.object[error.start]
        doubt = "" if encoding == "cp1252" else "cp1252 fails too; latin-1 accepts anything"
        return Guess(encoding, f"not utf-8 (byte 0x{byte:02X}); {encoding} reads {shown!r}", doubt)
    raise AssertionError("latin-1 reads every byte")


def _blocks(path: Path) -> Iterator[bytes]:
    opener = gzip.open if path.suffix.lower() == ".gz" else open
    with opener(path, "rb") as stream:
        while block := stream.read(_BLOCK):
            yield block


def _sample(path: Path) -> bytes:
    taken: list[bytes] = []
    size = 0
    for block in _blocks(path):
        taken.append(block)
        size += len(block)
        if size >= _SAMPLE_BYTES:
            whole = b"".join(taken)
            return whole[: whole.rfind(b"\n") + 1] or whole
    return b"".join(taken)


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """Yield rows; one with an overlong field (an unclosed quote) ends the sample."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for count, row in enumerate(reader):
            if row:
                yield row
            if count > SAMPLE_RECORDS:
                return
    except csv.Error:
        return


def _evenness(head: str, delimiter: str) -> tuple[float, int]:
    """Return the share of rows with the commonest number of fields, and that number; one field is 0."""
    counts = Counter(len(row) for row in _rows(head, delimiter))
    if not counts:
        return 0.0, 0
    fields, rows = counts.most_common(1)[0]
    return (rows / counts.total() if fields > 1 else 0.0, fields)


def _zone(rows: list[list[str]], header_rows: int) -> str:
    found = re.search(r'"timeZone": *"([^"]+)"', " ".join(rows[2])) if header_rows == 3 else None
    return found.group(1) if found else ""


def _header_rows(rows: list[list[str]]) -> int:
    """Return 3 for a survey tool's names, questions and import ids; otherwise 1."""
    if len(rows) > 2 and any('"ImportId"' in cell for cell in rows[2]):
        return 3
    return 1
