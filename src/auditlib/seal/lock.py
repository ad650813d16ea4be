"""One writer per audit: the second is told who the first is; a dead writer's lock is free at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from auditlib.errors import Busy, Problem

_HELD_AT = 1 << 30  # the byte that is locked lies behind the text, so that the text stays readable


@contextmanager
def only_writer(path: Path, *, audit: str) -> Iterator[None]:
    """Hold the lock file `path` while the block runs.

    The operating system ties the lock to the process, so a killed writer leaves no lock behind. The
    file names its last holder and is never removed: removing it would let two writers hold two files.

    Raises
    ------
    Busy
        If another process holds it; the message names that process.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as stream:
        if not _acquire(stream):
            raise Busy(_occupied(path, audit))
        stream.truncate(0)
        stream.write(f"{os.getpid()}\n")
        stream.flush()
        try:
            yield
        finally:
            _release(stream)


def _occupied(path: Path, audit: str) -> Problem:
    holder = ""
    with suppress(OSError):
        holder = path.read_text(encoding="utf-8").strip()
    writer = f"process {holder}" if holder else "another process"
    return Problem(
        f"The audit '{audit}' is being written by {writer}.",
        remedy="Wait until it has ended, or stop it; then run again.",
    )


if sys.platform == "win32":
    import msvcrt

    def _acquire(stream: IO[str]) -> bool:
        stream.seek(_HELD_AT)
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        stream.seek(0)
        return True

    def _release(stream: IO[str]) -> None:
        stream.seek(_HELD_AT)
        msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _acquire(stream: IO[str]) -> bool:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(stream: IO[str]) -> None:
        fcntl.flock(stream, fcntl.LOCK_UN)
