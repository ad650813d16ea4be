"""One run from its run file to its sealed folder; interrupted anywhere, the next one completes it."""

from __future__ import annotations

import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import FrameType

from auditlib.errors import AuditError, NotebookFailed, ParameterError, Problem
from auditlib.parameters.strict_yaml import read_yaml
from auditlib.runs.assemble import assemble, run_key, secrets_of
from auditlib.runs.atomic import recover, remove_directory, write_bytes
from auditlib.runs.events import EvidenceStep, Notify, Planned, silent
from auditlib.runs.examined import read_examined
from auditlib.runs.execute import Job, execute_all
from auditlib.runs.findings import findings_before, previous_problems
from auditlib.runs.fixing import enter_data, enter_parameters
from auditlib.runs.kept import KeptResult, Unusable, keep, kept_result
from auditlib.runs.lock import only_writer
from auditlib.runs.occupied import refuse_occupied
from auditlib.runs.places import Places
from auditlib.runs.plan import Plan, PlannedNotebook, read_plan
from auditlib.runs.registered import registered
from auditlib.runs.steps import Prepared, Steps, usual_steps
from auditlib.runs.surroundings import worker_environment
from auditlib.runs.verify import verify


@dataclass(frozen=True, slots=True)
class Options:
    """How one run is carried out; nothing here changes a result.

    Parameters
    ----------
    data
        Folder of the client's files; default ``data/<name of the run file>`` in the project.
    outputs
        Folder of outputs; default ``outputs`` in the project.
    jobs
        Notebooks executed side by side.
    threads
        Threads each of them, and the intake, may use.
    only
        Execute these notebooks and no others; empty for all.
    fresh
        Execute every notebook again, even where nothing changed.
    timeout
        Seconds one cell may take.
    """

    data: Path | None = None
    outputs: Path | None = None
    jobs: int = 2
    threads: int = 2
    only: tuple[str, ...] = ()
    fresh: bool = False
    timeout: float = 900.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to.

    Parameters
    ----------
    directory
        The finished folder.
    executed, kept
        Notebooks executed now, and those whose result was still good.
    missing
        Notebooks without a current result; only with `Options.only`. Nothing is sealed then.
    unchanged
        Whether the sealed run was already this one, and intact.
    """

    directory: Path
    executed: tuple[str, ...]
    kept: tuple[str, ...]
    missing: tuple[str, ...] = ()
    unchanged: bool = False

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
) -> Outcome:
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
        If a source cannot be used as declared.
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
    _check_previous(plan, options.outputs or plan.root / "outputs", name=name or str(run_file))
    places = Places((options.outputs or plan.root / "outputs").resolve(), plan.run.audit)
    try:
        with terminated_as_interrupt(), only_writer(places.lock, audit=plan.run.audit):
            return _perform(plan, places, options, steps or usual_steps(), started=started, notify=notify)
    except OSError as error:
        raise _refused(error, places) from error


def _perform(
    plan: Plan, places: Places, options: Options, steps: Steps, *, started: datetime, notify: Notify
) -> Outcome:
    _tidy(places)
    enter_parameters(plan, places, at=started)
    before = findings_before(plan.run, places.outputs)
    registers = registered(plan.run, places.outputs)
    examined = read_examined(places)
    data = (options.data or plan.root / "data" / plan.file.stem).resolve()
    evidence = steps.prepare(
        plan.run, data, places.evidence, options.threads, lambda text: notify(EvidenceStep(text))
    )
    enter_data(places, evidence=evidence.key, at=datetime.now(UTC))
    current = {} if options.fresh else _current(plan, places, evidence)
    todo = [
        one
        for one in plan.notebooks
        if one.name not in current and (not options.only or one.name in options.only)
    ]
    notify(Planned(tuple(one.name for one in todo), tuple(current)))
    entered = registers.sha256 + examined.sha256
    key = run_key(plan, evidence.key, before=before, pdf=steps.pdf().name, registers=entered)
    if not todo and _already_sealed(places, key=key):
        return Outcome(places.finished, (), tuple(current), unchanged=True)
    made = _execute(plan, places, evidence, todo, options=options, notify=notify)
    results = [
        result
        for one in plan.notebooks
        if (result := made.get(one.name) or current.get(one.name) or _kept(plan, places, evidence, one))
    ]
    have = {result.notebook for result in results}
    missing = tuple(one.name for one in plan.notebooks if one.name not in have)
    if not missing:
        assemble(
            plan,
            evidence,
            results,
            places,
            steps=steps,
            registers=registers,
            examined=examined,
            before=before,
            started=started,
            notify=notify,
        )
    kept = tuple(one.name for one in plan.notebooks if one.name in have and one.name not in made)
    executed = tuple(one.name for one in plan.notebooks if one.name in made)
    return Outcome(places.finished, executed, kept, missing)


def _execute(
    plan: Plan,
    places: Places,
    evidence: Prepared,
    todo: Sequence[PlannedNotebook],
    *,
    options: Options,
    notify: Notify,
) -> dict[str, KeptResult]:
    """Execute `todo`; return their results, or raise NotebookFailed once all have ended."""
    keys = {one.name: plan.notebook_key(one, evidence=evidence.key) for one in todo}
    made: dict[str, KeptResult] = {}
    failures: list[Problem] = []

    def settle(job: Job, cause: str) -> tuple[str, str]:
        if not cause and _changed(plan, job.notebook, evidence, key=keys[job.notebook]):
            cause = f"{job.notebook}, the run file or the law was changed while it ran."
        if not cause:
            try:
                made[job.notebook] = keep(job, places.kept, key=keys[job.notebook])
            except Unusable as error:
                cause = f"{job.notebook} ended, but {error}."
        if not cause:
            _forget_failure(places, job.notebook)
            return "", ""
        kept = _keep_failure(places, job, cause)
        failures.append(Problem(cause, remedy=f"Its executed copy is {kept}"))
        return cause, str(kept)

    with _scratch(places.running) as scratch:
        jobs = [_job(one, plan, evidence, options, folder=scratch / one.name) for one in todo]
        environment = worker_environment(
            threads=options.threads, scratch=scratch, without=tuple(secrets_of(plan.run))
        )
        execute_all(jobs, side_by_side=options.jobs, environment=environment, settle=settle, notify=notify)
    if failures:
        raise NotebookFailed(*failures)
    return made


@contextmanager
def _scratch(running: Path) -> Iterator[Path]:
    """Give a folder no other run writes to, not even one whose processes are just being ended."""
    running.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=running))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _job(one: PlannedNotebook, plan: Plan, evidence: Prepared, options: Options, *, folder: Path) -> Job:
    (folder / "results").mkdir(parents=True)
    (folder / "exhibits").mkdir()
    lend(evidence.directory, folder / "evidence")
    given = {"run_file": plan.run_file, "data": "", "work": str(folder)}
    return Job(one.name, one.path, {**given, **one.values}, plan.root / "notebooks", folder, options.timeout)


def lend(directory: Path, place: Path) -> None:
    """Make `directory` readable at `place`: a link, or a copy where the system allows no links."""
    try:
        place.symlink_to(directory.resolve(), target_is_directory=True)
    except OSError:
        shutil.copytree(directory, place)


def _current(plan: Plan, places: Places, evidence: Prepared) -> dict[str, KeptResult]:
    found = {one.name: _kept(plan, places, evidence, one) for one in plan.notebooks}
    return {name: result for name, result in found.items() if result}


def _kept(plan: Plan, places: Places, evidence: Prepared, one: PlannedNotebook) -> KeptResult | None:
    return kept_result(places.kept, one.name, key=plan.notebook_key(one, evidence=evidence.key))


def _changed(plan: Plan, notebook: str, evidence: Prepared, *, key: str) -> bool:
    """Whether what a result depends on is no longer what was read when the run began."""
    try:
        now = read_plan(plan.file, name=plan.file.name)
    except AuditError:
        return True
    return key not in (
        now.notebook_key(one, evidence=evidence.key) for one in now.notebooks if one.name == notebook
    )


def _already_sealed(places: Places, *, key: str) -> bool:
    try:
        return verify(places.finished).manifest.key == key
    except AuditError:
        return False


def _tidy(places: Places) -> None:
    """Put right what an interrupted run left behind; nothing of it where a person's files would be lost."""
    refuse_occupied(places)
    recover(places.finished, aside=places.aside)
    for folder in (places.stage, places.aside):
        if folder.exists():
            remove_directory(folder)
    shutil.rmtree(places.running, ignore_errors=True)


def _keep_failure(places: Places, job: Job, cause: str) -> Path:
    copy = places.failed / f"{job.notebook}.ipynb"
    source = next(path for path in (job.partial, job.source) if path.is_file())
    _forget_failure(places, job.notebook)
    write_bytes(copy, source.read_bytes())
    write_bytes(copy.with_suffix(".txt"), f"{cause}\n".encode())
    return copy


def _forget_failure(places: Places, notebook: str) -> None:
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


def _check_options(plan: Plan, options: Options) -> None:
    plan.chosen(options.only)
    if options.jobs < 1 or options.threads < 1 or options.timeout <= 0:
        raise ParameterError(Problem("--jobs, --threads and --timeout must be 1 or more."))


def _check_previous(plan: Plan, outputs: Path, *, name: str) -> None:
    document = read_yaml(plan.content.decode("utf-8-sig"), name=name)
    problems = [*previous_problems(plan.run, document, outputs)]
    if problems:
        raise ParameterError(*problems)


def _refused(error: OSError, places: Places) -> AuditError:
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
