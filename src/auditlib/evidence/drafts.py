"""Folders that evidence is made in: they vanish whatever happens, and a full disk is said in words."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from auditlib.errors import AuditError, Problem


@contextmanager
def draft(store: Path, name: str) -> Iterator[Path]:
    """Give a folder of the owner alone for what is not complete yet, and remove it on leaving.

    What a killed process left behind under the same name is removed first; the drafts of living ones stay.
    """
    import duckdb

    store.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(store, name)
    folder = store / f".incomplete-{name}-{os.getpid()}"
    try:
        folder.mkdir(mode=0o700)  # its name changes when it is complete, its owner never
        yield folder
    except (OSError, MemoryError, duckdb.OperationalError, duckdb.FatalException) as error:
        raise AuditError(
            Problem(
                f"the evidence could not be written ({str(error).partition(chr(10))[0]}).",
                remedy="Make room on the disk and in memory and start again; earlier evidence is unharmed.",
            )
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def discard(final: Path) -> None:
    """Take away what stands under the name of complete evidence; of a link, the link alone.

    It loses its name first, so that whoever is killed here leaves nothing that looks complete.
    """
    away = final.with_name(f".incomplete-{final.name}-{os.getpid()}")
    if final.is_symlink() or not final.is_dir():
        final.unlink()
        return
    shutil.rmtree(away, ignore_errors=True)
    final.rename(away)
    shutil.rmtree(away, ignore_errors=True)


def _remove_abandoned(store: Path, name: str) -> None:
    for folder in store.glob(f".incomplete-{name}-*"):
        owner = folder.name.rsplit("-", 1)[-1]
        if not owner.isdecimal() or not _alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
