"""A recorded verdict taken up again, so that the same rule decides over more than its criteria."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from auditlib.records import (
    Criterion,
    Direction,
    Judgement,
    Measurement,
    Target,
    WeighedFinding,
)
from auditlib.standards.decision import decide
from auditlib.standards.document import VerdictCriterion, VerdictDocument
from auditlib.standards.edition import Edition
from auditlib.standards.profile import Demands
from auditlib.standards.verdict import Verdict


def retaken(
    document: VerdictDocument, *, findings: Sequence[WeighedFinding], closed: Collection[str]
) -> Verdict:
    """Return the verdict of `document`, decided over the findings of all notebooks.

    Parameters
    ----------
    document
        As the notebook recorded it that judged by the standard.
    findings
        Those of the other notebooks, each failing once.
    closed
        Keys of the findings that the register of actions closes.

    Notes
    -----
    The verdict holds what the document holds: demands without their rationale, measurements without basis.
    """
    judgements = tuple(_judgement(entry) for entry in document.criteria)
    demands = _demands(document, tuple(entry.criterion for entry in judgements))
    decision = decide(demands, judgements, findings=findings, closed=closed)
    return Verdict(demands, judgements, decision)


def _demands(document: VerdictDocument, criteria: tuple[Criterion, ...]) -> Demands:
    standard, _, year = document.standard.partition("@")
    edition = Edition(
        standard,
        int(year),
        document.title,
        document.effective_from,
        document.effective_to,
        None,
        document.categories,
        document.rule,
        criteria,
    )
    return Demands(
        edition,
        looser=tuple(document.looser_than_base),
        tighter=tuple(document.tighter_than_base),
        note=document.decision.note,
        certifies=document.decision.certifies,
    )


def _judgement(entry: VerdictCriterion) -> Judgement:
    measurement = Measurement(
        entry.metric,
        entry.value,
        entry.n or 0,  # held back: the outcome is what is retaken, and stands
        entry.statistic,
        entry.unit,
        entry.interval,
        level=entry.stands_on,
        definition_hash=entry.definition_hash,
        built=entry.measured,
    )
    needed = None if entry.n_missing is None or entry.n is None else entry.n + entry.n_missing
    return Judgement(_criterion(entry), measurement, entry.outcome, entry.reason, entry.margin, needed)


def _criterion(entry: VerdictCriterion) -> Criterion:
    same = ("id", "category", "demand", "metric", "kind", "aspect", "severity", "weight", "must_pass")
    value = entry.target.value
    return Criterion(
        **{name: getattr(entry, name) for name in same},
        requirements=tuple(entry.requirements),
        options=entry.options,
        target=Target(value, Direction(entry.target.direction), value, value),
        minimum_n=entry.minimum_n,
        evidence_type="",
        rationale="",
        source="",
    )
