"""A question put to evidence that may not hold the answer: a result, or the reason in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from auditlib.records import Number, Refusal, Sentence

if TYPE_CHECKING:
    import pandas as pd


class Told(Protocol):
    """What a result offers."""

    def to_frame(self) -> pd.DataFrame:
        """Return its table."""
        ...

    def numbers(self) -> tuple[Number, ...]:
        """Return its numbers."""
        ...

    def summary(self) -> tuple[Sentence, ...]:
        """Return it in words."""
        ...


Found = TypeVar("Found", bound=Told)


@dataclass(frozen=True)
class Attempt(Generic[Found]):
    """A result, or why there is none; iterating gives the result once, or nothing.

    Parameters
    ----------
    about
        What was asked about, in words.
    found
        The result, or the refusal.
    """

    about: str
    found: Found | Refusal

    def __iter__(self) -> Iterator[Found]:
        if not isinstance(self.found, Refusal):
            yield self.found

    @property
    def missing(self) -> tuple[Attempt[Found], ...]:
        """Itself where there is no result, to be said where the result would stand."""
        return () if self.answered else (self,)

    @property
    def answered(self) -> bool:
        """Whether there is a result."""
        return not isinstance(self.found, Refusal)

    def to_frame(self) -> pd.DataFrame:
        """Return the table of the result; without rows where there is none."""
        import pandas as pd

        return pd.DataFrame() if isinstance(self.found, Refusal) else self.found.to_frame()

    def numbers(self) -> tuple[Number, ...]:
        """Return the numbers of the result; one without value and with the reason where there is none."""
        if isinstance(self.found, Refusal):
            return (Number(self._key, None, reason=f"{self.found.reason} {self.found.remedy}".strip()),)
        return self.found.numbers()

    def summary(self) -> tuple[Sentence, ...]:
        """Return the result in words, or that it is not assessable and why."""
        if isinstance(self.found, Refusal):
            about, why = self.about[:1].upper() + self.about[1:], f"{self.found.reason} {self.found.remedy}"
            return (Sentence(f"{about}: not assessable. {why}".strip(), (self._key,)),)
        return self.found.summary()

    @property
    def _key(self) -> str:
        return f"not_assessable:{self.about.replace(' ', '_')}"


@dataclass(frozen=True)
class CombinedAnswer:
    """The answer of a notebook that asks several things: what was answered, else every reason."""

    parts: tuple[Attempt[Told], ...]

    @property
    def _chosen(self) -> tuple[Attempt[Told], ...]:
        return tuple(part for part in self.parts if part.answered) or self.parts

    def to_frame(self) -> pd.DataFrame:
        """Return the table of the first part that was answered."""
        return self._chosen[0].to_frame()

    def numbers(self) -> tuple[Number, ...]:
        """Return the numbers of what was answered."""
        return tuple(number for part in self._chosen for number in part.numbers())

    def summary(self) -> tuple[Sentence, ...]:
        """Return what was answered, in words."""
        return tuple(sentence for part in self._chosen for sentence in part.summary())


def limits(followed: Attempt[Found], desk: Attempt[Told]) -> tuple[Sentence, ...]:
    """Return what the parts that were answered cannot say."""
    told: list[Sentence] = []
    if followed.answered:
        told.append(
            Sentence(
                "A follow-up is judged by what was recorded: whether the customer was helped is asked "
                "elsewhere, and an acknowledgement is judged by its marks, not by its wording."
            )
        )
    if desk.answered:
        told.append(
            Sentence(
                "The shares of a desk's clocks depend on the limits and opening hours that the policy "
                "declares; where customers were promised others, they say nothing of those."
            )
        )
    return tuple(told)
