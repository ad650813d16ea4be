"""Writing so that an interruption at any instant leaves either the old file or the new one, whole.

A file is written beside its destination, flushed to the disk and renamed over it.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from auditlib.files.hashing import BLOCK, canonical


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to; what was written there takes its place when all went well.

    The folder is made where there is none. Whatever goes wrong, nothing of the draft is left.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield draft
        flush(draft)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    flush_directory(path.parent)


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path`, whole or not at all."""
    with beside(path) as draft:
        draft.write_bytes(content)


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` as UTF-8 with its line ends as they are, whole or not at all."""
    write_bytes(path, text.encode())


def write_json(path: Path, document: Any) -> None:
    """Write `document` as canonical JSON: keys sorted, one form only, newline at the end."""
    write_text(path, canonical(document))


def copy_file(source: Path, target: Path) -> tuple[str, int]:
    """Copy `source` to the new file `target`, flushed; return SHA-256 and size of what was copied."""
    target.parent.mkdir(parents=True, exist_ok=True)
    hasher, size = hashlib.sha256(), 0
    with source.open("rb") as reading, target.open("wb") as writing:
        while block := reading.read(BLOCK):
            writing.write(block)
            hasher.update(block)
            size += len(block)
        writing.flush()
        os.fsync(writing.fileno())
    return hasher.hexdigest(), size


def flush(path: Path) -> None:
    """Wait until the content of a file has reached the disk."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def flush_directory(directory: Path) -> None:
    """Make renames inside `directory` survive a power cut, where the system lets a folder be flushed."""
    if os.name == "nt":
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as refused:  # some network file systems refuse; the rename itself is done
        if refused.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        os.close(handle)
