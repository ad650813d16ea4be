"""One source of a run: a file or database table of the client, and what of it feeds a canonical table."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from auditlib.contracts import TABLES
from auditlib.errors.values import named
from auditlib.parameters.database import Database
from auditlib.parameters.origins import Cells, Filter, Long, Origin
from auditlib.parameters.strict_model import Misfit, Strict
from auditlib.statements import counted

LINE_IS_KEY = ("incident_events", "pay_links", "delegations")
"""Tables whose key is the line number where nothing else feeds it."""

ItemId = Annotated[
    str,
    Field(
        pattern=r"^q_[a-z0-9_]{1,60}$",
        description="An item starts with q_ and has lower-case letters, digits and underscores.",
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


NUMERIC_DATES = ("epoch_seconds", "epoch_milliseconds", "excel_serial")
"""Formats of dates that are counted instead of written."""
_FORMATS = (
    "strptime formats, tried in this order; %z is an offset. Besides: epoch_seconds, epoch_milliseconds "
    "(since 1970, UTC), excel_serial (days since 1899-12-30, local)."
)


class Dialect(Strict):
    """How a CSV file is written; the keys on the header hold for worksheets too."""

    delimiter: str = Field(",", min_length=1, max_length=1)
    quote: str = Field('"', min_length=1, max_length=1)
    decimal: Literal[".", ","] = "."
    encoding: str = Field("utf-8", description="Any encoding Python knows; a BOM is accepted in utf-8.")
    skip_rows: int = Field(0, ge=0, le=1000, description="Lines above the header, such as a title.")
    header_rows: int = Field(
        1,
        ge=0,
        le=10,
        description='Rows of the header; 0: there is none, and columns are called "1", "2" ...',
    )
    names_row: int = Field(1, ge=1, le=10, description="Which row of the header names the columns.")

    @model_validator(mode="after")
    def _in_the_header(self) -> Self:
        if self.names_row > max(self.header_rows, 1):
            rows = counted(self.header_rows, "row")
            message = f"the header has {rows}, and 'names_row' is {self.names_row}"
            raise Misfit(message, remedy="Correct 'header_rows' or 'names_row'.", at=("names_row",))
        return self


class Dates(Strict):
    """How dates and instants are written in a source."""

    formats: tuple[str, ...] = Field(
        ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"),
        min_length=1,
        description=_FORMATS,
    )
    time_zone: str = Field("UTC", description="IANA zone of local times, or 'unit' for each unit's own.")
    ambiguous: Literal["earlier", "later", "in_order", "quarantine"] = Field(
        "earlier",
        description="A local time that exists twice when clocks go back. 'in_order' is for intervals: of two "
        "rows with one local start, the first in the file is the earlier hour and the second the later; a "
        "row that stands once is quarantined.",
    )
    nonexistent: Literal["forward", "quarantine"] = Field(
        "quarantine", description="A local time skipped when clocks go forward."
    )
    placeholders: tuple[date, ...] = Field(
        (),
        description="Days that stand for an unknown one, besides 1900-01-01, 1970-01-01 and 9999-12-31. "
        "They are counted and read as empty cells.",
    )


class ColumnDates(Strict):
    """How dates and instants are written in one column, where it is not as in the others."""

    formats: tuple[str, ...] = Field(min_length=1, description=_FORMATS)
    time_zone: str | None = Field(
        None, description="IANA zone of its local times, or 'unit'; default: that of 'dates'."
    )
    of_month: Literal["first", "last"] | None = Field(
        None,
        description="The cell names a month, and its first or its last day is meant: one column can say when "
        "a month starts and when it ends. Its formats need no day.",
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
    sheet: str | None = Field(None, description="Worksheet, for Excel; needed where several hold something.")
    dialect: Dialect = Dialect()
    dates: Dates = Dates()
    columns: dict[str, Origin] = Field(
        default_factory=dict,
        description="Canonical column: column of the source, or a block that says where its cells come from.",
    )
    only: tuple[Filter, ...] = Field(
        (), description="Rows to keep, every test together; what is left out is counted and reconciled."
    )
    once: bool = Field(
        False,
        description="Each key once: later rows of a key only name it again and are left out, no copies. "
        "Makes a register of the places, products or persons that an export names.",
    )
    units_by: Literal["id", "number", "name"] = Field(
        "id",
        description="How this source names the units of the register. id: as written there; number: leading "
        "zeros aside, so that 58 is 0058; name: by the register's name, whatever its case. What several "
        "units share names none of them.",
    )
    fills: bool = Field(
        False,
        description="For table: units. Its rows say more of units that another source registers (a region, a "
        "country) and fill their empty cells; they register none.",
    )
    constants: dict[str, str] = Field(
        default_factory=dict, description="Canonical column: one value for all rows."
    )
    values: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="Canonical column: cell as written: canonical code."
    )
    dates_of: dict[str, ColumnDates] = Field(
        default_factory=dict, description="Canonical column that is written otherwise: how."
    )
    stands_for: dict[str, str] = Field(
        default_factory=dict,
        description="Canonical column whose cells only stand in for it, and what they really are. It is "
        "printed, clocks that start from the column or end at it are not assessable, and what it places in "
        "the period says so.",
    )
    missing: tuple[str, ...] = Field(
        ("",), description="Cells that mean 'no value'. 'NA' is text unless listed."
    )
    wide: Wide | None = None
    long: Long | None = Field(
        None,
        description="For responses with one row an answer: rows of one response_id become one response, and "
        "questions are mapped to their item ({item: Q1}). Other items are counted and left out; a response "
        "that answers an item twice, or one of whose rows is at fault, is quarantined whole.",
    )
    expected_rows: int | None = Field(None, ge=0, description="The client's own count of records.")

    @field_validator("table")
    @classmethod
    def _known_table(cls, value: str) -> str:
        if value not in TABLES:
            near = get_close_matches(value, TABLES, n=1)
            hint = f"Did you mean {named(near[0])}?" if near else f"There are {', '.join(TABLES)}."
            raise Misfit(f"there is no canonical table {named(value)}", remedy=hint)
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

    def label(self, column: str) -> str:
        """Return how the cells of a canonical column are called: the source's column, or those joined."""
        origin = self.columns.get(column, "")
        return origin if isinstance(origin, str) else origin.label

    def numbered(self, column: str) -> bool:
        """Whether the line of a record stands in a canonical column."""
        origin = self.columns.get(column)
        if origin is not None or column in self.constants:
            return isinstance(origin, Cells) and bool(origin.line)
        return self.table in LINE_IS_KEY and TABLES[self.table].key == (column,)

    def beside(self, source: Source) -> bool:
        """Whether another source reads the same lines of the same file."""
        lines, other_lines = ((entry.file, entry.database, entry.sheet) for entry in (self, source))
        return lines == other_lines
