"""The law of obligations, one case at a time: what a status means, written to be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product

from auditlib.records import Kind


class Status(StrEnum):
    """What became of an obligation, as of an instant."""

    MET = "met"
    """Done by the right party, no later than the deadline."""
    LATE = "late"
    """Done by the right party, after the deadline."""
    MISSING = "missing"
    """Not done, and the deadline has passed."""
    WRONG_PARTY = "wrong_party"
    """Done, but not by, or not in the presence of, those who had to."""
    PENDING = "pending"
    """Not done, and the deadline has not passed."""
    EXCUSED = "excused"
    """No longer owed, or departed from for a reason that counts."""
    UNKNOWN = "unknown"
    """What is recorded leaves it open: it counts on neither side."""


NEVER = 2**62
"""Later than every instant: the end of what may lie at any time."""
SPANS = ("due", "done", "excused", "deviation")
"""Instants that may be known by their day alone: each lies between ``<name>_at`` and ``<name>_until``."""


@dataclass(frozen=True, slots=True)
class Case:
    """One obligation and what is known to have happened; instants are UTC microseconds.

    Parameters
    ----------
    due_at
        Deadline; None where there is no time test.
    done_at
        When it was done; None where it was not.
    right_party
        Whether those who had to do it, or be present, did and were; None where nobody said.
    excused_at
        When something happened that releases the party (a customer who declines).
    deviation_at
        When a deviation was recorded; None where none was.
    deviation_listed
        Whether its reason is on the guideline's list.
    due_until, done_until, excused_until, deviation_until
        Last instant it may have been, where only a day is known; None where the instant is known.
    """

    due_at: int | None
    done_at: int | None = None
    right_party: bool | None = True
    excused_at: int | None = None
    deviation_at: int | None = None
    deviation_listed: bool = False
    due_until: int | None = None
    done_until: int | None = None
    excused_until: int | None = None
    deviation_until: int | None = None


def assess_one(case: Case, *, as_of: int, kind: Kind = Kind.RIGID, recorded_within: int = 0) -> Status:
    """Return what became of `case`, seen from `as_of`; what happened after `as_of` is not known yet.

    Where an instant is known by its day alone, the status is the one that it has whenever on that day it
    was, and where nobody said who did it, whoever it was; where there is more than one, it is unknown.

    Parameters
    ----------
    as_of
        UTC microseconds.
    kind
        Rigid: no deviation counts. Flexible: a listed one, recorded in time, excuses. Discretionary:
        there is no time test.
    recorded_within
        Microseconds of wall clock after the deadline within which a deviation counts as recorded at
        the time.
    """
    statuses = {
        _status(possible, as_of=as_of, kind=kind, recorded_within=recorded_within)
        for possible in _possible(case)
    }
    return statuses.pop() if len(statuses) == 1 else Status.UNKNOWN


def _possible(case: Case) -> Iterator[Case]:
    """Yield the case at each end of what is known; in between nothing else can come out."""
    ends = []
    for name in SPANS:
        first, last = getattr(case, f"{name}_at"), getattr(case, f"{name}_until")
        ends.append((first,) if first is None or last is None else (first, last))
    parties = (True, False) if case.right_party is None else (case.right_party,)
    for right, *instants in product(parties, *ends):
        known = {f"{name}_at": at for name, at in zip(SPANS, instants, strict=True)}
        yield replace(case, right_party=right, **known)


def _status(case: Case, *, as_of: int, kind: Kind, recorded_within: int) -> Status:
    """Return what became of a case whose every instant is known."""
    fulfilled = case.done_at is not None and case.done_at <= as_of
    if _released(case, as_of=as_of, fulfilled=fulfilled):
        return Status.EXCUSED
    if fulfilled and not case.right_party:
        return Status.WRONG_PARTY
    if kind is Kind.DISCRETIONARY or case.due_at is None:
        return Status.MET if fulfilled else Status.PENDING
    in_time = _in_time(case.due_at, case.done_at if fulfilled else None, as_of=as_of)
    if in_time is not None:
        return in_time
    if kind is Kind.FLEXIBLE and _deviation_counts(case, as_of=as_of, recorded_within=recorded_within):
        return Status.EXCUSED
    return Status.LATE if fulfilled else Status.MISSING


def _in_time(due_at: int, done_at: int | None, *, as_of: int) -> Status | None:
    """Return met or pending, or None where the deadline was not kept."""
    if done_at is None:
        return Status.PENDING if as_of <= due_at else None
    return Status.MET if done_at <= due_at else None


def _released(case: Case, *, as_of: int, fulfilled: bool) -> bool:
    """Return whether the party was released in time, and before it was done."""
    if case.excused_at is None or case.excused_at > as_of:
        return False
    if case.due_at is not None and case.excused_at > case.due_at:
        return False
    return not (fulfilled and case.done_at is not None and case.done_at <= case.excused_at)


def _deviation_counts(case: Case, *, as_of: int, recorded_within: int) -> bool:
    """Return whether the deviation is listed, and was recorded at the time and not afterwards."""
    if case.deviation_at is None or case.due_at is None or case.deviation_at > as_of:
        return False
    return case.deviation_listed and case.deviation_at <= case.due_at + recorded_within
