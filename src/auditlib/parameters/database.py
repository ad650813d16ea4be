"""A source in a database: a table, a view or a query of one's own, read once and never written."""

from __future__ import annotations

import re
from typing import Self

from pydantic import Field, field_validator, model_validator

from auditlib.parameters.strict_model import Misfit, Name, Strict

_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|--[^\n]*|/\*.*?\*/", re.DOTALL)


class Database(Strict):
    """A table in a database, or a query of one's own; the connection is named, never written here."""

    connection: Name = Field(description="Name of the environment variable that holds the address.")
    relation: str | None = Field(
        None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*){0,2}$",
        description="A table or view, with its schema where it has one: survey.responses.",
    )
    query: str | None = Field(
        None,
        min_length=1,
        description="A SELECT of one's own, in place of a table; 'columns' map the names it gives.",
    )
    name: str = Field(
        "",
        pattern=r"^[A-Za-z0-9_.-]{0,63}$",
        description="What the source is called in reports; default: the table, or 'query'.",
    )
    order: tuple[str, ...] = Field(
        (),
        description="Columns that the rows are put in order by, which gives each row its number; what they "
        "leave open, and everything by default, is decided by the mapped columns in their order.",
    )
    time_out: int = Field(
        1800, ge=1, le=86_400, description="Seconds in which the database must have sent all rows."
    )

    @field_validator("query")
    @classmethod
    def _only_reads(cls, value: str | None) -> str | None:
        """Refuse what is no single SELECT; the database is opened for reading alone besides."""
        bare = _QUOTED.sub(" ", value or "SELECT").strip().rstrip(";").rstrip()
        if not re.match(r"(?:SELECT|WITH|VALUES|TABLE)\b|\(", bare, re.IGNORECASE) or ";" in bare:
            message = "'query' is not one SELECT"
            raise Misfit(message, remedy="Write one statement that starts with SELECT or WITH.")
        return value

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.relation is None) == (self.query is None):
            message = "a source in a database is either a table or a query"
            raise Misfit(message, remedy="Give either 'relation' or 'query'.")
        return self

    @property
    def label(self) -> str:
        """Return what the source is called."""
        return self.name or self.relation or "query"
