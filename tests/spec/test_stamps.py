"""Dates that are counted or carry an offset, and instants given as durations: cell in, instant out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from quarantined import UNITS

from auditlib.errors import ParameterError
from auditlib.evidence import Evidence, prepare
from auditlib.parameters.checks import load_run

RUN = """\
audit: calls
party: {name: Calls}
period: {start: 2024-01-01, end: 2024-12-31}
as_of: 2025-01-01T00:00:00Z
time_zone: Europe/Berlin
sources:
- {table: units, form: csv, file: units.csv, columns: {unit_id: unit_id, time_zone: time_zone}}
- table: interactions
  form: csv
  file: calls.csv
  columns: {interaction_id: id, unit_id: unit, offered: at, answered: wait}
  constants: {channel: phone}
  dates: {formats: ["%Y-%m-%d %H:%M:%S"], time_zone: unit}
notebooks: {01_intake: {}}
"""
SPRING = "2024-03-31 01:59:50"
"""Ten seconds before the clocks of Berlin are put forward."""


def calls(folder: Path, *rows: str, edit: dict[str, str] | None = None) -> Evidence:
    text = RUN
    for old, new in (edit or {}).items():
        assert old in text
        text = text.replace(old, new)
    data = folder / "data"
    data.mkdir(exist_ok=True)
    (data / "units.csv").write_text(UNITS, encoding="utf-8")
    if rows:
        (data / "calls.csv").write_text("\n".join(("id,unit,at,wait", *rows, "")), encoding="utf-8")
    return prepare(load_run(text, name="calls.yaml"), data, folder / "store", threads=1)


def instants(evidence: Evidence, column: str = "offered") -> dict[str, Any]:
    """Return id to instant (UTC, as text), second of the local day behind it where it is a whole day."""
    frame = evidence.frame("interactions")
    return {
        row["interaction_id"]: "day"
        if row[f"{column}_second"] == -1
        else dt.datetime.fromtimestamp(row[f"{column}_at"] / 1e6, dt.UTC).isoformat(timespec="milliseconds")[
            :23
        ]
        for _, row in frame[frame[f"{column}_at"].notna()].iterrows()
    }


def aside(evidence: Evidence) -> dict[int, str]:
    frame = evidence.quarantine()
    return dict(zip(frame["line"].tolist(), frame["message"].tolist(), strict=True))


def formats(*names: str) -> dict[str, str]:
    listed = ", ".join(f'"{name}"' for name in names)
    return {'["%Y-%m-%d %H:%M:%S"]': f"[{listed}]", ", answered: wait": ""}


@pytest.mark.parametrize(
    ("form", "cell", "expected"),
    [
        ("epoch_seconds", "1714557600", "2024-05-01T10:00:00.000"),
        ("epoch_seconds", "1714557600.25", "2024-05-01T10:00:00.250"),
        ("epoch_milliseconds", "1714557600250", "2024-05-01T10:00:00.250"),
        ("excel_serial", "45413.5", "2024-05-01T10:00:00.000"),
        ("excel_serial", "45413.4166782407", "2024-05-01T08:00:01.000"),
        ("%Y-%m-%dT%H:%M:%S%z", "2024-05-01T12:00:00+02:00", "2024-05-01T10:00:00.000"),
        ("%Y-%m-%dT%H:%M:%S%z", "2024-05-01T12:00:00+0200", "2024-05-01T10:00:00.000"),
        ("%Y-%m-%dT%H:%M:%S%z", "2024-05-01T12:00:00-05:30", "2024-05-01T17:30:00.000"),
        ("%Y-%m-%dT%H:%M:%S%z", "2024-05-01T12:00:00Z", "2024-05-01T12:00:00.000"),
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2024-05-01T12:00:00.123Z", "2024-05-01T12:00:00.123"),
        ("%d/%m/%Y %H:%M %z", "01/05/2024 12:00 +0100", "2024-05-01T11:00:00.000"),
    ],
)
def test_a_counted_date_or_one_with_an_offset_is_an_instant(tmp_path, form, cell, expected):
    assert instants(calls(tmp_path, f"C1,007,{cell},", edit=formats(form))) == {"C1": expected}


def test_a_whole_serial_is_a_day_without_a_time(tmp_path):
    evidence = calls(tmp_path, "C1,007,45413,", "C2,007,45413.0,", edit=formats("excel_serial"))
    assert instants(evidence) == {"C1": "day", "C2": "day"}
    assert evidence.frame("interactions")["offered_day"].tolist() == [19_844, 19_844]


@pytest.mark.parametrize(
    ("form", "cell"),
    [
        ("epoch_seconds", "0"),
        ("epoch_seconds", "99999999"),
        ("epoch_seconds", "1714557600250"),
        ("epoch_seconds", "-1714557600"),
        ("epoch_milliseconds", "1714557600"),
        ("excel_serial", "60"),
        ("excel_serial", "454130"),
        ("excel_serial", "1714557600"),
        ("%Y-%m-%dT%H:%M:%S%z", "2024-05-01T12:00:00"),
    ],
)
def test_a_cell_that_is_something_else_is_quarantined(tmp_path, form, cell):
    evidence = calls(tmp_path, f"C1,007,{cell},", edit=formats(form))
    assert "this is no instant in any declared format" in aside(evidence)[2]


def test_counted_formats_stand_side_by_side_and_none_fits_anothers_cells(tmp_path):
    edit = formats("epoch_milliseconds", "epoch_seconds", "excel_serial", "%Y-%m-%d %H:%M")
    rows = ("a,007,1714557600,", "b,007,1714557600000,", "c,007,45413.5,", "d,007,2024-05-01 12:00,")
    found = instants(calls(tmp_path, *rows, edit=edit))
    assert found == dict.fromkeys("abcd", "2024-05-01T10:00:00.000")


def test_dates_of_one_column_may_be_written_otherwise(tmp_path):
    edit = beside('dates_of: {answered: {formats: ["%d.%m.%Y %H.%M"], time_zone: UTC}}')
    evidence = calls(tmp_path, "C1,007,2024-05-01 12:00:00,01.05.2024 10.30", edit=edit)
    assert instants(evidence) == {"C1": "2024-05-01T10:00:00.000"}
    assert instants(evidence, "answered") == {"C1": "2024-05-01T10:30:00.000"}


def waiting(unit: str) -> dict[str, str]:
    return {"answered: wait": f"answered: {{after: offered, duration: wait, unit: {unit}}}"}


@pytest.mark.parametrize(
    ("unit", "cell", "seconds"),
    [
        ("seconds", "0", 0.0),
        ("seconds", "12.5", 12.5),
        ("milliseconds", "1500", 1.5),
        ("minutes", "1.5", 90.0),
        ("hours", "0.5", 1800.0),
        ("days", "1", 86_400.0),
        ("clock", "0:01:30", 90.0),
        ("clock", "26:00:00", 93_600.0),
        ("clock", "1.02:00:00", 93_600.0),
        ("clock", "00:00:12.25", 12.25),
        ("mm:ss", "07:49", 469.0),
        ("mm:ss", "312:05", 18_725.0),
        ("mm:ss", "0:00.25", 0.25),
        ("hh:mm", "07:49", 28_140.0),
        ("hh:mm", "26:00", 93_600.0),
    ],
)
def test_a_duration_is_an_instant_behind_another(tmp_path, unit, cell, seconds):
    evidence = calls(tmp_path, f"C1,007,2024-05-01 12:00:00,{cell}", edit=waiting(unit))
    frame = evidence.frame("interactions")
    assert (frame["answered_at"] - frame["offered_at"]).tolist() == [seconds * 1e6], aside(evidence)


def test_a_duration_runs_through_a_change_of_the_clocks(tmp_path):
    evidence = calls(tmp_path, f"C1,007,{SPRING},20", f"C2,NA,{SPRING},20", edit=waiting("seconds"))
    frame = evidence.frame("interactions")
    assert (frame["answered_at"] - frame["offered_at"]).tolist() == [20e6, 20e6]
    assert frame["answered_second"].tolist() == [3 * 3600 + 10, 2 * 3600 + 10]


@pytest.mark.parametrize(
    ("unit", "cell"),
    [
        ("seconds", "-1"),
        ("seconds", "soon"),
        ("seconds", "0:10"),
        ("clock", "1:30"),
        ("clock", "0:61:00"),
        ("clock", "90"),
        ("mm:ss", "0:60"),
        ("mm:ss", "0:01:30"),
        ("mm:ss", "90"),
        ("hh:mm", "-1:30"),
    ],
)
def test_a_cell_that_is_no_duration_is_quarantined(tmp_path, unit, cell):
    evidence = calls(tmp_path, f"C1,007,2024-05-01 12:00:00,{cell}", edit=waiting(unit))
    assert "no duration" in aside(evidence)[2]
    assert evidence.totals[1].reasons == {"time": 1}


def test_without_a_duration_there_is_no_instant_and_the_row_stays(tmp_path):
    evidence = calls(tmp_path, "C1,007,2024-05-01 12:00:00,", edit=waiting("seconds"))
    assert instants(evidence, "answered") == {}
    assert evidence.totals[1].rows_kept == 1


def test_a_duration_cannot_run_from_a_day_without_a_time(tmp_path):
    edit = waiting("seconds") | {'["%Y-%m-%d %H:%M:%S"]': '["%Y-%m-%d"]'}
    evidence = calls(tmp_path, "C1,007,2024-05-01,12", edit=edit)
    assert "what it runs from has no time of day" in aside(evidence)[2]


def test_an_instant_before_as_of_may_end_after_it(tmp_path):
    evidence = calls(tmp_path, "C1,007,2024-12-31 23:00:00,3600", "C2,007,2025-01-01 00:59:59,2",
                     edit=waiting("seconds"))  # fmt: skip
    assert list(aside(evidence)) == [3]
    assert evidence.totals[1].reasons == {"future": 1}


def test_numbers_of_a_parquet_file_are_read_alike(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    columns = {"id": ["C1"], "unit": ["007"], "at": pa.array([1714557600]), "wait": pa.array([12.5])}
    parquet.write_table(pa.table(columns), data / "calls.parquet")
    edit = waiting("seconds") | {'["%Y-%m-%d %H:%M:%S"]': "[epoch_seconds]"}
    edit |= {"  form: csv\n  file: calls.csv": "  form: parquet\n  file: calls.parquet"}
    evidence = calls(tmp_path, edit=edit)
    assert instants(evidence, "answered") == {"C1": "2024-05-01T10:00:12.500"}


def answered(origin: str) -> dict[str, str]:
    return {"answered: wait": f"answered: {{{origin}}}"}


def beside(line: str) -> dict[str, str]:
    return {"columns: {inter": f"{line}\n  columns: {{inter"}


@pytest.mark.parametrize(
    ("edit", "line", "message", "remedy"),
    [
        (formats("%Y%m%d", "epoch_seconds"), 13, "a cell of digits alone fits both", "Keep the one"),
        (formats("epoch_second"), 13, "'epoch_second' is no date format", "epoch_seconds"),
        (answered("after: offered, duration: wait"), 11, "belong together", "unit: seconds"),
        (answered("after: ended, duration: wait, unit: hours"), 11, "nothing is mapped", "Map it"),
        (answered("after: channel, duration: wait, unit: hours"), 11, "no other instant", "Allowed"),
        (
            {"unit_id: unit, off": "unit_id: {after: offered, duration: unit, unit: hours}, off"},
            11, "no instant", "Map",
        ),
        (beside("dates_of: {offered: {formats: [x]}}"), 11, "'x' is no date format", ""),
        (beside('dates_of: {ended: {formats: ["%Y"]}}'), 11, "no column is mapped", "Map"),
    ],
)  # fmt: skip
def test_what_is_declared_wrongly_is_located(tmp_path, edit, line, message, remedy):
    with pytest.raises(ParameterError) as caught:
        calls(tmp_path, edit=edit)
    problem = next((each for each in caught.value.problems if message in each.message), None)
    assert problem is not None, str(caught.value)
    assert (problem.file, problem.line) == ("calls.yaml", line)
    assert remedy in problem.remedy


def test_times_and_durations_of_a_worksheet_are_read_as_a_clock(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    data = tmp_path / "data"
    data.mkdir()
    book = openpyxl.Workbook()
    rows: list[list[Any]] = [["id", "unit", "at", "wait"]]
    rows += [["C1", "007", dt.datetime(2024, 5, 1, 12), dt.time(0, 1, 30)]]  # noqa: DTZ001 - as cells are
    rows += [["C2", "007", dt.datetime(2024, 5, 1, 12), dt.timedelta(hours=26)]]  # noqa: DTZ001
    for row in rows:
        book.active.append(row)
    book.save(data / "calls.xlsx")
    edit = waiting("clock") | {"  form: csv\n  file: calls.csv": "  form: excel\n  file: calls.xlsx"}
    frame = calls(tmp_path, edit=edit).frame("interactions")
    assert (frame["answered_at"] - frame["offered_at"]).tolist() == [90e6, 26 * 3600e6]
