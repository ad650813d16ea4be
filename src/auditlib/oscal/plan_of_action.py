"""Plan of action and milestones: one item for every finding, with what it refers to."""

from __future__ import annotations

from collections.abc import Sequence

from auditlib.oscal.audited import Audited
from auditlib.oscal.document import (
    NAMESPACE,
    Json,
    assets,
    audit_metadata,
    filled,
    identify,
    kept_files,
    origins,
    prop,
    rooted,
)
from auditlib.oscal.markdown import markup, paragraphs
from auditlib.oscal.observations import explained, finding_props, observations
from auditlib.oscal.placing import PlacedFinding, placed
from auditlib.oscal.plan import operation
from auditlib.oscal.results import action_props, agreed, evidence_files, findings, risks


def actions(audited: Audited) -> Json:
    """Return the plan of action; it holds everything its items refer to."""
    placements = placed(audited)
    body = {
        "metadata": audit_metadata(audited, "Plan of action and milestones"),
        "import-ssp": operation(audited),
        "system-id": {"identifier-type": NAMESPACE, "id": audited.run.audit},
        "local-definitions": {"assessment-assets": assets(audited)},
        **filled(
            observations=_referred(
                observations(audited, placements), [placing.observation for placing in placements]
            ),
            risks=risks(audited, placements),
            findings=_referred(findings(audited, placements), [placing.finding for placing in placements]),
        ),
        "poam-items": [_item(audited, placement) for placement in placements] or [_nothing(audited)],
        "back-matter": kept_files(audited, [audited.run_file, *evidence_files(audited)]),
    }
    return rooted("plan-of-action-and-milestones", body)


def _referred(entries: Sequence[Json], uuids: Sequence[str]) -> list[Json]:
    return [entry for entry in entries if entry["uuid"] in uuids]


def _item(audited: Audited, placement: PlacedFinding) -> Json:
    finding = placement.raised.finding
    return filled(
        uuid=identify("item", audited.run.party.name, placement.raised.notebook, finding.fingerprint),
        title=markup(finding.criterion),
        description=paragraphs(finding.condition),
        props=[*finding_props(placement), *(() if placement.risk else _agreed(audited, placement))],
        origins=origins(audited),
        related_findings=[{"finding-uuid": placement.finding}] if placement.finding else [],
        related_observations=[{"observation-uuid": placement.observation}],
        related_risks=[{"risk-uuid": placement.risk}] if placement.risk else [],
        remarks=explained(placement),
    )


def _agreed(audited: Audited, placement: PlacedFinding) -> list[Json]:
    """Return the actions on an opportunity as properties: it carries no risk that they could remedy."""
    return [action_prop for action in agreed(audited, placement) for action_prop in action_props(action)]


def _nothing(audited: Audited) -> Json:
    """Return the one item OSCAL demands where there is nothing to do."""
    return {
        "uuid": identify("item", audited.run.audit, "none"),
        "title": "No action is due",
        "description": "The audit raised no finding; OSCAL demands at least one item.",
        "props": prop("none-due", True),
    }
