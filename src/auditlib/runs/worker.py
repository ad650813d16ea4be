"""The process that executes one notebook with papermill; started by `execute`, one per notebook.

It reads its job as one JSON line from standard input and answers on standard output with one JSON line per
event. When standard input closes, whoever started it is gone: it ends its kernel and itself.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from math import ceil
from pathlib import Path
from typing import Any, ClassVar

from jupyter_client.manager import AsyncKernelManager
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines

from auditlib.files import write_bytes
from auditlib.runs.bounded import BoundedClient
from auditlib.runs.causes import cause_of_error, cause_of_exception, section_of
from auditlib.runs.guard import end_descendants, tie_to_parent
from auditlib.runs.normalise import as_text, normalised

Tell = Callable[..., None]

LONGEST_ADDRESS = 100
"""Bytes of a socket's path that every system takes: Linux keeps 108 for it, macOS 104, each with a zero."""
STARTS = 2
"""A kernel that does not come up is started once more; one that came up never is."""
START = 60
"""Seconds a kernel may take to come up."""
LAG = 10
"""Seconds that what a cell has put out may arrive after its end."""
_PASSED_ON = ("timeout", "iopub_timeout", "startup_timeout", "kernel_manager_class")
HIDDEN = ("data", "work")
"""Parameters that say where one machine keeps its files; taken out of the stored copy."""


class _Kernel(AsyncKernelManager):
    """Remembers each kernel it starts, so that it can be ended when nobody waits for it any more.

    It is spoken to over files of its own, not over ports of the machine: those are few and anybody's, and of
    many kernels started at once some lose theirs to another.
    """

    started: ClassVar[list[_Kernel]] = []
    sockets: ClassVar[Path | None] = None

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, **socket_options(self.sockets, len(self.started)))
        self.started.append(self)


def socket_options(folder: Path | None, number: int) -> dict[str, str]:
    """Return how to speak to kernel `number` of this process: over files in `folder` where the system can.

    A file's whole path must fit into what the system keeps for the address of a socket.
    """
    place = f"{folder}/{os.getpid()}-{number}"
    too_long = len(os.fsencode(f"{place}-0000")) > LONGEST_ADDRESS
    if folder is None or too_long or os.name == "nt":
        return {}
    return {"transport": "ipc", "ip": place, "connection_file": f"{place}.json"}


class _Manager(NotebookExecutionManager):  # type: ignore[misc]  # papermill carries no types
    """Keeps the partly executed copy on disk and tells which cell is running."""

    def __init__(self, notebook: Any, *, partial: Path, tell: Tell) -> None:
        super().__init__(notebook, progress_bar=False, autosave_cell_every=0)
        self._partial, self._tell = partial, tell

    def save(self, **kwargs: Any) -> None:
        if kwargs.get("nb"):
            self.nb = kwargs["nb"]
        temporary = self._partial.with_suffix(".tmp")
        temporary.write_text(json.dumps(self.nb, indent=1, default=str), encoding="utf-8")
        temporary.replace(self._partial)

    def cell_start(self, cell: Any, cell_index: int | None = None, **kwargs: Any) -> None:
        _Engine.begun = True
        index = cell_index or 0
        self._tell("cell", cell=index + 1, cells=len(self.nb.cells), section=section_of(self.nb.cells, index))
        super().cell_start(cell, cell_index, **kwargs)


class _Engine(NBClientEngine):  # type: ignore[misc]  # papermill carries no types
    """papermill's own engine with our manager, and output within bounds."""

    partial: Path
    tell: Tell
    begun: bool
    """Whether a kernel has come up and a cell was begun."""

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **options: Any) -> Any:
        options = {name: options[name] for name in _PASSED_ON}
        nb.metadata.papermill.pop("input_path", None)
        manager = _Manager(nb, partial=cls.partial, tell=cls.tell)
        manager.notebook_start()
        try:
            BoundedClient(manager, kernel_name=kernel_name, **options).execute()
        finally:
            manager.notebook_complete()
        return manager.nb


def main() -> int:
    """Execute the job on standard input; return the process's exit code."""
    job = json.loads(sys.stdin.readline())
    tie_to_parent(job["parent"])
    tell = _channel()
    threading.Thread(target=_end_with_parent, args=(job.get("sockets"),), daemon=True).start()
    try:
        cause = execute(job, tell=tell)
    except OSError as error:
        cause = f"its executed copy could not be written: {error.strerror or error}"
    finally:
        end_descendants()
    if cause:
        tell("failed", cause=cause)
        return 1
    tell("done")
    return 0


def execute(job: Mapping[str, Any], *, tell: Tell) -> str:
    """Execute a job and store the notebook's stable copy; return why it failed, or ''."""
    from papermill.exceptions import PapermillExecutionError

    _Engine.partial, _Engine.tell, _Engine.begun = Path(job["partial"]), tell, False
    _Kernel.sockets = Path(job["sockets"]) if job.get("sockets") else None
    papermill_engines.register("auditlib", _Engine)
    try:
        executed = _executed(job)
    except PapermillExecutionError as error:
        return cause_of_error(error)
    except Exception as error:
        cause = cause_of_exception(error, timeout=job["timeout"])
        return cause if _Engine.begun else f"its Python process did not come up, {STARTS} times over: {cause}"
    if unfinished := _unfinished(executed):
        return unfinished
    tell("storing")
    write_bytes(Path(job["executed"]), as_text(normalised(executed, hidden=HIDDEN)).encode())
    return ""


def _executed(job: Mapping[str, Any]) -> Any:
    """Execute the notebook, once more where its kernel did not come up the first time."""
    for _ in range(STARTS - 1):
        try:
            return _papermill(job)
        except Exception:
            if _Engine.begun:
                raise
            _end_kernels()
    return _papermill(job)


def _papermill(job: Mapping[str, Any]) -> Any:
    import nbformat
    import papermill

    notebook = nbformat.read(job["notebook"], as_version=4)  # type: ignore[no-untyped-call]  # partly typed
    # a notebook given as a value and no output path: papermill then formats no path with our parameters
    return papermill.execute_notebook(
        notebook,
        None,
        parameters=job["parameters"],
        engine_name="auditlib",
        kernel_name="python3",
        language="python",
        progress_bar=False,
        cwd=job["cwd"],
        timeout=ceil(job["timeout"]),
        iopub_timeout=LAG,
        startup_timeout=START,
        kernel_manager_class=_Kernel,
    )


def _unfinished(notebook: Any) -> str:
    """Say where a notebook ended early without an error; papermill takes ``sys.exit(0)`` for success."""
    for cell in notebook.cells:
        ended = any(output.get("output_type") == "error" for output in cell.get("outputs", []))
        if cell.cell_type == "code" and cell.source.strip() and (ended or cell.execution_count is None):
            return "it ended itself before its last cell"
    return ""


def _channel() -> Tell:
    """Return the way to tell events; what anything else prints goes to standard error instead."""
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)

    def tell(event: str, **facts: Any) -> None:
        with suppress(OSError):  # nobody listens any more: the other thread ends this process
            stream.write(json.dumps({"event": event, **facts}) + "\n")
            stream.flush()

    return tell


def _end_with_parent(sockets: str | None) -> None:
    sys.stdin.read()
    _end_kernels()
    if sockets:  # whoever made this folder is gone
        shutil.rmtree(sockets, ignore_errors=True)
    os._exit(3)


def _end_kernels() -> None:
    """Kill the kernels this process started; each leads a process group of its own."""
    for kernel in _Kernel.started:
        process = getattr(kernel.provisioner, "process", None)
        with suppress(OSError):
            if process is not None and os.name == "nt":
                process.kill()
            elif process is not None:
                os.killpg(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
