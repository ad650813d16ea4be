"""A drawn sample as a form to fill in: a workbook with locked row keys."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from auditlib.files import compact
from auditlib.sampling.drawn import Drawn, as_document
from auditlib.sampling.evaluation import CaseAnswer

FORM, DRAWN = "Form", "As drawn"
HEADER_ROW = 5
"""Rows above the table, counted from 0."""
KEY, HASH = "Row key", "Row hash"
ANSWER, SEEN, BY = "Answer", "What was seen", "Examined by"
SITE_ANSWERS = ("visited", "not visited")
CASE_ANSWERS = tuple(answer.value for answer in CaseAnswer)
CHUNK = 30_000
"""Characters per cell of the copy as drawn; a cell holds at most 32,767."""
LONGEST = 250
A4, ROW_HEIGHT, WIDEST = 9, 30.0, 44.0
"""Paper, points of a row that leaves room to write, and characters of the widest column."""
_ESCAPE = re.compile(r"_(x[0-9A-Fa-f]{4}_)")


def answers_of(drawn: Drawn) -> tuple[str, ...]:
    """Return the answers the form of `drawn` takes."""
    return SITE_ANSWERS if drawn.design is None else CASE_ANSWERS


def headings_of(drawn: Drawn) -> tuple[str, ...]:
    """Return the headings of the table, left to right."""
    return (KEY, *drawn.columns, ANSWER, SEEN, BY, HASH)


def cell_of(text: str) -> str:
    """Return `text` as a form shows it: one line, no formula, of bounded length, no workbook escape."""
    line = "".join(letter if letter.isprintable() else " " for letter in _ESCAPE.sub(r"_ \1", text))
    cut = line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"
    return f"'{cut}" if cut.lstrip().startswith(("=", "+", "-", "@")) else cut


def form_head(drawn: Drawn) -> tuple[str, ...]:
    """Return the lines above the table."""
    return (
        drawn.title,
        drawn.question,
        f"Answer each row with: {', '.join(answers_of(drawn))}. Change nothing else; rows may be sorted.",
        f"Sample {drawn.digest[:16]}",
    )


def form_bytes(drawn: Drawn, *, created: datetime) -> bytes:
    """Return the workbook of `drawn`; the same sample and `created` give the same bytes."""
    import xlsxwriter

    stream = BytesIO()
    book = xlsxwriter.Workbook(
        stream,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties(
        {"title": cell_of(drawn.title), "created": created.astimezone(UTC).replace(tzinfo=None)}
    )
    _write_form(book, drawn)
    _write_copy(book, drawn)
    book.close()
    return stream.getvalue()


def _write_form(book: Any, drawn: Drawn) -> None:
    sheet = book.add_worksheet(FORM)
    title, line = book.add_format({"bold": True, "font_size": 13}), book.add_format({})
    for index, text in enumerate(form_head(drawn)):
        sheet.write_string(index, 0, cell_of(text), line if index else title)
    headings = headings_of(drawn)
    heading = book.add_format({"bold": True, "bg_color": "#E7EBEE", "bottom": 1, "text_wrap": True})
    for column, text in enumerate(headings):
        sheet.write_string(HEADER_ROW, column, text, heading)
    _write_rows(book, sheet, drawn)
    first_free = headings.index(ANSWER)
    last = HEADER_ROW + max(len(drawn.cases), 1)
    rule = {"validate": "list", "source": list(answers_of(drawn))}
    sheet.data_validation(HEADER_ROW + 1, first_free, last, first_free, rule)
    for column, width in enumerate(_widths(drawn)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(HEADER_ROW + 1, 1)
    _set_up_print(sheet, drawn)
    sheet.protect(
        "", {"sort": True, "format_columns": True, "format_rows": True, "select_locked_cells": True}
    )


def _write_rows(book: Any, sheet: Any, drawn: Drawn) -> None:
    """Write the cases; what a person fills in is shaded and not locked."""
    headings, ruled = (
        headings_of(drawn),
        {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#C9CFD4"},
    )
    fixed = book.add_format(ruled)
    free = book.add_format(ruled | {"locked": False, "bg_color": "#FFF8E1"})
    small = book.add_format(ruled | {"font_size": 7, "font_color": "#5C656D"})
    first_free = headings.index(ANSWER)
    for row, case in enumerate(drawn.cases, start=HEADER_ROW + 1):
        for column, text in enumerate((case.key, *case.shown)):
            sheet.write_string(row, column, cell_of(text), fixed)
        for column in range(first_free, first_free + 3):
            sheet.write_blank(row, column, None, free)
        sheet.write_string(row, len(headings) - 1, drawn.row_hash(case), small)
        sheet.set_row(row, ROW_HEIGHT)


def _widths(drawn: Drawn) -> tuple[float, ...]:
    """Return the width of each column: that of its longest text, within bounds."""
    columns = [(KEY, [case.key for case in drawn.cases])]
    columns += [
        (name, [case.shown[place] for case in drawn.cases]) for place, name in enumerate(drawn.columns)
    ]
    fitted = [
        min(max(len(heading), *(len(text) for text in texts), 7) + 2.0, WIDEST) for heading, texts in columns
    ]
    return (*fitted, 14.0, 44.0, 18.0, 18.0)


def _set_up_print(sheet: Any, drawn: Drawn) -> None:
    """Print across one page, with the heading of the table on each."""
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer(f"&L&8Sample {drawn.digest[:16]}&R&8&P / &N")


def _write_copy(book: Any, drawn: Drawn) -> None:
    """Keep the sample as drawn on a hidden sheet, so that every later change can be told."""
    document = compact(as_document(drawn))
    text = b64encode(document.encode()).decode()
    sheet = book.add_worksheet(DRAWN)
    for row, start in enumerate(range(0, len(text), CHUNK)):
        # a leading bar keeps a piece of digits a text
        sheet.write_string(row, 0, f"|{text[start : start + CHUNK]}")
    sheet.protect()
    sheet.very_hidden()
