"""Units that a file names by number or by name, and what a second file says of them. Worked out by hand.

Six units of the register: 0058, 0101, HQ, 0007 and 7 (one number), and two called York (0101 and 0300).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from quarantined import run_of

from auditlib.evidence import Evidence, prepare
from auditlib.parameters.checks import run_problems
from auditlib.parameters.load import validate
from auditlib.parameters.run import Run
from auditlib.parameters.strict_yaml import read_yaml
from auditlib.seal.source_rows import RowsOf, find_rows
from auditlib.seal.trace import _no_row

REGISTER = "code,label\n0058,Leeds  North\n0101,York\n0007,Bath\n7,Bristol\nHQ,Head Office\n0300,York\n"
UNITS = {
    "table": "units",
    "file": "units.csv",
    "form": "csv",
    "columns": {"unit_id": "code", "name": "label"},
}
COLUMNS = {"response_id": "id", "unit_id": "unit", "submitted": "at", "q_overall": "score"}
REGIONS = {
    "table": "units",
    "file": "regions.csv",
    "form": "csv",
    "fills": True,
    "units_by": "number",
    "columns": {"unit_id": "store", "region": "region", "opened_on": "since"},
}


def named(folder: Path, *cells: str, **more: Any) -> tuple[dict[str, str], list[str]]:
    """Return the units that responses with these cells are kept for, and the cells in quarantine."""
    rows = "".join(f"{cell},{cell},2024-05-01 10:00:00,4\n" for cell in cells)
    (folder / "responses.csv").write_text(f"id,unit,at,score\n{rows}")
    evidence = evidence_of(folder, responses(**more))
    aside = evidence.quarantine()
    assert set(aside["reason"]) <= {"unit"}
    assert all(total.reconciled for total in evidence.totals)
    frame = evidence.frame("responses", columns=["response_id", "unit_id"])
    return dict(frame.itertuples(index=False, name=None)), aside["value"].tolist()


def responses(**more: Any) -> dict[str, Any]:
    source = {"table": "responses", "file": "responses.csv", "form": "csv", "columns": COLUMNS}
    return {**source, "constants": {"survey_type": "transactional"}, **more}


def evidence_of(folder: Path, *sources: dict[str, Any]) -> Evidence:
    (folder / "units.csv").write_text(REGISTER)
    return prepare(run_of(UNITS, *sources), folder, folder / "store", threads=1)


def test_zeros_are_never_dropped_unless_the_run_file_says_so(tmp_path):
    assert named(tmp_path, "0058", "58", "7") == ({"0058": "0058", "7": "7"}, ["58"])


def test_a_number_finds_its_unit_whichever_file_carries_the_zeros(tmp_path):
    kept, aside = named(tmp_path, "58", "058", "58.0", "00101", "HQ", "hq", "59", "580", units_by="number")
    assert kept == {"58": "0058", "058": "0058", "58.0": "0058", "00101": "0101", "HQ": "HQ"}
    assert aside == ["hq", "59", "580"]


def test_a_number_that_two_units_share_names_neither(tmp_path):
    assert named(tmp_path, "7", "0007", "07", units_by="number") == ({}, ["7", "0007", "07"])


def test_a_name_finds_its_unit_and_an_id_is_no_name(tmp_path):
    kept, aside = named(tmp_path, "leeds north", "Bath", "York", "0058", "Bat", units_by="name")
    assert kept == {"leeds north": "0058", "Bath": "0007"}
    assert aside == ["York", "0058", "Bat"]


def test_numbers_of_parquet_find_their_units_too(tmp_path):
    columns = {
        "id": ["a", "b"],
        "unit": pa.array([58, 7]),
        "at": ["2024-05-01 10:00:00"] * 2,
        "score": ["4"] * 2,
    }
    parquet.write_table(pa.table(columns), tmp_path / "r.parquet")
    evidence = evidence_of(tmp_path, responses(file="r.parquet", form="parquet", units_by="number"))
    assert evidence.frame("responses")["unit_id"].tolist() == ["0058"]


def test_one_unit_named_in_two_ways_is_one_unit_to_the_copies(tmp_path):
    rows = "a,58,2024-05-01 10:00:00,4\na,0058,2024-05-01 10:00:00,4\n"
    (tmp_path / "responses.csv").write_text(f"id,unit,at,score\n{rows}")
    evidence = evidence_of(tmp_path, responses(units_by="number"))
    assert evidence.quarantine()["reason"].tolist() == ["identical"]


def test_a_second_file_fills_what_the_register_leaves_empty(tmp_path):
    """Line 4 repeats line 2, line 5 is no day, line 6 no unit, and 7 is a number of two units."""
    rows = (
        "58,North,2001-02-03",
        "300,South,",
        "58,North,2001-02-03",
        "101,East,soon",
        "12,West,",
        "7,West,",
    )
    (tmp_path / "regions.csv").write_text("\n".join(("store,region,since", *rows, "")))
    evidence = evidence_of(tmp_path, REGIONS)
    frame = evidence.frame("units").set_index("unit_id")
    assert frame["region"].dropna().to_dict() == {"0058": "North", "0300": "South"}
    assert frame["opened_on"].dropna().to_dict() == {"0058": 11356}  # days since 1970
    assert frame["source_line"].tolist() == [2, 3, 4, 5, 6, 7]
    aside = evidence.quarantine()
    assert aside[["line", "reason"]].values.tolist() == [
        [4, "identical"],
        [5, "time"],
        [6, "unit"],
        [7, "unit"],
    ]
    total = evidence.totals[1]
    assert (total.rows_in, total.rows_kept, total.rows_quarantined, total.reconciled) == (6, 2, 4, True)
    assert evidence.notes == (
        "regions.csv: it says nothing of 4 of 6 units: '0101', '0007', '7' and others.",
    )


def test_trace_says_that_rows_of_a_second_file_stand_with_their_units(tmp_path):
    (tmp_path / "regions.csv").write_text("store,region,since\n58,North,2001-02-03\n")
    rows = RowsOf(evidence_of(tmp_path, REGIONS))
    assert find_rows(rows, "units", identity=None, file="regions.csv", line="2") == []
    problem = _no_row("units:regions.csv:2", "units", rows)
    said = "regions.csv says more of units that are registered elsewhere: trace units:id=ID."
    assert problem.remedy.endswith(said)


def test_a_second_file_never_overrules_the_register_nor_a_file_before_it(tmp_path):
    (tmp_path / "regions.csv").write_text("store,region,since\n58,North,2001-02-03\n101,East,2001-02-03\n")
    (tmp_path / "more.csv").write_text("store,region,since\n58,North,2001-02-04\n101,East,2001-02-03\n")
    evidence = evidence_of(tmp_path, REGIONS, {**REGIONS, "file": "more.csv"})
    aside = evidence.quarantine()
    assert aside[["file", "line", "column", "reason"]].values.tolist() == [
        ["more.csv", 2, "since", "conflicting"]
    ]
    assert aside["message"].tolist() == [
        "'2001-02-04': the register says '2001-02-03' of 0058, on line 2 of units.csv."
    ]
    assert [total.rows_kept for total in evidence.totals] == [6, 2, 1]
    assert all(total.reconciled for total in evidence.totals)


DECLARED = """audit: small
party: {name: Small}
period: {start: 2024-01-01, end: 2024-12-31}
as_of: 2025-01-01T00:00:00Z
sources:
  - {table: units, form: csv, file: units.csv, columns: {unit_id: code}}
  - {table: LAST, form: csv, file: other.csv, columns: {unit_id: code}, MORE}
notebooks: {01_intake: {}}
"""


@pytest.mark.parametrize(
    ("table", "more", "message"),
    [
        ("units", "units_by: number", "'units' names no units of the register"),
        ("units", "fills: true, once: true", "'fills' is for a source with table: units"),
        ("responses", "fills: true", "'fills' is for a source with table: units"),
        ("units", "fills: true, units_by: name", "the register of units maps none"),
    ],
)
def test_what_is_declared_wrongly_is_located(table, more, message):
    document = read_yaml(DECLARED.replace("LAST", table).replace("MORE", more), name="run.yaml")
    (problem, *_) = [one for one in run_problems(validate(Run, document), document) if message in one.message]
    assert problem.line == 7


def test_a_register_is_needed_to_say_more_of():
    text = DECLARED.replace("  - {table: units, form: csv, file: units.csv, columns: {unit_id: code}}\n", "")
    document = read_yaml(text.replace("LAST", "units").replace("MORE", "fills: true"), name="run.yaml")
    assert any(
        "no source registers them" in one.message for one in run_problems(validate(Run, document), document)
    )
