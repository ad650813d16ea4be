"""Notebooks executed in the process of the test, where what they compute is asked about and not the kernel.

A kernel takes seconds to import what a test has imported already. Tests of kernels, of stored notebooks and
of interrupted runs start real ones; tests that ask what a company is told need none.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from importlib import import_module
from typing import Any

import pytest
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from auditlib.files import write_bytes
from auditlib.runs.causes import cause_of_exception
from auditlib.runs.events import Finished, Notify, Stopped
from auditlib.runs.execute import Job
from auditlib.runs.normalise import as_text, normalised
from auditlib.runs.worker import HIDDEN


@contextmanager
def executed_here() -> Iterator[None]:
    """Let runs that begin within this context execute their notebooks in this process."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("passes", "reperform"):  # the package shows the functions of these names
            patch.setattr(import_module(f"auditlib.runs.{name}"), "execute_all", execute_all)
        patch.setattr("auditlib.figures.svg.png_of", lambda _drawn: b"")  # nobody looks at these notebooks
        yield


def execute_all(
    jobs: Sequence[Job],
    *,
    side_by_side: int,
    environment: Mapping[str, str],
    settle: Callable[[Job, str], tuple[str, str]],
    notify: Notify,
) -> None:
    """Execute `jobs` one after another, as `auditlib.runs.execute.execute_all` does side by side."""
    left = [job.notebook for job in jobs]
    for job in jobs:
        with _surroundings(job, environment):
            cause = _executed(job)
        left.remove(job.notebook)
        cause, kept = settle(job, cause)
        rest = tuple(left)
        notify(Stopped(job.notebook, cause, kept, rest) if cause else Finished(job.notebook, rest))


@contextmanager
def _surroundings(job: Job, environment: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        with chdir(job.cwd):
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _executed(job: Job) -> str:
    notebook = parameterize_notebook(
        load_notebook_node(str(job.source)), dict(job.parameters), kernel_name="python3", language="python"
    )
    names: dict[str, Any] = {"__name__": "__main__"}
    for place, cell in enumerate(notebook.cells):
        cell.pop("outputs", None)
        if cell.cell_type != "code":
            continue
        cell.update(outputs=[], execution_count=place)
        try:
            exec(compile(cell.source, f"{job.notebook}, cell {place + 1}", "exec"), names)  # noqa: S102
        except Exception as error:
            return f"{job.notebook} stopped: {cause_of_exception(error, timeout=job.timeout)}"
    write_bytes(job.executed, as_text(normalised(notebook, hidden=HIDDEN)).encode())
    return ""
