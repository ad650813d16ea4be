"""A newcomer follows CONTRIBUTING.md: a criterion by YAML alone, a metric by one function."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd
import pytest

from auditlib.audit.standard import measures
from auditlib.parameters.run import Run
from auditlib.records import Outcome
from auditlib.standards.edition import load_edition
from auditlib.standards.judge import judge_one
from auditlib.standards.lint import check_edition
from auditlib.standards.measure import Context, Measure, collect, take

ROOT = Path(__file__).parents[2]
EDITION = (ROOT / "params/standards/service-excellence/2026.yaml").read_text("utf-8")
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

    def frame(self, table: str, *, columns: Any = None, where: Any = ()) -> pd.DataFrame:
        assert (table, dict(where)) == ("responses", {"in_period": True})
        return pd.DataFrame({"comment": ["good", "late", "kind", None]})[columns]

    def lazy(self, table: str) -> nw.LazyFrame[Any]:
        raise NotImplementedError(table)


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


def test_without_its_metric_the_linter_refuses_the_criterion(edition: str) -> None:
    (found,) = check_edition(edition, name="2026.yaml", measures=measures())
    assert "there is no metric 'comments_given'" in found.message
    assert edition.splitlines()[(found.line or 0) - 1].lstrip().startswith("CF-90")


def test_with_one_function_it_is_sound_and_judged(edition: str, known: dict[str, Measure]) -> None:
    assert check_edition(edition, name="2026.yaml", measures=known) == []
    criterion = load_edition(edition, name="2026.yaml").criterion("CF-90")
    measured = take(criterion, known, Responses(), context())
    assert (measured.value, measured.n) == (0.75, 4)
    assert judge_one(criterion, measured).outcome is Outcome.MET
    assert judge_one(criterion, measured).reason.startswith("75.0%, at least 30.0% demanded")


def test_a_new_target_is_yaml_alone(edition: str, known: dict[str, Measure]) -> None:
    stricter = edition.replace("{at_least: 0.30, tightest: 0.80", "{at_least: 0.78, tightest: 0.80")
    assert stricter != edition
    assert check_edition(stricter, name="2026.yaml", measures=known) == []
    criterion = load_edition(stricter, name="2026.yaml").criterion("CF-90")
    measured = take(criterion, known, Responses(), context())
    assert judge_one(criterion, measured).outcome is Outcome.NOT_DEMONSTRATED
