"""Files in long form, one row an answer: what becomes of each row, worked out by hand.

A Norwegian survey. Lines of the file, whose rows begin with line 2: R1 is whole over lines that do not stand
together (2 to 4, and 19 of an item nobody maps); R2 has a score off the scale; R3 answers an item in two
ways; R4 repeats a row; R5 is of two places; R6 has a row with a comma too many; 17 has no id; R7 says its
place once; R8 has a row of no item; R9 lies before the period; R10 answers nothing.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import parquet
from quarantined import run_of

from auditlib.evidence import Evidence, prepare
from auditlib.parameters.checks import run_problems
from auditlib.parameters.load import validate
from auditlib.parameters.run import Run
from auditlib.parameters.strict_yaml import read_yaml
from auditlib.seal.source_rows import RowsOf, find_rows

ROWS = """id,unit,at,question,answer
R1,Oslo,2024-05-01 10:00:00,Q1,4
R1,Oslo,2024-05-01 10:00:00,Q2,5
R1,Oslo,2024-05-01 10:00:00,FREE,takk
R2,Bergen,2024-05-02 10:00:00,Q2,3
R2,Bergen,2024-05-02 10:00:00,Q1,9
R3,Oslo,2024-05-03 10:00:00,Q1,2
R3,Oslo,2024-05-03 10:00:00,Q1,3
R3,Oslo,2024-05-03 10:00:00,Q2,3
R4,Oslo,2024-05-03 10:00:00,Q1,2
R4,Oslo,2024-05-03 10:00:00,Q1,2
R4,Oslo,2024-05-03 10:00:00,Q7,2
R5,Oslo,2024-05-03 10:00:00,Q1,2
R5,Bergen,2024-05-03 10:00:00,Q2,2
R6,Oslo,2024-05-03 10:00:00,Q2,2
R6,Oslo,2024-05-03 10:00:00,FREE,well, well
,Oslo,2024-05-03 10:00:00,Q2,2
R7,,2024-05-03 10:00:00,Q2,4
R1,Oslo,2024-05-01 10:00:00,Q3,1
R8,Oslo,2024-05-03 10:00:00,,4
R8,Oslo,2024-05-03 10:00:00,Q1,4
R7,Oslo,2024-05-03 10:00:00,Q1,5
R9,Oslo,2023-05-03 10:00:00,Q1,5
R9,Oslo,2023-05-03 10:00:00,Q2,5
R10,Oslo,2024-05-03 10:00:00,Q1,
"""
ASIDE = [
    (5, "", "scale", "R2"),
    (6, "item Q1", "scale", "9"),
    (7, "item Q1", "conflicting", "R3"),
    (8, "item Q1", "conflicting", "R3"),
    (9, "", "conflicting", "R3"),
    (11, "id", "identical", "R4"),
    (13, "unit", "conflicting", "R5"),
    (14, "unit", "conflicting", "R5"),
    (15, "", "field_count", "R6"),
    (16, "", "field_count", "R6,Oslo,2024-05-03 10:00:00,FREE,well, well"),
    (17, "id", "key", ""),
    (20, "question", "key", ""),
    (21, "", "key", "R8"),
]
COLUMNS = {
    "response_id": "id",
    "unit_id": "unit",
    "submitted": "at",
    "q_overall": {"item": "Q1"},
    "q_effort": {"item": "Q2"},
    "comment": {"item": "FREE"},
}
ITEM = {"wording": "?", "scale": {"low": 1, "high": 5}}
UNITS = {"table": "units", "file": "units.csv", "form": "csv", "columns": {"unit_id": "unit"}}


def long(**more: Any) -> dict[str, Any]:
    source = {"table": "responses", "file": "answers.csv", "form": "csv", "columns": COLUMNS}
    answers = {"long": {"item": "question", "value": "answer"}, "constants": {"survey_type": "transactional"}}
    return {**source, **answers, **more}


def taken_in(folder: Path, *sources: dict[str, Any], rows: str = ROWS) -> Evidence:
    (folder / "units.csv").write_text("unit\nOslo\nBergen\n")
    (folder / "answers.csv").write_text(rows)
    items = {"q_overall": {**ITEM, "headline": True}, "q_effort": ITEM}
    run = run_of(UNITS, *(sources or (long(),)), instruments={"transactional": {"items": items}})
    return prepare(run, folder, folder / "store", threads=1)


def told(evidence: Evidence) -> list[tuple[Any, ...]]:
    aside = evidence.quarantine()[["line", "column", "reason", "value"]]
    return list(aside.itertuples(index=False, name=None))


def test_every_row_is_kept_quarantined_or_left_out(tmp_path):
    evidence = taken_in(tmp_path)
    assert told(evidence) == ASIDE
    total = evidence.totals[1]
    assert (total.rows_in, total.rows_kept, total.rows_quarantined, total.rows_left_out) == (24, 9, 13, 2)
    assert total.reconciled
    assert total.left_out == {
        "question is a mapped item (no column takes 'Q3')": 1,
        "question is a mapped item (no column takes 'Q7')": 1,
    }
    assert (total.rows_out_of_period, total.rows_unanswered) == (2, 1)


def test_a_response_stands_at_its_first_line_and_names_every_one(tmp_path):
    evidence = taken_in(tmp_path)
    kept = evidence.frame(
        "responses", columns=["response_id", "unit_id", "q_overall", "q_effort", "source_line"]
    )
    assert kept.fillna(0).values.tolist() == [
        ["R1", "Oslo", 4, 5, 2],
        ["R4", "Oslo", 2, 0, 10],
        ["R7", "Oslo", 5, 4, 18],
        ["R9", "Oslo", 5, 5, 23],
    ]
    rows = RowsOf(evidence)
    for line in (2, 3, 4):
        (row,) = find_rows(rows, "responses", identity=None, file="answers.csv", line=str(line))
        assert (row.content["response_id"], row.line, rows.made_of(row)) == ("R1", 2, [2, 3, 4])
    (row,) = find_rows(rows, "responses", identity=None, file=None, line="22")
    assert rows.made_of(row) == [18, 22]
    (aside,) = find_rows(rows, "responses", identity=None, file=None, line="5")
    assert aside.message == "'R2': another row of this response is in quarantine."


def test_a_cell_that_only_a_later_row_says_is_blamed_on_its_line(tmp_path):
    rows = "R1,,2024-05-01 10:00:00,Q1,4\nR1,Paris,2024-05-01 10:00:00,Q2,4\n"
    evidence = taken_in(tmp_path, rows=f"id,unit,at,question,answer\n{rows}")
    assert told(evidence) == [(2, "", "unit", "R1"), (3, "unit", "unit", "Paris")]


def test_a_row_of_no_response_takes_none_with_it(tmp_path):
    whole = "id,unit,at,question,answer\nR1,Oslo,2024-05-01 10:00:00,Q1,4\n"
    evidence = taken_in(tmp_path, rows=f"{whole}R2,Oslo,2024-05-01 10:00:00,Q1,4,4\n")
    assert told(evidence) == [(3, "", "field_count", "R2,Oslo,2024-05-01 10:00:00,Q1,4,4")]
    assert evidence.frame("responses")["response_id"].tolist() == ["R1"]


def test_rows_in_many_pieces_make_the_same_responses(tmp_path, monkeypatch):
    whole = taken_in(tmp_path)
    monkeypatch.setattr("auditlib.evidence.byte_stream.BLOCK_BYTES", 64)
    (tmp_path / "again").mkdir()
    pieces = taken_in(tmp_path / "again")
    assert told(pieces) == told(whole)
    assert pieces.frame("responses").equals(whole.frame("responses"))


def test_types_of_parquet_are_kept(tmp_path):
    """The second answer of 2 is a half point that the scale has not."""
    columns = {
        "id": pa.array([1, 1, 2, 2]),
        "unit": ["Oslo"] * 4,
        "at": pa.array([1_714_557_600] * 4).cast(pa.timestamp("s")),
        "question": pa.array([1, 2, 1, 2]),
        "answer": pa.array([4.0, 5.0, 3.0, 2.5]),
    }
    parquet.write_table(pa.table(columns), tmp_path / "a.parquet")
    items = {**COLUMNS, "q_overall": {"item": "1"}, "q_effort": {"item": "2"}}
    evidence = taken_in(tmp_path, long(file="a.parquet", form="parquet", columns=items))
    frame = evidence.frame("responses")
    assert frame[["response_id", "q_overall", "q_effort"]].values.tolist() == [["1", 4.0, 5.0]]
    assert told(evidence) == [(3, "", "scale", "2"), (4, "item 2", "scale", "2.5")]


def test_an_error_in_a_worksheet_takes_its_response_with_it(tmp_path):
    """The score on line 4 is a word; on line 6 it is an error, and the row beside it is sound."""
    cells = [(1, 1, 4), (1, 2, 5), (2, 1, "x"), (2, 2, 3), (3, 1, 3), (3, 2, 3)]
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "unit", "at", "question", "answer"])
        for line, (number, item, score) in enumerate(cells, start=1):
            sheet.write_row(line, 0, [number, "Oslo", "2024-05-01 10:00:00", item, score])
        sheet.write_formula(5, 4, "=1/0", None, "#DIV/0!")
    items = {**COLUMNS, "q_overall": {"item": "1"}, "q_effort": {"item": "2"}}
    evidence = taken_in(tmp_path, long(file="a.xlsx", form="excel", columns=items))
    assert evidence.frame("responses")["response_id"].tolist() == ["1"]
    assert told(evidence) == [
        (4, "item 1", "scale", "x"),
        (5, "", "scale", "2"),
        (6, "", "field_count", "3;Oslo;2024-05-01 10:00:00;1;#DIV/0!"),
        (7, "", "field_count", "3"),
    ]


def test_rows_of_a_database_become_responses_too(tmp_path, monkeypatch):
    with closing(sqlite3.connect(tmp_path / "client.db")) as connection, connection:
        connection.execute("CREATE TABLE answers (id INTEGER, unit, at, question INTEGER, answer)")
        rows = [(1, 1, 4), (2, 2, 5), (1, 2, b"\xff"), (2, 1, 2)]
        for number, item, score in rows:
            row = (number, "Oslo", "2024-05-01 10:00:00", item, score)
            connection.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?)", row)
    monkeypatch.setenv("CLIENT", f"sqlite:///{tmp_path / 'client.db'}")
    items = {**COLUMNS, "q_overall": {"item": "1"}, "q_effort": {"item": "2"}}
    database = {"connection": "CLIENT", "relation": "answers"}
    evidence = taken_in(tmp_path, long(file=None, database=database, form="database", columns=items))
    scores = evidence.frame("responses", columns=["response_id", "q_overall", "q_effort"])
    assert scores.values.tolist() == [["2", 2.0, 5.0]]
    assert [reason for _, _, reason, _ in told(evidence)] == ["field_count"] * 2
    assert evidence.totals[1].reconciled


OWN_TIMES = """id,unit,at,question,answer
R1,Oslo,30.04.2024 10:00,Q1,4
R1,Oslo,02.05.2024 09:00,Q2,5
R1,Oslo,,FREE,takk
R2,Oslo,02.05.2024 10:00,Q1,4
R2,Oslo,32.05.2024 10:00,Q2,5
"""
LATEST = {"long": {"item": "question", "value": "answer", "latest": ["submitted"]}}


def test_where_each_answer_has_its_own_time_the_latest_is_that_of_the_response(tmp_path):
    """As text the 30th is later than the 2nd; a day that is none is not passed over."""
    dates = {"formats": ["%d.%m.%Y %H:%M"]}
    evidence = taken_in(tmp_path, long(dates=dates, **LATEST), rows=OWN_TIMES)
    kept = evidence.frame("responses", columns=["response_id", "submitted_day", "submitted_second"])
    assert kept.values.tolist() == [["R1", 19_845, 9 * 3600]]
    assert told(evidence) == [(5, "", "time", "R2"), (6, "at", "time", "32.05.2024 10:00")]
    (tmp_path / "unlike").mkdir()
    evidence = taken_in(tmp_path / "unlike", long(dates=dates), rows=OWN_TIMES)
    assert {(column, reason) for _, column, reason, _ in told(evidence)} == {("at", "conflicting")}


def test_the_latest_of_native_times_is_found_too(tmp_path):
    columns = {"id": ["a", "a"], "unit": ["Oslo"] * 2, "question": ["Q1", "Q2"], "answer": ["4", "5"]}
    columns["at"] = pa.array([1_714_557_600, 1_714_471_200]).cast(pa.timestamp("s", "UTC"))
    parquet.write_table(pa.table(columns), tmp_path / "a.parquet")
    evidence = taken_in(tmp_path, long(file="a.parquet", form="parquet", **LATEST))
    assert evidence.frame("responses")["submitted_at"].tolist() == [1_714_557_600_000_000]


def test_filters_hold_for_rows_and_ids_of_another_file_for_responses(tmp_path):
    """R1 of both files is not alike; previews of the second file are left out before they are looked at."""
    other = (
        "id,unit,at,question,answer\nR1,Oslo,2024-05-01 10:00:00,Q1,1\nR20,Oslo,2024-05-01 10:00:00,Q1,3\n"
    )
    (tmp_path / "more.csv").write_text(f"{other}R20,Bergen,2024-05-01 10:00:00,TEST,3\n")
    only = [{"column": "question", "is_not": ["TEST"], "because": "tests are no answers"}]
    evidence = taken_in(tmp_path, long(), long(file="more.csv", only=only))
    more = [row for row in evidence.quarantine().to_dict("records") if row["value"] == "R1"]
    assert [(row["file"], row["line"], row["reason"]) for row in more] == [
        ("answers.csv", 2, "conflicting"),
        ("answers.csv", 3, "conflicting"),
        ("answers.csv", 4, "conflicting"),
        ("more.csv", 2, "conflicting"),
    ]
    assert "R20" in evidence.frame("responses")["response_id"].tolist()
    assert all(total.reconciled for total in evidence.totals)
    assert evidence.totals[2].rows_left_out == 1


DECLARED = """audit: small
party: {name: Small}
period: {start: 2024-01-01, end: 2024-12-31}
as_of: 2025-01-01T00:00:00Z
instruments: {transactional: {items: {q_a: {wording: A, headline: true, scale: {low: 1, high: 5}}}}}
sources:
  - {table: units, form: csv, file: units.csv, columns: {unit_id: code}}
  - {table: TABLE, form: csv, file: a.csv, constants: {survey_type: transactional}, columns: {COLUMNS}, MORE}
notebooks: {01_intake: {}}
"""
GOOD = "response_id: id, unit_id: unit, submitted: at, q_a: {item: Q1}"


@pytest.mark.parametrize(
    ("columns", "more", "message"),
    [
        (GOOD, "form: csv", "'q_a' is an item, and the source is in no long form."),
        (f"{GOOD}, comment: {{item: Q1}}", "LONG", "'q_a' and 'comment' are one item."),
        (GOOD.replace("id: id", "id: {line: true}"), "LONG", "no column says which belong together"),
        (GOOD, "LONG, once: true", "'once' and 'long' both say"),
        (GOOD.replace("{item: Q1}", "Q1"), "LONG", "no column is mapped to an item."),
        (GOOD, "long: {item: q, value: a, latest: [unit_id]}", "'unit_id' is no day or instant"),
    ],
)
def test_what_is_declared_wrongly_is_located(columns, more, message):
    text = DECLARED.replace("COLUMNS", columns).replace("MORE", more.replace("form: csv", "once: false"))
    text = text.replace("TABLE", "responses").replace("LONG", "long: {item: q, value: a}")
    document = read_yaml(text, name="run.yaml")
    problems = [one for one in run_problems(validate(Run, document), document) if message in one.message]
    assert [problem.line for problem in problems] == [8]
