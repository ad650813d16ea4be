"""How much of the law its tests reach: statements and branches of four rooms, in per cent.

    python -m benchmarks branches

Runs `tests/spec`, `tests/unit` and the examples of docstrings under coverage (a quarter of an hour and more),
prints a line for each room and each branch that no test takes, and ends with 1 where there is one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
ROOMS = ("obligations", "standards", "statements", "time")
"""Rooms that hold the law, and the words it is told in."""
TESTS = ("tests/spec", "tests/unit", "tests/test_examples.py")
Files = Mapping[str, Mapping[str, Any]]


def measured(tests: tuple[str, ...] = TESTS) -> Files:
    """Return what coverage says of each file of the rooms when `tests` are run.

    Raises
    ------
    subprocess.CalledProcessError
        Where a test fails: what it would have reached is not known.
    """
    sources = ",".join(f"auditlib.{room}" for room in ROOMS)
    with tempfile.TemporaryDirectory(prefix="branches-") as folder:
        data, report = f"--data-file={folder}/data", Path(folder) / "report.json"
        coverage = [sys.executable, "-m", "coverage"]
        run = [*coverage, "run", data, "--branch", f"--source={sources}", "-m", "pytest", "-q", *tests]
        subprocess.run(run, cwd=ROOT, check=True)
        subprocess.run([*coverage, "json", data, "-q", "-o", str(report)], cwd=ROOT, check=True)
        files: Files = json.loads(report.read_text("utf-8"))["files"]
    return files


def table(files: Files) -> Iterator[str]:
    """Yield a line for each room: its statements, its branches, and how many of each tests reach."""
    yield f"{'room':<14}{'statements':>12}{'reached':>9}{'branches':>10}{'reached':>9}"
    for room in ROOMS:
        sums: Counter[str] = Counter()
        for path, of in files.items():
            if room in Path(path).parts:
                sums.update({key: value for key, value in of["summary"].items() if isinstance(value, int)})
        reached = [_percent(sums["covered_lines"], sums["num_statements"])]
        reached += [_percent(sums["covered_branches"], sums["num_branches"])]
        statements, branches = sums["num_statements"], sums["num_branches"]
        yield f"{room:<14}{statements:>12,}{reached[0]:>9}{branches:>10,}{reached[1]:>9}"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / max(1, whole):.1f}%"


def untaken(files: Files) -> tuple[str, ...]:
    """Return each statement and branch that no test reaches, as its file and line."""
    lines = [f"{path}:{line}" for path, of in files.items() for line in of["missing_lines"]]
    ways = [f"{path}:{start} to {end}" for path, of in files.items() for start, end in of["missing_branches"]]
    return (*lines, *ways)


def main(_argv: list[str]) -> None:
    """Print the figures of each room and what no test reaches; end with 1 where there is any."""
    files = measured()
    print("\n".join(table(files)))
    missing = untaken(files)
    if missing:
        print("\n".join(("no test reaches", *missing)))
        sys.exit(1)
