"""Corrective actions as OSCAL holds them: remediations of a risk, each with a day and a person."""

from __future__ import annotations

from collections.abc import Sequence

from auditlib.actions.register import Action, State
from auditlib.oscal.audited import Audited
from auditlib.oscal.document import ACTION_OWNER, Json, filled, identify, midnight, person_uuid, props
from auditlib.oscal.markdown import markup, paragraphs
from auditlib.oscal.placing import PlacedFinding

LIFECYCLES = {
    State.PROPOSED: "recommendation",
    State.ACCEPTED: "planned",
    State.IMPLEMENTED: "completed",
    State.VERIFIED: "completed",
}
"""What each state is in OSCAL, which has no word for an effect that was verified: a property says it."""


def remediations(audited: Audited, found: PlacedFinding) -> list[Json]:
    """Return the actions on a finding as remediations of its risk."""
    return [_remediation(one, found.risk) for one in agreed(audited, found)]


def agreed(audited: Audited, found: PlacedFinding) -> tuple[Action, ...]:
    """Return the actions on a finding that somebody has entered something about."""
    return audited.agreed.get(found.raised.finding.fingerprint, ())


def status_of(actions: Sequence[Action]) -> str:
    """Return the status of a risk by the actions on it."""
    return "remediating" if any(action.settled for action in actions) else "open"


def deadline_of(actions: Sequence[Action]) -> str:
    """Return the day by which all accepted actions are due; empty where one has none."""
    days = [action.due for action in actions if action.settled]
    known = [day for day in days if day is not None]
    return midnight(max(known)) if known and len(known) == len(days) else ""


def action_props(action: Action) -> list[Json]:
    """Return what OSCAL has no field for."""
    return props(
        {
            "action-number": action.number,
            "action-type": action.kind.value if action.kind else "",
            "action-state": action.state.value,
            "action-owner": action.owner,
            "action-due": action.due.isoformat() if action.due else "",
            "action-proof": action.proof,
            "action-remark": action.remark,
        }
    )


def _remediation(action: Action, risk: str) -> Json:
    return filled(
        uuid=identify("action", risk, str(action.number)),
        lifecycle=LIFECYCLES[action.state],
        title=f"Corrective action {action.number}: {action.state.value}",
        description=paragraphs(action.action) or "The action is not described yet.",
        props=action_props(action),
        tasks=[_milestone(action, risk)] if action.due else [],
    )


def _milestone(action: Action, risk: str) -> Json:
    assert action.due is not None  # noqa: S101 - asked for only where there is a day
    return filled(
        uuid=identify("action-due", risk, str(action.number)),
        type="milestone",
        title=markup(f"Due: {action.action}") if action.action else "Due",
        timing={"on-date": {"date": midnight(action.due)}},
        responsible_roles=[{"role-id": ACTION_OWNER, "party-uuids": [person_uuid(action.owner)]}]
        if action.owner
        else [],
    )
