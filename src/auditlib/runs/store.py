"""The notebooks of the project executed by hand's rules, and stored with their outputs."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from auditlib.errors import NotebookFailed, ParameterError, Problem
from auditlib.files import write_bytes
from auditlib.runs.events import EvidenceStep, Notify, Planned, silent
from auditlib.runs.execute import Job, execute_all
from auditlib.runs.notebook_parameters import declared_parameters
from auditlib.runs.performing import terminated_as_interrupt
from auditlib.runs.plan import PlannedNotebook, read_notebook, read_plan
from auditlib.runs.steps import Steps, usual_steps
from auditlib.runs.surroundings import worker_environment
from auditlib.seal.lock import only_writer

_SCRATCH = ".store-"
"""Begins with a dot, as no id of an audit does."""
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")


@dataclass(slots=True)
class _Stored:
    texts: dict[Path, bytes] = field(default_factory=dict)
    failures: list[Problem] = field(default_factory=list)


def store_notebooks(
    run_file: Path,
    *,
    name: str = "",
    only: Sequence[str] = (),
    jobs: int = 2,
    threads: int = 2,
    timeout: float = 900.0,
    steps: Steps | None = None,
    notify: Notify = silent,
) -> tuple[Path, ...]:
    """Execute the notebooks a run file names, on their own defaults, and store them with their outputs.

    They run as JupyterLab would run them: in the folder of the notebooks, no parameter given. Nothing is
    stored unless all of them succeed and repeat: no clock, no path of this machine, no memory address.

    Parameters
    ----------
    run_file, name
        The run file, and how the user named it.
    only
        Names of notebooks; empty for all that the run file names.

    Returns
    -------
    tuple of Path
        The notebooks whose stored file changed.

    Raises
    ------
    ParameterError
        If a notebook's own default is another run file, or `only` names one that the run file does not.
    NotebookFailed
        If one failed, or shows what differs between machines or days.
    """
    plan = read_plan(run_file, name=name or str(run_file))
    chosen = plan.chosen(only)
    _require_default(plan.run_file, chosen)
    outputs = plan.root / "outputs"
    steps = steps or usual_steps()
    stored = _Stored()
    lock = outputs / ".work" / "notebooks.lock"
    with terminated_as_interrupt(), only_writer(lock, audit="notebooks"):
        # taken in once before, so that the notebooks do not all do it at the same time
        data = plan.root / "data" / plan.file.stem
        steps.prepare(plan.run, data, outputs / ".evidence", threads, lambda text: notify(EvidenceStep(text)))
        for abandoned in lock.parent.glob(
            f"{_SCRATCH}*"
        ):  # by one that was killed: this one alone holds the lock
            shutil.rmtree(abandoned, ignore_errors=True)
        begun = {notebook.path: notebook.path.read_bytes() for notebook in chosen}
        with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=lock.parent) as scratch:
            todo = _jobs(chosen, plan.root / "notebooks", Path(scratch), timeout=timeout)
            _execute(todo, plan.root, Path(scratch), stored, jobs=jobs, threads=threads, notify=notify)
        stored.failures += [
            Problem("it was edited while it ran, and stays as it is.", file=path.name)
            for path, before in begun.items()
            if path.read_bytes() != before
        ]
        if stored.failures:
            raise NotebookFailed(*stored.failures)
        changed = tuple(path for path, text in sorted(stored.texts.items()) if path.read_bytes() != text)
        for path in changed:
            write_bytes(path, stored.texts[path])
    return changed


def _jobs(chosen: Sequence[PlannedNotebook], folder: Path, scratch: Path, *, timeout: float) -> list[Job]:
    return [
        Job(notebook.name, notebook.path, {}, folder, scratch / notebook.name, timeout) for notebook in chosen
    ]


def _execute(
    todo: list[Job],
    root: Path,
    scratch: Path,
    stored: _Stored,
    *,
    jobs: int,
    threads: int,
    notify: Notify,
) -> None:
    banned = (str(root), str(root.resolve()), str(Path.home()))

    def settle(job: Job, cause: str) -> tuple[str, str]:
        if not cause:
            text = job.executed.read_bytes()
            cause = "; ".join(_unstable(text.decode(), banned))
            stored.texts[job.source] = text
        if cause:
            stored.failures.append(Problem(cause, file=job.source.name))
        return cause, ""

    notify(Planned(tuple(job.notebook for job in todo), ()))
    execute_all(
        todo,
        side_by_side=jobs,
        environment=worker_environment(threads=threads, scratch=scratch),
        settle=settle,
        notify=notify,
    )


def _unstable(text: str, banned: Sequence[str]) -> Iterator[str]:
    """Say what in an executed notebook would differ on another machine or day."""
    if any(len(path) > 1 and path in text for path in banned):
        yield "it shows a path of this machine"
    if address := _ADDRESS.search(text):
        yield f"it shows a memory address ({address.group()})"


def _require_default(run_file: str, chosen: Sequence[PlannedNotebook]) -> None:
    problems = []
    for notebook in chosen:
        default = declared_parameters(read_notebook(notebook.path))["run_file"].default
        if default != run_file:
            problems.append(
                Problem(
                    f"its default run_file is {default!r}, not {run_file!r}.",
                    file=notebook.path.name,
                    remedy="Notebooks are stored with the outputs of their defaults.",
                )
            )
    if problems:
        raise ParameterError(*problems)
