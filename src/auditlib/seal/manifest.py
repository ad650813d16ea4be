"""The manifest: what a run was made from and every file it made, sealed. It alone says that a run is done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from auditlib.errors import ParameterError, Problem, VerificationFailed
from auditlib.files import canonical, digest, write_bytes
from auditlib.parameters.run import AuditId, Name, Notebook, Run, Scalar
from auditlib.parameters.schema import document_schema
from auditlib.seal.inside import kind_of, read_plain

NAME = "manifest.json"
REPORT = "report.html"
"""The page that a run hands over, which everybody who signs it off has read."""
SCHEMA: Final = "auditlib/manifest@1"
UNSEALED: Final = "0" * 64
"""Stands where the seal will."""
_OF_A_RUN = (
    REPORT,
    "findings.json",
    "results",
    "evidence/evidence.json",
    "manifest.dsse.json",
    "release.json",
)
"""What shows that a folder without a manifest was a run."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Sealed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileSeal(_Sealed):
    """One file of the run."""

    sha256: Sha256
    size: int = Field(ge=0, description="Bytes.")


class SourceSeal(_Sealed):
    """One file of the client, with its control totals."""

    file: str
    table: str
    sha256: str
    size: int
    rows_in: int
    rows_kept: int
    rows_quarantined: int
    reasons: dict[str, int]
    rows_out_of_period: int
    expected_rows: int | None
    rows_unanswered: int = 0
    left_out: dict[str, int] = Field(default_factory=dict, description="Rows left out, by declared test.")
    rows_named_again: int = Field(0, description="Rows whose key was named before, where each counts once.")


class ParameterSeal(_Sealed):
    """What the run was asked to do."""

    file: str = Field(description="The kept copy of the run file.")
    sha256: Sha256
    run: dict[str, Any] = Field(description="The run file with every default filled in.")


class NotebookSeal(_Sealed):
    """One executed notebook."""

    question: str = Field(description="Its first heading.")
    parameters: dict[Name, Scalar]
    key: Sha256 = Field(description="Hash of everything its result depends on.")


class DocumentSeal(_Sealed):
    """One form of the report."""

    made: bool
    by: str = Field("", description="Software and version that set it, where the suite does not.")
    reason: str = Field("", description="Why it was not made, and what to install.")


class Versions(_Sealed):
    """What computed it."""

    python: str
    auditlib: str
    source: Sha256 = Field(description="Hash of auditlib's own source.")
    libraries: dict[str, str] = Field(
        description="All that auditlib declares; the results of a notebook name those it loaded."
    )


class LateChange(_Sealed):
    """Parameters that were changed after they were first entered."""

    at: str
    parts: tuple[str, ...] = Field(description="Keys of the run file that differ; 'law' for params/.")
    after_data: bool = Field(description="Whether a run had read the data before.")


class Fixed(_Sealed):
    """When the parameters were fixed, as the ledger says."""

    at: str = Field(description="First entry of the parameters, UTC.")
    before_data: bool = Field(
        description="Whether no run had read the data then. Data looked at outside of runs is not known here."
    )
    changes: tuple[LateChange, ...]
    entries: int = Field(ge=1, description="Lines of the ledger when this run was sealed.")
    head: Sha256 = Field(description="Hash of the last of them.")


class Manifest(_Sealed):
    """A complete run. The instants stand only here, so that all other files repeat byte for byte."""

    schema_: Literal["auditlib/manifest@1"] = Field(SCHEMA, alias="schema")
    status: Literal["done"] = "done"
    audit: AuditId
    key: Sha256 = Field(description="Hash of everything the run depends on.")
    parameters: ParameterSeal
    sources: tuple[SourceSeal, ...]
    law: dict[str, Sha256] = Field(
        description="Standards, policies, calendars and profiles in force, with hashes."
    )
    evidence: str = Field(description="Key of the evidence: sources, their mapping and the intake's code.")
    notebooks: dict[Notebook, NotebookSeal]
    versions: Versions
    seed: int
    fixed: Fixed | None = None
    documents: dict[str, DocumentSeal] = Field(
        default_factory=dict,
        description="Forms of the report: machines with and without the libraries differ by one file.",
    )
    files: dict[str, FileSeal] = Field(description="Every file of the folder but this one.")
    started: str = Field(description="UTC, ISO 8601.")
    ended: str
    seal: Sha256 = Field(description="Hash of this document without this field.")

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @property
    def run(self) -> Run:
        """What the audit chose, as the run file said it."""
        return Run.model_validate_json(json.dumps(self.parameters.run))


def sealed(facts: Mapping[str, Any]) -> Manifest:
    """Return the manifest of `facts` (its fields without `seal`), sealed."""
    draft = Manifest(**facts, seal=UNSEALED)
    return draft.model_copy(update={"seal": seal_of(as_document(draft))})


def as_document(manifest: BaseModel) -> dict[str, Any]:
    """Return a manifest, of a run or of a package, as plain JSON values."""
    return manifest.model_dump(mode="json", by_alias=True)


def seal_of(document: Mapping[str, Any]) -> str:
    """Return the hash of a manifest without its field ``seal``."""
    return digest({name: value for name, value in document.items() if name != "seal"})


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Write the manifest; from this instant the run in `directory` is done."""
    write_bytes(directory / NAME, canonical(as_document(manifest)).encode())


def read_manifest(directory: Path) -> Manifest:
    """Read and check the manifest of a run.

    Raises
    ------
    ParameterError
        If `directory` holds no run.
    VerificationFailed
        If the manifest is not, byte for byte, what was sealed, or is missing among what was.
    """
    path = directory / NAME
    try:
        content = read_plain(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise _no_run(directory) from error
    try:
        document = json.loads(content)
        intact = canonical(document).encode() == content and document["seal"] == seal_of(document)
        manifest = Manifest.model_validate(document)
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _altered(path) from error
    if not intact:
        raise _altered(path)
    return manifest


def manifest_schema() -> dict[str, Any]:
    """Return the JSON Schema of `manifest.json`."""
    return document_schema(Manifest, title=SCHEMA)


def _altered(path: Path) -> VerificationFailed:
    return VerificationFailed(
        Problem(
            "the manifest is not what was sealed.",
            file=NAME,
            remedy=f"Do not rely on {path.parent}; run the audit again.",
        )
    )


def _no_run(directory: Path) -> ParameterError | VerificationFailed:
    if any(kind_of(directory / name) for name in _OF_A_RUN):
        remedy = f"Do not rely on {directory}; restore the manifest from a copy, or run the audit again."
        return VerificationFailed(Problem("is missing among sealed files.", file=NAME, remedy=remedy))
    if not directory.is_dir():
        return ParameterError(Problem(f"there is no folder {directory}.", remedy="Name the folder of a run."))
    return ParameterError(
        Problem(
            f"{directory} holds no {NAME}, so it is not a complete run.",
            remedy="Name the folder of a run, for example outputs/demo-2025, or run the audit first.",
        )
    )
