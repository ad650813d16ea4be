"""The party's own names with digits: unit 007, Branch 12 or a file calls (3).csv is no number of the audit.

Where a text states digits that none of its keys has, and the evidence knows them as a name, the name is
recorded with the rows it names. A reader can then look it up like a number, and the report lets it stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from auditlib.audit.numerals import keys_of, numerals, orphans
from auditlib.contracts import Column, ColumnKind, table
from auditlib.records import Basis, Number, SourceTotals
from auditlib.statements.formats import NAMING

PREFIX = "name:"
"""How the keys of names begin; any text of their notebook may state them."""
_REGISTERS = ("units", "accounts", "employees")
"""Tables whose ids and names stand in sentences."""


class NamedTables(Protocol):
    """As much of the evidence as holds names."""

    @property
    def tables(self) -> tuple[str, ...]: ...  # noqa: D102 - said by the class
    @property
    def totals(self) -> tuple[SourceTotals, ...]: ...  # noqa: D102
    def lazy(self, table: str) -> Any: ...  # noqa: D102


def names_stated(
    document: Mapping[str, Any], numbers: Mapping[str, Number], tables: NamedTables
) -> list[Number]:
    """Return the names that the texts of a results document state, each with the rows it names.

    Parameters
    ----------
    document
        In the shape of ``auditlib/results@1``.
    numbers
        What its notebook recorded, by key.
    tables
        The evidence; read only where a text states digits that none of its keys has.
    """
    declared = [number for key, number in numbers.items() if key.startswith("threshold:")]
    unsure = [
        text
        for text, keys in _texts(document)
        if orphans(text, [*declared, *(numbers[key] for key in keys if key in numbers)])
    ]
    if not unsure:
        return []
    stated = {
        value: Basis(source, ((column, value),))
        for source, column, value in (*_registered_names(tables), *_files(tables.totals))
        if any(_holds(text, value) for text in unsure)
    }
    return [Number(f"{PREFIX}{value}", value, "name", basis=(stated[value],)) for value in sorted(stated)]


def _texts(document: Mapping[str, Any]) -> Iterator[tuple[str, Iterable[str]]]:
    """Give every text that may state a number, with the keys it names."""
    for sentence in (*document["answer"], *document["sentences"]):
        yield sentence["text"], sentence["keys"]
    for finding in document["findings"]:
        keys = [key.partition("/")[2] for key in finding["evidence"]]
        for part in ("criterion", "condition", "cause", "effect", "recommendation", "headline"):
            yield finding[part], keys
    for exhibit in document["exhibits"]:
        yield exhibit["title"], exhibit["keys"]
        yield exhibit["caption"], exhibit["keys"]
        yield from _cells(exhibit)


def _cells(exhibit: Mapping[str, Any]) -> Iterator[tuple[str, Iterable[str]]]:
    columns = exhibit.get("columns", ())
    for row, references in zip(exhibit.get("rows", ()), exhibit.get("references", ()), strict=True):
        for column, text, reference in zip(columns, row, references, strict=True):
            if column["unit"] not in NAMING and not column["numeric"]:
                yield text, keys_of(reference)


def _registered_names(tables: NamedTables) -> Iterator[tuple[str, str, str]]:
    """Give table, column and value of every name that holds digits."""
    for source in tables.tables:
        for column in table(source).columns:
            if _names(source, column) and _stored(tables, source, column):
                distinct = tables.lazy(source).select(column.name).unique().collect()[column.name]
                values = (str(value) for value in distinct.drop_nulls().to_list())
                yield from ((source, column.name, value) for value in sorted(values) if numerals(value))


def _stored(tables: NamedTables, source: str, column: Column) -> bool:
    """Tell whether the evidence holds a column: an optional one only where a source feeds it."""
    return not column.optional or column.name in tables.lazy(source).collect_schema().names()


def _files(totals: Iterable[SourceTotals]) -> Iterator[tuple[str, str, str]]:
    """Give every name of a file that holds digits, with where it is looked up."""
    names = dict.fromkeys(total.file for total in totals)
    yield from (("sources", "file", name) for name in names if numerals(name))


def _names(source: str, column: Column) -> bool:
    if source in _REGISTERS:
        by_id = column.kind is ColumnKind.ID and not column.references
        return by_id or column.name == "name" or (column.kind is ColumnKind.CODE and not column.codes)
    by_id = column.kind is ColumnKind.ID and column.references == "units"
    return (by_id and source == "aggregates") or (column.kind is ColumnKind.CODE and not column.codes)


def _holds(text: str, name: str) -> bool:
    """Tell whether `name` stands in `text` by itself."""
    return re.search(rf"(?<![\w.,]){re.escape(name)}(?!\w|[.,]\d)", text) is not None
