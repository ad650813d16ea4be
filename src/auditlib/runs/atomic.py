"""Writing so that an interruption at any instant leaves either the old file or the new one, whole.

A file is written beside its destination, flushed to the disk and renamed over it. A folder is built
elsewhere on the same file system and exchanged with the one it replaces in one step where the system
offers that (Linux, macOS); elsewhere in two renames, which `recover` can finish or undo.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_BLOCK = 1 << 20
_AT_FDCWD_LINUX, _RENAME_EXCHANGE = -100, 2
_AT_FDCWD_MACOS, _RENAME_SWAP = -2, 2


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path`: a temporary file beside it, flushed, then renamed over it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    flush_directory(path.parent)


def write_json(path: Path, document: Any) -> None:
    """Write `document` as canonical JSON: keys sorted, one form only, newline at the end."""
    write_bytes(path, canonical(document).encode())


def canonical(document: Any) -> str:
    """Return the one way this suite writes `document` as JSON."""
    return json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def digest(document: Any) -> str:
    """Return the SHA-256 of `document` as compact canonical JSON, in hexadecimal."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def hash_file(path: Path) -> tuple[str, int]:
    """Return SHA-256 (hexadecimal) and size in bytes of a file, read in blocks."""
    hasher, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            hasher.update(block)
            size += len(block)
    return hasher.hexdigest(), size


def copy_file(source: Path, target: Path) -> tuple[str, int]:
    """Copy `source` to the new file `target`, flushed; return SHA-256 and size of what was copied."""
    target.parent.mkdir(parents=True, exist_ok=True)
    hasher, size = hashlib.sha256(), 0
    with source.open("rb") as reading, target.open("wb") as writing:
        while block := reading.read(_BLOCK):
            writing.write(block)
            hasher.update(block)
            size += len(block)
        writing.flush()
        os.fsync(writing.fileno())
    return hasher.hexdigest(), size


def files_below(directory: Path) -> Iterator[tuple[str, Path]]:
    """Yield every file (and link) below `directory` as its relative POSIX path and its path, sorted."""
    found = (
        (path.relative_to(directory).as_posix(), path)
        for path in directory.rglob("*")
        if path.is_symlink() or not path.is_dir()
    )
    yield from sorted(found)


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


def replace_directory(built: Path, target: Path, *, aside: Path) -> None:
    """Put the folder `built` in the place of `target`; what stood there ends up at `aside`.

    Readers of `target` see the old folder whole or the new one whole. Only where the system cannot
    exchange two folders is there an instant without either; `recover` ends it.
    """
    if aside.exists():
        remove_directory(aside)
    if not target.exists():
        built.rename(target)
    elif _exchange(built, target):
        built.rename(aside)
    else:
        target.rename(aside)
        built.rename(target)
    flush_directory(target.parent)


def recover(target: Path, *, aside: Path) -> bool:
    """Bring back `target` from `aside` where an interruption fell between two renames."""
    if os.path.lexists(target) or not (aside / "manifest.json").is_file():
        return False
    aside.rename(target)
    flush_directory(target.parent)
    return True


def remove_directory(directory: Path) -> None:
    """Remove a folder; its manifest first, so that no half-removed folder says it is complete.

    Of a link, the link alone.
    """
    if directory.is_symlink():
        directory.unlink()
        return
    (directory / "manifest.json").unlink(missing_ok=True)
    shutil.rmtree(directory, ignore_errors=False)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system or file system cannot."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "linux":
            call, at = library.renameat2, _AT_FDCWD_LINUX
            flag = _RENAME_EXCHANGE
        elif sys.platform == "darwin":
            call, at = library.renameatx_np, _AT_FDCWD_MACOS
            flag = _RENAME_SWAP
        else:
            return False
    except (AttributeError, OSError, TypeError):  # an older C library, or none to load
        return False
    return bool(call(at, os.fsencode(one), at, os.fsencode(other), ctypes.c_uint(flag)) == 0)
