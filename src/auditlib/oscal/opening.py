"""The OSCAL documents of a finished run, read from what was sealed and written beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from auditlib.actions.document import kept_actions
from auditlib.actions.register import Action
from auditlib.audit.standard import profile_file, standard_file
from auditlib.errors import ParameterError, Problem
from auditlib.files import canonical, write_bytes
from auditlib.files.folders import foreign, replace_directory
from auditlib.oscal import Audited, AuditedFinding, export
from auditlib.records import Sentence
from auditlib.seal.findings import FindingsDocument
from auditlib.seal.recorded_run import judge_of, read_results, verdict_of
from auditlib.seal.verifying import verify
from auditlib.standards.document import VerdictDocument
from auditlib.standards.edition import load_edition
from auditlib.standards.profile import load_profile

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Exported:
    """Where the documents were written, and why no standard was judged; empty where one was."""

    directory: Path
    files: tuple[str, ...]
    unjudged: str


def export_oscal(directory: Path, *, out: Path | None = None) -> Exported:
    """Write the five OSCAL documents of a finished run.

    Parameters
    ----------
    directory
        The run; it is verified first and never written to.
    out
        Folder of the documents; default: ``<audit>.oscal`` beside the run. An earlier export there is
        replaced in one step.

    Raises
    ------
    ParameterError
        If there is no complete run, or `out` lies in it or holds something else than an export.
    VerificationFailed
        If the run is not what was sealed, or a document refers to something that is not there.
    """
    audited = read_audited(directory)
    documents = {name: canonical(document).encode() for name, document in export(audited).items()}
    target = (out or directory.resolve().parent / f"{audited.run.audit}.oscal").absolute()
    _refuse_place(target, directory.resolve(), names=set(documents))
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as hidden:
        built = Path(hidden, "new")
        for name, content in documents.items():
            write_bytes(built / name, content)
        replace_directory(built, target, aside=Path(hidden, "old"))
    return Exported(target, tuple(documents), audited.unjudged)


def read_audited(directory: Path) -> Audited:
    """Verify a finished run and return what its export is made from."""
    manifest = verify(directory).manifest
    run = manifest.run
    recorded = read_results(directory / "results")
    verdict = verdict_of(recorded)
    profile = _law(directory, profile_file(run.profile), load_profile) if run.profile else None
    return Audited(
        run=run,
        run_file=manifest.parameters.file,
        edition=_law(directory, standard_file(run.standard), load_edition),
        profile=profile,
        verdict=VerdictDocument.model_validate_json(json.dumps(verdict)) if verdict else None,
        judge=judge_of(recorded),
        questions={name: results["question"] for name, results in recorded.items()},
        answers={name: tuple(_answers(results)) for name, results in recorded.items()},
        numbers=frozenset(
            f"{name}/{number['key']}" for name, results in recorded.items() for number in results["numbers"]
        ),
        raised=_raised(directory),
        files={name: seal.sha256 for name, seal in manifest.files.items()},
        key=manifest.key,
        version=manifest.versions.auditlib,
        agreed=_agreed(directory),
    )


def _agreed(directory: Path) -> dict[str, tuple[Action, ...]]:
    """Return the actions the run took in, by finding; bare proposals say nothing yet."""
    begun: dict[str, tuple[Action, ...]] = {}
    for action in kept_actions(directory):
        if action.begun:
            begun[action.fingerprint] = (*begun.get(action.fingerprint, ()), action)
    return begun


def _law(directory: Path, file: str, load: Callable[..., _Read]) -> _Read:
    stored = file.replace("params/", "parameters/", 1)
    try:
        text = (directory / stored).read_text(encoding="utf-8")
    except FileNotFoundError:
        message = "the run kept no such file, so its standard cannot be exported."
        raise ParameterError(Problem(message, stored, remedy="Name one there is, and run again.")) from None
    return load(text, name=stored)


def _answers(results: Mapping[str, Any]) -> Iterator[Sentence]:
    for sentence in results["answer"]:
        yield Sentence(sentence["text"], tuple(sentence["keys"]))


def _raised(directory: Path) -> tuple[AuditedFinding, ...]:
    try:
        document = FindingsDocument.model_validate_json((directory / "findings.json").read_bytes())
    except ValueError as error:
        message = "the findings were written by an earlier version and cannot be exported."
        raise ParameterError(Problem(message, "findings.json", remedy="Run the audit again.")) from error
    return tuple(AuditedFinding(finding, finding.notebook, finding.state) for finding in document.findings)


def _refuse_place(target: Path, run: Path, *, names: set[str]) -> None:
    if target.resolve().is_relative_to(run):
        message = "this lies in the run, and a sealed run is never altered."
        raise ParameterError(Problem(message, str(target), remedy="Name a folder beside it with --out."))
    if not os.path.lexists(target):
        return
    if target.is_symlink() or not target.is_dir() or any(foreign(target, expected=names)):
        message = "there is something else than an OSCAL export, and it would be replaced."
        raise ParameterError(
            Problem(message, str(target), remedy="Name an empty or a new folder with --out.")
        )
