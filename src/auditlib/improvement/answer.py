"""The answer of 16: whether scores improve, in words."""

from __future__ import annotations

from auditlib.improvement import facts, statements
from auditlib.improvement.result import Improving
from auditlib.records import Number, Sentence
from auditlib.statements import Answer


class ImprovingAnswer(Answer[Improving]):
    """Where scores go, by how much, and whether a trend bears it out."""

    def numbers(self) -> tuple[Number, ...]:
        """Return the value of both periods, the difference and the trend, each with its interval."""
        return tuple(facts.facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return where scores go, by how much, and whether a trend bears it out."""
        return tuple(statements.summary(self.result, self.facts))

    def limits(self) -> tuple[Sentence, ...]:
        """Return what the answer cannot say."""
        return tuple(statements.limits(self.result))
