"""The register of the detectors: how often each is wrong, and what it finds, on simulated companies."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Self

from pydantic import Field, model_validator

from auditlib.integrity.policy import IntegrityPolicy
from auditlib.parameters.load import load
from auditlib.parameters.run import Strict
from auditlib.records import Ungrouped
from auditlib.statistics.intervals import clopper_pearson

LEVEL = 0.95
"""Coverage of the limits of measured shares."""
MAIN_FORM = "uninvited"
MEANT_FOR = {
    "low_scores_missing": "uninvited",
    "invitations_fall": "uninvited",
    "unhappy_not_asked": "not_again",
    "complainants_not_asked": "not_after_complaint",
    "complaints_diverge": "uninvited",
    "response_rate": "discouraged",
    "heaping": "lifted",
    "month_end": "month_end",
    "perfect_answers": "filled_in",
    "silent_tops": "filled_in",
    "shared_device": "one_device",
    "begging": "begging",
    "straight_lines": "straight",
}
"""Detector: the planted form of the register that it is meant to find."""


class AlarmRates(Strict):
    """What was measured of one detector in companies where nobody games.

    Both are shares: of tests below the nominal error taken alone, and of companies with an alarm of this
    detector after the correction for all tests.
    """

    tests: int = Field(ge=1)
    alone: float = Field(ge=0, le=1)
    alarms: float = Field(ge=0, le=1)


class Planted(Strict):
    """What was found of one planted form of gaming."""

    form: str = Field(min_length=1, description="What was planted, in words.")
    companies: int = Field(ge=1)
    found: dict[str, float] = Field(
        description="Detector: share of companies in which it raised an alarm about the gamed group."
    )
    any: float = Field(ge=0, le=1, description="Share in which at least one detector did.")


class Performance(Strict, Ungrouped):
    """The register as it was measured."""

    company: str = Field(description="What the simulated companies are like.")
    chosen_below_seed: int = Field(description="Detectors were chosen on companies with smaller seeds.")
    clean_seeds: tuple[int, int] = Field(description="First and last seed of companies without gaming.")
    planted_seeds: tuple[int, int] = Field(description="First and last seed of companies of each form.")
    companies: int = Field(ge=1, description="Companies without gaming.")
    draws: int = Field(ge=99, description="Assignments each test was compared with.")
    any_alarm: float = Field(ge=0, le=1, description="Share of those with at least one alarm.")
    settings: str = Field(description="Fingerprint of the policy it was measured with, words left out.")
    clean: dict[str, AlarmRates]
    planted: dict[str, Planted]

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if min(self.clean_seeds[0], self.planted_seeds[0]) < self.chosen_below_seed:
            raise ValueError("measured on companies on which the detectors were chosen")
        return self

    @property
    def provenance(self) -> str:
        """Say on what companies it was measured."""
        clean, planted = (f"{first} to {last}" for first, last in (self.clean_seeds, self.planted_seeds))
        return (
            f"Measured on simulated companies with seeds {clean}, with gaming {planted}; none of them was "
            "used to choose the detectors."
        )

    def limits(self, value: float, n: int) -> tuple[float, float]:
        """Return exact limits of a share of `n` companies."""
        exact = clopper_pearson([round(value * n)], [n], level=LEVEL)
        return float(exact.low[0]), float(exact.high[0])

    @property
    def main(self) -> tuple[str, Planted]:
        """Return the form stated in answers: unhappy customers not invited, which is what is feared most."""
        return MAIN_FORM, self.planted[MAIN_FORM]

    @property
    def hardest(self) -> tuple[str, Planted]:
        """Return the planted form that was noticed least."""
        return min(self.planted.items(), key=lambda item: item[1].any)

    def meant_for(self, detector: str) -> tuple[Planted, float]:
        """Return the planted form `detector` is meant to find, and how often it did."""
        form = self.planted[MEANT_FOR[detector]]
        return form, form.found.get(detector, 0.0)

    def fits(self, policy: IntegrityPolicy) -> bool:
        """Return whether it was measured with the settings of `policy`."""
        return self.settings == fingerprint(policy)


def fingerprint(policy: IntegrityPolicy) -> str:
    """Return a short hash of the settings of `policy`; words, title and number of draws are left out."""
    from hashlib import sha256

    text = policy.model_dump_json(exclude={"words", "title", "edition", "policy", "draws"})
    return sha256(text.encode()).hexdigest()[:16]


@cache
def performance() -> Performance:
    """Return the register shipped with the suite."""
    text = files("auditlib.integrity").joinpath("register.yaml").read_text(encoding="utf-8")
    return load(Performance, text, name="register.yaml")
