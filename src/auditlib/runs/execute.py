"""Notebooks executed side by side, each in a process of its own (papermill's ``cwd`` is per process)."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any

from auditlib.runs import guard
from auditlib.runs.causes import too_long
from auditlib.runs.events import CellStarted, Event, Finished, Notify, Stopped
from auditlib.runs.notebook_parameters import Scalar

_PATIENCE = 10.0
_TO_START = 300.0
"""Seconds until a first cell has begun; the process that executes gives up earlier by itself."""
_BEYOND = 15.0
"""Seconds that process has to say that a cell took too long, before it is ended from outside."""
_END_OF_LOG = 4000
"""Bytes of what a process printed in which the reason is looked for why it ended."""
_SOCKETS = "auditlib-"
"""Folder for the sockets of kernels: in the system's own, for their paths must be short (see `worker`)."""
_OVER, _LATE = {"event": "over"}, {"event": "late"}
"""What stands in the queue of messages when there will be no more, and for one that did not come."""


@dataclass(frozen=True, slots=True)
class Job:
    """One notebook to execute.

    Parameters
    ----------
    notebook
        Its name.
    source
        The notebook file.
    parameters
        Values already checked against the notebook's own `parameters` cell; empty for its defaults.
    cwd
        Folder its code runs in.
    folder
        Private folder: ``executed.ipynb`` appears here when it is done, ``partial.ipynb`` while it runs.
    timeout
        Seconds one cell may take.
    """

    notebook: str
    source: Path
    parameters: Mapping[str, Scalar]
    cwd: Path
    folder: Path
    timeout: float

    @property
    def executed(self) -> Path:
        """The finished copy, in its stable form."""
        return self.folder / "executed.ipynb"

    @property
    def partial(self) -> Path:
        """The copy as far as it has come."""
        return self.folder / "partial.ipynb"

    @property
    def log(self) -> Path:
        """What the process printed."""
        return self.folder / "log.txt"


def furnish(folder: Path, evidence: Path) -> None:
    """Make the private folder of a notebook that records, and lend it the evidence."""
    (folder / "results").mkdir(parents=True)
    (folder / "exhibits").mkdir()
    try:
        (folder / "evidence").symlink_to(evidence.resolve(), target_is_directory=True)
    except OSError:  # the system allows no links
        shutil.copytree(evidence, folder / "evidence")


@dataclass(slots=True)
class _Pool:
    """The processes that are running, and what is left; shared between the threads that watch them."""

    notify: Notify
    remaining: list[str]
    sockets: Path
    mark: str
    running: list[subprocess.Popen[str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: bool = False

    def tell(self, event: Event) -> None:
        with self.lock:
            self.notify(event)

    def stop(self) -> None:
        """End every process, and whatever it started; where they cannot be found, a closed pipe tells it."""
        with self.lock:
            self.stopped = True
            running = tuple(self.running)
        for process in running:
            with suppress(OSError):
                if process.stdin:
                    process.stdin.close()
        guard.end_marked(self.mark)
        for process in running:
            try:
                process.wait(timeout=_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def execute_all(
    jobs: Sequence[Job],
    *,
    side_by_side: int,
    environment: Mapping[str, str],
    settle: Callable[[Job, str], tuple[str, str]],
    notify: Notify,
) -> None:
    """Execute `jobs`, at most `side_by_side` at a time; a failed one does not stop the others.

    Parameters
    ----------
    settle
        Called once per ended job with the cause of failure, or '' when it is done. It keeps the result
        or the partly executed copy, and returns the cause it settled on and where that copy is ('' and '').

    Notes
    -----
    Whatever interrupts this function, every process and kernel it started is ended before it returns.
    """
    with _guarded() as (mark, sockets):
        pool = _Pool(notify, [job.notebook for job in jobs], sockets, mark)
        _execute_in(pool, jobs, side_by_side=side_by_side, environment=environment, settle=settle)


@contextmanager
def _guarded() -> Iterator[tuple[str, Path]]:
    """Give a mark for the processes of a run and a folder for sockets; killed or not, both end with it."""
    mark, folder = secrets.token_hex(16), tempfile.mkdtemp(prefix=_SOCKETS)
    watching = subprocess.Popen(  # noqa: S603 - this Python and a file of the suite
        [sys.executable, "-I", "-S", guard.__file__, mark, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield mark, Path(folder)
    finally:
        watching.communicate()
        guard.end_marked(mark)  # nothing is left to do unless the guard itself was killed
        shutil.rmtree(folder, ignore_errors=True)


def _execute_in(
    pool: _Pool,
    jobs: Sequence[Job],
    *,
    side_by_side: int,
    environment: Mapping[str, str],
    settle: Callable[[Job, str], tuple[str, str]],
) -> None:
    def work(job: Job) -> None:
        cause = _run(job, pool, environment=environment)
        with pool.lock:
            if pool.stopped:
                return
            pool.remaining.remove(job.notebook)
            remaining = tuple(pool.remaining)
            cause, executed_copy = settle(job, cause)
            pool.notify(
                Stopped(job.notebook, cause, executed_copy, remaining)
                if cause
                else Finished(job.notebook, remaining)
            )

    with _ended(pool), ThreadPoolExecutor(max_workers=side_by_side) as threads:
        futures = [threads.submit(work, job) for job in jobs]
        try:
            finished, _ = wait(futures, return_when=FIRST_EXCEPTION)
            for future in finished:
                future.result()
        except BaseException:
            pool.stop()
            threads.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def _ended(pool: _Pool) -> Iterator[None]:
    try:
        yield
    finally:
        pool.stop()


def _run(job: Job, pool: _Pool, *, environment: Mapping[str, str]) -> str:
    """Run one job to its end; return the cause of its failure in one line, or ''."""
    mark = f"{pool.mark}/{job.notebook}/"
    job.folder.mkdir(parents=True, exist_ok=True)
    with job.log.open("w", encoding="utf-8") as log, pool.lock:
        if pool.stopped:
            return "it was not started"
        process = subprocess.Popen(
            [sys.executable, "-m", "auditlib.runs.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
            env={**environment, guard.VARIABLE: mark},
            start_new_session=True,
        )
        pool.running.append(process)
    try:
        return _followed(job, process, pool, end=partial(guard.end_marked, mark))
    finally:
        guard.end_marked(mark)  # also what the notebook put into a session of its own
        with pool.lock:
            pool.running.remove(process)
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                if stream:
                    stream.close()


def _followed(job: Job, process: subprocess.Popen[str], pool: _Pool, *, end: Callable[[], None]) -> str:
    """Follow one process to its end; what it executes may keep it too busy to end by itself."""
    assert process.stdin is not None  # noqa: S101 - both are pipes, opened above
    assert process.stdout is not None  # noqa: S101
    with suppress(OSError):
        process.stdin.write(json.dumps(_as_message(job, pool.sockets)) + "\n")
        process.stdin.flush()
    messages: SimpleQueue[dict[str, Any]] = SimpleQueue()
    threading.Thread(target=_read, args=(process.stdout, messages), daemon=True).start()
    place, patience, ending = "", _TO_START, {"event": ""}
    while (message := _next(messages, patience)) != _OVER:
        if message == _LATE:
            end()
            process.kill()
            ending = {"event": "late", "cause": too_long(job.timeout) if place else "it did not come up"}
        elif message["event"] == "cell":
            pool.tell(CellStarted(job.notebook, message["cell"], message["cells"], message["section"]))
            place, patience = _place(message), job.timeout + _BEYOND
        elif message["event"] == "storing":
            patience = _TO_START
        elif ending["event"] != "late":
            ending = message
    code = process.wait()
    if ending["event"] == "done":
        return ""
    cause = str(ending.get("cause") or _sudden_end(job, code))
    return f"{job.notebook} stopped{place}: {cause.rstrip('.')}."


def _read(stream: IO[str], messages: SimpleQueue[dict[str, Any]]) -> None:
    """Pass on what a process says, line by line; the last may be cut off where it was killed."""
    with suppress(OSError, ValueError):
        for line in stream:
            messages.put(json.loads(line))
    messages.put(_OVER)


def _next(messages: SimpleQueue[dict[str, Any]], patience: float) -> dict[str, Any]:
    for seconds in (patience, 1.0):  # whoever was suspended finds what was said meanwhile in the second
        with suppress(Empty):
            return messages.get(timeout=seconds)
    return _LATE


def _as_message(job: Job, sockets: Path) -> dict[str, object]:
    return {
        "notebook": str(job.source),
        "parameters": dict(job.parameters),
        "cwd": str(job.cwd),
        "partial": str(job.partial),
        "executed": str(job.executed),
        "timeout": job.timeout,
        "sockets": str(sockets),
        "parent": os.getpid(),
    }


def _place(message: Mapping[str, object]) -> str:
    section = f" ('{message['section']}')" if message["section"] else ""
    return f" in cell {message['cell']} of {message['cells']}{section}"


def _sudden_end(job: Job, code: int) -> str:
    how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    with job.log.open("rb") as log:
        log.seek(max(0, log.seek(0, os.SEEK_END) - _END_OF_LOG))
        lines = log.read().decode(errors="replace").strip().splitlines()
    return f"the process executing it {how}" + (f" ({lines[-1].strip()})" if lines else "")
