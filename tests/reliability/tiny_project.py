"""A project of a few lines, so that runs can be interrupted, broken and repeated in seconds.

Run as a program it performs the run of the project it is given, with evidence and a report that take no
time; everything between them is the suite's own.
"""

from __future__ import annotations

import hashlib
import json
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditlib.parameters.run import Run
from auditlib.records import SourceTotals
from auditlib.runs import Options, RunOutcome, Steps, perform

OPENING = """\
import json, pathlib
results = pathlib.Path(work, "results")
"""
CLOSING = """\
document = {
    "schema": "auditlib/results@1", "notebook": NAME, "question": "Q", "parameters": {"limit": limit},
    "answer": [{"text": "It is 0.5.", "keys": ["share"]}], "sentences": [], "exhibits": [], "findings": [],
    "numbers": [{"key": "share", "value": limit / 10, "unit": "share", "n": 3, "interval": None,
                 "basis": [], "reason": ""}],
}
(results / f"{NAME}.json").write_text(json.dumps(document, sort_keys=True, indent=1) + "\\n")
"""
PARAMETERS = 'run_file: str = "params/runs/tiny.yaml"\ndata: str = ""\nwork: str = ""\nlimit: int = 5\n'


def notebook(
    name: str, *body: str, parameters: str = PARAMETERS, closing: str = CLOSING
) -> dict[str, object]:
    """Return a notebook that asks a question, does `body` and records one number."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "cells": [
            _cell("title", "markdown", f"# What does {name} say?"),
            _cell("given", "code", parameters, tags=["parameters"]),
            _cell("open", "code", OPENING + f"NAME = {name!r}"),
            *(_cell(f"body-{index}", "code", code) for index, code in enumerate(body)),
            _cell("close", "code", closing),
        ],
    }


def _cell(name: str, kind: str, source: str, *, tags: Sequence[str] = ()) -> dict[str, object]:
    cell: dict[str, object] = {
        "id": name,
        "cell_type": kind,
        "metadata": {"tags": list(tags)} if tags else {},
        "source": source,
    }
    return cell | {"execution_count": None, "outputs": []} if kind == "code" else cell


@dataclass(frozen=True)
class Tiny:
    """A tiny project on disk."""

    root: Path

    @property
    def run_file(self) -> Path:
        return self.root / "params" / "runs" / "tiny.yaml"

    @property
    def finished(self) -> Path:
        return self.root / "outputs" / "tiny"

    def write_run(self, notebooks: Mapping[str, str], *, title: str = "Tiny") -> None:
        """Write the run file; `notebooks` maps each name to its parameters as YAML flow text."""
        listed = "\n".join(f"  {name}: {values or '{}'}" for name, values in notebooks.items())
        self.run_file.parent.mkdir(parents=True, exist_ok=True)
        self.run_file.write_text(
            f"audit: tiny\ntitle: {title}\nparty: {{name: Small & Sons}}\n"
            "period: {start: 2025-01-01, end: 2025-12-31}\nas_of: 2026-01-31T18:00:00Z\n"
            "sources:\n  - {table: units, file: units.csv, form: csv, columns: {unit_id: unit}}\n"
            f"notebooks:\n{listed}\n",
            encoding="utf-8",
        )

    def write_notebook(self, name: str, content: Mapping[str, object]) -> None:
        path = self.root / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")

    def perform(self, **options: object) -> RunOutcome:
        """Perform the run with evidence and a report that take no time."""
        notify = options.pop("notify", lambda _event: None)
        return perform(
            self.run_file, name="tiny.yaml", options=Options(**options), steps=STEPS, notify=notify
        )

    def files(self) -> dict[str, str]:
        """Return the hash of every file of the finished run."""
        return hashes(self.finished)


def hashes(directory: Path) -> dict[str, str]:
    return {
        path.relative_to(directory).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def tiny_project(root: Path, *, names: Sequence[str] = ("01_one", "02_two")) -> Tiny:
    """Write a project with quick notebooks `names` and a run file that names them."""
    tiny = Tiny(root)
    (root / "data" / "tiny").mkdir(parents=True)
    (root / "data" / "tiny" / "units.csv").write_text("unit\nU1\n")
    for name in names:
        tiny.write_notebook(name, notebook(name, "print('counting')"))
    tiny.write_run(dict.fromkeys(names, ""))
    return tiny


@dataclass(frozen=True)
class _Evidence:
    directory: Path
    key: str
    totals: tuple[SourceTotals, ...]


def _prepare(run: Run, data: Path, store: Path, threads: int, progress: Callable[[str], None]) -> _Evidence:
    content = (data / "units.csv").read_bytes()
    key = hashlib.sha256(content).hexdigest()
    directory = store / key
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "units.txt").write_bytes(content)
    progress(f"units.csv read with {threads} threads")
    totals = SourceTotals("units.csv", "units", key, len(content), 1, 1, 0, {})
    return _Evidence(directory, key, (totals,))


def _render(directory: Path) -> str:
    names = sorted(path.stem for path in (directory / "results").glob("*.json"))
    return f"<p>{', '.join(names)}</p>\n"


def _workpapers(directory: Path) -> bytes:
    return _render(directory).encode()


STEPS = Steps(_prepare, _render, _workpapers)

if __name__ == "__main__":
    # a job started in the background ignores interrupts, and its children inherit that
    signal.signal(signal.SIGINT, signal.default_int_handler)
    Tiny(Path(sys.argv[1])).perform()
