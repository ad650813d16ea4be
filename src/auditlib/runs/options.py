"""How a run is carried out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


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
