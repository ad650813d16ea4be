"""A question about units that the evidence cannot answer, said like an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import pandas as pd

from auditlib.records import Number, Refusal, Sentence

Answer = TypeVar("Answer")


class Picture(Protocol):
    """An answer that knows whether there is anything in it to draw."""

    @property
    def drawn(self) -> bool:
        """Whether its figure would show a single mark."""
        ...


Pictured = TypeVar("Pictured", bound=Picture)


@dataclass(frozen=True, slots=True)
class UnansweredComparison:
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


def answered(results: Iterable[Answer | UnansweredComparison]) -> tuple[Answer, ...]:
    """Return the results that are answers."""
    return tuple(result for result in results if not isinstance(result, UnansweredComparison))


def pictured(results: Iterable[Pictured | UnansweredComparison]) -> tuple[Pictured, ...]:
    """Return the answers that have something to draw: an empty frame tells a reader nothing."""
    return tuple(result for result in answered(results) if result.drawn)
