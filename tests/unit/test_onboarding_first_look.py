"""The first look at a client's files: what a person sees before anything is declared."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from auditlib.errors import ParameterError
from auditlib.onboarding.first_look import FirstLook, first_look

ROOT = Path(__file__).parents[2]


@pytest.fixture
def look(tmp_path: Path) -> FirstLook:
    for folder in ("params/runs", "notebooks/explore", "sent"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "params/exports").symlink_to(ROOT / "params/exports")
    shutil.copy(ROOT / "tests/exports/typeform.csv", tmp_path / "sent")
    (tmp_path / "sent/README.md").write_text("a note", encoding="utf-8")
    return first_look(tmp_path / "sent", start=tmp_path)


def test_every_column_says_what_it_looks_like(look: FirstLook) -> None:
    kinds = look.columns().groupby("column")["looks like"].first().to_dict()
    assert kinds["How likely is it that you would recommend us?"] == "answers from 0 to 10"
    assert kinds["Which team helped you?"] == "few values that repeat"
    assert kinds["Why this score?"] == "what people wrote"
    assert kinds["#"] == "an id: no cell stands twice"
    assert kinds["Submit Date (UTC)"].startswith("dates, %Y-%m-%d")
    assert kinds["Other"] == "empty"


def test_proposals_and_questions_are_those_of_the_run_file(look: FirstLook) -> None:
    proposed = look.proposed()
    assert set(proposed["table"]) == {"units", "responses"}
    assert "q_recommend" in set(proposed["column"])
    questions = look.questions()
    assert len(questions) == look.text.count("# DECIDE:")
    assert (questions["line"] == "survey_type: transactional").sum() == 1


def test_what_would_be_set_aside_is_counted(look: FirstLook) -> None:
    aside = look.set_aside().set_index("table")
    assert aside.loc["responses", ["rows", "kept", "quarantine"]].tolist() == [75, 70, 0]
    assert aside.loc["units", "kept"] == 3


def test_the_notebook_shows_all_of_it(look: FirstLook, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.chdir(look.root / "notebooks" / "explore")
    content = json.loads((ROOT / "notebooks/explore/first_look.ipynb").read_text("utf-8"))
    names: dict[str, Any] = {}
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)  # noqa: S102  # our own notebook
            names |= {"data": "sent"}
    assert names["look"].looks[0].layout == "typeform"
    assert "notebooks:" in capsys.readouterr().out


def test_a_folder_is_looked_up_from_where_one_stands_and_from_the_project() -> None:
    """A notebook stands in its own folder, and names the client's from the project's folder on."""
    look = first_look(Path("data/demo"), start=ROOT / "notebooks" / "explore")
    assert look.folder == ROOT / "data" / "demo"
    with pytest.raises(ParameterError, match="there is no such folder"):
        first_look(Path("data/nowhere"), start=ROOT / "notebooks" / "explore")
