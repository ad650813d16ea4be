"""A recogniser: one known export as data, what it looks like and which canonical tables it feeds.

Recognisers stand in ``params/exports``; one of your own is read and used like those that came with the suite.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from auditlib.parameters.origins import Unit
from auditlib.parameters.run import ItemId, Strict
from auditlib.parameters.schema import file_schema
from auditlib.parameters.strict_model import Misfit
from auditlib.statements import counted

FOLDER = "exports"
"""Folder of recognisers, below params/."""

Names = Annotated[
    str,
    Field(
        min_length=1,
        description="A column's name, alternatives apart by bars; case and punctuation do not matter.",
    ),
]


class ExportSignature(Strict):
    """What the export looks like."""

    form: tuple[Literal["csv", "excel", "parquet", "database"], ...] = Field(
        ("csv", "excel"), min_length=1, description="Forms it comes in."
    )
    header_rows: int = Field(1, ge=0, le=10, description="Rows of its header; 0: none.")
    header_holds: tuple[str, ...] = Field(
        (), description="Texts of which one stands in the last row of the header."
    )
    all_of: tuple[Names, ...] = Field((), description="Columns that must stand there.")
    some_of: tuple[Names, ...] = Field((), description="Columns of which some stand there.")
    at_least: int = Field(0, ge=0, description="How many of 'some_of'.")
    none_of: tuple[Names, ...] = Field((), description="Columns that speak against it.")
    unique: tuple[Names, ...] = Field(
        (), description="Columns in which no cell stands twice: the export has one row for each of them."
    )
    cells: dict[str, str] = Field(
        default_factory=dict,
        description="Column: pattern that nearly all of its filled cells fit; without a header, columns are "
        "called 1, 2 and so on.",
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.all_of and not self.cells:
            raise Misfit(
                "nothing tells this export from others", remedy="Name columns under 'all_of', or 'cells'."
            )
        if self.at_least > len(self.some_of):
            message = f"'at_least' asks for {self.at_least} of {counted(len(self.some_of), 'column')}"
            raise Misfit(message, remedy="Name more columns, or ask for fewer.", at=("at_least",))
        return self


class ExportCells(Strict):
    """Where the cells of one canonical column come from."""

    name: Names | None = None
    line: bool = Field(False, description="The line of the record.")
    join: tuple[Names, ...] = Field((), description="Columns joined with a blank.")
    after: str = Field("", description="Canonical instant of the row behind which it lies ...")
    duration: Names | None = Field(None, description="... by the duration in this column.")
    unit: Unit = Field("seconds", description="Its unit, where its cells are not written as h:mm:ss.")
    formats: tuple[str, ...] = Field((), description="How its dates are written; empty: as the cells show.")
    scale: float | None = Field(None, gt=0, description="What its numbers are multiplied by.")
    sure: bool = Field(True, description="Whether the mapping needs no confirmation.")
    because: str = Field("", description="What to know about it.")

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        origins = [self.name is not None, self.line, bool(self.join), self.duration is not None]
        if sum(origins) != 1:
            message = "cells come from one of 'name', 'line', 'join' or a 'duration'"
            raise Misfit(message, remedy="Give exactly one of them.")
        if (self.duration is not None) != bool(self.after):
            message = "a duration lies after another instant"
            raise Misfit(message, remedy="Give 'duration' together with 'after'.", at=("duration",))
        return self


class Constant(Strict):
    """One value for all rows."""

    value: str
    decide: str = Field("", description="What to ask about it.")


class ExportFilter(Strict):
    """Rows of the file that this table is made of."""

    column: Names
    is_: tuple[str, ...] = Field((), alias="is", description="Cells that are kept.")
    is_not: tuple[str, ...] = Field((), description="Cells that are left out.")
    filled: bool | None = Field(None, description="Whether the cell has to be filled.")
    because: str = Field(min_length=1, description="Why the other rows are left out.")
    decide: bool = Field(False, description="Whether the auditor must confirm it.")

    @model_validator(mode="after")
    def _one_condition(self) -> Self:
        if bool(self.is_) + bool(self.is_not) + (self.filled is not None) != 1:
            raise Misfit(
                "a filter has one condition", remedy="Give exactly one of 'is', 'is_not' and 'filled'."
            )
        return self


class ScaleHint(Strict):
    """The documented scale of a question."""

    low: float
    high: float
    step: float = 1.0
    best: Literal["high", "low"] = "high"
    labels: dict[str, float] = Field(default_factory=dict)
    not_applicable: tuple[str, ...] = ()


class ExportQuestion(Strict):
    """A question whose column is known."""

    column: Names
    wording: str = Field("", description="Empty: as the header words it.")
    scale: ScaleHint | None = Field(None, description="Empty: as the cells show.")
    headline: bool = False
    decide: str = Field("", description="What to ask about it.")


class Feed(Strict):
    """One canonical table that the export feeds."""

    table: str
    when: tuple[Names, ...] = Field(
        (), description="Only where all of these columns stand and hold something."
    )
    columns: dict[str, str | ExportCells] = Field(
        default_factory=dict, description="Canonical column: name of a column, or where its cells come from."
    )
    constants: dict[str, str | Constant] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="Canonical column: cell as written: canonical code."
    )
    missing: tuple[str, ...] = Field((), description="More cells that mean 'no value'.")
    only: tuple[ExportFilter, ...] = ()
    once: bool = Field(False, description="Each key once: a register of what the rows name.")
    stands_for: dict[str, str] = Field(
        default_factory=dict, description="Canonical instant: what it is instead of the one it stands for."
    )
    items: dict[ItemId, ExportQuestion] = Field(
        default_factory=dict, description="Questions whose column is known."
    )
    questions: str | None = Field(
        None,
        description="Pattern of the names of further columns that may be questions; '' for any that is none "
        "of the tool's own.",
    )
    because: str = Field("", description="What to know about this table.")
    decide: str = Field("", description="What to ask about this table.")


class Zone(Strict):
    """The zone of wall-clock times."""

    name: str = Field("", description="The zone, where the tool always writes the same.")
    because: str = Field("", description="Where that is documented.")
    ask: str = Field("", description="What to ask, where the tool writes what an account is set to.")


class Recogniser(Strict):
    """One known export."""

    export: str = Field(min_length=1, description="What people call it.")
    source: str = Field(min_length=1, description="Public documentation of the layout.")
    note: str = Field("", description="What to know before reading it.")
    signature: ExportSignature
    own: tuple[Names, ...] = Field(
        (), description="Columns of the tool itself: never a question, a place or a comment."
    )
    zone: Zone = Zone()
    feeds: tuple[Feed, ...] = Field(min_length=1)
    ask_next: tuple[str, ...] = Field((), description="What to ask the client for next.")


def recogniser_schema() -> dict[str, Any]:
    """Return the JSON Schema of a recogniser."""
    return file_schema(Recogniser, title="A known export")
