"""What evidence is named after: the files, the parameters, and the code that made it of them."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from auditlib.files import digest

if TYPE_CHECKING:
    from auditlib.parameters.run import Run

ROOMS = ("contracts", "errors", "evidence", "files", "parameters", "records", "statements", "time")
"""The rooms whose code makes evidence: this one, and all that it imports."""
LIBRARIES = (
    "duckdb", "narwhals", "numpy", "pandas", "pyarrow", "pydantic", "python-calamine", "pyyaml", "tzdata",
)  # fmt: skip
"""The libraries these rooms import, and the time zones."""
_SHAPING = ("period", "as_of", "time_zone", "instruments", "sources")


def content_key(run: Run, hashes: Sequence[str], *, secret: bytes | None = None) -> str:
    """Return the content address of evidence: a hash of its files, its parameters and what made it of them.

    The code is part of it, so that no change of the code can be served what the code before it made; so is
    the key of a store that pseudonyms are made with, so that results of other pseudonyms are not kept.
    """
    identity = {
        "files": list(hashes),
        "parameters": run.model_dump(mode="json", include=set(_SHAPING)),
        "code": source_hash(ROOMS),
        "libraries": library_versions(),
        "python": platform.python_version(),
        **({"pseudonyms": hashlib.sha256(secret).hexdigest()} if secret else {}),
    }
    return digest(identity)


@cache
def source_hash(rooms: tuple[str, ...] = ()) -> str:
    """Return a hash of the suite's own files: names and bytes, of these rooms or of all."""
    return source_hash_of(Path(__file__).parent.parent, rooms)


def source_hash_of(package: Path, rooms: tuple[str, ...] = ()) -> str:
    """Return a hash of the files of a package, of those rooms or of all; compiled ones left out."""
    files = (path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    by_name = {path.relative_to(package).as_posix(): path for path in files}
    chosen = {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in by_name.items()
        if not rooms or Path(name.split("/")[0]).stem in rooms
    }
    return digest(chosen)


@cache
def library_versions() -> Mapping[str, str]:
    """Return the version of each of `LIBRARIES`."""
    return {name: version(name) for name in LIBRARIES}
