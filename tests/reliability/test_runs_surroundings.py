"""A run on a machine without a writable home, and with notebooks and files that are spoilt."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny_project import PARAMETERS, Tiny, hashes, notebook, tiny_project

from auditlib.cli import main
from auditlib.errors import ParameterError
from auditlib.runs.notebook_cache import STAMP
from auditlib.runs.surroundings import worker_environment
from auditlib.seal.source_rows import RowsOf, find_rows
from auditlib.seal.trace import trace_key

DEEP = "[" * 100_000


@pytest.mark.skipif(os.name == "nt", reason="another system keeps caches elsewhere")
def test_without_a_writable_home_a_notebook_has_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing = "import matplotlib.pyplot, matplotlib\nprint(matplotlib.get_backend())"
    executed = []
    for home in (Path.home(), Path("/proc/nowhere")):
        monkeypatch.setenv("HOME", str(home))
        tiny = tiny_project(tmp_path / home.name, names=("01_one",))
        tiny.write_notebook("01_one", notebook("01_one", drawing))
        tiny.perform()
        executed.append((tiny.finished / "notebooks/01_one.ipynb").read_text())
    assert executed[0] == executed[1]
    assert "nowhere" not in executed[1]


def test_settings_and_caches_of_a_person_are_left_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MPLCONFIGDIR", "XDG_CACHE_HOME", "JUPYTER_DATA_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "mine"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "fontlist-v1.json").write_text("{}")
    (tmp_path / "mine" / "matplotlibrc").write_text("lines.linewidth: 99")
    made = worker_environment(threads=1, scratch=tmp_path / "scratch")
    assert not [name for name, value in made.items() if str(tmp_path / "mine") in value]
    assert [path.name for path in Path(made["MPLCONFIGDIR"]).iterdir()] == ["fontlist-v1.json"]
    assert hashes(tmp_path / "mine").keys() == {"fontlist-v1.json", "matplotlibrc"}


def with_cell(**changes: Any) -> Callable[[Tiny], object]:
    def write(tiny: Tiny) -> None:
        content = notebook("01_one")
        content["cells"][1] = {**content["cells"][1], **changes}  # type: ignore[index]
        tiny.write_notebook("01_one", content)

    return write


def with_top(**changes: Any) -> Callable[[Tiny], object]:
    return lambda tiny: tiny.write_notebook("01_one", {**notebook("01_one"), **changes})


def with_text(text: str) -> Callable[[Tiny], object]:
    return lambda tiny: (tiny.root / "notebooks/01_one.ipynb").write_text(text)


@pytest.mark.parametrize(
    "spoil",
    [
        with_text(DEEP),
        with_text('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": ' + DEEP),
        with_text('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [3]}'),
        with_cell(metadata=None),
        with_cell(metadata={"tags": None}),
        with_cell(metadata={"tags": [5]}),
        with_cell(source=None),
        with_cell(source=[1]),
        with_cell(source=PARAMETERS + "x: int = " + "-" * 100_000 + "1"),
        with_cell(source=PARAMETERS + "x: int = " + "(" * 100_000),
        with_top(metadata=None),
        with_top(nbformat_minor=None),
        lambda tiny: tiny.run_file.write_text(DEEP),
        lambda tiny: tiny.run_file.write_text(tiny.run_file.read_text() + "seed: " + "1" * 5000),
    ],
)
def test_a_spoilt_notebook_or_run_file_is_refused_in_words(
    tmp_path: Path, spoil: Callable[[Tiny], object], capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = tiny_project(tmp_path, names=("01_one",))
    spoil(tiny)
    assert main(["run", str(tiny.run_file)]) == 2
    assert "1 problem." in capsys.readouterr().err


@pytest.mark.usefixtures("notebooks_here", "no_paper")
def test_a_stamp_that_is_nested_without_end_or_leads_elsewhere_is_no_result(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path, names=("01_one",))
    tiny.perform()
    stamp = tmp_path / "outputs/.work/tiny/kept/01_one" / STAMP
    sound = json.loads(stamp.read_text())
    stamp.write_text(DEEP)
    assert tiny.perform().executed == ("01_one",)
    (tmp_path / "outputs/.work/tiny/kept/mine.txt").write_text("mine")
    stamp.write_text(json.dumps({**sound, "files": {**sound["files"], "../mine.txt": list(_seal("mine"))}}))
    assert tiny.perform().executed == ("01_one",)


def _seal(text: str) -> tuple[str, int]:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest(), len(text)


@pytest.mark.parametrize("line", ["9" * 19, "9" * 4999])
def test_a_line_that_no_file_has_is_no_row(line: str) -> None:
    assert find_rows(RowsOf(None), "units", identity=None, file=None, line=line) == []  # type: ignore[arg-type]


def test_a_key_without_end_is_compared_with_nothing() -> None:
    with pytest.raises(ParameterError, match=r"no key has 100,?006 characters"):
        trace_key(Path("nowhere"), "units:" + "9" * 100_000)
