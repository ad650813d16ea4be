"""A complete run put together in a hidden folder, sealed, and moved into its place in one step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from auditlib.audit.suppression import WITHHELD
from auditlib.errors import AuditError, ParameterError, Problem
from auditlib.files import canonical, flush_directory, hash_file, write_bytes, write_json
from auditlib.files.folders import files_below, owner_only, remove_directory, replace_directory
from auditlib.files.writing import copy_file
from auditlib.parameters.claims import quoted
from auditlib.parameters.run import Run
from auditlib.runs.concluding import conclude
from auditlib.runs.documents import write_documents
from auditlib.runs.entered import Entered
from auditlib.runs.events import AssemblyStep
from auditlib.runs.notebook_cache import KeptResult
from auditlib.runs.occupied import refuse_occupied
from auditlib.runs.passes import Commission, Executed
from auditlib.runs.plan import RunPlan
from auditlib.runs.preregistration import FIXING, enter_sealed, fixed_of, fixing_document
from auditlib.runs.steps import Steps
from auditlib.runs.surroundings import secrets_of
from auditlib.sampling.examined import record_examined
from auditlib.seal.ledger import stamp
from auditlib.seal.manifest import (
    NAME,
    DocumentSeal,
    FileSeal,
    Fixed,
    Manifest,
    NotebookSeal,
    ParameterSeal,
    SourceSeal,
    sealed,
    write_manifest,
)
from auditlib.seal.project import law_files
from auditlib.seal.recorded_run import read_results


def assemble(
    commission: Commission, executed: Executed, *, entered: Entered, steps: Steps, started: datetime
) -> Manifest:
    """Put a run together from its notebooks' results, seal it and move it into place."""
    plan, places, notify = commission.plan, commission.places, commission.notify
    stage = places.stage
    if stage.exists():
        remove_directory(stage)
    stage.mkdir(parents=True)
    notify(AssemblyStep("copying the evidence"))
    _gather(commission, executed, stage)
    record_examined(entered.examined, plan.run, stage)
    recorded = read_results(stage / "results")
    concluded = conclude(recorded, plan.run, registers=entered.registers, before=entered.before)
    for name, document in concluded.items():
        write_bytes(stage / name, canonical(document).encode())
    fixed = fixed_of(places)
    if fixed is not None:
        write_bytes(stage / FIXING, canonical(fixing_document(fixed)).encode())
    notify(AssemblyStep("writing the report"))
    documents = write_documents(stage, steps.render(stage), pdf=steps.pdf(), notify=notify)
    write_bytes(stage / "workpapers.xlsx", steps.workpapers(stage))
    _refuse_secrets(plan.run, stage)
    notify(AssemblyStep("sealing"))
    manifest = _manifest(commission, stage, documents=documents, started=started, fixed=fixed)
    for folder in (*(path for path in stage.rglob("*") if path.is_dir()), stage):
        flush_directory(folder)
    write_manifest(stage, manifest)
    refuse_occupied(places)  # a person may have put something there meanwhile
    # entered first: wherever this is interrupted, the run in its place is one that the ledger knows
    enter_sealed(places, seal=manifest.seal, at=datetime.now(UTC))
    replace_directory(stage, places.finished, aside=places.aside)
    if places.aside.exists():
        remove_directory(places.aside)
    return manifest


def _gather(commission: Commission, executed: Executed, stage: Path) -> None:
    """Copy evidence, law, run file and results to where the run is put together."""
    plan = commission.plan
    for name, path in files_below(commission.evidence.directory):
        copy_file(path, stage / "evidence" / name)
    owner_only(stage / "evidence")
    results = [executed.results[notebook.name] for notebook in plan.notebooks]
    _refuse_claims(results)
    _copy_law(plan, stage / "parameters")
    write_bytes(stage / "parameters" / plan.file.name, plan.content)
    for result in results:
        for name in result.files:
            copy_file(result.directory / name, stage / name)
    if executed.withheld:
        write_json(stage / "evidence" / WITHHELD, executed.withheld)


def _copy_law(plan: RunPlan, target: Path) -> None:
    copied = {name: copy_file(path, target / name)[0] for name, path in law_files(plan.root).items()}
    if copied != dict(plan.law):
        raise AuditError(
            Problem("a standard, policy, calendar or profile was changed meanwhile.", remedy="Run again.")
        )


def _manifest(
    commission: Commission,
    stage: Path,
    *,
    documents: dict[str, DocumentSeal],
    started: datetime,
    fixed: Fixed | None,
) -> Manifest:
    plan, evidence = commission.plan, commission.evidence
    files = {name: _file_seal(path) for name, path in files_below(stage) if name != NAME}
    run_file = f"parameters/{plan.file.name}"
    notebooks = {
        notebook.name: NotebookSeal(
            question=notebook.question,
            parameters=dict(notebook.values),
            key=plan.notebook_key(notebook, evidence=evidence.key),
        )
        for notebook in plan.notebooks
    }
    return sealed(
        {
            "audit": plan.run.audit,
            "key": commission.key,
            "parameters": ParameterSeal(file=run_file, sha256=files[run_file].sha256, run=plan.choices),
            "sources": tuple(SourceSeal(**asdict(totals)) for totals in evidence.totals),
            "law": dict(plan.law),
            "evidence": evidence.key,
            "notebooks": notebooks,
            "versions": plan.versions,
            "seed": plan.run.seed,
            "documents": documents,
            "fixed": fixed,
            "files": files,
            "started": stamp(started),
            "ended": stamp(datetime.now(UTC)),
        }
    )


def _file_seal(path: Path) -> FileSeal:
    sha256, size = hash_file(path)
    return FileSeal(sha256=sha256, size=size)


def _refuse_secrets(run: Run, stage: Path) -> None:
    """Refuse to hand over a file in which a secret given by reference can be read."""
    for variable, address in secrets_of(run).items():
        needles = [needle.encode() for needle in _readable_forms(address)]
        leaks = [name for name, path in files_below(stage) if _holds(path.read_bytes(), needles)]
        if leaks:
            remove_directory(stage)
            raise AuditError(
                *(Problem(f"it would hold the secret named by {variable}.", file=leak) for leak in leaks)
            )


def _refuse_claims(results: Sequence[KeptResult]) -> None:
    """Refuse results that quote a claim which did not come from the register."""
    problems = [
        Problem(
            f"{result.notebook} quotes the claim {claim!r} where no claim can stand.",
            remedy="Quote claims in sentences: answer, say or limits.",
        )
        for result in results
        for claim in quoted((result.directory / "results" / f"{result.notebook}.json").read_text("utf-8"))
    ]
    if problems:
        raise ParameterError(*problems)


def _readable_forms(address: str) -> set[str]:
    try:
        password = urlsplit(address).password or ""
    except ValueError:
        password = ""
    # a password that is a plain word would be found in any text
    passwords = {form for form in (password, unquote(password)) if len(form) >= 8 and not form.isalpha()}
    return passwords | {address}


def _holds(content: bytes, needles: Iterable[bytes]) -> bool:
    return any(needle in content for needle in needles)
