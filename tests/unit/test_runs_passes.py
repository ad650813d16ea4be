"""How often a run looks for counts that could be worked out, and what it says where that is not enough."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from auditlib.runs import passes
from auditlib.runs.events import AssemblyStep, Planned
from auditlib.runs.passes import Commission, Executed, execute_passes
from auditlib.runs.withholding import MOST_PASSES

ROOT = Path(__file__).parents[2]
LOOKS, LEFT = "looking for counts of few people that could be worked out", "a release would be refused"


def executed(
    monkeypatch: pytest.MonkeyPatch, finds: Sequence[dict[str, dict[str, list[str]]]]
) -> tuple[Executed, list[Any]]:
    """Execute a run of one notebook; each look finds the next of `finds`, and nothing after the last."""
    looks, told = iter(finds), list[Any]()
    monkeypatch.setattr(
        passes, "_execute", lambda _commission, todo, _withheld: {one.name: one for one in todo}
    )
    monkeypatch.setattr(passes, "withholding", lambda *_, **__: next(looks, {}))
    monkeypatch.setattr(passes, "write_withheld", lambda *_, **__: None)
    monkeypatch.setattr(passes, "kept_result", lambda *_, **__: None)
    run = SimpleNamespace(thresholds=SimpleNamespace(minimum_cell=5))
    notebooks = (SimpleNamespace(name="01_one"),)
    plan = SimpleNamespace(notebooks=notebooks, run=run, notebook_key=lambda *_, **__: "key")
    some: Any = SimpleNamespace(
        notebook_cache=Path(), withheld=Path(), directory=Path(), key="key", threads=1, only=(), jobs=1
    )
    asked: Any = plan
    return execute_passes(Commission(asked, some, some, some, told.append, "key"), {}, {}), told


def test_a_run_that_never_comes_to_rest_ends_and_says_that_a_release_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    always = [{"01_one": {f"rows:{number}": ["value"]}} for number in range(100)]
    have, told = executed(monkeypatch, always)
    steps = [event.text for event in told if isinstance(event, AssemblyStep)]
    assert steps[:-1] == [LOOKS] * MOST_PASSES
    assert steps[-1] == f"counts of few people may still be worked out; {LEFT}"
    assert [*have.results] == ["01_one"]
    assert sorted(have.withheld["01_one"]) == [f"rows:{number}" for number in range(MOST_PASSES)]


def test_a_run_at_rest_looks_once_and_one_that_comes_to_rest_says_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for before in range(MOST_PASSES):
        finds = [{"01_one": {f"rows:{number}": ["value"]}} for number in range(before)]
        _, told = executed(monkeypatch, finds)
        assert [event.text for event in told if isinstance(event, AssemblyStep)] == [LOOKS] * (before + 1)
        assert sum(isinstance(event, Planned) for event in told) == before + 1


@pytest.mark.parametrize("page", ["README.md", "docs/security.md"])
def test_the_pages_say_how_often_a_notebook_is_executed(page: str) -> None:
    said = " ".join((ROOT / page).read_text("utf-8").split())
    assert f"{MOST_PASSES} looks at most" in said or f"looks {MOST_PASSES} times at most" in said
    assert f"executed {MOST_PASSES + 1} times at most" in said
