"""What is lost when a run is killed, the disk is full, or a bit is flipped: a table of counts.

First: a run is killed at moments spread over the time it takes: with its whole process group, alone, or by
the process that executes a notebook, or by a kernel. Second: it meets a disk with ever more room, from none
to enough for all, so that every phase meets it. Third: every bit of a sealed run, of its ledger, of its
signature and of its package is flipped, one at a time, and what was spoilt is verified: half a million
verifications, which take half an hour. Sizes are options; small ones take a minute.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PROJECTS = ROOT / "tests" / "reliability"
"""Where the project of a few lines is that is run here."""
VICTIMS = ("group", "parent", "worker", "kernel")
COMMANDS = {"worker": "auditlib.runs.worker", "kernel": "ipykernel_launcher"}
COMPLETED_EVERY = 5
"""After so many kills a run is left alone, and must complete."""
SPOILT = ("run", "ledger", "signature", "package")
"""Kinds of files whose bits are flipped."""
COMMAND_EVERY = 500
"""After so many flipped bits the real command is asked too, and must say and return the same."""
DISK, LEAST_ROOM, MOST_ROOM = 32 << 20, 1 << 12, 1 << 20
"""Bytes of the disk that is filled, and of the room it has left: from a page to more than a run takes."""


_TRACEBACK = 99


@dataclass(slots=True)
class Row:
    """One line of the table: what was done to a run, how often, and what was found wrong."""

    fault: str
    times: int = 0
    wrong: dict[str, int] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=dict)

    def took(self, *wrong: str, said: str) -> None:
        """Count one fault, what it led to, and what was wrong then."""
        self.times += 1
        self.said[said] = self.said.get(said, 0) + 1
        for one in wrong:
            self.wrong[one] = self.wrong.get(one, 0) + 1

    def __str__(self) -> str:
        counts = [
            ", ".join(f"{name} {n}" for name, n in sorted(kind.items())) for kind in (self.said, self.wrong)
        ]
        return f"{self.fault:<28} {self.times:>8,}  {counts[1] or 'nothing':<30} {counts[0]}"


def main(argv: list[str]) -> None:
    """Print the table; end with 1 where anything was lost, left behind or not noticed."""
    arguments = _arguments(argv)
    if arguments.perform:
        sys.exit(_perform(Path(arguments.perform)))
    print(f"{'fault':<28} {'times':>8}  {'wrong':<30} what happened", flush=True)
    bad = False
    with tempfile.TemporaryDirectory(prefix="faults-", dir=arguments.scratch) as scratch:
        for rows in (
            kills(Path(scratch, "kills"), arguments.kills, seed=arguments.seed),
            disks(Path(scratch, "disks"), arguments.disks),
            flips(Path(scratch, "flips"), arguments.bits, kinds=arguments.kinds),
        ):
            for row in rows:
                print(row, flush=True)
                bad |= bool(row.wrong)
    if bad:
        sys.exit(1)


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks faults")
    parser.add_argument("--kills", type=int, default=200, help="runs that are killed")
    parser.add_argument("--disks", type=int, default=40, help="amounts of room that a disk has left")
    parser.add_argument(
        "--bits", type=int, default=0, help="bits flipped of each kind of file; 0 for every one"
    )
    parser.add_argument("--kinds", nargs="+", choices=SPOILT, default=SPOILT, help="whose bits are flipped")
    parser.add_argument("--seed", type=int, default=20261129, help="of the moments of kills")
    parser.add_argument("--scratch", default=None, help="folder for the projects")
    parser.add_argument("--perform", help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def kills(root: Path, times: int, *, seed: int) -> Iterator[Row]:
    """Kill runs and yield a row for each kind of victim."""
    if not times or os.name == "nt":
        return
    tiny = _project(root)
    slow = import_module("tiny_project").notebook("01_one", "import time; time.sleep(1)")
    tiny.write_notebook("01_one", slow)
    began = time.monotonic()
    _finish(_start(root))
    longest = time.monotonic() - began
    moments = random.Random(seed)  # noqa: S311 - moments, no secrets
    rows = {victim: Row(f"killed: {victim}") for victim in VICTIMS}
    for number in range(times):
        before = tiny.files()
        tiny.write_run({"01_one": f"{{limit: {number % 9 + 1}}}"}, title=f"Run {number}")
        process = _start(root)
        rounds = times // len(VICTIMS) or 1
        victim = VICTIMS[number % len(VICTIMS)]
        # strata of the time a run takes, so that every phase is hit
        hit = _kill(process, victim, after=(number // len(VICTIMS) + moments.random()) * longest / rounds)
        said, traced = _finish(process)
        whole = tiny.files() == before or f'"Run {number}"' in (tiny.finished / "manifest.json").read_text()
        wrong = [
            *(["a run half there"] if _unsound(root) or not whole else []),
            *(["a traceback"] if traced else []),
            *(["processes left"] if not _gone(root) else []),
        ]
        if number % COMPLETED_EVERY == COMPLETED_EVERY - 1 or number == times - 1:
            done = _finish(_start(root))[0] == "done"
            whole = f'"Run {number}"' in (tiny.finished / "manifest.json").read_text()
            wrong += [] if done and whole and not _unsound(root) else ["not completed"]
            left = [*(root / "tmp").glob("auditlib-*"), *(root / "outputs/.work/tiny/running").glob("*")]
            wrong += ["files left"] if left else []
        rows[victim].took(*wrong, said=said if hit else "ended before")
    yield from rows.values()


def disks(root: Path, times: int) -> Iterator[Row]:
    """Let runs meet disks with ever more room, and yield a row; none where no disk can be made."""
    if not times:
        return
    root.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", str(root)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        print("full disks: not measured, for making a small one needs rights that are lacking here")
        return
    try:
        tiny = _project(root / "project")
        _finish(_start(tiny.root))
        row, filler = Row("disk full"), root / "filler"
        before = tiny.files()
        shutil.rmtree(root / "project/outputs/.evidence")
        for number in range(times):
            tiny.write_run({"01_one": ""}, title=f"Room {number}")
            (tiny.root / "data/tiny/units.csv").write_text(f"unit\nU{number}\n")
            free = os.statvfs(root).f_bavail * os.statvfs(root).f_frsize
            # closer together where room is scarce: most phases need little
            room = int(LEAST_ROOM * (MOST_ROOM / LEAST_ROOM) ** (number / max(1, times - 1)))
            filler.write_bytes(b"x" * (free - room))
            said, traced = _finish(_start(tiny.root))
            before = tiny.files() if said == "done" else before
            lost = tiny.files() != before or _unsound(tiny.root)
            row.took(*(["a traceback"] if traced else []), *(["a run half there"] if lost else []), said=said)
            filler.unlink()
        tiny.write_run({"01_one": ""}, title="Room again")
        if _finish(_start(tiny.root))[0] != "done":
            row.took("not completed", said="with room again")
        yield row
    finally:
        subprocess.run(["umount", "-l", str(root)], check=False)


def flips(root: Path, most: int, *, kinds: Sequence[str] = SPOILT) -> Iterator[Row]:
    """Flip bits of a sealed and signed run and of its package, verify, and yield a row for each kind."""
    tiny = _project(root)
    _finish(_start(root))
    key = root / "key"
    for words in (["keygen", str(key)], ["sign", str(tiny.finished), "--key", f"{key}.key"]):
        if _said(words)[0]:
            raise SystemExit(f"the run could not be signed: {_said(words)[1]}")
    package = root / "package"
    if _said(["release", str(tiny.finished), "--out", str(package)])[0]:
        raise SystemExit("the run could not be released")
    ledger, signature = root / "outputs/tiny.ledger.jsonl", tiny.finished / "manifest.dsse.json"
    sealed = [path for path in sorted(tiny.finished.rglob("*")) if path.is_file() and path != signature]
    handed = [path for path in sorted(package.rglob("*")) if path.is_file()]
    spoilt = {
        "run": (tiny.finished, sealed),
        "ledger": (tiny.finished, [ledger]),
        "signature": (tiny.finished, [signature]),
        "package": (package, handed),
    }
    for name in kinds:
        directory, files = spoilt[name]
        command = ["verify", str(directory), "--key", f"{key}.pub"]
        code, told = _said(command)
        if code:
            raise SystemExit(f"what is to be spoilt is not sound: {told}")
        row = Row(f"bit flipped: {name}")
        for number, (path, place, bit) in enumerate(_bits(files, most)):
            with _flipped(path, place, bit):
                code, told = _verified(directory, Path(f"{key}.pub"))
                same = number % COMMAND_EVERY or _said(command)[0] == code
            # of a signed hash of the ledger that was altered, the ledger is said to be another
            named = path.name in told or ledger.name in told
            wrong = [
                *(["not noticed"] if not code else ["a traceback"] if code == _TRACEBACK else []),
                *([] if named or not code else ["not named"]),
                *([] if same else ["said otherwise by the command"]),
            ]
            row.took(*wrong, said=f"exit {code}")
        yield row


def _verified(directory: Path, key: Path) -> tuple[int, str]:
    """Return what the command would return, and what is wrong, by the function it calls."""
    from auditlib.errors import AuditError
    from auditlib.seal.package import verify_handed

    try:
        verify_handed(directory, keys=(key,))
    except AuditError as error:
        return error.exit_code, " ".join(map(str, error.problems))
    except Exception as error:
        return _TRACEBACK, repr(error)
    return 0, ""


def _bits(files: Sequence[Path], most: int) -> Iterator[tuple[Path, int, int]]:
    """Yield file, place and bit: every one, or `most` evenly spread over all."""
    sizes = [path.stat().st_size for path in files]
    every = 8 * sum(sizes)
    for number in range(every) if not most or most >= every else range(0, every, -(-every // most)):
        place = number // 8
        for path, size in zip(files, sizes, strict=True):
            if place < size:
                yield path, place, number % 8
                break
            place -= size


@contextmanager
def _flipped(path: Path, place: int, bit: int) -> Iterator[None]:
    content = path.read_bytes()
    spoilt = bytearray(content)
    spoilt[place] ^= 1 << bit
    path.write_bytes(spoilt)
    try:
        yield
    finally:
        path.write_bytes(content)


@cache
def _command() -> Callable[[list[str]], int]:
    """Return the real command, its options read once: they take ten times as long as a small run."""
    from typer.main import get_command

    from auditlib import cli

    cli.app = get_command(cli.app)  # type: ignore[assignment]
    return cli.main


def _said(words: list[str]) -> tuple[int, str]:
    """Return exit code and words of a command; `_TRACEBACK` where it ended by one."""
    command, said = _command(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            return command(words), said.getvalue()
        except Exception as error:
            return _TRACEBACK, f"{said.getvalue()}{error!r}"


def _project(root: Path) -> Any:
    sys.path.insert(0, str(PROJECTS))
    (root / "tmp").mkdir(parents=True)
    return import_module("tiny_project").tiny_project(root, names=("01_one",))


def _perform(root: Path) -> int:
    """Perform the run of the project at `root` with its real intake; say why it ended and return its code."""
    sys.path.insert(0, str(PROJECTS))
    from dataclasses import replace

    from auditlib.errors import AuditError
    from auditlib.runs import Options, perform
    from auditlib.runs.steps import usual_steps

    tiny = import_module("tiny_project")
    steps = replace(tiny.STEPS, prepare=usual_steps().prepare)
    try:
        perform(tiny.Tiny(root).run_file, options=Options(timeout=120.0), steps=steps)
    except AuditError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def _start(root: Path) -> subprocess.Popen[str]:
    """Begin a run in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks", "faults", "--perform", str(root)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(root / "tmp")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _finish(process: subprocess.Popen[str]) -> tuple[str, bool]:
    """Wait for a run; return how it ended, and whether it showed a traceback."""
    words = process.communicate(timeout=600)[1]
    code = process.returncode
    return "done" if code == 0 else f"exit {code}" if code > 0 else "killed", "Traceback" in words


def _kill(process: subprocess.Popen[str], victim: str, *, after: float) -> bool:
    """Kill the run, or a process of its own, so many seconds after it began; False where it had ended."""
    end = time.monotonic() + (
        after if victim not in COMMANDS else 0.8 * after
    )  # they end before the run does
    while process.poll() is None and time.monotonic() < end:
        time.sleep(0.005)
    if victim not in COMMANDS:
        if process.poll() is not None:
            return False
        (os.killpg if victim == "group" else os.kill)(process.pid, signal.SIGKILL)
        return True
    while process.poll() is None and not _below(process.pid, COMMANDS[victim]):
        time.sleep(0.02)
    time.sleep(2 * (after % 1.0))  # it has come up this instant, and is to be hit at work too
    for child in _below(process.pid, COMMANDS[victim]):
        with contextlib.suppress(OSError):
            os.kill(child, signal.SIGKILL)
            return True
    return False


def _below(parent: int, command: str) -> list[int]:
    """Return the processes that descend from `parent` and hold `command` in their command line."""
    lines = [line.split(maxsplit=2) for line in _listed()]
    below, grown = {parent}, True
    while grown:
        more = {int(line[0]) for line in lines if int(line[1]) in below} - below
        grown, below = bool(more), below | more
    return [int(line[0]) for line in lines if int(line[0]) in below and command in line[-1]]


def _listed() -> list[str]:
    command = ["ps", "-eo", "pid=,ppid=,args="]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def _gone(root: Path) -> bool:
    """Wait until no process has the environment of a run in `root`; False where one still has it."""
    from auditlib.runs.guard import processes

    mark = f"TMPDIR={root / 'tmp'}".encode()
    return _within(10.0, lambda: not any(mark in environment for *_, environment in processes()))


def _within(seconds: float, condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _unsound(root: Path) -> bool:
    """Tell whether a folder says that it is a complete run, and is none."""
    return bool(import_module("dying_writer").unsound(root / "outputs"))
