"""What linking pay did to the scores, as values: effects, their tests, and what would reverse them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from auditlib.linkage import numbers, wording, wording_whole
from auditlib.linkage.claim import EffectClaim, calibrated, claim
from auditlib.linkage.event_study import Drift, EventStudy
from auditlib.linkage.honest import Honest
from auditlib.linkage.panel import Panel
from auditlib.linkage.placebo import Placebos
from auditlib.linkage.procedure import Choices
from auditlib.linkage.register import NOUNS, RoleLinks
from auditlib.linkage.specifications import Specifications
from auditlib.linkage.tested import Tested
from auditlib.linkage.threats import Shift
from auditlib.records import Basis, Finding, Number, Refusal, Sentence, Ungrouped


@dataclass(frozen=True, slots=True, eq=False)
class RoleEffect(Ungrouped):
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
    level
        Coverage of intervals; a test and its placebos reject at one less it.
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
    level: float = 0.95

    @property
    def noun(self) -> str:
        """The role in words."""
        return NOUNS[self.role]

    def trials(self) -> pd.DataFrame:
        """Return every test: test, p, smallest_p, note."""
        return numbers.trials(self)

    @property
    def draws(self) -> tuple[str, ...]:
        """Keys of the numbers of draws that `trials` states."""
        return tuple(numbers.draws(self))

    def choices(self) -> pd.DataFrame:
        """Return every choice with its estimate, as printed."""
        return numbers.choices(self)

    def said(self, subject: str) -> tuple[Sentence, ...]:
        """Return sentences on a subject.

        Parameters
        ----------
        subject
            ``test``, ``placebo``, ``drift``, ``choices``, ``departures`` or ``left_out``.
        """
        return {
            "test": wording.tested_sentences,
            "placebo": wording.placebo_sentences,
            "drift": wording.drift_sentences,
            "departures": wording.honest_sentences,
            "left_out": wording.cohort_sentences,
            "choices": wording.choice_sentences,
        }[subject](self)

    def apart(self) -> pd.DataFrame:
        """Return the effect with both roles together, with the other role left out, and by weight of pay."""
        return numbers.apart(self)

    def mixed(self) -> pd.DataFrame:
        """Return what the two-way regression mixes: contrast, weight, estimate."""
        if isinstance(self.mixture, Refusal):
            return pd.DataFrame({"contrast": [self.mixture.reason], "weight": [None], "estimate": [None]})
        return self.mixture.copy()

    def seen(self, figure: str) -> str:
        """Return what a reader who cannot see a figure must know; see `wording.seen`."""
        return wording.seen(self, figure)

    @property
    def claim(self) -> str:
        """What may be claimed: that of `claim.claim`, or ``shown, not robust`` where choices take it away."""
        if not self.shown:
            return str(self.supported)
        weak = len(self.curve.reversing()) or 2 * len(self.curve.straddling()) > len(self.curve.defensible)
        return wording_whole.WEAK if weak else "shown"

    @property
    def supported(self) -> EffectClaim:
        """What test and placebos support together."""
        return claim(self.estimate, self.tested, self.placebo, level=self.level)

    @property
    def calibrated(self) -> float | None:
        """The share of placebos as strong, as a p-value; None where there is none."""
        return calibrated(self.estimate, self.tested, self.placebo)

    @property
    def shown(self) -> bool:
        """Whether the test calls it an effect, and so does its place among placebos."""
        return self.supported is EffectClaim.SHOWN


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
    sides
        What others would state without much thought: role, key, reading, estimate, low, high, units, caution.
    linked_roles
        Roles with a link in the panel, estimated or refused.
    elsewhere
        Links that pay another question than the panel's; their units count as linked.
    """

    panel: Panel
    choices: Choices
    confidence: float
    roles: tuple[RoleEffect, ...]
    refusals: tuple[tuple[str, Refusal], ...]
    shifts: tuple[Shift, ...]
    concurrent: dict[str, int]
    sides: pd.DataFrame
    linked_roles: tuple[str, ...] = ()
    elsewhere: int = 0

    by = ("role",)
    readings: tuple[()] = ()
    """Comparisons on published figures of a few periods; none, because an estimate was made or refused."""

    def role(self, name: str) -> RoleEffect | None:
        """Return the effect of `name`, or None where it was refused."""
        return next((role for role in self.roles if role.role == name), None)

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
        """Return the sentences of all roles on a subject; see `RoleEffect.said`.

        ``readings`` has none, ``simple`` and ``shifts`` are said for all roles together.
        """
        if subject in ("readings", "simple", "shifts"):
            return wording_whole.together(self, subject)
        return tuple(sentence for role in self.roles for sentence in role.said(subject))

    def adoption(self) -> pd.DataFrame:
        """Return who was linked when: role, month, units, weight (mean share of variable pay)."""
        return numbers.adoption(self)

    def advice(self) -> tuple[Sentence, ...]:
        """Return what to do, role by role."""
        return wording_whole.advice(self)

    def simple(self) -> pd.DataFrame:
        """Return what others would state without much thought, with the estimate beneath."""
        return numbers.sides(self)

    def findings(self, *, notebook: str) -> tuple[Finding, ...]:
        """Return the roles of which nothing may be claimed, or not what the estimate seems to say."""
        return wording_whole.findings(self, notebook=notebook)

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
        return wording_whole.limits(self)
