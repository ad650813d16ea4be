"""A broken row is left out where its own cell says that it is none of the table, and only there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import parquet
from quarantined import COLUMNS, UNITS, responses, run_of, take_in, units, verdicts

from auditlib.evidence import prepare

HEADER = "id,unit,type,at,score,status"
ROW = "R{},007,transactional,2024-05-01 10:00:00,4,{}"
NOT_PREVIEWS = {"column": "status", "is_not": ["preview"], "because": "previews are no answers"}
ONLY_SENT = {"column": "status", "is": ["sent"], "because": "others are no answers"}


def counts(evidence) -> tuple[int, int, int, int]:
    total = evidence.totals[1]
    assert total.reconciled
    return total.rows_in, total.rows_kept, total.rows_quarantined, total.rows_left_out


def test_rows_with_too_many_fields_are_told_by_a_cell_that_is_listed(tmp_path):
    rows = [ROW.format(1, "sent"), ROW.format(2, "preview") + ",more", ROW.format(3, "sent") + ",more"]
    evidence = take_in(tmp_path, "\n".join(rows), header=HEADER, only=[NOT_PREVIEWS])
    assert verdicts(evidence) == [(4, "", "field_count")]
    assert counts(evidence) == (3, 1, 1, 1)


def test_a_cell_that_may_have_slipped_says_nothing_unless_sound_rows_were_left_out_for_it(tmp_path):
    """Line 3 has lost its comma and what stands in its place is a time; line 5 is a draft as line 6 is."""
    slipped = "R2,007,transactional,2024-05-01 10:00:00,sent"
    stray = "R3,007,trans,actional,2024-05-01 10:00:00,4,sent"
    rows = [ROW.format(1, "sent"), slipped, stray, ROW.format(4, "draft") + ",more", ROW.format(5, "draft")]
    evidence = take_in(tmp_path, "\n".join(rows), header=HEADER, only=[ONLY_SENT])
    assert [line for line, _, _ in verdicts(evidence)] == [3, 4]
    assert counts(evidence) == (5, 1, 2, 2)


def test_a_cell_of_parquet_that_is_no_text_does_not_hide_the_others(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "units.csv").write_text(UNITS)
    bad = pa.array([b"R1", b"R\xff2", b"R\xff3"], pa.binary()).cast(pa.string(), safe=False)
    columns = {"id": bad, "unit": ["007"] * 3, "type": ["transactional"] * 3,
               "at": ["2024-05-01 10:00:00"] * 3, "score": ["4"] * 3,
               "status": ["sent", "preview", "sent"]}  # fmt: skip
    parquet.write_table(pa.table(columns), data / "responses.parquet")
    source = responses(file="responses.parquet", form="parquet", columns=COLUMNS, only=[NOT_PREVIEWS])
    evidence = prepare(run_of(units(), source), data, tmp_path / "store", threads=1)
    assert [(line, reason) for line, _, reason in verdicts(evidence)] == [(3, "field_count")]
    assert counts(evidence) == (3, 1, 1, 1)


@pytest.mark.parametrize(
    ("only", "aside"),
    [
        (NOT_PREVIEWS, [(3, "field_count"), (5, "field_count")]),
        (ONLY_SENT, [(3, "field_count"), (5, "field_count")]),
        (
            {"column": "status", "filled": True, "because": "others are drafts"},
            [(n, "field_count") for n in (3, 4, 5)],
        ),
    ],
)
def test_an_error_in_a_worksheet_does_not_hide_the_other_cells_of_its_row(tmp_path, only, aside):
    """Lines 3 and 4 have an error for a score; in line 5 the cell that would tell is one."""
    rows = [[f"R{n}", "007", "transactional", "2024-05-01 10:00:00", 4] for n in range(1, 6)]
    told = ["sent", "sent", "preview", None, ""]
    with xlsxwriter.Workbook(str(tmp_path / "responses.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER.split(","))
        for line, (row, status) in enumerate(zip(rows, told, strict=True), start=1):
            sheet.write_row(line, 0, [*row, status or ""])
        sheet.write_formula(2, 4, "=1/0", None, "#DIV/0!")
        sheet.write_formula(3, 4, "=1/0", None, "#DIV/0!")
        sheet.write_formula(4, 5, "=NA()", None, "#N/A")
    source = responses(file="responses.xlsx", form="excel", columns=COLUMNS, only=[only])
    evidence = prepared(tmp_path, source)
    assert [(line, reason) for line, _, reason in verdicts(evidence)] == aside
    kept_of = {"is_not": (5, 2, 2, 1), "is": (5, 1, 2, 2), "filled": (5, 1, 3, 1)}
    assert counts(evidence) == next(kept_of[test] for test in kept_of if test in only)


@pytest.mark.parametrize("only", [NOT_PREVIEWS, ONLY_SENT])
def test_a_cell_of_a_database_that_is_no_text_does_not_hide_the_others(tmp_path, monkeypatch, only):
    """Rows 2 and 3 have a score that is no text; in row 4 the cell that would tell is none."""
    with closing(sqlite3.connect(tmp_path / "client.db")) as connection, connection:
        connection.execute(f"CREATE TABLE answers ({HEADER})")
        told = ["sent", "sent", "preview", b"\xffsent", "preview"]
        for number, status in enumerate(told, start=1):
            score = b"\xff4" if number in (2, 3) else "4"
            row = (f"R{number}", "007", "transactional", "2024-05-01 10:00:00", score, status)
            connection.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?)", row)
    monkeypatch.setenv("CLIENT", f"sqlite:///{tmp_path / 'client.db'}")
    database = {"connection": "CLIENT", "relation": "answers"}
    source = responses(file=None, database=database, form="database", columns=COLUMNS, only=[only])
    evidence = prepared(tmp_path, source)
    assert [(line, reason) for line, _, reason in verdicts(evidence)] == [
        (2, "field_count"),
        (4, "field_count"),
    ]
    assert counts(evidence) == (5, 1, 2, 2)


def prepared(folder: Path, *sources):
    (folder / "units.csv").write_text(UNITS)
    return prepare(run_of(units(), *sources), folder, folder / "store", threads=1)


def test_sources_that_nothing_but_their_rows_tells_apart_keep_their_own_quarantine(tmp_path):
    """One file feeds responses twice, by filters alone: the rows of each stand under its own entry."""
    rows = [ROW.format(n, "sent" if n < 3 else "late") for n in range(1, 6)]
    rows[1], rows[4] = rows[1].replace(",4,", ",9,"), rows[4].replace(",4,", ",8,")
    rows[3] = rows[3].replace("007", "008")
    (tmp_path / "responses.csv").write_text("\n".join((HEADER, *rows, "")))
    late = {"column": "status", "is": ["late"], "because": "the others are in time"}
    evidence = prepared(tmp_path, responses(only=[ONLY_SENT]), responses(only=[late]))
    first, second = "responses.csv (status sent)", "responses.csv (status late)"
    assert [total.file for total in evidence.totals] == ["units.csv", first, second]
    aside = evidence.quarantine()[["file", "line", "reason"]].values.tolist()
    assert aside == [[first, 3, "scale"], [second, 5, "unit"], [second, 6, "scale"]]
    kept = evidence.frame("responses", columns=["response_id", "source_file"]).values.tolist()
    assert kept == [["R1", first], ["R3", second]]
    assert [dict(total.reasons) for total in evidence.totals[1:]] == [{"scale": 1}, {"scale": 1, "unit": 1}]
    assert [total.rows_left_out for total in evidence.totals[1:]] == [3, 2]
    assert all(total.reconciled for total in evidence.totals)
