"""Files and rows are counted as they were given; a reading of a file is called by the rows it takes."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from auditlib.evidence import prepare
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from auditlib.reliability import reconcile
from auditlib.reliability.received import received

HEAD = """audit: small
party: {name: A desk}
period: {start: 2025-03-01, end: 2025-03-31}
as_of: 2025-04-01T00:00:00Z
sources:
"""
ROWS = """call,desk,queued_at,waited,was_answered
C1,North,2025-03-03 09:00:00,20,yes
C2,South,2025-03-03 09:10:00,35,yes
C3,North,2025-03-03 09:20:00,50,no
C4,South,2025-03-31 23:59:00,,no
C5,South,never,,no
T1,South,2025-03-31 23:59:00,,test
"""
UNITS = "  - {table: units, form: csv, file: contacts.csv, once: true, columns: {unit_id: desk}}\n"
READ = """  - table: interactions
    form: csv
    file: contacts.csv
    only: [{{column: was_answered, is: [{word}], because: one kind}}{more}]
    columns: {{interaction_id: call, unit_id: desk, offered: queued_at}}
    constants: {{channel: phone, abandoned: "{abandoned}", answered: ""}}
"""


def reading(word: str, *, filled: str = "", abandoned: str = "false") -> str:
    more = f", {{column: waited, filled: {filled}, because: known}}" if filled else ""
    return READ.format(word=f'"{word}"', more=more, abandoned=abandoned)


def engagement(folder: Path, sources: str) -> Engagement:
    (folder / "contacts.csv").write_text(ROWS, encoding="utf-8")
    run = load(Run, f"{HEAD}{sources}notebooks: {{01_intake: {{}}}}\n", name="run.yaml")
    return Engagement(run, prepare(run, folder, folder / "store"))


def test_a_file_read_three_times_is_one_file_and_its_rows_count_once(tmp_path: Path) -> None:
    three = (reading("yes"), reading("no", filled="true", abandoned="true"), reading("no", filled="false"))
    engaged_once = engagement(tmp_path, "".join(three))
    given = received(engaged_once)
    assert (given.files, given.rows, given.left_out) == (1, 6, 1), "the test call alone is in no reading"
    (sentence,) = reconcile(engaged_once).summary()
    assert sentence.text.startswith("6 rows were received in 1 file and every one is accounted for")
    assert "and 1 was left out as the run file declares" in sentence.text
    assert [total.file for total in engaged_once.evidence.totals] == [
        "contacts.csv (was_answered yes)",
        "contacts.csv (was_answered no, waited filled)",
        "contacts.csv (was_answered no, waited empty)",
    ]


def test_what_one_reading_takes_whole_is_not_left_out(tmp_path: Path) -> None:
    whole = READ.replace("    only: [{{column: was_answered, is: [{word}], because: one kind}}{more}]\n", "")
    given = received(engagement(tmp_path, UNITS + whole.format(abandoned="false")))
    assert (given.files, given.rows, given.left_out) == (1, 6, 0)


def test_a_file_alone_leaves_out_what_its_reading_leaves_out(tmp_path: Path) -> None:
    given = received(engagement(tmp_path, reading("yes")))
    assert (given.files, given.rows, given.left_out) == (1, 6, 4)


def test_worksheets_are_one_file_and_rows_of_their_own(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheets = {"Units": [["unit"], ["A"], ["B"]], "Calls": [["id", "unit", "at"], ["1", "A", "x"]]}
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.remove(book["Sheet"])
    book.save(tmp_path / "book.xlsx")
    sources = (
        "  - {table: units, form: excel, file: book.xlsx, sheet: Units, columns: {unit_id: unit}}\n"
        "  - {table: interactions, form: excel, file: book.xlsx, sheet: Calls, constants: {channel: phone},\n"
        "     columns: {interaction_id: id, unit_id: unit, offered: at}}\n"
    )
    given = received(engagement(tmp_path, sources))
    assert (given.files, given.rows) == (1, 3)


@pytest.mark.parametrize(
    ("constant", "name"),
    [("channel: mail", "mail"), ('channel: phone, abandoned: "true"', "was_answered no")],
)
def test_a_reading_is_called_by_a_word_given_as_constant_before_its_rows(
    tmp_path: Path, constant: str, name: str
) -> None:
    second = reading("no").replace('channel: phone, abandoned: "false"', constant)
    totals = engagement(tmp_path, reading("yes") + second).evidence.totals
    assert totals[1].file == f"contacts.csv ({name})"


def test_the_sentence_is_founded(tmp_path: Path) -> None:
    three = (reading("yes"), reading("no", filled="true", abandoned="true"), reading("no", filled="false"))
    reconciled = reconcile(engagement(tmp_path, "".join(three)))
    values = {number.key: number.value for number in reconciled.numbers()}
    assert (values["files:all"], values["rows_in:all"], values["rows_left_out:all"]) == (1, 6, 1)
