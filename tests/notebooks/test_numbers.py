"""Fresh executions on the demo company, held against what was planted in it."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

from auditlib.evidence import Evidence
from auditlib.records import Reason

ROOT = Path(__file__).parents[2]
RUN_FILE = "params/runs/demo.yaml"
TRUTH = ROOT / "data" / "demo" / "truth"
ROUNDED_TRUTH = 5e-10
"""The truth is written with ten decimals."""


def truth(name: str) -> Iterator[dict[str, str]]:
    with (TRUTH / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


@pytest.fixture(scope="module")
def work(demo_evidence: Evidence, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work")
    shutil.copytree(demo_evidence.directory, folder / "evidence")
    return folder


def execute(name: str, work: Path, **parameters: str) -> dict[str, Any]:
    """Execute a notebook the way a run does and return what it recorded."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    place = next(i for i, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", []))
    given = {"work": str(work), **parameters}
    injected = "\n".join(f"{key} = {value!r}" for key, value in given.items())
    notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(injected))
    NotebookClient(
        notebook,
        timeout=1800,
        kernel_name="python3",
        resources={"metadata": {"path": str(ROOT / "notebooks")}},
    ).execute()
    recorded: dict[str, Any] = json.loads((work / "results" / f"{name}.json").read_text(encoding="utf-8"))
    return recorded


@pytest.fixture(scope="module")
def intake(work: Path) -> dict[str, Any]:
    return execute("01_intake", work)


@pytest.fixture(scope="module")
def means(work: Path) -> dict[str, Any]:
    return execute("02_benchmark", work, statistic="mean", second_statistic="top_box")


def values(recorded: dict[str, Any]) -> dict[str, Any]:
    return {number["key"]: number["value"] for number in recorded["numbers"]}


def test_every_row_of_every_file_is_counted(intake: dict[str, Any]) -> None:
    planted = {(row["file"], row["sheet"].lower()): int(row["rows"]) for row in truth("row_counts")}
    by_file: Counter[str] = Counter()
    for (file, _), rows in planted.items():
        by_file[file] += rows
    counted: Counter[str] = Counter()
    for key, value in values(intake).items():
        kind, _, name = key.partition(":")
        if kind == "rows_in" and ":" in name:
            counted[name.partition(":")[0]] += value
    assert counted == by_file


def test_every_broken_row_is_in_quarantine_with_its_reason(intake: dict[str, Any]) -> None:
    planted = Counter(f"{row['reason']}:{row['file']}:{row['table']}" for row in truth("broken_rows"))
    reasons = {str(reason) for reason in Reason}
    found = {key: n for key, n in values(intake).items() if n and key.partition(":")[0] in reasons}
    assert found == planted


def test_no_good_row_is_in_quarantine(intake: dict[str, Any]) -> None:
    assert values(intake)["rows_quarantined:all"] == sum(1 for _ in truth("broken_rows"))


def unanswered(work: Path) -> Counter[str]:
    """Count the invitations that came back without any answer: planted as sent back, no response."""
    empty, sent = (
        pd.read_parquet(work / "evidence" / f"{name}.parquet") for name in ("unanswered", "invitations")
    )
    silent = sent[sent["in_period"] & sent["invitation_id"].isin(empty["invitation_id"].dropna())]
    return Counter(silent["unit_id"] + ":" + silent["survey_type"])


def test_response_rates_are_those_planted(intake: dict[str, Any], work: Path) -> None:
    recorded, silent = values(intake), unanswered(work)
    rows = list(truth("response_rates"))
    assert rows
    assert 0 < silent.total() < 50
    for row in rows:
        cell = f"{row['unit_id']}:{row['survey_type']}"
        assert recorded[f"invitations:{cell}"] == int(row["invitations"])
        if int(row["invitations"]) >= recorded["threshold:minimum_cell"]:
            responses = int(row["responses"]) - silent[cell]
            assert recorded[f"responses:{cell}"] == responses
            assert recorded[f"rate:{cell}"] == pytest.approx(
                responses / int(row["invitations"]), abs=ROUNDED_TRUTH
            )


def test_unit_means_are_those_planted(means: dict[str, Any]) -> None:
    recorded = {number["key"]: number for number in means["numbers"]}
    compared = 0
    for row in truth("unit_means"):
        number = recorded.get(f"mean:{row['unit_id']}:{row['survey_type']}:{row['item']}")
        if number is not None and number["value"] is not None:
            compared += 1
            assert number["n"] == int(row["n"])
            assert number["value"] == pytest.approx(float(row["mean"]), abs=ROUNDED_TRUTH)
    assert compared >= 70


def test_a_second_execution_writes_the_same_bytes(work: Path, intake: dict[str, Any]) -> None:
    first = (work / "results" / "01_intake.json").read_bytes()
    figures = {path.name: path.read_bytes() for path in (work / "exhibits").glob("01_intake-*.svg")}
    assert figures
    execute("01_intake", work)
    assert (work / "results" / "01_intake.json").read_bytes() == first
    assert {path.name: path.read_bytes() for path in (work / "exhibits").glob("01_intake-*.svg")} == figures
