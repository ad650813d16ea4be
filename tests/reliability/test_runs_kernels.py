"""Kernels: spoken to over files of their own, started once more where one does not come up, then gone."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_project import Tiny, notebook, tiny_project

from auditlib.errors import NotebookFailed
from auditlib.runs import worker

FAILING = """
import sys
from pathlib import Path
if "ipykernel_launcher" in sys.orig_argv:
    starts = sorted(Path({folder!r}).glob("start-*"))
    Path({folder!r}, f"start-{{len(starts)}}").touch()
    if len(starts) < {failures}:
        raise SystemExit(1)
"""
"""Run by every Python that starts: it ends the first kernels before they say a word."""


@pytest.fixture
def sockets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder that stands in for the system's temporary one."""
    folder = Path(tempfile.mkdtemp(prefix="k-", dir="/tmp" if os.name != "nt" else None))  # noqa: S108
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    shutil.rmtree(folder)


def tiny_with_failing_kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, failures: int) -> Tiny:
    folder = tmp_path / "start"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(FAILING.format(folder=str(folder), failures=failures))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return tiny_project(tmp_path, names=("01_one",))


def starts(tmp_path: Path) -> int:
    return len(list((tmp_path / "start").glob("start-*")))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no sockets that are files for this")
def test_kernels_open_no_port_and_leave_no_socket(tmp_path: Path, sockets: Path) -> None:
    tiny = tiny_project(tmp_path)
    told = "import ipykernel, json; print(json.loads(ipykernel.get_connection_info())['transport'])"
    for name in ("01_one", "02_two"):
        tiny.write_notebook(name, notebook(name, told))
    tiny.perform()
    for name in ("01_one", "02_two"):
        executed = json.loads((tiny.finished / "notebooks" / f"{name}.ipynb").read_text())
        assert executed["cells"][-2]["outputs"][0]["text"] == ["ipc\n"]
    assert list(sockets.iterdir()) == []


def test_a_kernel_that_does_not_come_up_is_started_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = tiny_with_failing_kernels(tmp_path, monkeypatch, failures=1)
    assert tiny.perform().executed == ("01_one",)
    assert starts(tmp_path) == 2


def test_a_kernel_that_never_comes_up_is_not_started_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = tiny_with_failing_kernels(tmp_path, monkeypatch, failures=99)
    with pytest.raises(NotebookFailed, match="did not come up, 2 times over"):
        tiny.perform()
    assert starts(tmp_path) == 2


def test_a_notebook_that_failed_is_not_executed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = tiny_with_failing_kernels(tmp_path, monkeypatch, failures=0)
    tiny.write_notebook("01_one", notebook("01_one", "import os; os._exit(1)"))
    with pytest.raises(NotebookFailed, match="its Python process died"):
        tiny.perform()
    assert starts(tmp_path) == 1


def test_a_folder_whose_path_is_too_long_for_a_socket_falls_back_to_ports() -> None:
    own = len(f"/{os.getpid()}-0-0000")
    fits, too_long = (Path("/" + "x" * (worker.LONGEST_ADDRESS - own - 1 + more)) for more in (0, 1))
    assert worker.socket_options(fits, 0)["transport"] == "ipc"
    assert worker.socket_options(too_long, 0) == {}
    assert worker.socket_options(None, 0) == {}


def test_letters_outside_ascii_count_by_their_bytes() -> None:
    assert worker.socket_options(Path("/" + "ü" * 45), 0) == {}
    assert worker.socket_options(Path("/" + "u" * 45), 0)["transport"] == "ipc"
