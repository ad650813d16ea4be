"""Making the package of a finished run: nothing that the evidence alone may hold leaves with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from auditlib.disclosure import MinimumFrequency
from auditlib.errors import AuditError, ParameterError, Problem, VerificationFailed
from auditlib.evidence import Evidence, open_evidence
from auditlib.files import flush_directory
from auditlib.files.folders import remove_directory
from auditlib.files.writing import copy_file
from auditlib.parameters.run import Thresholds
from auditlib.seal.deduction import recorded_deductions, recorded_differences
from auditlib.seal.envelope import SIGNATURE
from auditlib.seal.file_names import unexplained
from auditlib.seal.inside import EntryKind, kind_of
from auditlib.seal.ledger import RELEASED, append
from auditlib.seal.lock import only_writer
from auditlib.seal.manifest import NAME, FileSeal, Manifest
from auditlib.seal.objections import named_units, objections
from auditlib.seal.package import EVIDENCE, LEDGER, PAGE, Release, sealed_release, stays, write_release
from auditlib.seal.paths import OutputFolders
from auditlib.seal.verifying import place_of, verify_all


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is about to leave: the run, the files of the package by name, and the evidence that stays.

    `against` are runs or packages that its readers may have as well, `words` those that name nobody.
    """

    directory: Path
    manifest: Manifest
    files: Mapping[str, Path]
    evidence: Evidence
    against: tuple[Path, ...] = ()
    words: Collection[str] = ()


Check = Callable[[Candidate], Iterator[Problem]]


def _personal(candidate: Candidate) -> Iterator[Problem]:
    """Yield the places that hold names, ids or addresses of the evidence."""
    reason = candidate.manifest.parameters.run.get("ids_shown_because", "")
    return objections(candidate.files, candidate.evidence, ids=not reason)


def _file_names(candidate: Candidate) -> Iterator[Problem]:
    """Yield the names of the client's files that may be called after somebody."""
    sealed = candidate.manifest.parameters
    if not sealed.run.get("file_names_shown_because"):
        path, words = candidate.files.get(sealed.file), {*candidate.words, *named_units(candidate.evidence)}
        text = path.read_text("utf-8-sig") if path else ""
        yield from unexplained(sealed.run, words, file=sealed.file, text=text)


def _few_people(candidate: Candidate) -> Iterator[Problem]:
    """Yield the counts of few people that its readers could work out, from it or with what they have."""
    minimum = _minimum(candidate.manifest)
    for deduction in recorded_deductions(candidate.directory, minimum=minimum):
        stated = deduction.stated
        worked_out = "can be worked out from others"
        if deduction.unknown:
            worked_out = f"perhaps it {worked_out}: that was not decided ({deduction.unknown.rstrip('.')})"
        yield Problem(
            f"the number {stated.key!r} is held back, and {worked_out}.",
            f"results/{stated.notebook}.json",
            remedy="Run the audit again with this version of the suite.",
        )
    for released in candidate.against:
        for apart in recorded_differences(candidate.directory, released, minimum=minimum):
            yield Problem(
                f"a difference of fewer than {minimum.least} to {released} stands in {apart.key!r}: "
                "who has both knows of so few.",
                f"results/{apart.notebook}.json",
                remedy="Hand over one of the two, or wait until more have come.",
            )


def _minimum(manifest: Manifest) -> MinimumFrequency:
    thresholds = manifest.parameters.run.get("thresholds", {})
    return MinimumFrequency.of(Thresholds.model_validate(thresholds))


CHECKS: tuple[Check, ...] = (_personal, _file_names, _few_people)
"""What a package must pass before it is made; each yields what must not leave, with its place."""


def release_run(
    directory: Path,
    *,
    out: Path | None = None,
    against: Sequence[Path] = (),
    words: Collection[str] = (),
    at: datetime,
) -> tuple[Path, Release]:
    """Make the package of a finished run and enter it into the ledger.

    Parameters
    ----------
    out
        Folder to be made; default ``<run>.release`` beside the run.
    against
        Runs or packages that its readers have as well, such as the edition before.
    words
        Words that name nobody: what a file of the client may be called by, besides those of the audit.

    Raises
    ------
    VerificationFailed
        Where the run is not what was sealed, its sign-off page and its ledger included.
    AuditError
        Where the package would give something away; nothing is written then.
    """
    manifest = verify_all(directory, keys=None).manifest
    place, places = place_of(directory, manifest), OutputFolders.around(directory, manifest.audit)
    target = (out or places.outputs / f"{manifest.audit}.release").resolve()
    _require_free(target, places)
    files = {name: directory / name for name in manifest.files if not stays(name)}
    beside = {
        NAME: directory / NAME,
        SIGNATURE: directory / SIGNATURE,
        LEDGER: place.ledger,
        PAGE: place.page,
    }
    files |= {name: path for name, path in beside.items() if kind_of(path) is EntryKind.FILE}
    evidence = open_evidence(directory / EVIDENCE)
    candidate = Candidate(directory, manifest, files, evidence, tuple(against), words)
    refused = [problem for check in CHECKS for problem in check(candidate)]
    if refused:
        raise AuditError(*refused, Problem("Nothing was released: see the places above."))
    with only_writer(places.lock, audit=manifest.audit):
        return target, _make(target, manifest, files, ledger=place.ledger, at=at)


def _make(
    target: Path, manifest: Manifest, files: Mapping[str, Path], *, ledger: Path, at: datetime
) -> Release:
    stage = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    if stage.exists():
        remove_directory(stage)
    try:
        copied = {name: copy_file(path, stage / name) for name, path in files.items()}
        seals = {name: FileSeal(sha256=sha256, size=size) for name, (sha256, size) in copied.items()}
        _require_same(manifest, seals)
        release = sealed_release(manifest, seals, at=at)
        write_release(stage, release)
        # entered first: what left is known, whatever happens next
        append(ledger, RELEASED, {"seal": manifest.seal, "release": release.seal}, at=at)
        stage.rename(target)
    except BaseException:
        if stage.exists():
            remove_directory(stage)
        raise
    flush_directory(target.parent)
    return release


def _require_same(manifest: Manifest, seals: Mapping[str, FileSeal]) -> None:
    for name in sorted(seals.keys() & manifest.files.keys()):
        if seals[name] != manifest.files[name]:
            raise VerificationFailed(Problem("was altered while it was copied.", name))


def _require_free(target: Path, places: OutputFolders) -> None:
    if kind_of(target) is not None:
        raise ParameterError(
            Problem(
                "stands there already.", str(target), remedy="Name another folder with --out, or move it."
            )
        )
    if target.is_relative_to(places.finished) or target.is_relative_to(places.work):
        raise ParameterError(Problem("a package is never made within a run.", str(target)))
