"""What a room answers: a result, what is said of it, and the tables it is read from."""

from __future__ import annotations

import html
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

from auditlib.records import Basis, Finding, Held, Number, Refusal, Sentence, Ungrouped
from auditlib.statements.facts import Numbered

if TYPE_CHECKING:
    import pandas as pd

Result = TypeVar("Result")
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Answer(Numbered, Generic[Result]):
    """The answer to one question; each room writes its own, beside its result and its statements.

    A result imports no words. Who computes with numbers takes `result`; a notebook prints the answer.

    Parameters
    ----------
    result
        Frozen values, with `to_frame`, and `without` where something is drawn of them.

    Examples
    --------
    >>> class Count(Answer[int]):
    ...     def numbers(self):
    ...         return (Number("rows", self.result, "rows"),)
    ...
    ...     def summary(self):
    ...         return (Sentence(f"There are {self.result} rows.", ("rows",)),)
    >>> Count(3)
    There are 3 rows.
    >>> Count(3).facts["rows"].value
    3
    """

    answered: ClassVar[bool] = True
    """Whether there is an answer; see `Unanswered`."""
    ranges: ClassVar[bool] = False
    """Whether its words say which groups come first: they are then chosen among what may be shown."""

    result: Result

    @abstractmethod
    def summary(self) -> tuple[Sentence, ...]:
        """Return the answer in words."""

    def to_frame(self) -> pd.DataFrame:
        """Return the table of the result."""
        result: Any = self.result
        frame: pd.DataFrame = result.to_frame()
        return frame

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it without the groups that are held back (None: nothing is left), and their number."""
        result: Any = self.result
        part, lost = result.without(held)
        return (None if part is None else replace(self, result=part)), lost

    def __repr__(self) -> str:
        return " ".join(sentence.text for sentence in self.summary())

    def _repr_html_(self) -> str:
        return "".join(f"<p>{html.escape(sentence.text)}</p>" for sentence in self.summary())


@dataclass(frozen=True, eq=False)
class Exhibit:
    """A table as a room wants it read: what names a row, how columns are headed, what it rests on.

    Parameters
    ----------
    frame
        One row per entry.
    title
        Printed above.
    by
        Columns that name a row; the label columns it begins with where empty.
    basis
        The rows the whole table rests on, where its numbers do not say it.
    facts
        Numbers its cells show, under ``column:row``.
    units, labels
        Unit and heading of columns that need another than the usual.
    caption
        Printed below.
    keys
        Numbers that its title, caption and cells of text state.
    """

    frame: pd.DataFrame
    title: str = ""
    by: tuple[str, ...] = ()
    basis: Basis | None = None
    facts: tuple[Number, ...] = ()
    units: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    labels: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    caption: str = ""
    keys: Sequence[str] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return the table."""
        return self.frame

    def numbers(self) -> tuple[Number, ...]:
        """Return the numbers its cells show."""
        return self.facts

    def summary(self) -> tuple[Sentence, ...]:
        """Return nothing: the answer says it."""
        return ()


@dataclass(frozen=True, slots=True)
class Unanswered(Ungrouped):
    """Stands where a result would stand, and says why there is none.

    Parameters
    ----------
    title
        What was asked.
    refusal
        Why it has no answer, and what would make it answerable.
    key
        Of the number there is none of; none is recorded where empty.
    outcome
        What it comes to, where that is said before the reason: ``not assessable.``

    Examples
    --------
    >>> Unanswered.not_assessable("clocks of a desk", Refusal("There is no log.", "Ask for it.")).summary()[0]
    Sentence(text='Clocks of a desk: not assessable. There is no log. Ask for it.',
        keys=('not_assessable:clocks_of_a_desk',))
    """

    answered: ClassVar[bool] = False

    title: str
    refusal: Refusal
    key: str = ""
    outcome: str = ""

    @classmethod
    def not_assessable(cls, about: str, refusal: Refusal) -> Self:
        """Return that `about` cannot be assessed; the reason of its number says what to ask for too."""
        why = Refusal(f"{refusal.reason} {refusal.remedy}".strip())
        title, key = about[:1].upper() + about[1:], f"not_assessable:{about.replace(' ', '_')}"
        return cls(title, why, key, "not assessable.")

    @property
    def caption(self) -> str:
        """What would make it answerable."""
        return self.refusal.remedy

    @property
    def alt(self) -> str:
        """Why there is nothing to see."""
        return self.refusal.reason

    def to_frame(self) -> pd.DataFrame:
        """Return a frame without rows."""
        import pandas as pd

        return pd.DataFrame({"reason": []})

    def numbers(self) -> tuple[Number, ...]:
        """Return the number there is none of, with its reason."""
        return (Number(self.key, None, reason=self.refusal.reason),) if self.key else ()

    def summary(self) -> tuple[Sentence, ...]:
        """Return the reason."""
        why = f"{self.outcome} {self.refusal.reason} {self.refusal.remedy}".strip()
        return (Sentence(f"{self.title}: {why}", (self.key,)) if self.key else Sentence(why),)

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: what was not assessed is not wrong."""
        return ()

    def limits(self) -> tuple[Sentence, ...]:
        """Return nothing: what was not said has no limits."""
        return ()


def answered(*parts: Answer[Any] | Unanswered) -> tuple[Answer[Any] | Unanswered, ...]:
    """Return the parts of a question that were answered; where none was, all, each to say why."""
    return tuple(part for part in parts if part.answered) or parts
