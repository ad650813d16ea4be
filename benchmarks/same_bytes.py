"""Whether a machine's load changes a byte: an audit alone, and again under ``nice`` beside busy loops.

With ``--postgres``: whether it changes one that the demo company's files stand in a database.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUN_FILE = "params/runs/demo.yaml"
CLOCKS = ("manifest.json", ".ledger.jsonl", ".lock")
"""Ends of names of files that say when something was done; every other file must repeat."""
SAYS_WHERE = (
    "evidence/evidence.json", "evidence/quarantine.parquet", "manifest.json", "parameters/demo.yaml",
    "notebooks/01_intake.ipynb", "notebooks/05_escalation.ipynb", "report.", "workpapers.xlsx",
)  # fmt: skip
"""Files that show sources, hashes, or lines on a page; all numbers stand in files that must repeat."""
BUSY = "import os; parent = os.getppid()\nwhile os.getppid() == parent: pass"
"""Computes for nothing until whoever started it is gone."""


def main(argv: list[str]) -> None:
    """Print how many files an audit has and which of them differ; end with 1 where one does."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks same_bytes")
    parser.add_argument("--run", default=RUN_FILE, help="run file")
    parser.add_argument("--only", action="append", default=[], help="notebook; all where none is named")
    parser.add_argument("--loops", type=int, default=os.cpu_count() or 1, help="busy loops beside it")
    parser.add_argument("--postgres", action="store_true", help="the demo company as files and as tables")
    arguments = parser.parse_args(argv)
    if arguments.postgres:
        _files_and_tables()
        return
    with tempfile.TemporaryDirectory(prefix="same-bytes-") as scratch:
        alone, beside = Path(scratch, "alone"), Path(scratch, "beside")
        quiet = _audit(arguments.run, alone, only=arguments.only)
        with busy(arguments.loops):
            loaded = _audit(arguments.run, beside, only=arguments.only, nice=True)
        different = differences(hashes(alone), hashes(beside))
        print(f"\n{arguments.run}: {len(hashes(alone))} files; alone {quiet:.0f} s, under nice beside "
              f"{arguments.loops} busy loops {loaded:.0f} s")  # fmt: skip
    print("\n".join(f"differs: {name}" for name in different) or "every file has the same bytes")
    if different:
        sys.exit(1)


def _files_and_tables() -> None:
    """Audit the demo company as files and as tables; end with 1 where more differs than where rows stand."""
    sys.path.insert(0, str(ROOT / "tests" / "unit"))
    demo, servers = import_module("demo_in_postgres"), import_module("database_servers")
    with tempfile.TemporaryDirectory(prefix="same-bytes-") as scratch, servers.postgres() as server:
        os.environ[demo.VARIABLE] = server.address()
        project = Path(scratch, "project")
        for folder in ("params", "notebooks"):
            shutil.copytree(ROOT / folder, project / folder)
        company = demo.moved(server, demo.demo_run(), Path(scratch, "files"))
        run_file = demo.written(company.run, project / "params" / "runs")
        folders = []
        for name, file in (("files", RUN_FILE), ("tables", str(run_file))):
            _audit(file, Path(scratch, "as " + name), only=(), data=company.files)
            folders.append(next(Path(scratch, "as " + name).glob("*/manifest.json")).parent)
        parted: list[str] = demo.parted(*reversed(folders), company.lines)
        print(f"\n{len(hashes(folders[0]))} files; of those that differ, these say where rows stand:")
        print("\n".join(name for name in parted if name.startswith(SAYS_WHERE)))
    different = [name for name in parted if not name.startswith(SAYS_WHERE)]
    print("\n".join(f"differs: {name}" for name in different) or "every other file has the same bytes")
    if different:
        sys.exit(1)


@contextmanager
def busy(count: int) -> Iterator[None]:
    """Keep `count` processes computing for nothing."""
    loops = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def hashes(folder: Path) -> dict[str, str]:
    """Return the hash of every file below `folder` that says nothing of the time."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.endswith(CLOCKS))
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def differences(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Return the names of files that differ, or that only one of both has."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def _audit(
    run_file: str, out: Path, *, only: Sequence[str], nice: bool = False, data: Path | None = None
) -> float:
    """Perform the audit in its own folder of outputs; return the seconds it took."""
    chosen = [word for name in only for word in ("--only", name)] + (["--data", str(data)] if data else [])
    command = "import sys; from auditlib.cli import main; sys.exit(main())"
    words = [sys.executable, "-c", command, "run", run_file, "--out", str(out), "--timeout", "7200", *chosen]
    began = time.perf_counter()
    subprocess.run((["nice", "-n", "19"] if nice else []) + words, cwd=ROOT, check=True)
    return time.perf_counter() - began
