"""Whether a run file and the client's files fit together, with every problem at once."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditlib.audit.law import law_problems
from auditlib.audit.notebook_choices import chosen_problems
from auditlib.audit.unit_places import misplaced, unplaced
from auditlib.errors import DataError, ParameterError, Problem
from auditlib.errors.values import named
from auditlib.evidence import prepare
from auditlib.onboarding.counts_left_out import counts_left_out
from auditlib.onboarding.doubtful_contacts import said_to_be_both
from auditlib.onboarding.doubtful_files import perhaps_cut, perhaps_totals
from auditlib.onboarding.edition_in_force import not_in_force
from auditlib.onboarding.notebook_needs import foreseen, unasked
from auditlib.onboarding.open_questions import open_lines
from auditlib.onboarding.set_aside import explained_all, set_aside
from auditlib.onboarding.sufficiency import fallen, unknown_words, wholly_fallen
from auditlib.onboarding.time_zones import zones_apart
from auditlib.onboarding.unjudged import UnjudgedCriterion, unjudged
from auditlib.onboarding.waits_by_flag import waits_by_flag
from auditlib.parameters.checks import run_problems
from auditlib.parameters.load import in_order, validate
from auditlib.parameters.run import Run
from auditlib.parameters.strict_yaml import MAXIMUM_BYTES, Document, read_yaml
from auditlib.records import SourceTotals
from auditlib.runs.plan import check_notebooks
from auditlib.seal.findings import previous_problems
from auditlib.seal.project import project_root


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
        What cells may have lost before they came here, what notebooks will not be able to answer from this
        evidence, and what is declared and nobody asks about, in sentences; no mistakes.
    aside
        Why rows are in quarantine, each reason at the line of the run file that would have to change; no
        mistakes by themselves. What `data` says of a source of which nothing is kept is not repeated.
    unjudged
        The criteria that will be not assessable, with what evidence they wait for; no mistakes.
    undecided
        The lines of the run file marked DECIDE. All is read and counted with them as they stand.
    """

    parameters: tuple[Problem, ...] = ()
    data: tuple[Problem, ...] = ()
    totals: tuple[SourceTotals, ...] = ()
    notes: tuple[str, ...] = ()
    aside: tuple[Problem, ...] = ()
    undecided: tuple[Problem, ...] = ()
    unjudged: tuple[UnjudgedCriterion, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, those of the run file first."""
        return (*self.parameters, *self.data)

    @property
    def exit_code(self) -> int:
        """0 where nothing is wrong and all is decided, otherwise that of the first kind of error."""
        if self.parameters:
            return ParameterError.exit_code
        if self.data:
            return DataError.exit_code
        return ParameterError.exit_code if self.undecided else 0


def check(
    run_file: Path,
    *,
    data: Path | None = None,
    store: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> CheckReport:
    """Validate a run file, its notebooks' parameters and the data, without executing a notebook.

    Sources that are declared wrongly are not read; the others are counted, and missing files are named, all
    the same.

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
        text = parameter_text(run_file)
        document = read_yaml(text, name=run_file.as_posix())
        run = validate(Run, document)
        root = project_root(run_file)
    except ParameterError as error:
        return CheckReport(error.problems)
    undecided = open_lines(text, document)
    folder = root / "data" / run_file.stem if data is None else data
    keep = store or root / "outputs" / ".evidence"
    declared = run_problems(run, document)
    _, notebooks = check_notebooks(run, document, root / "notebooks")
    before = previous_problems(run, document, root / "outputs")
    chosen = chosen_problems(run, document, root=root)
    law = law_problems(run, document, root=root)
    parameters = tuple(in_order([*declared, *notebooks, *chosen, *before, *law]))
    absent = tuple(_absent_files(run, document, folder))
    if declared or absent:
        counted = () if absent else _sound_totals(run, document, declared, folder, keep)
        return CheckReport(parameters, absent, counted, undecided=undecided)
    try:
        evidence = prepare(run, folder, keep, progress=progress)
    except DataError as error:
        return CheckReport(parameters, error.problems, undecided=undecided)
    reasons = set_aside(run, evidence)
    words, lost = unknown_words(run, document, evidence), fallen(run, document, evidence, reasons)
    partial = [group for group in reasons if group not in wholly_fallen(evidence, reasons)]
    aside = explained_all(partial, run, document, evidence)
    without = () if law else unplaced(run, document, evidence, root=root)
    notes = (
        *evidence.notes,
        *perhaps_cut(run, evidence),
        *perhaps_totals(evidence),
        *counts_left_out(run, folder),
        *(tuple(waits_by_flag(run, evidence)) or said_to_be_both(evidence)),
        *zones_apart(run),
        *(() if law else not_in_force(run, root=root)),
        *foreseen(run, evidence, root=root),
        *unasked(run, evidence, root=root),
        *map(str, without),
    )
    places = () if law else misplaced(run, document, evidence, root=root)
    waiting = unjudged(run, evidence, root=root)
    problems = (*parameters, *words), (*lost, *places)
    return CheckReport(*problems, evidence.totals, notes, aside, undecided, waiting)


def _absent_files(run: Run, document: Document, folder: Path) -> Iterator[Problem]:
    """Name every declared file the data folder lacks, where the run file declares it."""
    if not folder.is_dir() and any(source.file for source in run.sources):
        yield Problem("there is no such data folder.", folder.as_posix(), remedy="Name it: --data DIR.")
        return
    for index, source in enumerate(run.sources):
        if source.file is not None and not (folder / source.file).is_file():
            message = f"the data folder {folder.as_posix()} has no file {named(source.file)}."
            path = ("sources", index, "file")
            yield document.problem(path, message, remedy="Correct the name, or put the file there.")


def _sound_totals(
    run: Run, document: Document, declared: Sequence[Problem], folder: Path, store: Path
) -> tuple[SourceTotals, ...]:
    """Return the totals of the sources that no problem is about; none where problems stand elsewhere.

    Nothing is counted beside a register of units that is declared wrongly: its units would be unknown.
    """
    starts = [document.mark(("sources", index)).line for index in range(len(run.sources))]
    top = [mark.line for path, mark in document.keys.items() if len(path) == 1]
    end = min((line for line in top if line > starts[-1]), default=sys.maxsize)
    lines = [problem.line or 0 for problem in declared]
    if not all(starts[0] <= line < end for line in lines):
        return ()
    wrong = {bisect_right(starts, line) - 1 for line in lines}
    sound = tuple(source for index, source in enumerate(run.sources) if index not in wrong)
    if not sound or any(run.sources[index].table == "units" for index in wrong):
        return ()
    try:
        return prepare(run.model_copy(update={"sources": sound}), folder, store).totals
    except (DataError, ParameterError):
        return ()


def parameter_text(path: Path) -> str:
    """Return the text of a parameter file.

    Raises
    ------
    ParameterError
        Where there is no such file, it is no utf-8, or it is too large to be one.
    """
    name = path.as_posix()
    if not path.is_file():
        raise ParameterError(Problem("there is no such file.", name, remedy="Check the path."))
    if path.stat().st_size > MAXIMUM_BYTES:
        message = f"the file is larger than {MAXIMUM_BYTES // 1_000_000} MB."
        raise ParameterError(Problem(message, name, remedy="A parameter file holds choices, never data."))
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        message = f"the file is not written in utf-8 (byte {error.start})."
        raise ParameterError(Problem(message, name, remedy="Save it as utf-8.")) from None
