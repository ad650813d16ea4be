"""Nothing outlives the run that started it: what carries its mark is ended, whoever was killed before.

Every process that executes a notebook carries a mark in its environment and hands it on to whatever it
starts, also into a session of its own. Run as a program this module is the guard of one run: it waits on its
standard input, which closes when the run ends or is killed, and ends all that carry the mark of the run.

It is started by its path and imports nothing but the standard library, so that it is there at once and
cannot be kept busy by what it guards.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

VARIABLE = "AUDITLIB_MARK"
_ROUNDS, _BETWEEN = 100, 0.02
_PARENT_DEATH, _SUBREAPER = 1, 36
"""Numbers of ``prctl``: the signal a process gets when its parent dies, and who inherits orphans."""


def end_marked(mark: str) -> None:
    """End every process whose mark begins with `mark`, and everything those started.

    They are looked for again until none is left: one that is ended may just have started another.
    """
    _end(mark, below=None)


def end_descendants() -> None:
    """End everything this process has started, and what that has."""
    _end("", below=os.getpid())


def tie_to_parent(parent: int) -> None:
    """End with the process `parent`, and inherit the orphans of what was started, where Linux offers it."""
    if sys.platform != "linux":
        return
    import ctypes

    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.prctl(_PARENT_DEATH, int(signal.SIGKILL), 0, 0, 0)
        library.prctl(_SUBREAPER, 1, 0, 0, 0)
    if os.getppid() != parent:  # it died before it could be asked for
        os._exit(3)


def _end(mark: str, *, below: int | None) -> None:
    for _ in range(_ROUNDS):
        survivors = _marked_or_below(mark, below)
        if not survivors:
            return
        for process in survivors:
            with suppress(OSError):
                os.kill(process, signal.SIGKILL)
        time.sleep(_BETWEEN)


def _marked_or_below(mark: str, below: int | None) -> set[int]:
    parents: dict[int, int] = {}
    marked = set() if below is None else {below}
    needle = f"{VARIABLE}={mark}".encode()
    for process, parent, environment in processes():
        parents[process] = parent
        if below is None and needle in environment:
            marked.add(process)
    while descendants := {process for process, parent in parents.items() if parent in marked} - marked:
        marked |= descendants
    return marked - {os.getpid()}


def processes() -> Iterator[tuple[int, int, bytes]]:
    """Yield every process that is alive, its parent and its environment, as far as they can be read."""
    if sys.platform == "linux":
        for entry in os.scandir("/proc"):
            if entry.name.isdecimal():
                with suppress(OSError):
                    state, parent = Path(entry.path, "stat").read_bytes().rpartition(b")")[2].split()[:2]
                    if state not in (b"Z", b"X"):
                        yield int(entry.name), int(parent), _environment(entry.path)
    elif os.name == "posix":
        yield from listed(_PS)


def _environment(process: str) -> bytes:
    with suppress(OSError):
        return Path(process, "environ").read_bytes()
    return b""


_PS = ("ps", "-axwwE", "-o", "pid=,ppid=,command=")
"""How macOS lists processes with their environment."""


def listed(command: tuple[str, ...]) -> Iterator[tuple[int, int, bytes]]:
    """Yield what a listing of processes says: id, parent, and the command with its environment."""
    listing = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    for line in listing.stdout.splitlines():
        process, parent, *words = line.split(maxsplit=2)
        yield int(process), int(parent), b" ".join(words)


def main(mark: str, folder: str) -> None:
    """Wait until the run is over, then end what carries its `mark` and remove its `folder` of sockets."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    sys.stdin.buffer.read()
    end_marked(mark)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
