"""A question about units that the evidence cannot answer, said like an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import pandas as pd

from auditlib.records import Number, Refusal, Sentence

Answer = TypeVar("Answer")


class Drawable(Protocol):
    """An answer that a figure shows, where there is something in it to be drawn."""

    @property
    def drawn(self) -> bool:
        """Whether there is a mark to draw."""


Drawn = TypeVar("Drawn", bound=Drawable)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """What was asked, and why it has no answer."""

    question: str
    key: str
    refusal: Refusal

    def to_frame(self) -> pd.DataFrame:
        """Return one row: what was asked and why it has no answer."""
        return pd.DataFrame([{"question": self.question, "why": self.refusal.reason}])

    def summary(self) -> tuple[Sentence, ...]:
        """Return the reason as a sentence."""
        return (
            Sentence(f"{self.question}: {self.refusal.reason} {self.refusal.remedy}".strip(), (self.key,)),
        )

    def numbers(self) -> tuple[Number, ...]:
        """Return the number there is none of, with its reason."""
        return (Number(self.key, None, reason=self.refusal.reason),)


def answered(results: Iterable[Answer | Unanswered]) -> tuple[Answer, ...]:
    """Return the results that are answers."""
    return tuple(result for result in results if not isinstance(result, Unanswered))


def drawable(results: Iterable[Drawn | Unanswered]) -> tuple[Drawn, ...]:
    """Return the results that hold something to be drawn: an empty figure says less than its sentence."""
    return tuple(result for result in answered(results) if result.drawn)
