"""How a client's text file is written: encoding, delimiter, header rows, each with its grounds."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from auditlib.errors import DataError, Problem
from auditlib.onboarding.alphabets import is_central, word_beyond_ascii
from auditlib.onboarding.vocabulary import simplified
from auditlib.statements import counted

SAMPLE_RECORDS = 20_000
_BLOCK = 1 << 20
_SAMPLE_BYTES = 16 << 20
_NO_TABLE: Mapping[bytes, str] = MappingProxyType(
    {
        b"\x89PNG": "a picture (PNG)",
        b"\xff\xd8\xff": "a picture (JPEG)",
        b"GIF8": "a picture (GIF)",
        b"%PDF": "a PDF document",
        b"PK\x03\x04": "a workbook (.xlsx) or another zip archive",
        b"\xd0\xcf\x11\xe0": "a workbook of old Excel (.xls)",
        b"PAR1": "a Parquet file",
        b"SQLite format 3": "a database (SQLite)",
        b"<?xml": "XML",
        b"<!DOCTYPE": "a web page (HTML)",
        b"<html": "a web page (HTML)",
        b"[{": "JSON",
        b'{"': "JSON",
        b"\x1f\x8b": "compressed (gzip; its name should end in .gz)",
    }
)
_TITLES = 30
_FOREIGN = 0.4
_ODD = re.compile(r"[^\W\d_][\xa1-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\xd7\xf7][^\W\d_]")
"""A sign within a word, as letters of another alphabet look in a Western one."""
_SNIFFED = 1 << 16
_EXCERPT = 30
_COMPARED = 20
_DIGITS = re.compile(r"[-+]?[0-9][0-9 .:,/T+-]*Z?")
_PLAIN_LABELS = ("", "response", "open ended response")
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
class Grid:
    """The first rows of a file or worksheet, before anything is said about its header.

    Parameters
    ----------
    skip_rows
        Lines above the header.
    rows
        The first rows from the header on, ragged ones included.
    lines
        Lines of the whole file.
    """

    skip_rows: int
    rows: tuple[tuple[str, ...], ...]
    lines: int = 0

    @property
    def header_rows(self) -> int:
        """Rows of the header, by the look of them: 3 for names, questions and import ids, 0 for none."""
        if len(self.rows) > 2 and any('"ImportId"' in cell for cell in self.rows[2]):
            return 3
        return 0 if _is_record(self.rows) else 1

    def header(self, header_rows: int) -> tuple[str, ...]:
        """Return the names in the first row; numbers from 1 where there is no header."""
        if not header_rows:
            return tuple(str(position) for position in range(1, len(self.rows[0]) + 1))
        return tuple(cell.strip() for cell in self.rows[0])

    def labels(self, header_rows: int) -> tuple[str, ...]:
        """Return the questions a survey tool prints below the names, one for each column."""
        if header_rows < 2:
            return ("",) * len(self.rows[0])
        second = (*self.rows[1], *("",) * len(self.rows[0]))[: len(self.rows[0])]
        return second if header_rows > 2 else _below(self.rows[0], second)

    def last_row(self, header_rows: int) -> tuple[str, ...]:
        """Return the last row of the header."""
        return self.rows[header_rows - 1] if 0 < header_rows <= len(self.rows) else ()

    def records(self, header_rows: int) -> tuple[tuple[str, ...], ...]:
        """Return the records of the sample; those with more or fewer fields than the header are left out."""
        width = len(self.rows[0])
        return tuple(row for row in self.rows[header_rows:] if len(row) == width)[:SAMPLE_RECORDS]

    def line(self, header_rows: int, record: int) -> int:
        """Return the line that a record of the sample begins on."""
        width = len(self.rows[0])
        places = [place for place, row in enumerate(self.rows) if place >= header_rows and len(row) == width]
        above = self.rows[: places[record]]
        return self.skip_rows + 1 + len(above) + sum(cell.count("\n") for row in above for cell in row)

    def ragged(self, header_rows: int) -> tuple[int, int]:
        """Return how many records of the sample are longer or shorter than the first row, and of how many."""
        below = self.rows[header_rows:]
        return sum(len(row) != len(self.rows[0]) for row in below), len(below)

    def time_zone(self, header_rows: int) -> str:
        """Return the zone a survey tool's third header row names; empty where there is none."""
        match = re.search(r'"timeZone": *"([^"]+)"', " ".join(self.rows[2])) if header_rows == 3 else None
        return match.group(1) if match else ""


@dataclass(frozen=True, slots=True)
class TextLook:
    """How a text file is written, each with its grounds."""

    encoding: Guess
    delimiter: Guess


def grid_of(numbered: Sequence[tuple[int, Sequence[str]]], *, lines: int) -> Grid:
    """Return rows, each with the line it begins on, from the header on."""
    first = _first_full_row([row for _, row in numbered])
    above = numbered[first][0] - 1 if first else 0
    return Grid(above, tuple(tuple(row) for _, row in numbered[first:]), lines)


def _refuse_other_content(path: Path, name: str) -> None:
    """Say what a file is that its first bytes show to be no table of text, whatever its name."""
    start = next(_blocks(path), b"")[:200].removeprefix(codecs.BOM_UTF8).lstrip()
    kind = next((words for mark, words in _NO_TABLE.items() if start.startswith(mark)), "")
    if kind:
        message = f"the file is {kind}, and no table of text."
        remedy = "Name it for what it is, ask for the table in it, or leave it out."
        raise DataError(Problem(message, name, remedy=remedy))


def look_at_text(path: Path, *, name: str) -> tuple[TextLook, Grid]:
    """Return how the text file at `path` is written, and its first rows.

    Raises
    ------
    DataError
        When it is empty or no text.
    """
    _refuse_other_content(path, name)
    encoding = guess_encoding(path, name=name)
    text = _sample(path).decode(encoding.value, "replace").removeprefix("\ufeff")
    if "\x00" in text:
        message = "the file holds NUL bytes: it is no text, or it is damaged."
        raise DataError(Problem(message, name, remedy="Ask the client for a new export."))
    delimiter = guess_delimiter(text)
    lines = sum(block.count(b"\n") for block in _blocks(path))
    numbered = list(_numbered_rows(text, delimiter.value))
    return TextLook(encoding, delimiter), grid_of(numbered, lines=lines)


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
        longest = max(around, key=len).decode(encoding, "replace")
        byte = error.object[error.start]
        grounds = f"not utf-8 (byte 0x{byte:02X}); {encoding} reads {longest!r}"
        return other_guess(_sample(path), Guess(encoding, grounds))
    raise AssertionError("latin-1 reads every byte")


def other_guess(raw: bytes, guess: Guess) -> Guess:
    """Return a guess that cp1252 is not, where its reading is no Western text; both are to be decided.

    Trial tells utf-8 and Western text apart better than statistics do (charset-normalizer takes short French
    for iso8859_10), which in turn know Cyrillic and Japanese: so they are asked where trial gives nonsense.
    """
    import charset_normalizer

    if is_central(raw):
        central, western = (word_beyond_ascii(raw.decode(name, "replace")) for name in ("cp1250", "cp1252"))
        doubt = f"is it written in cp1250? It reads {central!r}, and cp1252 {western!r}"
        return Guess("cp1250", guess.grounds, doubt)
    text = raw.decode(guess.value, "replace")
    beyond = sum(not letter.isascii() for letter in text if letter.isalpha())
    foreign = beyond > _FOREIGN * max(1, sum(letter.isalpha() for letter in text))
    if not foreign and not _ODD.search(text) and guess.value == "cp1252":
        return guess
    best = charset_normalizer.from_bytes(raw[:_SNIFFED]).best()
    detected = codecs.lookup(best.encoding).name if best is not None else guess.value
    chosen = detected if foreign else guess.value
    doubt = f"is it written in {chosen}? {guess.value} reads {text[:_EXCERPT]!r}"
    if detected != guess.value:
        doubt += f", {detected} reads {raw.decode(detected, 'replace')[:_EXCERPT]!r}"
    return Guess(chosen, guess.grounds, doubt)


def _blocks(path: Path) -> Iterator[bytes]:
    opener = gzip.open if path.suffix.lower() == ".gz" else open
    with opener(path, "rb") as stream:
        while block := stream.read(_BLOCK):
            yield block


def _sample(path: Path) -> bytes:
    blocks: list[bytes] = []
    size = 0
    for block in _blocks(path):
        blocks.append(block)
        size += len(block)
        if size >= _SAMPLE_BYTES:
            whole = b"".join(blocks)
            return whole[: whole.rfind(b"\n") + 1] or whole
    return b"".join(blocks)


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    return (row for _, row in _numbered_rows(text, delimiter))


def _numbered_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield rows with the line each begins on; an overlong field (an unclosed quote) ends the sample."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for count, row in enumerate(reader):
            if row:
                yield line, row
            line = reader.line_num + 1
            if count > SAMPLE_RECORDS:
                return
    except csv.Error:
        return


def _first_full_row(rows: Sequence[Sequence[str]]) -> int:
    """Return the place of the header: the first of a table's rows that is no title above it."""
    widths = Counter(len(row) for row in rows[:200])
    width = widths.most_common(1)[0][0]
    if width < 3:
        return 0
    for place, row in enumerate(rows[:_TITLES]):
        if len(row) == width and sum(bool(cell.strip()) for cell in row) > max(1, width / 4):
            return place
    return 0


def _below(names: Sequence[str], labels: Sequence[str]) -> tuple[str, ...]:
    """Return questions spread over columns of one group, each with the text of its own column."""
    questions: list[str] = []
    question = ""
    for name, label in zip(names, labels, strict=True):
        question = name.strip() or question
        plain = simplified(label) in _PLAIN_LABELS
        questions.append(question if plain else f"{question.rstrip(' :')}: {label.strip()}")
    return tuple(questions)


def _is_record(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the first row looks like the records below: numbers and dates stand where theirs do."""
    if len(rows) < 3:
        return False
    below = rows[1 : 1 + _COMPARED]
    alike = [
        position
        for position, cell in enumerate(rows[0])
        if _DIGITS.fullmatch(cell.strip())
        and all(
            _DIGITS.fullmatch(row[position].strip())
            for row in below
            if position < len(row) and row[position].strip()
        )
    ]
    years = all(re.fullmatch(r"(19|20)[0-9]{2}", rows[0][position].strip()) for position in alike)
    return bool(alike) and not years and (len(alike) > 1 or len(rows[0][alike[0]].strip()) > 4)


def _evenness(head: str, delimiter: str) -> tuple[float, int]:
    """Return the share of rows with the commonest number of fields, and that number; one field is 0."""
    counts = Counter(len(row) for row in _rows(head, delimiter))
    if not counts:
        return 0.0, 0
    fields, rows = counts.most_common(1)[0]
    return (rows / counts.total() if fields > 1 else 0.0, fields)
