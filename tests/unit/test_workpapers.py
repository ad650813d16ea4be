"""The workbook repeats what was recorded: every figure, nothing a spreadsheet would execute."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
from small_report import record

from auditlib.errors import VerificationFailed
from auditlib.records import SourceTotals
from auditlib.report.reading import read_results
from auditlib.report.spreadsheet_cells import cell_of
from auditlib.report.workpapers import (
    FINDINGS,
    INDEX,
    NUMBER_COLUMNS,
    SOURCES,
    STATEMENTS,
    TABLES,
    TICKS,
    to_workbook,
)
from auditlib.report.worksheet import Printed, printed, sheet_names


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("papers")


@pytest.fixture(scope="module")
def content(folder: Path) -> bytes:
    facts = record(folder)
    return to_workbook(read_results(folder), facts)


def rows(content: bytes, sheet: str) -> list[list[Any]]:
    book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
    return list(book.get_sheet_by_name(sheet).to_python(skip_empty_area=False))


def results(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "results" / "01_intake.json").read_text()))


def test_every_number_of_the_results_stands_in_the_workbook(folder: Path, content: bytes) -> None:
    found = {row[0]: row for row in rows(content, "01_intake")}
    numbers = results(folder)["numbers"]
    assert len(numbers) > 20
    for number in numbers:
        row = found[f"01_intake/{number['key']}"]
        interval = number["interval"] or {"low": "", "high": "", "level": "", "method": ""}
        wanted = [number["value"], number["unit"], number["n"]]
        wanted += [interval[part] for part in ("low", "high", "level", "method")]
        assert row[1:8] == [cell_of(value) for value in wanted]
        assert row[9] == cell_of(number["reason"])


def test_every_printed_cell_of_every_table_stands_in_the_workbook(folder: Path, content: bytes) -> None:
    written = rows(content, f"01_intake{TABLES}")
    for exhibit in results(folder)["exhibits"]:
        for row in exhibit.get("rows", []):
            numeric = [column["numeric"] for column in exhibit["columns"]]
            wanted = [as_held(cell, number) for cell, number in zip(row, numeric, strict=True)]
            assert any(line[: len(wanted)] == wanted for line in written), row


def as_held(cell: str, numeric: bool) -> object:
    found = printed(cell) if numeric else None
    return cell_of(cell) if found is None else pytest.approx(found.value)


def test_every_statement_stands_in_the_workbook_with_its_references(folder: Path, content: bytes) -> None:
    found = {row[1]: row[2].split() for row in rows(content, STATEMENTS)}
    recorded = results(folder)
    said = [*recorded["answer"], *recorded["sentences"]]
    assert said
    for one in said:
        assert found[str(cell_of(one["text"]))] == [f"01_intake/{key}" for key in one["keys"]]


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("0", 0, "0"),
        ("467", 467, "0"),
        ("1,941", 1941, "#,##0"),
        ("12,345,678.90", 12345678.9, "#,##0.00"),
        ("22.5%", 0.225, "0.0%"),
        ("100%", 1, "0%"),
        ("0.380", 0.38, "0.000"),
        ("-3.5", -3.5, "0.0"),
        ("\N{MINUS SIGN}0.75", -0.75, "0.00"),
    ],
)
def test_a_printed_number_is_held_as_a_number_that_looks_the_same(
    text: str, value: float, shown: str
) -> None:
    assert printed(text) == Printed(value, shown)


@pytest.mark.parametrize(
    "text", ["", "007a", "< 0.1%", "suppressed", "1,23", "2023-01", "1 to 4", "1e5", "NA", "1.", ".5", "12 %"]
)
def test_what_is_not_one_plain_number_stays_text(text: str) -> None:
    assert printed(text) is None


def test_every_sheet_prints_across_one_page_and_long_ones_repeat_their_heading(content: bytes) -> None:
    book = openpyxl.load_workbook(BytesIO(content))
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    for name in (FINDINGS, SOURCES, STATEMENTS, "01_intake"):
        sheet = book[name]
        first = int(sheet.print_title_rows.strip("$").partition(":")[0])
        heading = [cell.value for cell in sheet[first] if cell.value]
        assert heading[0] in ("No.", "File", "Area", next(iter(NUMBER_COLUMNS)))
        assert sheet.freeze_panes == f"B{first + 1}"


def test_no_text_is_cut_off_by_a_column_that_is_too_narrow_for_its_row(content: bytes) -> None:
    """A letter is at most a unit of width: rows are as high as the lines their texts need."""
    for sheet in openpyxl.load_workbook(BytesIO(content)):
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                if isinstance(cell.value, str) and cell.coordinate not in sheet.merged_cells:
                    width = sheet.column_dimensions[cell.column_letter].width
                    needed = len(cell.value) / (1.24 * width)
                    assert needed <= (sheet.row_dimensions[cell.row].height or 15) / 12 + 0.01


def test_every_finding_and_its_cross_references_stand_in_the_workbook(folder: Path, content: bytes) -> None:
    findings = results(folder)["findings"]
    assert findings
    found = {row[9]: row for row in rows(content, FINDINGS)}
    numbers = {row[0]: row for row in rows(content, "01_intake")}
    for finding in findings:
        row = found[finding["fingerprint"]]
        for column, part in enumerate(
            ("grade", "criterion", "subject", "condition", "cause", "effect"), start=1
        ):
            assert row[column] == cell_of(finding[part])
        for reference in finding["evidence"]:
            assert numbers[reference][10] == "X"
            assert str(int(row[0])) in str(numbers[reference][11]).removesuffix(".0").split(", ")


def test_sources_are_footed(content: bytes) -> None:
    header, *body = rows(content, SOURCES)
    for row in body:
        assert row[2] == row[3] + row[4]
        assert row[header.index("Tick")] == "F PBC"


def test_rows_that_do_not_add_up_stop_it(folder: Path) -> None:
    facts = record(folder)
    wrong = SourceTotals("u.csv", "units", "a" * 64, 9, 10, 8, 1, {})
    facts = type(facts)(facts.run, (wrong,))
    with pytest.raises(VerificationFailed, match="add up"):
        to_workbook(read_results(folder), facts)


def test_the_index_names_every_sheet_and_tick_and_leaves_room_to_sign(content: bytes) -> None:
    text = {str(cell) for row in rows(content, INDEX) for cell in row}
    assert {"01_intake", "Prepared by", "Reviewed by", *TICKS} <= text


def test_the_same_results_give_the_same_bytes(folder: Path, content: bytes) -> None:
    assert to_workbook(read_results(folder), record(folder)) == content


def test_long_notebook_names_make_distinct_sheets() -> None:
    names = sheet_names(["01_" + "a" * 40, "02_" + "a" * 40, "03_" + "b" * 5])
    assert len(set(names.values())) == 3
    assert all(len(name) <= 31 for name in names.values())


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A", "\t=1", "\r\n=1", " =1"])
def test_no_text_becomes_a_formula(text: str) -> None:
    assert str(cell_of(text)).startswith("'")


def test_no_cell_is_a_formula_or_leaves_the_workbook(content: bytes) -> None:
    import zipfile

    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            text = archive.read(name)
            assert b"<f>" not in text
            assert b'TargetMode="External"' not in text
