"""A finished run judged again by another edition, from the evidence it kept."""

from __future__ import annotations

import json
from pathlib import Path

from auditlib.audit.standard import profile_file, standard_file, verdict_on
from auditlib.errors import ParameterError, Problem
from auditlib.evidence import open_evidence
from auditlib.parameters.run import Run
from auditlib.runs.manifest import Manifest, read_manifest
from auditlib.runs.project import law_hashes, project_root
from auditlib.standards.restate import Restatement
from auditlib.standards.supposed import Supposed, Suppositions, suppose
from auditlib.standards.verdict import Verdict


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
    manifest = read_manifest(directory)
    run = Run.model_validate_json(json.dumps(manifest.parameters.run))
    root = project_root(directory)
    _same_law(manifest, run, root=root)
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
        found = restate(directory, standard=standard)
        return suppose(found.before, found.after, suppositions)
    verdict = _own(directory)
    return suppose(verdict, verdict, suppositions)


def _own(directory: Path) -> Verdict:
    """Return the verdict of a finished run by its own edition and profile."""
    manifest = read_manifest(directory)
    run = Run.model_validate_json(json.dumps(manifest.parameters.run))
    root = project_root(directory)
    _same_law(manifest, run, root=root)
    return verdict_on(open_evidence(directory / "evidence"), run, root=root)


def _same_law(manifest: Manifest, run: Run, *, root: Path) -> None:
    now = law_hashes(root)
    files = [standard_file(run.standard)] + ([profile_file(run.profile)] if run.profile else [])
    changed = [
        file for file in files if now.get(name := file.removeprefix("params/")) != manifest.law.get(name)
    ]
    if changed:
        message = "has changed since the run was sealed: its own verdict cannot be told any more."
        raise ParameterError(*(Problem(message, file, remedy="Run the audit again.") for file in changed))
