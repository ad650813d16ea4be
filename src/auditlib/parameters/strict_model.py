"""The base of every parameter model, what its validators refuse with, and the names that keys may have."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from auditlib.parameters.strict_yaml import Path

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


class Misfit(ValueError):
    """Raised by the validator of a model for parts that do not fit each other.

    Parameters
    ----------
    message
        What is wrong, in words of the file.
    remedy
        What to do about it.
    at
        The part it is about, from the validated block on; empty for the block itself. A part that does not
        exist stands for the place where it belongs.
    """

    def __init__(self, message: str, *, remedy: str, at: Path = ()) -> None:
        super().__init__(message)
        self.remedy = remedy
        self.at = at
