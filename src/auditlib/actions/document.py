"""``actions.json``: the register of actions as a run took it in, carried on to its findings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from auditlib.actions.carry import CarriedRegister, MainDriver, carry
from auditlib.actions.recorded_findings import drivers_of, raised_of
from auditlib.actions.register import HEADINGS, Action, State, action_of, as_row
from auditlib.actions.register_file import read_register
from auditlib.actions.run_registers import Registers, known_to, refuse_verified
from auditlib.parameters.run import Run
from auditlib.parameters.schema import document_schema
from auditlib.records import ActionType

NAME = "actions.json"
SCHEMA: Final = "auditlib/actions@1"
Json = Mapping[str, Any]


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


def actions_document(
    results: Mapping[str, Json], findings: Json, registers: Registers, run: Run
) -> dict[str, Any]:
    """Return ``actions.json``: the register carried on to this run's findings.

    Parameters
    ----------
    results
        Content of each results file, by notebook.
    findings
        Content of ``findings.json``.
    registers
        The registers as read.

    Raises
    ------
    DataError
        Where the register names a finding there is not, or calls an action effective whose finding is raised.
    """
    raised = raised_of(findings)
    if registers.path.exists():
        read_register(registers.path, fingerprints=known_to(raised, registers.before))
        refuse_verified(registers.current, raised, registers.path)
    drivers, why = drivers_of(results, raised)
    plan = carry(
        raised,
        registers.current,
        registers.before,
        day=run.as_of.date(),
        drivers=drivers,
        no_drivers=why,
    )
    return _document(plan, register=registers.file).model_dump(mode="json", by_alias=True)


def kept_actions(directory: Path) -> tuple[Action, ...]:
    """Return the actions a finished run took in; none where it was made before there were any."""
    path = directory / NAME
    if not path.is_file():
        return ()
    document = ActionsDocument.model_validate_json(path.read_bytes())
    rows = (action.model_dump(mode="json").values() for action in document.actions)
    return tuple(action_of(dict(zip(HEADINGS, map(str, row), strict=False))) for row in rows)


def _document(plan: CarriedRegister, *, register: str) -> ActionsDocument:
    return ActionsDocument(
        day=plan.day,
        register_=register,
        actions=tuple(_action(action, plan) for action in plan.actions),
        uncovered=tuple(finding.fingerprint for finding in plan.uncovered),
        drivers=tuple(_driver(driver, rank, plan) for rank, driver in enumerate(plan.drivers or (), start=1)),
        drivers_note="" if plan.drivers else plan.no_drivers.reason,
        summary=plan.summary(),
    )


def _action(action: Action, plan: CarriedRegister) -> KeptAction:
    # its fields are the columns of the register, in their order, and whether it is overdue
    cells = dict(zip(KeptAction.model_fields, as_row(action), strict=False))
    return KeptAction.model_validate({**cells, "overdue": action.overdue(plan.day)})


def _driver(driver: MainDriver, rank: int, plan: CarriedRegister) -> KeptDriver:
    return KeptDriver(
        driver=driver.name,
        rank=rank,
        covered=driver.covered,
        finding=driver.fingerprint,
        covered_by=tuple(action.number for action in plan.on(driver.fingerprint)),
    )


def actions_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``actions.json``."""
    return document_schema(ActionsDocument, title=SCHEMA)
