"""Where the cells of a canonical column come from, and which rows of a file are kept."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from auditlib.errors.values import named
from auditlib.parameters.strict_model import Misfit, Strict

Unit = Literal["milliseconds", "seconds", "minutes", "hours", "days", "clock", "mm:ss", "hh:mm"]


class Reference(Strict):
    """A column of the source that its name alone does not tell."""

    column: str | None = Field(None, min_length=1, description="Name of the column.")
    occurrence: int | None = Field(
        None,
        ge=1,
        description="Which of the columns of that name, from 1; where only one has it, not needed.",
    )
    position: int | None = Field(None, ge=1, description="Place of the column, from 1, in place of a name.")
    names_row: int | None = Field(
        None, ge=1, le=10, description="Row of the header in which the name stands; default: the dialect's."
    )

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        if self.column is not None and self.position is not None:
            message = "'column' and 'position' both say which column is meant"
            raise Misfit(message, remedy="Keep one of them.", at=("position",))
        for key in ("occurrence", "names_row"):
            if getattr(self, key) is not None and self.column is None:
                raise Misfit(f"{key!r} needs the name it is about", remedy="Add 'column'.", at=(key,))
        return self

    @property
    def label(self) -> str:
        """How the column is called in messages and in the quarantine: its name where that is enough."""
        if self.position is not None:
            return f"column {self.position}"
        row = f" in row {self.names_row} of the header" if self.names_row else ""
        occurrence = f", occurrence {self.occurrence}" if self.occurrence else ""
        return f"{self.column}{occurrence}{row}"


def _written(value: Any) -> str:
    """Return how an origin is written, so that a mistake in a block is not called a missing name."""
    return "name" if isinstance(value, str) else "block"


_Name = Annotated[str, Tag("name")]
Column = Annotated[_Name | Annotated[Reference, Tag("block")], Discriminator(_written)]
"""A column of the source: its name, or a block where that is not enough."""


_ORIGINS = "Give one of column, position, line, join, sum, item, or after with duration."


class Cells(Reference):
    """The cells of a canonical column where one column of the source, by its name, is not enough."""

    line: Literal[True] | None = Field(
        None, description="true: the line of the record is its id, or the id of the record it stands for."
    )
    item: str | None = Field(
        None, min_length=1, description="Item, as written, whose answer it is; for a file in long form."
    )
    join: tuple[Column, ...] | None = Field(
        None, description="Columns whose cells are put behind each other, two or more."
    )
    between: str | None = Field(
        None, alias="with", description="Text between joined cells; default: a blank."
    )
    terms: tuple[Column, ...] | None = Field(
        None,
        alias="sum",
        description="Columns whose numbers are added up, two or more. Where some are empty and some are not, "
        "the row is quarantined; 'values' can say that an empty cell is 0.",
    )
    after: str | None = Field(
        None, description="Canonical column of the same row from which a duration runs."
    )
    duration: Column | None = Field(None, description="Column that holds how long it took.")
    unit: Unit | None = Field(
        None,
        description="Unit of the duration. clock is h:mm:ss or d.hh:mm:ss; where there are two parts alone, "
        "nothing but this says whether they are mm:ss (312:05 is over five hours) or hh:mm.",
    )
    scale: float | None = Field(
        None,
        gt=0,
        allow_inf_nan=False,
        description="What numbers of the column are multiplied by, where the source counts in another unit: "
        "60 makes seconds of minutes, 0.01 a share of a percentage without its sign. Counts are rounded.",
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(value is not None for value in self._kinds) != 1:
            message = "the cells have no origin, or more than one"
            raise Misfit(message, remedy=_ORIGINS)
        if self.join is not None and len(self.join) < 2:
            remedy = "Name two or more, or give it as 'column'."
            raise Misfit("'join' needs columns to join", remedy=remedy, at=("join",))
        self._add_up()
        if self.between is not None and self.join is None:
            raise Misfit("'with' belongs to 'join'", remedy="Delete it, or add 'join'.", at=("with",))
        if self.scale is not None and self.column is None and self.position is None and not self.terms:
            remedy = "For example {column: Minutes, scale: 60}."
            raise Misfit("'scale' belongs to a column of numbers", remedy=remedy, at=("scale",))
        for key in ("duration", "unit"):
            if (getattr(self, key) is None) != (self.after is None):
                remedy = "For example {after: offered, duration: wait, unit: seconds}."
                raise Misfit("'after', 'duration' and 'unit' belong together", remedy=remedy)
        return self

    def _add_up(self) -> None:
        """Refuse a sum of fewer than two columns, or of one that it counts twice."""
        names = [label_of(part) for part in self.terms or ()]
        if self.terms is not None and len(names) < 2:
            remedy = "Name two or more, or give it as 'column'."
            raise Misfit("'sum' needs columns to add up", remedy=remedy, at=("sum",))
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise Misfit(f"the sum counts {named(twice)} twice", remedy="Name it once.", at=("sum",))

    @property
    def _kinds(self) -> tuple[object, ...]:
        plain = self.column if self.column is not None else self.position
        return (plain, self.line, self.item, self.join, self.terms, self.after)

    @property
    def label(self) -> str:
        """How the cells are called in messages: the column, or the columns they are made of."""
        if self.join is not None:
            return " + ".join(label_of(part) for part in self.join)
        if self.terms is not None:
            return " plus ".join(label_of(part) for part in self.terms)
        if self.duration is not None:
            return label_of(self.duration)
        if self.item is not None:
            return f"item {self.item}"
        return "line" if self.line else super().label

    @property
    def parts(self) -> tuple[str | Reference, ...]:
        """Columns of the source that are read for them."""
        if self.join is not None or self.terms is not None:
            return self.join or self.terms or ()
        if self.duration is not None:
            return (self.duration,)
        if self.line or self.item is not None:
            return ()
        return (Reference.model_validate(self.model_dump(include=set(Reference.model_fields))),)


class Long(Strict):
    """A file in long form: each row holds one answer of a response, not one response."""

    item: Column = Field(description="Column that says which item the row answers.")
    value: Column = Field(description="Column that holds the answer.")
    latest: tuple[str, ...] = Field(
        (),
        description="Canonical days and instants that the rows of one response need not share, because each "
        "answer has its own: the latest is that of the response.",
    )


class Filter(Strict):
    """Rows to keep, by one column; what is left out is counted and said."""

    column: Column = Field(description="Column of the source.")
    among: tuple[str, ...] | None = Field(
        None, alias="is", min_length=1, description="Keep rows whose cell, as written, is one of these."
    )
    not_among: tuple[str, ...] | None = Field(
        None,
        alias="is_not",
        min_length=1,
        description="Leave out rows whose cell, as written, is one of these.",
    )
    filled: bool | None = Field(
        None, description="true: keep rows whose cell holds a value; false: rows whose cell holds none."
    )
    because: str = Field(min_length=1, description="Why the other rows are none of this table.")

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        tests = (self.among, self.not_among, self.filled)
        if sum(test is not None for test in tests) != 1:
            remedy = "Give one: is: [...], is_not: [...], or filled: true."
            raise Misfit("the rows to keep are told by no test, or by several", remedy=remedy)
        return self

    @property
    def words(self) -> str:
        """What it keeps, in words: ``Status is not 'Survey Preview'``."""
        name = label_of(self.column)
        if self.filled is not None:
            return f"{name} holds a value" if self.filled else f"{name} holds no value"
        listed = " or ".join(repr(cell) for cell in self.among or self.not_among or ())
        return f"{name} is {'' if self.among is not None else 'not '}{listed}"


Origin = Annotated[_Name | Annotated[Cells, Tag("block")], Discriminator(_written)]
"""Where the cells of a canonical column come from."""


def label_of(part: str | Reference) -> str:
    """Return how a column of the source is called in messages."""
    return part if isinstance(part, str) else part.label


def cells_of(origin: str | Cells) -> Cells:
    """Return where cells come from, a bare name spelled out."""
    return Cells.model_construct(column=origin) if isinstance(origin, str) else origin
