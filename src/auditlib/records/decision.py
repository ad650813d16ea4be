"""The decision of an audit: its score, its scope, what weighs in it, and the steps of its rule."""

from __future__ import annotations

from dataclasses import dataclass

from auditlib.records.result import Grade
from auditlib.records.standard import Outcome


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the decision rule.

    Parameters
    ----------
    rule
        What the rule asks.
    found
        What was found, with the numbers.
    outcome
        Whether this step holds.
    criteria
        Ids of the criteria that decided it.
    """

    rule: str
    found: str
    outcome: Outcome
    criteria: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """A weighted score: what is certain, and what it could be if every open criterion were met."""

    low: float
    high: float
    weight: float
    """Sum of the weights judged; criteria not applicable or waived are left out."""


@dataclass(frozen=True, slots=True)
class WeighedFinding:
    """A finding as the decision weighs it.

    Parameters
    ----------
    key
        What closes it: the id of a criterion, or the fingerprint of another notebook's finding.
    name
        What the trace calls it.
    grade
        Major, minor or opportunity; the last never stops a decision.
    category
        Category of the edition, or one of its own for what no criterion is about.
    """

    key: str
    name: str
    grade: Grade
    category: str


@dataclass(frozen=True, slots=True)
class GatheredMinors:
    """Open minors of one category, so many that together they count as a major."""

    category: str
    title: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a certificate speaks of: the criteria this suite does not measure are outside.

    Parameters
    ----------
    outside
        Ids of the criteria outside.
    weight_outside, weight
        Their weight, and that of all criteria of the edition.
    """

    outside: tuple[str, ...] = ()
    weight_outside: float = 0.0
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the operation meets the standard, with the full trace of the rule (A15).

    Parameters
    ----------
    outcome
        ``met``, ``not_met``, ``not_demonstrated``, with no evidence at all ``not_assessable``, and
        ``not_applicable`` where every step holds and the edition may not certify the audited period.
    compared
        What the steps say, whether or not the edition may certify.
    whole
        Whether the findings of all notebooks entered, or the criteria alone.
    open_majors, open_minors
        Names of the findings that stand open; minors gathered into majors are among both.
    closed
        Names of the majors and minors that the register of actions closes.
    """

    standard: str
    outcome: Outcome
    compared: Outcome
    whole: bool
    score: Score
    process: Score | None
    results: Score | None
    open_majors: tuple[str, ...]
    open_minors: tuple[str, ...]
    closed: tuple[str, ...]
    gathered: tuple[GatheredMinors, ...]
    scope: Scope
    mismatch: str
    trace: tuple[Step, ...]
