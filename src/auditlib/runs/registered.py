"""What a run takes in of the registers of actions, and ``actions.json``, in which it keeps them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from auditlib.actions.carry import CarriedRegister, MainDriver, carry
from auditlib.actions.register import Action, ActionType, State, as_row
from auditlib.files import digest
from auditlib.parameters.run import Run
from auditlib.runs.action_register import (
    names_of,
    raised_of,
    read_register,
    refuse_verified,
    register_path,
)
from auditlib.runs.driven import drivers_of

NAME = "actions.json"
SCHEMA: Final = "auditlib/actions@1"
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Registered:
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
        return self.path.name if any(one.begun for one in self.current) else ""

    @property
    def sha256(self) -> str:
        """Hash of what has been entered; empty where nothing has, so that an empty form changes no run."""
        rows = [[as_row(one) for one in own if one.begun] for own in (self.current, self.before)]
        return digest(rows) if any(rows) else ""


class KeptAction(BaseModel):
    """One corrective action."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fingerprint: str = Field(description="The finding it is about.")
    number: int = Field(ge=1, description="Which of its actions.")
    grade: str
    criterion: str
    subject: str
    condition: str
    action: str
    owner: str = Field(description="The one accountable owner; empty only while it is proposed.")
    type: ActionType | Literal[""]
    due: date | Literal[""]
    state: State
    proof: str
    remark: str
    overdue: bool = Field(description="Whether it should have been implemented before the day of the audit.")


class KeptDriver(BaseModel):
    """One main driver of dissatisfaction."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    driver: str = Field(description="For example cause:slow_response.")
    rank: int = Field(ge=1)
    covered: bool = Field(description="Whether the party's own register of fixes covers it.")
    finding: str = Field(description="Fingerprint of the finding that it is not; empty where there is none.")
    covered_by: tuple[int, ...] = Field(description="Numbers of the accepted actions on that finding.")


class ActionsDocument(BaseModel):
    """The register of actions as a run took it in, carried on from the audit before."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    schema_: Literal["auditlib/actions@1"] = Field(SCHEMA, alias="schema")
    day: date
    register_: str = Field(alias="register", description="Its file; empty where nothing was entered.")
    actions: tuple[KeptAction, ...]
    uncovered: tuple[str, ...] = Field(description="Fingerprints of findings without an accepted action.")
    drivers: tuple[KeptDriver, ...]
    drivers_note: str = Field(description="Why there is no driver; empty where there are.")
    summary: tuple[str, ...]


def registered(run: Run, outputs: Path) -> Registered:
    """Read the register of a run and that of the audit before, where there are any.

    Raises
    ------
    DataError
        Naming every wrong cell.
    """
    path = register_path(outputs, run.audit)
    earlier = register_path(outputs, run.previous) if run.previous else None
    return Registered(
        path,
        read_register(path) if path.exists() else (),
        read_register(earlier) if earlier is not None and earlier.exists() else (),
    )


def actions_document(
    results: Mapping[str, Json], findings: Json, found: Registered, run: Run
) -> dict[str, Any]:
    """Return ``actions.json``: the register carried on to this run's findings.

    Parameters
    ----------
    results
        Content of each results file, by notebook.
    findings
        Content of ``findings.json``.
    found
        The registers as read.

    Raises
    ------
    DataError
        Where the register names a finding there is not, or calls an action effective whose finding is raised.
    """
    raised = raised_of(findings)
    if found.path.exists():
        known = names_of(raised) | {one.fingerprint for one in found.before}
        read_register(found.path, known=known)
        refuse_verified(found.current, raised, found.path)
    drivers, why = drivers_of(results, raised)
    plan = carry(raised, found.current, found.before, day=run.as_of.date(), drivers=drivers, no_drivers=why)
    document = _document(plan, found)
    ActionsDocument.model_validate_json(json.dumps(document))
    return document


def kept_actions(directory: Path) -> tuple[Action, ...]:
    """Return the actions a finished run took in; none where it was made before there were any."""
    path = directory / NAME
    if not path.is_file():
        return ()
    document = ActionsDocument.model_validate_json(path.read_bytes())
    return tuple(
        Action(
            action.fingerprint,
            action.number,
            action.grade,
            action.criterion,
            action.subject,
            action.condition,
            action.action,
            action.owner,
            ActionType(action.type) if action.type else None,
            action.due or None,
            action.state,
            action.proof,
            action.remark,
        )
        for action in document.actions
    )


def _document(plan: CarriedRegister, found: Registered) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "day": plan.day.isoformat(),
        "register": found.file,
        "actions": [_action(action, plan) for action in plan.actions],
        "uncovered": [one.fingerprint for one in plan.uncovered],
        "drivers": [_driver(one, rank, plan) for rank, one in enumerate(plan.drivers or (), start=1)],
        "drivers_note": "" if plan.drivers else plan.no_drivers.reason,
        "summary": list(plan.summary()),
    }


def _action(action: Action, plan: CarriedRegister) -> dict[str, Any]:
    return {
        "fingerprint": action.fingerprint,
        "number": action.number,
        "grade": action.grade,
        "criterion": action.criterion,
        "subject": action.subject,
        "condition": action.condition,
        "action": action.action,
        "owner": action.owner,
        "type": action.kind.value if action.kind else "",
        "due": action.due.isoformat() if action.due else "",
        "state": action.state.value,
        "proof": action.proof,
        "remark": action.remark,
        "overdue": action.overdue(plan.day),
    }


def _driver(driver: MainDriver, rank: int, plan: CarriedRegister) -> dict[str, Any]:
    return {
        "driver": driver.name,
        "rank": rank,
        "covered": driver.covered,
        "finding": driver.fingerprint,
        "covered_by": [one.number for one in plan.on(driver.fingerprint)],
    }


def actions_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``actions.json``."""
    schema = ActionsDocument.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA} | schema
