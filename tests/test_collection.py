"""The same tests are collected everywhere and always; two workers that disagree run none of them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NONE_COLLECTED = 5
"""What pytest answers where there was nothing to run."""


def collected(*words: str, seed: int = 0) -> list[str]:
    """Return the ids of all tests as another process sees them."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, NONE_COLLECTED), done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if "::" in line]


def test_two_processes_collect_the_same_tests_at_different_times(request: pytest.FixtureRequest) -> None:
    first = collected("tests", seed=1)
    assert first == (_of_this_process(request) or collected_later())
    assert len(first) > 2000
    assert len(set(first)) == len(first)


def _of_this_process(request: pytest.FixtureRequest) -> list[str]:
    """Return what this process collected a while ago; nothing where it was not asked for everything."""
    config = request.config
    narrowed = [name for name in ("keyword", "markexpr", "lf", "failedfirst") if config.getoption(name)]
    whole = set(config.args) in ({"tests"}, {str(ROOT / "tests")}) and not narrowed
    return [item.nodeid for item in request.session.items] if whole else []


def collected_later() -> list[str]:
    time.sleep(1.1)  # what a second changes, such as the clock in a compressed file, has changed
    return collected("tests", seed=2)


def test_stored_notebooks_are_compared_where_that_is_asked_and_only_there() -> None:
    asked = {line.split("::")[0] for line in collected("--nbval", "notebooks")}
    assert asked == {path.relative_to(ROOT).as_posix() for path in (ROOT / "notebooks").rglob("*.ipynb")}
    assert collected("notebooks") == []


def test_every_promise_of_the_threat_model_names_tests_that_are_collected() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    promises = text.split("## What is promised")[1].split("## What is not promised")[0].split("\n\n")[1:]
    named = {
        promise: re.findall(r"`(tests/[\w/]+\.py::\w+)`", promise) for promise in promises if promise.strip()
    }
    assert len(named) > 10
    assert [promise for promise, tests in named.items() if not tests] == []
    tests = sorted({test for tests in named.values() for test in tests})
    found = {line.split("[")[0] for line in collected(*tests)}
    assert set(tests) <= found
