"""Which of the counts of a run are sums of others.

Where they count the rows of a selection, the rows themselves tell. Of the others only the numbers are known:
what adds up in every row of a table, and over all rows of one, a reader takes for a sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from auditlib.disclosure.statement import Selection, Stated

ALL = frozenset({"all", "pooled", "total"})
"""Labels of a row that stands for all others."""
MOST_PARTS = 8
_ENOUGH_ROWS = 3
"""Fewer rows add up by chance: then the sum of the most parts is taken, and no other."""


@dataclass(frozen=True, slots=True)
class Sum:
    """`total` is the sum of `parts`; both are positions in the sequence of statements.

    Where `total` is a selection, it is the rows of that selection.
    """

    total: int | Selection
    parts: tuple[int, ...]


def sums(stated: Sequence[Stated]) -> tuple[Sum, ...]:
    """Return the sums among `stated`, those of rows and those of columns."""
    return (*_across_columns(stated), *_down_rows(stated), *_of_selections(stated))


def _grouped(stated: Sequence[Stated], key: Callable[[Stated], Any]) -> dict[Any, list[int]]:
    """Return positions by `key`; what no number states is in no table, and its selection tells its sums."""
    groups: dict[Any, list[int]] = defaultdict(list)
    for place, number in enumerate(stated):
        if not number.is_silent:
            groups[key(number)].append(place)
    return groups


def _shape(number: Stated) -> tuple[Any, ...]:
    """Return what statements of one table have in common."""
    columns = (number.within.table, number.within.columns) if number.within else ()
    return number.notebook, len(number.labels), columns


def _across_columns(stated: Sequence[Stated]) -> Iterator[Sum]:
    """Yield the sums that hold in every row of a table: judged = met + late + missing."""
    for places in _grouped(stated, _shape).values():
        if all(stated[place].visible for place in places):
            continue
        rows: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
        for place in places:
            rows[stated[place].labels][stated[place].family] = place
        yield from _sums_of_rows(stated, list(rows.values()))


def _sums_of_rows(stated: Sequence[Stated], rows: list[dict[str, int]]) -> Iterator[Sum]:
    for families, among in _alike(rows):
        counts = np.array([[stated[row[family]].count for family in families] for row in among])
        for total, parts in _columns_that_add_up(counts):
            for row in among:
                yield Sum(row[families[total]], tuple(row[families[part]] for part in parts))


def _alike(rows: list[dict[str, int]]) -> Iterator[tuple[list[str], list[dict[str, int]]]]:
    """Yield rows that have the same columns, with these columns."""
    groups: dict[tuple[str, ...], list[dict[str, int]]] = defaultdict(list)
    for row in rows:
        groups[tuple(sorted(row))].append(row)
    for families, among in groups.items():
        if len(families) > 1:
            yield list(families), among


def _columns_that_add_up(counts: np.ndarray[Any, Any]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield columns and the others whose sum they are in every row; first those that are the same."""
    first: dict[bytes, int] = {}
    for column in range(counts.shape[1]):
        twin = first.setdefault(counts[:, column].tobytes(), column)
        if twin != column:
            yield column, (twin,)
    distinct = [column for column in first.values() if counts[:, column].any()]
    chance = len(counts) < _ENOUGH_ROWS
    for total in distinct:
        candidates = [
            candidate
            for candidate in distinct
            if candidate != total and (counts[:, candidate] <= counts[:, total]).all()
        ]
        adding = list(_parts(counts[:, total], candidates, counts, ()))
        yield from ((total, parts) for parts in (sorted(adding, key=len)[-1:] if chance else adding))


def _parts(
    remainder: np.ndarray[Any, Any],
    candidates: Sequence[int],
    counts: np.ndarray[Any, Any],
    chosen: tuple[int, ...],
) -> Iterator[tuple[int, ...]]:
    """Yield the choices of at least two of `candidates` that leave nothing of `remainder`."""
    if not remainder.any():
        if len(chosen) > 1:
            yield chosen
        return
    if len(chosen) == MOST_PARTS:
        return
    for place, part in enumerate(candidates):
        difference = remainder - counts[:, part]
        if (difference >= 0).all():
            yield from _parts(difference, candidates[place + 1 :], counts, (*chosen, part))


def _down_rows(stated: Sequence[Stated]) -> Iterator[Sum]:
    """Yield the sums over the rows of a table: all months are the parts of a unit's total."""
    by_family = _grouped(stated, lambda number: (number.notebook, number.family))
    for places in by_family.values():
        if all(stated[place].visible for place in places):
            continue
        totals = {stated[place].labels: place for place in places}
        for parts in _varying(stated, places):
            for total in _wider(stated, parts, totals):
                if stated[total].count == sum(stated[part].count for part in parts):
                    yield Sum(total, parts)


def _varying(stated: Sequence[Stated], places: Iterable[int]) -> Iterator[tuple[int, ...]]:
    """Yield statements whose labels differ in one position alone."""
    groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for place in places:
        number = stated[place]
        for position, label in enumerate(number.labels):
            if label not in ALL:
                labels = (*number.labels[:position], None, *number.labels[position + 1 :])
                groups[(_shape(number), labels)].append(place)
    yield from (tuple(group) for group in groups.values() if len(group) > 1)


def _wider(
    stated: Sequence[Stated], parts: Sequence[int], totals: dict[tuple[str, ...], int]
) -> Iterator[int]:
    """Yield the statements that could be the total of `parts`."""
    labels = [stated[part].labels for part in parts]
    position = next(place for place in range(len(labels[0])) if len({label[place] for label in labels}) > 1)
    before, after = labels[0][:position], labels[0][position + 1 :]
    for wider in ((*before, *after), *((*before, word, *after) for word in ALL)):
        if wider in totals and totals[wider] not in parts:
            yield totals[wider]


def _of_selections(stated: Sequence[Stated]) -> Iterator[Sum]:
    """Yield the groups that together are all rows of one selection: the regions of a survey."""
    by_selection = _grouped(stated, lambda number: (number.notebook, number.family, number.within))
    for (_, _, within), places in by_selection.items():
        if within is None or all(stated[place].visible for place in places):
            continue
        size = next((number.count for number in stated if number.whole and number.within == within), None)
        for parts in _varying(stated, places):
            if size is not None and sum(stated[part].count for part in parts) == size:
                yield Sum(within, parts)
