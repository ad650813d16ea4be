"""The recognisers of a project: read, checked for sense, and held against what a file looks like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as FilePath

from auditlib.contracts import TABLES, ColumnKind, Table
from auditlib.errors import ParameterError, Problem
from auditlib.errors.values import named
from auditlib.onboarding.recogniser import FOLDER, Constant, ExportCells, Feed, Recogniser
from auditlib.onboarding.vocabulary import simplified
from auditlib.parameters.load import in_order, validate
from auditlib.parameters.shape import did_you_mean
from auditlib.parameters.strict_yaml import Document, Path, read_yaml

_NEARLY_ALL = 0.9
_ZONE = re.compile(r"\s*\(((?:[A-Z][A-Za-z]+(?:/[A-Z][A-Za-z_-]+)+)|UTC)\)\s*$")


def read_recogniser(text: str, *, name: str) -> Recogniser:
    """Read a recogniser.

    Raises
    ------
    ParameterError
        With every mistake, its place and what to do.
    """
    document = read_yaml(text, name=name)
    recogniser = validate(Recogniser, document)
    problems = in_order(recogniser_problems(recogniser, document))
    if problems:
        raise ParameterError(*problems)
    return recogniser


def recognisers(root: FilePath) -> dict[str, Recogniser]:
    """Return the recognisers of a project by the names of their files; ParameterError for a wrong one."""
    folder = root / "params" / FOLDER
    return {
        path.stem: read_recogniser(path.read_text("utf-8"), name=f"params/{FOLDER}/{path.name}")
        for path in sorted(folder.glob("*.yaml"))
    }


def recognised(
    exports: Mapping[str, Recogniser],
    *,
    form: str,
    header: Sequence[str],
    header_rows: int,
    last_row: Sequence[str] = (),
    cells: Mapping[str, Sequence[str]],
) -> tuple[str, ...]:
    """Return the names of the recognisers that fit a file, the one that names most of its columns first.

    Parameters
    ----------
    exports
        Recognisers by name.
    form
        csv, excel or parquet.
    header
        Names of its columns.
    header_rows
        Rows of the header these names were taken from, as a recogniser would say.
    last_row
        The last row of the header.
    cells
        Filled cells of a sample, by column.
    """
    names = {simplified_name(name) for name in header if name}
    cells_by_name = {simplified_name(name): column for name, column in cells.items()}
    fitting = {
        name: sum(
            stands(column, names)
            for column in (*recogniser.signature.all_of, *recogniser.signature.some_of, *recogniser.own)
        )
        for name, recogniser in exports.items()
        if form in recogniser.signature.form
        and recogniser.signature.header_rows == header_rows
        and _fits(recogniser, names, " ".join(last_row), cells_by_name)
    }
    return tuple(sorted(fitting, key=lambda name: (-fitting[name], name)))


def zone_of(name: str) -> str:
    """Return the zone a tool writes in brackets behind a column's name; empty where there is none."""
    bracketed = _ZONE.search(name)
    return bracketed.group(1) if bracketed else ""


def simplified_name(name: str) -> str:
    """Return a column's name as names are compared, without a zone in brackets behind it."""
    bare = _ZONE.sub("", name)
    return simplified(bare) or bare.strip()


def stands(alternatives: str, names: set[str]) -> bool:
    """Return whether one of the alternatives is among simplified `names`."""
    return any(simplified_name(name) in names for name in alternatives.split("|"))


def _fits(recogniser: Recogniser, names: set[str], last_row: str, cells: Mapping[str, Sequence[str]]) -> bool:
    signature = recogniser.signature
    return (
        all(stands(column, names) for column in signature.all_of)
        and sum(stands(column, names) for column in signature.some_of) >= signature.at_least
        and not any(stands(column, names) for column in signature.none_of)
        and (not signature.header_holds or any(text in last_row for text in signature.header_holds))
        and all(_distinct(_of(alternatives, cells)) for alternatives in signature.unique)
        and all(
            _filled_by(pattern, _of(alternatives, cells)) for alternatives, pattern in signature.cells.items()
        )
    )


def _of(alternatives: str, cells: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Return the cells of the first column that has one of the names."""
    names = (simplified_name(name) for name in alternatives.split("|"))
    return next((cells[name] for name in names if name in cells), ())


def _filled_by(pattern: str, cells: Sequence[str]) -> bool:
    fitting = sum(bool(re.fullmatch(pattern, cell)) for cell in cells)
    return bool(cells) and fitting >= _NEARLY_ALL * len(cells)


def _distinct(cells: Sequence[str]) -> bool:
    """Return whether hardly a cell stands twice; a row sent twice is a mistake of its own."""
    return len(set(cells)) > _NEARLY_ALL * len(cells) or not cells


def recogniser_problems(recogniser: Recogniser, document: Document) -> Iterator[Problem]:
    """Yield what makes no sense in a recogniser: unknown tables and columns, codes, patterns."""
    for column, pattern in recogniser.signature.cells.items():
        yield from _pattern(pattern, ("signature", "cells", column), document)
    for index, feed in enumerate(recogniser.feeds):
        path: Path = ("feeds", index)
        if feed.table not in TABLES:
            message = f"there is no canonical table {named(feed.table)}."
            yield document.problem((*path, "table"), message, remedy=did_you_mean(feed.table, TABLES))
            continue
        table = TABLES[feed.table]
        yield from _columns(feed, table, document, path=path)
        yield from _codes(feed, table, document, path=path)
        if feed.questions:
            yield from _pattern(feed.questions, (*path, "questions"), document)
        if feed.table != "responses" and (feed.items or feed.questions is not None):
            message = "questions belong to table: responses."
            yield document.problem(path, message, remedy="Delete them, or correct the table.")


def _pattern(pattern: str, path: Path, document: Document) -> Iterator[Problem]:
    try:
        re.compile(pattern)
    except re.error as error:
        message = f"{named(pattern)} is no regular expression: {error}."
        yield document.problem(path, message, remedy="Write it as Python's re reads it.")


def _columns(feed: Feed, table: Table, document: Document, *, path: Path) -> Iterator[Problem]:
    column_names = {column.name for column in table.columns}
    for block in ("columns", "constants", "values", "stands_for"):
        for name in getattr(feed, block):
            if name not in column_names:
                message = f"the table {named(table.name)} has no column {named(name)}."
                place = (*path, block, name)
                yield document.problem(place, message, remedy=did_you_mean(name, column_names), of_key=True)
    for name in feed.constants:
        if name in feed.columns:
            message = f"{named(name)} stands under 'columns' and under 'constants'."
            yield document.problem((*path, "constants", name), message, remedy="Keep one.", of_key=True)
    instants = {column.name for column in table.columns if column.kind is ColumnKind.INSTANT}
    for name, cells in feed.columns.items():
        anchor = cells.after if isinstance(cells, ExportCells) else ""
        if anchor and (anchor not in instants or anchor not in feed.columns):
            message = f"{named(anchor)} is no instant that this table is given."
            place = (*path, "columns", name)
            yield document.problem(place, message, remedy=did_you_mean(anchor, instants & {*feed.columns}))


def _codes(feed: Feed, table: Table, document: Document, *, path: Path) -> Iterator[Problem]:
    constants = {
        name: value.value if isinstance(value, Constant) else value for name, value in feed.constants.items()
    }
    written: list[tuple[Path, str, str]] = [
        (("constants", name), name, code) for name, code in constants.items()
    ]
    written += [
        (("values", name, cell), name, code)
        for name, cells in feed.values.items()
        for cell, code in cells.items()
    ]
    by_name = {column.name: column for column in table.columns}
    for place, name, code in written:
        column = by_name.get(name)
        codes = (
            ("true", "false") if column and column.kind is ColumnKind.FLAG else column.codes if column else ()
        )
        if codes and code not in codes:
            message = f"{named(code)} is no code of {named(name)}."
            yield document.problem((*path, *place), message, remedy=did_you_mean(code, codes))
