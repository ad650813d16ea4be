"""The registers of actions that lie beside a run: read before it begins, brought up to date after it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from auditlib.actions.carry import CarriedRegister, RegisteredFinding, carry, verified_although_raised
from auditlib.actions.recorded_findings import drivers_of, raised_of
from auditlib.actions.register import Action, as_row
from auditlib.actions.register_file import read_register, register_bytes, register_path
from auditlib.errors import DataError, ParameterError, Problem
from auditlib.files import digest, write_bytes
from auditlib.parameters.run import Run
from auditlib.seal.lock import only_writer
from auditlib.seal.manifest import Manifest
from auditlib.seal.paths import OutputFolders
from auditlib.seal.recorded_run import read_results
from auditlib.seal.verifying import verify


@dataclass(frozen=True, slots=True)
class Registers:
    """The registers that lie beside a run, as read before it begins.

    Parameters
    ----------
    path
        Where this audit's register is, or would be.
    before
        Actions of the audit that the run file names as the one before.
    """

    path: Path
    current: tuple[Action, ...]
    before: tuple[Action, ...]

    @property
    def file(self) -> str:
        """Name of the register; empty where nothing has been entered into it."""
        return self.path.name if any(action.begun for action in self.current) else ""

    @property
    def sha256(self) -> str:
        """Hash of what has been entered; empty where nothing has, so that an empty form changes no run."""
        entered = [
            [as_row(action) for action in register if action.begun]
            for register in (self.current, self.before)
        ]
        return digest(entered) if any(entered) else ""


def read_registers(run: Run, outputs: Path) -> Registers:
    """Read the register of a run and that of the audit before, where there are any.

    Raises
    ------
    DataError
        Naming every wrong cell.
    """
    path = register_path(outputs, run.audit)
    earlier = register_path(outputs, run.previous) if run.previous else None
    return Registers(
        path,
        read_register(path) if path.exists() else (),
        read_register(earlier) if earlier is not None and earlier.exists() else (),
    )


def bring_up_to_date(
    directory: Path, *, previous: Path | None = None, register: Path | None = None
) -> tuple[CarriedRegister, Path]:
    """Write the register of a finished run, or read it back and carry it on; return it and its file.

    Parameters
    ----------
    directory
        A finished run; it is verified first.
    previous
        The finished run before; its register lies beside it. Default: the one the run file names.
    register
        Where the register is, .xlsx or .csv; default: beside the run.

    Raises
    ------
    DataError
        Naming every wrong cell of a register that was filled in.
    ParameterError
        Where the audit before has no register.
    """
    manifest = verify(directory).manifest
    places = OutputFolders.around(directory, manifest.audit)
    path = register or register_path(places.outputs, places.audit)
    findings = raised_of(json.loads((directory / "findings.json").read_text(encoding="utf-8")))
    before = _before(previous, manifest, places)
    with only_writer(places.lock, audit=manifest.audit):
        fingerprints = known_to(findings, before)
        current = read_register(path, fingerprints=fingerprints) if path.exists() else ()
        refuse_verified(current, findings, path)
        as_of = datetime.fromisoformat(manifest.parameters.run["as_of"])
        drivers, why = drivers_of(read_results(directory / "results"), findings)
        plan = carry(findings, current, before, day=as_of.date(), drivers=drivers, no_drivers=why)
        content = register_bytes(plan.actions, suffix=path.suffix, created=as_of)
        if not path.exists() or plan.actions != current:
            write_bytes(path, content)
    return plan, path


def _before(previous: Path | None, manifest: Manifest, places: OutputFolders) -> tuple[Action, ...]:
    if previous is None:
        audit = manifest.parameters.run.get("previous") or ""
        path = register_path(places.outputs, audit)
        return read_register(path) if audit and path.exists() else ()
    earlier = verify(previous).manifest
    path = register_path(previous.resolve().parent, earlier.audit)
    if earlier.parameters.run["party"] != manifest.parameters.run["party"]:
        raise ParameterError(Problem(f"{previous} is an audit of another party."))
    if not path.exists():
        raise ParameterError(
            Problem(
                "the audit before has no register of actions.",
                str(path),
                remedy=f"Write it: auditlib actions {previous}",
            )
        )
    return read_register(path)


def known_to(findings: Iterable[RegisteredFinding], before: Iterable[Action]) -> set[str]:
    """Return the fingerprints a register may name: of findings, of their parts, and of the audit before."""
    raised = {name for finding in findings for name in finding.names}
    return raised | {action.fingerprint for action in before}


def refuse_verified(current: Iterable[Action], findings: Iterable[RegisteredFinding], path: Path) -> None:
    """Refuse a register that calls an action effective although this audit raises its finding."""
    wrong = verified_although_raised(current, findings)
    if wrong:
        raise DataError(
            *(
                Problem(
                    f"the action on {action.subject or action.criterion} cannot be verified effective: "
                    "this audit raises its finding.",
                    str(path),
                    column="State",
                    remedy="Set it back to accepted or implemented.",
                )
                for action in wrong
            )
        )
