"""The published shape of a results file, ``auditlib/results@1``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from auditlib.parameters.schema import document_schema
from auditlib.records import Finding, Number, Sentence
from auditlib.standards.document import VerdictDocument

SCHEMA = "auditlib/results@1"
_DETAIL = "Whether it stands on the screen and in the work papers only, and paper names it in a line."

_SLUG = r"^[A-Za-z0-9_-]{1,100}$"
"""An id that stands in names of files and in addresses within a page."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionSentence(Sentence):
    """A sentence of the body, with the exhibit it reads."""

    section: Annotated[
        str,
        Field(
            description="Id of the exhibit it reads; empty for how far the data can be relied on, 'body' for "
            "what is said before any exhibit, 'limits' for a limit of the notebook, 'improving' for what has "
            "become better or worse."
        ),
    ]


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


def _identified(finding: Finding) -> Finding:
    if not re.fullmatch("[0-9a-f]{64}", finding.fingerprint):
        raise ValueError(f"the finding on {finding.subject!r} has no fingerprint")
    return finding


IdentifiedFinding = Annotated[Finding, AfterValidator(_identified)]
"""A finding as it is recorded: known by its fingerprint."""


class _Enclosed(_Part):
    """A finding by itself: a frozen value has no shape of its own to be read by."""

    finding: IdentifiedFinding


def recorded_finding(content: Mapping[str, Any]) -> Finding:
    """Return a finding as it stands in a document.

    Raises
    ------
    pydantic.ValidationError
        Where it does not have the shape of one.
    """
    return _Enclosed.model_validate({"finding": content}).finding


class ResultsModel(_Part):
    """Everything one notebook recorded."""

    schema_: Literal["auditlib/results@1"] = Field(alias="schema")
    notebook: str
    question: str
    parameters: dict[str, bool | int | float | str]
    answer: list[Sentence]
    sentences: list[SectionSentence]
    numbers: list[Number]
    exhibits: list[TableModel | FigureModel]
    findings: list[IdentifiedFinding]
    libraries: list[str] = Field(
        default_factory=list,
        description="Libraries that were loaded when the notebook closed: those that had a hand in it.",
    )
    verdict: VerdictDocument | None = Field(
        None, description="The verdict by a standard; the key is there only where a notebook judged by one."
    )


def results_schema() -> dict[str, Any]:
    """Return the JSON Schema of a results file."""
    return document_schema(ResultsModel, title="What a notebook of auditlib recorded")
