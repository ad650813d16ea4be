"""Answers that more than one room gives: shares met, the calendars clocks ran on, the register of duties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from auditlib.obligations import facts, statements
from auditlib.obligations.calendar_use import CalendarUse
from auditlib.obligations.rates import Rates
from auditlib.obligations.register import DutyRegister
from auditlib.records import Number, Sentence
from auditlib.statements import Answer, Exhibit, Unanswered


@dataclass(frozen=True, eq=False, repr=False)
class RatesAnswer(Answer[Rates]):
    """Shares met by some columns, in words.

    Parameters
    ----------
    title
        Of its table.
    """

    ranges: ClassVar[bool] = True

    title: str = ""

    def numbers(self) -> tuple[Number, ...]:
        """Return each share with its interval, and each count."""
        return tuple(facts.of_rates(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return the lowest and the highest share."""
        return tuple(statements.of_rates(self.result, self.facts))

    def exhibit(self) -> Exhibit:
        """Return the table of its counts and shares."""
        return Exhibit(self.result.frame, self.title, self.result.by, facts=self.numbers())


@dataclass(frozen=True, eq=False, repr=False)
class CalendarsAnswer(Answer[CalendarUse]):
    """Calendars that clocks ran on, in words."""

    def numbers(self) -> tuple[Number, ...]:
        """Return how many units use each calendar, use none, and name no subdivision."""
        return tuple(facts.of_calendars(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return what the calendars leave out: places that share one, and units that have none."""
        return tuple(dict.fromkeys(statements.of_calendars(self.result, self.facts)))

    def exhibit(self) -> Exhibit:
        """Return the table of calendars."""
        return Exhibit(
            self.to_frame(),
            "Calendars, who used them, and the days they were closed",
            ("calendar",),
            facts.UNITS,
            self.numbers(),
            labels={"used_by": "Used by"},
        )


@dataclass(frozen=True, eq=False, repr=False)
class RegisterAnswer(Answer[DutyRegister]):
    """The register of duties, in words."""

    def numbers(self) -> tuple[Number, ...]:
        """Return how many rows are handed over."""
        return tuple(facts.of_register(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return that the register is handed over, and how a case is looked up in it."""
        return (statements.of_register(self.result, self.facts),)

    @property
    def rows(self) -> Any:
        """What is handed over."""
        return self.result.rows


def calendars_of(*answers: Answer[Any] | Unanswered) -> tuple[CalendarsAnswer, ...]:
    """Return the calendars of all answers as one use; nothing where there is no answer.

    Parameters
    ----------
    *answers
        Their results tell the calendars they ran on (`calendars`).
    """
    uses = [answer.result.calendars() for answer in answers if isinstance(answer, Answer)]
    hours = {f"{turn}:{name}": ran for turn, use in enumerate(uses) for name, ran in use.hours.items()}
    return (CalendarsAnswer(CalendarUse(hours)),) if hours else ()


def register_of(*answers: Answer[Any] | Unanswered) -> RegisterAnswer:
    """Return the register of every duty judged.

    Parameters
    ----------
    *answers
        Their results give their duties as rows of the register (`register_rows`).
    """
    parts = [answer.result.register_rows() for answer in answers if isinstance(answer, Answer)]
    return RegisterAnswer(DutyRegister.of(parts))
