"""Whether a run is, byte for byte, what was sealed, and whether its ledger is whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditlib.errors import Problem, VerificationFailed
from auditlib.runs.atomic import files_below, hash_file
from auditlib.runs.ledger import Entry, ledger_path, read_ledger
from auditlib.runs.manifest import NAME, Manifest, read_manifest

SIGNATURE = "manifest.dsse.json"
"""The signature; it is made after the manifest and lies beside it."""


@dataclass(frozen=True, slots=True)
class Verified:
    """An intact run: how much was compared."""

    manifest: Manifest
    files: int
    size: int
    ledger: tuple[Entry, ...] = ()
    """Entries of the ledger beside the run; none where it was handed over without."""


def verify(directory: Path) -> Verified:
    """Hash every file of a run again and compare it with the manifest.

    Raises
    ------
    ParameterError
        If `directory` holds no complete run.
    VerificationFailed
        Naming every file that was altered, is missing, or does not belong to the run, a line of the
        ledger that was, or a signature of something else.
    """
    manifest = read_manifest(directory)
    problems = [*_altered(directory, manifest), *_extra(directory, manifest)]
    entries = read_ledger(ledger_path(directory.resolve().parent, manifest.audit))
    problems += _cut_off(manifest, entries)
    if problems:
        raise VerificationFailed(*problems)
    if (directory / SIGNATURE).exists():
        from auditlib.runs.signature import check_envelope

        check_envelope(directory, manifest)
    return Verified(
        manifest, len(manifest.files), sum(seal.size for seal in manifest.files.values()), entries
    )


def _cut_off(manifest: Manifest, entries: Sequence[Entry]) -> Iterator[Problem]:
    """Yield a problem where the ledger no longer holds the entry the manifest was sealed with."""
    fixed = manifest.fixed
    if fixed is None or not entries:
        return
    if len(entries) < fixed.entries or entries[fixed.entries - 1].hash != fixed.head:
        name = ledger_path(Path(), manifest.audit).name
        yield Problem("lacks entries the run was sealed with, or is another ledger.", name)


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
        if name not in (NAME, SIGNATURE) and name not in manifest.files:
            yield Problem("does not belong to the run.", file=name)
