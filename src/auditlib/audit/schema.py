"""The published shape of a results file, ``auditlib/results@1``."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from auditlib.records import CaseReference, Finding, Grade
from auditlib.standards.document import VerdictDocument

SCHEMA = "auditlib/results@1"
_DETAIL = "Whether it stands on the screen and in the work papers only, and paper names it in a line."

_SLUG = r"^[A-Za-z0-9_-]{1,100}$"
"""An id that stands in names of files and in addresses within a page."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)


class SaidModel(_Part):
    """A sentence and the numbers it states."""

    text: str
    keys: list[str]


class SentenceModel(SaidModel):
    """A sentence of the body, with the exhibit it reads."""

    section: str = Field(
        description="Id of the exhibit it reads; 'limits' for a limit of the notebook, 'improving' for what "
        "has become better or worse."
    )


class IntervalModel(_Part):
    """A confidence interval."""

    low: float
    high: float
    level: float = Field(gt=0, lt=1)
    method: str


class BasisModel(_Part):
    """The rows a number rests on."""

    table: str
    where: list[tuple[str, bool | int | float | str]]
    column: str
    rows: int | None


class NumberModel(_Part):
    """A number with its unit, uncertainty and basis."""

    key: str = Field(min_length=1)
    value: bool | int | float | str | None
    unit: str
    n: int | None
    interval: IntervalModel | None
    basis: list[BasisModel]
    reason: str


class ColumnModel(_Part):
    """A column of a table exhibit."""

    name: str
    heading: str
    unit: str
    numeric: bool


class TableModel(_Part):
    """A table as printed, with the key of the number in each cell (empty where it is a label)."""

    id: str = Field(pattern=_SLUG)
    kind: Literal["table"]
    section: str
    title: str
    caption: str
    columns: list[ColumnModel]
    rows: list[list[str]]
    references: list[list[str]]
    left_out: int = Field(ge=0, description="Rows of the full table that are not printed.")
    keys: list[str]
    detail: bool = Field(False, description=_DETAIL)


class FigureModel(_Part):
    """A figure, kept as SVG beside the results."""

    id: str = Field(pattern=_SLUG)
    kind: Literal["figure"]
    section: str
    title: str
    caption: str
    alt: str = Field(min_length=1, description="What a reader who cannot see it must know.")
    file: str = Field(pattern=r"^[A-Za-z0-9_-]+\.svg$")
    sha256: str
    keys: list[str]
    detail: bool = Field(False, description=_DETAIL)


class CaseModel(_Part):
    """A case a finding rests on."""

    table: str
    id: str
    unit: str = ""
    words: str = ""


class FindingModel(_Part):
    """A finding in the five parts auditors expect."""

    criterion: str
    condition: str
    cause: str
    effect: str
    recommendation: str
    grade: Literal["major", "minor", "opportunity"]
    subject: str
    evidence: list[str]
    fingerprint: str = Field(pattern=r"^[0-9a-f]{64}$")
    cases: list[CaseModel] = Field(default_factory=list, description="Cases it rests on, worst first.")
    metric: str = Field("", description="The metric it breaches, as criteria name it; empty for none.")
    shortfall: float | None = Field(
        None, description="How far from what was demanded, as a share of it; null where not measured."
    )
    headline: str = Field("", description="What failed and by how much, in one line; empty for none.")
    cases_in_all: int = Field(
        0,
        ge=0,
        description="All its cases, where there are more than it lists: they stand in the folder exhibits, "
        "in files that end in -cases.parquet. 0 where all are listed.",
    )

    @property
    def cases_left_out(self) -> int:
        """Cases it rests on and does not list."""
        return max(0, self.cases_in_all - len(self.cases))


def finding_of(model: FindingModel) -> Finding:
    """Return a recorded finding as the value it was made from."""
    same = (
        "criterion",
        "condition",
        "cause",
        "effect",
        "recommendation",
        "subject",
        "fingerprint",
        "headline",
    )
    return Finding(
        **{name: getattr(model, name) for name in same},
        grade=Grade(model.grade),
        evidence=tuple(model.evidence),
        cases=tuple(CaseReference(**case.model_dump()) for case in model.cases),
        metric=model.metric,
        shortfall=model.shortfall,
        cases_in_all=model.cases_in_all,
    )


class ResultsModel(_Part):
    """Everything one notebook recorded."""

    schema_: Literal["auditlib/results@1"] = Field(alias="schema")
    notebook: str
    question: str
    parameters: dict[str, bool | int | float | str]
    answer: list[SaidModel]
    sentences: list[SentenceModel]
    numbers: list[NumberModel]
    exhibits: list[TableModel | FigureModel]
    findings: list[FindingModel]
    libraries: list[str] = Field(
        default_factory=list,
        description="Libraries that were loaded when the notebook closed: those that had a hand in it.",
    )
    verdict: VerdictDocument | None = Field(
        None, description="The verdict by a standard; the key is there only where a notebook judged by one."
    )


def results_schema() -> dict[str, Any]:
    """Return the JSON Schema of a results file."""
    return ResultsModel.model_json_schema(by_alias=True)
