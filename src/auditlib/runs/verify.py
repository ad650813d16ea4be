"""Whether a run is, byte for byte, what was sealed, and whether its ledger is whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditlib.errors import ParameterError, Problem, VerificationFailed
from auditlib.records import counted
from auditlib.runs.atomic import files_below, hash_file
from auditlib.runs.ledger import SEALED, Entry, holds, ledger_path, read_ledger
from auditlib.runs.manifest import NAME, Manifest, read_manifest

SHORTEST_HEAD = 16
"""Characters of a hash that nobody finds another entry for by accident."""
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


def verify(directory: Path, *, head: str = "") -> Verified:
    """Hash every file of a run again and compare it with the manifest.

    Parameters
    ----------
    head
        Hash of an entry that the ledger must hold, as noted down from a sign-off; its first
        `SHORTEST_HEAD` characters or more. Empty: none is asked for.

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
    problems += [*_cut_off(manifest, entries), *_missing(head, manifest, entries)]
    if problems:
        raise VerificationFailed(*problems)
    if (directory / SIGNATURE).exists():
        from auditlib.runs.signature import check_envelope

        check_envelope(directory, manifest, ledger=entries)
    return Verified(
        manifest, len(manifest.files), sum(seal.size for seal in manifest.files.values()), entries
    )


def _cut_off(manifest: Manifest, entries: Sequence[Entry]) -> Iterator[Problem]:
    """Yield a problem where the ledger no longer holds the entry the manifest was sealed with."""
    fixed = manifest.fixed
    if fixed is None or not entries:
        return
    name = ledger_path(Path(), manifest.audit).name
    if not holds(entries, number=fixed.entries, head=fixed.head):
        yield Problem("lacks entries the run was sealed with, or is another ledger.", name)
    elif not any(one.event == SEALED and one.facts["seal"] == manifest.seal for one in entries):
        yield Problem(
            "lacks the entry that this run was sealed, and whatever came after it.",
            name,
            remedy="Restore the ledger from a copy.",
        )


def _missing(head: str, manifest: Manifest, entries: Sequence[Entry]) -> Iterator[Problem]:
    """Yield a problem where the ledger holds no entry with the hash `head`."""
    if not head:
        return
    name = ledger_path(Path(), manifest.audit).name
    if len(head) < SHORTEST_HEAD or not set(head) <= set("0123456789abcdef"):
        remedy = f"Give at least {SHORTEST_HEAD} characters of the hash that the sign-off printed."
        raise ParameterError(Problem(f"{head!r} is no hash of an entry.", name, remedy=remedy))
    if not any(one.hash.startswith(head) for one in entries):
        yield Problem(
            f"holds no entry {head[:SHORTEST_HEAD]}...: it was cut off, or this is another ledger.",
            name,
            remedy="Restore the ledger from a copy.",
        )


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
            yield Problem(f"was altered: {counted(size, 'byte')} instead of {seal.size}.", file=name)
        elif found != seal.sha256:
            yield Problem("was altered: same size, other content.", file=name)


def _extra(directory: Path, manifest: Manifest) -> Iterator[Problem]:
    for name, _ in files_below(directory):
        if name not in (NAME, SIGNATURE) and name not in manifest.files:
            yield Problem("does not belong to the run.", file=name)
