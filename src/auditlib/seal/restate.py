"""A finished run judged again by another edition, from the evidence it kept."""

from __future__ import annotations

from pathlib import Path

from auditlib.audit.standard import profile_file, standard_file, verdict_on
from auditlib.errors import ParameterError, Problem
from auditlib.evidence import open_evidence
from auditlib.parameters.run import Run
from auditlib.seal.manifest import read_manifest
from auditlib.seal.project import law_hashes, project_root
from auditlib.standards.restate import Restatement
from auditlib.standards.supposed import Supposed, Suppositions, suppose


def restate(directory: Path, *, standard: str) -> Restatement:
    """Judge the evidence of a finished run by its own edition and by another.

    Parameters
    ----------
    directory
        A finished run.
    standard
        The other edition, for example ``service-excellence@2026``.

    Raises
    ------
    ParameterError
        Where there is no such edition, or the run's own has changed since.
    EvidenceChanged, VerificationFailed
        Where the run is not what was sealed.
    """
    run, root = _judged(directory)
    evidence = open_evidence(directory / "evidence")
    before = verdict_on(evidence, run, root=root)
    return Restatement(before, verdict_on(evidence, run, root=root, standard=standard))


def what_if(directory: Path, suppositions: Suppositions, *, standard: str = "") -> Supposed:
    """Judge the evidence of a finished run as if other targets, pass mark or edition held.

    Parameters
    ----------
    directory
        A finished run.
    suppositions
        What is supposed.
    standard
        Another edition; empty for the run's own.

    Raises
    ------
    ParameterError
        As `restate` and `suppose` do.
    EvidenceChanged, VerificationFailed
        Where the run is not what was sealed.
    """
    if standard:
        restated = restate(directory, standard=standard)
        return suppose(restated.before, restated.after, suppositions)
    run, root = _judged(directory)
    verdict = verdict_on(open_evidence(directory / "evidence"), run, root=root)
    return suppose(verdict, verdict, suppositions)


def _judged(directory: Path) -> tuple[Run, Path]:
    """Return what a finished run chose, and the project that still holds the law it was judged by."""
    manifest, root = read_manifest(directory), project_root(directory)
    run, now = manifest.run, law_hashes(root)
    files = [standard_file(run.standard)] + ([profile_file(run.profile)] if run.profile else [])
    changed = [
        file for file in files if now.get(name := file.removeprefix("params/")) != manifest.law.get(name)
    ]
    if changed:
        message = "has changed since the run was sealed: its own verdict cannot be told any more."
        raise ParameterError(*(Problem(message, file, remedy="Run the audit again.") for file in changed))
    return run, root
