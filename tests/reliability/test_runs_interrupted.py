"""Killed at any moment, on a full disk, beside another writer: the last complete run stays.

And the next run completes.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dying_writer import unsound
from tiny_project import Tiny, notebook, tiny_project

from auditlib.cli import main
from auditlib.errors import AuditError, Busy
from auditlib.seal import verify
from auditlib.seal.lock import only_writer

HERE = Path(__file__).parent
KILLS = 20

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and file limits are POSIX")


def start(tiny: Tiny, *, limit: Callable[[], None] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(HERE / "tiny_project.py"), str(tiny.root)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limit,  # noqa: PLW1509 - no threads here
    )


def processes_of(root: Path) -> list[str]:
    """Return the running processes whose command line names `root`."""
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if str(root) in line and "pytest" not in line]


def wait_until(condition: Callable[[], bool], *, seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def test_killed_at_random_moments_no_run_is_half_and_the_next_completes(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path)
    began = time.monotonic()
    assert start(tiny).communicate() == (None, "")
    longest = time.monotonic() - began
    moments = random.Random(20260131)  # noqa: S311 - moments, no secrets
    for kill in range(KILLS):
        before = tiny.files()
        tiny.write_run({"01_one": f"{{limit: {kill}}}", "02_two": f"{{limit: {kill}}}"})
        process = start(tiny)
        try:
            # strata of the time a run takes, so that every phase is hit
            process.wait(timeout=(kill + moments.random()) * longest / KILLS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.communicate()
        assert unsound(tmp_path / "outputs") == []
        assert tiny.finished.is_dir()
        verify(tiny.finished)
        if process.returncode != 0:
            assert (
                tiny.files() == before
                or '"limit": ' + str(kill) in (tiny.finished / "manifest.json").read_text()
            )
        if kill % 5 == 4:
            assert set(tiny.perform().executed) <= {"01_one", "02_two"}
            assert f'"limit": {kill}' in (tiny.finished / "manifest.json").read_text()
    assert wait_until(lambda: processes_of(tmp_path) == [])


@pytest.mark.parametrize("way", ["exchange", "rename"])
def test_killed_at_every_single_change_to_the_disk(tmp_path: Path, way: str) -> None:
    done = subprocess.run(
        [sys.executable, str(HERE / "dying_writer.py"), str(tmp_path), way],
        capture_output=True,
        text=True,
        check=True,
    )
    deaths = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    assert len(deaths) > 20
    assert {found for _, _, found in deaths} == {"sound"}
    states = [state for _, state, _ in deaths]
    # where two folders cannot be exchanged in one step, one instant has neither in place
    assert states.count("none") <= (way == "rename")
    assert {"old", "new"} <= set(states)
    assert states == sorted(states, key=["old", "none", "new"].index)


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_end_a_run_ends_its_kernels(tmp_path: Path, signum: int) -> None:
    tiny = tiny_project(tmp_path, names=("01_one",))
    waiting = tmp_path / "waiting"
    tiny.write_notebook(
        "01_one", notebook("01_one", f"import time; open({str(waiting)!r}, 'w').close(); time.sleep(600)")
    )
    process = start(tiny)
    assert wait_until(waiting.exists)
    process.send_signal(signum)
    process.wait(timeout=60)
    assert process.returncode != 0
    process.communicate()
    assert wait_until(lambda: processes_of(tmp_path) == [])
    assert not list((tmp_path / "outputs/.work/tiny/running").glob("*"))


def test_a_second_writer_is_told_and_a_dead_writers_lock_is_free(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = tiny_project(tmp_path, names=("01_one",))
    lock = tmp_path / "outputs/.work/tiny.lock"
    with only_writer(lock, audit="tiny"), pytest.raises(Busy, match=f"process {os.getpid()}"):
        tiny.perform()
    waiting = tmp_path / "waiting"
    tiny.write_notebook(
        "01_one", notebook("01_one", f"import time; open({str(waiting)!r}, 'w').close(); time.sleep(600)")
    )
    process = start(tiny)
    assert wait_until(waiting.exists)
    assert main(["run", str(tiny.run_file)]) == 6
    assert f"process {process.pid}" in " ".join(capsys.readouterr().err.split())
    process.kill()
    process.communicate()
    tiny.write_notebook("01_one", notebook("01_one"))
    assert tiny.perform().executed == ("01_one",)


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 640 kB: a run needs room for a list of fonts, too."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=640k", "none", str(place)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a small file system needs rights this machine does not give")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_on_a_full_disk_the_last_run_stays_and_the_next_completes(full_disk: Path) -> None:
    tiny = tiny_project(full_disk, names=("01_one",))
    tiny.perform()
    before = tiny.files()
    filler = full_disk / "filler"
    outcomes = set()
    for room in (0, 16, 64, 128, 400):
        tiny.write_run({"01_one": ""}, title=f"Room for {room} kB")
        _fill(filler, leave=room * 1024)
        outcomes.add(said := _outcome(tiny))
        if said == "done":
            before = tiny.files()
        assert tiny.files() == before
        assert unsound(full_disk / "outputs") == []
        filler.unlink()
    assert "AuditError: no space" in outcomes
    assert outcomes <= {"done", "AuditError: no space", "NotebookFailed: no space"}
    tiny.write_run({"01_one": ""}, title="Room again")
    assert tiny.perform().executed == ("01_one",)
    verify(tiny.finished)


def _outcome(tiny: Tiny) -> str:
    try:
        tiny.perform()
    except AuditError as error:
        return f"{type(error).__name__}: {'no space' if 'No space left' in str(error) else error}"
    return "done"


def _fill(path: Path, *, leave: int) -> None:
    free = os.statvfs(path.parent).f_bavail * os.statvfs(path.parent).f_frsize
    path.write_bytes(b"x" * max(0, free - leave))


def test_a_file_that_cannot_be_written_whole_is_not_written(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path, names=("01_one",))
    tiny.perform()
    before = tiny.files()
    (tmp_path / "data/tiny/units.csv").write_text("unit\n" + "U\n" * 40_000)
    process = start(tiny, limit=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)))
    _, errors = process.communicate(timeout=120)
    assert process.returncode != 0
    assert "File too large" in errors
    assert tiny.files() == before
    assert tiny.perform().executed == ("01_one",)
