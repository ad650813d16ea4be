"""Editions of a standard: dated, cited YAML as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from auditlib.parameters.load import load
from auditlib.parameters.run import Name, Scalar, Strict
from auditlib.parameters.strict_model import Misfit
from auditlib.records import Aspect, Cases, Criterion, DecisionMode, Direction, Grade, Kind, Target

CriterionId = Annotated[
    str,
    Field(pattern=r"^[A-Z]{2,4}-[0-9]{2}$", description="Capitals of its category and two digits: CF-02."),
]
Requirement = Annotated[str, Field(pattern=r"^[A-E][0-9]{1,2}$", description="Id of a requirement: A2, C10.")]
StandardId = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9-]*$", description="Lower-case letters, digits and hyphens."),
]
Words = Annotated[str, Field(min_length=10)]
RuleValue = Literal[
    "mode", "required_probability", "pass_mark", "process_weight", "minors_make_major", "mismatch"
]
Share = Annotated[float, Field(ge=0, le=1)]


class TargetModel(Strict):
    """The value demanded, and the bounds a profile stays between."""

    at_least: float | None = None
    at_most: float | None = None
    tightest: float
    loosest: float

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            message = "a target has one side"
            raise Misfit(message, remedy="Give either 'at_least' or 'at_most'.")
        return self

    def target(self) -> Target:
        """Return the value the library judges with."""
        if self.at_least is not None:
            return Target(self.at_least, Direction.AT_LEAST, self.tightest, self.loosest)
        assert self.at_most is not None  # noqa: S101 - the validator allows nothing else
        return Target(self.at_most, Direction.AT_MOST, self.tightest, self.loosest)


class CriterionModel(Strict):
    """One criterion as it is written."""

    category: Name
    demand: Words = Field(description="What is demanded, in plain words.")
    requirements: tuple[Requirement, ...] = Field(min_length=1)
    metric: Name
    options: dict[Name, Scalar] = Field(default_factory=dict)
    target: TargetModel
    kind: Kind
    aspect: Aspect
    severity: Grade
    weight: float = Field(gt=0, le=100)
    must_pass: bool = False
    minimum_n: int = Field(1, ge=1)
    cases: Cases | None = Field(
        None,
        description="'population' where the cases are all there are, 'process' where they are a sample of "
        "what goes on; default: a complete register is a population.",
    )
    excused_limit: Share | None = None
    reasons: tuple[Name, ...] = Field((), description="Reasons that excuse a deviation.")
    evidence: Words = Field(description="What an auditor wants to see.")
    rationale: Words
    source: Words = Field(description="What the demand and its value rest on.")
    change: str = Field("", description="Why it differs from the edition before.")
    effective_from: date | None = None

    def criterion(self, identifier: str) -> Criterion:
        """Return the value the library judges with."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        fields |= {"id": identifier, "target": self.target.target(), "evidence_type": fields.pop("evidence")}
        return Criterion(**fields)


class RuleModel(Strict):
    """The decision rule (A15, A6)."""

    mode: DecisionMode = DecisionMode.INTERVAL
    required_probability: float = Field(0.95, gt=0.5, lt=1)
    pass_mark: Share
    process_weight: Share = Field(0.5, description="Weight of process; results have the rest.")
    minors_make_major: int = Field(ge=2, description="Open minors in one category that count as a major.")
    mismatch: Share = Field(description="Gap between process and results from which it is flagged.")
    change: dict[RuleValue, Words] = Field(
        default_factory=dict,
        description="Why a value of the rule differs from the edition before, by its name.",
    )


class EditionModel(Strict):
    """One edition as it is written."""

    standard: StandardId
    edition: int = Field(ge=1900, le=2999)
    title: Words
    effective_from: date
    effective_to: date
    transition_until: date | None = Field(None, description="Until then the edition before may be used too.")
    categories: dict[Name, Words] = Field(min_length=1)
    rule: RuleModel
    removed: dict[CriterionId, Words] = Field(
        default_factory=dict, description="Criteria of the edition before that are gone, and why."
    )
    total_weight: float = Field(gt=0, description="What the weights of all criteria must add up to.")
    criteria: dict[CriterionId, CriterionModel] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """The decision rule of an edition; see `decide`."""

    mode: DecisionMode
    required_probability: float
    pass_mark: float
    process_weight: float
    minors_make_major: int
    mismatch: float


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a standard, as the library judges with it."""

    standard: str
    year: int
    title: str
    effective_from: date
    effective_to: date
    transition_until: date | None
    categories: Mapping[str, str]
    rule: DecisionRule
    criteria: tuple[Criterion, ...]
    removed: Mapping[str, str] = field(default_factory=dict)
    rule_changes: Mapping[str, str] = field(default_factory=dict)
    """Why a value of the rule differs from the edition before, by its name."""

    @property
    def name(self) -> str:
        """As a run file names it, for example ``service-excellence@2026``."""
        return f"{self.standard}@{self.year}"

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of its criteria, in order."""
        return tuple(criterion.id for criterion in self.criteria)

    def criterion(self, identifier: str) -> Criterion:
        """Return the criterion called `identifier`; KeyError where there is none."""
        return {criterion.id: criterion for criterion in self.criteria}[identifier]

    def effective_on(self, day: date) -> bool:
        """Return whether the edition is in effect on `day`, both ends included."""
        return self.effective_from <= day <= self.effective_to

    def with_targets(self, values: Mapping[str, float]) -> Edition:
        """Return the edition with other target values for some criteria, for what-if questions."""
        moved = tuple(
            replace(criterion, target=replace(criterion.target, value=values[criterion.id]))
            if criterion.id in values
            else criterion
            for criterion in self.criteria
        )
        return replace(self, criteria=moved)


def as_edition(model: EditionModel) -> Edition:
    """Return the edition that `model` writes down."""
    rule = DecisionRule(**model.rule.model_dump(exclude={"change"}))
    return Edition(
        model.standard,
        model.edition,
        model.title,
        model.effective_from,
        model.effective_to,
        model.transition_until,
        model.categories,
        rule,
        tuple(entry.criterion(identifier) for identifier, entry in model.criteria.items()),
        model.removed,
        {str(name): reason for name, reason in model.rule.change.items()},
    )


def load_edition(text: str, *, name: str) -> Edition:
    """Read an edition from YAML.

    Parameters
    ----------
    text
        Content of the file.
    name
        The file as the user named it.

    Raises
    ------
    ParameterError
        With every problem of form, by file, line and column. `check_edition` finds those of sense.
    """
    return as_edition(load(EditionModel, text, name=name))
