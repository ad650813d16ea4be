"""Sentences with the marks of their numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditlib.records import Sentence
from auditlib.report.references import ReferenceMark, Register
from auditlib.report.words import sentence_of


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with the marks of its numbers."""

    text: str
    marks: tuple[ReferenceMark, ...]


def lines_of(sentences: Iterable[Sentence], notebook: str, register: Register) -> tuple[Line, ...]:
    """Return what a notebook said, each number entered in the register.

    Raises
    ------
    VerificationFailed
        Where a sentence states a number that none of its keys has.
    """
    return tuple(_line(sentence, notebook, register) for sentence in sentences)


def _line(sentence: Sentence, notebook: str, register: Register) -> Line:
    references = [f"{notebook}/{key}" for key in sentence.keys]
    marks = register.mark(references)
    register.refuse_orphans(sentence.text, references, notebook=notebook)
    return Line(sentence_of(sentence.text), marks)
