"""Corrective actions as printed: what was agreed when the report was sealed, and which findings lack any."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from auditlib.report.findings import Reported, criterion_of
from auditlib.report.references import runs_of
from auditlib.report.words import day
from auditlib.standards.decision import RECORDED

NAME = "actions.json"
NO_REGISTER = (
    "No register of actions lay beside the run when it was sealed. \N{LEFT DOUBLE QUOTATION MARK}auditlib "
    "actions\N{RIGHT DOUBLE QUOTATION MARK} writes one with a row for each finding; once owners, types and "
    "due dates are entered, the next run prints them here."
)
NOTHING_FOUND = "No finding was raised, so no action is owed."
_PROPOSED = "proposed"


@dataclass(frozen=True, slots=True)
class PrintedAction:
    """One action as printed; `finding` is 0 where this audit did not raise its finding."""

    fingerprint: str
    finding: int
    demand: str
    action: str
    owner: str
    kind: str
    due: str
    state: str
    overdue: bool
    remark: str


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """What the report says of actions.

    Parameters
    ----------
    lines
        How far they have come, in sentences.
    actions
        Those that somebody has described.
    recorded
        Whether the run kept a register.
    """

    lines: tuple[str, ...]
    actions: tuple[PrintedAction, ...] = ()
    recorded: bool = False

    def of(self, fingerprint: str) -> PrintedAction | None:
        """Return the first action on a finding that somebody has accepted."""
        agreed = (
            action
            for action in self.actions
            if action.fingerprint == fingerprint and action.state != _PROPOSED
        )
        return next(agreed, None)


def read_actions(directory: Path) -> dict[str, Any] | None:
    """Return the content of ``actions.json`` in `directory`; None where no register was kept."""
    path = directory / NAME
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def plan_of(document: Mapping[str, Any] | None, findings: Sequence[Reported]) -> ActionPlan:
    """Return the actions of `document` as printed, each with the number of its finding."""
    if not findings and not (document and document["actions"]):
        return ActionPlan((NOTHING_FOUND,))
    if document is None:
        return ActionPlan((NO_REGISTER,))
    numbers = {finding.finding.fingerprint: finding.number for finding in findings}
    described = [entry for entry in document["actions"] if entry["action"]]
    uncovered = sorted(numbers[entry] for entry in document["uncovered"] if entry in numbers)
    return ActionPlan(
        (*_without(uncovered if described else []), *document["summary"], *_gathering(findings)),
        tuple(_printed(entry, numbers) for entry in described),
        recorded=True,
    )


def _gathering(findings: Iterable[Reported]) -> Iterable[str]:
    """Say why the findings that gather others have no action of their own."""
    numbers = [finding.number for finding in findings if finding.notebook == RECORDED]
    if numbers:
        listed = ", ".join(label for label, _ in runs_of(numbers))
        alone = len(numbers) == 1
        yield (
            f"Finding{'' if alone else 's'} {listed} {'is' if alone else 'are'} not among them: "
            "minors are gathered there, each with an action of its own."
        )


def _without(numbers: list[int]) -> Iterable[str]:
    if numbers:
        listed = ", ".join(label for label, _ in runs_of(numbers))
        yield f"Without an accepted action: finding{'' if len(numbers) == 1 else 's'} {listed}."


def _printed(entry: Mapping[str, Any], numbers: Mapping[str, int]) -> PrintedAction:
    return PrintedAction(
        entry["fingerprint"],
        numbers.get(entry["fingerprint"], 0),
        criterion_of(entry["criterion"])[1],
        entry["action"],
        entry["owner"],
        entry["type"],
        day(date.fromisoformat(entry["due"])) if entry["due"] else "",
        entry["state"],
        entry["overdue"],
        entry["remark"],
    )
