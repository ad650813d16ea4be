"""Observations: every measurement with its n and interval, the decision, what notebooks answered."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from auditlib.oscal.audited import Audited
from auditlib.oscal.catalogue import DECISION
from auditlib.oscal.document import (
    Json,
    filled,
    instant,
    origins,
    prop,
    props,
    resource_uuid,
    subject,
)
from auditlib.oscal.markdown import figure, labelled, markup, paragraphs
from auditlib.oscal.placing import PlacedFinding, observation_uuid
from auditlib.records import EvidenceLevel, Score
from auditlib.standards.document import VerdictCriterion, VerdictDocument

_METHODS = {
    EvidenceLevel.RESPONSES: "TEST",
    EvidenceLevel.AGGREGATES: "EXAMINE",
    EvidenceLevel.REGISTER: "EXAMINE",
    EvidenceLevel.NONE: "UNKNOWN",
}


def observations(audited: Audited, findings: Iterable[PlacedFinding]) -> list[Json]:
    """Return all observations of an audit."""
    verdict = audited.verdict
    return [
        *(_measured(audited, criterion) for criterion in audited.judged),
        *([_decided(audited, verdict)] if verdict else []),
        *(_answered(audited, notebook) for notebook in audited.questions),
        *(_raised(audited, placement) for placement in findings if placement.separate),
    ]


def _observation(audited: Audited, uuid: str, *, method: str, kind: str, **fields: object) -> Json:
    return {
        "uuid": uuid,
        "methods": [method],
        "types": [kind],
        "origins": origins(audited),
        "subjects": [subject(audited)],
        "collected": instant(audited.run.as_of),
        **filled(**fields),
    }


def _measured(audited: Audited, criterion: VerdictCriterion) -> Json:
    keys = (f"found:{criterion.id}", f"outcome:{criterion.id}", f"observations:{criterion.id}")
    return _observation(
        audited,
        observation_uuid(audited, criterion.id),
        method=_METHODS[criterion.stands_on],
        kind="control-objective",
        title=f"{criterion.id}: {criterion.outcome.value.replace('_', ' ')}",
        description=paragraphs(criterion.reason) or markup(criterion.outcome.value),
        props=_measurement(criterion),
        relevant_evidence=_evidence(audited, audited.judge, keys),
    )


def _measurement(criterion: VerdictCriterion) -> list[Json]:
    interval = criterion.interval
    facts = {
        "criterion": criterion.id,
        "outcome": criterion.outcome.value,
        "metric": criterion.metric,
        "value": criterion.value,
        "unit": criterion.unit,
        "statistic": criterion.statistic.value,
        "n": criterion.n,
        "n-missing": criterion.n_missing,
        "interval-low": interval.low if interval else None,
        "interval-high": interval.high if interval else None,
        "interval-level": interval.level if interval else None,
        "interval-method": interval.method if interval else None,
        "margin": criterion.margin,
        "target": criterion.target.value,
        "direction": criterion.target.direction,
        "stands-on": criterion.stands_on.value,
        "measure-built": criterion.measured,
        "definition-hash": criterion.definition_hash,
    }
    options = [
        *chain(*(prop("option", f"{name}={figure(value)}") for name, value in criterion.options.items()))
    ]
    return [*props(facts), *options]


def _decided(audited: Audited, verdict: VerdictDocument) -> Json:
    decision = verdict.decision
    lists = {
        "open-major": decision.open_majors,
        "open-minor": decision.open_minors,
        "closed": decision.closed,
        "outside-scope": decision.scope.outside,
        "looser-than-base": verdict.looser_than_base,
        "tighter-than-base": verdict.tighter_than_base,
    }
    steps = [
        *chain(
            *(
                prop("decision-step", step.outcome.value, why=f"{step.rule} {step.found}")
                for step in decision.trace
            )
        )
    ]
    facts = {
        "outcome": decision.outcome.value,
        "compared": decision.compared.value,
        "decision-mode": decision.mode.value,
        **_score("score", decision.score),
        **_score("process", decision.process),
        **_score("results", decision.results),
        "mismatch": decision.mismatch,
    }
    return _observation(
        audited,
        observation_uuid(audited, DECISION),
        method="TEST",
        kind="control-objective",
        title=f"Decision: {decision.outcome.value.replace('_', ' ')}",
        description=paragraphs(*(f"{step.rule} {step.found}" for step in decision.trace))
        or markup(verdict.title),
        props=[
            *props(facts),
            *chain(*(prop(name, item) for name, ids in lists.items() for item in ids)),
            *steps,
        ],
        relevant_evidence=_evidence(audited, audited.decider, ("decision", "score:low", "score:high")),
    )


def _score(name: str, score: Score | None) -> dict[str, float | None]:
    return {
        f"{name}-low": score.low if score else None,
        f"{name}-high": score.high if score else None,
        f"{name}-weight": score.weight if score else None,
    }


def _answered(audited: Audited, notebook: str) -> Json:
    answer = audited.answers[notebook]
    keys = dict.fromkeys(key for sentence in answer for key in sentence.keys)
    return _observation(
        audited,
        observation_uuid(audited, "answer", notebook),
        method="TEST",
        kind="discovery",
        title=markup(audited.questions[notebook]),
        description=paragraphs(*(sentence.text for sentence in answer)) or "It gave no answer.",
        props=prop("notebook", notebook),
        relevant_evidence=_evidence(audited, notebook, keys),
    )


def _raised(audited: Audited, placed: PlacedFinding) -> Json:
    raised = placed.raised
    keys = [key.removeprefix(f"{raised.notebook}/") for key in raised.finding.evidence]
    return _observation(
        audited,
        placed.observation,
        method="TEST",
        kind="finding" if raised.current else "historic",
        title=markup(raised.finding.criterion),
        description=paragraphs(raised.finding.condition),
        props=finding_props(placed),
        relevant_evidence=_evidence(audited, raised.notebook, keys) if raised.current else None,
        remarks=explained(placed),
    )


def finding_props(placed: PlacedFinding) -> list[Json]:
    """Return what identifies a finding and what OSCAL has no field for."""
    finding = placed.raised.finding
    return props(
        {
            "fingerprint": finding.fingerprint,
            "grade": finding.grade.value,
            "state": placed.raised.state,
            "notebook": placed.raised.notebook,
            "subject": finding.subject,
            "demand": finding.criterion,
        }
    )


def explained(placed: PlacedFinding) -> str:
    """Return cause, effect and recommendation of a finding."""
    finding = placed.raised.finding
    return labelled(cause=finding.cause, effect=finding.effect, recommendation=finding.recommendation)


def _evidence(audited: Audited, notebook: str, keys: Iterable[str]) -> list[Json]:
    """Return the results file as evidence, with the keys that `auditlib trace` walks from."""
    references = [f"{notebook}/{key}" for key in keys if f"{notebook}/{key}" in audited.numbers]
    return [
        filled(
            href=f"#{resource_uuid(audited, audited.results(notebook))}",
            description=f"Numbers recorded by {markup(notebook)}.",
            props=[*chain(*(prop("number", key) for key in references))],
        )
    ]
