"""The base of every parameter model, and the names that keys of a file may have."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z][A-Za-z0-9_]{0,62}$",
        description="A name of letters, digits and underscores that starts with a letter.",
    ),
]


class Strict(BaseModel):
    """Base of every parameter model: frozen, and an unknown key is an error."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=False, allow_inf_nan=False, populate_by_name=True
    )

    @classmethod
    def spelled_out(cls, content: Any) -> Any:
        """Return the content of a file with its abbreviations written out; a model without any has none.

        Raises
        ------
        Misfit
            Where an abbreviation stands for nothing.
        """
        return content
