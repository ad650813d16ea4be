"""Fixtures for all tests."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from auditlib.evidence import Evidence

ROOT = Path(__file__).resolve().parents[1]

# What a test run says depends on the code alone: the same examples every time, and no limit that a busy
# machine could miss. To look for new ones: pytest --hypothesis-profile=search
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile("repeatable")


LONG = (
    "test_runs_demo", "test_lacking_evidence", "test_runs_interrupted", "test_compensation_lab",
    "test_other_companies", "test_standards_unknown", "test_first_page", "test_integrity", "test_numbers",
    "test_report_pdf", "test_canaries", "test_runs_failures", "test_check_foresees", "test_known_exports",
    "test_sampling_from_a_run",
)  # fmt: skip
"""Modules that take a minute or more: begun last, each would leave the other process without work."""


USUALLY = gc.get_threshold()
RARELY = (50_000, 20, 20)
"""After how many new objects garbage is looked for, and after how many such searches among older ones."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the modules that take longest; the others keep their order."""
    places = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


def pytest_collection_finish() -> None:
    """Take the tests themselves out of every search for garbage: they are thousands, and stay to the end.

    A library that asks for a search with each adjustment of p-values went through all of them each time. Nor
    need garbage be looked for as often as usual: that alone was a twelfth of the work.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RARELY)


def pytest_unconfigure() -> None:
    """Let the process end as it would have."""
    gc.unfreeze()
    gc.set_threshold(*USUALLY)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data beside the project; skip where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the folder ../shared/data with real data is not beside the project")
    return folder


@pytest.fixture(scope="session")
def shared_field() -> Path:
    """Return the folder of small failing inputs beside the project; skip where it is absent."""
    folder = ROOT.parent / "shared" / "field"
    if not folder.is_dir():
        pytest.skip("the folder ../shared/field with small failing inputs is not beside the project")
    return folder


@pytest.fixture(scope="session")
def demo_evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """Return the evidence of the demo company, taken in once for all tests and processes; to be read alone.

    Where two processes want it at once, both take it in, and the store keeps that of the first.
    """
    from auditlib.audit.opening import read_run
    from auditlib.evidence import prepare

    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    run = read_run("params/runs/demo.yaml", root=ROOT)
    return prepare(run, ROOT / "data" / "demo", shared / "demo-evidence")


@pytest.fixture
def notebooks_here() -> Iterator[None]:
    """Let runs execute their notebooks in the process of the test (see `in_process`)."""
    from in_process import executed_here

    with executed_here():
        yield


@pytest.fixture
def no_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs set no paper: the page says the same, and paper has tests of its own."""
    from auditlib.runs.documents import no_pdf

    monkeypatch.setattr("auditlib.runs.steps.usual_pdf", no_pdf)
