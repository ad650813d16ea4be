"""Sentences with the marks of their numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditlib.audit.schema import SaidModel
from auditlib.report.references import Mark, Register
from auditlib.report.words import sentence_of


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with the marks of its numbers."""

    text: str
    marks: tuple[Mark, ...]


def lines_of(said: Iterable[SaidModel], notebook: str, register: Register) -> tuple[Line, ...]:
    """Return what a notebook said, each number entered in the register."""
    return tuple(
        Line(sentence_of(one.text), register.mark(f"{notebook}/{key}" for key in one.keys)) for one in said
    )
