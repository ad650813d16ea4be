"""The base of every parameter model."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


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
