"""The run file: what one audit chooses. The law (standards, policies, calendars) is elsewhere."""

from __future__ import annotations

from datetime import date, datetime
from difflib import get_close_matches
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from auditlib.contracts import TABLES
from auditlib.parameters.database import Database
from auditlib.parameters.misfit import Misfit
from auditlib.parameters.strict import Name as Name  # noqa: PLC0414 - other rooms import it from here
from auditlib.parameters.strict import Strict as Strict  # noqa: PLC0414 - as above
from auditlib.records import Instrument, Item, Scale

AuditId = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$",
        description="Lower-case letters, digits and hyphens; at most 63.",
    ),
]
ItemId = Annotated[
    str,
    Field(
        pattern=r"^q_[a-z0-9_]{1,60}$",
        description="An item starts with q_ and has lower-case letters, digits and underscores.",
    ),
]
Notebook = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{2}_[a-z][a-z0-9_]{0,40}$",
        description="A notebook is two digits and a lower-case name, without ending: 02_benchmark.",
    ),
]
FileName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=255,
        pattern=r"^[^/\\\x00-\x1f]+(?:/[^/\\\x00-\x1f]+)*$",
        description="A path below the data folder, with forward slashes.",
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


class Period(Strict):
    """The audited period, in local days, both ends included."""

    start: date
    end: date

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end < self.start:
            message = "the period ends before it starts"
            raise Misfit(message, remedy="Exchange 'start' and 'end', or correct one of them.")
        return self


class ScaleModel(Strict):
    """A declared answer scale."""

    low: float
    high: float
    step: float = Field(1.0, gt=0)
    top: float | None = Field(None, description="Lowest score of the top box; default: highest minus one.")
    bottom: float | None = Field(
        None, description="Highest score of the bottom box; default: lowest plus one."
    )
    labels: dict[str, float] = Field(
        default_factory=dict, description="Answers given as words, with their score."
    )
    not_applicable: tuple[str, ...] = Field((), description="Cells that mean 'does not apply to me'.")

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
    scale: ScaleModel
    headline: bool = False


class InstrumentModel(Strict):
    """The questions of one survey type."""

    items: dict[ItemId, ItemModel] = Field(min_length=1)


class Dialect(Strict):
    """How a CSV file is written."""

    delimiter: str = Field(",", min_length=1, max_length=1)
    quote: str = Field('"', min_length=1, max_length=1)
    decimal: Literal[".", ","] = "."
    encoding: str = Field("utf-8", description="Any encoding Python knows; a BOM is accepted in utf-8.")
    header_rows: int = Field(
        1, ge=1, le=10, description="Rows before the first record; the first names the columns."
    )


class Dates(Strict):
    """How dates and instants are written in a source."""

    formats: tuple[str, ...] = Field(
        ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"),
        min_length=1,
        description="strptime formats, tried in this order.",
    )
    time_zone: str = Field("UTC", description="IANA zone of local times, or 'unit' for each unit's own.")
    ambiguous: Literal["earlier", "later", "quarantine"] = Field(
        "earlier", description="A local time that exists twice when clocks go back."
    )
    nonexistent: Literal["forward", "quarantine"] = Field(
        "quarantine", description="A local time skipped when clocks go forward."
    )


class Band(Strict):
    """A published band of survey counts, such as '100 to 299'."""

    low: int = Field(ge=0)
    high: int | None = Field(None, ge=0, description="Empty where the band is open.")


class WideColumn(Strict):
    """One column of a wide file of aggregates, and what its cells are."""

    column: str
    item: ItemId
    box: Literal["bottom", "middle", "top", "mean"]


class Wide(Strict):
    """A wide file of aggregates: one row per unit (and period), one column per item and box."""

    values: tuple[WideColumn, ...] = Field(min_length=1)
    percent: bool = Field(
        True,
        description="Whether cells, and a mapped response_rate, are percentages ('77%' or '77'), not shares.",
    )
    n: str | None = Field(None, description="Column with the number of surveys.")
    n_bands: dict[str, Band] = Field(default_factory=dict, description="Bands as they stand in that column.")
    period: Period | None = Field(None, description="Period the file covers, where it covers one.")
    period_column: str | None = Field(
        None, min_length=1, description="Column that names each row's period, where the file covers several."
    )
    periods: dict[str, Period] = Field(
        default_factory=dict, description="Periods as they stand in that column, with their days."
    )

    @model_validator(mode="after")
    def _one_way_to_date(self) -> Self:
        if (self.period is None) == (self.period_column is None):
            message = "the period of the figures is given twice, or not at all"
            raise Misfit(message, remedy="Give either 'period', or 'period_column' with 'periods'.")
        if (self.period_column is None) != (not self.periods):
            message = "'period_column' and 'periods' belong together"
            raise Misfit(message, remedy="Give both, or 'period' alone.", at=("periods",))
        starts = [period.start for period in self.periods.values()]
        if len(set(starts)) < len(starts):
            raise Misfit("two periods start on the same day", remedy="Correct one.", at=("periods",))
        return self


class Source(Strict):
    """One file or database table of the client, and how it becomes rows of one canonical table."""

    table: str
    file: FileName | None = Field(None, description="Path below the data folder; .gz is unpacked.")
    database: Database | None = None
    form: Literal["csv", "excel", "parquet", "database"]
    sheet: str | None = Field(None, description="Worksheet, for Excel; default: the first.")
    dialect: Dialect = Dialect()
    dates: Dates = Dates()
    columns: dict[str, str] = Field(
        default_factory=dict, description="Canonical column: column of the source."
    )
    constants: dict[str, str] = Field(
        default_factory=dict, description="Canonical column: one value for all rows."
    )
    values: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="Canonical column: cell as written: canonical code."
    )
    missing: tuple[str, ...] = Field(
        ("",), description="Cells that mean 'no value'. 'NA' is text unless listed."
    )
    wide: Wide | None = None
    expected_rows: int | None = Field(None, ge=0, description="The client's own count of records.")

    @field_validator("table")
    @classmethod
    def _known_table(cls, value: str) -> str:
        if value not in TABLES:
            near = get_close_matches(value, TABLES, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(TABLES)}."
            raise Misfit(f"there is no canonical table {value!r}", remedy=hint)
        return value

    @field_validator("file")
    @classmethod
    def _inside(cls, value: str | None) -> str | None:
        parts = value.split("/") if value is not None else []
        if any(part in ("..", ".", "~") for part in parts) or (parts and parts[0][1:2] == ":"):
            message = "'file' must lie below the data folder; '..' is refused"
            raise Misfit(message, remedy="Name it from the data folder on, and give that folder by --data.")
        return value

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.form == "database") != (self.database is not None) or (self.file is None) == (
            self.database is None
        ):
            message = "a source is either a file or a table of a database"
            raise Misfit(message, remedy="Give either 'file', or 'database' with form: database.")
        if self.wide is not None and self.table != "aggregates":
            message = "'wide' belongs to table: aggregates"
            raise Misfit(message, remedy="Delete it, or correct the table.", at=("wide",))
        return self


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
    instruments: dict[str, InstrumentModel] = Field(default_factory=dict)
    sources: tuple[Source, ...] = Field(min_length=1)
    notebooks: dict[Notebook, dict[Name, Scalar]] = Field(min_length=1)
    seed: int = Field(0, ge=0)

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

    def instrument(self, survey_type: str) -> Instrument:
        """Return the instrument of `survey_type` as the value the library computes with."""
        model = self.instruments[survey_type]
        items = tuple(
            Item(key, item.wording, _scale(item.scale), item.headline) for key, item in model.items.items()
        )
        return Instrument(survey_type, items)


def _scale(model: ScaleModel) -> Scale:
    return Scale(
        model.low, model.high, model.step, model.top, model.bottom, dict(model.labels), model.not_applicable
    )
