"""A first run file written for a client's files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from auditlib.errors import ParameterError, Problem
from auditlib.files import write_bytes
from auditlib.onboarding.edition_in_force import edition_in_force
from auditlib.onboarding.file_looks import FileLook, look_at, look_in
from auditlib.onboarding.open_questions import OpenQuestion, walk
from auditlib.onboarding.propose import propose
from auditlib.onboarding.recogniser import Recogniser
from auditlib.onboarding.recognisers import recognisers
from auditlib.onboarding.run_file_text import DECIDE, run_file_text
from auditlib.parameters.run import AuditId, FileName
from auditlib.seal.project import project_root

_FIRST_DAY = date(2025, 1, 1)
_FOLLOWS = {"16_improvement": "02_benchmark"}
"""Notebooks that are read directly after another, whatever their number."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was proposed.

    Parameters
    ----------
    run_file
        Where the run file is.
    placed
        ``(file or sheet, canonical table)``, in the order of the run file.
    unplaced
        Files and sheets no table fits.
    decisions
        How many lines are marked for the auditor.
    command
        What to run next.
    """

    run_file: Path
    placed: tuple[tuple[str, str], ...]
    unplaced: tuple[str, ...]
    decisions: int
    command: str


def new(
    name: str,
    files: Sequence[Path],
    *,
    start: Path,
    database: str = "",
    force: bool = False,
    progress: Callable[[str], None] | None = None,
    ask: Callable[[OpenQuestion], str] | None = None,
) -> Written:
    """Look at a client's files or database and write ``params/runs/<name>.yaml`` with proposed mappings.

    Parameters
    ----------
    name
        Id of the audit: lower-case letters, digits and hyphens.
    files
        The client's files; README files are passed over.
    start
        A folder of the project.
    database
        Environment variable that holds the address of a database to look at as well.
    force
        Replace a run file of that name.
    progress
        Called with each file that is looked at.
    ask
        Called with each open question before the file is written; see `asking.walk`.

    Raises
    ------
    ParameterError
        For a name that cannot be one, no file, or an existing run file without `force`.
    DataError
        For a file or database that cannot be read.
    """
    _check_name(name)
    root = project_root(start / "new.yaml")
    target = root / "params" / "runs" / f"{name}.yaml"
    if target.exists() and not force:
        remedy = "Choose another name, or replace it with --force."
        raise ParameterError(Problem("this run file exists already.", _relative(target), remedy=remedy))
    usual_folder = root / "data" / name
    wanted = _client_files(files) if files or not database else []
    folder = _data_folder(wanted) if wanted else usual_folder
    exports = recognisers(root)
    looks = _looks(wanted, folder, exports, progress)
    looks += look_in(database, exports=exports) if database else []
    proposal = propose(looks, fallback=_FIRST_DAY, exports=exports)
    usual = folder.resolve() == usual_folder.resolve()
    command = f"auditlib check {_relative(target)}" + ("" if usual else f" --data {_relative(folder)}")
    standard = edition_in_force(proposal.start, proposal.end, root=root)
    text = run_file_text(proposal, audit=name, command=command, notebooks=_notebooks(root), standard=standard)
    if ask is not None:
        text = walk(text, looks, ask=ask)
    write_bytes(target, text.encode())
    placed = tuple((source.look.where, source.table.name) for source in proposal.sources)
    unplaced = tuple(look.where for look in proposal.unplaced)
    return Written(target, placed, unplaced, text.count(DECIDE), command)


def _check_name(name: str) -> None:
    try:
        TypeAdapter(AuditId).validate_python(name, strict=True)
    except ValidationError:
        message = f"{name!r} cannot name an audit."
        remedy = "Use lower-case letters, digits and hyphens, at most 63."
        raise ParameterError(Problem(message, remedy=remedy)) from None


def _client_files(files: Sequence[Path]) -> list[Path]:
    wanted = [path for path in files if path.is_file() and not path.name.lower().startswith(("readme", "."))]
    absent = [path for path in files if not path.exists()]
    if absent:
        problems = [
            Problem("there is no such file.", path.as_posix(), remedy="Check the path.") for path in absent
        ]
        raise ParameterError(*problems)
    if not wanted:
        raise ParameterError(Problem("there is no file to look at.", remedy="Name the client's exports."))
    mixed = len({path.is_absolute() for path in wanted}) > 1
    normalised = [Path(os.path.normpath(path.absolute() if mixed else path)) for path in wanted]
    return sorted(dict.fromkeys(normalised))


def _data_folder(files: Sequence[Path]) -> Path:
    """Return the nearest folder that holds all files, as the user named it."""
    return Path(os.path.commonpath([str(path.parent) for path in files]))


def _looks(
    files: Sequence[Path],
    folder: Path,
    exports: Mapping[str, Recogniser],
    progress: Callable[[str], None] | None,
) -> list[FileLook]:
    looks: list[FileLook] = []
    for path in files:
        file = path.relative_to(folder).as_posix()
        try:
            TypeAdapter(FileName).validate_python(file)
        except ValidationError:
            message = "this file name cannot stand in a run file."
            remedy = "Rename it without control characters and backslashes."
            raise ParameterError(Problem(message, repr(file), remedy=remedy)) from None
        if progress is not None:
            progress(file)
        looks += look_at(path, file=file, exports=exports)
    return looks


def _notebooks(root: Path) -> list[str]:
    """Return the notebooks of the project in the order a reader meets them."""
    names = (path.stem for path in (root / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    return sorted(names, key=lambda name: (_FOLLOWS.get(name, name), name))


def _relative(path: Path) -> str:
    """Return `path` relative to the current folder where it lies below it."""
    current = Path.cwd()
    return (
        path.relative_to(current) if path.is_absolute() and path.is_relative_to(current) else path
    ).as_posix()
