"""Whether the cells of a source's columns can come from where they are said to come from."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.contracts import TABLES, Column, Kind, Table
from auditlib.errors import Problem
from auditlib.parameters.origins import Cells, Reference, cells_of
from auditlib.parameters.run import Run, Source
from auditlib.parameters.shape import did_you_mean
from auditlib.parameters.strict_yaml import Document, Path

_HEADER_KEYS = ("skip_rows", "header_rows", "names_row")


def origin_problems(run: Run, document: Document) -> Iterator[Problem]:
    """Yield what is wrong with references to columns, lines, durations and rows to keep."""
    for index, source in enumerate(run.sources):
        path = ("sources", index)
        yield from _header_problems(source, document, path=path)
        yield from _line_problems(run, source, document, path=path)
        yield from _duration_problems(source, document, path=path)
        yield from _once_problems(source, document, path=path)
        yield from _named_columns(source, document, path=path)


def _header_problems(source: Source, document: Document, *, path: Path) -> Iterator[Problem]:
    """Yield keys on the header of a form that has none, and rows of it that do not exist."""
    if source.form in ("parquet", "database"):
        for key in _HEADER_KEYS:
            if key in source.dialect.model_fields_set:
                message = f"{key!r} is about a header, and form: {source.form} has none."
                place = (*path, "dialect", key)
                yield document.problem(place, message, remedy="Delete it.", of_key=True)
    for place, reference in _references(source):
        if source.form == "database":
            message = "a table of a database names each column once: a position or an occurrence is no use."
            yield document.problem((*path, *place), message, remedy="Write the name of the column alone.")
        elif (row := reference.names_row or 0) > (
            source.dialect.header_rows if source.form in ("csv", "excel") else 0
        ):
            message = f"the header has no row {row}: 'header_rows' is {source.dialect.header_rows}."
            remedy = "Correct one of them."
            yield document.problem((*path, *place, "names_row"), message, remedy=remedy)


def _references(source: Source) -> Iterator[tuple[Path, Reference]]:
    """Yield every column of the source that is not referred to by its bare name, with its place."""
    for name, origin in source.columns.items():
        if isinstance(origin, Cells):
            if origin.column is not None or origin.position is not None:
                yield ("columns", name), origin
            for number, part in enumerate(origin.join or ()):
                if isinstance(part, Reference):
                    yield ("columns", name, "join", number), part
            if isinstance(origin.duration, Reference):
                yield ("columns", name, "duration"), origin.duration
    for number, test in enumerate(source.only):
        if isinstance(test.column, Reference):
            yield ("only", number, "column"), test.column


def _line_problems(run: Run, source: Source, document: Document, *, path: Path) -> Iterator[Problem]:
    table = TABLES[source.table]
    for name, origin in source.columns.items():
        if not isinstance(origin, Cells) or not origin.line or table.key == (name,):
            continue
        column = _column(table, name)
        if column is None:
            continue  # named elsewhere
        if not _same_lines(run, source, column):
            message = f"{name!r} of {table.name!r} cannot be the line: it is no id of its rows alone."
            if column.references:
                message = (
                    f"{name!r} refers to {column.references}, and no source, or several, make "
                    f"{column.references} of the same file with the line as id."
                )
            remedy = "Map it to a column of the source."
            yield document.problem((*path, "columns", name, "line"), message, remedy=remedy, of_key=True)


def _same_lines(run: Run, source: Source, column: Column) -> bool:
    """Whether the rows a column refers to have the lines of this very file as ids, and only once."""
    if not column.references or source.form == "database":  # its rows have no lines but those of a query
        return False
    beside = [each for each in run.sources if each.table == column.references and each.beside(source)]
    return len(beside) == 1 and beside[0].numbered(TABLES[column.references].key[0])


def _duration_problems(source: Source, document: Document, *, path: Path) -> Iterator[Problem]:
    table = TABLES[source.table]
    for name, origin in source.columns.items():
        cells = cells_of(origin)
        column = _column(table, name)
        if cells.after is None or column is None:
            continue
        place = (*path, "columns", name)
        if column.kind is not Kind.INSTANT:
            message = f"{name!r} is no instant, so it cannot lie a duration behind another."
            yield document.problem(place, message, remedy="Map a column to it.", of_key=True)
            continue
        start = _column(table, cells.after)
        instants = [each.name for each in table.columns if each.kind is Kind.INSTANT and each.name != name]
        if start is None or start.name not in instants:
            message = f"a duration cannot run from {cells.after!r}: it is no other instant of {table.name!r}."
            remedy = did_you_mean(cells.after, instants) or "The table has no other instant."
            yield document.problem((*place, "after"), message, remedy=remedy)
        elif start.name not in source.columns:
            message = f"the duration runs from {start.name!r}, and nothing is mapped to that."
            yield document.problem((*place, "after"), message, remedy="Map it under 'columns'.")
        elif name in _trail(source, start.name):
            message = f"{name!r} and {start.name!r} are each declared to lie behind the other."
            yield document.problem((*place, "after"), message, remedy="Map one of them to a column.")


def _trail(source: Source, name: str) -> list[str]:
    """Return the instants behind which a mapped one lies, the nearest first."""
    trail: list[str] = []
    while (after := cells_of(source.columns[name]).after) is not None and after not in trail:
        trail.append(after)
        if after not in source.columns:
            break
        name = after
    return trail


def _once_problems(source: Source, document: Document, *, path: Path) -> Iterator[Problem]:
    if not source.once:
        return
    if source.wide is not None:
        message = "'once' does not hold for wide files: there each record is several rows."
        yield document.problem((*path, "once"), message, remedy="Delete it.", of_key=True)
    for name in TABLES[source.table].key:
        if source.numbered(name):
            message = f"'once' keeps each {name} once, and {name} is the line: every one differs."
            yield document.problem((*path, "once"), message, remedy="Delete one of them.", of_key=True)


def _named_columns(source: Source, document: Document, *, path: Path) -> Iterator[Problem]:
    """Yield words about columns that are not mapped, or that hold no date where dates are meant."""
    table = TABLES[source.table]
    for key in ("dates_of", "stands_for"):
        for name in getattr(source, key):
            place = (*path, key, name)
            if name not in source.columns:
                message = f"{key!r} speaks of {name!r}, to which no column is mapped."
                remedy = "Map a column to it, or delete this."
                yield document.problem(place, message, remedy=remedy, of_key=True)
            elif (column := _column(table, name)) is None or column.kind not in (Kind.DAY, Kind.INSTANT):
                message = f"{name!r} is neither a day nor an instant."
                yield document.problem(place, message, remedy="Delete it.", of_key=True)


def _column(table: Table, name: str) -> Column | None:
    return next((column for column in table.columns if column.name == name), None)
