"""The register of claims: outside figures that may be quoted, once somebody has checked them (D8).

A sentence quotes a claim by ``{claim:id}``. What is printed comes from the register, with source, date and n;
a claim that nobody verified cannot be quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from auditlib.errors import ParameterError, Problem
from auditlib.parameters.load import load
from auditlib.parameters.run import Strict
from auditlib.parameters.schema import file_schema
from auditlib.parameters.strict_model import Misfit

FILE = "registers/claims.yaml"
"""Place of the register, below params/."""
_MARK = re.compile(r"\{claim:([^{}]*)\}")

ClaimId = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$",
        description="Lower-case letters, digits and hyphens; at most 63.",
    ),
]


class Claim(Strict):
    """One outside figure."""

    statement: str = Field(min_length=1, description="What is claimed, as it is printed; no final stop.")
    source: str = Field(min_length=1, description="Where it is from, so that a reader can find it.")
    dated: date = Field(
        description="Day of the source; the first of the month or year where it names no day."
    )
    n: int | None = Field(None, ge=1, description="Observations behind it; a verified claim has it.")
    status: Literal["verified", "unverified", "withdrawn"]
    verified_by: str = Field("", description="Who read the source; a verified claim has it.")
    note: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.status == "verified" and (self.n is None or not self.verified_by.strip()):
            message = "a verified claim needs its n and who verified it"
            raise Misfit(
                message, remedy="Add 'n' and 'verified_by', or write status: unverified.", at=("status",)
            )
        return self

    def __str__(self) -> str:
        return f"{self.statement} ({self.source}, {self.dated.isoformat()}, n = {self.n:,})"


class Claims(Strict):
    """The register."""

    claims: dict[ClaimId, Claim]


def read_claims(text: str, *, name: str) -> Claims:
    """Read a register; ParameterError with every mistake and its place."""
    return load(Claims, text, name=name)


def quoted(text: str) -> tuple[str, ...]:
    """Return the ids of the claims that `text` quotes."""
    return tuple(match[1] for match in _MARK.finditer(text))


def cite(text: str, register: Claims, *, name: str) -> str:
    """Return `text` with every ``{claim:id}`` replaced by the claim as the register states it.

    Raises
    ------
    ParameterError
        Naming every claim quoted that is not in the register, or not verified.
    """
    problems = [problem for marker in quoted(text) for problem in _problems(marker, register, name)]
    if problems:
        raise ParameterError(*problems)
    return _MARK.sub(lambda match: str(register.claims[match[1]]), text)


def claims_schema() -> dict[str, Any]:
    """Return the JSON Schema of the register."""
    return file_schema(Claims, title="The register of claims")


def _problems(quote: str, register: Claims, name: str) -> Iterable[Problem]:
    claim = register.claims.get(quote)
    if claim is None:
        near = get_close_matches(quote, register.claims, n=1)
        remedy = f"Did you mean {near[0]}?" if near else "Enter it with source, date, n and status."
        yield Problem(f"there is no claim {quote!r}.", name, remedy=remedy)
    elif claim.status != "verified":
        yield Problem(
            f"the claim {quote!r} is {claim.status} and cannot be quoted.",
            name,
            remedy="Read its source, then enter its n and who verified it; or leave the sentence out.",
        )
