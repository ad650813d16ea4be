"""What stands where a run is to be put: a run may be replaced, a person's files may not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from auditlib.errors import AuditError, Problem
from auditlib.files.folders import foreign
from auditlib.seal.envelope import SIGNATURE
from auditlib.seal.manifest import NAME
from auditlib.seal.paths import OutputFolders
from auditlib.statements import counted

_NAMED = 10
"""Foreign files that are named; of more, their number is said."""


def refuse_occupied(places: OutputFolders) -> None:
    """Refuse to write a run where something else than a run of this audit would be replaced or removed.

    Raises
    ------
    AuditError
        Naming the link, the folder that is no run, or the files its manifest does not name. Nothing was
        moved then.
    """
    left_behind = [folder for folder in (places.stage, places.aside) if (folder / NAME).is_file()]
    problems = [
        *_link(places.failed),
        *_not_replaceable(places.finished, places.audit),
        *(problem for folder in left_behind for problem in _not_replaceable(folder, places.audit)),
    ]
    if problems:
        raise AuditError(*problems)


def _link(place: Path) -> Iterator[Problem]:
    if place.is_symlink():
        yield Problem(
            "this is a link, and what it leads to would be replaced.",
            file=str(place),
            remedy="Remove the link, or name another folder with --out.",
        )


def _not_replaceable(folder: Path, audit: str) -> Iterator[Problem]:
    if folder.is_symlink():
        yield from _link(folder)
    elif folder.exists() and not folder.is_dir():
        yield Problem("this is a file, and a run is to stand here.", str(folder), remedy=_elsewhere("it"))
    elif folder.is_dir():
        names = list(foreign(folder, expected=_belonging(folder, audit)))
        remedy = _elsewhere("it")
        for name in names[:_NAMED]:
            yield Problem("does not belong to the run and would be lost.", str(folder / name), remedy=remedy)
        if further := names[_NAMED:]:
            yield Problem(
                f"{counted(len(further), 'more file')} would be lost.",
                str(folder),
                remedy=_elsewhere("the folder"),
            )


def _belonging(folder: Path, audit: str) -> frozenset[str]:
    """Return the files that the manifest in `folder` names, though it be damaged; none where it is no run."""
    try:
        document = json.loads((folder / NAME).read_bytes())
        sealed = frozenset(document["files"]) if document["audit"] == audit else frozenset()
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return frozenset()
    return sealed | {NAME, SIGNATURE} if sealed else frozenset()


def _elsewhere(noun: str) -> str:
    return f"Move {noun} elsewhere, or name another folder with --out; then run again."
