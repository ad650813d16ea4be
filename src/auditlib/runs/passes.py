"""The notebooks of a run executed, and those again that must hold more back once all numbers are known."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from auditlib.disclosure import MinimumFrequency
from auditlib.errors import AuditError, NotebookFailed, Problem
from auditlib.files import digest, write_bytes
from auditlib.runs.events import AssemblyStep, Notify, Planned
from auditlib.runs.execute import Job, execute_all, furnish
from auditlib.runs.notebook_cache import KeptResult, Unusable, keep, kept_result
from auditlib.runs.plan import PlannedNotebook, RunPlan, read_plan
from auditlib.runs.steps import Options, PreparedEvidence
from auditlib.runs.surroundings import secrets_of, worker_environment
from auditlib.runs.withholding import MOST_PASSES, Parts, joined, tell, withholding, write_withheld
from auditlib.seal.paths import OutputFolders


@dataclass(frozen=True, slots=True)
class Commission:
    """What is to be executed, from what, where to, and who is told.

    `key` stands for all that the run depends on.
    """

    plan: RunPlan
    places: OutputFolders
    evidence: PreparedEvidence
    options: Options
    notify: Notify
    key: str

    def wanted(self, current: Mapping[str, KeptResult]) -> list[PlannedNotebook]:
        """Return the notebooks to execute: those that are not current, of those that were asked for."""
        only = self.options.only
        return [
            notebook
            for notebook in self.plan.notebooks
            if notebook.name not in current and (not only or notebook.name in only)
        ]

    def current(self, withheld: Parts) -> dict[str, KeptResult]:
        """Return the results that are still good where `withheld` is held back besides."""
        results = {
            notebook.name: kept_result(
                self.places.notebook_cache, notebook.name, key=self.key_of(notebook, withheld)
            )
            for notebook in self.plan.notebooks
        }
        return {name: result for name, result in results.items() if result}

    def key_of(self, notebook: PlannedNotebook, withheld: Parts) -> str:
        """Return the hash of everything a result depends on, what it was told to hold back included."""
        key, parts = self.plan.notebook_key(notebook, evidence=self.evidence.key), withheld.get(notebook.name)
        return digest({"key": key, "withheld": parts}) if parts else key


@dataclass(frozen=True, slots=True)
class Executed:
    """Results by notebook, those of them made now, and what they hold back besides small counts."""

    results: Mapping[str, KeptResult]
    executed_now: Mapping[str, KeptResult]
    withheld: Parts


def execute_passes(commission: Commission, current: Mapping[str, KeptResult], withheld: Parts) -> Executed:
    """Execute what is not current, and again what must hold more back once all numbers are known.

    Raises
    ------
    NotebookFailed
        Once all notebooks of a pass have ended.
    """
    plan, results, executed_now = commission.plan, dict(current), dict[str, KeptResult]()
    for _ in range(MOST_PASSES):
        todo = commission.wanted(results)
        commission.notify(Planned(tuple(notebook.name for notebook in todo), tuple(results)))
        executed_now |= _execute(commission, todo, withheld)
        results |= executed_now
        if len(results) < len(plan.notebooks):
            return Executed(results, executed_now, withheld)
        commission.notify(AssemblyStep("looking for counts of few people that could be worked out"))
        besides = withholding(
            [results[notebook.name] for notebook in plan.notebooks],
            commission.evidence.directory,
            minimum=MinimumFrequency.of(plan.run.thresholds),
            threads=commission.options.threads,
        )
        if not besides:
            return Executed(results, executed_now, withheld)
        withheld = joined(withheld, besides)
        write_withheld(commission.places.withheld, withheld, key=commission.key)
        results = commission.current(withheld)
    commission.notify(
        AssemblyStep("counts of few people may still be worked out; a release would be refused")
    )
    executed_now |= _execute(commission, commission.wanted(results), withheld)
    return Executed(results | executed_now, executed_now, withheld)


def _execute(
    commission: Commission, todo: Sequence[PlannedNotebook], withheld: Parts
) -> dict[str, KeptResult]:
    """Execute `todo`; return their results, or raise NotebookFailed once all have ended."""
    places, options = commission.places, commission.options
    keys = {notebook.name: commission.key_of(notebook, withheld) for notebook in todo}
    results: dict[str, KeptResult] = {}
    failures: list[Problem] = []

    def settle(job: Job, cause: str) -> tuple[str, str]:
        if not cause and _changed(commission, job.notebook, withheld, key=keys[job.notebook]):
            cause = f"{job.notebook}, the run file or the law was changed while it ran."
        if not cause:
            try:
                results[job.notebook] = keep(job, places.notebook_cache, key=keys[job.notebook])
            except Unusable as error:
                cause = f"{job.notebook} ended, but {error}."
        if not cause:
            _forget_failure(places, job.notebook)
            return "", ""
        copy = _keep_failure(places, job, cause)
        failures.append(Problem(cause, remedy=f"Its executed copy is {copy}"))
        return cause, str(copy)

    with _scratch(places.running) as scratch:
        jobs = [_job(notebook, commission, folder=scratch / notebook.name) for notebook in todo]
        for job in jobs:
            tell(job.folder, job.notebook, withheld)
        secrets = tuple(secrets_of(commission.plan.run))
        environment = worker_environment(threads=options.threads, scratch=scratch, without=secrets)
        execute_all(
            jobs,
            side_by_side=options.jobs,
            environment=environment,
            settle=settle,
            notify=commission.notify,
        )
    if failures:
        raise NotebookFailed(*failures)
    return results


@contextmanager
def _scratch(running: Path) -> Iterator[Path]:
    """Give a folder no other run writes to, not even one whose processes are just being ended."""
    running.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=running))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _job(notebook: PlannedNotebook, commission: Commission, *, folder: Path) -> Job:
    furnish(folder, commission.evidence.directory)
    plan = commission.plan
    run_values = {"run_file": plan.run_file, "data": "", "work": str(folder)}
    values, cwd = {**run_values, **notebook.values}, plan.root / "notebooks"
    return Job(notebook.name, notebook.path, values, cwd, folder, commission.options.timeout)


def _changed(commission: Commission, notebook: str, withheld: Parts, *, key: str) -> bool:
    """Whether what a result depends on is no longer what was read when the run began."""
    try:
        now = read_plan(commission.plan.file, name=commission.plan.file.name)
    except AuditError:
        return True
    again = replace(commission, plan=now)
    return key not in (
        again.key_of(planned, withheld) for planned in now.notebooks if planned.name == notebook
    )


def _keep_failure(places: OutputFolders, job: Job, cause: str) -> Path:
    copy = places.failed / f"{job.notebook}.ipynb"
    source = next(path for path in (job.partial, job.source) if path.is_file())
    _forget_failure(places, job.notebook)
    write_bytes(copy, source.read_bytes())
    write_bytes(copy.with_suffix(".txt"), f"{cause}\n".encode())
    return copy


def _forget_failure(places: OutputFolders, notebook: str) -> None:
    """Remove the copy of a notebook that stopped; one that a person worked on since gets another name."""
    copy = places.failed / f"{notebook}.ipynb"
    cause = copy.with_suffix(".txt")
    if copy.is_file() and cause.is_file() and copy.stat().st_mtime_ns > cause.stat().st_mtime_ns:
        numbered = (copy.with_name(f"{notebook}.edited-{number}.ipynb") for number in count(1))
        copy.rename(next(free for free in numbered if not free.exists()))
    for path in (copy, cause):
        path.unlink(missing_ok=True)
    with suppress(OSError):  # it is not there, or holds the copies of others
        places.failed.rmdir()
