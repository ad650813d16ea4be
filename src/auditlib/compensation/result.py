"""What linking pay did to the scores, as values: effects, their tests, and what would reverse them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from auditlib.compensation.alarmed import Unalarmed
from auditlib.compensation.assigned import AssignedBy
from auditlib.compensation.claim_ladder import ClaimLadder, claim_ladder
from auditlib.compensation.concentrated import Concentration
from auditlib.compensation.event_study import Drift, EventStudy
from auditlib.compensation.inference import EffectClaim, Inference, calibrated, claim
from auditlib.compensation.naive_comparisons import NaiveComparisons
from auditlib.compensation.panel import Panel
from auditlib.compensation.placebo import Placebos
from auditlib.compensation.placebo_outcomes import PlaceboOutcome
from auditlib.compensation.procedure import Choices
from auditlib.compensation.published import Published
from auditlib.compensation.register import NOUNS, ROLES, Role, RoleLinks, roles_in
from auditlib.compensation.sensitivity import Sensitivity
from auditlib.compensation.specification_curve import SpecificationCurve
from auditlib.records import Refusal, Ungrouped
from auditlib.statements import counted
from auditlib.statistics.clustered import critical
from auditlib.statistics.few_clusters import Method
from auditlib.statistics.synthetic import SyntheticDifference

if TYPE_CHECKING:
    import pandas as pd

NOT_ASKED = Refusal("It was not asked for.")
NOT_ROBUST = "shown, not robust"
"""What is claimed where test and placebos show an effect and a further rung of the ladder does not hold."""
UNSIZED = (
    "The effect cannot be tested, so no size of it is stated: too little was linked, or not linked, as one."
)
"""What is said in place of the size of an effect that no test can be believed for."""
NOT_IDENTIFIED = "not identified"
NOT_ASSESSABLE = "not assessable"
_TESTS = {"jackknife": "jackknife t", "wild_bootstrap": "bootstrap", "randomisation": "dealt dates"}
"""Tests by the name of their method, where there is little room."""


@dataclass(frozen=True, slots=True, eq=False)
class RoleEffect(Ungrouped):
    """The effect of linking one role's pay.

    Parameters
    ----------
    role, links, assigned
        Whose pay, its links, and what it was assigned by.
    estimate
        Average effect on linked unit-months, the other role's link held fixed.
    per_tenth
        Effect per ten per cent of variable pay, with its limits; a refusal where weights do not differ.
    inference
        All tests, the one to believe, and the interval.
    units, months, answers
        Linked units, unit-months and answers behind the estimate; `dropped` could not be imputed.
    low_first, low_first_aside
        Placebos of units with a low last quarter, where the months before a link count and where they are
        set aside.
    long_differences
        Quarters before and after the link against the last one before it, beside `events`.
    same_mix
        The effect at the same mix of customers, with its limits.
    few_linked
        The effect against weighted other units, where one to three units are linked; None elsewhere.
    per_tenth_linked
        Effect over the weight of pay behind it, per ten per cent of variable pay, with its limits.
    unalarmed
        The effect without units of which integrity checks raised an alarm; None where there is none of those.
    concentrated
        Where linked units mostly lie besides; None where they are spread.
    level
        Coverage of intervals; a test and its placebos reject at one less it.
    """

    role: Role
    links: RoleLinks
    assigned: AssignedBy
    estimate: float
    per_tenth: tuple[float, float, float] | Refusal
    inference: Inference
    units: int
    months: int
    answers: int
    dropped: int
    events: EventStudy | Refusal
    drift: Drift | Refusal
    curve: SpecificationCurve
    cohorts: pd.DataFrame | Refusal
    mixture: pd.DataFrame | Refusal
    placebo: Placebos | Refusal
    low_first: Placebos | Refusal
    low_first_aside: Placebos | Refusal
    sensitivity: Sensitivity | Refusal
    unalarmed: Unalarmed | Refusal | None = None
    per_tenth_linked: tuple[float, float, float] | Refusal = NOT_ASKED
    long_differences: EventStudy | Refusal = NOT_ASKED
    same_mix: tuple[float, float, float] | Refusal = NOT_ASKED
    few_linked: SyntheticDifference | Refusal | None = None
    concentrated: Concentration | None = None
    level: float = 0.95

    @property
    def noun(self) -> str:
        """The role in words."""
        return NOUNS[self.role]

    @property
    def tested(self) -> bool:
        """Whether any test of it can be believed; without one its size is not stated."""
        return not isinstance(self.inference.method, Refusal)

    @property
    def claim(self) -> str:
        """What may be claimed: that of `inference.claim`, or `NOT_ROBUST` where a further rung fails."""
        if not self.shown:
            return str(self.supported)
        return "shown" if self.ladder.topped else NOT_ROBUST

    @property
    def ladder(self) -> ClaimLadder:
        """What the effect has to bear before it is claimed, and how much of it it bears."""
        return claim_ladder(self)

    @property
    def supported(self) -> EffectClaim:
        """What test and placebos support together."""
        return claim(self.estimate, self.inference, self.placebo, level=self.level)

    @property
    def calibrated(self) -> float | None:
        """The share of placebos as strong, as a p-value; None where there is none."""
        return calibrated(self.estimate, self.inference, self.placebo)

    @property
    def shown(self) -> bool:
        """Whether the test calls it an effect, and so does its place among placebos."""
        return self.supported is EffectClaim.SHOWN

    @property
    def detectable(self) -> float | None:
        """The smallest effect that shows in four of five audits; None where it cannot be had.

        Measured by t where the test is one, otherwise by what placebos need to be called an effect.
        """
        if isinstance(self.placebo, Refusal) or self.inference.error is None:
            return None
        crossing = self.placebo.crossing(self.level)
        if self.inference.method is Method.JACKKNIFE:
            crossing = critical(self.level, self.inference.design.clusters - 1)
        return self.placebo.detectable(self.inference.error, crossing=crossing)

    @property
    def draws(self) -> dict[str, int]:
        """Draws or permutations that each simulated test rests on, by its name."""
        many = {trial.name: trial.note.partition(" ")[0].replace(",", "") for trial in self.inference.trials}
        return {name: int(text) for name, text in many.items() if text.isdecimal()}


@dataclass(frozen=True, slots=True, eq=False)
class Unidentified:
    """Why published figures of a few periods credit the link with nothing, whatever comparisons find.

    Parameters
    ----------
    figures
        The paid question as published.
    role
        Whose pay is linked.
    began, units
        First day of the register's links, and units it links.
    kind, kind_shares
        Commonest kind among linked units, and its share among linked and among never-linked ones.
    first_gap
        Linked less never-linked units in the first period; NaN where it cannot be had.
    comparisons
        Every naive comparison, or why there is none.
    """

    figures: Published
    role: Role
    began: date
    units: int
    kind: str
    kind_shares: tuple[float, float]
    first_gap: float
    comparisons: NaiveComparisons | Refusal

    @property
    def noun(self) -> str:
        """The role in words."""
        return NOUNS[self.role]

    @property
    def before(self) -> int:
        """Periods before the link in which linked units have a figure."""
        return 0 if isinstance(self.comparisons, Refusal) else self.comparisons.before

    @property
    def why(self) -> str:
        """Why no comparison is the effect."""
        if isinstance(self.comparisons, Refusal):
            return self.comparisons.reason
        if not self.before:
            return "No period lies before the link, so what linked units did without it was never seen."
        if self.before == 1:
            return (
                "One period lies before the link: whether linked units moved like the others without it "
                "cannot be tested."
            )
        return (
            f"Figures of {counted(self.before, 'period')} before the link are too few and too coarse to show "
            "that linked units moved like the others without it."
        )


@dataclass(frozen=True, eq=False)
class PayEffects:
    """What linking pay did to the scores: an effect by role, or why there is none to state.

    Parameters
    ----------
    register
        The canonical table ``pay_links``; without rows where there is none.
    panel
        The paid question by unit and month; None where there is none.
    level
        Coverage of intervals.
    choices
        How it was estimated.
    roles, refusals
        Roles with an estimate, estimated jointly, and roles without, with the reason.
    outcomes
        What else moved in linked units.
    differences
        What others would state without much thought: role, key, reading, estimate, low, high, units, caution.
    concurrent
        Units of each role whose other role was linked at about the same time.
    linked_roles
        Roles with a link in the panel, estimated or refused.
    elsewhere
        Links that pay another question than the panel's; their units count as linked.
    unidentified
        Stands where figures of too few periods are all there is: then no role has an estimate.
    not_assessable
        Why nothing can be said at all.
    """

    register: pd.DataFrame
    panel: Panel | None
    level: float
    choices: Choices = field(default_factory=Choices)
    roles: tuple[RoleEffect, ...] = ()
    refusals: tuple[tuple[Role, Refusal], ...] = ()
    outcomes: tuple[PlaceboOutcome, ...] = ()
    differences: pd.DataFrame | None = None
    concurrent: Mapping[str, int] = field(default_factory=dict)
    linked_roles: tuple[Role, ...] = ()
    elsewhere: int = 0
    unidentified: Unidentified | None = None
    not_assessable: Refusal | None = None

    @property
    def figures(self) -> Panel | Published | None:
        """The paid question, by unit and month or as published."""
        return self.panel if self.unidentified is None else self.unidentified.figures

    def role(self, name: str) -> RoleEffect | None:
        """Return the effect of `name`, or None where it was refused."""
        return next((effect for effect in self.roles if effect.role == name), None)

    @property
    def comparisons(self) -> tuple[NaiveComparisons, ...]:
        """Naive comparisons on published figures of a few periods; none where an effect was asked for."""
        if self.unidentified is None or isinstance(self.unidentified.comparisons, Refusal):
            return ()
        return (self.unidentified.comparisons,)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per role: what may be claimed, the estimate with its test, or why there is none."""
        import pandas as pd

        if self.not_assessable is not None:
            roles = ROLES if self.register.empty else roles_in(self.register)
            reasons = [(role, NOT_ASSESSABLE, self.not_assessable.reason) for role in roles]
            return pd.DataFrame(reasons, columns=["role", "claim", "why"])
        if (lacking := self.unidentified) is not None:
            row = (lacking.role, NOT_IDENTIFIED, np.nan, np.nan, np.nan, lacking.units, lacking.why)
            columns = ["role", "claim", "estimate", "low", "high", "units", "why"]
            return pd.DataFrame([row], columns=columns)
        rows = pd.DataFrame([_row(effect) for effect in self.roles])
        if all(effect.tested for effect in self.roles):
            return rows
        return rows.assign(why=[UNSIZED if not effect.tested else "" for effect in self.roles])


def _row(effect: RoleEffect) -> dict[str, object]:
    inference = effect.inference
    sized = effect.tested
    return {
        "role": effect.role,
        "claim": effect.claim,
        "estimate": effect.estimate if sized else None,
        "low": inference.low if sized else None,
        "high": inference.high if sized else None,
        "p": inference.p_value if sized else None,
        "p_placebo": effect.calibrated if sized else None,
        "false_alarms": None if isinstance(effect.placebo, Refusal) else effect.placebo.rate,
        "detectable": effect.detectable if sized else None,
        "test": _TESTS[str(inference.method)] if sized else "none: cannot be tested",
        "clusters": inference.design.clusters,
        "linked": inference.design.treated,
        "months": effect.months,
        "answers": effect.answers,
    }
