"""What goes with dissatisfaction, and which of it no action covers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Self

from auditlib.drivers import tables
from auditlib.drivers.causes import Cause, Causes
from auditlib.drivers.coverage import Covered, Fix, Promised, covered, on
from auditlib.drivers.findings import findings_of
from auditlib.drivers.following import Followed
from auditlib.drivers.numbers import cause_numbers, followed_numbers, survey_numbers
from auditlib.drivers.policy import DriversPolicy
from auditlib.drivers.questions import DriverQuestion, Survey
from auditlib.drivers.wording import (
    actions_sentence,
    cause_sentence,
    limit_sentences,
    movement_sentences,
    survey_sentence,
)
from auditlib.records import Basis, Finding, Held, Number, Refusal, Sentence

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Driver:
    """A main driver and the actions on it.

    Parameters
    ----------
    kind, name
        ``cause`` or ``question``, and which.
    found
        The cause or question itself.
    causes
        Causes it stands for: itself, or those declared for the question.
    fixes, promised
        Systemic actions on them, and what was promised to single customers.
    covered
        How far the actions cover it.
    """

    kind: str
    name: str
    found: Cause | DriverQuestion
    causes: tuple[str, ...]
    fixes: tuple[Fix, ...]
    promised: Promised
    covered: Covered

    @property
    def key(self) -> str:
        """What its numbers are called."""
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, eq=False)
class Ranked:
    """One table of a result with the numbers it shows."""

    found: tuple[Number, ...]
    table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Return the table."""
        return self.table

    def numbers(self) -> tuple[Number, ...]:
        """Return the numbers of the result."""
        return self.found

    def summary(self) -> tuple[Sentence, ...]:
        """Return nothing: the result itself says it."""
        return ()


@dataclass(frozen=True)
class DriversResult:
    """Drivers of dissatisfaction with their uncertainty, and the actions on them.

    Parameters
    ----------
    surveys
        One for each declared survey type.
    causes
        What customers name.
    fixes
        The party's register of systemic actions; None where there is none.
    promised
        What formal reports promised, by cause.
    followed
        What became of a cause after each action.
    not_assessable
        Why nothing can be said at all.
    minimum_cell
        Fewest complaints of which a ratio is stated.
    """

    ranges: ClassVar[bool] = True

    policy: DriversPolicy
    level: float
    surveys: tuple[Survey, ...] = ()
    causes: Causes = field(default_factory=Causes)
    fixes: tuple[Fix, ...] | None = None
    promised: Mapping[str, Promised] = field(default_factory=dict)
    followed: tuple[Followed, ...] = ()
    not_assessable: Refusal | None = None
    minimum_cell: int = 1

    def without(self, held: Held) -> tuple[Self, int]:
        """Return it without the questions whose numbers are held back, and how many they are."""
        kept = tuple(survey.shown(held) for survey in self.surveys)
        shown = replace(self, surveys=kept, causes=self.causes.without(held))
        return shown, sum(each.left_out for each in kept)

    @property
    def ranked(self) -> tuple[Survey, ...]:
        """Surveys whose questions could be ranked."""
        return tuple(survey for survey in self.surveys if survey.questions)

    @property
    def main(self) -> tuple[Driver, ...]:
        """Main drivers: causes named most often, then the questions of each survey."""
        return (*self.main_causes, *(driver for survey in self.ranked for driver in self._of(survey)))

    @property
    def main_causes(self) -> tuple[Driver, ...]:
        """The causes named most often."""
        return tuple(
            self._driver("cause", cause, cause.code) for cause in self.causes.causes[: self.policy.top]
        )

    @property
    def uncovered(self) -> tuple[Driver, ...]:
        """Main causes that no action covers for every unit."""
        return tuple(cause for cause in self.main_causes if cause.covered in (Covered.NO, Covered.PART))

    @property
    def basis(self) -> Basis:
        """The register of fixes, on which the coverage rests first of all."""
        return Basis("fixes")

    @property
    def ranked_surveys(self) -> tuple[Ranked, ...]:
        """The table of all questions, once; nothing where none could be ranked."""
        return (Ranked(self.numbers(), tables.questions(self.ranked)),) if self.ranked else ()

    @property
    def ranked_causes(self) -> tuple[Ranked, ...]:
        """The table of causes, once; nothing where none could be ranked."""
        return (Ranked(self.numbers(), tables.causes(self.causes)),) if self.causes.causes else ()

    @property
    def main_drivers(self) -> tuple[Ranked, ...]:
        """The table of main drivers and the actions on them, once; nothing where there is no driver."""
        return (Ranked(self.numbers(), self.to_frame()),) if self.main else ()

    @property
    def followed_actions(self) -> tuple[Ranked, ...]:
        """The table of actions that took effect, once: complaints of their cause before and after."""
        return (Ranked(self.numbers(), tables.followed(self.followed)),) if self.followed else ()

    def _of(self, survey: Survey) -> Iterator[Driver]:
        for question in survey.questions[: self.policy.top]:
            yield self._driver("question", question, f"{survey.survey_type}:{question.name}")

    def _driver(self, kind: str, found: Cause | DriverQuestion, name: str) -> Driver:
        own = (found.code,) if isinstance(found, Cause) else self.policy.causes.get(found.item.item, ())
        fixes = tuple(fix for cause in own for fix in on(cause, self.fixes or ()))
        told = [self.promised.get(cause, Promised()) for cause in own]
        promised = Promised(sum(one.actions for one in told), sum(one.done for one in told))
        return Driver(kind, name, found, own, fixes, promised, covered(own, self.fixes))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per main driver: how much goes with it, and the actions on it."""
        return tables.coverage(self.main)

    def numbers(self) -> tuple[Number, ...]:
        """Return every estimate with its interval, and how many main drivers are covered."""
        if self.not_assessable is not None:
            return (Number("drivers", None, "count", reason=self.not_assessable.reason),)
        numbers = [number for survey in self.surveys for number in survey_numbers(survey)]
        numbers += cause_numbers(self.causes)
        numbers += [number for each in self.followed for number in followed_numbers(each)]
        numbers += [
            Number(f"actions:{each.key}", len(each.fixes), "count", basis=(Basis("fixes"),))
            for each in self.main
            if self.fixes is not None
        ]
        numbers += [
            Number(f"covered:{each.key}", each.covered.value, basis=(Basis("fixes"),)) for each in self.main
        ]
        numbers += [
            Number(f"{name}:{each.key}", value, "count", basis=(Basis("report_actions"),))
            for each in self.main
            for name, value in (("promised", each.promised.actions), ("done", each.promised.done))
            if self.promised
        ]
        counts = {"drivers": len(self.main_causes), "uncovered": len(self.uncovered)}
        counts["covered"] = sum(cause.covered is Covered.YES for cause in self.main_causes)
        numbers += [Number(name, value, "count", basis=self.causes.basis) for name, value in counts.items()]
        numbers.append(Number("top", self.policy.top, "count", reason="Declared."))
        return tuple(numbers)

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding for each main cause that no action covers for every unit."""
        return findings_of(self.uncovered, questions=self.policy.causes, top=self.policy.top)

    def summary(self) -> tuple[Sentence, ...]:
        """Return what goes with dissatisfaction, and which of it no action covers."""
        if self.not_assessable is not None:
            text = f"Not assessable: {self.not_assessable.reason} {self.not_assessable.remedy}".strip()
            return (Sentence(text, ("drivers",)),)
        return (
            cause_sentence(self.causes, self.policy.top),
            actions_sentence(self.main_causes, self.uncovered, register=self.fixes is not None),
            *(survey_sentence(survey, self.policy.top) for survey in self.surveys),
        )

    def movement(self) -> tuple[Sentence, ...]:
        """Return what became of each cause after the action on it."""
        register = self.fixes is not None
        return movement_sentences(self.followed, register=register, minimum=self.minimum_cell)

    def limits(self) -> tuple[Sentence, ...]:
        """Return what cannot be said."""
        return (
            () if self.not_assessable is not None else limit_sentences(self.surveys, self.causes, self.policy)
        )
