"""Policies as data: what is owed, by when, on which clock, and how strictly it is judged."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Protocol, Self

from pydantic import Field, model_validator

from auditlib.parameters.policy import Policy
from auditlib.parameters.run import EditionYear, Strict
from auditlib.parameters.strict_model import Misfit
from auditlib.records import Grade, Kind, Refusal
from auditlib.time.epoch import HOUR, MINUTE

Word = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$",
        description="Lower-case letters, digits, hyphens and underscores; at most 63.",
    ),
]
CaseClass = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,62}(/[a-z0-9][a-z0-9_-]{0,62})?$",
        description="A class of case, or two joined by a slash: critical, critical/gold.",
    ),
]
EVERY = "every"
"""The class of case a limit holds for where it holds for all."""


class Limit(Strict):
    """A span of time on the clock of its rule; give one of the two."""

    minutes: float | None = Field(None, gt=0)
    hours: float | None = Field(None, gt=0)

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if (self.minutes is None) == (self.hours is None):
            raise Misfit("a limit has one unit", remedy="Give either 'minutes' or 'hours'.")
        return self

    @property
    def microseconds(self) -> int:
        """The span in microseconds."""
        if self.minutes is not None:
            return round(self.minutes * MINUTE)
        return round((self.hours or 0) * HOUR)

    def __str__(self) -> str:
        many, unit = (self.hours or 0.0, "hour") if self.minutes is None else (self.minutes, "minute")
        return f"{many:g} {unit}{'' if many == 1 else 's'}"


class Deviations(Strict):
    """When a flexible rule may be departed from."""

    reasons: tuple[Word, ...] = Field(min_length=1, description="The guideline's list.")
    recorded_within: Limit | None = Field(
        None,
        description="Wall clock after the limit passed; default: by the limit itself. Later is back-dated.",
    )
    most: float = Field(ge=0, le=1, description="Largest share of cases that may be excused.")


class PlacedUnit(Protocol):
    """A unit with what its calendar may be chosen by."""

    @property
    def country(self) -> str:
        """Country of the unit."""
        ...

    @property
    def area(self) -> str:
        """Country, with the subdivision where there is one."""
        ...


class CalendarChoice(Strict):
    """A calendar for each kind of unit; a unit that is named nowhere has none, and is not judged."""

    by: Literal["unit_id", "unit_type", "region", "country", "subdivision", "ownership"] = Field(
        description="Column of the register of units."
    )
    of: dict[str, str] = Field(min_length=1, description="Value of that column → calendar, without .yaml.")
    otherwise: str = Field("", description="Calendar of the other units; without one they are not judged.")

    def calendar_of(self, unit: PlacedUnit) -> str:
        """Return the calendar of a unit; empty where it has none."""
        value = getattr(unit, self.by)
        if self.by == "subdivision" and value:
            # The register and the policy may each write the country before it, or leave it out.
            bare = unit.area.removeprefix(f"{unit.country}-")
            value = unit.area if unit.area in self.of else bare
        return self.of.get(value, self.otherwise)

    @property
    def files(self) -> tuple[str, ...]:
        """The calendars it names, each once."""
        return tuple(dict.fromkeys((*self.of.values(), *filter(None, [self.otherwise]))))


class DutyRule(Strict):
    """One duty: what is owed, since when the rule holds, and by when it is to be done."""

    duty: Word
    clause: str = Field(min_length=1, description="The rule in words.")
    cites: tuple[str, ...] = Field(min_length=1, description="Requirements it implements.")
    since: date = Field(description="First day the rule holds; earlier cases are not judged by it.")
    kind: Kind = Kind.RIGID
    calendar: str = Field("24x7", description="File in params/calendars, without .yaml.")
    calendars: CalendarChoice | None = Field(
        None, description="Instead of 'calendar': one for each kind of unit."
    )
    within: dict[CaseClass, Limit] = Field(
        default_factory=dict,
        description="Limit by class of case (band, priority, priority/tier), or 'every'.",
    )
    severity: Grade = Field(
        Grade.MAJOR, description="Grade of the finding that cases outside the limit raise."
    )
    deviations: Deviations | None = None
    satisfaction: float | None = Field(
        None, description="Target of a discretionary rule, as a share or mean."
    )

    @model_validator(mode="after")
    def _by_kind(self) -> Self:
        if (self.kind is Kind.FLEXIBLE) != (self.deviations is not None):
            message = "'deviations' belongs to a flexible rule, and every flexible rule needs it"
            raise Misfit(message, remedy="Correct 'kind', or add or delete it.", at=("deviations",))
        if (self.kind is Kind.DISCRETIONARY) != (self.satisfaction is not None):
            message = "'satisfaction' belongs to a discretionary rule, and every one needs it"
            raise Misfit(message, remedy="Correct 'kind', or add or delete it.", at=("satisfaction",))
        if self.kind is Kind.DISCRETIONARY and self.within:
            message = "a discretionary rule has no time limit"
            raise Misfit(message, remedy="Delete 'within', or correct 'kind'.", at=("within",))
        return self

    @model_validator(mode="after")
    def _one_clock(self) -> Self:
        if self.calendars is not None and "calendar" in self.model_fields_set:
            message = "a rule names one calendar, or one for each kind of unit"
            remedy = "Keep 'calendar' or 'calendars'; the calendar of the other units is 'otherwise'."
            raise Misfit(message, remedy=remedy, at=("calendar",))
        return self

    @property
    def clock(self) -> str:
        """What its working hours are called: the calendar, or what the calendars are chosen by."""
        return self.calendar if self.calendars is None else f"{self.duty} by {self.calendars.by}"

    @property
    def calendar_files(self) -> tuple[str, ...]:
        """The calendars it names, each once."""
        return (self.calendar,) if self.calendars is None else self.calendars.files

    def limit(self, case: str) -> Limit:
        """Return the limit for a class of case; KeyError where the rule has none."""
        return self.within[case] if case in self.within else self.within[EVERY]

    def limit_for(self, severity: str, tier: str = "") -> Limit | None:
        """Return the limit of a case by severity and tier, or None where there is none or it is unknown.

        The most particular one holds: ``critical/gold``, then ``critical``, then ``every``. What is unknown
        (empty) falls back on nothing that would be looser for another value of it.

        Examples
        --------
        >>> rule = DutyRule(duty="contact", clause="Call.", cites=("C7",), since=date(2025, 1, 1),
        ...                 within={"critical/gold": Limit(hours=1), "critical": Limit(hours=4)})
        >>> str(rule.limit_for("critical", "gold")), str(rule.limit_for("critical", "silver"))
        ('1 hour', '4 hours')
        >>> rule.limit_for("critical", "") is None
        True
        """
        joined = f"{severity}/{tier}"
        if severity and tier and joined in self.within:
            return self.within[joined]
        if severity and not tier and any(key.startswith(f"{severity}/") for key in self.within):
            return None
        if severity in self.within:
            return self.within[severity]
        apart = any(key != EVERY for key in self.within)
        return None if not severity and apart else self.within.get(EVERY)

    def limits_for(self, severity: str, tier: str = "") -> tuple[Limit | None, ...]:
        """Return every limit that a case may have, by what is unknown (empty) of its class.

        None stands for a class that has no limit. A known class has one limit, or none.

        Examples
        --------
        >>> rule = DutyRule(duty="contact", clause="Call.", cites=("C7",), since=date(2025, 1, 1),
        ...                 within={"critical/gold": Limit(hours=1), "critical": Limit(hours=4)})
        >>> [str(limit) for limit in rule.limits_for("critical", "")]
        ['1 hour', '4 hours']
        >>> rule.limits_for("low", "")
        (None,)
        """
        known = self.limit_for(severity, tier)
        if known is not None:
            return (known,)
        if not severity:
            every = tuple(self.within.values())
            return every if EVERY in self.within else (*every, None)
        tiers = tuple(limit for key, limit in self.within.items() if key.startswith(f"{severity}/"))
        if tier or not tiers:
            return (None,)
        return (*tiers, self.within.get(severity, self.within.get(EVERY)))


class ObligationPolicy(Policy):
    """A dated set of rules, cited and reviewed."""

    policy: Word
    edition: EditionYear
    title: str = Field(min_length=1)
    source: str = Field("", description="Where the rules come from.")
    rules: tuple[DutyRule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_duty_once(self) -> Self:
        names = [rule.duty for rule in self.rules]
        for index, name in enumerate(names):
            if name in names[:index]:
                raise Misfit(
                    f"two rules for one duty: {name}", remedy="Keep one.", at=("rules", index, "duty")
                )
        return self

    def rule(self, duty: str) -> DutyRule | None:
        """Return the rule of `duty`, or None where the policy does not owe it."""
        return next((rule for rule in self.rules if rule.duty == duty), None)

    @property
    def calendars(self) -> tuple[str, ...]:
        """The calendars its rules name, each once."""
        return tuple(dict.fromkeys(name for rule in self.rules for name in rule.calendar_files))


def no_policy(kind: str) -> Refusal:
    """Return the refusal where a run names no policy whose name begins with `kind`."""
    return Refusal(f"The run names no {kind} policy.", "Name one under 'policies' in the run file.")
