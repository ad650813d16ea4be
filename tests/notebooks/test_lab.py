"""The researcher's laboratory: it executes, and every dial changes what it says it changes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from auditlib.audit.laboratory import Laboratory, benchmark_lab
from auditlib.audit.opening import read_run
from auditlib.evidence import Evidence

ROOT = Path(__file__).parents[2]
LAB = ROOT / "notebooks" / "explore" / "benchmark_lab.ipynb"


@pytest.fixture(scope="module")
def work(demo_evidence: Evidence, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(demo_evidence.directory, folder / "evidence")
    return folder


@pytest.fixture
def lab(work: Path) -> Iterator[Laboratory]:
    from auditlib.evidence import open_evidence

    audit: Any = SimpleNamespace(
        run=read_run("params/runs/demo.yaml", root=ROOT), evidence=open_evidence(work / "evidence")
    )
    made = benchmark_lab(audit)
    yield made
    made.panel.close_all()


def test_it_executes_and_records_nothing(work: Path) -> None:
    notebook = nbformat.read(LAB, as_version=4)
    notebook.cells.insert(2, nbformat.v4.new_code_cell(f"work = {str(work)!r}"))
    resources = {"metadata": {"path": str(LAB.parent)}}
    NotebookClient(notebook, timeout=1800, kernel_name="python3", resources=resources).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("application/vnd.jupyter.widget-view+json" in output.get("data", {}) for output in shown)
    assert not (work / "results").exists()


def test_it_holds_no_function_and_no_output() -> None:
    cells = json.loads(LAB.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert not [text for text in code if "def " in text or "lambda" in text]
    assert not [cell for cell in cells if cell.get("outputs")]


def test_every_dial_is_obeyed(lab: Laboratory) -> None:
    drawn, said = lab.panel.children[1:]
    assert "top-box share (4 or more)" in said.value
    assert "<svg" in drawn.value
    for dial, value, shown in (
        ("survey_type", "transactional", "How satisfied were you with this contact?"),
        ("statistic", "mean", "mean score"),
        ("item", "q_resolution", "Was your matter resolved?"),
        ("minimum_n", 400, "fewer than 400 answers"),
    ):
        lab.controls[dial].value = value
        assert shown.replace('"', "&quot;") in said.value, dial
    before = drawn.value
    lab.controls["figure"].value = "ranks"
    assert drawn.value != before


def test_limits_and_adjustment_change_the_comparison(lab: Laboratory) -> None:
    lab.controls["survey_type"].value = "transactional"
    (plain,) = lab.compare().result
    lab.controls["consistent"].value = False
    (published,) = lab.compare().result
    assert published.judgement.tau2 < plain.judgement.tau2
    lab.controls["adjust_for"].value = ("channel",)
    (adjusted,) = lab.compare().result
    assert adjusted.scores.adjusted_for == ("channel",)


def test_what_cannot_be_compared_is_said(lab: Laboratory) -> None:
    lab.controls["statistic"].value = "nps"
    drawn, said = lab.panel.children[1:]
    assert drawn.value == ""
    assert "no comparison" in said.value
