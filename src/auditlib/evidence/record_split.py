"""Where the records of a delimited text begin and end, by line of the file.

A quoted field may hold line ends, so a record can span lines; an unclosed quote would then swallow
whatever follows. Lines whose quotes are plainly balanced are records as they stand. Only the others
are read character by character: a quote that is never properly closed (a delimiter or line end after
it) breaks the line it opens on, and reading resumes on the next line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditlib.evidence.blocks import BrokenRecord, shortened

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_RECORD = 1 << 20
"""Longest record, in bytes; a longer one is broken."""
MAX_OPEN = 64 * MAX_RECORD
"""Bytes within which a quote that is opened is looked for its end: beyond, it breaks its own line only."""
_NEWLINE, _RETURN = 10, 13


@dataclass(frozen=True, slots=True)
class Stretch:
    """Complete records of a stretch of text.

    Parameters
    ----------
    text
        The sound records, each with its line end.
    lines
        Line of the file each of them starts on.
    broken
        The others.
    remainder
        Bytes at the end that are not yet a complete record.
    next_line
        Line of the file on which `remainder` starts.
    multiline
        Whether a record of `text` holds a line end.
    """

    text: bytes
    lines: NDArray[np.int64]
    broken: tuple[BrokenRecord, ...]
    remainder: bytes
    next_line: int
    multiline: bool


class Splitter:
    """Cuts text into records for one dialect and one number of fields.

    Parameters
    ----------
    delimiter, quote
        One ASCII character each.
    fields
        Fields of a record; 0 while the header is not known.
    """

    def __init__(self, *, delimiter: str, quote: str, fields: int = 0) -> None:
        self._delimiter = delimiter.encode()
        self._quote = quote.encode()
        self._fields = fields
        mark, cut = re.escape(self._quote), re.escape(self._delimiter)
        closed = mark + rb"(?:[^" + mark + rb"]++|" + mark * 2 + rb")*+" + mark
        bare = rb"(?!" + mark + rb")[^" + cut + rb"\r\n]*+"
        self._field = re.compile(rb"(?:" + closed + rb"|" + bare + rb")(?=" + cut + rb"|\r?\n|\r?\Z)")

    def split(self, text: bytes, *, line: int, final: bool) -> Stretch:
        """Return the records of `text`, whose first byte stands on `line` of the file.

        With `final` the text ends the file: a last line without line end is a record too.
        """
        if final and text and not text.endswith(b"\n"):
            text += b"\n"
        body = np.frombuffer(text, dtype=np.uint8)
        ends = np.flatnonzero(body == _NEWLINE)
        starts = np.concatenate((np.zeros(1, dtype=np.int64), ends + 1))
        doubtful = self._doubtful(text, body, starts[:-1], ends)
        if not doubtful.any():
            return self._plain(text, starts, line)
        return self._careful(text, starts, doubtful, line=line, final=final)

    def end_of_record(self, text: bytes, begin: int) -> int:
        """Return the offset behind the record that starts at `begin`; -1 where it never ends."""
        return self._scan(text, begin)[0]

    def _plain(self, text: bytes, starts: NDArray[np.int64], line: int) -> Stretch:
        lines = line + np.arange(len(starts) - 1, dtype=np.int64)
        end = int(starts[-1])
        sound = text if end == len(text) else text[:end]
        return self._capped(
            Stretch(sound, lines, (), text[end:], line + len(lines), multiline=False), starts, line
        )

    def _capped(self, stretch: Stretch, starts: NDArray[np.int64], line: int) -> Stretch:
        """Break lines over the cap; none in an ordinary file."""
        long = np.flatnonzero(np.diff(starts) > MAX_RECORD)
        if not len(long):
            return stretch
        doubtful = np.zeros(len(starts) - 1, dtype=bool)
        doubtful[long] = True
        return self._careful(stretch.text + stretch.remainder, starts, doubtful, line=line, final=False)

    def _doubtful(
        self, text: bytes, body: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Mark the lines that are not one sound record at first sight."""
        length = ends - starts
        blank = length == 0
        returned = text.count(b"\r")
        if returned:
            blank |= (length == 1) & (body[starts] == _RETURN)
        doubtful: NDArray[np.bool_] = blank
        if returned and returned != text.count(b"\r\n"):
            stray = np.flatnonzero((body[:-1] == _RETURN) & (body[1:] != _NEWLINE))
            doubtful = _mark(doubtful, ends, stray)
        if b"\x00" in text:
            doubtful = _mark(doubtful, ends, np.flatnonzero(body == 0))
        if self._quote in text:
            doubtful |= self._unbalanced(body, starts, ends)
        return doubtful

    def _unbalanced(
        self, body: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Mark lines with an odd number of quotes, or with one that neither opens nor closes a field."""
        quote, delimiter = self._quote[0], self._delimiter[0]
        at = np.flatnonzero(body == quote)
        owner = np.searchsorted(ends, at)
        at, owner = at[owner < len(ends)], owner[owner < len(ends)]
        count = np.bincount(owner, minlength=len(ends))
        first = np.cumsum(count) - count
        opening = (np.arange(len(at)) - first[owner]) % 2 == 0
        before = body[np.maximum(at - 1, 0)]
        after = body[np.minimum(at + 1, len(body) - 1)]
        opens = (at == starts[owner]) | (before == delimiter) | (before == quote)
        closes = (after == delimiter) | (after == _NEWLINE) | (after == _RETURN) | (after == quote)
        odd: NDArray[np.bool_] = count % 2 == 1
        return _mark(odd, ends, at[np.where(opening, ~opens, ~closes)])

    def _careful(
        self, text: bytes, starts: NDArray[np.int64], doubtful: NDArray[np.bool_], *, line: int, final: bool
    ) -> Stretch:
        keep = np.ones(len(doubtful), dtype=bool)
        head = np.ones(len(doubtful), dtype=bool)
        broken: list[BrokenRecord] = []
        last, passed, multiline = len(doubtful), -1, False
        for index in map(int, np.flatnonzero(doubtful)):
            if index <= passed:
                continue
            verdict = self._record(text, starts, index, final=final)
            if verdict is None:
                last = index
                break
            end, fault = verdict
            passed = end
            if fault is not None:
                keep[index : end + 1] = False
                if fault:
                    value = text[starts[index] : starts[index + 1]][:1000].decode("utf-8", "replace")
                    broken.append(BrokenRecord(line + index, shortened(value.rstrip("\r\n")), fault))
            elif end > index:
                head[index + 1 : end + 1] = False
                multiline = True
        sound = _joined(text, starts, keep[:last])
        lines = line + np.flatnonzero(keep[:last] & head[:last]).astype(np.int64)
        return Stretch(sound, lines, tuple(broken), text[int(starts[last]) :], line + last, multiline)

    def _record(
        self, text: bytes, starts: NDArray[np.int64], index: int, *, final: bool
    ) -> tuple[int, str | None] | None:
        """Read the record that starts line `index`.

        Returns the index of its last line with what is wrong (None: nothing; empty: a blank line),
        or None where the text ends before the record does.
        """
        begin = int(starts[index])
        stop = int(starts[index + 1])
        line = text[begin:stop].rstrip(b"\r\n")
        if not line:
            return index, ""
        if stop - begin > MAX_RECORD:
            return index, f"the line is longer than {MAX_RECORD} bytes"
        end, fields = self._scan(text, begin)
        if end < 0:
            return self._without_end(text, starts, index, final=final)
        last = int(np.searchsorted(starts, end, side="left")) - 1
        if b"\x00" in text[begin:end]:
            return index, "the line holds NUL bytes: it is damaged"
        if last > index and (fields != self._fields or self._swallows(text, starts, index, last)):
            return index, "a quote is opened and not closed"
        return last, None

    def _without_end(
        self, text: bytes, starts: NDArray[np.int64], index: int, *, final: bool
    ) -> tuple[int, str | None] | None:
        """Judge a record that does not end where one has to: a cell of very many lines, or an open quote.

        Returns what `_record` does.
        """
        begin, stop = int(starts[index]), int(starts[index + 1])
        fault = self._fault(text[begin:stop])
        if len(text) - begin > MAX_RECORD:
            end, fields = self._scan(text, begin, most=MAX_OPEN)
            last = int(np.searchsorted(starts, end, side="left")) - 1
            if end >= 0 and fields == self._fields and not self._swallows(text, starts, index, last):
                return last, f"the record is longer than {MAX_RECORD} bytes"
        within = not final and len(text) - begin <= MAX_OPEN
        if within and not self._swallows(text, starts, index, len(starts) - 1):
            return None if self._open_at_end(text, begin) else (index, fault)
        return index, fault

    def _scan(self, text: bytes, begin: int, *, most: int = MAX_RECORD) -> tuple[int, int]:
        """Return the offset behind the record that starts at `begin` (-1: it never ends), and its fields."""
        at, fields, limit = begin, 0, min(len(text), begin + most)
        while True:
            match = self._field.match(text, at, limit)
            if match is None:
                return -1, fields
            fields, at = fields + 1, match.end()
            if text[at : at + 1] == self._delimiter:
                at += 1
                continue
            if text[at : at + 1] == b"\r":
                at += 1
            return (at + 1, fields) if text[at : at + 1] == b"\n" else (-1, fields)

    def _open_at_end(self, text: bytes, begin: int) -> bool:
        """Whether the record at `begin` still stands inside a quoted field where the text ends."""
        at = begin
        while match := self._field.match(text, at):
            at = match.end() + 1
            if text[match.end() : at] != self._delimiter:
                return match.end() >= len(text)
        inside = re.compile(
            re.escape(self._quote)
            + rb"(?:[^" + re.escape(self._quote) + rb"]++|" + re.escape(self._quote) * 2 + rb")*+"
            + re.escape(self._quote) + rb"?\r?\Z"
        )  # fmt: skip
        return inside.match(text, at) is not None

    def _fault(self, line: bytes) -> str:
        if b"\x00" in line:
            return "the line holds NUL bytes: it is damaged"
        if self._quote in line:
            return "a quote is opened and not closed"
        return "a stray carriage return splits the line"

    def _swallows(self, text: bytes, starts: NDArray[np.int64], index: int, last: int) -> bool:
        """Whether a line inside the record is itself a full record: the quote was never meant to be open."""
        inner = range(index + 1, last)
        return self._fields > 2 and any(
            text.count(self._delimiter, int(starts[i]), int(starts[i + 1])) == self._fields - 1 for i in inner
        )


def _mark(flags: NDArray[np.bool_], ends: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.bool_]:
    marked = flags.copy()
    owner = np.searchsorted(ends, at)
    marked[owner[owner < len(ends)]] = True
    return marked


def _joined(text: bytes, starts: NDArray[np.int64], keep: NDArray[np.bool_]) -> bytes:
    """Return the kept lines of `text`, copying whole runs."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], keep, [False])).astype(np.int8)))
    runs = [text[int(starts[a]) : int(starts[b])] for a, b in edges.reshape(-1, 2)]
    return runs[0] if len(runs) == 1 else b"".join(runs)
