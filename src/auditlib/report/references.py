"""How a reader gets from a number to its rows: marks in the text, a register at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from auditlib.audit.names import PREFIX
from auditlib.audit.numerals import keys_of, orphans
from auditlib.audit.schema import ColumnModel, TableModel
from auditlib.errors import Problem, VerificationFailed
from auditlib.records import Number
from auditlib.statements.formats import NAMING

DECLARED = ("threshold:", PREFIX)
"""How keys begin that any text of their notebook may state: what the run file declares, and names."""


@dataclass(frozen=True, slots=True)
class ReferenceMark:
    """One reference mark: the entries it stands for, as printed, and the first of them."""

    label: str
    first: int


@dataclass(slots=True)
class Register:
    """Numbers stated in sentences, in the order in which a reader meets them."""

    numbers: Mapping[str, Number]
    """Numbers by reference, ``notebook/key``."""
    entries: dict[str, int] = field(default_factory=dict)
    declared: dict[str, tuple[Number, ...]] = field(default_factory=dict, init=False, repr=False)
    """Numbers that any text of a notebook may state, looked up once: there are thousands of known ones."""

    def mark(self, references: Iterable[str]) -> tuple[ReferenceMark, ...]:
        """Return the marks of `references`, entering those that are new.

        Raises
        ------
        VerificationFailed
            Where a reference names no recorded number.
        """
        places = sorted({self._enter(reference) for reference in references})
        return tuple(ReferenceMark(label, first) for label, first in runs_of(places))

    def refuse_orphans(self, text: str, references: Iterable[str], *, notebook: str) -> None:
        """Refuse a text that states a number none of `references`, and nothing declared, has."""
        numbers = [self.numbers[name] for name in references if name in self.numbers]
        refuse_orphans(text, [*numbers, *self._declared_in(notebook)], where=notebook)

    def _declared_in(self, notebook: str) -> tuple[Number, ...]:
        if notebook not in self.declared:
            begin = tuple(f"{notebook}/{prefix}" for prefix in DECLARED)
            numbers = (number for name, number in self.numbers.items() if name.startswith(begin))
            self.declared[notebook] = tuple(numbers)
        return self.declared[notebook]

    def _enter(self, reference: str) -> int:
        if reference not in self.numbers:
            raise VerificationFailed(
                Problem(
                    f"the report states {reference!r}, which no notebook recorded", remedy="Run it again."
                )
            )
        return self.entries.setdefault(reference, len(self.entries) + 1)


def runs_of(places: list[int]) -> list[tuple[str, int]]:
    """Return rising `places` as a reader is told them, single or as a range, each with its first."""
    return [(_label(run), run[0]) for run in _runs(places)]


def _runs(places: list[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _label(run: list[int]) -> str:
    return str(run[0]) if len(run) == 1 else f"{run[0]}\N{EN DASH}{run[-1]}"


def patterns(notebook: str, keys: Iterable[str]) -> tuple[str, ...]:
    """Return how the references of an exhibit are formed: one per kind of number, the row left open."""
    kinds = dict.fromkeys(key.partition(":")[0] for key in keys)
    return tuple(f"{notebook}/{kind}:\N{HORIZONTAL ELLIPSIS}" for kind in kinds)


def unreferenced(table: TableModel, numbers: Mapping[str, Number]) -> list[str]:
    """Return the columns of `table` that state a number without a key, or with the key of another.

    Parameters
    ----------
    table
        As recorded.
    numbers
        The numbers of its notebook by key.
    """
    return [
        column.name
        for index, column in enumerate(table.columns)
        if column.unit not in NAMING
        and any(
            _orphaned(row[index], keys[index], column, numbers)
            for row, keys in zip(table.rows, table.references, strict=True)
        )
    ]


def _orphaned(text: str, reference: str, column: ColumnModel, numbers: Mapping[str, Number]) -> bool:
    valueless = (numbers[key].value is None for key in keys_of(reference) if key in numbers)
    if column.numeric and text.startswith("<") and all(valueless):
        return False  # a count too small to be shown, "< 5"
    names = (key for key in numbers if key.startswith(PREFIX))
    return bool(orphans(text, [numbers[key] for key in (*keys_of(reference), *names) if key in numbers]))


def refuse_orphans(text: str, numbers: Iterable[Number], *, where: str) -> None:
    """Refuse a text that states a number which is the rounding of none of `numbers`.

    Raises
    ------
    VerificationFailed
        Naming the text and the numbers.
    """
    alone = orphans(text, numbers)
    if alone:
        raise VerificationFailed(
            Problem(
                f"{where} states {', '.join(alone)} without a reference: {text!r}",
                remedy="Name the key of each number it states.",
            )
        )
