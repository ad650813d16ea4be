"""A package: what is handed over of a finished run, without its evidence, and still held by the run's seal.

It holds the run's manifest, signature, ledger and sign-off page as they are, every sealed file but the
evidence, and a manifest of its own. That names the seal of the run, and what was left out by its hash, so
that who has no evidence can verify a package, and who keeps the evidence can hold a package to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from auditlib.errors import Problem, VerificationFailed
from auditlib.files import canonical, write_bytes
from auditlib.parameters.run import AuditId
from auditlib.seal.envelope import SIGNATURE
from auditlib.seal.inside import kind_of, read_plain
from auditlib.seal.ledger import stamp
from auditlib.seal.manifest import (
    NAME,
    UNSEALED,
    FileSeal,
    Manifest,
    Sha256,
    as_document,
    read_manifest,
    seal_of,
)
from auditlib.seal.verifying import (
    SealedPlace,
    Verified,
    beside,
    differing,
    ledger_of,
    signed,
    unchecked,
    verify_all,
)
from auditlib.statements import counted

RELEASE, LEDGER, PAGE = "release.json", "ledger.jsonl", "signoff.html"
SCHEMA: Final = "auditlib/release@1"
EVIDENCE = "evidence/"
"""What never leaves: everything below it."""
WORK_PAPERS = "workpapers.xlsx"


class Release(BaseModel):
    """The manifest of a package."""

    schema_: Literal["auditlib/release@1"] = Field(SCHEMA, alias="schema")
    audit: AuditId
    run: Sha256 = Field(description="Seal of the run it was made of.")
    files: dict[str, FileSeal] = Field(description="Every file of the package but this one.")
    left_out: dict[str, FileSeal] = Field(description="Files of the run that stay where the evidence is.")
    made: str = Field(description="UTC, ISO 8601.")
    seal: Sha256 = Field(description="Hash of this document without this field.")

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def sealed_release(manifest: Manifest, files: Mapping[str, FileSeal], *, at: datetime) -> Release:
    """Return the manifest of a package that holds `files` of a run, sealed."""
    facts: dict[str, Any] = {
        "audit": manifest.audit,
        "run": manifest.seal,
        "files": dict(files),
        "left_out": {name: seal for name, seal in manifest.files.items() if name not in files},
        "made": stamp(at),
    }
    draft = Release(**facts, seal=UNSEALED)
    return draft.model_copy(update={"seal": seal_of(as_document(draft))})


def write_release(directory: Path, release: Release) -> None:
    """Write the manifest of a package."""
    write_bytes(directory / RELEASE, canonical(as_document(release)).encode())


def read_release(directory: Path) -> Release:
    """Read and check the manifest of a package.

    Raises
    ------
    VerificationFailed
        If it is not, byte for byte, what was written.
    """
    content = read_plain(directory / RELEASE)
    try:
        document = json.loads(content)
        release = Release.model_validate(document)
        sound = canonical(document).encode() == content and release.seal == seal_of(document)
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        sound = False
    if not sound:
        remedy = f"Do not rely on {directory}; ask for the package again."
        raise VerificationFailed(Problem("the manifest of the package was altered.", RELEASE, remedy=remedy))
    return release


def stays(name: str) -> bool:
    """Tell whether a file of a run stays where its evidence is.

    Registers hold single cases, and so do the work papers: whoever counts them has every small count that the
    report holds back.
    """
    register = name.startswith("exhibits/") and name.endswith(".parquet")
    return name.startswith(EVIDENCE) or name == WORK_PAPERS or register


def is_package(directory: Path) -> bool:
    """Tell whether a folder says that it is a package."""
    return kind_of(directory / RELEASE) is not None


def verify_handed(directory: Path, *, head: str = "", keys: Sequence[Path] | None = ()) -> Verified:
    """Verify a finished run, or a package of one, whichever `directory` holds; see `verify_all`."""
    if not is_package(directory):
        return verify_all(directory, head=head, keys=keys)
    release, manifest = read_release(directory), read_manifest(directory)
    place = SealedPlace(directory, directory / LEDGER, directory / PAGE)
    entries, broken = ledger_of(place, manifest, head=head)
    problems = [
        *_unchained(release, manifest),
        *differing(directory, release.files, unsealed=(RELEASE,)),
        *broken,
        *signed(place, manifest, entries),
    ]
    problems = problems or [*beside(place, manifest, entries, keys=keys)]
    if problems:
        raise VerificationFailed(*problems)
    size = sum(seal.size for seal in release.files.values())
    return Verified(manifest, len(release.files), size, entries)


def unchecked_of(
    directory: Path, *, head: str = "", reperform: bool = False, data: bool = False
) -> tuple[str, ...]:
    """Return what a verification of a run or a package leaves open; see `unchecked`."""
    if not is_package(directory):
        return unchecked(directory, head=head, reperform=reperform, data=data)
    evidence = (
        "the evidence and that the numbers rest on it, because a package holds none: who keeps the run can"
    )
    return (*unchecked(directory, head=head, reperform=True, data=True), evidence)


def _unchained(release: Release, manifest: Manifest) -> Iterator[Problem]:
    """Yield every way in which a package is not the run whose manifest it holds, but for the evidence."""
    if (release.run, release.audit) != (manifest.seal, manifest.audit):
        yield Problem("belongs to another run than the manifest beside it.", RELEASE)
        return
    for name, seal in sorted(manifest.files.items()):
        omitted, included = release.left_out.get(name), release.files.get(name)
        if seal not in (omitted, included) or (omitted is not None and included is not None):
            yield Problem("is not in the package as the run sealed it.", name)
        elif omitted is not None and not stays(name):
            message = "was left out, and only the evidence, registers of cases and work papers may be."
            yield Problem(message, name)
    for name in sorted({*release.files} - {*manifest.files} - {NAME, SIGNATURE, LEDGER, PAGE}):
        yield Problem("was added to what the run sealed.", name)
    if foreign := len({*release.left_out} - {*manifest.files}):
        yield Problem(f"names {counted(foreign, 'file')} left out that the run never had.", RELEASE)
