"""What an audit concludes when it is assembled: findings of all notebooks, the register, one decision."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from auditlib.actions.carry import carry
from auditlib.actions.closing import closed_by
from auditlib.actions.document import NAME as ACTIONS
from auditlib.actions.document import actions_document
from auditlib.actions.recorded_findings import raised_of
from auditlib.actions.run_registers import Registers
from auditlib.audit.recorder import Recorder
from auditlib.audit.schema import recorded_finding
from auditlib.audit.suppression import Suppression
from auditlib.disclosure import UNRESTRICTED
from auditlib.parameters.run import Run
from auditlib.records import Criterion, Grade, Number, Outcome, Sentence, WeighedFinding, metric_text
from auditlib.seal.findings import NAME as FINDINGS
from auditlib.seal.findings import Before, FindingsDocument, StatedFinding, findings_of
from auditlib.seal.recorded_run import judge_of
from auditlib.standards.answer import VerdictAnswer
from auditlib.standards.decision import RECORDED
from auditlib.standards.document import VerdictDocument, decision_part, dumped
from auditlib.standards.facts import deciding_numbers
from auditlib.standards.findings import gathered_findings
from auditlib.standards.merging import RaisedFinding, brought_together
from auditlib.standards.retaken import retaken
from auditlib.standards.verdict import Verdict
from auditlib.standards.weighing import identifier_of, name_of, weighed_finding
from auditlib.statements import Facts, say

VERDICT: Final = "verdict.json"
QUESTION: Final = "Does the operation meet the standard, over all findings?"
Json = Mapping[str, Any]


def conclude(
    results: Mapping[str, Json], run: Run, *, registers: Registers, before: Before | None = None
) -> dict[str, Json]:
    """Bring the findings of all notebooks together, and decide over them.

    Parameters
    ----------
    results
        Content of each results file, by notebook; that of samples examined among them.
    run
        What the audit chose.
    registers
        The registers of actions that lie beside the run.
    before
        The findings of the audit before.

    Returns
    -------
    dict
        Documents by their path inside the run: ``findings.json`` and ``actions.json``; where a notebook
        judged by a standard also ``verdict.json``, and the decision as a results file of its own, so that
        its numbers can be referred to like all others.
    """
    judge, verdict = judge_of(results), _verdict_model(results)
    raised = brought_together(_raised(results), failed=_failed(verdict), judge=judge)
    examined = {*results, *([RECORDED] if verdict else [])}
    documents: dict[str, Json] = {}
    if verdict is not None:
        stated = findings_of(raised, notebooks=examined, before=before)
        decided = _decided(verdict, stated, results, run, registers=registers, judge=judge)
        recorded = _recorded(verdict, decided, stated, run)
        raised = (*raised, *_raised({RECORDED: recorded}))
        documents |= {VERDICT: recorded["verdict"], f"results/{RECORDED}.json": recorded}
    findings = findings_of(raised, notebooks=examined, before=before)
    actions = actions_document(results, findings, registers, run)
    return {FINDINGS: findings, ACTIONS: actions, **documents}


def _verdict_model(results: Mapping[str, Json]) -> VerdictDocument | None:
    judge = judge_of(results)
    if not judge:
        return None
    return VerdictDocument.model_validate_json(json.dumps(results[judge]["verdict"]))


def _raised(results: Mapping[str, Json]) -> tuple[RaisedFinding, ...]:
    return tuple(
        RaisedFinding(recorded_finding(finding), name)
        for name, document in results.items()
        if name != RECORDED or document.get("verdict")
        for finding in document["findings"]
    )


def _failed(verdict: VerdictDocument | None) -> dict[str, str]:
    """Return the id of each criterion that is not met, by its metric with options."""
    criteria = verdict.criteria if verdict else []
    return {
        metric_text(criterion.metric, criterion.options): criterion.id
        for criterion in criteria
        if criterion.outcome is Outcome.NOT_MET
    }


def _decided(
    verdict: VerdictDocument,
    stated: Json,
    results: Mapping[str, Json],
    run: Run,
    *,
    registers: Registers,
    judge: str,
) -> Verdict:
    """Return the verdict over all findings that stand, and those of the audit before not examined now."""
    criteria = retaken(verdict, findings=(), closed=()).demands.edition.criteria
    models = FindingsDocument.model_validate_json(json.dumps(stated)).findings
    closed = set(_closed(stated, results, run, registers=registers))
    further = []
    for model in models:
        now = model.state in ("new", "unchanged")
        if now and model.notebook == judge:
            # the rule knows a criterion by its id, the register by the fingerprint of its finding
            closed |= {identifier_of(model.criterion)} if model.fingerprint in closed else set()
        elif model.state != "resolved":
            further.append(_weighed(model, criteria))
    return retaken(verdict, findings=further, closed=closed)


def _weighed(model: StatedFinding, criteria: Sequence[Criterion]) -> WeighedFinding:
    weighed = weighed_finding(model, criteria, notebook=model.notebook)
    if model.state != "not_examined":
        return weighed
    return replace(weighed, name=name_of(model, f"{model.notebook}, not examined now"))


def _closed(stated: Json, results: Mapping[str, Json], run: Run, *, registers: Registers) -> frozenset[str]:
    raised, day = raised_of(stated), run.as_of.date()
    plan = carry(raised, registers.current, registers.before, day=day)
    recorded = {
        f"{name}/{number['key']}" for name, document in results.items() for number in document["numbers"]
    }
    return closed_by(plan.actions, raised, day=day, recorded=recorded)


def _recorded(verdict: VerdictDocument, decided: Verdict, stated: Json, run: Run) -> dict[str, Any]:
    """Return the decision as a results file: its sentences, their numbers, the minors that gather."""
    recorder = Recorder(
        notebook=RECORDED, party=run.party.name, suppression=Suppression(minimum=UNRESTRICTED)
    )
    gathered = gathered_findings(decided)
    reported = Facts.of(_reported(stated, gathered=len(gathered)))
    recorder.number(*deciding_numbers(decided), *reported)
    decision, criteria, *remaining = VerdictAnswer(decided).summary()
    # what stands first stands on the first page, which counts the findings itself
    outside = [sentence for sentence in remaining if sentence.keys[0].startswith("scope:")]
    still = [sentence for sentence in remaining if sentence not in outside]
    recorder.answer((decision, *_earlier(reported), *outside, _listed(reported), criteria, *still))
    recorder.finding(gathered)
    document = verdict.model_copy(update={"decision": decision_part(decided)})
    recorder.verdict(dumped(document))
    return recorder.document(question=QUESTION, parameters={"audit": run.audit})


def _reported(stated: Json, *, gathered: int) -> Iterator[Number]:
    """Yield how many findings of each grade the audit reports, and how many of the last were not examined."""
    current = [finding for finding in stated["findings"] if finding["state"] in ("new", "unchanged")]
    for grade in Grade:
        count = sum(finding["grade"] == grade.value for finding in current)
        count += gathered if grade is Grade.MAJOR else 0
        yield Number(f"findings:{grade.value}", count, "count", reason="counted from the findings")
    past = sum(
        finding["state"] == "not_examined" and finding["grade"] != "opportunity"
        for finding in stated["findings"]
    )
    yield Number("findings:not_examined", past, "count", reason="counted from the findings")


def _listed(reported: Facts) -> Sentence:
    return say(
        "The audit reports {findings:major|major|majors}, {findings:minor|minor|minors} and "
        "{findings:opportunity|opportunity|opportunities}.",
        reported,
    )


def _earlier(reported: Facts) -> Iterator[Sentence]:
    """Yield what of the audit before stays open because nobody examined it, where there is any."""
    if reported["findings:not_examined"].value:
        yield say(
            "{findings:not_examined|major or minor|majors and minors} of the audit before "
            "{findings:not_examined~was|were} not examined now and {findings:not_examined~stays|stay} open "
            "until closed.",
            reported,
        )
