"""The integrity policy as data: windows, limits, how often one may err, and the words that beg for scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from auditlib.parameters.policy import Policy, policy_named
from auditlib.parameters.run import EditionYear, Run
from auditlib.parameters.schema import file_schema

STEM = "integrity"
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$", description="ISO 639-1 code.")]
Phrase = Annotated[str, Field(min_length=4, description="Written as customers quote it; case is ignored.")]


class IntegrityPolicy(Policy):
    """How the signs of gaming are looked for, and how surely they must show."""

    policy: Literal["integrity"] = "integrity"
    edition: EditionYear = "2025"
    title: str = "Can the scores still be trusted where pay depends on them?"
    error: float = Field(0.05, gt=0, lt=0.5, description="Chance of one false alarm in a whole audit.")
    draws: int = Field(9999, ge=99, description="Assignments compared with, the actual one included.")
    companies: int = Field(
        100, ge=20, description="Companies drawn like the client's, which tell what would have been seen."
    )
    least_power: float = Field(
        0.8,
        gt=0,
        lt=1,
        description="Share of those in which a fault must show, before silence is worth a word.",
    )
    window_months: int = Field(18, ge=3, description="Months looked at on either side of a link, at most.")
    least_months: int = Field(6, ge=2, description="Months needed on either side.")
    leave_out_months: int = Field(
        3,
        ge=0,
        description="Months just before a link that are left out: units may have been chosen on them.",
    )
    least_units: int = Field(3, ge=2, description="Units needed, linked and not linked.")
    least_answers: int = Field(10, ge=1, description="Observations a unit needs on either side.")
    unhappy_below: float = Field(4, description="On a scale of 1 to 5; other scales are stretched to it.")
    again_days: int = Field(90, ge=1, description="Within so many days a customer is usually asked again.")
    transaction_days: int = Field(
        14, ge=1, description="An invitation within so many days of a complaint or a case is about it."
    )
    complaints_follow: float = Field(
        0.5,
        gt=0,
        le=1,
        description="Where service improves, complaints fall by at least so much of the fall of low answers.",
    )
    last_days: int = Field(5, ge=1, le=15, description="Days at the end of a month that count as its end.")
    heap_width: float = Field(
        0.1, gt=0, description="Points on either side of the threshold that count as just above and below."
    )
    words: dict[Language, tuple[Phrase, ...]] = Field(
        default_factory=dict, description="Phrases by which customers report that a score was asked for."
    )


def policy_of(run: Run, texts: Mapping[str, str]) -> IntegrityPolicy:
    """Return the policy the run names; where it names none, the defaults, which hold no words.

    Parameters
    ----------
    texts
        Policies as text, by their path in params/.

    Raises
    ------
    ParameterError
        Where the policy named is absent, wrong or of another edition.
    """
    return policy_named(STEM, IntegrityPolicy, run, texts) or IntegrityPolicy()


def integrity_schema() -> dict[str, Any]:
    """Return the JSON Schema of the integrity policy, for editors."""
    return file_schema(IntegrityPolicy, title="The policy of integrity")
