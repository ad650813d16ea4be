"""A folder takes the place of another in one step, whole, where the system offers that (Linux, macOS).

It is built elsewhere on the same file system and exchanged with the one it replaces; on other systems in two
renames, which `recover` can finish or undo.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

from auditlib.files.writing import flush_directory

_AT_FDCWD_LINUX, _RENAME_EXCHANGE = -100, 2
_AT_FDCWD_MACOS, _RENAME_SWAP = -2, 2
_MADE_BY_SYSTEMS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""Files that a system puts into every folder it shows."""


def files_below(directory: Path) -> Iterator[tuple[str, Path]]:
    """Yield every file (and link) below `directory` as its relative POSIX path and its path, sorted."""
    entries = (
        (path.relative_to(directory).as_posix(), path)
        for path in directory.rglob("*")
        if path.is_symlink() or not path.is_dir()
    )
    yield from sorted(entries)


def foreign(directory: Path, *, expected: Collection[str]) -> Iterator[str]:
    """Yield every file and link below `directory` that is not in `expected`."""
    for name, path in files_below(directory):
        if name not in expected and path.name not in _MADE_BY_SYSTEMS:
            yield name


def owner_only(directory: Path) -> None:
    """Let nobody but the owner read a folder and what lies in it, where the system knows owners."""
    for path in directory.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    directory.chmod(0o700)


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


def _exchange(first: Path, second: Path) -> bool:
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
    return bool(call(at, os.fsencode(first), at, os.fsencode(second), ctypes.c_uint(flag)) == 0)
