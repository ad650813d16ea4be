"""The ledger of an audit: one line per event, each holding the hash of the line before.

Lines are only ever added. A line changed, removed from the middle or put in breaks the chain at its place.
Lines cut off at the end leave a shorter chain that is whole in itself, so they are noticed only where
something outside the ledger remembers them. The manifest names the last line before the sealing, and the line
about the sealing itself must be there. A signature names the last line at the time of signing. Whoever noted
down the hash that a sign-off printed can ask for it (``auditlib verify DIR --head HASH``). Lines added after
all of these and cut off again are missed by nobody: sign last, or keep the hash elsewhere.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from auditlib.errors import Problem, VerificationFailed
from auditlib.runs.atomic import digest, flush_directory

SEALED = "sealed"
"""Event of a run that was sealed; its facts name the seal."""
START = "0" * 64
"""What the first line names as the hash before it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a ledger."""

    number: int
    at: str
    event: str
    facts: Mapping[str, Any]
    hash: str


def ledger_path(outputs: Path, audit: str) -> Path:
    """Return the ledger of `audit`; no audit id contains a dot."""
    return outputs / f"{audit}.ledger.jsonl"


def read_ledger(path: Path) -> tuple[Entry, ...]:
    """Return the entries of a ledger, its chain checked; none where there is no file.

    Raises
    ------
    VerificationFailed
        Naming the first line that is not what was entered.
    """
    if not path.exists():
        return ()
    entries: list[Entry] = []
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


def append(path: Path, event: str, facts: Mapping[str, Any], *, at: datetime) -> Entry:
    """Add one entry; whoever calls holds the lock of the audit.

    An unfinished last line, left by a machine that stopped while writing, was never entered and is removed.
    """
    entries = read_ledger(path)
    document = _document(
        len(entries) + 1,
        at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        event,
        facts,
        entries[-1].hash if entries else START,
    )
    line = _line(document | {"hash": digest(document)})
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as stream:
        stream.truncate(sum(len(one) + 1 for one in _whole_lines(path)))
        stream.write(line + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    flush_directory(path.parent)
    return read_ledger(path)[-1]


def latest(entries: Iterable[Entry], event: str) -> Entry | None:
    """Return the last entry of `event`, if there is one."""
    return next((entry for entry in reversed(tuple(entries)) if entry.event == event), None)


def head_of(entries: Sequence[Entry]) -> dict[str, Any] | None:
    """Return how many entries there are and the hash of the last one; None where there is none."""
    return {"entries": len(entries), "head": entries[-1].hash} if entries else None


def holds(entries: Sequence[Entry], *, number: int, head: str) -> bool:
    """Tell whether entry `number` is there and has the hash `head`."""
    return 1 <= number <= len(entries) and entries[number - 1].hash == head


def _whole_lines(path: Path) -> list[bytes]:
    return path.read_bytes().split(b"\n")[:-1] if path.exists() else []


def _entry(line: bytes, *, number: int, previous: str) -> Entry | None:
    try:
        stored = json.loads(line)
        document = _document(stored["n"], stored["at"], stored["event"], stored["facts"], previous)
        sealed = document | {"hash": digest(document)}
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if stored["n"] != number or _line(sealed) != line:
        return None
    return Entry(number, stored["at"], stored["event"], stored["facts"], sealed["hash"])


def _document(number: int, at: str, event: str, facts: Mapping[str, Any], previous: str) -> dict[str, Any]:
    return {"n": number, "at": at, "event": event, "facts": dict(facts), "previous": previous}


def _line(document: Mapping[str, Any]) -> bytes:
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    ).encode()
