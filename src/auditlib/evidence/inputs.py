"""What evidence is made from: files as they were when they were hashed, and copies of what databases held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditlib.errors import DataError, Problem
from auditlib.evidence.databases.extracts import Extract
from auditlib.files import hash_file


@dataclass(frozen=True, slots=True)
class SourceInput:
    """A client's file as it was when it was hashed, or the copy of what a database held."""

    path: Path
    sha256: str
    size: int
    changed_at: int = 0
    extract: Extract | None = None


def input_of(path: Path) -> SourceInput:
    """Hash a file; its size and time are taken before, so that a later change is noticed."""
    state = path.stat()
    return SourceInput(path, hash_file(path)[0], state.st_size, state.st_mtime_ns)


def copied_input(extract: Extract) -> SourceInput:
    """Return the copy of what a database held as an input: hash and size are those of the rows."""
    return SourceInput(extract.path, extract.sha256, extract.size, extract=extract)


def check_unchanged(inputs: Mapping[int, SourceInput], names: Sequence[str]) -> None:
    """Refuse files that changed while they were read.

    Raises
    ------
    DataError
        Naming the first of them.
    """
    for number, source in inputs.items():
        if source.extract is not None:
            continue
        now = source.path.stat()
        if (now.st_mtime_ns, now.st_size) != (source.changed_at, source.size):
            raise DataError(
                Problem("the file changed while it was read.", file=names[number], remedy="Start again.")
            )


def unsteady(inputs: Mapping[int, SourceInput]) -> tuple[str, ...]:
    """Return a note where a table of a database keeps no snapshots."""
    note = "A table of the database keeps no snapshots: what was written meanwhile may or may not be in it."
    steady = all(source.extract is None or source.extract.steady for source in inputs.values())
    return () if steady else (note,)
