"""Whether a run is, byte for byte, what was sealed, and whether its ledger is whole.

Nothing is read but the folder of the run, and its ledger and sign-off page beside it; links are not followed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditlib.errors import ParameterError, Problem, VerificationFailed
from auditlib.files import hash_file
from auditlib.seal.envelope import SIGNATURE, misfits, read_envelope, unproven
from auditlib.seal.inside import EntryKind, folders_of, inside, kind_of, leads_outside
from auditlib.seal.ledger import (
    SEALED,
    SIGN_OFF_PAGE,
    SIGNED_OFF,
    LedgerEntry,
    backwards,
    holds,
    ledger_path,
    page_path,
    read_ledger,
    unfinished,
)
from auditlib.seal.manifest import NAME, FileSeal, Manifest, read_manifest
from auditlib.statements import counted

SHORTEST_HEAD = 16
"""Characters of a hash that nobody finds another entry for by accident."""
_COPY = "Restore it from a copy."


@dataclass(frozen=True, slots=True)
class Verified:
    """An intact run: how much was compared."""

    manifest: Manifest
    files: int
    size: int
    ledger: tuple[LedgerEntry, ...] = ()
    """Entries of the ledger beside the run; none where it was sealed without one."""


@dataclass(frozen=True, slots=True)
class SealedPlace:
    """Where a run lies, and what it was sealed with lies."""

    directory: Path
    ledger: Path
    page: Path


def place_of(directory: Path, manifest: Manifest) -> SealedPlace:
    """Return the place of a run in a folder of outputs: ledger and sign-off page lie beside it."""
    outputs = directory.resolve().parent
    return SealedPlace(directory, ledger_path(outputs, manifest.audit), page_path(outputs, manifest.audit))


def verify(directory: Path, *, head: str = "") -> Verified:
    """Hash every file of a run again and compare it with the manifest; read its ledger through.

    Who signed is not asked here: see `verify_all`.

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
    place = place_of(directory, manifest)
    entries, broken = ledger_of(place, manifest, head=head)
    problems = [
        *differing(directory, manifest.files, unsealed=(NAME, SIGNATURE)),
        *broken,
        *signed(place, manifest, entries),
    ]
    if problems:
        raise VerificationFailed(*problems)
    return Verified(
        manifest, len(manifest.files), sum(file.size for file in manifest.files.values()), entries
    )


def unchecked(
    directory: Path, *, head: str = "", reperform: bool = False, data: bool = False
) -> tuple[str, ...]:
    """Return what a verification of `directory` leaves open, each with its reason, as parts of a sentence."""
    open_questions: dict[str, bool] = {
        "who made the run, because nobody signed it": kind_of(directory / SIGNATURE) is None,
        "whether its ledger lost entries at the end, because no hash of one was given (--head)": not head,
        "whether its notebooks give the recorded numbers, for they were not run again (--reperform)": (
            not reperform
        ),
        "whether its evidence is what the client's files hold, which were not read again (--data)": not data,
    }
    return tuple(words for words, open_ in open_questions.items() if open_)


def verify_all(directory: Path, *, head: str = "", keys: Sequence[Path] | None = ()) -> Verified:
    """Verify a run as `verify` does, its sign-off page, and who made each of its signatures.

    Parameters
    ----------
    keys
        Public keys, one for each signature; None where nobody asks who signed.

    Raises
    ------
    ParameterError
        If `directory` holds no complete run, or a key is none.
    VerificationFailed
        As `verify` does, and where a signature is proven by none of `keys`.
    """
    verified = verify(directory, head=head)
    problems = [
        *beside(place_of(directory, verified.manifest), verified.manifest, verified.ledger, keys=keys)
    ]
    if problems:
        raise VerificationFailed(*problems)
    return verified


def beside(
    place: SealedPlace, manifest: Manifest, entries: Sequence[LedgerEntry], *, keys: Sequence[Path] | None
) -> Iterator[Problem]:
    """Yield what is wrong with the end of the ledger, the sign-off page and the signatures."""
    if unfinished(place.ledger):
        message = "its last line is unfinished and does not count: it was cut, or writing it was interrupted."
        yield Problem(message, place.ledger.name, len(entries) + 1, remedy=_COPY)
    yield from wrong_page(place, manifest, entries)
    if keys is not None:
        yield from unproven(read_envelope(place.directory), keys)


def differing(
    directory: Path, files: Mapping[str, FileSeal], *, unsealed: Collection[str]
) -> Iterator[Problem]:
    """Yield every way in which a folder is not, byte for byte, the sealed `files`.

    Parameters
    ----------
    unsealed
        Files that speak of the others and are checked by themselves; they may be there.
    """
    if outside := sorted(filter(leads_outside, files)):
        yield from (Problem("is named as a file of the run and lies outside its folder.", x) for x in outside)
        return
    entries = inside(directory)
    folders = {folder for name in files for folder in folders_of(name)}
    blocked = {name for name in folders if entries.get(name, EntryKind.FOLDER) is not EntryKind.FOLDER}
    for name, seal in sorted(files.items()):
        if blocked.isdisjoint(folders_of(name)):
            yield from _altered(directory, name, entries.get(name), seal)
    for name, kind in entries.items():
        if name in blocked:
            yield Problem(f"should be a folder and is {kind}.", name, remedy=_COPY)
        elif name not in files and name not in folders and name not in unsealed:
            yield Problem(
                "does not belong to the run."
                if kind is EntryKind.FILE
                else f"is {kind}, and not of the run.",
                name,
            )


def _altered(directory: Path, name: str, kind: EntryKind | None, seal: FileSeal) -> Iterator[Problem]:
    if kind is not EntryKind.FILE:
        yield Problem(f"is {kind}." if kind else "is missing.", name, remedy=_COPY)
        return
    try:
        sha256, size = hash_file(directory / name)
    except OSError as error:
        yield Problem(f"cannot be read: {error.strerror}.", file=name)
        return
    if size != seal.size:
        yield Problem(f"was altered: {counted(size, 'byte')} instead of {seal.size}.", file=name)
    elif sha256 != seal.sha256:
        yield Problem("was altered: same size, other content.", file=name)


def ledger_of(
    place: SealedPlace, manifest: Manifest, *, head: str = ""
) -> tuple[tuple[LedgerEntry, ...], tuple[Problem, ...]]:
    """Return the entries of a run's ledger, and what is wrong with them."""
    name = place.ledger.name
    _require_hash(head, name)
    try:
        entries = read_ledger(place.ledger)
    except VerificationFailed as error:
        return (), error.problems
    problems = (
        *_cut_off(place.ledger, manifest, entries),
        *backwards(entries, name=name),
        *_missing(head, name, entries),
    )
    return entries, problems


def _cut_off(ledger: Path, manifest: Manifest, entries: Sequence[LedgerEntry]) -> Iterator[Problem]:
    """Yield a problem where the ledger no longer holds the entry the manifest was sealed with."""
    fixed, name = manifest.fixed, ledger.name
    if not entries and fixed is not None:
        state = "holds no entry" if kind_of(ledger) else "is missing"
        yield Problem(
            f"{state}, and the run was sealed with {counted(fixed.entries, 'entry', 'entries')} in it.",
            name,
            remedy="Put it beside the run. A run that is handed over takes it along: auditlib release.",
        )
    elif fixed is not None and not holds(entries, number=fixed.entries, head=fixed.head):
        yield Problem("lacks entries the run was sealed with, or is another ledger.", name, remedy=_COPY)
    elif entries and not any(
        entry.event == SEALED and entry.facts["seal"] == manifest.seal for entry in entries
    ):
        yield Problem(
            "lacks the entry that this run was sealed, and whatever came after it.", name, remedy=_COPY
        )


def _require_hash(head: str, name: str) -> None:
    if head and (len(head) < SHORTEST_HEAD or not set(head) <= set("0123456789abcdef")):
        remedy = f"Give at least {SHORTEST_HEAD} characters of the hash that the sign-off printed."
        raise ParameterError(Problem(f"{head!r} is no hash of an entry.", name, remedy=remedy))


def _missing(head: str, name: str, entries: Sequence[LedgerEntry]) -> Iterator[Problem]:
    """Yield a problem where the ledger holds no entry with the hash `head`."""
    if head and not any(entry.hash.startswith(head) for entry in entries):
        yield Problem(
            f"holds no entry {head[:SHORTEST_HEAD]}...: it was cut off, or this is another ledger.",
            name,
            remedy="Restore the ledger from a copy.",
        )


def signed(place: SealedPlace, manifest: Manifest, entries: Sequence[LedgerEntry]) -> Iterator[Problem]:
    """Yield what is wrong with the signatures, whoever made them."""
    try:
        envelope = read_envelope(place.directory)
    except VerificationFailed as error:
        yield from error.problems
        return
    if envelope:
        yield from misfits(envelope, place.directory, manifest, ledger=entries, name=place.ledger.name)


def wrong_page(place: SealedPlace, manifest: Manifest, entries: Sequence[LedgerEntry]) -> Iterator[Problem]:
    """Yield what is wrong with the page of sign-offs: it is there as it was entered, or not at all."""
    path, kind = place.page, kind_of(place.page)
    entered = {
        entry.facts["sha256"]: entry.facts["seal"] for entry in entries if entry.event == SIGN_OFF_PAGE
    }
    now = next((page for page, seal in reversed(entered.items()) if seal == manifest.seal), None)
    if kind not in (EntryKind.FILE, None):
        yield Problem(f"is {kind}.", path.name, remedy=_COPY)
    elif kind is None and signed_off(entries, manifest):
        yield Problem("is missing, and the run was signed off.", path.name, remedy=_COPY)
    elif kind is not None and hash_file(path)[0] not in ({now} if now else {*entered}):
        yield Problem(
            "is not the sign-off page that the ledger names: it was altered, or belongs to something else.",
            path.name,
            remedy="Restore it from a copy, or sign off again in the same role and name to print it anew.",
        )


def signed_off(entries: Sequence[LedgerEntry], manifest: Manifest) -> bool:
    """Tell whether the run of this manifest was signed off."""
    return any(entry.event == SIGNED_OFF and entry.facts["seal"] == manifest.seal for entry in entries)
