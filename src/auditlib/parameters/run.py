"""The run file: what one audit chooses. The law (standards, policies, calendars) is elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from auditlib.parameters.database import Database
from auditlib.parameters.scales import with_scales
from auditlib.parameters.source import (
    Band,
    Dates,
    Dialect,
    FileName,
    ItemId,
    Period,
    Source,
    Wide,
    WideColumn,
)
from auditlib.parameters.strict_model import Misfit, Name, Strict
from auditlib.records import Instrument, Item, Scale

__all__ = [
    "AuditId", "Band", "Database", "Dates", "Dialect", "EditionYear", "FileName", "InstrumentModel",
    "ItemId", "ItemModel", "Name", "Notebook", "Party", "Period", "Run", "Scalar", "ScaleModel", "Source",
    "Strict", "Thresholds", "Wide", "WideColumn",
]  # fmt: skip

AuditId = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$",
        description="Lower-case letters, digits and hyphens; at most 63.",
    ),
]
Notebook = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{2}_[a-z][a-z0-9_]{0,40}$",
        description="A notebook is two digits and a lower-case name, without ending: 02_benchmark.",
    ),
]
EditionYear = Annotated[
    str,
    Field(pattern=r"^[0-9]{4}(?:\.[0-9]+)?$", description='A year, or year and revision: "2025", "2025.1".'),
]
Scalar = bool | int | float | str


class Party(Strict):
    """The audited organisation."""

    name: str = Field(min_length=1, description="Name printed on the report.")
    contact: str = Field("", description="Who answers questions about the data.")


class ScaleModel(Strict):
    """A declared answer scale."""

    low: float
    high: float
    step: float = Field(1.0, gt=0)
    best: Literal["high", "low"] = Field(
        "high",
        description="Which end is best. low: 1 is best; scores are stored turned (low + high - score), "
        "so that higher is better everywhere.",
    )
    top: float | None = Field(
        None,
        description="Lowest score of the top box, as stored; default: highest minus one, of two answers the "
        "higher.",
    )
    bottom: float | None = Field(
        None,
        description="Highest score of the bottom box, as stored; default: lowest plus one, of two answers "
        "the lower.",
    )
    labels: dict[str, float] = Field(
        default_factory=dict,
        description="Answers given as words, whatever their case, with their score as asked.",
    )
    not_applicable: tuple[str, ...] = Field(
        (), description="Cells that mean 'does not apply to me', whatever their case."
    )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.high <= self.low:
            message = f"the highest score, {self.high:g}, is not above the lowest, {self.low:g}"
            raise Misfit(message, remedy="Correct one of them.", at=("high",))
        steps = (self.high - self.low) / self.step
        if abs(steps - round(steps)) > 1e-9:
            message = f"steps of {self.step:g} do not lead from {self.low:g} to {self.high:g}"
            raise Misfit(message, remedy="Give a step that divides the scale evenly.", at=("step",))
        return self


class ItemModel(Strict):
    """One question."""

    wording: str = Field(min_length=1)
    scale: ScaleModel = Field(description="A scale, or the name of one under 'scales'.")
    headline: bool = False


class InstrumentModel(Strict):
    """The questions of one survey type."""

    items: dict[ItemId, ItemModel] = Field(min_length=1)


class Thresholds(Strict):
    """When the suite stays silent, and when data stops being reliable."""

    minimum_n: int = Field(30, ge=1, description="Responses a unit needs for a verdict.")
    minimum_cell: int = Field(5, ge=1, description="Smaller cells are suppressed in what is handed over.")
    quarantine_share: float = Field(
        0.02, ge=0, le=1, description="Above it a table is not sufficiently reliable."
    )
    confidence: float = Field(0.95, gt=0.5, lt=1)


class Run(Strict):
    """One audit: party, period, standard, evidence, notebooks."""

    audit: AuditId = Field(
        description="Names the output folder: lower-case letters, digits and hyphens, at most 63."
    )
    title: str = ""
    party: Party
    period: Period
    as_of: datetime = Field(description="The instant the audit looks at the world from, with its UTC offset.")
    standard: str = Field(
        "service-excellence@2025",
        pattern=r"^[a-z][a-z0-9-]*@[0-9]{4}$",
        description="Standard and edition, such as service-excellence@2025.",
    )
    profile: str = Field(
        "",
        pattern=r"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)?$",
        description="Profile of the party: params/profiles/<name>.yaml; empty for none.",
    )
    policies: tuple[str, ...] = ()
    previous: str = Field(
        "",
        pattern=r"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)?$",
        description="Audit id of the same party's audit before: findings are told apart as new, unchanged "
        "and resolved against it. Empty: every finding is new, because nothing was compared.",
    )
    time_zone: str = Field("UTC", description="Zone of units that name none.")
    thresholds: Thresholds = Thresholds()
    scales: dict[Name, ScaleModel] = Field(
        default_factory=dict, description="Scales declared once, for the items that name them."
    )
    instruments: dict[str, InstrumentModel] = Field(default_factory=dict)
    sources: tuple[Source, ...] = Field(min_length=1)
    notebooks: dict[Notebook, dict[Name, Scalar]] = Field(
        min_length=1,
        description="Notebooks in the order the report has them, each with the parameters it is given.",
    )
    ids_shown_because: str = Field(
        "",
        max_length=200,
        description="Why the client's ids may be shown as they are, such as: the data is public. The report "
        "repeats it. Empty: pseudonyms stand for the ids of persons, accounts and cases.",
    )
    file_names_shown_because: str = Field(
        "",
        max_length=200,
        description="Why the names of the client's files may be handed over though they hold words that "
        "neither tables nor dates nor units explain, such as: no file is called after a person. The report "
        "repeats it. Empty: auditlib release names those files and makes no package.",
    )
    seed: int = Field(0, ge=0)

    @classmethod
    def spelled_out(cls, content: Any) -> Any:
        """Return the content of a run file with the scales that items name."""
        return with_scales(content, sound=_is_scale)

    @field_validator("as_of")
    @classmethod
    def _with_offset(cls, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise Misfit("as_of needs its offset from UTC", remedy="For example 2026-01-31T18:00:00Z.")
        return value

    @model_validator(mode="after")
    def _not_its_own_past(self) -> Self:
        if self.previous == self.audit:
            message = "'previous' names this audit itself"
            raise Misfit(message, remedy="Name the audit before it, or delete the line.", at=("previous",))
        return self

    def in_order(self, notebooks: Iterable[str]) -> tuple[str, ...]:
        """Return notebooks in the order this run file names them.

        One that it does not name follows the last of those that come before it by name.
        """
        names = set(notebooks)
        ordered = [name for name in self.notebooks if name in names]
        for name in sorted(names - set(ordered)):
            place = max((at for at, before in enumerate(ordered, start=1) if before < name), default=0)
            ordered.insert(place, name)
        return tuple(ordered)

    def instrument(self, survey_type: str) -> Instrument:
        """Return the instrument of `survey_type` as the value the library computes with."""
        model = self.instruments[survey_type]
        items = tuple(
            Item(key, item.wording, _scale(item.scale), item.headline) for key, item in model.items.items()
        )
        return Instrument(survey_type, items)


def _is_scale(content: Any) -> bool:
    try:
        ScaleModel.model_validate_json(json.dumps(content), strict=True)
    except ValidationError:
        return False
    return True


def _scale(model: ScaleModel) -> Scale:
    """Return a scale as scores are stored on it: where the lowest was best, words have turned scores."""
    turn = model.low + model.high
    labels = {word: turn - score if model.best == "low" else score for word, score in model.labels.items()}
    return Scale(model.low, model.high, model.step, model.top, model.bottom, labels, model.not_applicable)
