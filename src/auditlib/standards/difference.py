"""What changed between two editions: added, removed, stricter, looser, reworded (A13)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from auditlib.records import Criterion, Direction, Grade, Kind
from auditlib.standards.edition import Edition


class CriterionChange(StrEnum):
    """How a criterion differs between editions."""

    ADDED = "added"
    REMOVED = "removed"
    STRICTER = "stricter"
    LOOSER = "looser"
    MIXED = "mixed"
    """Stricter in one part, looser in another."""
    REDEFINED = "redefined"
    """Another metric or other options: values of the two editions are not comparable."""
    REWEIGHTED = "reweighted"
    REWORDED = "reworded"


@dataclass(frozen=True, slots=True)
class CriterionDifference:
    """One criterion that differs, with what it was, what it is and why."""

    criterion: str
    change: CriterionChange
    before: str
    after: str
    reason: str


_STRICTNESS = {Kind.DISCRETIONARY: 0, Kind.FLEXIBLE: 0, Kind.RIGID: 1}
_GRADES = {Grade.OPPORTUNITY: 0, Grade.MINOR: 1, Grade.MAJOR: 2}


def difference(before: Edition, after: Edition) -> tuple[CriterionDifference, ...]:
    """Return every criterion that differs between two editions, in the order of the later one.

    Notes
    -----
    A criterion is stricter where any part asks for more and none for less: target and how far a profile may
    loosen it, kind, must-pass, severity, smallest n, share excused, reasons that excuse, first day. Where its
    metric or an option changed it is ``redefined``, whatever its target did.
    """
    removed = [
        CriterionDifference(
            entry.id, CriterionChange.REMOVED, entry.demand, "", after.removed.get(entry.id, "")
        )
        for entry in before.criteria
        if entry.id not in after.ids
    ]
    kept = [
        change
        for entry in after.criteria
        if (change := _of(before.criterion(entry.id) if entry.id in before.ids else None, entry))
    ]
    return (*removed, *kept)


def _of(old: Criterion | None, new: Criterion) -> CriterionDifference | None:
    if old is None:
        return CriterionDifference(new.id, CriterionChange.ADDED, "", new.demand, new.change)
    parts = tuple(_parts(old, new))
    if not parts:
        return None
    change = _overall({kind for kind, _, _ in parts})
    return CriterionDifference(
        new.id,
        change,
        "; ".join(was for _, was, _ in parts),
        "; ".join(now for _, _, now in parts),
        new.change,
    )


def _overall(changes: set[CriterionChange]) -> CriterionChange:
    if CriterionChange.REDEFINED in changes:
        return CriterionChange.REDEFINED
    if {CriterionChange.STRICTER, CriterionChange.LOOSER} <= changes:
        return CriterionChange.MIXED
    for change in (CriterionChange.STRICTER, CriterionChange.LOOSER, CriterionChange.REWEIGHTED):
        if change in changes:
            return change
    return CriterionChange.REWORDED


def _parts(old: Criterion, new: Criterion) -> Iterator[tuple[CriterionChange, str, str]]:
    """Yield what changed, what it was and what it is."""
    measured = [(entry.metric, *sorted(entry.options.items())) for entry in (old, new)]
    if measured[0] != measured[1] or old.target.direction is not new.target.direction:
        yield CriterionChange.REDEFINED, _measured(old), _measured(new)
    sign = 1 if new.target.direction is Direction.AT_LEAST else -1
    yield from _ordered("target", old.target.value, new.target.value, sign)
    yield from _ordered("loosest", old.target.loosest, new.target.loosest, sign)
    yield from _ranked("kind", old.kind, new.kind, _STRICTNESS[new.kind] - _STRICTNESS[old.kind])
    yield from _ranked("severity", old.severity, new.severity, _GRADES[new.severity] - _GRADES[old.severity])
    yield from _ranked("must-pass", old.must_pass, new.must_pass, new.must_pass - old.must_pass)
    yield from _ranked("smallest n", old.minimum_n, new.minimum_n, new.minimum_n - old.minimum_n)
    if old.cases is not new.cases:
        yield CriterionChange.REDEFINED, f"cases {_cases(old)}", f"cases {_cases(new)}"
    excused = (old.excused_limit or 0.0, new.excused_limit or 0.0)
    yield from _ranked("share excused", *excused, excused[0] - excused[1])
    yield from _ranked("reasons", *_reasons(old, new))
    if new.effective_from not in (None, old.effective_from):  # demanded before, and now not from the start
        yield (
            CriterionChange.LOOSER,
            f"from {old.effective_from or 'the first day'}",
            f"from {new.effective_from}",
        )
    for what, was, now in (("category", old.category, new.category), ("aspect", old.aspect, new.aspect)):
        if was != now:
            yield CriterionChange.REWEIGHTED, f"{what} {was}", f"{what} {now}"
    if old.weight != new.weight:
        yield CriterionChange.REWEIGHTED, f"weight {old.weight:g}", f"weight {new.weight:g}"
    if old.demand != new.demand:
        yield CriterionChange.REWORDED, old.demand, new.demand


def _ordered(what: str, was: float, now: float, sign: int) -> Iterator[tuple[CriterionChange, str, str]]:
    if was != now:
        change = CriterionChange.STRICTER if sign * now > sign * was else CriterionChange.LOOSER
        yield change, f"{what} {was:g}", f"{what} {now:g}"


def _reasons(old: Criterion, new: Criterion) -> tuple[str, str, float]:
    """Return the reasons that excuse, before and after, and whether fewer (above 0) or more of them do."""
    was, now = set(old.reasons), set(new.reasons)
    step = 0 if was - now and now - was else len(was - now) - len(now - was)
    return ", ".join(sorted(was)) or "none", ", ".join(sorted(now)) or "none", step


def _ranked(what: str, was: object, now: object, step: float) -> Iterator[tuple[CriterionChange, str, str]]:
    if was != now:
        change = (
            CriterionChange.STRICTER
            if step > 0
            else CriterionChange.LOOSER
            if step < 0
            else CriterionChange.REDEFINED
        )
        yield change, f"{what} {was}", f"{what} {now}"


def _cases(criterion: Criterion) -> str:
    return "as measured" if criterion.cases is None else criterion.cases.value


def _measured(criterion: Criterion) -> str:
    options = ", ".join(f"{key} {value}" for key, value in sorted(criterion.options.items()))
    return criterion.metric + (f" ({options})" if options else "")
