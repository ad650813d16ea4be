"""How one source becomes rows of one canonical table: which cell feeds which column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from auditlib.contracts import TABLES, Column, ColumnKind, Table, with_items
from auditlib.errors import ParameterError, Problem
from auditlib.evidence.source_files import source_names
from auditlib.evidence.wide_contract import wide_contract, wide_origin
from auditlib.parameters.origins import Cells, Reference, cells_of, label_of

if TYPE_CHECKING:
    from auditlib.parameters.origins import Filter
    from auditlib.parameters.run import Run, Source


ADDED = " + "
"""What stands between cells that are to be added up."""


@dataclass(frozen=True, slots=True)
class Field:
    """One canonical column and where its cells come from.

    Parameters
    ----------
    column
        The canonical column.
    origin
        Label of the column of the source, or of the columns joined; empty where nothing of a record feeds it.
    constant
        One value for all rows; None where there is none.
    from_line
        Whether the line number is the value.
    prefix
        What stands before the line, so that lines of several sources are not taken for one another.
    after, unit
        Where the cell is a duration: the canonical column it runs from, and the unit it is given in.
    scale
        What a number is multiplied by, and a count rounded after; None where it is taken as it stands.
    summed
        Of how many columns the number is the sum; 0 where it is that of one.
    """

    column: Column
    origin: str = ""
    constant: str | None = None
    from_line: bool = False
    prefix: str = ""
    after: str = ""
    unit: str = ""
    scale: float | None = None
    summed: int = 0

    @property
    def fed(self) -> bool:
        """Whether anything feeds the column."""
        return bool(self.origin) or self.constant is not None or self.from_line


@dataclass(frozen=True, slots=True)
class Join:
    """Columns of the source whose cells are put behind each other, as the column `label`.

    Parameters
    ----------
    between
        What stands between two of them.
    summed
        Whether their numbers are to be added up, so that it must stay known which of the cells are empty.
    """

    label: str
    parts: tuple[str, ...]
    between: str
    summed: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """Columns of a file in long form, and the items that are taken from it.

    Parameters
    ----------
    item, value
        Labels of the columns that hold item and answer.
    items
        Label that a record has an item under: the item, as written.
    latest
        Labels of dates of which the latest counts, with the formats they are written in.
    """

    item: str
    value: str
    items: Mapping[str, str]
    latest: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class RowTest:
    """A test that rows of a source pass or are left out by.

    Parameters
    ----------
    words
        What it keeps, and why.
    column
        Label of the column tested.
    cells, among
        The cells listed, and whether they are those to keep or those to leave out.
    filled
        Whether the cell must hold a value, or none; None where cells are listed.
    """

    words: str
    column: str
    cells: tuple[str, ...]
    among: bool
    filled: bool | None


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """One source and the fields of the table its records become.

    Parameters
    ----------
    number
        Place of the source in the run file, from 0.
    source
        The source as declared.
    contract
        The table a record becomes; for a wide file, one with a column per published value.
    target
        The canonical table that is stored.
    fields
        One per column of `contract`, in order.
    joins, filters
        Columns that are made of several, joined or added up, and the tests that decide which rows are kept.
    references
        Of labels that are more than a name, what they stand for.
    answers
        For a file in long form, how its rows become records.
    """

    number: int
    source: Source
    contract: Table
    target: Table
    fields: tuple[Field, ...]
    joins: tuple[Join, ...]
    filters: tuple[RowTest, ...]
    references: Mapping[str, Reference]
    answers: Answers | None = None

    @property
    def wanted(self) -> tuple[str, ...]:
        """Columns whose cells feed the table, each once: of the source, or joined."""
        return tuple(dict.fromkeys(field.origin for field in self.fields if field.origin))

    @property
    def arranged(self) -> tuple[str, ...]:
        """Columns of its rows, joined where they are; those of `wanted` unless the file is in long form."""
        if self.answers is None:
            return self.wanted
        plain = [label for label in self.wanted if label not in self.answers.items]
        return tuple(dict.fromkeys([*plain, self.answers.item, self.answers.value]))

    @property
    def read(self) -> tuple[str, ...]:
        """Columns of the source that are read, each once."""
        joined = {join.label: join.parts for join in self.joins}
        parts = [part for label in self.arranged for part in joined.get(label, (label,))]
        return tuple(dict.fromkeys([*parts, *(test.column for test in self.filters)]))

    @property
    def missing(self) -> tuple[str, ...]:
        """Cells that hold no value."""
        return tuple(sorted({"", *(code.strip() for code in self.source.missing)}))

    @property
    def trimmed(self) -> tuple[str, ...]:
        """Columns of the source whose cells lose surrounding blanks: all but free text."""
        free = {field.origin for field in self.fields if field.column.kind is ColumnKind.TEXT}
        return tuple(name for name in self.wanted if name not in free)

    @property
    def ids(self) -> frozenset[str]:
        """Columns of the source whose cells identify something: not a character of them may be lost."""
        joined = {join.label: join.parts for join in self.joins}
        labels = [
            field.origin for field in self.fields if field.origin and field.column.kind is ColumnKind.ID
        ]
        return frozenset(part for label in labels for part in joined.get(label, (label,)))

    @property
    def repetitive(self) -> frozenset[str]:
        """Columns of the source in which few cells repeat often; they are read as dictionaries."""
        often = {field.origin for field in self.fields if field.origin and repeats(field.column)}
        seldom = {field.origin for field in self.fields if not repeats(field.column)}
        return frozenset((often - seldom).intersection(self.read))

    def field(self, name: str) -> Field:
        """Return the field of the canonical column `name`."""
        return next(field for field in self.fields if field.column.name == name)


def repeats(column: Column) -> bool:
    """Whether few distinct cells stand in such a column over and over."""
    kinds = (
        ColumnKind.CODE,
        ColumnKind.SCORE,
        ColumnKind.FLAG,
        ColumnKind.SHARE,
        ColumnKind.COUNT,
        ColumnKind.DAY,
    )
    return column.kind in kinds or (column.references == "units")


def item_ids(run: Run) -> tuple[str, ...]:
    """Return every item of the run's instruments, in the order they are declared."""
    return tuple(dict.fromkeys(item for model in run.instruments.values() for item in model.items))


def canonical_table(run: Run, name: str) -> Table:
    """Return the canonical table `name` as a run stores it.

    Responses have one score column per item of the run; optional columns stand where a source feeds them.
    """
    sources = [source for source in run.sources if source.table == name]
    fed = {column for source in sources for column in (*source.columns, *source.constants)}
    columns = tuple(column for column in TABLES[name].columns if not column.optional or column.name in fed)
    stored = replace(TABLES[name], columns=columns)
    return with_items(stored, item_ids(run)) if name == "responses" else stored


def plans(run: Run) -> tuple[SourcePlan, ...]:
    """Return one plan per source, tables that others refer to first.

    Raises
    ------
    ParameterError
        With every mapping that names no canonical column or leaves out a required one.
    """
    unordered = [_plan(run, number, source) for number, source in enumerate(run.sources)]
    problems = [problem for plan in unordered for problem in _problems(plan)]
    if problems:
        raise ParameterError(*problems)
    order = table_order([plan.target.name for plan in unordered])
    return tuple(sorted(unordered, key=lambda plan: (order.index(plan.target.name), plan.number)))


def table_order(names: Sequence[str]) -> tuple[str, ...]:
    """Return `names` once each, every table behind those it refers to."""
    ordered: list[str] = []

    def visit(name: str, trail: tuple[str, ...]) -> None:
        if name in ordered or name in trail:
            return
        for column in TABLES[name].columns:
            if column.references:
                visit(column.references, (*trail, name))
        ordered.append(name)

    for name in names:
        visit(name, ())
    return tuple(name for name in ordered if name in names)


def _plan(run: Run, number: int, source: Source) -> SourcePlan:
    target = canonical_table(run, source.table)
    contract = target if source.wide is None else wide_contract(target, source)
    contract = _further(contract) if source.fills else contract
    fields = tuple(_field(run, source, column) for column in contract.columns)
    cells = [cells_of(origin) for origin in source.columns.values()]
    joins = tuple(dict.fromkeys(_join(cell) for cell in cells if cell.join or cell.terms))
    filters = tuple(map(_row_test, source.only))
    references = _references(source, cells)
    return SourcePlan(
        number, source, contract, target, fields, joins, filters, references, _answers(source, cells)
    )


def _join(cell: Cells) -> Join:
    if cell.terms is not None:
        return Join(cell.label, tuple(map(label_of, cell.terms)), ADDED, summed=True)
    between = " " if cell.between is None else cell.between
    return Join(cell.label, tuple(map(label_of, cell.join or ())), between, summed=False)


def _answers(source: Source, cells: Sequence[Cells]) -> Answers | None:
    if source.long is None:
        return None
    items = {cell.label: cell.item.strip() for cell in cells if cell.item is not None}
    formats = {name: source.dates_of[name].formats for name in source.dates_of}
    latest = {source.label(name): formats.get(name, source.dates.formats) for name in source.long.latest}
    return Answers(label_of(source.long.item), label_of(source.long.value), items, latest)


def _row_test(test: Filter) -> RowTest:
    cells = test.among or test.not_among or ()
    words = f"{test.words} ({test.because})"
    return RowTest(words, label_of(test.column), cells, test.among is not None, test.filled)


def _references(source: Source, cells: Sequence[Cells]) -> Mapping[str, Reference]:
    """Return what labels stand for that are more than a name."""
    parts = [part for cell in cells for part in cell.parts] + [test.column for test in source.only]
    parts += [source.long.item, source.long.value] if source.long is not None else []
    references = [part for part in parts if isinstance(part, Reference)]
    return {part.label: part for part in references if part.label != part.column}


def _field(run: Run, source: Source, column: Column) -> Field:
    if source.wide is not None and column.name.startswith("w__"):
        return Field(column, origin=wide_origin(source, column.name))
    if source.numbered(column.name):
        return Field(column, from_line=True, prefix=_prefix(run, source, column))
    if column.name in source.columns:
        cells = cells_of(source.columns[column.name])
        after, unit = cells.after or "", cells.unit or ""
        scale = 1.0 if column.rounded and cells.scale is None else cells.scale
        summed = len(cells.terms or ())
        return Field(column, origin=cells.label, after=after, unit=unit, scale=scale, summed=summed)
    return Field(column, constant=source.constants.get(column.name))


def _prefix(run: Run, source: Source, column: Column) -> str:
    """Return what tells a line of this source apart from the same line of the table's other sources.

    A column that refers to another table holds the id of that table's record on the same line.
    """
    table = column.references or source.table
    candidates = [(at, candidate) for at, candidate in enumerate(run.sources) if candidate.table == table]
    if len(candidates) < 2:
        return ""
    exact = next((at for at, candidate in candidates if candidate is source), None)
    beside = next((at for at, candidate in candidates if source.beside(candidate)), None)
    at = exact if exact is not None else beside
    return "" if at is None else f"{source_names(run.sources)[at]}:"


def _further(register: Table) -> Table:
    """Return the table of rows that say more of units which the register already holds."""
    columns = tuple(
        replace(column, references=register.name) if column.name in register.key else column
        for column in register.columns
    )
    return replace(register, columns=columns)


def _problems(plan: SourcePlan) -> list[Problem]:
    source, where = plan.source, plan.source.file or plan.source.table
    columns = [column.name for column in plan.target.columns]
    mapped = [*source.columns, *source.constants, *source.values]
    unknown = [name for name in dict.fromkeys(mapped) if name not in columns]
    problems = [_unknown(name, columns, plan.target.name, where) for name in unknown]
    twice = [name for name in source.columns if name in source.constants]
    problems += [
        Problem(f"{name} has a column and a constant.", file=where, remedy="Keep one.") for name in twice
    ]
    for field in plan.fields:
        if field.column.required and not field.fed:
            problems.append(
                Problem(
                    f"table {plan.target.name} needs {field.column.name}, which nothing feeds.",
                    file=where,
                    remedy="Map it under 'columns' or give it under 'constants'.",
                )
            )
    return problems


def _unknown(name: str, columns: list[str], table: str, where: str) -> Problem:
    near = get_close_matches(name, columns, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"It has {', '.join(columns)}."
    return Problem(f"table {table} has no column {name!r}.", file=where, remedy=hint)
