"""What lies in a folder, looked at without following a single link."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path, PurePosixPath

from auditlib.errors import Problem, VerificationFailed


class EntryKind(StrEnum):
    """What stands at a place, in words that complete "is ..."."""

    FILE = "a file"
    FOLDER = "a folder"
    CLOSED = "a folder that cannot be read"
    LINK = "a link, and links are not followed"
    OTHER = "neither a file nor a folder"


def kind_of(path: Path) -> EntryKind | None:
    """Return what stands at `path` itself; None where there is nothing."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    for test, kind in (
        (stat.S_ISREG, EntryKind.FILE),
        (stat.S_ISDIR, EntryKind.FOLDER),
        (stat.S_ISLNK, EntryKind.LINK),
    ):
        if test(mode):
            return kind
    return EntryKind.OTHER


def inside(directory: Path) -> dict[str, EntryKind]:
    """Return everything below `directory`, folders too, by its relative POSIX path."""
    return dict(_below(directory, ""))


def _below(directory: Path, before: str) -> Iterator[tuple[str, EntryKind]]:
    for path in sorted(directory.iterdir()):
        kind, name = kind_of(path), f"{before}{path.name}"
        if kind is EntryKind.FOLDER and not os.access(path, os.R_OK | os.X_OK):
            kind = EntryKind.CLOSED
        if kind is not None:
            yield name, kind
        if kind is EntryKind.FOLDER:
            yield from _below(path, f"{name}/")


def folders_of(name: str) -> tuple[str, ...]:
    """Return the folders that lead to the relative path `name`."""
    return tuple(parent.as_posix() for parent in PurePosixPath(name).parents)[:-1]


def leads_outside(name: str) -> bool:
    """Tell whether `name` is no plain relative path: absolute, with ``..``, or of another system's form."""
    parts = name.split("/")
    return any(part in ("", ".", "..") or set(part) & set("\\:\0") for part in parts)


def read_plain(path: Path) -> bytes:
    """Return the content of a plain file.

    Raises
    ------
    VerificationFailed
        Where something else stands there, or it cannot be read.
    FileNotFoundError
        Where nothing does.
    """
    kind = kind_of(path)
    if kind not in (EntryKind.FILE, None):
        raise VerificationFailed(Problem(f"is {kind}.", path.name, remedy="Restore it from a copy."))
    try:
        return path.read_bytes()
    except PermissionError as error:
        raise VerificationFailed(Problem(f"cannot be read: {error.strerror}.", path.name)) from None
