"""How a reader gets from a number to its rows: marks in the text, a register at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from auditlib.audit.schema import NumberModel, TableModel
from auditlib.errors import Problem, VerificationFailed


@dataclass(frozen=True, slots=True)
class Mark:
    """One reference mark: the entries it stands for, as printed, and the first of them."""

    label: str
    first: int


@dataclass(slots=True)
class Register:
    """Numbers stated in sentences, in the order in which a reader meets them."""

    known: Mapping[str, NumberModel]
    """Numbers by reference, ``notebook/key``."""
    entries: dict[str, int] = field(default_factory=dict)

    def mark(self, references: Iterable[str]) -> tuple[Mark, ...]:
        """Return the marks of `references`, entering those that are new.

        Raises
        ------
        VerificationFailed
            Where a reference names no recorded number.
        """
        places = sorted({self._enter(reference) for reference in references})
        return tuple(Mark(label, first) for label, first in runs_of(places))

    def _enter(self, reference: str) -> int:
        if reference not in self.known:
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


def unreferenced(table: TableModel) -> list[str]:
    """Return the columns of `table` that show a number without a key."""
    bad = []
    for index, column in enumerate(table.columns):
        if not column.numeric or column.unit in ("id", "text", "month", "line", "year", "flag"):
            continue
        cells = zip(table.rows, table.references, strict=True)
        if any(
            not keys[index] and any(map(str.isdigit, row[index])) and not row[index].startswith("<")
            for row, keys in cells
        ):
            bad.append(column.name)
    return bad
