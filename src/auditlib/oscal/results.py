"""Assessment results: observations, findings on controls, risks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from auditlib.actions.register import Action
from auditlib.oscal.audited import CONCLUDED, Audited
from auditlib.oscal.catalogue import DECISION, objective_id
from auditlib.oscal.document import (
    NAMESPACE,
    PLAN,
    Json,
    audit_metadata,
    audit_props,
    filled,
    identify,
    instant,
    kept_files,
    origins,
    prop,
    rooted,
)
from auditlib.oscal.markdown import markup, paragraphs
from auditlib.oscal.observations import explained, finding_props, observations
from auditlib.oscal.placing import PlacedFinding, finding_uuid, observation_uuid, placed
from auditlib.oscal.plan import reviewed
from auditlib.oscal.remediation import agreed, deadline_of, remediations, status_of
from auditlib.records import Outcome
from auditlib.standards.document import VerdictCriterion


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
    found = placed(audited)
    concluded = [each.id for each in audited.judged if each.outcome in CONCLUDED]
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
            observations=observations(audited, found),
            risks=risks(audited, found),
            findings=findings(audited, found),
        ),
    }


def findings(audited: Audited, found: Sequence[PlacedFinding]) -> list[Json]:
    """Return a finding for each criterion concluded on, for the decision, and for its broken rules."""
    decision = audited.verdict.decision.outcome if audited.verdict else None
    return [
        *(_on_criterion(audited, each, found) for each in audited.judged if each.outcome in CONCLUDED),
        *([_on_decision(audited, decision)] if decision in CONCLUDED else []),
        *(_on_rule(audited, each) for each in found if each.statement),
    ]


def _on_criterion(audited: Audited, judged: VerdictCriterion, found: Sequence[PlacedFinding]) -> Json:
    uuid = finding_uuid(audited, judged.id)
    own = [each for each in found if each.finding == uuid]
    return filled(
        uuid=uuid,
        title=f"{judged.id}: {judged.outcome.value.replace('_', ' ')}",
        description=paragraphs(*(each.raised.finding.condition for each in own)) or paragraphs(judged.reason),
        props=[*prop("outcome", judged.outcome.value), *chain(*(finding_props(each) for each in own))],
        origins=origins(audited),
        target=_target("objective-id", objective_id(judged.id), judged.outcome, judged.reason),
        related_observations=[{"observation-uuid": observation_uuid(audited, judged.id)}],
        related_risks=_risks_of(own),
        remarks="\n\n".join(explained(each) for each in own),
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


def _on_rule(audited: Audited, found: PlacedFinding) -> Json:
    finding = found.raised.finding
    return filled(
        uuid=found.finding,
        title=markup(finding.criterion),
        description=paragraphs(finding.condition),
        props=finding_props(found),
        origins=origins(audited),
        target=_target("statement-id", found.statement, Outcome.NOT_MET, ""),
        related_observations=[{"observation-uuid": found.observation}],
        related_risks=_risks_of([found]),
        remarks=explained(found),
    )


def _target(kind: str, identifier: str, outcome: Outcome, reason: str) -> Json:
    reasons = {Outcome.MET: "pass", Outcome.NOT_MET: "fail"}
    status = filled(
        state="satisfied" if outcome is Outcome.MET else "not-satisfied",
        reason=reasons.get(outcome, "other"),
        remarks=paragraphs(reason),
    )
    return {"type": kind, "target-id": identifier, "status": status}


def _risks_of(found: Iterable[PlacedFinding]) -> list[Json]:
    return [{"risk-uuid": each.risk} for each in found if each.risk]


def risks(audited: Audited, found: Iterable[PlacedFinding]) -> list[Json]:
    """Return a risk for every major and minor finding; opportunities carry none."""
    return [_risk(audited, each) for each in found if each.risk]


def _risk(audited: Audited, found: PlacedFinding) -> Json:
    finding = found.raised.finding
    own = agreed(audited, found)
    planned = remediations(audited, found)
    grade = {"name": "grade", "system": NAMESPACE, "value": finding.grade.value}
    return {
        "uuid": found.risk,
        "title": markup(finding.criterion),
        "description": paragraphs(finding.condition),
        "statement": paragraphs(finding.effect) or paragraphs(finding.condition),
        "props": finding_props(found),
        "status": _status(found, own),
        "origins": origins(audited),
        "characterizations": [{"origin": origins(audited)[0], "facets": [grade]}],
        **filled(deadline=deadline_of(own)),
        "remediations": [_recommended(found), *planned],
        "related-observations": [{"observation-uuid": found.observation}],
    }


def _status(found: PlacedFinding, own: Sequence[Action]) -> str:
    if found.raised.state == "resolved":
        return "closed"
    return status_of(own)


def _recommended(found: PlacedFinding) -> Json:
    return {
        "uuid": identify("response", "recommendation", found.risk),
        "lifecycle": "recommendation",
        "title": "Recommended by the audit",
        "description": paragraphs(found.raised.finding.recommendation),
    }
