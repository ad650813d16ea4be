"""The project a run belongs to: its folders, the law in force, and the versions that compute."""

from __future__ import annotations

import platform
import re
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path

from auditlib import __version__
from auditlib.audit import opening
from auditlib.errors import ParameterError, Problem
from auditlib.files import hash_file
from auditlib.seal.manifest import Versions

LAW = ("standards", "policies", "calendars", "definitions", "profiles", "registers")
"""Folders of ``params/`` that hold the law, not what one run chooses."""


def project_root(run_file: Path) -> Path:
    """Return the folder that holds ``params/`` and ``notebooks/``: around the run file, or around here.

    Raises
    ------
    ParameterError
        If there is none.
    """
    for start in (run_file.resolve().parent, Path.cwd()):
        with suppress(ParameterError):
            return opening.project_root(start)
    raise ParameterError(
        Problem(
            "no folder with params/ and notebooks/ was found around the run file or the current folder.",
            file=str(run_file) if run_file.is_file() else "",
            remedy="Go to the suite's folder, which holds both, and run again; other paths may lie anywhere.",
        )
    )


def law_files(root: Path) -> dict[str, Path]:
    """Return every file of the law, by its path below ``params/``."""
    params = root / "params"
    files = (path for folder in LAW for path in (params / folder).rglob("*.yaml"))
    return {path.relative_to(params).as_posix(): path for path in sorted(files)}


def law_hashes(root: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of the law."""
    return {name: hash_file(path)[0] for name, path in law_files(root).items()}


@cache
def versions() -> Versions:
    """Return what computes: Python, auditlib with a hash of its source, and the libraries it names."""
    from auditlib.evidence.identity import source_hash

    return Versions(
        python=platform.python_version(),
        auditlib=__version__,
        source=source_hash(),
        libraries=_libraries(),
    )


def _libraries() -> dict[str, str]:
    try:
        declared = metadata.requires("auditlib") or []
    except metadata.PackageNotFoundError:
        declared = []
    names = (re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in declared if "extra ==" not in line)
    return {name: metadata.version(name) for name in sorted(names)}
