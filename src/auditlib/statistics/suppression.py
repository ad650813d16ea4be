"""Small cells: which counts may not be shown, and which others would give them away."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]


def primary(counts: NDArray[np.int64], *, minimum: int = 5) -> Flags:
    """Return which counts lie above zero and below `minimum`; a zero names nobody."""
    if (counts < 0).any():
        raise ValueError("counts are not negative")
    return np.asarray((counts > 0) & (counts < minimum), dtype=np.bool_)


def secondary(counts: NDArray[np.int64], *, minimum: int = 5) -> Flags:
    """Return which cells of a table with published row and column totals must be left out.

    Parameters
    ----------
    counts
        Rows by columns, whole numbers.

    Notes
    -----
    A cell left out can be worked out from the totals exactly when it is a bridge of the graph that joins
    each row to each column with a cell left out (Gusfield 1988, SIAM Journal on Computing 17:552-571).
    While there is a bridge, the smallest cell that closes a circle through it is left out too. Where no
    such cell exists nothing but the totals can protect it; `exposed` names the cells that remain.
    """
    if counts.ndim != 2:
        raise ValueError("secondary suppression needs a table of rows by columns")
    hidden: Flags = primary(counts, minimum=minimum)
    while True:
        bridges = np.argwhere(exposed(hidden))
        added = next(
            (cells for row, column in bridges if (cells := _circle(counts, hidden, row, column))), None
        )
        if not added:
            return hidden
        for row, column in added:
            hidden[row, column] = True


def exposed(hidden: Flags) -> Flags:
    """Return which hidden cells follow from row and column totals and the cells shown."""
    found = np.zeros_like(hidden)
    for row, column in np.argwhere(hidden):
        without = hidden.copy()
        without[row, column] = False
        found[row, column] = not _joined(without, int(row), int(column))
    return found


def _joined(hidden: Flags, row: int, column: int) -> bool:
    """Return whether a path of hidden cells leads from the row to the column."""
    rows: Flags = np.zeros(hidden.shape[0], dtype=np.bool_)
    rows[row] = True
    while True:
        columns: Flags = np.logical_or.reduce(hidden[rows], axis=0)
        reached: Flags = rows | np.logical_or.reduce(hidden[:, columns], axis=1)
        if columns[column]:
            return True
        if (reached == rows).all():
            return False
        rows = reached


def _circle(count: NDArray[np.int64], hidden: Flags, row: int, column: int) -> list[tuple[int, int]]:
    """Return the cheapest cells that close a rectangle through (row, column); zeros protect nothing."""
    best: tuple[float, list[tuple[int, int]]] = (np.inf, [])
    for other_row in range(count.shape[0]):
        for other_column in range(count.shape[1]):
            if other_row == row or other_column == column:
                continue
            corners = [(row, other_column), (other_row, column), (other_row, other_column)]
            if any(count[corner] == 0 for corner in corners):
                continue
            new = [corner for corner in corners if not hidden[corner]]
            cost = float(sum(count[corner] for corner in new))
            if new and cost < best[0]:
                best = (cost, new)
    return best[1]
