"""What an audit says: numbers with their basis, sentences, refusals and findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval; `level` is its nominal coverage, `method` its name."""

    low: float
    high: float
    level: float = 0.95
    method: str = ""


@dataclass(frozen=True, slots=True)
class Basis:
    """The rows a number rests on, so that it can be found and counted again.

    Parameters
    ----------
    table
        Canonical table, or ``"cells"``, ``"quarantine"``, ``"sources"``.
    where
        Equalities that select the rows, as ``(column, value)`` pairs.
    column
        The column whose non-empty values were used; empty where rows were counted.
    rows
        How many rows that selection held when the number was made.
    """

    table: str
    where: tuple[tuple[str, str | int | float | bool], ...] = ()
    column: str = ""
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """One number of an audit, with everything needed to trust and to find it.

    Parameters
    ----------
    key
        Stable within its notebook, for example ``"top_box:U014:transactional:q_overall"``.
    value
        None where it cannot be had; `reason` then says why.
    unit
        ``"points"``, ``"share"``, ``"rows"``, ``"days"`` ...
    n
        Observations behind it.
    interval
        None where the number is a plain count.
    basis
        The rows it rests on.
    reason
        Why there is no value, or what limits it.
    """

    key: str
    value: float | int | str | None
    unit: str = ""
    n: int | None = None
    interval: Interval | None = None
    basis: tuple[Basis, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence filled from numbers, with the keys of the numbers it states."""

    text: str
    keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something cannot be answered, and what would make it answerable."""

    reason: str
    remedy: str = ""


class Grade(StrEnum):
    """How heavy a finding is."""

    MAJOR = "major"
    MINOR = "minor"
    OPPORTUNITY = "opportunity"


class ActionType(StrEnum):
    """What an action changes."""

    POLICY = "policy"
    PROCEDURE = "procedure"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class CaseReference:
    """One case a finding rests on, named so that whoever has the evidence can look it up.

    Parameters
    ----------
    table, id
        Canonical table, and the key of its row.
    unit
        Where it happened; empty where that does not apply.
    words
        What was wrong with it, in a few words.
    """

    table: str
    id: str
    unit: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What an auditor reports, in the five parts auditors expect.

    Parameters
    ----------
    criterion
        What was demanded (id and words).
    condition
        What was found.
    cause, effect, recommendation
        Why it is so as far as the evidence shows, what it leads to, what to do.
    grade
        Major, minor or opportunity.
    subject
        What it is about: a table, unit, duty; part of the fingerprint.
    evidence
        Keys of the numbers it rests on, as ``notebook/key``.
    fingerprint
        Same finding, same fingerprint, from audit to audit; filled by `audit`.
    cases
        The cases it rests on, worst first; none where it rests on no single rows.
    cases_in_all
        How many there are, where more than are listed: a finding lists the first, and all are handed over.
    metric
        The metric of a standard it breaches, with its options as a criterion names them
        (``complaints_resolved severity=critical within_days=5``); empty where it breaches none. A criterion
        that judges the same metric reports it as its own.
    shortfall
        How far what was found lies from what was demanded, as a share of what was demanded (0 to 1 and
        more); None where nothing was measured. What is worst is shown first.
    headline
        What failed and by how much, in one line, from numbers in `evidence`; empty where `condition` is
        short enough to be that.
    """

    criterion: str
    condition: str
    cause: str
    effect: str
    recommendation: str
    grade: Grade
    subject: str
    evidence: tuple[str, ...] = field(default=())
    fingerprint: str = ""
    cases: tuple[CaseReference, ...] = ()
    metric: str = ""
    shortfall: float | None = None
    headline: str = ""
    cases_in_all: int = 0

    @property
    def cases_counted(self) -> int:
        """Cases it rests on, listed or not."""
        return max(self.cases_in_all, len(self.cases))

    @property
    def cases_left_out(self) -> int:
        """Cases it rests on and does not list."""
        return self.cases_counted - len(self.cases)
