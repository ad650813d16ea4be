"""What has to be held back besides, so that no small count can be worked out (complementary suppression).

For each small count that can be worked out, the counts shown are sought that would have to differ, were it
one more or one less, and that cost the reader least: a total costs more than a detail, a share more than a
count, and what many exhibits state more than what one states.

Source: Kelly, Golden and Assad (1992), Cell suppression: disclosure protection for sensitive tabular data,
Networks 22, 397-417.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from auditlib.disclosure.minimum_frequency import MinimumFrequency
from auditlib.disclosure.outsider import Deduced, bounded_cells, deduced, shown_cells
from auditlib.disclosure.statement import SIZE, Name, Stated
from auditlib.disclosure.tables import Linked, Vector, matrix

_SHARE = 4.0
"""How many times dearer a share is than a count: it is what readers look for."""
_CHANGED = 1e-6
_STEPS = 4
"""How many sums away from a small count the search for its complement goes before it looks everywhere."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """What is held back besides the small counts.

    Parameters
    ----------
    names
        The statements.
    deducible
        Small counts that can be worked out all the same; nothing may be handed over then.
    """

    names: frozenset[Name]
    deducible: tuple[Stated, ...] = ()


def protect(
    tables: Linked, *, minimum: MinimumFrequency, withheld: frozenset[Name] = frozenset()
) -> Withheld:
    """Return what must be held back besides so that no small count can be worked out.

    Parameters
    ----------
    tables
        The counts of the run.
    minimum
        Counts it hides are small.
    withheld
        What is held back already.
    """
    names = withheld
    for found_out in sorted(
        deduced(tables, minimum=minimum, withheld=names), key=lambda deduction: deduction.stated.count
    ):
        cell = tables.cell_of[tables.stated.index(found_out.stated)]
        names |= _statements(tables, [cell])
        names |= _statements(tables, _complement(tables, cell, names, minimum=minimum))
    names |= _sizes(tables, deduced(tables, minimum=minimum, withheld=names))
    deducible = deduced(tables, minimum=minimum, withheld=names)
    return Withheld(names, tuple(found_out.stated for found_out in deducible))


def _sizes(tables: Linked, deducible: Iterable[Deduced]) -> frozenset[Name]:
    """Return that they are small, for the counts tied to `deducible` ones: that all are, is too much."""
    near = {tables.cell_of[tables.stated.index(number.stated)] for number in deducible}
    for _ in range(_STEPS):
        near |= _tied(tables, near)
    stated = (tables.stated[place] for cell in near for place in tables.statements_of[cell])
    return frozenset((number.notebook, number.key, SIZE) for number in stated if number.bounded)


def _tied(tables: Linked, cells: Iterable[int]) -> set[int]:
    """Return the cells that a sum ties to one of `cells`, or that count some of the same rows."""
    wanted = set(cells)
    unknowns = {unknown for cell in wanted for unknown in tables.cells[cell]}
    summed = {
        neighbour for cell in wanted for row in tables.sums_of.get(cell, ()) for neighbour in tables.sums[row]
    }
    return summed | {cell for unknown in unknowns for cell in tables.cells_of.get(unknown, ())}


def _statements(tables: Linked, cells: Iterable[int]) -> frozenset[Name]:
    """Return the statements that show `cells`."""
    places = (place for cell in cells for place in tables.statements_of[cell])
    return frozenset(tables.stated[place].name for place in places if tables.stated[place].visible)


def _complement(
    tables: Linked, cell: int, withheld: frozenset[Name], *, minimum: MinimumFrequency
) -> tuple[int, ...]:
    """Return the cells to hold back so that `cell` could be another number; none where it could be already.

    What is near is tried first: most small counts are hidden by another of their own table.
    """
    printed = shown_cells(tables, withheld)
    for unknowns in _neighbourhoods(tables, cell):
        near = _Near(tables, unknowns, printed, bounded_cells(tables, withheld), minimum)
        possible = [change for step in (1.0, -1.0) if (change := near.changed(cell, step)) is not None]
        if possible:
            return min(possible)[1]
    return ()


def _neighbourhoods(tables: Linked, cell: int) -> Iterator[Sequence[int]]:
    """Yield the unknowns that may differ: of cells that a few sums tie to `cell`, of more, of all.

    Rows that selections count are all let differ at once: every total ties them to one another.
    """
    near = {cell}
    for _ in range(_STEPS):
        near |= {
            neighbour
            for near_cell in near
            for row in tables.sums_of.get(near_cell, ())
            for neighbour in tables.sums[row]
        }
        if any(
            len(tables.cells_of[unknown]) > 1 for near_cell in near for unknown in tables.cells[near_cell]
        ):
            near = _tied(tables, _tied(tables, near))
        yield sorted({unknown for near_cell in near for unknown in tables.cells[near_cell]})
    yield range(len(tables.truth))


@dataclass(frozen=True)
class _Near:
    """What would have to differ, were some `unknowns` other than they are and all others as they are."""

    tables: Linked
    unknowns: Sequence[int]
    printed: frozenset[int]
    bounded: frozenset[int]
    minimum: MinimumFrequency

    @cached_property
    def moving(self) -> sparse.csr_array:
        """How the cells change with the unknowns."""
        return sparse.csr_array(self.tables.matrix[:, list(self.unknowns)])

    @cached_property
    def touched(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """The cells that change with them."""
        return np.flatnonzero(np.diff(self.moving.indptr))

    @cached_property
    def visible(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Those of them that are shown."""
        return np.array([cell for cell in self.touched if cell in self.printed], dtype=np.int64)

    def changed(self, cell: int, step: float) -> tuple[float, tuple[int, ...]] | None:
        """Return the least cost and the shown cells that differ, were `cell` larger by `step`.

        None where it cannot be.
        """
        most = self.minimum.least - 1 if cell in self.bounded else np.inf
        if not 1 <= self.tables.counts[cell] + step <= most:
            return None
        solved = self._cheapest(cell, step)
        if not solved.success:
            return None
        change = np.asarray(solved.x[len(self.unknowns) :])
        return float(solved.fun), tuple(int(unknown) for unknown in self.visible[change > _CHANGED])

    def _cheapest(self, cell: int, step: float) -> OptimizeResult:
        """Solve for the change of the unknowns, and above it that of each visible cell up or down."""
        moves, count = self.moving[self.visible], len(self.visible)
        sums = matrix(self.tables.sums, len(self.tables.cells)) @ self.moving
        equal = sparse.vstack([sums[np.diff(sums.indptr) > 0], self.moving[[cell]]], format="csr")
        below, most = self._limits()
        apart = sparse.csr_array(-sparse.eye_array(count))
        truth = self.tables.truth[list(self.unknowns)]
        wanted = np.concatenate([np.zeros(equal.shape[0] - 1), [step]])
        least = np.concatenate([-truth, np.zeros(count)])
        return milp(
            np.concatenate([np.zeros(len(truth)), self._costs()]),
            bounds=Bounds(least, np.full(len(least), np.inf)),
            constraints=[
                LinearConstraint(_beside(moves, apart), -np.inf, 0.0),
                LinearConstraint(_beside(-moves, apart), -np.inf, 0.0),
                LinearConstraint(_padded(below, count), -np.inf, most),
                LinearConstraint(_padded(equal, count), wanted, wanted),
            ],
        )

    def _limits(self) -> tuple[sparse.csr_array, Vector]:
        """Return what keeps small cells small, empty ones empty, others large, and parts within wholes."""
        tables = self.tables
        low, high = _room(tables, self.bounded, minimum=self.minimum)
        up, down = (
            high[self.touched] - tables.counts[self.touched],
            tables.counts[self.touched] - low[self.touched],
        )
        pairs = matrix([{part: 1.0, whole: -1.0} for part, whole in tables.parts], len(tables.cells))
        ties = pairs @ self.moving
        moved = np.diff(ties.indptr) > 0
        touched = self.moving[self.touched]
        bounded = np.isfinite(up)
        return (
            sparse.csr_array(sparse.vstack([touched[bounded], -touched, ties[moved]])),
            np.concatenate([up[bounded], down, -(pairs @ tables.counts)[moved]]),
        )

    def _costs(self) -> Vector:
        """Return what it costs a reader to lose each visible cell, for every case it would change by."""
        return np.array([_cost(self.tables, int(cell)) for cell in self.visible])


def _cost(tables: Linked, cell: int) -> float:
    stated = [tables.stated[place] for place in tables.statements_of[cell]]
    dear = sum(_SHARE if number.part == "share" else 1.0 for number in stated if number.visible)
    return dear * (1.0 + float(np.log1p(tables.counts[cell])))


def _padded(rows: sparse.csr_array, columns: int) -> sparse.csr_array:
    return _beside(rows, sparse.csr_array((rows.shape[0], columns)))


def _beside(first: sparse.csr_array, second: sparse.csr_array) -> sparse.csr_array:
    return sparse.csr_array(sparse.hstack([first, second]))


def _room(tables: Linked, bounded: frozenset[int], *, minimum: MinimumFrequency) -> tuple[Vector, Vector]:
    """Return between what limits each cell may lie: what is said to be small stays small, none stays none."""
    low, high = np.zeros(len(tables.cells)), np.full(len(tables.cells), np.inf)
    for cell, count in enumerate(tables.counts):
        low[cell] = min(1.0, count)
        if cell in bounded:
            high[cell] = minimum.least - 1.0
        elif count == 0:
            high[cell] = 0.0
    return low, high
