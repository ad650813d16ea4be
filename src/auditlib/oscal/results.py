"""Assessment results: observations, findings on controls, risks and the actions that remedy them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from auditlib.actions.register import Action, State
from auditlib.oscal.audited import CONCLUDED, Audited
from auditlib.oscal.catalogue import DECISION, objective_id
from auditlib.oscal.document import (
    ACTION_OWNER,
    NAMESPACE,
    PLAN,
    Json,
    audit_metadata,
    audit_props,
    filled,
    identify,
    instant,
    kept_files,
    midnight,
    origins,
    person_uuid,
    prop,
    props,
    rooted,
)
from auditlib.oscal.markdown import markup, paragraphs
from auditlib.oscal.observations import explained, finding_props, observations
from auditlib.oscal.placing import PlacedFinding, finding_uuid, observation_uuid, placed
from auditlib.oscal.plan import reviewed
from auditlib.records import Outcome
from auditlib.standards.document import VerdictCriterion

LIFECYCLES = {
    State.PROPOSED: "recommendation",
    State.ACCEPTED: "planned",
    State.IMPLEMENTED: "completed",
    State.VERIFIED: "completed",
}
"""What each state is in OSCAL, which has no word for an effect that was verified: a property says it."""


def results(audited: Audited) -> Json:
    """Return the assessment results."""
    body = {
        "metadata": audit_metadata(audited, "Assessment results"),
        "import-ap": {"href": PLAN},
        "results": [_result(audited)],
        "back-matter": kept_files(audited, evidence_files(audited)),
    }
    return rooted("assessment-results", body)


def evidence_files(audited: Audited) -> list[str]:
    """Return the results files of the run."""
    return [audited.results(notebook) for notebook in audited.questions]


def _result(audited: Audited) -> Json:
    placements = placed(audited)
    concluded = [criterion.id for criterion in audited.judged if criterion.outcome in CONCLUDED]
    judged = audited.verdict.decision.outcome.value if audited.verdict else ""
    why = audited.unjudged
    return {
        "uuid": identify("result", audited.run.audit),
        "title": markup(audited.run.title or audited.run.audit),
        "description": paragraphs(why or f"Judged by {audited.edition.title}."),
        "start": instant(audited.run.as_of),
        "props": [
            *audit_props(audited),
            *prop("standard-judged", audited.verdict is not None, why=why),
            *prop("decision", judged),
        ],
        "reviewed-controls": reviewed(audited, concluded),
        **filled(
            observations=observations(audited, placements),
            risks=risks(audited, placements),
            findings=findings(audited, placements),
        ),
    }


def findings(audited: Audited, placements: Sequence[PlacedFinding]) -> list[Json]:
    """Return a finding for each criterion concluded on, for the decision, and for its broken rules."""
    decision = audited.verdict.decision.outcome if audited.verdict else None
    return [
        *(
            _on_criterion(audited, criterion, placements)
            for criterion in audited.judged
            if criterion.outcome in CONCLUDED
        ),
        *([_on_decision(audited, decision)] if decision in CONCLUDED else []),
        *(_on_rule(audited, placement) for placement in placements if placement.statement),
    ]


def _on_criterion(audited: Audited, judged: VerdictCriterion, placements: Sequence[PlacedFinding]) -> Json:
    uuid = finding_uuid(audited, judged.id)
    placed = [placement for placement in placements if placement.finding == uuid]
    return filled(
        uuid=uuid,
        title=f"{judged.id}: {judged.outcome.value.replace('_', ' ')}",
        description=paragraphs(*(placement.raised.finding.condition for placement in placed))
        or paragraphs(judged.reason),
        props=[*prop("outcome", judged.outcome.value), *chain(*map(finding_props, placed))],
        origins=origins(audited),
        target=_target("objective-id", objective_id(judged.id), judged.outcome, judged.reason),
        related_observations=[{"observation-uuid": observation_uuid(audited, judged.id)}],
        related_risks=_risks_of(placed),
        remarks="\n\n".join(map(explained, placed)),
    )


def _on_decision(audited: Audited, outcome: Outcome | None) -> Json:
    assert outcome is not None  # noqa: S101 - asked for only where there is a decision
    title = f"Decision: {outcome.value.replace('_', ' ')}"
    return {
        "uuid": finding_uuid(audited, DECISION),
        "title": title,
        "description": f"{title}. The observation holds every step of the rule.",
        "props": prop("outcome", outcome.value),
        "origins": origins(audited),
        "target": _target("objective-id", objective_id(DECISION), outcome, ""),
        "related-observations": [{"observation-uuid": observation_uuid(audited, DECISION)}],
    }


def _on_rule(audited: Audited, placement: PlacedFinding) -> Json:
    finding = placement.raised.finding
    return filled(
        uuid=placement.finding,
        title=markup(finding.criterion),
        description=paragraphs(finding.condition),
        props=finding_props(placement),
        origins=origins(audited),
        target=_target("statement-id", placement.statement, Outcome.NOT_MET, ""),
        related_observations=[{"observation-uuid": placement.observation}],
        related_risks=_risks_of([placement]),
        remarks=explained(placement),
    )


def _target(kind: str, identifier: str, outcome: Outcome, reason: str) -> Json:
    reasons = {Outcome.MET: "pass", Outcome.NOT_MET: "fail"}
    status = filled(
        state="satisfied" if outcome is Outcome.MET else "not-satisfied",
        reason=reasons.get(outcome, "other"),
        remarks=paragraphs(reason),
    )
    return {"type": kind, "target-id": identifier, "status": status}


def _risks_of(placements: Iterable[PlacedFinding]) -> list[Json]:
    return [{"risk-uuid": placement.risk} for placement in placements if placement.risk]


def risks(audited: Audited, placements: Iterable[PlacedFinding]) -> list[Json]:
    """Return a risk for every major and minor finding; opportunities carry none."""
    return [_risk(audited, placement) for placement in placements if placement.risk]


def _risk(audited: Audited, placement: PlacedFinding) -> Json:
    finding = placement.raised.finding
    actions = agreed(audited, placement)
    planned = remediations(audited, placement)
    grade = {"name": "grade", "system": NAMESPACE, "value": finding.grade.value}
    return {
        "uuid": placement.risk,
        "title": markup(finding.criterion),
        "description": paragraphs(finding.condition),
        "statement": paragraphs(finding.effect) or paragraphs(finding.condition),
        "props": finding_props(placement),
        "status": _status(placement, actions),
        "origins": origins(audited),
        "characterizations": [{"origin": origins(audited)[0], "facets": [grade]}],
        **filled(deadline=deadline_of(actions)),
        "remediations": [_recommended(placement), *planned],
        "related-observations": [{"observation-uuid": placement.observation}],
    }


def _status(placement: PlacedFinding, actions: Sequence[Action]) -> str:
    if placement.raised.state == "resolved":
        return "closed"
    return status_of(actions)


def _recommended(placement: PlacedFinding) -> Json:
    return {
        "uuid": identify("response", "recommendation", placement.risk),
        "lifecycle": "recommendation",
        "title": "Recommended by the audit",
        "description": paragraphs(placement.raised.finding.recommendation),
    }


def remediations(audited: Audited, placement: PlacedFinding) -> list[Json]:
    """Return the actions on a finding as remediations of its risk."""
    return [_remediation(action, placement.risk) for action in agreed(audited, placement)]


def agreed(audited: Audited, placement: PlacedFinding) -> tuple[Action, ...]:
    """Return the actions on a finding that somebody has entered something about."""
    return audited.agreed.get(placement.raised.finding.fingerprint, ())


def status_of(actions: Sequence[Action]) -> str:
    """Return the status of a risk by the actions on it."""
    return "remediating" if any(action.settled for action in actions) else "open"


def deadline_of(actions: Sequence[Action]) -> str:
    """Return the day by which all accepted actions are due; empty where one has none."""
    days = [action.due for action in actions if action.settled]
    dated = [day for day in days if day is not None]
    return midnight(max(dated)) if dated and len(dated) == len(days) else ""


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
