"""``findings.json``: every finding of an audit, and what became of those of the audit before."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from auditlib.audit.rounding import plain
from auditlib.errors import ParameterError, Problem
from auditlib.parameters.run import AuditId, Notebook, Run
from auditlib.parameters.schema import document_schema
from auditlib.parameters.shape import did_you_mean
from auditlib.parameters.strict_yaml import Document
from auditlib.records import Finding, Grade
from auditlib.seal.manifest import NAME as MANIFEST
from auditlib.seal.manifest import read_manifest
from auditlib.seal.verifying import verify
from auditlib.standards.merging import Member, RaisedFinding

NAME = "findings.json"
SCHEMA: Final = "auditlib/findings@2"
_SAME_PARTY = "Name the same party's audit before, or none."
_GRADES = tuple(grade.value for grade in Grade)


class PreviousAudit(BaseModel):
    """The audit that findings were compared with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    audit: AuditId
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="Hash of its findings.json.")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedFinding(Finding):
    """A finding with the notebook that raised it and its state against the audit before.

    Parameters
    ----------
    members
        Findings that are the same failing, or the same but for their subject.
    state
        ``new`` also where there is nothing to compare with. ``resolved`` and ``not_examined`` findings are
        those of the audit before: raised no more by the same notebook, or by a notebook that did not run
        now. Their evidence stands in that audit.
    """

    notebook: Notebook | Literal["decision", "samples"]
    state: Literal["new", "unchanged", "resolved", "not_examined"]
    members: tuple[Member, ...] = ()


class FindingsDocument(BaseModel):
    """All findings of an audit, heaviest first."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    schema_: Literal["auditlib/findings@2"] = Field(SCHEMA, alias="schema")
    previous: PreviousAudit | None = Field(
        description="Null where the run file names no previous audit: then nothing was compared."
    )
    findings: tuple[StatedFinding, ...]


@dataclass(frozen=True, slots=True)
class Before:
    """The findings of the audit before, as they were sealed.

    Parameters
    ----------
    audit
        Its id.
    sha256
        Hash of its findings.json.
    findings
        Those that stood open at its end, by fingerprint; parts of one lead to it too.
    """

    audit: str
    sha256: str
    findings: Mapping[str, StatedFinding]


def findings_before(run: Run, outputs: Path) -> Before | None:
    """Return the findings of the audit that `run` names as the one before; None where it names none.

    Raises
    ------
    ParameterError
        If there is no complete run of that audit in `outputs`, or it is one of another party.
    VerificationFailed
        If that run is not what was sealed.
    """
    if not run.previous:
        return None
    directory = outputs / run.previous
    manifest = verify(directory).manifest
    party = manifest.parameters.run["party"]["name"]
    if party != run.party.name:
        raise ParameterError(Problem(_of_another(run, party), remedy=_SAME_PARTY))
    return _read(directory / NAME, audit=run.previous, sha256=manifest.files[NAME].sha256)


def previous_problems(run: Run, document: Document, outputs: Path) -> Iterator[Problem]:
    """Yield what is wrong with the audit that `run` names as the one before: none, or another party's."""
    if not run.previous:
        return
    audits = tuple(
        path.parent.name for path in outputs.glob(f"*/{MANIFEST}") if path.parent.name != run.audit
    )
    if run.previous not in audits:
        message = f"there is no finished audit {run.previous!r} in {outputs.name}."
        remedy = did_you_mean(run.previous, audits) or "Run it first, or delete the line."
        yield document.problem(("previous",), message, remedy=remedy)
        return
    party = read_manifest(outputs / run.previous).parameters.run["party"]["name"]
    if party != run.party.name:
        yield document.problem(("previous",), _of_another(run, party), remedy=_SAME_PARTY)


def _of_another(run: Run, party: str) -> str:
    return f"the previous audit {run.previous} is one of {party!r}, not of {run.party.name!r}."


def _read(path: Path, *, audit: str, sha256: str) -> Before:
    try:
        document = FindingsDocument.model_validate_json(path.read_bytes())
    except ValidationError as error:
        message = f"the findings of {audit} were written by an earlier version and cannot be compared."
        raise ParameterError(Problem(message, remedy="Run that audit again, then this one.")) from error
    still = [finding for finding in document.findings if finding.state != "resolved"]
    parts = {part.fingerprint: finding for finding in still for part in finding.members}
    return Before(audit, sha256, parts | {finding.fingerprint: finding for finding in still})


def findings_of(
    raised: Sequence[RaisedFinding], *, notebooks: Collection[str], before: Before | None = None
) -> dict[str, Any]:
    """Return ``findings.json``: the findings of an audit and those of the audit before.

    Parameters
    ----------
    raised
        Findings of this audit, each failing once.
    notebooks
        What was executed, or concluded: only what was looked at again can be resolved.
    before
        What they are compared with; None where the run file names no previous audit.
    """
    earlier = before.findings if before else {}
    now = [_stated(finding, earlier) for finding in raised]
    still = {name for finding in now for name in _names(finding)}
    findings = [*_ordered(now), *_ordered(_past(earlier, still, notebooks=notebooks))]
    document = {
        "schema": SCHEMA,
        "previous": {"audit": before.audit, "sha256": before.sha256} if before else None,
        "findings": findings,
    }
    FindingsDocument.model_validate_json(json.dumps(document))
    return document


def _stated(raised: RaisedFinding, earlier: Collection[str]) -> dict[str, Any]:
    """Return a finding as the document holds it; where any part of it was known before, so is it."""
    content: dict[str, Any] = plain(asdict(raised.finding))
    content |= {
        "grade": raised.finding.grade.value,
        "notebook": raised.notebook,
        "members": [asdict(part) for part in raised.members],
    }
    return {**content, "state": "unchanged" if _names(content) & set(earlier) else "new"}


def _names(finding: Mapping[str, Any]) -> set[str]:
    return {finding["fingerprint"], *(part["fingerprint"] for part in finding["members"])}


def _past(
    earlier: Mapping[str, StatedFinding], still: Collection[str], *, notebooks: Collection[str]
) -> Iterator[dict[str, Any]]:
    """Return what was found before and is not found now; only what was looked at again is resolved."""
    for fingerprint, finding in earlier.items():
        parts = {finding.fingerprint, *(part.fingerprint for part in finding.members)}
        if fingerprint == finding.fingerprint and not parts & set(still):
            state = "resolved" if finding.notebook in notebooks else "not_examined"
            yield {**plain(asdict(finding)), "state": state, "evidence": []}


def _ordered(findings: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    def weight(finding: Mapping[str, Any]) -> tuple[int, str, str, str, str]:
        names = (finding["criterion"], finding["subject"], finding["fingerprint"], finding["notebook"])
        return (_GRADES.index(finding["grade"]), *names)

    return sorted(findings, key=weight)


def findings_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``findings.json``."""
    return document_schema(FindingsDocument, title=SCHEMA)
