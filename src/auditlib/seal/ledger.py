"""The ledger of an audit: one line per event, each holding the hash of the line before.

Lines are only ever added. A line changed, removed from the middle or put in breaks the chain at its place.
Lines cut off at the end leave a shorter chain that is whole in itself, so they are noticed only where
something outside the ledger remembers them. The manifest names the last line before the sealing, and the line
about the sealing itself must be there. A signature names the last line at the time of signing. Whoever noted
down the hash that a sign-off printed can ask for it (``auditlib verify DIR --head HASH``). Lines added after
all of these and cut off again are missed by nobody: sign last, or keep the hash elsewhere.

No entry is dated before the one before it: a clock that was set back is noticed when the next is entered.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from auditlib.errors import AuditError, Problem, VerificationFailed
from auditlib.files import compact, digest, flush_directory
from auditlib.seal.inside import read_plain

SEALED = "sealed"
"""Event of a run that was sealed; its facts name the seal."""
SIGNED_OFF = "signed off"
"""Event of a sign-off; its facts name the seal, the role and the person."""
SIGN_OFF_PAGE = "sign-off page"
"""Event of the page beside a run that prints its sign-offs; its facts name the seal and the page's hash."""
START = "0" * 64
"""What the first line names as the hash before it."""
RELEASED = "released"
"""Event of a package that was made to be handed over; its facts name the seals of the run and of it."""
_TEXTS = {SEALED: {"seal"}, SIGNED_OFF: {"seal", "role", "name"}, SIGN_OFF_PAGE: {"seal", "sha256"}}
"""What an entry that is read back must say, in words."""
_STEP_BACK = timedelta(minutes=1)
"""By how much a clock may be put right between two entries; both then bear the later instant."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line of a ledger."""

    number: int
    at: str
    event: str
    facts: Mapping[str, Any]
    hash: str


def ledger_path(outputs: Path, audit: str) -> Path:
    """Return the ledger of `audit`; no audit id contains a dot."""
    return outputs / f"{audit}.ledger.jsonl"


def page_path(outputs: Path, audit: str) -> Path:
    """Return the sign-off page beside a run."""
    return outputs / f"{audit}.signoff.html"


def read_ledger(path: Path) -> tuple[LedgerEntry, ...]:
    """Return the entries of a ledger, its chain checked; none where there is no file.

    Raises
    ------
    VerificationFailed
        Naming the first line that is not what was entered, or what stands in the ledger's place.
    """
    entries: list[LedgerEntry] = []
    previous = START
    for number, line in enumerate(_whole_lines(path), start=1):
        entry = _entry(line, number=number, previous=previous)
        if entry is None:
            raise VerificationFailed(
                Problem(
                    "the chain of the ledger breaks here: a line was changed, removed or put in.",
                    path.name,
                    number,
                    remedy="Restore the ledger from a copy; it cannot be mended.",
                )
            )
        entries.append(entry)
        previous = entry.hash
    return tuple(entries)


def append(path: Path, event: str, facts: Mapping[str, Any], *, at: datetime) -> LedgerEntry:
    """Add one entry; whoever calls holds the lock of the audit.

    An unfinished last line, left by a machine that stopped while writing, was never entered and is removed.
    """
    entries = read_ledger(path)
    document = _document(
        len(entries) + 1,
        _dated(at.astimezone(UTC), entries, path),
        event,
        facts,
        entries[-1].hash if entries else START,
    )
    line = _line(document | {"hash": digest(document)})
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as stream:
        stream.truncate(sum(len(line) + 1 for line in _whole_lines(path)))
        stream.write(line + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    flush_directory(path.parent)
    return read_ledger(path)[-1]


def latest(entries: Iterable[LedgerEntry], event: str) -> LedgerEntry | None:
    """Return the last entry of `event`, if there is one."""
    return next((entry for entry in reversed(tuple(entries)) if entry.event == event), None)


def head_of(entries: Sequence[LedgerEntry]) -> dict[str, Any] | None:
    """Return how many entries there are and the hash of the last one; None where there is none."""
    return {"entries": len(entries), "head": entries[-1].hash} if entries else None


def holds(entries: Sequence[LedgerEntry], *, number: int, head: str) -> bool:
    """Tell whether entry `number` is there and has the hash `head`."""
    return 1 <= number <= len(entries) and entries[number - 1].hash == head


def backwards(entries: Sequence[LedgerEntry], *, name: str) -> Iterator[Problem]:
    """Yield a problem for every entry that is dated before the one before it, or not dated at all."""
    for entry in entries:
        if _instant(entry.at) is None:
            yield Problem(f"the entry is dated {entry.at!r}, which is no instant.", name, entry.number)
    for before, after in pairwise(entries):
        then, now = _instant(before.at), _instant(after.at)
        if then and now and now < then:
            yield Problem(
                f"time runs backwards: the entry is dated {after.at}, the one before it {before.at}.",
                name,
                after.number,
                remedy="A clock was set back or an entry dated back: ask who made it.",
            )


def unfinished(path: Path) -> bool:
    """Tell whether the last line of a ledger was never finished; it does not count."""
    return _content(path)[-1:] not in (b"", b"\n")


def _dated(at: datetime, entries: Sequence[LedgerEntry], path: Path) -> str:
    last = _instant(entries[-1].at) if entries else None
    if last and at < last - _STEP_BACK:
        raise AuditError(
            Problem(
                f"its last entry is dated {stamp(last)}, and the clock of this machine says {stamp(at)}.",
                path.name,
                remedy="Set the clock right and do this again.",
            )
        )
    return stamp(max(at, last or at))


def stamp(at: datetime) -> str:
    """Return an instant as ledgers and manifests write it: UTC, ISO 8601, whole seconds."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        return None
    return at if at.tzinfo == UTC and stamp(at) == text else None


def _content(path: Path) -> bytes:
    try:
        return read_plain(path)
    except FileNotFoundError:
        return b""


def _whole_lines(path: Path) -> list[bytes]:
    return _content(path).split(b"\n")[:-1]


def _entry(line: bytes, *, number: int, previous: str) -> LedgerEntry | None:
    try:
        stored = json.loads(line)
        document = _document(stored["n"], stored["at"], stored["event"], stored["facts"], previous)
        sealed = document | {"hash": digest(document)}
        wanted = _TEXTS.get(stored["event"], set())
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    texts = {name for name, value in document["facts"].items() if isinstance(value, str)}
    if stored["n"] != number or _line(sealed) != line or not wanted <= texts:
        return None
    return LedgerEntry(number, stored["at"], stored["event"], stored["facts"], sealed["hash"])


def _document(number: int, at: str, event: str, facts: Mapping[str, Any], previous: str) -> dict[str, Any]:
    return {"n": number, "at": at, "event": event, "facts": dict(facts), "previous": previous}


def _line(document: Mapping[str, Any]) -> bytes:
    return compact(document).encode()
