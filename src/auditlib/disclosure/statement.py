"""The counts of people that a run states or holds back, taken from its recorded numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from auditlib.contracts import TABLES
from auditlib.disclosure.minimum_frequency import MinimumFrequency
from auditlib.disclosure.small import about_people, counted_rows, counts_people, is_bounded
from auditlib.records import Basis, Number

Name = tuple[str, str, str]
"""Of a statement: notebook, key and part."""
SIZE = "size"
"""Part of a number that is held back: that it is small."""
Condition = tuple[str, str | int | float | bool]
_WHOLE = 0.01
"""A share times its n is a count where it is this near to a whole number; shares are stored to ten places."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows of a table: those that satisfy `where`, in which `column` is not empty; none that are in `but`."""

    table: str
    where: tuple[Condition, ...] = ()
    column: str = ""
    but: Selection | None = None

    @classmethod
    def of(cls, basis: Basis) -> Selection:
        """Return the selection of `basis`, whatever the order of its conditions."""
        return cls(basis.table, tuple(sorted(basis.where, key=lambda pair: pair[0])), basis.column)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it is made by."""
        return tuple(name for name, _ in self.where)

    def __str__(self) -> str:
        """Return it in words: the responses where unit_id = U014."""
        conditions = " and ".join(f"{name} = {value}" for name, value in self.where)
        rows = f"{self.table} where {conditions}" if conditions else self.table
        return f"{rows}, but for the {self.but}" if self.but else rows

    @property
    def names_rows(self) -> bool:
        """Whether it picks single rows by their key: a case that is listed, no group."""
        return self.table in TABLES and set(TABLES[self.table].key) <= set(self.columns)


@dataclass(frozen=True, slots=True)
class Stated:
    """A count of people as one number of a run states it, or holds it back.

    Parameters
    ----------
    notebook, key
        The number that states it.
    part
        How: ``"value"``, ``"n"``, ``"rows"`` of its basis, or ``"share"``, which times its n is the count.
    count
        The true count.
    visible
        Whether the run shows it.
    small
        Whether it is held back because it counts few people.
    bounded
        Whether a reader is told that it is small; of others held back he knows that they are not none.
    within
        The rows it counts among; None where they cannot be selected.
    whole
        Whether it counts all of them.
    """

    notebook: str
    key: str
    part: str
    count: int
    visible: bool
    small: bool
    bounded: bool
    within: Selection | None
    whole: bool

    @property
    def family(self) -> str:
        """What is counted, the same for every row of a table."""
        return f"{self.key.partition(':')[0]}.{self.part}"

    @property
    def labels(self) -> tuple[str, ...]:
        """The row of the table it stands in."""
        return tuple(self.key.split(":")[1:])

    @property
    def is_silent(self) -> bool:
        """Whether no number states it."""
        return not self.notebook

    @property
    def name(self) -> Name:
        """What it is held back by."""
        return self.notebook, self.key, self.part


def silent(selection: Selection, count: int) -> Stated:
    """Return a small group that no number states, as if one held it back."""
    return Stated(
        "",
        str(selection),
        "rows",
        count,
        visible=False,
        small=True,
        bounded=False,
        within=selection,
        whole=True,
    )


Count = Callable[[Selection], int | None]


def statements(
    recorded: Mapping[str, Iterable[Number]],
    true: Mapping[tuple[str, str], Number],
    *,
    count: Count,
    minimum: MinimumFrequency,
) -> tuple[Stated, ...]:
    """Return the counts of people in the numbers of a run.

    Parameters
    ----------
    recorded
        Numbers as recorded, by notebook.
    true
        Numbers as they were before something was held back, by notebook and key.
    count
        Counts the rows of a selection again; None where it cannot.
    minimum
        Counts it hides are small.
    """
    return tuple(
        stated
        for notebook, numbers in recorded.items()
        for number in numbers
        for stated in _of_number(
            notebook, number, true.get((notebook, number.key), number), count=count, minimum=minimum
        )
    )


def _of_number(
    notebook: str, recorded: Number, true: Number, *, count: Count, minimum: MinimumFrequency
) -> Iterator[Stated]:
    bases = [basis for basis in true.basis if about_people(basis.table)]
    if not bases or any(Selection.of(basis).names_rows for basis in bases):
        return
    first = Selection.of(bases[0]) if bases[0] is true.basis[0] else None
    size = count(first) if first else None

    def stated(part: str, value: int, visible: bool, within: Selection | None) -> Stated:
        small = not visible and minimum.hides(value)
        bounded = small and is_bounded(recorded)
        return Stated(notebook, true.key, part, value, visible, small, bounded, within, size == value)

    if counts_people(true) and isinstance(true.value, int | float):
        yield stated("value", int(true.value), recorded.value is not None, first)
    if true.n is not None and first is not None:
        yield stated("n", true.n, recorded.n is not None, first)
    share = _counted_by_share(true)
    if share is not None and first is not None:
        yield stated("share", share, recorded.value is not None, first)
    for number, basis in enumerate(true.basis):
        if counted_rows(basis.table) and basis.rows is not None:
            visible = recorded.basis[number].rows is not None
            small = not visible and minimum.hides(basis.rows)
            label = f"rows {number}"
            within = Selection.of(basis)
            yield Stated(notebook, true.key, label, basis.rows, visible, small, False, within, True)


def _counted_by_share(number: Number) -> int | None:
    """Return how many a share says they were; None where it is no share of whole people."""
    denominator = number.n if number.n is not None else number.basis[0].rows
    if number.unit != "share" or not isinstance(number.value, int | float) or not denominator:
        return None
    if not 0 <= number.value <= 1:
        return None
    counted = number.value * denominator
    return round(counted) if abs(counted - round(counted)) < _WHOLE else None
