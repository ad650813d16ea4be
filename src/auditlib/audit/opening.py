"""Where an audit's files are, found from the run file alone."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from auditlib.errors import ParameterError, Problem
from auditlib.evidence import Evidence, open_evidence, prepare
from auditlib.parameters.load import load
from auditlib.parameters.run import Run

_NOTEBOOK = re.compile(r"[0-9]{2}_[a-z][a-z0-9_]{0,40}")


@dataclass(frozen=True, slots=True)
class AuditFolders:
    """Folders of one audit.

    Parameters
    ----------
    root
        The project: the folder that holds params/ and notebooks/.
    data
        The client's files.
    work
        Where results go.
    by_hand
        Whether a person opened the notebook, rather than a run.
    """

    root: Path
    data: Path
    work: Path
    by_hand: bool


def project_root(start: Path) -> Path:
    """Return the nearest folder at or above `start` that holds params/ and notebooks/."""
    for folder in (start, *start.parents):
        if (folder / "params").is_dir() and (folder / "notebooks").is_dir():
            return folder
    raise ParameterError(
        Problem(
            "no project found here or above: no folder holds both params/ and notebooks/",
            remedy="Open the notebook inside the project.",
        )
    )


def read_run(run_file: str, *, root: Path) -> Run:
    """Return the run declared in `run_file`, a path relative to `root`."""
    path = root / run_file
    if path.suffix not in (".yaml", ".yml") or not path.is_file():
        raise ParameterError(
            Problem("there is no such run file", file=run_file, remedy=_nearest_run(run_file, root=root))
        )
    return load(Run, path.read_text(encoding="utf-8"), name=run_file)


def _nearest_run(run_file: str, *, root: Path) -> str:
    run_files = [
        path.relative_to(root).as_posix() for path in sorted((root / "params" / "runs").glob("*.yaml"))
    ]
    near = get_close_matches(run_file, run_files, n=1, cutoff=0)
    return f"The nearest is {near[0]}." if near else "Put run files into params/runs/."


def place(run: Run, *, run_file: str, data: str, work: str, root: Path) -> AuditFolders:
    """Return where the audit of `run` reads and writes.

    Raises
    ------
    ParameterError
        Where `work` is a finished run: it is sealed, and nothing may be written into it.
    """
    by_hand = not work
    folder = root / "outputs" / ".by-hand" / run.audit if by_hand else root / work
    if (folder / "manifest.json").exists():
        raise ParameterError(
            Problem(
                f"the run of audit {run.audit!r} is finished and sealed",
                file="manifest.json",
                remedy="Leave 'work' empty to look at the audit by hand.",
            )
        )
    return AuditFolders(root, root / (data or f"data/{Path(run_file).stem}"), folder, by_hand)


def evidence_of(run: Run, where: AuditFolders) -> Evidence:
    """Return the evidence: the run's own, or by hand the prepared one, taken in where it is new."""
    if where.by_hand:
        return prepare(run, where.data, where.root / "outputs" / ".evidence", threads=_threads())
    return open_evidence(where.work / "evidence", threads=_threads())


def _threads() -> int:
    """Return how many threads a run allows; it tells its notebooks through the environment."""
    setting = os.environ.get("AUDITLIB_THREADS", "")
    return int(setting) if setting.isdecimal() and int(setting) > 0 else 2


def question_of(notebook: str, *, root: Path) -> str:
    """Return the question `notebook` asks: the text of its first heading.

    Raises
    ------
    ParameterError
        Where the project has no such notebook, naming the nearest.
    """
    path = root / "notebooks" / f"{notebook}.ipynb"
    if not _NOTEBOOK.fullmatch(notebook) or not path.is_file():
        raise ParameterError(_unknown_notebook(notebook, root=root))
    content = json.loads(path.read_text(encoding="utf-8"))
    return next(_headings(content), notebook)


def _headings(content: dict[str, list[dict[str, str | list[str]]]]) -> Iterator[str]:
    for cell in content["cells"]:
        if cell["cell_type"] == "markdown":
            for line in "".join(cell["source"]).splitlines():
                if line.startswith("# "):
                    yield line[2:].strip()


def _unknown_notebook(notebook: str, *, root: Path) -> Problem:
    notebooks = [path.stem for path in sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb"))]
    near = get_close_matches(notebook, notebooks, n=1, cutoff=0)
    remedy = f"The nearest is {near[0]}." if near else "Put it into notebooks/."
    return Problem(f"the project has no notebook {notebook!r}", remedy=remedy)
