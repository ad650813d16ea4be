"""Whether a run is, byte for byte, what was sealed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auditlib.errors import Problem, VerificationFailed
from auditlib.runs.atomic import files_below, hash_file
from auditlib.runs.manifest import NAME, Manifest, read_manifest


@dataclass(frozen=True, slots=True)
class Verified:
    """An intact run: how much was compared."""

    manifest: Manifest
    files: int
    size: int


def verify(directory: Path) -> Verified:
    """Hash every file of a run again and compare it with the manifest.

    Raises
    ------
    ParameterError
        If `directory` holds no complete run.
    VerificationFailed
        Naming every file that was altered, is missing, or does not belong to the run.
    """
    manifest = read_manifest(directory)
    problems = [*_altered(directory, manifest), *_extra(directory, manifest)]
    if problems:
        raise VerificationFailed(*problems)
    return Verified(manifest, len(manifest.files), sum(seal.size for seal in manifest.files.values()))


def _altered(directory: Path, manifest: Manifest) -> Iterator[Problem]:
    for name, seal in sorted(manifest.files.items()):
        path = directory / name
        if path.is_symlink() or not path.is_file():
            yield Problem("is missing.", file=name)
            continue
        try:
            found, size = hash_file(path)
        except OSError as error:
            yield Problem(f"cannot be read: {error.strerror}.", file=name)
            continue
        if size != seal.size:
            yield Problem(f"was altered: {size} bytes instead of {seal.size}.", file=name)
        elif found != seal.sha256:
            yield Problem("was altered: same size, other content.", file=name)


def _extra(directory: Path, manifest: Manifest) -> Iterator[Problem]:
    for name, _ in files_below(directory):
        if name != NAME and name not in manifest.files:
            yield Problem("does not belong to the run.", file=name)
