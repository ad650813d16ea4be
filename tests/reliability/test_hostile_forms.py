"""Forms that come back: sorted, changed, cut, hostile."""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import pytest

from auditlib.errors import DataError
from auditlib.sampling.drawn import Drawn, DrawnCase
from auditlib.sampling.evaluation import CaseAnswer, SampleDesign
from auditlib.sampling.form_reading import Filled, read_form
from auditlib.sampling.form_writing import DRAWN, FORM, HEADER_ROW, form_bytes

AS_OF = datetime(2026, 1, 31, 18, tzinfo=UTC)
HOSTILE = (
    "=1+1",
    "+49 30",
    "-5",
    "@SUM(A1)",
    "007",
    "a\tb\nc\x00\x07",
    "_x0041_",
    "\u202eevil",
    "x" * 400,
    "1e5",
    "",
)
FIRST = HEADER_ROW + 2
ANSWER_AT, SEEN_AT, HASH_AT = 3, 4, 6


def drawn() -> Drawn:
    cases = tuple(
        DrawnCase(f"follow_ups:f.csv:{line}", "", (text,)) for line, text in enumerate(HOSTILE, start=2)
    )
    return Drawn("=Title", "Q?", ("Text",), cases, {"seed": "1"}, SampleDesign(0.95, 0.05, 0.0, 0, {"": 500}))


def book(*, answered: bool = True) -> openpyxl.Workbook:
    opened = openpyxl.load_workbook(BytesIO(form_bytes(drawn(), created=AS_OF)))
    for row in range(FIRST, FIRST + len(HOSTILE)):
        opened[FORM].cell(row, ANSWER_AT).value = CaseAnswer.IN_ORDER.value if answered else None
    return opened


def read(opened: openpyxl.Workbook) -> Filled:
    stream = BytesIO()
    opened.save(stream)
    return read_form(stream.getvalue(), name="form.xlsx")


def test_an_untouched_form_comes_back_as_it_was_drawn() -> None:
    filled = read(book())
    assert filled.drawn == drawn()
    assert filled.altered == ()
    assert set(filled.answers.values()) == {"in order"}


def test_no_cell_of_a_form_is_a_formula() -> None:
    for sheet in book().worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert not str(cell.value or "").lstrip().startswith(("=", "+", "-", "@"))


def test_the_same_sample_gives_the_same_bytes() -> None:
    assert form_bytes(drawn(), created=AS_OF) == form_bytes(drawn(), created=AS_OF)


def test_a_changed_row_key_is_refused_with_its_row() -> None:
    opened = book()
    opened[FORM].cell(FIRST + 2, 1).value = "follow_ups:f.csv:99"
    with pytest.raises(DataError) as caught:
        read(opened)
    first = caught.value.problems[0]
    assert (first.line, first.file) == (FIRST + 2, "form.xlsx")
    assert "follow_ups:f.csv:4" in first.message
    assert "follow_ups:f.csv:99" in first.message


def test_two_rows_exchanged_in_their_keys_are_refused() -> None:
    opened = book()
    sheet = opened[FORM]
    one, two = sheet.cell(FIRST, 1).value, sheet.cell(FIRST + 1, 1).value
    sheet.cell(FIRST, 1).value, sheet.cell(FIRST + 1, 1).value = two, one
    with pytest.raises(DataError) as caught:
        read(opened)
    assert {problem.line for problem in caught.value.problems} >= {FIRST, FIRST + 1}


def test_added_removed_and_repeated_rows_are_named() -> None:
    added = book()
    added[FORM].cell(FIRST + len(HOSTILE), 1).value = "follow_ups:f.csv:500"
    removed = book()
    removed[FORM].delete_rows(FIRST)
    repeated = book()
    for column in range(1, HASH_AT + 1):
        repeated[FORM].cell(FIRST + 1, column).value = repeated[FORM].cell(FIRST, column).value
    for opened, words in ((added, "f.csv:500"), (removed, "f.csv:2"), (repeated, "twice")):
        with pytest.raises(DataError, match=words):
            read(opened)


def test_sorted_rows_are_still_the_same_rows() -> None:
    opened = book()
    sheet = opened[FORM]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=FIRST)]
    for index, values in enumerate(reversed(rows)):
        for column, value in enumerate(values, start=1):
            sheet.cell(FIRST + index, column).value = value
    assert read(opened).altered == ()


def test_everything_altered_besides_the_answers_is_listed() -> None:
    opened = book()
    sheet = opened[FORM]
    sheet.cell(2, 1).value = "Another question?"
    sheet.cell(FIRST + 4, 2).value = "008"
    sheet.cell(FIRST, HASH_AT + 2).value = "aside"
    sheet.cell(FIRST, SEEN_AT).value = "The letter, signed."
    opened.create_sheet("Mine")
    altered = read(opened).altered
    assert len(altered) == 4
    assert any("'007' was changed to '008'" in each for each in altered)
    assert any("Another question?" in each for each in altered)
    assert any("'Mine'" in each for each in altered)
    assert not any("letter" in each for each in altered)


def test_a_row_without_answer_or_with_another_is_named() -> None:
    opened = book()
    opened[FORM].cell(FIRST, ANSWER_AT).value = None
    opened[FORM].cell(FIRST + 1, ANSWER_AT).value = "fine"
    with pytest.raises(DataError) as caught:
        read(opened)
    assert [problem.line for problem in caught.value.problems] == [FIRST, FIRST + 1]
    assert "has no answer" in str(caught.value)


def test_a_changed_copy_of_the_sample_is_refused() -> None:
    opened = book()
    cell = opened[DRAWN].cell(1, 1)
    document = b64decode(str(cell.value)[1:]).replace(b'"Q?"', b'"R?"')
    cell.value = f"|{b64encode(document).decode()}"
    with pytest.raises(DataError, match="Draw the sample again"):
        read(opened)


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04 cut"])
def test_what_is_no_form_is_refused(content: bytes) -> None:
    with pytest.raises(DataError, match=r"form\.xlsx"):
        read_form(content, name="form.xlsx")


def test_another_workbook_is_no_form() -> None:
    with pytest.raises(DataError, match="no form of a drawn sample"):
        read(openpyxl.Workbook())
