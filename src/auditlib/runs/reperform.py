"""A sealed run performed again from its own evidence, and every recorded number compared.

Nothing outside the run's folder is read but the installed suite: the notebooks are the executed copies, the
run file and the law are the kept ones. What was sealed is what is performed.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditlib.errors import NotebookFailed, Problem, VerificationFailed
from auditlib.files.folders import files_below
from auditlib.files.writing import copy_file
from auditlib.runs.events import Notify, Planned, silent
from auditlib.runs.execute import Job, execute_all, furnish
from auditlib.runs.notebook_parameters import checked_values, declared_parameters, injected_code
from auditlib.runs.performing import terminated_as_interrupt
from auditlib.runs.plan import read_notebook
from auditlib.runs.surroundings import secrets_of, worker_environment
from auditlib.seal.manifest import Manifest
from auditlib.seal.project import versions
from auditlib.seal.recorded_run import read_results
from auditlib.seal.verifying import verify
from auditlib.statements import counted

LAST_DIGIT = 1e-9
"""Relative difference that rounding to ten significant digits can make of a last-bit difference."""
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Reperformed:
    """A run that gave the same numbers again.

    Parameters
    ----------
    numbers, notebooks
        How many were compared.
    other_versions
        What computes now and is not what computed then: name, then, now.
    """

    numbers: int
    notebooks: int
    other_versions: tuple[tuple[str, str, str], ...]


def reperform(
    directory: Path,
    *,
    jobs: int = 2,
    threads: int = 2,
    timeout: float = 900.0,
    notify: Notify = silent,
) -> Reperformed:
    """Verify a run, execute its notebooks again on its evidence, and compare every recorded number.

    This executes the code of the notebooks in `directory`: use it on runs whose maker you trust.

    Raises
    ------
    VerificationFailed
        If a file was altered, or naming the first numbers that differ.
    NotebookFailed
        If a notebook does not run again.
    """
    manifest = verify(directory).manifest
    with terminated_as_interrupt(), tempfile.TemporaryDirectory(prefix="auditlib-") as scratch:
        again = _execute(
            directory, manifest, Path(scratch), jobs=jobs, threads=threads, timeout=timeout, notify=notify
        )
    results = read_results(directory / "results")
    then = {name: document for name, document in results.items() if name in manifest.notebooks}
    differences = [*_differences(then, again)]
    if differences:
        unlisted = len(differences) - _SHOWN
        remark = (
            [Problem(f"and {counted(unlisted, 'more number differs', 'more numbers differ')}.")]
            if unlisted > 0
            else []
        )
        raise VerificationFailed(*differences[:_SHOWN], *remark, *_changes(_changed_versions(manifest)))
    numbers = sum(len(document["numbers"]) for document in then.values())
    return Reperformed(numbers, len(then), _changed_versions(manifest))


def _execute(
    directory: Path,
    manifest: Manifest,
    scratch: Path,
    *,
    jobs: int,
    threads: int,
    timeout: float,
    notify: Notify,
) -> dict[str, dict[str, Any]]:
    project = _project(directory, manifest, scratch / "project")
    work = [
        _job(directory, manifest, name, scratch, project=project, timeout=timeout)
        for name in manifest.notebooks
    ]
    failures: list[Problem] = []

    def settle(_job: Job, cause: str) -> tuple[str, str]:
        if cause:
            failures.append(Problem(cause, remedy="It ran when the run was sealed."))
        return cause, ""

    notify(Planned(tuple(manifest.notebooks), ()))
    execute_all(
        work,
        side_by_side=jobs,
        environment=worker_environment(
            threads=threads, scratch=scratch, without=tuple(secrets_of(manifest.run))
        ),
        settle=settle,
        notify=notify,
    )
    if failures:
        raise NotebookFailed(*failures)
    results: dict[str, dict[str, Any]] = {}
    for job in work:
        results |= read_results(job.folder / "results")
    return results


def _project(directory: Path, manifest: Manifest, root: Path) -> Path:
    """Lay the kept parameters and notebooks out as a project."""
    run_file = Path(manifest.parameters.file)
    for name, path in files_below(directory / "parameters"):
        place = f"runs/{name}" if name == run_file.name else name
        copy_file(path, root / "params" / place)
    for name, path in files_below(directory / "notebooks"):
        copy_file(path, root / "notebooks" / name)
    return root


def _job(
    directory: Path, manifest: Manifest, name: str, scratch: Path, *, project: Path, timeout: float
) -> Job:
    folder = scratch / name
    furnish(folder, directory / "evidence")
    source = project / "notebooks" / f"{name}.ipynb"
    values, refused = checked_values(
        manifest.notebooks[name].parameters, declared_parameters(read_notebook(source))
    )
    if refused:
        raise VerificationFailed(*(problem for _, problem in refused))
    injected_code(values)
    run_values = {
        "run_file": f"params/runs/{Path(manifest.parameters.file).name}",
        "data": "",
        "work": str(folder),
    }
    return Job(name, source, {**run_values, **values}, project / "notebooks", folder, timeout)


def _differences(
    then: Mapping[str, Mapping[str, Any]], again: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    for notebook in sorted(set(then) | set(again)):
        before, after = (_numbers(results.get(notebook)) for results in (then, again))
        for key in sorted(set(before) | set(after)):
            message = _difference(before.get(key), after.get(key))
            if message:
                yield Problem(message, file=f"{notebook}/{key}")


def _numbers(results: Mapping[str, Any] | None) -> dict[str, Mapping[str, Any]]:
    return {number["key"]: number for number in results["numbers"]} if results else {}


def _difference(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    if before is None or after is None:
        return "is new." if before is None else "is no longer recorded."
    for part in ("value", "n", "unit", "interval", "reason", "basis"):
        if not same_value(before[part], after[part]):
            return f"{part} was {_quoted(before[part])} and is now {_quoted(after[part])}."
    return ""


def same_value(then: Any, now: Any) -> bool:
    """Whether two recorded values are the same: exactly, or floats but for their last recorded digit."""
    if isinstance(then, dict) and isinstance(now, dict):
        return then.keys() == now.keys() and all(same_value(then[name], now[name]) for name in then)
    if isinstance(then, list) and isinstance(now, list):
        return len(then) == len(now) and all(map(same_value, then, now))
    if isinstance(then, float) or isinstance(now, float):
        numeric = all(isinstance(x, int | float) and not isinstance(x, bool) for x in (then, now))
        return numeric and math.isclose(then, now, rel_tol=LAST_DIGIT, abs_tol=0.0)
    return type(then) is type(now) and bool(then == now)


def _quoted(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."


def _changes(changed: Sequence[tuple[str, str, str]]) -> Iterator[Problem]:
    for name, then, now in changed:
        yield Problem(f"{name} was {then} and is now {now}, which may be why.")


def _changed_versions(manifest: Manifest) -> tuple[tuple[str, str, str], ...]:
    then, now = (
        {
            **computed.libraries,
            "Python": computed.python,
            "auditlib": computed.auditlib,
            "auditlib source": computed.source[:12],
        }
        for computed in (manifest.versions, versions())
    )
    names = sorted(set(then) | set(now))
    return tuple(
        (name, then.get(name, "absent"), now.get(name, "absent"))
        for name in names
        if then.get(name) != now.get(name)
    )
