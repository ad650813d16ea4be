"""Opening an audit: from the run file to its folders, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_company import run

from auditlib.audit import opening
from auditlib.errors import ParameterError

RUN_FILE = "params/runs/small.yaml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("params/runs", "notebooks", "data/small"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / RUN_FILE).write_text("audit: small-2024\n", encoding="utf-8")
    heading = {"cell_type": "markdown", "source": ["text\n", "# Can it be relied on?\n", "## More"]}
    code = {"cell_type": "code", "source": ["# no heading"]}
    (tmp_path / "notebooks" / "01_intake.ipynb").write_text(json.dumps({"cells": [code, heading]}))
    return tmp_path


def test_the_project_is_found_from_below(project: Path) -> None:
    assert opening.project_root(project / "notebooks") == project
    assert opening.project_root(project) == project


def test_no_project_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="Open the notebook inside the project"):
        opening.project_root(tmp_path)


def test_the_question_is_the_first_heading(project: Path) -> None:
    assert opening.question_of("01_intake", root=project) == "Can it be relied on?"


@pytest.mark.parametrize("name", ["01_intak", "", "../01_intake", "01_intake.ipynb", "x;open('pwned','w')"])
def test_an_unknown_notebook_is_refused_and_the_nearest_named(project: Path, name: str) -> None:
    with pytest.raises(ParameterError, match="The nearest is 01_intake"):
        opening.question_of(name, root=project)


@pytest.mark.parametrize("name", ["params/runs/smal.yaml", "params/runs", "notebooks/01_intake.ipynb", ""])
def test_an_unknown_run_file_is_refused_and_the_nearest_named(project: Path, name: str) -> None:
    with pytest.raises(ParameterError, match=r"The nearest is params/runs/small\.yaml"):
        opening.read_run(name, root=project)


def test_by_hand_nothing_goes_into_a_run(project: Path) -> None:
    where = opening.place(run(), run_file=RUN_FILE, data="", work="", root=project)
    assert where.by_hand
    assert where.work == project / "outputs" / ".by-hand" / "small-2024"
    assert where.data == project / "data" / "small"


def test_a_run_gives_its_own_folder(project: Path) -> None:
    given = str(project / "outputs" / ".work" / "small-2024")
    where = opening.place(run(), run_file=RUN_FILE, data="elsewhere", work=given, root=project)
    assert not where.by_hand
    assert where.work == Path(given)
    assert where.data == project / "elsewhere"


def test_a_sealed_run_is_never_written_into(project: Path) -> None:
    sealed = project / "outputs" / "small-2024"
    sealed.mkdir(parents=True)
    (sealed / "manifest.json").write_text("{}")
    with pytest.raises(ParameterError, match="finished and sealed"):
        opening.place(run(), run_file=RUN_FILE, data="", work="outputs/small-2024", root=project)
    assert [path.name for path in sealed.iterdir()] == ["manifest.json"]
