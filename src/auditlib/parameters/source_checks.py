"""Whether each source fits the canonical table it feeds and the file it names."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from encodings.aliases import aliases

from auditlib.contracts import TABLES, Column, ColumnKind, Table
from auditlib.errors import Problem
from auditlib.errors.values import named
from auditlib.parameters.origins import Reference, cells_of
from auditlib.parameters.run import Run, Source
from auditlib.parameters.shape import did_you_mean
from auditlib.parameters.source import NUMERIC_DATES
from auditlib.parameters.strict_yaml import Document, Path

FLAG_CODES = ("true", "false")
_ENDINGS: Mapping[str, tuple[str, ...]] = {
    "csv": (".csv", ".txt", ".tsv", ".tab", ".dat", ".gz"),
    "excel": (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"),
    "parquet": (".parquet", ".pq"),
}
# Filled from the wide layout itself, and from its period.
_WIDE_FILLS = ("item", "box", "value", "period_start", "period_end", "n_low", "n_high")


def source_problems(run: Run, document: Document) -> Iterator[Problem]:
    """Yield what is wrong with each source, and with the sources taken together."""
    for index, source in enumerate(run.sources):
        path = ("sources", index)
        table = TABLES[source.table]
        yield from _column_names(source, table, document, path=path)
        yield from _required(source, table, document, path=path)
        yield from _value_maps(source, table, document, path=path)
        yield from _file_problems(source, document, path=path)
        yield from _dialect_problems(source, document, path=path)
        yield from _format_problems(source, document, path=path)
        yield from _wide_problems(source, document, path=path)
        yield from _place_problems(source, document, path=path)
    yield from _repeated(run, document)
    yield from _no_register(run, document)


def _column_names(source: Source, table: Table, document: Document, *, path: Path) -> Iterator[Problem]:
    columns = {column.name for column in table.columns}
    for block in ("columns", "constants", "values"):
        for name in getattr(source, block):
            if name not in columns and not (table.name == "responses" and name.startswith("q_")):
                message = f"the table {named(table.name)} has no column {named(name)}."
                remedy = did_you_mean(name, columns)
                yield document.problem((*path, block, name), message, remedy=remedy, of_key=True)
    for name in source.constants:
        if name in source.columns:
            message = f"{named(name)} stands under 'columns' and under 'constants'."
            yield document.problem((*path, "constants", name), message, remedy="Keep one.", of_key=True)


def _required(source: Source, table: Table, document: Document, *, path: Path) -> Iterator[Problem]:
    fed = {*source.columns, *source.constants, *(_WIDE_FILLS if source.wide else ())}
    for column in table.columns:
        if column.required and column.name not in fed and not source.numbered(column.name):
            message = f"the table {named(table.name)} needs {named(column.name)}: {column.meaning}"
            remedy = "Map it under 'columns', or give one value under 'constants'."
            yield document.problem((*path, "columns"), message, remedy=remedy, of_key=True)


def _value_maps(source: Source, table: Table, document: Document, *, path: Path) -> Iterator[Problem]:
    by_name = {column.name: column for column in table.columns}
    for name, cells in source.values.items():
        if name in by_name and name not in source.columns:
            message = f"{named(name)} has a value map, but no column is mapped to it."
            yield document.problem((*path, "values", name), message, remedy="Map the column.", of_key=True)
        for cell, code in cells.items():
            yield from _code_problems(by_name.get(name), code, document, path=(*path, "values", name, cell))
            if cell in source.missing and (cell or "missing" in source.model_fields_set):
                message = f"the cell {named(cell)} has a code and is also listed under 'missing'."
                yield document.problem(
                    (*path, "values", name, cell), message, remedy="Keep one.", of_key=True
                )
    for name, code in source.constants.items():
        if code.strip() not in source.missing:  # an empty cell for all rows
            yield from _code_problems(by_name.get(name), code, document, path=(*path, "constants", name))


def _code_problems(column: Column | None, code: str, document: Document, *, path: Path) -> Iterator[Problem]:
    codes = FLAG_CODES if column and column.kind is ColumnKind.FLAG else column.codes if column else ()
    if codes and code not in codes:
        message = f"{named(code)} is no code of {named(column.name if column else '')}."
        yield document.problem(path, message, remedy=did_you_mean(code, codes))


def _file_problems(source: Source, document: Document, *, path: Path) -> Iterator[Problem]:
    if source.sheet is not None and source.form != "excel":
        message = f"'sheet' belongs to form: excel; this source is {source.form}."
        yield document.problem((*path, "sheet"), message, remedy="Delete it.", of_key=True)
    if source.file is None or source.form not in _ENDINGS:
        return
    ending = source.file.lower().removesuffix(".gz")
    usual_form = next((form for form, ends in _ENDINGS.items() if ending.endswith(ends)), None)
    if usual_form is not None and usual_form != source.form:
        message = f"{named(source.file)} looks like {usual_form}, but the form is {source.form}."
        yield document.problem((*path, "form"), message, remedy=f"Write form: {usual_form}.")


def _place_problems(source: Source, document: Document, *, path: Path) -> Iterator[Problem]:
    """Refuse columns told by their place, where the source is a database: a query names its columns."""
    if source.database is None:
        return
    for name, origin in source.columns.items():
        parts = cells_of(origin).parts
        if any(isinstance(part, Reference) and part.label != part.column for part in parts):
            message = f"{named(name)} is told by its place, and columns of a database have names."
            remedy = "Name the column, or give it a name by a 'query'."
            yield document.problem((*path, "columns", name), message, remedy=remedy)


def _dialect_problems(source: Source, document: Document, *, path: Path) -> Iterator[Problem]:
    dialect = source.dialect
    if not _is_text_encoding(dialect.encoding):
        message = f"there is no text encoding {named(dialect.encoding)}."
        remedy = did_you_mean(dialect.encoding, {*aliases, "utf-8", "latin-1", "cp1252"})
        remedy = remedy or "Write one that Python knows, such as utf-8, cp1252 or utf-16."
        yield document.problem((*path, "dialect", "encoding"), message, remedy=remedy)
    if dialect.delimiter == dialect.quote:
        message = "delimiter and quote are the same character."
        yield document.problem((*path, "dialect", "quote"), message, remedy="Change one of them.")
    for role in ("delimiter", "quote"):
        sign = getattr(dialect, role)
        if sign.isalnum() or sign in "\r\n":
            message = f"{named(sign)} cannot be the {role}: it occurs in ordinary values."
            yield document.problem((*path, "dialect", role), message, remedy="Give the sign itself.")


def _is_text_encoding(name: str) -> bool:
    try:
        codecs.lookup(name)
        return "a".encode(name).decode(name) == "a"
    except (LookupError, ValueError):
        return False


def _format_problems(source: Source, document: Document, *, path: Path) -> Iterator[Problem]:
    every: list[tuple[Path, tuple[str, ...], bool]] = [(("dates",), source.dates.formats, False)]
    every += [
        (("dates_of", name), dates.formats, dates.of_month is not None)
        for name, dates in source.dates_of.items()
    ]
    for block, formats, months in every:
        place = (*path, *block, "formats")
        for index, form in enumerate(formats):
            if not _is_date_format(form, months=months):
                message = f"{named(form)} is no date format."
                remedy = "Write it as strptime reads it: %d.%m.%Y %H:%M."
                near = did_you_mean(form, NUMERIC_DATES)
                remedy = near if near.startswith("Did") else remedy
                yield document.problem((*place, index), message, remedy=remedy)
        for first, second in _confusable(formats):
            pair = f"both {named(first)} and {named(second)}"
            message = f"a date such as 03/04 fits {pair}: day and month could change places."
            yield document.problem(place, message, remedy="Keep the one the client uses.")
        yield from _only_digits(formats, document, path=place)


def _only_digits(formats: tuple[str, ...], document: Document, *, path: Path) -> Iterator[Problem]:
    """Refuse dates of digits alone beside counted ones: a cell could be either."""
    counted_from = [form for form in formats if form in NUMERIC_DATES]
    probe = datetime(2024, 11, 23, 13, 45, 56)  # noqa: DTZ001  # no instant: it only exercises the format
    for form in formats if counted_from else ():
        if form not in NUMERIC_DATES and probe.strftime(form).isdigit():
            message = f"a cell of digits alone fits both {named(form)} and {named(counted_from[0])}."
            yield document.problem(path, message, remedy="Keep the one the client uses.")


def _is_date_format(form: str, *, months: bool) -> bool:
    """Return whether a format tells a day; where months are meant, whether it tells a month."""
    if form in NUMERIC_DATES:
        return True
    probe = datetime(2024, 11, 23, 13, 45, 56, tzinfo=UTC)  # it only exercises the format
    try:
        written = probe.strftime(form)
        read = datetime.strptime(written, form).date()  # noqa: DTZ007
        return read == probe.date() or (months and read == probe.date().replace(day=1))
    except ValueError:
        return False


def _confusable(forms: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for index, first in enumerate(forms):
        for second in forms[index + 1 :]:
            swapped = first.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m")
            if first != second and swapped == second and not first.startswith("%Y"):
                yield first, second


def _wide_problems(source: Source, document: Document, *, path: Path) -> Iterator[Problem]:
    if source.wide is None:
        return
    columns: dict[tuple[str, str], int] = {}
    for index, value in enumerate(source.wide.values):
        place = (*path, "wide", "values", index)
        if (value.item, value.box) in columns:
            message = f"the {value.box} box of {named(value.item)} is given twice."
            yield document.problem(place, message, remedy="Keep one column.")
        columns[value.item, value.box] = index
    for name, band in source.wide.n_bands.items():
        if band.high is not None and band.high < band.low:
            message = f"the band {named(name)} ends below its start."
            yield document.problem((*path, "wide", "n_bands", name), message, remedy="Exchange them.")
    if source.wide.n_bands and source.wide.n is None:
        message = "'n_bands' needs the column they stand in."
        yield document.problem((*path, "wide", "n_bands"), message, remedy="Add 'n'.", of_key=True)


def _repeated(run: Run, document: Document) -> Iterator[Problem]:
    for index, source in enumerate(run.sources):
        twice = [place for place, earlier in enumerate(run.sources[:index]) if _same_rows(source, earlier)]
        if twice:
            origin = source.file or (source.database.label if source.database else "")
            fed = f"{source.table!r} as entry {twice[0] + 1}"
            message = f"{named(origin)} already feeds {fed}: rows would count twice."
            remedy = "Delete one of them, or say by 'only' or 'constants' what each of them takes."
            yield document.problem(("sources", index), message, remedy=remedy)


def _same_rows(source: Source, earlier: Source) -> bool:
    """Whether two sources take the same rows of one file for the same thing: neither filter nor constant."""
    shared = source.constants.keys() & earlier.constants.keys()
    alike = source.only == earlier.only and all(source.constants[c] == earlier.constants[c] for c in shared)
    return alike and source.table == earlier.table and source.beside(earlier)


def _no_register(run: Run, document: Document) -> Iterator[Problem]:
    tables = {source.table for source in run.sources if not source.fills}
    needing = [
        name
        for name in sorted(tables)
        if any(c.name == "unit_id" and c.required for c in TABLES[name].columns)
    ]
    if needing and "units" not in tables:
        message = f"no source gives the register of units, against which {', '.join(needing)} are checked."
        yield document.problem(("sources",), message, remedy="Add a source with table: units.", of_key=True)
