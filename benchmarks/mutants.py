"""Which faults in the law no test would notice: one at a time is put into a copy of the suite, and tested.

    python -m benchmarks mutants                     # all of them: some minutes
    python -m benchmarks mutants --only integrity    # those of a room, or one by its id
    python -m benchmarks mutants --list              # where each stands, and who should notice; runs nothing

The mutants are data, in `mutants.yaml` beside this module. Each says what would go wrong for an auditor, the
exact text that is changed and what it becomes, in which files of the house it stands (a glob below the
package, in which the text must occur exactly once: code may move within it), and the tests that should
notice: a module below `tests/`, or one test of it where the module takes long.

Those tests must pass on the untouched copy first. A mutant is *killed* where one of them then fails, and the
table names which; otherwise it *survives*. The run ends with 1 where one survives that is not listed under
``survives`` with a reason, or where one could not be tried: its text is gone, or stands twice.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
REGISTER = Path(__file__).with_suffix(".yaml")
COPIED = ("src", "tests", "params", "company", "pyproject.toml")
"""What tests need of the project."""
FIELDS = ("id", "room", "wrong", "files", "text", "becomes", "tests")
PRELOADED = (
    "pytest", "hypothesis", "numpy", "pandas", "pyarrow", "duckdb", "narwhals", "pydantic", "scipy.stats",
    "statsmodels.stats.proportion",
)  # fmt: skip
"""Libraries that are loaded once for all mutants, and take longer than most tests; nothing of the house."""
KILLED, SURVIVED, UNTRIED = "killed", "SURVIVED", "NOT TRIED"
_PASSED, _FAILED, _BROKEN = 0, 1, 2
"""What pytest ends with: every test passed, one failed, a module could not be imported."""
_BLAMED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)
_GUARD = """\
from importlib import import_module
from pathlib import Path

here = Path(__file__).resolve().parent
for folder in (here / "src").iterdir():
    if (folder / "__init__.py").is_file():
        place = Path(import_module(folder.name).__file__).resolve()
        assert place.is_relative_to(here), f"{place} is tested, and not the copy in {here}"
"""
"""Configuration of the copy's tests: they refuse to run on any other code."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault.

    Parameters
    ----------
    id, room
        Its name, and the room it is in.
    wrong
        What goes wrong for an auditor.
    files
        Where the text stands: a glob below the package.
    text, becomes
        What is changed, and into what.
    tests
        Modules that should notice, below ``tests/``.
    """

    id: str
    room: str
    wrong: str
    files: str
    text: str
    becomes: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """The mutants, and why some of them may survive, by id."""

    mutants: tuple[Mutant, ...]
    survives: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutant: by which test it was killed, or why it could not be tried."""

    mutant: Mutant
    state: str
    by: str = ""
    seconds: float = 0.0


class CannotTry(Exception):
    """A mutant, or the register, that does not fit the suite as it is."""


def read(path: Path = REGISTER) -> Register:
    """Return the register.

    Raises
    ------
    CannotTry
        Where an entry lacks a field or has one too many, or an id is there twice or unknown.
    """
    document = yaml.safe_load(path.read_text("utf-8"))
    for entry in document["mutants"]:
        if set(entry) != set(FIELDS):
            odd = ", ".join(sorted(set(entry) ^ set(FIELDS)))
            raise CannotTry(f"{entry.get('id', entry)}: an entry has {', '.join(FIELDS)}; see {odd}")
    mutants = tuple(Mutant(**{**entry, "tests": tuple(entry["tests"])}) for entry in document["mutants"])
    survives = document.get("survives") or {}
    twice = [name for name, times in Counter(mutant.id for mutant in mutants).items() if times > 1]
    unknown = sorted(set(survives) - {mutant.id for mutant in mutants})
    if twice or unknown:
        raise CannotTry(f"there twice: {twice}; said to survive and not there: {unknown}")
    return Register(mutants, survives)


def place_of(mutant: Mutant, root: Path) -> Path:
    """Return the file below `root` in which the text of `mutant` stands.

    Raises
    ------
    CannotTry
        Where it stands nowhere, or more than once, or a test module is not there.
    """
    package = next(path.parent for path in sorted((root / "src").glob("*/__init__.py")))
    counts = {path: path.read_text("utf-8").count(mutant.text) for path in sorted(package.glob(mutant.files))}
    holding = {path: count for path, count in counts.items() if count}
    if sum(holding.values()) != 1:
        where = ", ".join(path.relative_to(package).as_posix() for path in holding) or mutant.files
        times = f"{sum(holding.values())} times" if holding else "not there"
        raise CannotTry(f"{mutant.id}: its text is {times} in {where}: {mutant.text!r}")
    absent = [name for name in mutant.tests if not (root / "tests" / name.partition("::")[0]).is_file()]
    if absent or not mutant.tests:
        raise CannotTry(f"{mutant.id}: no such test module: {', '.join(absent) or 'none is named'}")
    return next(iter(holding)).relative_to(root)


_SERVER = multiprocessing.get_context("forkserver")


def _run_tests(folder: Path, modules: Sequence[str], said: Path) -> None:
    """Run test modules on the copy in `folder`, in a process of their own; end with pytest's status."""
    import pytest

    with said.open("w", encoding="utf-8") as stream:
        for descriptor in (1, 2):
            os.dup2(stream.fileno(), descriptor)
        os.chdir(folder)
        sys.dont_write_bytecode = True
        sys.path[:0] = [str(folder / "src")]
        # Programs that a test starts read the copy too.
        os.environ |= {
            "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        }  # fmt: skip
        options = ["-x", "-q", "-ra", "-o", "addopts=", "-p", "no:cacheprovider"]
        status = pytest.main([*options, *(f"tests/{name}" for name in modules)])
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(int(status))


class Copy:
    """A copy of the project in which one mutant at a time lives.

    Parameters
    ----------
    project
        What is copied: the project, or a copy made before.
    folder
        Where to; it must not exist.
    """

    def __init__(self, project: Path, folder: Path) -> None:
        self.folder = folder
        for name in COPIED:
            source = project / name
            if source.is_dir():
                left_out = () if (project / "conftest.py").exists() else ("__pycache__",)
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns(*left_out))
            elif source.is_file():
                shutil.copy2(source, folder / name)
        (folder / "conftest.py").write_text(_GUARD, "utf-8")

    def compile(self) -> None:
        """Compile the untouched sources: what is compiled is used as long as the source has its hash.

        A time stamp would not do: within a second, a mutant of the same length would go unnoticed.
        """
        command = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "src"]
        subprocess.run(command, cwd=self.folder, check=True)

    @contextmanager
    def mutated(self, mutant: Mutant, place: Path) -> Iterator[None]:
        """Hold the mutant in the copy, and take it out again."""
        path = self.folder / place
        sound = path.read_text("utf-8")
        path.write_text(sound.replace(mutant.text, mutant.becomes), "utf-8")
        try:
            yield
        finally:
            path.write_text(sound, "utf-8")

    def tested(self, modules: Sequence[str], *, seconds: float) -> tuple[int | None, str]:
        """Run test modules up to the first failure; return pytest's status and output, None out of time."""
        said = self.folder / "said.txt"
        process = _SERVER.Process(target=_run_tests, args=(self.folder, tuple(modules), said))
        process.start()
        process.join(seconds)
        if process.is_alive():
            process.kill()
            process.join()
            return None, ""
        return process.exitcode, said.read_text("utf-8", "replace")

    def passes(self, modules: Sequence[str], *, seconds: float) -> str:
        """Return what fails without any mutant; empty where nothing does."""
        status, output = self.tested(modules, seconds=seconds)
        if status == _PASSED:
            return ""
        return "\n".join(["without any mutant, tests fail or take too long:", *output.splitlines()[-30:]])

    def tries(self, mutant: Mutant, place: Path, *, seconds: float) -> Outcome:
        """Return what becomes of `mutant` in the tests that should notice it."""
        began = time.perf_counter()
        with self.mutated(mutant, place):
            status, output = self.tested(mutant.tests, seconds=seconds)
        took = time.perf_counter() - began
        if status is None:
            return Outcome(mutant, KILLED, "time: the tests did not end", took)
        if status == _PASSED:
            return Outcome(mutant, SURVIVED, seconds=took)
        blamed = _BLAMED.search(output)
        if status in (_FAILED, _BROKEN) and blamed:
            return Outcome(mutant, KILLED, blamed[1].removeprefix("tests/"), took)
        return Outcome(mutant, UNTRIED, " ".join(output.split()[-40:]), took)


def try_all(
    mutants: Sequence[Mutant], root: Path = ROOT, *, jobs: int = 1, seconds: float = 600.0
) -> tuple[Outcome, ...]:
    """Try every mutant in copies of the project, so many at a time; return what became of each, in order.

    Raises
    ------
    CannotTry
        Where the tests fail without any mutant.
    """
    _SERVER.set_forkserver_preload(list(PRELOADED))
    placed, outcomes = _placed(mutants, root)
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch, ThreadPoolExecutor(jobs) as pool:
        copies = _copies(root, Path(scratch), min(jobs, max(1, len(placed))))
        modules = list(dict.fromkeys(name for mutant in placed for name in mutant.tests))
        limit = seconds * max(1, len(modules))
        shares = [modules[turn :: len(copies)] for turn in range(len(copies))]
        checks = [
            pool.submit(copy.passes, share, seconds=limit)
            for copy, share in zip(copies, shares, strict=True)
            if share
        ]
        failing = "\n".join(filter(None, (check.result() for check in checks)))
        if failing:
            raise CannotTry(failing)
        idle: queue.SimpleQueue[Copy] = queue.SimpleQueue()
        for copy in copies:
            idle.put(copy)
        waiting = [pool.submit(_tried, idle, mutant, place, seconds) for mutant, place in placed.items()]
        for number, future in enumerate(as_completed(waiting), start=1):
            outcome = future.result()
            outcomes[outcome.mutant] = outcome
            print(f"{number:>4}/{len(waiting)} {_line(outcome)}", file=sys.stderr, flush=True)
    return tuple(outcomes[mutant] for mutant in mutants)


def _placed(mutants: Sequence[Mutant], root: Path) -> tuple[dict[Mutant, Path], dict[Mutant, Outcome]]:
    """Return where mutants stand, and the outcome of those that stand nowhere."""
    placed: dict[Mutant, Path] = {}
    outcomes: dict[Mutant, Outcome] = {}
    for mutant in mutants:
        try:
            placed[mutant] = place_of(mutant, root)
        except CannotTry as problem:
            outcomes[mutant] = Outcome(mutant, UNTRIED, str(problem))
    return placed, outcomes


def _copies(root: Path, scratch: Path, count: int) -> list[Copy]:
    first = Copy(root, scratch / "copy0")
    first.compile()
    return [first, *(Copy(first.folder, scratch / f"copy{number}") for number in range(1, count))]


def _tried(idle: queue.SimpleQueue[Copy], mutant: Mutant, place: Path, seconds: float) -> Outcome:
    copy = idle.get()
    try:
        return copy.tries(mutant, place, seconds=seconds)
    finally:
        idle.put(copy)


def _line(outcome: Outcome) -> str:
    mutant = outcome.mutant
    by = f"killed by {outcome.by}" if outcome.state == KILLED else f"{outcome.state} {outcome.by}".rstrip()
    return f"{mutant.room:<14} {mutant.id:<36} {outcome.seconds:>4.0f} s  {by}"


def unexcused(outcomes: Sequence[Outcome], survives: Mapping[str, str]) -> tuple[Outcome, ...]:
    """Return the outcomes for which the run must fail: survivors without a reason, and what was not tried."""
    return tuple(
        outcome
        for outcome in outcomes
        if outcome.state == UNTRIED or (outcome.state == SURVIVED and outcome.mutant.id not in survives)
    )


def report(outcomes: Sequence[Outcome], survives: Mapping[str, str]) -> str:
    """Return the table of what became of each mutant, and the figures."""
    lines = [_line(outcome) for outcome in outcomes]
    for outcome in outcomes:
        name = outcome.mutant.id
        if outcome.state == SURVIVED:
            lines += ["", f"SURVIVED: {name}: {' '.join(outcome.mutant.wrong.split())}"]
            lines += [f"  may survive: {survives[name]}"] if name in survives else []
        elif outcome.state == KILLED and name in survives:
            lines += ["", f"{name} is said to survive and does not: take it out of `survives`"]
    states = Counter(outcome.state for outcome in outcomes)
    rooms = len({outcome.mutant.room for outcome in outcomes})
    excused = sum(outcome.mutant.id in survives for outcome in outcomes if outcome.state == SURVIVED)
    figures = (
        f"mutants: {len(outcomes)}, in {rooms} rooms; {KILLED}: {states[KILLED]}, {SURVIVED}: "
        f"{states[SURVIVED]} ({excused} with a reason), {UNTRIED}: {states[UNTRIED]}"
    )
    return "\n".join([*lines, "", figures])


def _chosen(register: Register, names: Sequence[str]) -> list[Mutant]:
    known = {name for mutant in register.mutants for name in (mutant.room, mutant.id)}
    unknown = sorted(set(names) - known)
    if unknown:
        rooms = ", ".join(sorted({mutant.room for mutant in register.mutants}))
        raise CannotTry(f"no room and no mutant {', '.join(unknown)}; rooms: {rooms}")
    return [mutant for mutant in register.mutants if not names or {mutant.room, mutant.id} & set(names)]


def _print_places(mutants: Sequence[Mutant], root: Path) -> None:
    for mutant in mutants:
        try:
            place = place_of(mutant, root).as_posix()
        except CannotTry as problem:
            place = f"{UNTRIED}: {problem}"
        print(f"{mutant.room:<14} {mutant.id:<36} {place}\n{'':<15}{' '.join(mutant.wrong.split())}")
        print(f"{'':<15}should be noticed by {', '.join(mutant.tests)}")


def main(argv: list[str]) -> None:
    """Print what became of each mutant; end with 1 where one survives without a reason, or was not tried."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks mutants")
    parser.add_argument("--only", action="append", default=[], help="room, or id of a mutant; all if none")
    parser.add_argument("--list", action="store_true", help="print where each stands, and run nothing")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--timeout", type=float, default=600.0, help="seconds for the tests of a mutant")
    arguments = parser.parse_args(argv)
    try:
        register = read()
        mutants = _chosen(register, arguments.only)
        if arguments.list:
            _print_places(mutants, ROOT)
            return
        outcomes = try_all(mutants, jobs=arguments.jobs, seconds=arguments.timeout)
    except CannotTry as problem:
        print(problem)
        sys.exit(1)
    print(report(outcomes, register.survives))
    if unexcused(outcomes, register.survives):
        sys.exit(1)
