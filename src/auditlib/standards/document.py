"""``verdict.json``: a verdict as a document that other programs read."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from auditlib.parameters.schema import document_schema, file_schema
from auditlib.records import (
    Aspect,
    DecisionMode,
    EvidenceLevel,
    GatheredMinors,
    Grade,
    Interval,
    Judgement,
    Kind,
    Outcome,
    Scope,
    Score,
    Sentence,
    Statistic,
    Step,
)
from auditlib.standards.edition import DecisionRule, EditionModel
from auditlib.standards.profile import ProfileModel
from auditlib.standards.verdict import Verdict

SCHEMA: Literal["auditlib/verdict@2"] = "auditlib/verdict@2"
_DIGITS = 10


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)


class VerdictTarget(_Part):
    """The value demanded."""

    value: float
    direction: Literal["at_least", "at_most"]


class VerdictCriterion(_Part):
    """One criterion with what was measured and what follows."""

    id: str
    category: str
    demand: str
    requirements: list[str]
    metric: str
    options: dict[str, bool | int | float | str]
    definition_hash: str
    target: VerdictTarget
    kind: Kind
    aspect: Aspect
    severity: Grade
    weight: float
    must_pass: bool
    minimum_n: int
    outcome: Outcome
    reason: str
    value: float | None
    unit: str
    statistic: Statistic
    n: int | None = Field(description="Cases; null where they are so few that they are held back.")
    n_missing: int | None = Field(description="Observations still needed; null where more would not help.")
    interval: Interval | None
    margin: float | None
    stands_on: EvidenceLevel
    measured: bool = Field(
        description="False where this suite has no measure for the metric: outside the certified scope."
    )


class VerdictDecision(_Part):
    """The decision with its trace."""

    outcome: Outcome = Field(
        description="'not_applicable' where every step holds and the edition may not certify the period."
    )
    compared: Outcome = Field(description="What the steps say, whether or not the edition may certify.")
    certifies: bool = Field(description="Whether the edition was in effect or in transition.")
    note: str = Field(description="What limits it in time; empty where nothing does.")
    whole: bool = Field(description="Whether the findings of all notebooks entered, or the criteria alone.")
    mode: DecisionMode
    pass_mark: float
    score: Score
    process: Score | None
    results: Score | None
    open_majors: list[str]
    open_minors: list[str]
    closed: list[str] = Field(description="Majors and minors that the register of actions closes.")
    gathered: list[GatheredMinors]
    scope: Scope = Field(description="What a certificate does not speak of: this suite does not measure it.")
    mismatch: str
    trace: list[Step]


class VerdictDocument(_Part):
    """A whole verdict; `schema` names the shape and its version."""

    schema_: Literal["auditlib/verdict@2"] = Field(SCHEMA, alias="schema")
    standard: str
    title: str
    looser_than_base: list[str]
    tighter_than_base: list[str]
    effective_from: date
    effective_to: date
    categories: dict[str, str]
    rule: DecisionRule
    set_aside: Sentence | None = Field(
        None, description="What share of the weight the profile set aside, and which criteria; null for none."
    )
    decision: VerdictDecision
    criteria: list[VerdictCriterion]


def verdict_document(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict ready for JSON; floats are rounded to ten significant digits.

    Raises
    ------
    pydantic.ValidationError
        If the document did not fit its own schema.
    """
    demands, aside = verdict.demands, verdict.aside.sentence()
    document = VerdictDocument(
        standard=demands.edition.name,
        title=demands.edition.title,
        looser_than_base=list(demands.looser),
        tighter_than_base=list(demands.tighter),
        effective_from=demands.edition.effective_from,
        effective_to=demands.edition.effective_to,
        categories=dict(demands.edition.categories),
        rule=demands.edition.rule,
        set_aside=aside,
        decision=decision_part(verdict),
        criteria=[_criterion(entry) for entry in verdict.judgements],
    )
    return dumped(document)


def dumped(document: VerdictDocument) -> dict[str, Any]:
    """Return a document as plain JSON values, floats rounded to ten significant digits."""
    content: dict[str, Any] = _rounded(document.model_dump(mode="json", by_alias=True))
    return content


def verdict_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``verdict.json``."""
    return document_schema(VerdictDocument, title="A verdict of auditlib")


def standard_schema() -> dict[str, Any]:
    """Return the JSON Schema of an edition, for editors."""
    return file_schema(EditionModel, title="An edition of a standard")


def profile_schema() -> dict[str, Any]:
    """Return the JSON Schema of a profile, for editors."""
    return file_schema(ProfileModel, title="A profile of a party")


def decision_part(verdict: Verdict) -> VerdictDecision:
    """Return the decision of a verdict as the document holds it."""
    decision, rule = verdict.decision, verdict.demands.edition.rule
    return VerdictDecision(
        outcome=decision.outcome,
        compared=decision.compared,
        certifies=verdict.demands.certifies,
        note=verdict.demands.note,
        whole=decision.whole,
        mode=rule.mode,
        pass_mark=rule.pass_mark,
        score=decision.score,
        process=decision.process,
        results=decision.results,
        open_majors=list(decision.open_majors),
        open_minors=list(decision.open_minors),
        closed=list(decision.closed),
        gathered=list(decision.gathered),
        scope=decision.scope,
        mismatch=decision.mismatch,
        trace=list(decision.trace),
    )


def _criterion(judgement: Judgement) -> VerdictCriterion:
    criterion, measured = judgement.criterion, judgement.measurement
    same = ("id", "category", "demand", "kind", "aspect", "severity", "weight", "must_pass", "minimum_n")
    return VerdictCriterion(
        **{name: getattr(criterion, name) for name in same},
        requirements=list(criterion.requirements),
        metric=criterion.metric,
        options=dict(criterion.options),
        definition_hash=measured.definition_hash,
        target=VerdictTarget(value=criterion.target.value, direction=criterion.target.direction.value),
        outcome=judgement.outcome,
        reason=judgement.reason,
        value=measured.value,
        unit=measured.unit,
        statistic=measured.statistic,
        n=measured.n,
        n_missing=judgement.n_missing,
        interval=measured.interval,
        margin=judgement.margin,
        stands_on=measured.level,
        measured=measured.built,
    )


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}")
    if isinstance(value, dict):
        return {key: _rounded(entry) for key, entry in value.items()}
    return [_rounded(entry) for entry in value] if isinstance(value, list) else value
