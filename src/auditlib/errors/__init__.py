"""Everything that can stop an audit, as one tree.

::

    AuditError                 exit 1   base class; catch this one
    ├── ParameterError         exit 2   a run file, standard, policy or command line is wrong
    ├── DataError              exit 3   a client's file cannot be used as it is declared
    │   └── EvidenceChanged    exit 3   stored evidence no longer matches its hash
    ├── NotebookFailed         exit 4   a notebook stopped; the others were finished
    ├── VerificationFailed     exit 5   an output differs from what was sealed
    └── Busy                   exit 6   another run is writing the same audit

Each message names the place (file, line, column where known) and says what to do next. A user's
mistake is always one of these and never a traceback.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from auditlib.errors.values import printable, without_secrets


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where it is, and what to do about it.

    Whatever it repeats is repeated without passwords and without characters that cannot be seen.

    Parameters
    ----------
    message
        What is wrong, in one sentence.
    file
        The file it was found in, as the user named it.
    line, column
        Position in that file, counted from 1; ``column`` may also be a column's name.
    remedy
        What to do next, in one sentence.
    """

    message: str
    file: str = ""
    line: int | None = None
    column: int | str | None = None
    remedy: str = ""

    def __post_init__(self) -> None:
        for part in ("message", "file", "column", "remedy"):
            value = getattr(self, part)
            if isinstance(value, str):
                object.__setattr__(self, part, printable(without_secrets(value)))

    def __str__(self) -> str:
        where = ", ".join(
            part for part in (self.file, _at("line", self.line), _at("column", self.column)) if part
        )
        return " ".join(part for part in (f"{where}:" if where else "", self.message, self.remedy) if part)


def _at(word: str, value: int | str | None) -> str:
    return "" if value is None else f"{word} {value}"


class AuditError(Exception):
    """Base of every error the suite raises on purpose; holds all problems found at once."""

    exit_code: ClassVar[int] = 1

    def __init__(self, *problems: Problem | str) -> None:
        self.problems: tuple[Problem, ...] = tuple(
            Problem(problem) if isinstance(problem, str) else problem for problem in problems
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> AuditError:
        """Build the error from a list of problems."""
        return cls(*problems)


class ParameterError(AuditError):
    """A parameter file or a command-line value is wrong: correct it at the place named."""

    exit_code = 2


class DataError(AuditError):
    """A client's file cannot be read as declared: correct the declaration or ask for a new export."""

    exit_code = 3


class EvidenceChanged(DataError):
    """Stored evidence no longer matches its hash: restore it or take the evidence in again."""


class NotebookFailed(AuditError):
    """At least one notebook stopped: read its kept copy, correct the cause, run again to resume."""

    exit_code = 4


class VerificationFailed(AuditError):
    """An output is not what was sealed: do not rely on it; run the audit again."""

    exit_code = 5


class Busy(AuditError):
    """Another process writes this audit: wait for it, or stop it."""

    exit_code = 6
