"""Catalogue: the criteria of an edition as controls, their targets as parameters, its decision rule."""

from __future__ import annotations

from datetime import datetime
from itertools import chain

from auditlib.oscal.document import Json, filled, identify, metadata, midnight, prop, props, rooted
from auditlib.oscal.markdown import figure, markup, paragraphs, plain
from auditlib.records import Criterion
from auditlib.standards.edition import Edition

DECISION = "decision"
"""Id of the control that holds the decision rule; no criterion can be called so."""
_METHODS = "http://csrc.nist.gov/ns/rmf"


def target_id(criterion: str) -> str:
    """Return the id of the parameter that holds a criterion's target."""
    return f"{criterion}_target"


def objective_id(control: str) -> str:
    """Return the id of what is to be shown about a control."""
    return f"{control}_obj"


def statement_id(control: str, item: str = "") -> str:
    """Return the id of a control's statement, or of one item of it."""
    return f"{control}_smt" + (f".{item}" if item else "")


def insertion(parameter: str) -> str:
    """Return the place in a text where the value of a parameter is shown."""
    return f"{{{{ insert: param, {parameter} }}}}"


def catalogue(edition: Edition, *, as_of: datetime) -> Json:
    """Return the catalogue of an edition: nothing in it but `as_of` depends on an audit."""
    removed = [*chain(*(prop("removed", name, why=why) for name, why in edition.removed.items()))]
    body = {
        "metadata": metadata(
            edition.title,
            version=str(edition.year),
            as_of=as_of,
            published=midnight(edition.effective_from),
            props=_edition_props(edition) + removed,
        ),
        "groups": [*(_group(edition, name) for name in edition.categories), _decision_group(edition)],
        "back-matter": {"resources": _sources(edition)},
    }
    return rooted("catalog", body)


def _edition_props(edition: Edition) -> list[Json]:
    until = edition.transition_until
    return props(
        {
            "standard": edition.name,
            "effective-from": edition.effective_from.isoformat(),
            "effective-to": edition.effective_to.isoformat(),
            "transition-until": until.isoformat() if until else "",
        }
    )


def _group(edition: Edition, category: str) -> Json:
    controls = [_control(criterion) for criterion in edition.criteria if criterion.category == category]
    return filled(id=category, title=markup(edition.categories[category]), controls=controls)


def _control(criterion: Criterion) -> Json:
    return filled(
        id=criterion.id,
        title=markup(criterion.demand),
        params=[_target(criterion), *_excused(criterion)],
        props=[{"name": "label", "value": criterion.id}, *_facts(criterion)],
        links=[{"href": f"#{_source_uuid(criterion)}", "rel": "reference"}],
        parts=_parts(criterion),
    )


def _facts(criterion: Criterion) -> list[Json]:
    first = criterion.effective_from
    facts = props(
        {
            "metric": criterion.metric,
            "kind": criterion.kind.value,
            "aspect": criterion.aspect.value,
            "severity": criterion.severity.value,
            "weight": criterion.weight,
            "must-pass": criterion.must_pass,
            "minimum-n": criterion.minimum_n,
            "effective-from": first.isoformat() if first else "",
        }
    )
    options = [
        *chain(*(prop("option", f"{name}={figure(value)}") for name, value in criterion.options.items()))
    ]
    served = [*chain(*(prop("requirement", name) for name in criterion.requirements))]
    reasons = [*chain(*(prop("excusing-reason", name) for name in criterion.reasons))]
    changed = prop("changed", True, why=criterion.change) if criterion.change else []
    return [*facts, *options, *served, *reasons, *changed]


def _target(criterion: Criterion) -> Json:
    target = criterion.target
    low, high = sorted((target.tightest, target.loosest))
    return {
        "id": target_id(criterion.id),
        "label": f"Target of {criterion.id}",
        "usage": markup(f"{target.direction.value.replace('_', ' ')} this value, in the unit of the metric"),
        "props": props(
            {
                "direction": target.direction.value,
                "tightest": target.tightest,
                "loosest": target.loosest,
            }
        ),
        "constraints": [{"description": f"A profile may choose {figure(low)} to {figure(high)}."}],
        "values": [figure(target.value)],
    }


def _excused(criterion: Criterion) -> list[Json]:
    if criterion.excused_limit is None:
        return []
    return [
        {
            "id": f"{criterion.id}_excused",
            "label": f"Largest share of cases of {criterion.id} that recorded deviations may excuse",
            "values": [figure(criterion.excused_limit)],
        }
    ]


def _parts(criterion: Criterion) -> list[Json]:
    side = criterion.target.direction.value.replace("_", " ")
    target = f"Target: {side} {insertion(target_id(criterion.id))}."
    return [
        {
            "id": statement_id(criterion.id),
            "name": "statement",
            "prose": f"{markup(criterion.demand)} {target}",
        },
        {"id": f"{criterion.id}_gdn", "name": "guidance", "prose": paragraphs(criterion.rationale)},
        {
            "id": objective_id(criterion.id),
            "name": "assessment-objective",
            "prose": f"{markup(criterion.metric)} is {side} {insertion(target_id(criterion.id))}.",
        },
        {
            "id": f"{criterion.id}_asm",
            "name": "assessment-method",
            "props": [{"name": "method", "ns": _METHODS, "value": "TEST"}],
            "parts": [
                {
                    "id": f"{criterion.id}_asm.objects",
                    "name": "assessment-objects",
                    "prose": paragraphs(criterion.evidence_type),
                }
            ],
        },
    ]


def _decision_group(edition: Edition) -> Json:
    rule = edition.rule
    values = {
        "pass-mark": rule.pass_mark,
        "process-weight": rule.process_weight,
        "minors": rule.minors_make_major,
        "mismatch": rule.mismatch,
        "probability": rule.required_probability,
    }
    control = {
        "id": DECISION,
        "title": "What follows from all criteria together",
        "params": [
            {"id": f"{DECISION}_{name}", "label": name, "values": [figure(value)]}
            for name, value in values.items()
        ],
        "props": [{"name": "label", "value": "Decision"}, *prop("decision-mode", rule.mode.value)],
        "parts": [
            {"id": statement_id(DECISION), "name": "statement", "parts": _rules()},
            {
                "id": objective_id(DECISION),
                "name": "assessment-objective",
                "prose": "The operation meets the standard.",
            },
        ],
    }
    return {"id": "decision-rule", "title": "Decision rule", "controls": [control]}


def _rules() -> list[Json]:
    texts = {
        "score": f"The weighted score reaches {insertion('decision_pass-mark')}; "
        f"process weighs {insertion('decision_process-weight')} of it.",
        "minors": f"Fewer than {insertion('decision_minors')} minors are open in any one category.",
        "mismatch": f"Process and results part by less than {insertion('decision_mismatch')}.",
        "probability": f"Judged by probability, a target is met from {insertion('decision_probability')} on.",
    }
    return [
        {"id": statement_id(DECISION, name), "name": "item", "prose": text} for name, text in texts.items()
    ]


def _sources(edition: Edition) -> list[Json]:
    sources = {_source_uuid(criterion): plain(criterion.source) for criterion in edition.criteria}
    return [
        {"uuid": uuid, "title": "Source of a demand", "citation": {"text": markup(text)}}
        for uuid, text in sources.items()
    ]


def _source_uuid(criterion: Criterion) -> str:
    return identify("source", plain(criterion.source))
