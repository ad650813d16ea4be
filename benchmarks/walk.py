"""The way of one survey score: how many modules and functions of the house it passes, from CSV to page.

    python -m benchmarks walk

Twelve units and their answers as two CSV files are taken in, the units compared, the comparison recorded and
the page set. What Python enters on the way is counted by module, room by room.
"""

from __future__ import annotations

import csv
import inspect
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

import auditlib

HOUSE = Path(auditlib.__path__[0])
UNITS, ANSWERS = 12, 40
RUN = {
    "audit": "walk",
    "party": {"name": "Walk"},
    "period": {"start": "2025-01-01", "end": "2025-12-31"},
    "as_of": "2026-01-31T18:00:00Z",
    "time_zone": "UTC",
    "instruments": {
        "transactional": {
            "items": {
                "q_overall": {"wording": "How was it?", "headline": True, "scale": {"low": 1, "high": 5}}
            }
        }
    },
    "sources": [
        {"table": "units", "file": "units.csv", "form": "csv", "columns": {"unit_id": "unit"}},
        {
            "table": "responses",
            "file": "responses.csv",
            "form": "csv",
            "columns": {"response_id": "id", "unit_id": "unit", "submitted": "at", "q_overall": "score"},
            "constants": {"survey_type": "transactional"},
        },
    ],
    "notebooks": {"02_benchmark": {}},
}


def write_files(folder: Path) -> None:
    """Write the client's two files."""
    rng = np.random.default_rng(1)
    scores = rng.integers(1, 6, size=(UNITS, ANSWERS))
    units = [{"unit": f"U{unit:02d}"} for unit in range(UNITS)]
    answers = [
        {"id": f"R{unit}-{place}", "unit": f"U{unit:02d}", "at": "2025-03-03T10:00:00Z", "score": int(score)}
        for unit, row in enumerate(scores)
        for place, score in enumerate(row)
    ]
    for name, rows in (("units", units), ("responses", answers)):
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


@contextmanager
def entered(functions: set[tuple[str, str]]) -> Iterator[None]:
    """Add every function of the house that is entered to `functions`, as its module and its name."""

    def watch(frame: FrameType, event: str, _argument: Any) -> None:
        path = Path(frame.f_code.co_filename)
        runs = (
            frame.f_code.co_flags & inspect.CO_OPTIMIZED
        )  # a function's body, not that of a module or class
        if event == "call" and runs and path.is_relative_to(HOUSE):
            functions.add((str(path.relative_to(HOUSE)), frame.f_code.co_qualname))

    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(None)


def steps(folder: Path) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the steps of the way with their names; each works on what those before it left."""
    from auditlib import benchmark
    from auditlib.audit.session import Audit
    from auditlib.evidence import prepare
    from auditlib.parameters.run import Run
    from auditlib.report.document import compose, to_html
    from auditlib.report.facts import Provenance
    from auditlib.report.reading import read_results

    run = Run.model_validate(RUN)
    left: dict[str, Any] = {}

    def take_in() -> None:
        left["evidence"] = prepare(run, folder, folder / "store", threads=1)

    def compare() -> None:
        audit = Audit(run, left["evidence"], notebook="02_benchmark", question="Which?", work=folder / "work")
        left["audit"], left["answer"] = audit, audit.ask(benchmark.compare, statistic="top_box")

    def record() -> None:
        left["audit"].answer(left["answer"])
        left["audit"].table("overview", left["answer"].overview())
        left["audit"].close()

    def page() -> None:
        facts = Provenance(run, left["evidence"].totals, "walk.yaml", "ab" * 32, "cd" * 32, {"auditlib": "0"})
        to_html(compose(read_results(folder / "work"), facts))

    yield from (("taken in", take_in), ("compared", compare), ("recorded", record), ("on the page", page))


def main(_argv: list[str]) -> None:
    """Print how many modules and functions each step enters, and all of them together."""
    every: set[tuple[str, str]] = set()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder)
        for step, perform in steps(folder):
            functions: set[tuple[str, str]] = set()
            with entered(functions):
                perform()
            every |= functions
            _print(step, functions)
    _print("one score, from CSV to page", every)


def _print(step: str, functions: set[tuple[str, str]]) -> None:
    modules = {module for module, _ in functions}
    rooms = Counter(module.split("/")[0] for module in modules)
    shares = ", ".join(f"{room} {count}" for room, count in rooms.most_common())
    print(f"{step:<28}{len(modules):>4} modules {len(functions):>5} functions   {shares}")
