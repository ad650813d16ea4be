"""The researcher's laboratory of linked pay: it executes, and every dial changes what it says it changes."""

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

from auditlib.audit.compensation_laboratory import (
    CompensationLaboratory,
    Planner,
    compensation_lab,
    power_planner,
)
from auditlib.audit.opening import read_run
from auditlib.compensation.plan import DetectableEffect, plan
from auditlib.compensation.specification import EffectEstimate
from auditlib.evidence import Evidence
from auditlib.records import Refusal

ROOT = Path(__file__).parents[2]
LAB = ROOT / "notebooks" / "explore" / "compensation_lab.ipynb"


@pytest.fixture(scope="module")
def work(demo_evidence: Evidence, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(demo_evidence.directory, folder / "evidence")
    return folder


@pytest.fixture(scope="module")
def audit(work: Path) -> Any:
    from auditlib.evidence import open_evidence

    run = read_run("params/runs/demo.yaml", root=ROOT)
    return SimpleNamespace(run=run, evidence=open_evidence(work / "evidence"))


@pytest.fixture(scope="module")
def lab(audit: Any) -> Iterator[CompensationLaboratory]:
    made = compensation_lab(audit)
    yield made
    made.panel.close_all()


@pytest.fixture
def planner(audit: Any) -> Iterator[Planner]:
    made = power_planner(audit)
    yield made
    made.panel.close_all()


def test_it_executes_and_records_nothing(work: Path) -> None:
    notebook = nbformat.read(LAB, as_version=4)
    notebook.cells.insert(2, nbformat.v4.new_code_cell(f"work = {str(work)!r}"))
    resources = {"metadata": {"path": str(LAB.parent)}}
    NotebookClient(notebook, timeout=1800, kernel_name="python3", resources=resources).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert sum("application/vnd.jupyter.widget-view+json" in one.get("data", {}) for one in shown) == 2
    assert not (work / "results").exists()


def test_it_holds_no_function_and_no_output() -> None:
    cells = json.loads(LAB.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert not [text for text in code if "def " in text or "lambda" in text]
    assert not [cell for cell in cells if cell.get("outputs")]


def test_it_begins_with_what_the_audit_chooses(lab: CompensationLaboratory) -> None:
    found = lab.estimate()
    assert isinstance(found, EffectEstimate)
    assert (found.role, found.estimator, found.choices.anticipation) == ("manager", "imputation", 3)
    assert found.estimate is not None
    assert f"{found.estimate:+.2f}" in lab.panel.children[2].value
    assert "<svg" in lab.panel.children[1].value


def test_every_dial_is_obeyed(lab: CompensationLaboratory) -> None:
    drawn, said = lab.panel.children[1:]
    kinds = lab.controls["compared"].options
    months = [month for _, month in lab.controls["window"].options]
    first, start = {name: widget.value for name, widget in lab.controls.items()}, (drawn.value, said.value)
    for dial, value in (
        ("role", "staff"), ("weighting", "unit"), ("anticipation", 6), ("compared", kinds[:1]),
        ("window", (months[3], months[-4])), ("estimator", "never"),
    ):  # fmt: skip
        before = (drawn.value, said.value)
        lab.controls[dial].value = value
        assert (drawn.value, said.value) != before, dial
    for dial, back in first.items():
        lab.controls[dial].value = back
    assert (drawn.value, said.value) == start


@pytest.mark.parametrize("estimator", ["not_yet", "sun_abraham", "two_way"])
def test_each_estimator_draws_its_own_course(lab: CompensationLaboratory, estimator: str) -> None:
    lab.controls["estimator"].value = estimator
    found = lab.estimate()
    assert isinstance(found, EffectEstimate)
    assert found.curve.frame.loc[found.curve.frame["default"], "estimator"].tolist() == [estimator]
    assert isinstance(found.events, Refusal) == (estimator == "two_way")
    assert ("what not to trust" in lab.panel.children[2].value) == (estimator == "two_way")
    lab.controls["figure"].value = "events"
    assert "quarters since the link" in lab.panel.children[1].value.replace("\n", " ")
    lab.controls["figure"].value, lab.controls["estimator"].value = "choices", "imputation"


def test_a_window_without_a_link_is_said(lab: CompensationLaboratory) -> None:
    months = [month for _, month in lab.controls["window"].options]
    lab.controls["window"].value = (months[0], months[5])
    assert "No link of the pay of managers runs" in lab.panel.children[2].value
    assert lab.panel.children[1].value == ""
    lab.controls["window"].value = (months[0], months[-1])


def test_the_planner_starts_at_the_party_and_obeys(planner: Planner) -> None:
    found = planner.plan()
    assert isinstance(found, DetectableEffect)
    assert (found.design.units, found.design.months) == (40, 36)
    assert found == plan(found.design)
    assert str(found.summary()[0]) in planner.panel.children[1].value
    planner.controls["linked"].value = 1
    assert "cannot be tested" in planner.panel.children[1].value
