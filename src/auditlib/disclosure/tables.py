"""The counts of a run as linked tables: what is unknown, and what ties it to what is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from auditlib.disclosure.atoms import Atoms
from auditlib.disclosure.statement import Selection, Stated
from auditlib.disclosure.sums import Sum

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Row = Mapping[int, float]


@dataclass(frozen=True)
class Linked:
    """Counts as functions of unknowns: the groups of rows, and the counts no selection gives.

    Parameters
    ----------
    stated
        The statements.
    cell_of
        The cell that each of them states; several may state one.
    cells
        How each cell is made of the unknowns.
    truth
        The unknowns as they are.
    sums
        For each sum the cells it adds up to nothing.
    parts
        Pairs of cells of which the first is never above the second.
    """

    stated: tuple[Stated, ...]
    cell_of: tuple[int, ...]
    cells: tuple[Row, ...]
    truth: Vector
    sums: tuple[Row, ...]
    parts: tuple[tuple[int, int], ...]

    @cached_property
    def matrix(self) -> sparse.csr_array:
        """The cells, one row each, by unknown."""
        return matrix(self.cells, len(self.truth))

    @cached_property
    def counts(self) -> Vector:
        """The true count of every cell."""
        return np.asarray(self.matrix @ self.truth)

    @cached_property
    def statements_of(self) -> Mapping[int, tuple[int, ...]]:
        """The statements of each cell."""
        places: dict[int, list[int]] = {}
        for place, cell in enumerate(self.cell_of):
            places.setdefault(cell, []).append(place)
        return {cell: tuple(stated) for cell, stated in places.items()}

    @cached_property
    def cells_of(self) -> Mapping[int, tuple[int, ...]]:
        """The cells that each unknown is a part of."""
        places: dict[int, list[int]] = {}
        for cell, made_of in enumerate(self.cells):
            for unknown in made_of:
                places.setdefault(unknown, []).append(cell)
        return {unknown: tuple(cells) for unknown, cells in places.items()}

    @cached_property
    def sums_of(self) -> Mapping[int, tuple[int, ...]]:
        """The sums each cell takes part in."""
        places: dict[int, list[int]] = {}
        for number, row in enumerate(self.sums):
            for cell in row:
                places.setdefault(cell, []).append(number)
        return {cell: tuple(numbers) for cell, numbers in places.items()}


def linked(stated: Sequence[Stated], sums: Iterable[Sum], atoms: Atoms) -> Linked:
    """Return the statements of a run as one set of linked tables."""
    counted = [
        number.within if number.whole and number.within in atoms.members else None for number in stated
    ]
    cells: list[Row] = []
    cell_of_selection: dict[Selection, int] = {}
    cell_of: list[int] = []
    unknowns = len(atoms.sizes)
    truth = list(map(float, atoms.sizes))
    for number, selection in zip(stated, counted, strict=True):
        if selection is None:
            cell_of.append(len(cells))
            cells.append({unknowns: 1.0})
            truth.append(number.count)
            unknowns += 1
            continue
        if selection not in cell_of_selection:
            cell_of_selection[selection] = len(cells)
            cells.append(dict.fromkeys(atoms.members[selection], 1.0))
        cell_of.append(cell_of_selection[selection])
    sizes = {
        number: sum(atoms.sizes[place] for place in members) for number, members in atoms.members.items()
    }
    rows = [_row(number, cell_of, cell_of_selection) for number in sums]
    parts = [
        (cell_of[place], cell_of_selection[number.within])
        for place, number in enumerate(stated)
        if counted[place] is None
        and number.within in cell_of_selection
        and number.count <= sizes[number.within]  # a response can be counted twice, as a duty on two accounts
    ]
    return Linked(tuple(stated), tuple(cell_of), tuple(cells), np.array(truth), tuple(rows), tuple(parts))


def _row(row_sum: Sum, cell_of: Sequence[int], cell_of_selection: Mapping[Selection, int]) -> Row:
    total = (
        cell_of_selection[row_sum.total] if isinstance(row_sum.total, Selection) else cell_of[row_sum.total]
    )
    row = {total: 1.0}
    for part in row_sum.parts:
        row[cell_of[part]] = row.get(cell_of[part], 0.0) - 1.0
    return {cell: times for cell, times in row.items() if times}


def matrix(rows: Sequence[Row], width: int) -> sparse.csr_array:
    """Return `rows` as a sparse matrix of `width` columns."""
    entries = [(number, column, times) for number, row in enumerate(rows) for column, times in row.items()]
    if not entries:
        return sparse.csr_array((len(rows), width))
    place, column, times = zip(*entries, strict=True)
    return sparse.csr_array((np.array(times, float), (place, column)), shape=(len(rows), width))
