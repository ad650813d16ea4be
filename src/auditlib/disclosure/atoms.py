"""The rows of a table counted by everything its selections tell apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from auditlib.contracts.identities import kind_of
from auditlib.disclosure.minimum_frequency import MinimumFrequency
from auditlib.disclosure.statement import Condition, Selection

Crossed = Callable[
    [str, Sequence[str], Sequence[str]], Iterable[tuple[tuple[Any, ...], tuple[bool, ...], int]]
]
"""Counts the rows of a table by the values of columns, and by whether other columns are filled."""


@dataclass(frozen=True, slots=True)
class Atoms:
    """Groups of rows that no selection tells apart.

    Parameters
    ----------
    sizes
        Rows of each.
    members
        For each selection the positions of the groups it is made of.
    """

    sizes: tuple[int, ...]
    members: Mapping[Selection, tuple[int, ...]]

    def count(self, selection: Selection) -> int | None:
        """Count the rows of `selection`; None where it is none of those the groups were made by."""
        members = self.members.get(selection)
        return None if members is None else sum(self.sizes[place] for place in members)

    def but(self, remainders: Iterable[Selection]) -> Atoms:
        """Return the same groups with what of one selection is not in another."""
        differences = {
            remainder: tuple(
                sorted({*self.members[replace(remainder, but=None)]} - {*self.members[remainder.but]})
            )
            for remainder in remainders
            if remainder.but
        }
        return replace(self, members={**self.members, **differences})


def atoms_of(selections: Iterable[Selection], crossed: Crossed) -> Atoms:
    """Return the groups that `selections` are made of, each of them inside or outside of every selection."""
    sizes: list[int] = []
    members: dict[Selection, list[int]] = defaultdict(list)
    by_table: dict[str, list[Selection]] = defaultdict(list)
    for selection in sorted(set(selections), key=repr):
        by_table[selection.table].append(selection)
    for table, chosen in by_table.items():
        for holding, size in _signatures(table, chosen, crossed).items():
            for place in holding:
                members[chosen[place]].append(len(sizes))
            sizes.append(size)
    every = (chosen_selection for chosen in by_table.values() for chosen_selection in chosen)
    return Atoms(
        tuple(sizes), {chosen_selection: tuple(members[chosen_selection]) for chosen_selection in every}
    )


def grouped(
    selections: Iterable[Selection], crossed: Crossed, *, minimum: MinimumFrequency
) -> tuple[Atoms, tuple[Selection, ...]]:
    """Return the groups of rows, and the small selections that follow from others though nothing states them.

    Parameters
    ----------
    selections
        Those whose rows some number counts.
    crossed
        Counts rows again.
    minimum
        Counts it hides are small.
    """
    stated = tuple(selections)
    # ids of persons and cases stand in numbers as pseudonyms, and single people are listed, not counted
    beside = unstated(
        [selection for selection in stated if not any(map(kind_of, selection.columns))],
        crossed,
        minimum=minimum,
    )
    atoms = atoms_of([*stated, *beside], crossed)
    remaining = remainders(atoms, minimum=minimum)
    return atoms.but(remaining), (*beside, *remaining)


INSIDE = ("in_period", True)
"""Rows of the period."""
OUTSIDE = ("in_period", False)
"""Rows outside of the period: that there are some is said of them, and nothing else."""


def unstated(
    selections: Iterable[Selection], crossed: Crossed, *, minimum: MinimumFrequency
) -> tuple[Selection, ...]:
    """Return the small groups that nothing states, beside groups of the same kind that are stated.

    Of four channels three may be shown with their total; the fourth is then as good as stated.
    """
    by_kind: dict[tuple[str, tuple[str, ...], str], set[tuple[Any, ...]]] = defaultdict(set)
    for selection in set(selections):
        by_kind[(selection.table, selection.columns, selection.column)].add(
            tuple(value for _, value in selection.where)
        )
    small: list[Selection] = []
    for (table, columns, column), stated in sorted(by_kind.items(), key=repr):
        if not columns:
            continue
        filled = (column,) if column else ()
        near = {_but(values, place) for values in stated for place in range(len(columns))}
        groups = crossed(table, columns, filled)
        small += [
            Selection(table, tuple(zip(columns, values, strict=True)), column)
            for values, present, size in groups
            if all(present) and minimum.hides(size) and values not in stated
            if OUTSIDE not in zip(columns, values, strict=True)
            if any(_but(values, place) in near for place in range(len(columns)))
        ]
    return tuple(small)


def remainders(atoms: Atoms, *, minimum: MinimumFrequency) -> tuple[Selection, ...]:
    """Return what is left of a selection beside a part of it that is nearly the whole.

    Of 40 responses 38 came by mail: that two did not follows, whatever is said of the other ways. Where the
    part differs by what was left unanswered alone, nobody is told by it.
    """
    sizes = {
        selection: sum(atoms.sizes[place] for place in members)
        for selection, members in atoms.members.items()
    }
    return tuple(
        replace(whole, but=part)
        for part in sorted(sizes, key=repr)
        for whole in _wholes(part)
        if sizes[part] and minimum.hides(sizes.get(whole, 0) - sizes[part])
    )


def _wholes(part: Selection) -> Iterator[Selection]:
    """Yield the selections `part` is a part of by its conditions, of the same period."""
    columns = {"", part.column}
    for count in range(1, len(part.where) + 1):
        for fewer in combinations(part.where, len(part.where) - count):
            if _same_period(fewer, part.where):
                yield from (Selection(part.table, fewer, column) for column in sorted(columns))


def _same_period(broad: tuple[Condition, ...], narrow: tuple[Condition, ...]) -> bool:
    return (INSIDE in broad) == (INSIDE in narrow)


def _but(values: tuple[Any, ...], place: int) -> tuple[Any, ...]:
    return (place, *values[:place], *values[place + 1 :])


def _signatures(table: str, chosen: Sequence[Selection], crossed: Crossed) -> dict[tuple[int, ...], int]:
    """Count the rows of `table` by the selections that hold them; rows that none holds are left out."""
    columns = sorted({name for selection in chosen for name in selection.columns})
    filled = sorted({selection.column for selection in chosen if selection.column})
    by_kind: dict[tuple[tuple[str, ...], str], dict[tuple[Any, ...], int]] = defaultdict(dict)
    for place, selection in enumerate(chosen):
        by_kind[(selection.columns, selection.column)][tuple(value for _, value in selection.where)] = place
    groups: dict[tuple[int, ...], int] = defaultdict(int)
    for values, present, size in crossed(table, columns, filled):
        row = dict(zip(columns, values, strict=True)) | {
            f"filled {name}": has for name, has in zip(filled, present, strict=True)
        }
        holding = [
            places.get(tuple(row[name] for name in names))
            for (names, column), places in by_kind.items()
            if not column or row[f"filled {column}"]
        ]
        within = tuple(sorted(place for place in holding if place is not None))
        if within:
            groups[within] += size
    return dict(groups)
