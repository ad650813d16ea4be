"""What the report states about the audit itself, read from the folder of the run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from platform import python_version

from auditlib import __version__
from auditlib.audit.outgoing import Outgoing
from auditlib.errors import Problem, VerificationFailed
from auditlib.evidence import Evidence, open_evidence
from auditlib.files import hash_bytes
from auditlib.parameters import claims
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from auditlib.records import SourceTotals

FIXING = "fixing.json"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Provenance of one audit.

    Parameters
    ----------
    run
        The run file as it was read.
    run_file, run_file_sha256
        Its name, and the hash of its bytes.
    totals
        Control totals and hashes of the client's files.
    evidence_key
        Content address of the canonical evidence.
    versions
        Name and version of the software the numbers rest on.
    fixing
        Whether parameters were fixed before the data was read and what was changed since, in sentences.
    claims
        The register of outside figures, by id.
    units
        Name of each unit, by id.
    """

    run: Run
    totals: tuple[SourceTotals, ...]
    run_file: str = ""
    run_file_sha256: str = ""
    evidence_key: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    fixing: tuple[str, ...] = ()
    claims: Mapping[str, claims.Claim] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    @property
    def items(self) -> dict[str, str]:
        """Wording of each item of the run's instruments."""
        return {
            name: item.wording
            for instrument in self.run.instruments.values()
            for name, item in instrument.items.items()
        }


def read_facts(directory: Path) -> Provenance:
    """Return the provenance of the run in `directory`.

    Raises
    ------
    VerificationFailed
        Where the folder does not hold exactly one run file.
    EvidenceChanged
        Where the evidence is not what its hashes say.
    """
    files = sorted((directory / "parameters").glob("*.yaml"))
    if len(files) != 1:
        raise VerificationFailed(
            Problem("the run must keep exactly one run file", "parameters/", remedy="Run the audit again.")
        )
    content = files[0].read_bytes()
    evidence = open_evidence(directory / "evidence")
    outgoing, run = Outgoing(evidence), load(Run, content.decode("utf-8"), name=files[0].name)
    return Provenance(
        run,
        outgoing.totals(evidence.totals),
        files[0].name,
        hash_bytes(content),
        evidence.key,
        {"auditlib": __version__, "Python": python_version(), **_libraries(directory)},
        (*_fixing(directory / FIXING), _ids(run, outgoing), *_file_names(run)),
        _claims(directory / "parameters" / claims.FILE),
        _units(evidence, outgoing),
    )


def _fixing(path: Path) -> Iterator[str]:
    """Say when parameters were fixed; instants stand in the manifest, so that the report repeats."""
    if not path.is_file():
        yield "No ledger was kept: whether the parameters were fixed before the data was read is not known."
        return
    fixed = json.loads(path.read_text(encoding="utf-8"))
    when = "before" if fixed["before_data"] else "after"
    yield f"The parameters were entered in the ledger {when} a run of this audit first read the data."
    for change in fixed["changes"]:
        when = "after" if change["after_data"] else "before"
        yield f"Changed later, {when} the data was read: {', '.join(change['parts'])}."
    if not fixed["changes"]:
        yield "They were not changed since."
    yield "The instants stand in manifest.json and in the ledger."


def _claims(path: Path) -> Mapping[str, claims.Claim]:
    if not path.is_file():
        return {}
    return claims.read_claims(path.read_text(encoding="utf-8"), name=claims.FILE).claims


def _ids(run: Run, outgoing: Outgoing) -> str:
    """Say what stands for the client's ids."""
    if outgoing.pseudonyms.used:
        return (
            "Ids of persons, accounts and cases are pseudonyms of this audit; who has its evidence finds the "
            "client's own with auditlib trace."
        )
    reason = run.ids_shown_because.rstrip(".")
    return f"The client's ids are shown as they are: {reason}." if reason else ""


def _file_names(run: Run) -> Iterator[str]:
    if reason := run.file_names_shown_because.rstrip("."):
        yield f"The names of the client's files are shown as they are: {reason}."


def _units(evidence: Evidence, outgoing: Outgoing) -> dict[str, str]:
    if "units" not in evidence.tables:
        return {}
    rows = evidence.frame("units", columns=["unit_id", "name"]).dropna()
    pairs = zip(rows["unit_id"], rows["name"], strict=True)
    return {outgoing.value("unit_id", str(unit)): outgoing.text(str(name)) for unit, name in pairs}


def _libraries(directory: Path) -> dict[str, str]:
    """Return the libraries that the notebooks of a run loaded; the manifest lists all that were installed."""
    results = (json.loads(path.read_bytes()) for path in (directory / "results").glob("*.json"))
    loaded = {name for document in results for name in document.get("libraries", ())}
    return {name: version(name) for name in sorted(loaded)}
