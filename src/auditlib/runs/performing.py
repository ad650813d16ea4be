"""One run from its run file to its sealed folder; interrupted anywhere, the next one completes it."""

from __future__ import annotations

import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from auditlib.errors import AuditError, DataError, ParameterError, Problem
from auditlib.files import digest
from auditlib.files.folders import recover, remove_directory
from auditlib.parameters.strict_yaml import Document, read_yaml
from auditlib.runs.assemble import assemble
from auditlib.runs.entered import Entered, read_entered
from auditlib.runs.events import EvidenceStep, Notify, Planned, silent
from auditlib.runs.occupied import refuse_occupied
from auditlib.runs.passes import Commission, execute_passes
from auditlib.runs.plan import RunPlan, read_plan
from auditlib.runs.preregistration import enter_data, enter_parameters
from auditlib.runs.steps import Options, Steps, usual_steps
from auditlib.runs.withholding import Parts, read_withheld
from auditlib.seal.findings import previous_problems
from auditlib.seal.lock import only_writer
from auditlib.seal.paths import OutputFolders
from auditlib.seal.verifying import verify


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run came to.

    Parameters
    ----------
    directory
        The finished folder.
    executed, cached
        Notebooks executed now, and those whose result was still good.
    missing
        Notebooks without a current result; only with `Options.only`.
    unchanged
        Whether the sealed run was already this one, and intact.
    sealed
        Whether the finished folder is this run; never made so with `Options.only`.
    """

    directory: Path
    executed: tuple[str, ...]
    cached: tuple[str, ...]
    missing: tuple[str, ...] = ()
    unchanged: bool = False
    sealed: bool = True

    @property
    def report(self) -> Path:
        """The report."""
        return self.directory / "report.html"


def perform(
    run_file: Path,
    *,
    name: str = "",
    options: Options | None = None,
    steps: Steps | None = None,
    notify: Notify = silent,
) -> RunOutcome:
    """Run an audit.

    Parameters
    ----------
    run_file
        The run file.
    name
        The run file as the user named it.
    options
        How to carry it out.
    steps
        How evidence is prepared and the report rendered.
    notify
        Told about every step.

    Raises
    ------
    ParameterError
        With all problems of the run file at once, before anything is read.
    DataError
        If a source cannot be used as declared, or a unit stands where no calendar knows the holidays.
    NotebookFailed
        After all other notebooks are finished; their results and the partly executed copy are kept.
    Busy
        If another process writes this audit.
    AuditError
        If the system refuses to write, for example because the disk is full.
    """
    options, started = options or Options(), datetime.now(UTC)
    plan = read_plan(run_file, name=name or str(run_file))
    _check_options(plan, options)
    document = read_yaml(plan.content.decode("utf-8-sig"), name=name or str(run_file))
    _check_previous(plan, document, options.outputs or plan.root / "outputs")
    places = OutputFolders((options.outputs or plan.root / "outputs").resolve(), plan.run.audit)
    try:
        with terminated_as_interrupt(), only_writer(places.lock, audit=plan.run.audit):
            begun = Begun(plan, document, started)
            return _perform(begun, places, options, steps or usual_steps(), notify=notify)
    except OSError as error:
        raise _refused(error, places) from error


@dataclass(frozen=True, slots=True)
class Begun:
    """What is run, its run file with places, and since when."""

    plan: RunPlan
    document: Document
    started: datetime


def _perform(
    begun: Begun, places: OutputFolders, options: Options, steps: Steps, *, notify: Notify
) -> RunOutcome:
    plan, started = begun.plan, begun.started
    _tidy(places)
    enter_parameters(plan, places, at=started)
    entered = read_entered(plan.run, places)
    data = (options.data or plan.root / "data" / plan.file.stem).resolve()
    evidence = steps.prepare(
        plan.run, data, places.evidence, options.threads, lambda text: notify(EvidenceStep(text))
    )
    enter_data(places, evidence=evidence.key, at=datetime.now(UTC))
    if foreseen := steps.foresee(plan.run, begun.document, plan.root, evidence):
        raise DataError(*foreseen)
    key = _run_key(plan, evidence.key, entered=entered, pdf=steps.pdf().name)
    commission = Commission(plan, places, evidence, options, notify, key)
    withheld: Parts = read_withheld(places.withheld, key=key)
    current = {} if options.fresh else commission.current(withheld)
    if len(current) == len(plan.notebooks) and _already_sealed(places, key=key):
        notify(Planned((), tuple(current)))
        return RunOutcome(places.finished, (), tuple(current), unchanged=True)
    have = execute_passes(commission, current, withheld)
    missing = tuple(notebook.name for notebook in plan.notebooks if notebook.name not in have.results)
    # Who asks for single notebooks seals nothing, whichever of them is the last.
    sealed = not (options.only or missing)
    if sealed:
        assemble(commission, have, entered=entered, steps=steps, started=started)
    cached = tuple(
        notebook.name
        for notebook in plan.notebooks
        if notebook.name in have.results and notebook.name not in have.executed_now
    )
    executed = tuple(notebook.name for notebook in plan.notebooks if notebook.name in have.executed_now)
    return RunOutcome(places.finished, executed, cached, missing, sealed=sealed)


def _run_key(plan: RunPlan, evidence: str, *, entered: Entered, pdf: str) -> str:
    """Return the hash of everything the outputs of a run depend on."""
    notebooks = {notebook.name: plan.notebook_key(notebook, evidence=evidence) for notebook in plan.notebooks}
    return digest(
        {
            "notebooks": notebooks,
            "run_file": plan.content.hex(),
            "choices": plan.choices,
            **entered.hashes,
            "pdf": pdf,
        }
    )


def _already_sealed(places: OutputFolders, *, key: str) -> bool:
    try:
        return verify(places.finished).manifest.key == key
    except AuditError:
        return False


def _tidy(places: OutputFolders) -> None:
    """Put right what an interrupted run left behind; nothing of it where a person's files would be lost."""
    refuse_occupied(places)
    recover(places.finished, aside=places.aside)
    for folder in (places.stage, places.aside):
        if folder.exists():
            remove_directory(folder)
    shutil.rmtree(places.running, ignore_errors=True)


def _check_options(plan: RunPlan, options: Options) -> None:
    plan.chosen(options.only)
    if options.jobs < 1 or options.threads < 1 or options.timeout <= 0:
        raise ParameterError(Problem("--jobs, --threads and --timeout must be 1 or more."))


def _check_previous(plan: RunPlan, document: Document, outputs: Path) -> None:
    problems = [*previous_problems(plan.run, document, outputs)]
    if problems:
        raise ParameterError(*problems)


def _refused(error: OSError, places: OutputFolders) -> AuditError:
    where = str(error.filename or places.outputs)
    return AuditError(
        Problem(
            f"the system refused: {error.strerror or error}.",
            file=where,
            remedy="The last complete run is untouched. Make room or grant access, then run again to go on.",
        )
    )


@contextmanager
def terminated_as_interrupt() -> Iterator[None]:
    """Treat a polite request to end (SIGTERM) like Ctrl-C, so that started processes are ended too."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
