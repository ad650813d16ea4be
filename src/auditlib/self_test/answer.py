"""The answer of 12: what the checks found of known faults, in words and as a table."""

from __future__ import annotations

from dataclasses import dataclass

from auditlib.records import Number, Sentence
from auditlib.self_test import facts, statements
from auditlib.self_test.result import SelfTest
from auditlib.statements import Answer, Exhibit


@dataclass(frozen=True, eq=False, repr=False)
class SelfTestAnswer(Answer[SelfTest]):
    """What the checks found of faults planted in a copy of the evidence, in words."""

    def numbers(self) -> tuple[Number, ...]:
        """Return what was planted and found, of each fault and of all."""
        return tuple(facts.facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return how much was found, which checks miss some, and what was called wrong besides."""
        return tuple(statements.summary(self.result, self.facts))

    def left_out(self) -> tuple[Sentence, ...]:
        """Return what could not be planted, and why."""
        sentences = tuple(statements.left_out(self.result))
        return sentences or (Sentence("Every fault could be planted.", ("left_out",)),)

    def limits(self) -> tuple[Sentence, ...]:
        """Return what the self-test cannot say."""
        return tuple(statements.limits(self.result))

    def exhibit(self) -> tuple[Exhibit, ...]:
        """Return the table of faults, in the order of the checks; nothing where none could be planted."""
        if not self.result.planted:
            return ()
        return (
            Exhibit(
                self.to_frame(),
                "Faults planted in a copy of the records, and what the checks found",
                ("fault",),
                facts=tuple(self.facts),
                labels={
                    "fault": "Planted",
                    "check": "Check",
                    "planted": "How many",
                    "found": "Found",
                    "share": "Share found",
                    "untouched": "Left as they are",
                    "newly": "Newly called wrong",
                },
            ),
        )
