"""A filled form read back: its answers, and everything else that was changed in it."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditlib.errors import DataError, Problem
from auditlib.errors.values import named
from auditlib.files.workbooks import Row, sheets_of
from auditlib.sampling.drawn import Drawn, DrawnCase, from_document
from auditlib.sampling.form_writing import (
    ANSWER,
    DRAWN,
    FORM,
    HASH,
    HEADER_ROW,
    KEY,
    answers_of,
    cell_of,
    form_head,
    headings_of,
)


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled form: the sample, one answer per case, and what else was altered."""

    drawn: Drawn
    answers: Mapping[str, str]
    altered: tuple[str, ...]


def read_form(content: bytes, *, name: str) -> Filled:
    """Read a form back.

    Parameters
    ----------
    content, name
        The workbook, and how to name it in messages.

    Raises
    ------
    DataError
        Where it is no form; naming every row whose key was changed, added or removed; naming every row
        without one of the answers.
    """
    sheets = sheets_of(content, name)
    drawn = _drawn(sheets, name)
    form = sheets[FORM]
    placed = _placed(form, drawn, name)
    answer_at = headings_of(drawn).index(ANSWER)
    answers = {key: _text(row, answer_at).strip().lower() for key, (_, row) in placed.items()}
    _require_answers(answers, placed, drawn, name)
    altered = (*_head_changes(form, drawn), *_cell_changes(placed, drawn), *_added_sheets(sheets))
    return Filled(drawn, answers, altered)


def is_blank(content: bytes, *, name: str) -> bool:
    """Return whether a form has no answer at all yet; DataError where it is no form, or its rows changed."""
    sheets = sheets_of(content, name)
    drawn = _drawn(sheets, name)
    answer_at = headings_of(drawn).index(ANSWER)
    return not any(_text(row, answer_at).strip() for _, row in _placed(sheets[FORM], drawn, name).values())


def _drawn(sheets: Mapping[str, list[Row]], name: str) -> Drawn:
    try:
        text = "".join(_text(row, 0)[1:] for row in sheets[DRAWN])
        drawn = from_document(json.loads(b64decode(text, validate=True)))
        stated = [_text(row, 0) for row in sheets[FORM][: len(form_head(drawn))]]
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise DataError(
            Problem("this is no form of a drawn sample.", name, remedy="Use the file that was drawn.")
        ) from error
    if form_head(drawn)[-1] not in stated:
        raise DataError(
            Problem(
                "the sample as drawn was changed: it is not the one the form is headed with.",
                name,
                remedy="Draw the sample again and fill that form in.",
            )
        )
    return drawn


def _placed(form: list[Row], drawn: Drawn, name: str) -> dict[str, tuple[int, Row]]:
    """Return the line and row of each case, by key; rows are found by their hash, so they may be sorted."""
    cases = {drawn.row_hash(case): case for case in drawn.cases}
    hash_at = headings_of(drawn).index(HASH)
    placed: dict[str, tuple[int, Row]] = {}
    problems: list[Problem] = []
    for line, row in _filled_rows(form):
        case = cases.get(_text(row, hash_at))
        problem = _key_problem(case, row, placed)
        if problem or case is None:
            problems.append(Problem(problem, name, line, KEY, remedy="Restore the row as it was drawn."))
        else:
            placed[case.key] = (line, row)
    missing = [case.key for case in drawn.cases if case.key not in placed]
    if problems or missing:
        lacking = (Problem(f"the row of {key} is missing or was changed.", name) for key in missing)
        raise DataError(*problems, *lacking)
    return placed


def _key_problem(case: DrawnCase | None, row: Row, placed: Mapping[str, object]) -> str:
    key = _text(row, 0)
    if case is None:
        return f"the row {named(key)} does not belong to the sample: its hash is none of it."
    if key != cell_of(case.key):
        return f"the row key was changed from {named(case.key)} to {named(key)}."
    return f"the row {named(key)} stands in the form twice." if case.key in placed else ""


def _filled_rows(form: list[Row]) -> Iterator[tuple[int, Row]]:
    for index, row in enumerate(form[HEADER_ROW + 1 :], start=HEADER_ROW + 2):
        if any(cell not in ("", None) for cell in row):
            yield index, row


def _require_answers(
    answers: Mapping[str, str], placed: Mapping[str, tuple[int, Row]], drawn: Drawn, name: str
) -> None:
    allowed = answers_of(drawn)
    problems = [
        Problem(
            f"{key} is answered {named(answer)}." if answer else f"{key} has no answer.",
            name,
            placed[key][0],
            ANSWER,
            remedy=f"Answer with {', '.join(allowed)}.",
        )
        for key, answer in answers.items()
        if answer not in allowed
    ]
    if problems:
        raise DataError(*problems)


def _head_changes(form: list[Row], drawn: Drawn) -> Iterator[str]:
    for index, line in enumerate(form_head(drawn)):
        now = _text(form[index], 0) if index < len(form) else ""
        if now != cell_of(line):
            yield f"line {index + 1}: {named(cell_of(line))} was changed to {named(now)}"
    row = form[HEADER_ROW] if len(form) > HEADER_ROW else []
    for column, heading in enumerate(headings_of(drawn)):
        if _text(row, column) != heading:
            now = named(_text(row, column))
            yield f"line {HEADER_ROW + 1}: heading {heading!r} was changed to {now}"


def _cell_changes(placed: Mapping[str, tuple[int, Row]], drawn: Drawn) -> Iterator[str]:
    width = len(headings_of(drawn))
    for case in drawn.cases:
        line, row = placed[case.key]
        for column, (heading, text) in enumerate(zip(drawn.columns, case.shown, strict=True), start=1):
            if _text(row, column) != cell_of(text):
                now = named(_text(row, column))
                yield f"line {line}, {heading}: {named(cell_of(text))} was changed to {now}"
        for column in range(width, len(row)):
            if _text(row, column):
                yield f"line {line}: {named(_text(row, column))} was added right of the form"


def _added_sheets(sheets: Mapping[str, object]) -> Iterator[str]:
    for title in sheets:
        if title not in (FORM, DRAWN):
            yield f"sheet {named(title)} was added"


def _text(row: Row, column: int) -> str:
    cell = row[column] if column < len(row) else ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
