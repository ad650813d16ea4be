"""What linking pay did to the scores, as values: effects, their tests, and what would reverse them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from auditlib.linkage import numbers, wording
from auditlib.linkage.event_study import Drift, EventStudy
from auditlib.linkage.honest import Honest
from auditlib.linkage.panel import Panel
from auditlib.linkage.placebo import Placebos
from auditlib.linkage.procedure import Choices
from auditlib.linkage.register import NOUNS, RoleLinks
from auditlib.linkage.specifications import Specifications
from auditlib.linkage.tested import Tested
from auditlib.linkage.threats import Shift
from auditlib.records import Basis, Number, Refusal, Sentence


@dataclass(frozen=True, slots=True, eq=False)
class RoleEffect:
    """The effect of linking one role's pay.

    Parameters
    ----------
    role, links
        Whose pay, and its links.
    estimate
        Average effect on linked unit-months, the other role's link held fixed.
    per_tenth
        Effect per ten per cent of variable pay, with its limits; a refusal where weights do not differ.
    tested
        All tests, the one to believe, and the interval.
    units, months, answers
        Linked units, unit-months and answers behind the estimate; `dropped` could not be imputed.
    """

    role: str
    links: RoleLinks
    estimate: float
    per_tenth: tuple[float, float, float] | Refusal
    tested: Tested
    units: int
    months: int
    answers: int
    dropped: int
    events: EventStudy | Refusal
    drift: Drift | Refusal
    curve: Specifications
    cohorts: pd.DataFrame | Refusal
    mixture: pd.DataFrame | Refusal
    placebo: Placebos | Refusal
    chosen_low: Placebos | Refusal
    chosen_low_kept: Placebos | Refusal
    honest: Honest | Refusal

    @property
    def noun(self) -> str:
        """The role in words."""
        return NOUNS[self.role]

    def trials(self) -> pd.DataFrame:
        """Return every test: test, p, smallest_p, note."""
        return numbers.trials(self)

    def choices(self) -> pd.DataFrame:
        """Return every choice with its estimate, as printed."""
        return numbers.choices(self)

    def said(self, subject: str) -> tuple[Sentence, ...]:
        """Return sentences on ``test``, ``placebo``, ``drift``, ``departures`` or ``left_out``."""
        return {
            "test": wording.tested_sentences,
            "placebo": wording.placebo_sentences,
            "drift": wording.drift_sentences,
            "departures": wording.honest_sentences,
            "left_out": wording.cohort_sentences,
        }[subject](self)

    def mixed(self) -> pd.DataFrame:
        """Return what the two-way regression mixes: contrast, weight, estimate."""
        if isinstance(self.mixture, Refusal):
            return pd.DataFrame({"contrast": [self.mixture.reason], "weight": [None], "estimate": [None]})
        return self.mixture.copy()

    def seen(self, figure: str) -> str:
        """Return what a reader who cannot see a figure must know; see `wording.seen`."""
        return wording.seen(self, figure)

    @property
    def shown(self) -> bool:
        """Whether the interval excludes zero, or the test rejects where there is no interval."""
        tested = self.tested
        if tested.low is not None and tested.high is not None:
            return tested.low > 0 or tested.high < 0
        return tested.p_value is not None and tested.p_value <= 0.05


@dataclass(frozen=True, slots=True, eq=False)
class LinkageResult:
    """Effects of linking pay, for managers and staff separately, estimated jointly.

    Parameters
    ----------
    panel, choices
        What was estimated on, and how.
    roles
        Roles with an estimate.
    refusals
        Roles without, and why.
    shifts
        What else moved in linked units.
    concurrent
        Units of each role whose other role was linked at about the same time.
    """

    panel: Panel
    choices: Choices
    confidence: float
    roles: tuple[RoleEffect, ...]
    refusals: tuple[tuple[str, Refusal], ...]
    shifts: tuple[Shift, ...]
    concurrent: dict[str, int]

    by = ("role",)

    def role(self, name: str) -> RoleEffect | None:
        """Return the effect of `name`, or None where it was refused."""
        return next((one for one in self.roles if one.role == name), None)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per role: estimate, interval, test, design, and what it rests on."""
        return numbers.overview(self)

    def summary(self) -> tuple[Sentence, ...]:
        """Return the conclusion: what changed, how sure, what would reverse it."""
        return wording.conclusion(self)

    def numbers(self) -> tuple[Number, ...]:
        """Return every number the sentences and tables state."""
        return numbers.all_numbers(self)

    def said(self, subject: str) -> tuple[Sentence, ...]:
        """Return the sentences of all roles on a subject; see `RoleEffect.said`."""
        return tuple(sentence for one in self.roles for sentence in one.said(subject))

    def adoption(self) -> pd.DataFrame:
        """Return who was linked when: role, month, units, weight (mean share of variable pay)."""
        return numbers.adoption(self)

    def advice(self) -> tuple[Sentence, ...]:
        """Return what to do, role by role."""
        return wording.advice(self)

    def shifted(self) -> pd.DataFrame:
        """Return what else moved in linked units, by the same procedure."""
        return numbers.shifts(self)

    @property
    def basis(self) -> Basis:
        """The rows the estimates rest on."""
        return numbers.basis(self)

    @property
    def links_basis(self) -> Basis:
        """The register of links."""
        return Basis("pay_links")

    def limits(self) -> tuple[Sentence, ...]:
        """Return what the result cannot say."""
        return wording.limits(self)
