"""The scenario: what a generated company is like, and what is planted in it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from auditlib.parameters.run import Strict
from auditlib.simulate.gaming_forms import Forms
from auditlib.simulate.places import CAUSES

Probability = Annotated[float, Field(ge=0, le=1)]


class Volume(Strict):
    """How much happens."""

    transactions_per_month: float = Field(
        62, gt=0, description="Surveyable transactions of an average unit and month."
    )
    accounts_per_month: float = Field(
        12, ge=0, description="Relationship invitations of an average unit and month."
    )
    interactions_per_month: float = Field(28, ge=0, description="Contacts of an average unit and month.")
    complaints_per_month: float = Field(1.8, ge=0, description="Complaints of an average unit and month.")
    size_spread: float = Field(
        0.85, ge=0, description="Standard deviation of the logarithm of a unit's size."
    )
    customers_per_unit: int = Field(300, ge=5)
    accounts_per_unit: int = Field(16, ge=1)
    staff_per_unit: float = Field(8, ge=1)
    response_rate: Probability = Field(0.23, description="Share of invitations answered by an average unit.")
    response_rate_spread: float = Field(
        0.25, ge=0, description="Standard deviation between units, on the log-odds."
    )


class Scores(Strict):
    """The latent satisfaction behind every answer, in points of the 1-to-5 scale."""

    level: float = Field(4.45, description="Average latent satisfaction.")
    unit_sd: float = Field(0.12, ge=0, description="Between units, lasting.")
    month_sd: float = Field(0.03, ge=0, description="Between months, shared by all units.")
    season: float = Field(0.07, ge=0, description="Amplitude of the yearly swing.")
    trend_per_year: float = Field(0.02, description="Shared drift.")
    noise_sd: float = Field(0.12, ge=0, description="Unit-month noise.")
    noise_memory: float = Field(
        0.55, ge=0, lt=1, description="Correlation of that noise from one month to the next."
    )
    person_sd: float = Field(0.62, gt=0, description="Between responses.")
    item_sd: float = Field(0.33, gt=0, description="Between the items of one response.")
    bad_share: Probability = Field(0.09, description="Transactions that go badly wrong.")
    bad_drop: float = Field(1.7, ge=0, description="How far those fall.")
    half_points: Probability = Field(0.15, description="Responses that use half points.")
    not_applicable: Probability = Field(0.02, description="Answers 'does not apply'.")
    outliers: dict[str, float] = Field(
        default_factory=dict, description="Unit: lasting distance from the others, in points."
    )


class Cohort(Strict):
    """Units whose pay is linked on one day."""

    starts_on: date
    units: int = Field(ge=1)


class Links(Strict):
    """Satisfaction tied to pay, for one role."""

    cohorts: tuple[Cohort, ...] = ()
    effect: float = Field(0.0, description="True effect on latent satisfaction once phased in, in points.")
    phase_in_months: int = Field(1, ge=1, description="Months until the effect is complete.")
    low_scores_first: Probability = Field(
        1.0, description="1: the lowest units of the last quarter are linked; 0: chosen at random."
    )
    weight: tuple[Probability, Probability] = (0.05, 0.2)
    threshold: float = 4.2


class Gaming(Strict):
    """One linked cohort that begins to choose whom it invites."""

    role: Literal["manager", "staff"] = "manager"
    starts_on: date
    suppress: Probability = Field(0.6, description="Share of likely unhappy customers not invited.")
    below: float = Field(3.6, description="Latent satisfaction under which a customer looks unhappy.")
    forms: Forms = Field(Forms(), description="Further forms of gaming; all off.")


class Duties(Strict):
    """What is owed after a score, and how often it goes wrong. Clock values as the demo policy has them."""

    opens: time = time(9, 0)
    closes: time = time(17, 0)
    acknowledge_seconds: int = Field(300, ge=1, description="Wall clock.")
    executive_hours: float = Field(8, gt=0, description="Business hours to the contact; lowest item below 3.")
    service_hours: float = Field(
        24, gt=0, description="Business hours to the contact; lowest item from 3 to below 4."
    )
    report_days: int = Field(14, ge=1, description="Days from contact to the day a report is promised for.")
    late_acknowledgement: Probability = 0.012
    missing_acknowledgement: Probability = 0.008
    incomplete_acknowledgement: Probability = 0.003
    late_contact: Probability = 0.02
    missing_contact: Probability = 0.015
    wrong_party: Probability = 0.02
    undocumented: Probability = 0.015
    unreported: Probability = 0.02
    declined: Probability = 0.015
    boundary_cases: int = Field(
        6, ge=0, description="Labelled cases just before, on and just after each limit."
    )

    @model_validator(mode="after")
    def _open(self) -> Self:
        if self.closes <= self.opens:
            raise ValueError("the business day closes before it opens")
        return self


class Fix(Strict):
    """A fix of a recurring cause of complaints, with what it truly did."""

    cause_code: str
    implemented_on: date
    rate_ratio: float = Field(1.0, ge=0, description="Complaints of that cause after against before.")
    action_type: Literal["policy", "procedure", "system", "other"] = "procedure"


class Scenario(Strict):
    """A service company: size, habits, and the truth planted in it."""

    name: str = Field("demo", pattern=r"^[a-z][a-z0-9-]*$")
    seed: int = Field(ge=0)
    units: int = Field(40, ge=4, le=40, description="Units, taken from the list of places in order.")
    start: date = Field(date(2023, 1, 1), description="First day; the first of a month.")
    months: int = Field(36, ge=6, le=60)
    as_of: datetime = Field(description="Nothing true happens later.")
    volume: Volume = Volume()
    scores: Scores = Scores()
    manager_links: Links = Links()
    staff_links: Links = Links()
    gaming: Gaming | None = None
    duties: Duties = Duties()
    fixes: tuple[Fix, ...] = ()
    broken_rows: bool = Field(True, description="Whether the exports hold planted broken rows.")
    difficult_names: bool = Field(
        True, description="Whether units called 'NA' and '007' and difficult comments exist."
    )

    @model_validator(mode="after")
    def _whole_months(self) -> Self:
        if self.start.day != 1:
            raise ValueError("start must be the first day of a month")
        if self.as_of.tzinfo is None:
            raise ValueError("as_of needs its offset, for example 2026-01-02T18:00:00Z")
        if self.as_of.date() <= self.month(self.months):
            raise ValueError(
                f"as_of must lie after {self.month(self.months)}, the first day after the period"
            )
        return self

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        unknown = sorted(set(self.scores.outliers) - set(self.unit_ids))
        if unknown:
            raise ValueError(f"outliers name units that do not exist: {', '.join(unknown)}")
        causes = sorted({fix.cause_code for fix in self.fixes} - set(CAUSES))
        if causes:
            raise ValueError(f"fixes name unknown causes: {', '.join(causes)}; known: {', '.join(CAUSES)}")
        return self

    @model_validator(mode="after")
    def _days_in_period(self) -> Self:
        cohorts = {role: [cohort.starts_on for cohort in links.cohorts] for role, links in self.links}
        fixed = (fix.implemented_on for fix in self.fixes)
        for day in (*cohorts["manager"], *cohorts["staff"], *fixed):
            if not 0 <= self.month_index(day) < self.months:
                raise ValueError(f"{day} lies outside the months of the scenario")
        if self.gaming is not None and self.gaming.starts_on not in cohorts[self.gaming.role]:
            raise ValueError("gaming must name the role and the start of one of the linked cohorts")
        return self

    @property
    def links(self) -> tuple[tuple[Literal["manager", "staff"], Links], ...]:
        """The pay links by role."""
        return (("manager", self.manager_links), ("staff", self.staff_links))

    @property
    def unit_ids(self) -> tuple[str, ...]:
        """The ids of the units; two of them are made to be misread, as a gap and as a number."""
        ids = [f"U{index + 1:03d}" for index in range(self.units)]
        if self.difficult_names:
            ids[1], ids[2] = "007", "NA"
        return tuple(ids)

    def month(self, index: int) -> date:
        """Return the first day of month `index`, counted from `start`; may be negative."""
        years, month = divmod(self.start.month - 1 + index, 12)
        return date(self.start.year + years, month + 1, 1)

    def month_index(self, day: date) -> int:
        """Return how many months `day` lies after `start`."""
        return (day.year - self.start.year) * 12 + day.month - self.start.month
