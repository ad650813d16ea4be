"""Whether the cells of a source's columns can come from where they are said to come from."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.contracts import TABLES, Column, ColumnKind, Table, timed_key
from auditlib.errors import Problem
from auditlib.parameters.origins import Cells, Reference, cells_of
from auditlib.parameters.run import Run, Source
from auditlib.parameters.shape import did_you_mean
from auditlib.parameters.strict_yaml import Document, Path
from auditlib.statements import listed

_ADDED = (ColumnKind.NUMBER, ColumnKind.COUNT)
_NUMBERS = (*_ADDED, ColumnKind.SHARE)
_HEADER_KEYS = ("skip_rows", "header_rows", "names_row")


def origin_problems(run: Run, document: Document) -> Iterator[Problem]:
    """Yield what is wrong with references to columns, lines, durations and rows to keep."""
    for index, source in enumerate(run.sources):
        path = ("sources", index)
        yield from _header_problems(source, document, path=path)
        yield from _line_problems(run, source, document, path=path)
        yield from _duration_problems(source, document, path=path)
        yield from _scale_problems(source, document, path=path)
        yield from _order_problems(source, document, path=path)
        yield from _once_problems(source, document, path=path)
        yield from _named_columns(source, document, path=path)
        yield from _long_problems(source, document, path=path)
        yield from _unit_problems(run, source, document, path=path)


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
    parts: list[tuple[Path, object]] = []
    for name, origin in source.columns.items():
        if isinstance(origin, Cells):
            plain = origin if origin.column is not None or origin.position is not None else None
            parts += [(("columns", name), plain), (("columns", name, "duration"), origin.duration)]
            parts += [(("columns", name, "join", at), part) for at, part in enumerate(origin.join or ())]
            parts += [(("columns", name, "sum", at), part) for at, part in enumerate(origin.terms or ())]
    parts += [(("only", number, "column"), test.column) for number, test in enumerate(source.only)]
    if source.long is not None:
        parts += [(("long", "item"), source.long.item), (("long", "value"), source.long.value)]
    yield from ((place, part) for place, part in parts if isinstance(part, Reference))


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
    beside = [
        neighbour
        for neighbour in run.sources
        if neighbour.table == column.references and neighbour.beside(source)
    ]
    return len(beside) == 1 and beside[0].numbered(TABLES[column.references].key[0])


def _duration_problems(source: Source, document: Document, *, path: Path) -> Iterator[Problem]:
    table = TABLES[source.table]
    for name, origin in source.columns.items():
        cells = cells_of(origin)
        column = _column(table, name)
        if cells.after is None or column is None:
            continue
        place = (*path, "columns", name)
        if column.kind is not ColumnKind.INSTANT:
            message = f"{name!r} is no instant, so it cannot lie a duration behind another."
            yield document.problem(place, message, remedy="Map a column to it.", of_key=True)
            continue
        start = _column(table, cells.after)
        instants = [
            column.name
            for column in table.columns
            if column.kind is ColumnKind.INSTANT and column.name != name
        ]
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


def _scale_problems(source: Source, document: Document, *, path: Path) -> Iterator[Problem]:
    """Yield columns that hold no numbers and are multiplied nevertheless, or that are no sum of others."""
    for name, origin in source.columns.items():
        cells, column = cells_of(origin), _column(TABLES[source.table], name)
        if column is None:
            continue
        place = (*path, "columns", name)
        if cells.scale is not None and column.kind not in _NUMBERS:
            message = f"{name!r} holds no plain numbers, so that nothing can be multiplied."
            yield document.problem((*place, "scale"), message, remedy="Delete 'scale'.", of_key=True)
        if cells.terms and column.kind not in _ADDED:
            message = f"{name!r} holds neither counts nor quantities, so that nothing can be added up."
            yield document.problem((*place, "sum"), message, remedy="Map one column.", of_key=True)


def _order_problems(source: Source, document: Document, *, path: Path) -> Iterator[Problem]:
    """Yield where rows whose local time came twice cannot be read in order, and why not."""
    if source.dates.ambiguous != "in_order":
        return
    place, timed = (*path, "dates", "ambiguous"), timed_key(TABLES[source.table])
    mapped = [name for name in timed if name in source.columns]
    if not timed:
        message = (
            f"an id and not the time tells rows of {source.table!r} apart: nothing says which "
            "of them came in the first of the two hours."
        )
        remedy = "Map a time with its offset, or write earlier, later or quarantine."
        yield document.problem(place, message, remedy=remedy)
    elif len(mapped) > 1:
        message = f"{listed(mapped)} would each have to be read in order, and may lie in different hours."
        remedy = f"Map {mapped[0]!r} alone and say how long a row lasts, as a column or a constant."
        yield document.problem(place, message, remedy=remedy)


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


def _long_problems(source: Source, document: Document, *, path: Path) -> Iterator[Problem]:
    """Yield words on items of a file that is in no long form, and on a long form that makes no responses."""
    items: dict[str, str] = {}
    for name, origin in source.columns.items():
        item = cells_of(origin).item
        if item is not None and (source.long is None or items.setdefault(item.strip(), name) != name):
            message = f"{name!r} is an item, and the source is in no long form."
            remedy = "Add long: {item: ..., value: ...}, or map a column."
            if source.long is not None:
                message = f"{items[item.strip()]!r} and {name!r} are one item."
                remedy = "Correct one of them."
            yield document.problem((*path, "columns", name), message, remedy=remedy)
    if source.long is None:
        return
    key = cells_of(source.columns["response_id"]) if "response_id" in source.columns else None
    wrong = {
        "'long' is for table: responses.": source.table != "responses",
        "'long' makes responses of rows, and no column says which belong together.": key is None
        or bool(key.line or key.item),
        "'once' and 'long' both say what the rows of a key are.": source.once,
        "no column is mapped to an item.": not items,
    }
    for at, name in enumerate(source.long.latest):
        column = _column(TABLES[source.table], name)
        if (
            name not in source.columns
            or column is None
            or column.kind not in (ColumnKind.DAY, ColumnKind.INSTANT)
        ):
            message = f"{name!r} is no day or instant that a column is mapped to."
            yield document.problem((*path, "long", "latest", at), message, remedy="Correct or delete it.")
    for message in (message for message, holds in wrong.items() if holds):
        remedy = "Map response_id to a column, items as {item: ...}, or delete 'long'."
        yield document.problem((*path, "long"), message, remedy=remedy, of_key=True)


def _unit_problems(run: Run, source: Source, document: Document, *, path: Path) -> Iterator[Problem]:
    """Yield words on units where the source names none, or where there is nothing to find them by."""
    registers = [source for source in run.sources if source.table == "units" and not source.fills]
    if source.fills and (source.table != "units" or source.once):
        message = "'fills' is for a source with table: units that says more of what a register holds."
        yield document.problem((*path, "fills"), message, remedy="Delete it.", of_key=True)
    elif source.fills and not registers:
        message = "'fills' says more of units, and no source registers them."
        remedy = "Add the register as a source with table: units, or delete 'fills'."
        yield document.problem((*path, "fills"), message, remedy=remedy, of_key=True)
    names_units = any(column.references == "units" for column in TABLES[source.table].columns)
    if source.units_by != "id" and not (names_units or source.fills):
        message = f"the table {source.table!r} names no units of the register."
        yield document.problem((*path, "units_by"), message, remedy="Delete it.", of_key=True)
    elif (
        source.units_by == "name"
        and registers
        and not any({*register.columns, *register.constants} & {"name"} for register in registers)
    ):
        message = "units are to be found by their name, and the register of units maps none."
        yield document.problem((*path, "units_by"), message, remedy="Map 'name' in the register of units.")


def _named_columns(source: Source, document: Document, *, path: Path) -> Iterator[Problem]:
    """Yield words about columns that are not mapped, or that hold no date where dates are meant."""
    table = TABLES[source.table]
    for key, fed in (("dates_of", {*source.columns, *source.constants}), ("stands_for", {*source.columns})):
        for name in getattr(source, key):
            place = (*path, key, name)
            if name not in fed:
                message = f"{key!r} speaks of {name!r}, to which no column is mapped."
                remedy = "Map a column to it, or delete this."
                yield document.problem(place, message, remedy=remedy, of_key=True)
            elif (column := _column(table, name)) is None or column.kind not in (
                ColumnKind.DAY,
                ColumnKind.INSTANT,
            ):
                message = f"{name!r} is neither a day nor an instant."
                yield document.problem(place, message, remedy="Delete it.", of_key=True)


def _column(table: Table, name: str) -> Column | None:
    return next((column for column in table.columns if column.name == name), None)
