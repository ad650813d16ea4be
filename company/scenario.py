"""The scenario: what a generated company is like, and what is planted in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from auditlib.parameters.run import Strict
from auditlib.parameters.schema import file_schema
from auditlib.parameters.shape import did_you_mean
from auditlib.parameters.strict_model import Misfit
from auditlib.parameters.strict_yaml import Path
from company.gaming_forms import Forms
from company.places import CAUSES

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
    call_backs_per_month: float = Field(1.2, ge=0, description="Calls promised by an average unit and month.")
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
    customer_share: Probability = Field(
        0.0, description="Share of that variance that is the customer's own, in whatever they answer."
    )
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
            message = "the business day closes before it opens"
            raise Misfit(message, remedy="Exchange the two.", at=("closes",))
        return self


class Fix(Strict):
    """A fix of a recurring cause of complaints, with what it truly did."""

    cause_code: str
    implemented_on: date
    rate_ratio: float = Field(1.0, ge=0, description="Complaints of that cause after against before.")
    action_type: Literal["policy", "procedure", "system", "other"] = "procedure"


class Scenario(Strict):
    """A service company: size, habits, and the truth planted in it."""

    name: str = Field(
        "demo", pattern=r"^[a-z][a-z0-9-]*$", description="Lower-case letters, digits and hyphens."
    )
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
            message = "start must be the first day of a month"
            raise Misfit(message, remedy=f"Write {self.start.replace(day=1)}.", at=("start",))
        if self.as_of.tzinfo is None:
            message = "as_of needs its offset from UTC"
            raise Misfit(message, remedy="For example 2026-01-02T18:00:00Z.", at=("as_of",))
        if self.as_of.date() <= self.month(self.months):
            message = f"as_of must lie after {self.month(self.months)}, the first day after the period"
            raise Misfit(message, remedy="Give a later instant, or fewer months.", at=("as_of",))
        return self

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        unknown = sorted(set(self.scores.outliers) - set(self.unit_ids))
        if unknown:
            message = f"outliers name units that do not exist: {', '.join(unknown)}"
            remedy = f"There are {', '.join(self.unit_ids)}."
            raise Misfit(message, remedy=remedy, at=("scores", "outliers", unknown[0]))
        for index, fix in enumerate(self.fixes):
            if fix.cause_code not in CAUSES:
                message, at = f"there is no cause {fix.cause_code!r}", ("fixes", index, "cause_code")
                raise Misfit(message, remedy=did_you_mean(fix.cause_code, CAUSES), at=at)
        return self

    @model_validator(mode="after")
    def _days_in_period(self) -> Self:
        for at, day in self._days():
            if not 0 <= self.month_index(day) < self.months:
                span = f"from {self.start} to before {self.month(self.months)}"
                message = f"{day} lies outside the months of the scenario"
                raise Misfit(message, remedy=f"They run {span}.", at=at)
        linked = {role: [cohort.starts_on for cohort in links.cohorts] for role, links in self.links}
        if self.gaming is not None and self.gaming.starts_on not in linked[self.gaming.role]:
            message = f"no cohort of the role {self.gaming.role!r} is linked on {self.gaming.starts_on}"
            remedy = "Name the role and the start of one of the linked cohorts."
            raise Misfit(message, remedy=remedy, at=("gaming", "starts_on"))
        return self

    def _days(self) -> Iterator[tuple[Path, date]]:
        for role, links in self.links:
            for index, cohort in enumerate(links.cohorts):
                yield (f"{role}_links", "cohorts", index, "starts_on"), cohort.starts_on
        for index, fix in enumerate(self.fixes):
            yield ("fixes", index, "implemented_on"), fix.implemented_on

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


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario, for editors."""
    return file_schema(Scenario, title="A generated company and its planted truth")
