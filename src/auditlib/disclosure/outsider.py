"""What a reader can work out: the least and the most a count held back can be, given all that is shown.

The reader knows every number of the run, which counts add up to which, that no count is negative, that
what is held back is not none, and that it is below the minimum where it is said to be.

Source: the attacker's problem of table protection; Fischetti and Salazar (2001), Solving the cell suppression
problem on tabular data with linear constraints, Management Science 47, 1008-1027.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse.csgraph import connected_components

from auditlib.disclosure.minimum_frequency import MinimumFrequency
from auditlib.disclosure.statement import SIZE, Name, Stated
from auditlib.disclosure.tables import Linked, Row, Vector, matrix

_SLACK = 1e-6
"""How far the solver may be off."""
_TRIES, _FAR = 10, 1000.0
"""Random directions in which all small counts are moved at once, and how far at most."""


Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Deduced:
    """A small count that is held back and can be worked out: it lies between `low` and `high`.

    Where the solver found no answer, `unknown` says why: it is taken to be worked out.
    """

    stated: Stated
    low: float
    high: float
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class ReaderKnowledge:
    """What a reader knows of the unknowns: what combinations of them are or are at most, and their limits."""

    equal: sparse.csr_array
    values: Vector
    below: sparse.csr_array
    most: Vector
    low: Vector
    high: Vector


def deduced(
    tables: Linked, *, minimum: MinimumFrequency, withheld: frozenset[Name] = frozenset()
) -> tuple[Deduced, ...]:
    """Return the small counts that a reader can work out.

    Parameters
    ----------
    tables
        The counts of the run.
    minimum
        Counts it hides are small.
    withheld
        Statements that are held back besides.
    """
    printed = shown_cells(tables, withheld)
    elsewhere = [
        Deduced(stated, stated.count, stated.count)
        for stated, cell in zip(tables.stated, tables.cell_of, strict=True)
        if stated.small and cell in printed
    ]
    knowledge = _knowledge(tables, printed, withheld, minimum=minimum)
    goals = {cell: tables.cells[cell] for cell in small_cells(tables) if cell not in printed}
    narrow = [
        Deduced(tables.stated[tables.statements_of[cell][0]], low, high, unknown)
        for cell, low, high, unknown in _limits(knowledge, goals, tables.truth)
        if high < np.inf and math.ceil(low - _SLACK) >= math.floor(high + _SLACK)  # one whole number fits
    ]
    return (*elsewhere, *narrow)


def shown_cells(tables: Linked, withheld: frozenset[Name]) -> frozenset[int]:
    """Return the cells that at least one statement shows."""
    return frozenset(
        cell
        for stated, cell in zip(tables.stated, tables.cell_of, strict=True)
        if stated.visible and stated.name not in withheld
    )


def small_cells(tables: Linked) -> tuple[int, ...]:
    """Return the cells that must not be worked out: those held back as small by some statement."""
    return tuple(
        cell
        for cell, places in sorted(tables.statements_of.items())
        if any(tables.stated[place].small for place in places)
    )


def bounded_cells(tables: Linked, withheld: frozenset[Name]) -> frozenset[int]:
    """Return the cells of which a reader is told that they are small."""
    return frozenset(
        cell
        for stated, cell in zip(tables.stated, tables.cell_of, strict=True)
        if stated.bounded and (stated.notebook, stated.key, SIZE) not in withheld
    )


def _knowledge(
    tables: Linked, printed: frozenset[int], withheld: frozenset[Name], *, minimum: MinimumFrequency
) -> ReaderKnowledge:
    """Return what is known where the cells `printed` are; a cell of one unknown becomes its limits."""
    bounded = bounded_cells(tables, withheld)
    low, high = np.zeros(len(tables.truth)), np.full(len(tables.truth), np.inf)
    equal: list[tuple[Row, float]] = [_expanded(tables, row, printed) for row in tables.sums]
    below: list[tuple[Row, float]] = []
    for cell, made_of in enumerate(tables.cells):
        count = float(tables.counts[cell])
        least, most = _range(count, printed=cell in printed, bounded=cell in bounded, minimum=minimum)
        if len(made_of) == 1:
            unknown = next(iter(made_of))
            low[unknown], high[unknown] = max(low[unknown], least), min(high[unknown], most)
        elif cell in printed:
            equal.append((made_of, count))
        else:
            below += [(dict.fromkeys(made_of, -1.0), -least)]
            below += [(made_of, most)] if most < np.inf else []
    for part, whole in tables.parts:
        row, right = _expanded(tables, {part: 1.0, whole: -1.0}, printed)
        below.append((row, right))
    width = len(tables.truth)
    return ReaderKnowledge(
        matrix([row for row, _ in equal], width),
        np.array([right for _, right in equal]),
        matrix([row for row, _ in below], width),
        np.array([right for _, right in below]),
        low,
        high,
    )


def _range(count: float, *, printed: bool, bounded: bool, minimum: MinimumFrequency) -> tuple[float, float]:
    """Return the limits within which a reader knows a count to lie before doing any sums."""
    if printed:
        return count, count
    return min(1.0, count), (minimum.least - 1.0 if bounded else np.inf)


def _expanded(tables: Linked, cells: Row, printed: frozenset[int]) -> tuple[Row, float]:
    """Return a combination of cells in unknowns, those that are shown as a number on the right."""
    row: dict[int, float] = {}
    right = 0.0
    for cell, times in cells.items():
        if cell in printed:
            right -= times * float(tables.counts[cell])
            continue
        for unknown, inner in tables.cells[cell].items():
            row[unknown] = row.get(unknown, 0.0) + times * inner
    return {unknown: times for unknown, times in row.items() if times}, right


def _limits(
    knowledge: ReaderKnowledge, goals: Mapping[int, Row], truth: Vector
) -> Iterator[tuple[int, float, float, str]]:
    """Yield the least and the most that each of `goals` can be, of those that few tries do not move.

    Where that cannot be found out, the last says why, and both are the count: unknown is never good.
    """
    fixed = knowledge.high - knowledge.low < _SLACK
    label = _components(knowledge, fixed)
    by_component: dict[int, list[int]] = {}
    for cell, goal in goals.items():
        free = [unknown for unknown in goal if not fixed[unknown]]
        if free:  # what is held back is one tie, so all its unknowns are of one component
            by_component.setdefault(int(label[free[0]]), []).append(cell)
        else:
            count = float(sum(times * knowledge.low[unknown] for unknown, times in goal.items()))
            yield cell, count, count, ""
    for component, cells in by_component.items():
        part = _part(knowledge, fixed, label == component)
        weights = matrix([goals[cell] for cell in cells], len(truth))[:, part.chosen]
        for place in np.flatnonzero(~part.moved(weights, truth[part.chosen])):
            goal = weights[[place]].toarray()[0]
            count = sum(times * truth[unknown] for unknown, times in goals[cells[place]].items())
            certain = count - float(goal @ truth[part.chosen])
            low, high = part.extreme(goal), part.extreme(-goal)
            if isinstance(low, str) or isinstance(high, str):
                yield cells[place], count, count, next(why for why in (low, high) if isinstance(why, str))
            else:
                yield cells[place], certain + low, certain - high, ""


def _components(knowledge: ReaderKnowledge, fixed: Mask) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Label the unknowns that are tied to one another, directly or through others."""
    ties = abs(sparse.vstack([knowledge.equal, knowledge.below], format="csr"))
    ties = ties[:, ~fixed]
    _, free = connected_components(ties.T @ ties, directed=False)
    label = np.full(len(fixed), -1)
    label[~fixed] = free
    return label


@dataclass(frozen=True, slots=True)
class _Part:
    """The problem of the unknowns `chosen`, which nothing ties to the others."""

    knowledge: ReaderKnowledge
    chosen: Mask

    def moved(self, weights: sparse.csr_array, truth: Vector) -> Mask:
        """Tell which of the weighted sums of unknowns differ from the truth in another whole solution.

        A few directions are tried, all sums at once; what no try moves may still be open.
        """
        count = weights.shape[0]
        chance = np.random.default_rng(0).choice([-1.0, 1.0], (_TRIES, count))
        moved = np.zeros(count, dtype=bool)
        for signs in (np.ones(count), -np.ones(count), *chance):
            solved = self._solved(weights.T @ signs, most=truth + _FAR, whole=False)
            if solved.success and np.allclose(solved.x, np.round(solved.x), atol=_SLACK):
                moved |= np.abs(weights @ (solved.x - truth)) > 0.5
            if moved.all():
                break
        return moved

    def extreme(self, goal: Vector) -> float | str:
        """Return the least that the weighted sum `goal` of unknowns can be, or why it is not known."""
        solved = self._solved(goal, most=np.full(len(goal), np.inf), whole=True)
        if solved.status in (3, 4):  # nothing limits it on this side: something fits, the truth does
            return -np.inf
        return float(solved.fun) if solved.success else str(solved.message)

    def _solved(self, goal: Vector, *, most: Vector, whole: bool) -> OptimizeResult:
        knowledge = self.knowledge
        return milp(
            goal,
            integrality=np.full(len(goal), whole, dtype=np.int8),
            bounds=Bounds(knowledge.low, np.minimum(knowledge.high, most)),
            constraints=[
                LinearConstraint(knowledge.equal, knowledge.values, knowledge.values),
                LinearConstraint(knowledge.below, -np.inf, knowledge.most),
            ],
        )


def _part(knowledge: ReaderKnowledge, fixed: Mask, chosen: Mask) -> _Part:
    """Return the part of the problem that concerns `chosen`; what is fixed moves to the right."""
    at = np.where(fixed, knowledge.low, 0.0)
    values, most = knowledge.values - knowledge.equal @ at, knowledge.most - knowledge.below @ at
    equal, below = knowledge.equal[:, chosen], knowledge.below[:, chosen]
    tied, bound = np.diff(equal.indptr) > 0, np.diff(below.indptr) > 0
    part = ReaderKnowledge(
        equal[tied], values[tied], below[bound], most[bound], knowledge.low[chosen], knowledge.high[chosen]
    )
    return _Part(part, chosen)
