"""Output within bounds, time limits that hold from outside, and nothing that outlives its run."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbclient.client import _RGX_CARRIAGERETURN
from test_runs_interrupted import processes_of, start, wait_until
from tiny_project import Tiny, notebook, tiny_project

from auditlib.errors import NotebookFailed
from auditlib.runs import bounded, execute, guard
from auditlib.runs.normalise import normalised

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and /proc are POSIX")


def tiny_with(root: Path, *body: str) -> Tiny:
    tiny = tiny_project(root, names=("01_one",))
    tiny.write_notebook("01_one", notebook("01_one", *body))
    return tiny


def outputs(tiny: Tiny, cell: int) -> list[dict[str, Any]]:
    document = json.loads((tiny.finished / "notebooks/01_one.ipynb").read_text())
    found: list[dict[str, Any]] = document["cells"][cell]["outputs"]
    return found


def code(*outputs_: dict[str, Any]) -> dict[str, Any]:
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "", "execution_count": 1}
    return {"cells": [{**cell, "outputs": list(outputs_)}]}


def keep_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whatever executes a notebook compute for minutes, deaf to signals of Python, when a cell prints."""
    (tmp_path / "busy").mkdir()
    (tmp_path / "busy/sitecustomize.py").write_text(
        "import sys\n"
        "if 'auditlib.runs.worker' in sys.orig_argv:\n"
        "    from auditlib.runs import bounded\n"
        "    import re\n"
        "    bounded.BoundedClient._fitting = lambda *_: re.sub('.*b', '', 'a' * 3_000_000)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "busy"))


def test_long_lines_take_no_time_and_what_is_too_long_is_cut(tmp_path: Path) -> None:
    tiny = tiny_with(
        tmp_path,
        "print('x' * 1_000_000)",
        "import sys; print('y' * 1_000_001); print('more'); print('z' * 999_990, file=sys.stderr)",
        "'v' * 20_000_001",
    )
    tiny.perform(timeout=5.0)
    whole, cut, shown = (outputs(tiny, cell) for cell in (4, 5, 6))
    assert ["".join(one["text"]) for one in whole] == [
        "x" * 1_000_000 + bounded.left_out(1_000_000, "printed")
    ]
    assert "".join(cut[0]["text"]) == "y" * 1_000_000 + bounded.left_out(1_000_000, "printed")
    assert "".join(cut[1]["text"]) == "z" * 999_990 + "\n"
    assert "".join(shown[0]["data"]["text/plain"]) == bounded.left_out(20_000_000, "shown")


def test_a_cell_that_prints_for_ever_is_ended_by_its_limit(tmp_path: Path) -> None:
    tiny = tiny_with(tmp_path, "while True: print('x' * 10_000)")
    began = time.monotonic()
    with pytest.raises(NotebookFailed, match=r"longer than the seconds allowed: 1\.5"):
        tiny.perform(timeout=1.5)
    assert time.monotonic() - began < 120
    assert (tmp_path / "outputs/tiny.failed/01_one.ipynb").stat().st_size < 10_000_000


def test_a_busy_executor_is_ended_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever keeps the time may itself be kept busy, as by a slow regular expression."""
    keep_busy(tmp_path, monkeypatch)
    monkeypatch.setattr(execute, "_BEYOND", 1.0)
    tiny = tiny_with(tmp_path, "print('x')")
    began = time.monotonic()
    with pytest.raises(NotebookFailed, match=r"in cell 5 of 6 .*longer than the seconds allowed: 5"):
        tiny.perform(timeout=5.0)
    assert time.monotonic() - began < 120
    assert wait_until(lambda: of_test(tmp_path) == [], seconds=10)


@pytest.mark.parametrize("killed", ["run", "group"])
def test_a_killed_run_leaves_no_process_behind(
    tmp_path: Path, killed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the executor, though it is busy; not the kernel; not what a notebook put into its own session."""
    keep_busy(tmp_path, monkeypatch)
    waiting = tmp_path / "waiting"
    detached = f"import subprocess; subprocess.Popen(['sleep', '600'], cwd={str(tmp_path)!r}"
    tiny = tiny_with(
        tmp_path,
        f"{detached}, start_new_session=True)\n"
        # a daemon: its parent ends at once, and it has another session
        "import os\nif os.fork() == 0:\n    os.setsid()\n    os.fork() and os._exit(0)\n"
        "    os.execvp('sleep', ['sleep', '601'])",
        f"open({str(waiting)!r}, 'w').close()\nprint('x')\nimport time\ntime.sleep(600)",
    )
    process = start(tiny, limit=os.setsid)
    assert wait_until(waiting.exists)
    assert len(of_test(tmp_path)) >= 5
    if killed == "group":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()
    assert wait_until(lambda: of_test(tmp_path) == [], seconds=20)
    assert wait_until(lambda: processes_of(tmp_path) == [], seconds=20)


def of_test(root: Path) -> list[int]:
    """Return every process that was started while `keep_busy` held for the test in `root`."""
    needle = f"PYTHONPATH={root / 'busy'}".encode()
    return [process for process, _, environment in guard.processes() if needle in environment]


def test_what_a_notebook_puts_into_its_own_session_ends_with_it(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    started = "import subprocess; p = subprocess.Popen(['sleep', '600'], start_new_session=True"
    tiny = tiny_with(
        tmp_path, f"{started}, env={{}}); open({str(pid)!r}, 'w').write(str(p.pid)); p.returncode = 0"
    )
    tiny.perform()
    assert (
        not Path("/proc", pid.read_text()).exists()
        or "Z" in Path("/proc", pid.read_text(), "stat").read_text()
    )


def test_a_listing_of_processes_is_read() -> None:
    mark = f"{guard.VARIABLE}=abc"
    told = f"  12     1 sleep 5 HOME=/ {mark}/01/ X=1\n13 12 other\n7 1 \n"
    listing = (sys.executable, "-c", f"print({told!r}, end='')")
    found = list(guard.listed(listing))
    assert [(process, parent) for process, parent, _ in found] == [(12, 1), (13, 12), (7, 1)]
    assert [mark.encode() in environment for *_, environment in found] == [True, False, False]


@given(st.text(st.sampled_from("ab\r\n\t"), max_size=40))
def test_carriage_returns_are_read_as_a_terminal_does_in_one_pass(text: str) -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": text}
    made = normalised(code(stream))["cells"][0]["outputs"][0]["text"]
    assert made == _RGX_CARRIAGERETURN.sub("", text)


def test_a_stream_stands_where_its_first_piece_stood_and_stdout_before_stderr() -> None:
    def piece(name: str, text: str) -> dict[str, Any]:
        return {"output_type": "stream", "name": name, "text": text}

    figure = {"output_type": "display_data", "data": {"text/plain": "f"}, "metadata": {}}
    made = normalised(code(piece("stderr", "e1"), piece("stdout", "o1"), figure, piece("stdout", "o2")))
    assert [one.get("text", "f") for one in made["cells"][0]["outputs"]] == ["o1o2", "e1", "f"]
