"""A frame becomes a table exhibit: printed cells, and behind each number the key it is found by.

A number's key is ``column:row`` where the row is named by its label cells (``top_box:U014:all``). A
result that offers `numbers()` under such keys binds them; every other numeric cell gets a number of its
own, ``exhibit.column:row``, resting on the row's share of the exhibit's basis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from auditlib.audit.numerals import BESIDE, keys_of, keys_stated, numerals
from auditlib.audit.protocols import Result
from auditlib.audit.redaction import neutralised
from auditlib.audit.rounding import rounded
from auditlib.audit.suppression import Suppression
from auditlib.contracts import TABLES, physical_columns
from auditlib.disclosure import COUNTS, MinimumFrequency, is_held_back
from auditlib.errors import AuditError, Problem
from auditlib.records import Basis, Number
from auditlib.statements import Exhibit
from auditlib.statements.formats import (
    LABEL_UNITS,
    MISSING,
    NAMING,
    SAME,
    SUPPRESSED,
    format_value,
    heading,
    label_unit,
    unit_of,
)

if TYPE_CHECKING:
    import pandas as pd

OutgoingCell = Callable[[str, Any], Any]
"""What is shown for the value of a column."""

_OTHER_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "cells": ("unit_id", "month", "survey_type", "item", "score"),
    "quarantine": ("table", "file", "line", "column", "reason"),
    "sources": ("table", "file"),
}


ROWS_ON_PAPER = 14
"""A table of more rows is a detail: on the screen and in the work papers, named on paper."""


@dataclass(frozen=True, slots=True)
class PrintedColumn:
    """A column as it is printed."""

    name: str
    heading: str
    unit: str
    numeric: bool

    @property
    def counts(self) -> bool:
        """Whether its cells are numbers of the audit rather than labels."""
        return self.numeric and self.unit not in LABEL_UNITS


@dataclass(frozen=True, slots=True)
class Tabulated:
    """A table ready to be shown and recorded, with the numbers it brought along."""

    columns: tuple[PrintedColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    references: tuple[tuple[str, ...], ...]
    numbers: tuple[Number, ...]
    left_out: int

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key the table refers to, once, in reading order."""
        return tuple(dict.fromkeys(key for row in self.references for cell in row for key in keys_of(cell)))


@dataclass(frozen=True, slots=True)
class Layout:
    """An exhibit, and what it is printed with.

    Parameters
    ----------
    id
        Of the exhibit within its notebook.
    exhibit
        What a room wants to be read, its facts under the keys they are recorded by.
    numbers
        Numbers recorded so far.
    suppression, outgoing_cell
        What is held back, and what is shown for the value of a column.
    limit
        Most rows that are printed.
    stated
        Numbers that its texts state, beside those of their rows.
    """

    id: str
    exhibit: Exhibit
    numbers: Mapping[str, Number]
    suppression: Suppression
    outgoing_cell: OutgoingCell
    limit: int
    stated: tuple[Number, ...] = ()


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    key: str = ""
    number: Number | None = None


def exhibit_of(
    content: pd.DataFrame | Result, *, units: Mapping[str, str], labels: Mapping[str, str], **parts: Any
) -> Exhibit:
    """Return what is shown as an exhibit; what a notebook says of it goes before what a room says.

    Parameters
    ----------
    content
        An exhibit of a room, a result, or a frame.
    units, labels
        Of columns that need another unit or heading than the usual.
    **parts
        Other parts of an exhibit; an empty one leaves the room's own.
    """
    if isinstance(content, Exhibit):
        exhibit = content
    elif isinstance(content, Result):
        exhibit = Exhibit(content.to_frame(), by=tuple(getattr(content, "by", ())), facts=content.numbers())
    else:
        exhibit = Exhibit(content)
    chosen = {part: value for part, value in parts.items() if value}
    return replace(exhibit, units={**exhibit.units, **units}, labels={**exhibit.labels, **labels}, **chosen)


def recorded_table(id: str, exhibit: Exhibit, table: Tabulated, *, detail: bool | None) -> dict[str, Any]:  # noqa: A002
    """Return a table as it is recorded; in detail where it has more rows than paper takes, unless said."""
    return {
        "id": id,
        "kind": "table",
        "title": exhibit.title,
        "caption": exhibit.caption,
        "columns": [asdict(column) for column in table.columns],
        "rows": table.rows,
        "references": table.references,
        "left_out": table.left_out,
        "keys": tuple(dict.fromkeys((*table.keys, *exhibit.keys))),
        "detail": len(table.rows) > ROWS_ON_PAPER if detail is None else detail,
    }


def tabulate(layout: Layout) -> Tabulated:
    """Print the frame of an exhibit, binding every number in it to a key."""
    frame = layout.exhibit.frame
    records = [
        {str(name): _built_in(str(name), value, layout.outgoing_cell) for name, value in row.items()}
        for row in frame.to_dict("records")
    ]
    columns = _columns([str(name) for name in frame.columns], records, layout)
    by = layout.exhibit.by or _leading_labels(columns)
    bound = replace(layout, exhibit=replace(layout.exhibit, by=tuple(by)))
    bases = _bases_by_row(layout.exhibit.facts)
    records = _in_telling_order(records, columns, bound)
    names = _row_names(records, by)
    table = [
        [_cell(column, record, name, bases, bound) for column in columns]
        for record, name in zip(records[: layout.limit], names[: layout.limit], strict=True)
    ]
    return Tabulated(
        columns,
        tuple(tuple(cell.text for cell in row) for row in table),
        tuple(tuple(cell.key for cell in row) for row in table),
        tuple(cell.number for row in table for cell in row if cell.number is not None),
        max(0, len(records) - layout.limit),
    )


def _built_in(column: str, value: Any, outgoing_cell: OutgoingCell) -> Any:
    import pandas as pd

    if not isinstance(value, str | list | tuple) and pd.isna(value):
        return None
    if isinstance(value, list | tuple):
        return "; ".join(str(outgoing_cell(column, entry)) for entry in value)
    return outgoing_cell(column, value.item() if hasattr(value, "item") else value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _columns(
    names: Sequence[str], records: Sequence[Mapping[str, Any]], layout: Layout
) -> tuple[PrintedColumn, ...]:
    columns: list[PrintedColumn] = []
    for name in names:
        column = _column(name, records, layout)
        beside = next((earlier.unit for earlier in reversed(columns) if earlier.counts), "")
        columns.append(replace(column, unit=beside) if column.unit == SAME else column)
    return tuple(columns)


def _column(name: str, records: Sequence[Mapping[str, Any]], layout: Layout) -> PrintedColumn:
    filled = [record[name] for record in records if record[name] is not None]
    numeric = bool(filled) and all(_is_number(value) for value in filled)
    stated_unit = next(
        (number.unit for number in layout.exhibit.facts if number.key.startswith(f"{name}:")), ""
    )
    whole = all(isinstance(value, int) for value in filled)
    usual = unit_of(name, whole=whole) if numeric else label_unit(name)
    unit = layout.exhibit.units.get(name) or stated_unit or usual
    return PrintedColumn(
        name, layout.outgoing_cell("", layout.exhibit.labels.get(name, heading(name))), unit, numeric
    )


def _leading_labels(columns: Iterable[PrintedColumn]) -> tuple[str, ...]:
    labels: list[str] = []
    for column in columns:
        if column.counts:
            break
        labels.append(column.name)
    return tuple(labels)


def _in_telling_order(
    records: list[dict[str, Any]], columns: Sequence[PrintedColumn], layout: Layout
) -> list[dict[str, Any]]:
    """Return the rows in order of their names where they stood in that of a number, and one is held back.

    Between which others a row stands would tell what its cell does not.
    """
    names = _row_names(records, layout.exhibit.by)
    if not any(_row_suppressed(name, layout) for name in names):
        return records
    if not any(_in_order([record[column.name] for record in records]) for column in columns if column.counts):
        return records
    return [record for _, record in sorted(zip(names, records, strict=True), key=lambda pair: pair[0])]


def _in_order(values: Sequence[Any]) -> bool:
    numbers = [value for value in values if _is_number(value)]
    steps = [after - before for before, after in pairwise(numbers)]
    rising, falling = all(step >= 0 for step in steps), all(step <= 0 for step in steps)
    return len(numbers) > 2 and rising is not falling


def _row_names(records: Sequence[Mapping[str, Any]], by: Sequence[str]) -> list[str]:
    occurrences: dict[str, int] = {}
    names: list[str] = []
    for position, record in enumerate(records, start=1):
        name = ":".join(str(record[column]) for column in by) or str(position)
        occurrences[name] = occurrences.get(name, 0) + 1
        names.append(name if occurrences[name] == 1 else f"{name}#{occurrences[name]}")
    return names


def _bases_by_row(numbers: Iterable[Number]) -> dict[str, tuple[Basis, ...]]:
    bases: dict[str, tuple[Basis, ...]] = {}
    for number in numbers:
        if number.basis:
            bases.setdefault(number.key.partition(":")[2], number.basis)
    return bases


def _cell(
    column: PrintedColumn,
    record: Mapping[str, Any],
    row: str,
    bases: Mapping[str, tuple[Basis, ...]],
    layout: Layout,
) -> _Cell:
    value = record[column.name]
    if not column.counts:
        text = _label(column, value)
        text = layout.suppression.text(text, _keys_of_row(row, layout))[0]
        return _Cell(text, "" if column.unit in NAMING else _stated(text, column, row, layout))
    key = f"{column.name}:{row}"
    if _without_trace(column, record, row, layout):
        return _Cell(f"< {layout.suppression.minimum.least}" if column.name == "n" else SUPPRESSED)
    if key in layout.numbers:
        return _bound(layout.numbers[key], value, column, layout)
    if value is None:
        return _Cell(MISSING)
    number = _own_number(column, value, row, bases.get(row, ()) or _narrowed(record, layout), layout)
    if is_held_back(layout.suppression.disclosed(number)):
        return _Cell(layout.suppression.cell(number.key), number.key, number)
    return _Cell(format_value(value, column.unit), number.key, number)


def _label(column: PrintedColumn, value: Any) -> str:
    if value is None:
        return MISSING
    if isinstance(value, str):
        return neutralised(value)
    return format_value(value, column.unit) if _is_number(value) or isinstance(value, bool) else str(value)


def _stated(text: str, column: PrintedColumn, row: str, layout: Layout) -> str:
    """Return the keys of the numbers a text states: of its row, given for all, declared, or the result's."""
    if not numerals(text):
        return ""
    own_key = f"{column.name}:{row}"
    of_row = [number for key, number in layout.numbers.items() if key.partition(":")[2] == row]
    of_row.sort(key=lambda number: number.key != own_key)
    declared = [number for key, number in layout.numbers.items() if key.startswith("threshold:")]
    refused = [refusal for refusal in layout.numbers.values() if refusal.reason and refusal.reason in text]
    return BESIDE.join(
        keys_stated(text, (*of_row, *refused, *layout.stated, *declared, *layout.exhibit.facts))
    )


def _without_trace(column: PrintedColumn, record: Mapping[str, Any], row: str, layout: Layout) -> bool:
    """Tell whether a cell of a row on too few is not even recorded."""
    bound = f"{column.name}:{row}" in layout.numbers
    return _row_too_small(record, layout.suppression.minimum) or (
        not bound and column.unit not in COUNTS and _row_suppressed(row, layout)
    )


def _row_too_small(record: Mapping[str, Any], minimum: MinimumFrequency) -> bool:
    n = record.get("n")
    return _is_number(n) and minimum.hides(int(n or 0))


def _keys_of_row(row: str, layout: Layout) -> list[str]:
    """Return the keys whose numbers a text in `row` may state."""
    facts = (*(number.key for number in layout.exhibit.facts), *layout.numbers)
    row_keys = dict.fromkeys(key for key in facts if key.partition(":")[2] == row)
    return [*row_keys, *(number.key for number in layout.stated)]


def _row_suppressed(row: str, layout: Layout) -> bool:
    """Tell whether what was measured in `row` is held back: its limits would tell it."""
    row_keys = (number.key for number in layout.exhibit.facts if number.key.partition(":")[2] == row)
    return any(layout.suppression.measure_held(key) for key in row_keys)


def _bound(number: Number, value: Any, column: PrintedColumn, layout: Layout) -> _Cell:
    if number.value is None:
        held = is_held_back(number)
        return _Cell(layout.suppression.cell(number.key) if held else MISSING, number.key)
    if value is None or rounded(float(value)) != rounded(float(number.value)):
        raise AuditError(
            Problem(
                f"table {layout.id!r} shows {value} where {number.key!r} was recorded as {number.value}",
                remedy="Take the table and its numbers from the same result.",
            )
        )
    return _Cell(format_value(value, column.unit), number.key)


def _own_number(
    column: PrintedColumn, value: float, row: str, basis: tuple[Basis, ...], layout: Layout
) -> Number:
    if not basis:
        raise AuditError(
            Problem(
                f"table {layout.id!r} shows numbers without the rows they rest on",
                column=column.name,
                remedy="Give basis=Basis(table, where), or a result that names the basis of its numbers.",
            )
        )
    n = None if column.unit in COUNTS else basis[0].rows
    return Number(f"{layout.id}.{column.name}:{row}", value, column.unit, n, basis=basis)


def _narrowed(record: Mapping[str, Any], layout: Layout) -> tuple[Basis, ...]:
    if layout.exhibit.basis is None:
        return ()
    fixed = {name for name, _ in layout.exhibit.basis.where}
    columns = _columns_of(layout.exhibit.basis.table)
    extra = tuple(
        (name, record[name])
        for name in layout.exhibit.by
        if name in columns and name not in fixed and record[name] is not None
    )
    if not extra:
        return (layout.exhibit.basis,)
    return (replace(layout.exhibit.basis, where=layout.exhibit.basis.where + extra, rows=None),)


def _columns_of(table: str) -> tuple[str, ...]:
    if table in TABLES:
        return (*physical_columns(TABLES[table]), "in_period")
    return _OTHER_COLUMNS.get(table, ())
