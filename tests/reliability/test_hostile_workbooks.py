"""Workbooks and Parquet files that would lose cells in silence: each loss has its line and its words."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import parquet

from auditlib.errors import DataError
from auditlib.evidence import Evidence, open_evidence, prepare
from auditlib.parameters.run import Run

COLUMNS = {"person_id": "id", "name": "name"}


def run_of(**source: Any) -> Run:
    declared = {"table": "employees", "file": "people.xlsx", "form": "excel", "columns": COLUMNS, **source}
    return Run.model_validate(
        {
            "audit": "workbooks",
            "party": {"name": "Workbooks"},
            "period": {"start": "2024-01-01", "end": "2024-12-31"},
            "as_of": "2025-01-01T00:00:00Z",
            "sources": [declared],
            "notebooks": {"01_intake": {}},
        }
    )


def read(folder: Path, **source: Any) -> Evidence:
    return prepare(run_of(**source), folder, folder / "store", threads=1)


def ids(evidence: Evidence) -> list[str]:
    ids: list[str] = evidence.frame("employees", columns=["person_id"])["person_id"].tolist()
    return ids


def faults(evidence: Evidence) -> dict[int, str]:
    frame = evidence.quarantine()
    return dict(zip(frame["line"].tolist(), frame["message"].tolist(), strict=True))


def with_errors(path: Path) -> None:
    """Write errors and formulas: saved, saved as empty text, and never computed."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("R & D")
        sheet.write_row(0, 0, ["id", "name", "aside"])
        for line in range(1, 8):
            sheet.write_row(line, 0, [f"p{line}", "sound", "sound"])
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(3, 1, "=1+1", None, "")
        sheet.write_formula(4, 1, '="com"&"puted"', None, "computed")
        sheet.write_formula(5, 2, "=NA()", None, "#N/A")
        sheet.write_formula(6, 0, "=NA()", None, "#N/A")
        sheet.write_formula(9, 0, "=NA()", None, "#N/A")


def test_errors_and_formulas_without_a_value_are_never_empty_cells(tmp_path: Path) -> None:
    with_errors(tmp_path / "people.xlsx")
    evidence = read(tmp_path)
    assert ids(evidence) == ["p1", "p4", "p5", "p7"]
    assert faults(evidence) == {
        3: "Cell B3, column 'name', holds the error #DIV/0!.",
        4: "Cell B4, column 'name', holds a formula without a saved value.",
        7: "Cell A7, column 'id', holds the error #N/A.",
        10: "Cell A10, column 'id', holds the error #N/A.",
    }
    assert evidence.totals[0].rows_in == 8
    assert evidence.notes == ("No register of units was given, so units could not be checked against one.",)


def test_an_error_that_is_declared_to_be_missing_holds_no_value(tmp_path: Path) -> None:
    with_errors(tmp_path / "people.xlsx")
    evidence = read(tmp_path, missing=["#DIV/0!"])
    assert ids(evidence) == ["p1", "p2", "p4", "p5", "p7"]


def test_errors_of_other_writers_are_seen_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["id", "name"], ["1", "a"], [], ["2", "#REF!"], ["3", "=A1"]):
        book.active.append(row)
    book.save(tmp_path / "people.xlsx")
    evidence = read(tmp_path)
    assert (ids(evidence), sorted(faults(evidence))) == (["1"], [4, 5])


def sheets(path: Path, *states: str) -> None:
    """Write one worksheet per state, called A, B, C; an empty one holds nothing."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, state in zip("ABC", states, strict=False):
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if state == "hidden" else "visible"
        for row in ([], [])[:0] if state == "empty" else (["id", "name"], [name, "of the sheet"]):
            sheet.append(row)
    book.save(path)


@pytest.mark.parametrize(
    "states", [("visible", "visible"), ("hidden", "visible"), ("visible", "hidden", "visible")]
)
def test_which_of_several_sheets_is_meant_is_asked_and_not_guessed(
    tmp_path: Path, states: tuple[str, ...]
) -> None:
    sheets(tmp_path / "people.xlsx", *states)
    listed = ", ".join(
        f"'{name}'" + " (hidden)" * (state == "hidden") for name, state in zip("ABC", states, strict=False)
    )
    with pytest.raises(DataError) as error:
        read(tmp_path)
    (problem,) = error.value.problems
    assert (problem.file, listed in problem.message, "'sheet'" in problem.remedy) == (
        "people.xlsx",
        True,
        True,
    )
    assert ids(read(tmp_path, sheet="B")) == ["B"]


@pytest.mark.parametrize("states", [("visible",), ("visible", "hidden"), ("visible", "empty")])
def test_one_sheet_that_is_seen_needs_no_name(tmp_path: Path, states: tuple[str, ...]) -> None:
    sheets(tmp_path / "people.xlsx", *states)
    assert ids(read(tmp_path)) == ["A"]


def test_errors_in_an_opendocument_sheet_are_seen_though_rows_and_cells_stand_for_several(
    tmp_path: Path,
) -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    error = (
        '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" '
        'calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
    )
    rows = [
        cell.format("id") + '<table:table-cell table:number-columns-repeated="2"/>' + cell.format("name"),
        cell.format("1") + '<table:table-cell table:number-columns-repeated="2"/>' + cell.format("a"),
        cell.format("2") + '<table:table-cell table:number-columns-repeated="2"/>' + error,
        cell.format("3") + '<table:table-cell table:number-columns-repeated="2"/>'
        '<table:table-cell table:formula="of:=1+1"/>',
    ]
    listed = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows[:2])
    listed += '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    listed += "".join(f"<table:table-row>{row}</table:table-row>" for row in rows[2:])
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    names += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body>'
        f'<office:spreadsheet><table:table table:name="Old"/><table:table table:name="People">{listed}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "people.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    evidence = read(tmp_path, file="people.ods")
    assert ids(evidence) == ["1"]
    assert faults(evidence) == {
        6: "Cell D6, column 'name', holds the error #DIV/0!.",
        7: "Cell D7, column 'name', holds a formula without a saved value.",
    }


def test_a_form_of_workbook_that_cannot_tell_errors_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_errors(tmp_path / "people.xlsx")
    monkeypatch.setattr("auditlib.evidence.spreadsheets.hollow_cells", lambda _path, _sheet: None)
    assert read(tmp_path).notes[-1].startswith("people.xlsx: in this form of workbook, cells with errors")


def unread(*cells: bytes) -> pa.Array:
    """Return bytes that are called text whether or not they are."""
    raw = pa.array(cells, pa.binary())
    validity, offsets, data = raw.buffers()
    return pa.StringArray.from_buffers(len(raw), offsets, data, validity)


def read_columns(folder: Path, cells: dict[str, Any], **source: Any) -> Evidence:
    parquet.write_table(pa.table(cells), folder / "people.parquet")
    return read(folder, file="people.parquet", form="parquet", **source)


def test_a_parquet_file_without_a_mapped_column_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"people\.parquet, line 1: there is no column 'name'"):
        read_columns(tmp_path, {"id": ["1"], "names": ["a"]})


BAD = [b"sound", b"\xff\xfe", b"\xc3\xbc"]


@pytest.mark.parametrize(
    "cells",
    [
        unread(*BAD),
        unread(*BAD).dictionary_encode(),
        pa.array(BAD, pa.binary()),
        pa.array(BAD, pa.large_binary()),
    ],
    ids=["text", "dictionary", "bytes", "large"],
)
def test_text_that_is_none_is_quarantined_and_the_rest_can_be_traced(tmp_path: Path, cells: pa.Array) -> None:
    evidence = read_columns(tmp_path, {"id": ["1", "2", "3"], "name": cells})
    assert faults(evidence) == {2: "Column 'name' holds text that is not UTF-8."}
    frame = evidence.frame("employees", columns=["person_id", "name"], where=(("source_line", 3),))
    assert frame.to_numpy().tolist() == [["3", "ü"]]
    open_evidence(evidence.directory)


def test_an_id_that_is_no_text_is_quarantined(tmp_path: Path) -> None:
    evidence = read_columns(tmp_path, {"id": unread(*BAD), "name": ["a", "b", "c"]})
    assert (ids(evidence), sorted(faults(evidence))) == (["sound", "ü"], [2])


@pytest.mark.parametrize(
    "cells",
    [pa.array([2_932_896, 2_932_897], pa.int32()).cast(pa.date32()),
     pa.array([253_402_300_799, 253_402_300_800]).cast(pa.timestamp("s")),
     pa.array([-30_610_224_000, -30_610_224_001]).cast(pa.timestamp("s"))],
    ids=["day", "last", "first"],
)  # fmt: skip
def test_days_outside_the_calendar_are_quarantined(tmp_path: Path, cells: pa.Array) -> None:
    columns = {**COLUMNS, "started_on": "since"}
    people = {"id": ["1", "2"], "name": ["a", "b"], "since": cells}
    evidence = read_columns(tmp_path, people, columns=columns)
    assert (ids(evidence), evidence.quarantine()["reason"].tolist()) == (["1"], ["time"])


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        (["a", True], "column 'id' holds ids and, first on line 3, True: a truth value"),
        (["a", 1.5], "first on line 3, 1.5: a number with a fraction"),
        (["a", 10**15], "first on line 3, 1000000000000000.0: a number of so many digits"),
        (["a", dt.datetime.fromisoformat("2024-04-03")], "first on line 3, 2024-04-03: a date"),
        (["0012", 13], "some ids of column 'id' begin with 0 and others are numbers"),
        (["12", 13, 10**15 - 1], ""),
        (["0012", "x"], ""),
    ],
)
def test_ids_that_lost_something_on_the_way_are_noted(tmp_path: Path, cells: list[Any], note: str) -> None:
    book = openpyxl.Workbook()
    for row in (["id", "name"], *([cell, 2.5] for cell in cells)):
        book.active.append(row)
    book.save(tmp_path / "people.xlsx")
    notes = read(tmp_path).notes[1:]
    assert len(notes) == bool(note), notes
    assert all(note in each for each in notes)
