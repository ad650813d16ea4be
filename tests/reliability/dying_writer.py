"""Puts the same run together again and again, each time dying at the next thing it does to the disk.

Run as a program, it prints one line per death: at which operation, which run was found in place
afterwards (``old``, ``new`` or ``none``), and whether everything that says done is.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from tiny_project import Tiny, hashes, tiny_project

from auditlib.errors import AuditError, Problem
from auditlib.files import folders
from auditlib.seal import verify
from auditlib.seal.envelope import SIGNATURE
from auditlib.seal.manifest import NAME, read_manifest
from auditlib.seal.verifying import differing

_CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "ctypes.dlsym")
_WRITING = os.O_WRONLY | os.O_RDWR


def die_at(operation: int, outputs: Path) -> None:
    """End this process, without any clean-up, at its `operation`-th change below `outputs`."""
    left = operation

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING
        if event in _CHANGES or (writes and str(arguments[0]).startswith(str(outputs))):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def unsound(outputs: Path) -> list[str]:
    """Return every folder whose manifest says done over something that is not."""
    found = []
    for manifest in outputs.rglob("manifest.json"):
        try:
            if manifest.parent.parent == outputs:
                verify(manifest.parent)
            elif problems := [*_altered(manifest.parent)]:  # no ledger lies beside a hidden folder
                found.append(f"{manifest.parent}: {problems[0]}")
        except AuditError as error:
            found.append(f"{manifest.parent}: {error}")
    return found


def _altered(folder: Path) -> Iterator[Problem]:
    yield from differing(folder, read_manifest(folder).files, unsealed=(NAME, SIGNATURE))


def old_run_new_results(root: Path) -> Tiny:
    """Return a project whose sealed run is of one run file and whose kept results are of another."""
    tiny = tiny_project(root, names=("01_one",))
    tiny.perform()
    tiny.finished.rename(root / "old")
    tiny.write_run({"01_one": ""}, title="Another title")
    tiny.perform()
    shutil.rmtree(tiny.finished)
    (root / "old").rename(tiny.finished)
    return tiny


def main(root: Path, *, exchange: bool) -> None:
    """Die at every operation in turn, until one run completes."""
    tiny = old_run_new_results(root)
    outputs, before = root / "outputs", root / "before"
    outputs.rename(before)
    old = hashes(before / "tiny")
    if not exchange:
        folders._exchange = lambda _one, _other: False
    for operation in range(1, 1000):
        shutil.rmtree(outputs, ignore_errors=True)
        shutil.copytree(before, outputs)
        child = os.fork()
        if child == 0:
            die_at(operation, outputs)
            tiny.perform()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        problems = unsound(outputs)
        now = hashes(tiny.finished) if (tiny.finished / "manifest.json").is_file() else {}
        state = "old" if now == old else "new" if now else "none"
        outcome = tiny.perform()
        problems += unsound(outputs)
        if outcome.executed or not (tiny.finished / "manifest.json").is_file():
            problems.append(f"the next run did not complete from what was kept: {outcome}")
        sys.stdout.write(f"{operation} {state} {problems or 'sound'}\n")
        if status == 0:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), exchange=sys.argv[2] == "exchange")
