"""How a run is carried out, and the steps it takes from other rooms: values, so that a test takes others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from auditlib.errors import Problem
from auditlib.parameters.run import Run
from auditlib.parameters.strict_yaml import Document
from auditlib.records import SourceTotals
from auditlib.runs.documents import PdfMaker, no_pdf, usual_pdf


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


class PreparedEvidence(Protocol):
    """What a run needs to know of the evidence."""

    @property
    def directory(self) -> Path:
        """Folder that holds it."""

    @property
    def key(self) -> str:
        """Hash of what it was made from."""

    @property
    def totals(self) -> Sequence[SourceTotals]:
        """Control totals, one per source file."""


Prepare = Callable[[Run, Path, Path, int, Callable[[str], None]], PreparedEvidence]
Foresee = Callable[[Run, Document, Path, PreparedEvidence], Sequence[Problem]]
Render = Callable[[Path], str]
Tabulate = Callable[[Path], bytes]


@dataclass(frozen=True, slots=True)
class Steps:
    """How evidence is prepared, the report rendered and set as PDF, and the work papers written.

    `foresee` names what would stop a notebook anyhow.
    """

    prepare: Prepare
    render: Render
    workpapers: Tabulate
    pdf: Callable[[], PdfMaker] = no_pdf
    foresee: Foresee = lambda _run, _document, _root, _evidence: ()


def usual_steps() -> Steps:
    """Return the suite's own steps."""
    return Steps(_prepare, _render, _workpapers, usual_pdf, _foresee)


def _prepare(
    run: Run, data: Path, store: Path, threads: int, progress: Callable[[str], None]
) -> PreparedEvidence:
    from auditlib.evidence import prepare

    return prepare(run, data, store, threads=threads, progress=progress)


def _foresee(run: Run, document: Document, root: Path, evidence: PreparedEvidence) -> Sequence[Problem]:
    """Return the places of units that no calendar knows, as `auditlib check` names them."""
    from auditlib.audit.unit_places import misplaced
    from auditlib.evidence import open_evidence

    return misplaced(run, document, open_evidence(evidence.directory), root=root)


def _render(directory: Path) -> str:
    from auditlib.report import render

    return render(directory)


def _workpapers(directory: Path) -> bytes:
    from auditlib.report.workpapers import workpapers

    return workpapers(directory)
