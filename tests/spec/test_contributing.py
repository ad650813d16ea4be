"""A newcomer follows CONTRIBUTING.md: a criterion by YAML alone, a metric by one function."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd
import pytest
from project_copy import project_copy

from auditlib.audit.standard import measures
from auditlib.parameters.run import Run
from auditlib.records import Outcome
from auditlib.standards.edition import load_edition
from auditlib.standards.judge import judge_one
from auditlib.standards.lint import check_edition
from auditlib.standards.measure import Context, Measure, collect, take

ROOT = Path(__file__).parents[2]
EDITION = (ROOT / "params/standards/service-excellence/2026.yaml").read_text("utf-8")
BEFORE = load_edition(
    (ROOT / "params/standards/service-excellence/2025.yaml").read_text("utf-8"), name="2025.yaml"
)
ROOM = ROOT / "src/auditlib/listening/measures.py"


def block(language: str) -> str:
    section = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## A criterion, and a metric")[2]
    found = re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert found, f"CONTRIBUTING.md shows no {language}"
    return found[1]


@pytest.fixture
def edition() -> str:
    (total,) = re.findall(r"^total_weight: (\d+)$", EDITION, re.MULTILINE)
    raised = EDITION.replace(f"total_weight: {total}", f"total_weight: {int(total) + 1}")
    return raised + block("yaml")


@pytest.fixture
def known(tmp_path: Path) -> dict[str, Measure]:
    module = tmp_path / "measures.py"
    module.write_text(ROOM.read_text("utf-8") + "\n\n" + block("python"), "utf-8")
    spec = importlib.util.spec_from_file_location("listening_with_one_more", module)
    assert spec is not None
    assert spec.loader is not None
    room = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(room)
    return {**measures(), **collect([room])}


class Responses:
    """Three of four responses say something."""

    tables = ("responses",)
    totals = ()

    def frame(self, table: str, *, columns: Any = None, where: Any = ()) -> pd.DataFrame:
        assert (table, dict(where)) == ("responses", {"in_period": True})
        return pd.DataFrame({"comment": ["good", "late", "kind", None]})[columns]

    def lazy(self, table: str) -> nw.LazyFrame[Any]:
        return nw.from_native(pd.DataFrame({table: [1, 2, 3, 4]})).lazy()


def context() -> Context:
    run = {
        "audit": "small",
        "party": {"name": "Small"},
        "period": {"start": "2026-01-01", "end": "2026-12-31"},
        "as_of": "2027-01-01T00:00:00Z",
        "sources": [{"table": "responses", "file": "r.csv", "form": "csv"}],
        "notebooks": {"11_standards": {}},
    }
    return Context(Run.model_validate(run), {})


def test_both_take_ten_lines() -> None:
    assert len((block("yaml") + block("python")).strip().splitlines()) <= 10


@pytest.fixture
def copied(tmp_path: Path, edition: str) -> Path:
    """A copy of the project with the criterion pasted as printed."""
    project_copy(tmp_path, "src", "params")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "params/standards/service-excellence/2026.yaml").write_text(edition, "utf-8")
    return tmp_path


def performed(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    surroundings = {**os.environ, "PYTHONPATH": str(project / "src"), "COLUMNS": "300"}
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=project, env=surroundings, capture_output=True, text=True, check=False)


AUDITLIB = ("-c", "import sys; from auditlib.cli import main; sys.exit(main(sys.argv[1:]))")
CHECK = (*AUDITLIB, "standards", "check")


def test_pasted_as_printed_both_pass_the_commands_they_name(copied: Path) -> None:
    refused = performed(copied, *CHECK)
    assert refused.returncode == 2
    assert "there is no metric 'comments_given'" in refused.stderr
    module = copied / "src/auditlib/listening/measures.py"
    module.write_text(module.read_text("utf-8") + "\n\n" + block("python"), "utf-8")
    found = performed(copied, *CHECK)
    assert (found.returncode, found.stderr) == (0, "")
    assert "service-excellence@2026" in found.stdout
    for check in (("check",), ("format", "--check")):
        shutil.copy(ROOT / "pyproject.toml", copied)
        style = performed(copied, "-m", "ruff", *check, str(module))
        assert style.returncode == 0, style.stdout + style.stderr


@pytest.mark.parametrize(
    ("start", "end", "what", "remedy"),
    [
        (r", change: \"New", r'words\."', "CF-90 is added", "'change: ...' in CF-90."),
        (r"  CF-06: The", r"not say\.\n", "CF-06 is removed", "'CF-06: ...' under 'removed'."),
        (r"    pass_mark: Raised", r"easily\.\n", "pass_mark is", "'change: {pass_mark: ...}' under 'rule'."),
    ],
)
def test_a_change_without_its_reason_is_told_which_key_to_write(
    edition: str, known: dict[str, Measure], start: str, end: str, what: str, remedy: str
) -> None:
    silent, times = re.subn(f"{start}.*?{end}", "", edition, flags=re.DOTALL)
    silent = silent.replace("  change:\nremoved", "removed").replace("removed:\ntotal", "total")
    assert times == 1
    (found,) = check_edition(silent, name="2026.yaml", measures=known, before=BEFORE)
    assert found.message.startswith(what)
    assert found.message.endswith("against service-excellence@2025 without a reason.")
    assert found.remedy == f"Give it as {remedy}"


def test_without_its_metric_the_linter_refuses_the_criterion(edition: str) -> None:
    (found,) = check_edition(edition, name="2026.yaml", measures=measures())
    assert "there is no metric 'comments_given'" in found.message
    assert edition.splitlines()[(found.line or 0) - 1].lstrip().startswith("CF-90")


def test_with_one_function_it_is_sound_and_judged(edition: str, known: dict[str, Measure]) -> None:
    assert check_edition(edition, name="2026.yaml", measures=known, before=BEFORE) == []
    criterion = load_edition(edition, name="2026.yaml").criterion("CF-90")
    measured = take(criterion, known, Responses(), context())
    assert (measured.value, measured.n) == (0.75, 4)
    assert judge_one(criterion, measured).outcome is Outcome.MET
    assert judge_one(criterion, measured).reason.startswith("75.0%, at least 30.0% demanded")


def test_a_new_target_is_yaml_alone(edition: str, known: dict[str, Measure]) -> None:
    stricter = edition.replace("{at_least: 0.30, tightest: 0.80", "{at_least: 0.78, tightest: 0.80")
    assert stricter != edition
    assert check_edition(stricter, name="2026.yaml", measures=known, before=BEFORE) == []
    criterion = load_edition(stricter, name="2026.yaml").criterion("CF-90")
    measured = take(criterion, known, Responses(), context())
    assert judge_one(criterion, measured).outcome is Outcome.NOT_DEMONSTRATED
