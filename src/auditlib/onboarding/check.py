"""Whether a run file and the client's files fit together, with every problem at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from auditlib.audit.chosen import chosen_problems
from auditlib.audit.law import law_problems
from auditlib.errors import DataError, ParameterError, Problem
from auditlib.evidence import prepare
from auditlib.onboarding.files import parameter_text
from auditlib.onboarding.needs import foreseen
from auditlib.onboarding.places import misplaced
from auditlib.onboarding.standing import fallen, unknown_words
from auditlib.parameters.checks import run_problems
from auditlib.parameters.load import in_order, validate
from auditlib.parameters.run import Run
from auditlib.parameters.strict_yaml import Document, read_yaml
from auditlib.records import SourceTotals
from auditlib.runs.findings import previous_problems
from auditlib.runs.plan import check_notebooks
from auditlib.runs.project import project_root


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    Parameters
    ----------
    parameters
        Problems of the run file; each must be corrected there.
    data
        Problems of the client's files.
    totals
        Rows in, kept and quarantined per source, where the data could be read.
    notes
        What cells may have lost before they came here, and what notebooks will not be able to answer from
        this evidence, in sentences; no mistakes.
    """

    parameters: tuple[Problem, ...] = ()
    data: tuple[Problem, ...] = ()
    totals: tuple[SourceTotals, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, those of the run file first."""
        return (*self.parameters, *self.data)

    @property
    def exit_code(self) -> int:
        """0 where nothing is wrong, otherwise that of the first kind of error."""
        if self.parameters:
            return ParameterError.exit_code
        return DataError.exit_code if self.data else 0


def check(
    run_file: Path,
    *,
    data: Path | None = None,
    store: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> CheckReport:
    """Validate a run file, its notebooks' parameters and the data, without executing a notebook.

    Where the sources are declared wrongly the data is not read, but missing files are named all the same.

    Parameters
    ----------
    run_file
        The run file.
    data
        The client's files; default: ``data/<name of the run file>`` of the project.
    store
        Where evidence is kept; default: ``outputs/.evidence`` of the project, which a run uses too.
    progress
        Called with what is being read.
    """
    try:
        document = read_yaml(parameter_text(run_file), name=run_file.as_posix())
        run = validate(Run, document)
        root = project_root(run_file)
    except ParameterError as error:
        return CheckReport(error.problems)
    folder = root / "data" / run_file.stem if data is None else data
    declared = run_problems(run, document)
    _, notebooks = check_notebooks(run, document, root / "notebooks")
    before = previous_problems(run, document, root / "outputs")
    chosen = chosen_problems(run, document, root=root)
    law = law_problems(run, document, root=root)
    parameters = tuple(in_order([*declared, *notebooks, *chosen, *before, *law]))
    absent = tuple(_absent_files(run, document, folder))
    if declared or absent:
        return CheckReport(parameters, absent)
    try:
        evidence = prepare(run, folder, store or root / "outputs" / ".evidence", progress=progress)
    except DataError as error:
        return CheckReport(parameters, error.problems)
    words, set_aside = unknown_words(run, document, evidence), fallen(run, document, evidence)
    needs = foreseen(run, evidence, root=root)
    places = () if law else misplaced(run, document, evidence, root=root)
    return CheckReport(
        (*parameters, *words), (*set_aside, *places), evidence.totals, (*evidence.notes, *needs)
    )


def _absent_files(run: Run, document: Document, folder: Path) -> Iterator[Problem]:
    """Name every declared file the data folder lacks, where the run file declares it."""
    if not folder.is_dir() and any(source.file for source in run.sources):
        yield Problem("there is no such data folder.", folder.as_posix(), remedy="Name it: --data DIR.")
        return
    for index, source in enumerate(run.sources):
        if source.file is not None and not (folder / source.file).is_file():
            message = f"the data folder {folder.as_posix()} has no file {source.file!r}."
            path = ("sources", index, "file")
            yield document.problem(path, message, remedy="Correct the name, or put the file there.")
