"""Dates without time, and codes that are numbers: what intake makes of them, from every form of source."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from auditlib.contracts import WHOLE_DAY
from auditlib.evidence import open_evidence, prepare
from auditlib.parameters.run import Run, Source
from auditlib.reliability import gather

NEW_YORK = ZoneInfo("America/New_York")


def midnight(day: str) -> int:
    moment = dt.datetime.fromisoformat(day).replace(tzinfo=NEW_YORK)
    return round(moment.timestamp() * 1_000_000)


def run_of(form: str, *, formats: list[str], scale: dict[str, Any] | None = None, **more: Any) -> Run:
    file = {"csv": "r.csv", "parquet": "r.parquet", "excel": "r.xlsx", "database": None}[form]
    item = {"wording": "o", "scale": {"low": 1, "high": 5, "step": 0.5} | (scale or {})}
    columns = {"response_id": "id", "unit_id": "unit", "submitted": "when", "q_overall": "score"}
    source: dict[str, Any] = {
        "table": "responses", "form": form, "columns": columns, "constants": {"survey_type": "visit"},
        "dates": {"formats": formats, "time_zone": more.pop("time_zone", "UTC")},
    } | more  # fmt: skip
    source |= {"file": file} if file else {"database": {"connection": "DAYS_DB", "relation": "r"}}
    return Run.model_validate(
        {
            "audit": "days",
            "party": {"name": "P"},
            "period": {"start": "2025-01-01", "end": "2025-12-31"},
            "as_of": "2026-01-01T00:00:00Z",
            "instruments": {"visit": {"items": {"q_overall": item}}},
            "sources": [
                {"table": "units", "file": "units.csv", "form": "csv",
                 "columns": {"unit_id": "unit_id", "time_zone": "time_zone"}},
                source,
            ],
            "notebooks": {"01_intake": {}},
        }
    )  # fmt: skip


def taken_in(run: Run, folder: Path, table: str = "responses") -> list[dict[str, Any]]:
    (folder / "units.csv").write_text("unit_id,time_zone\nU1,America/New_York\n")
    frame = prepare(run, folder, folder / "store", threads=1).frame(table)
    rows: list[dict[str, Any]] = frame.to_dict("records")
    return rows


def written(form: str, folder: Path, when: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if form == "csv":
        (folder / "r.csv").write_text(f"id,unit,when,score\nR1,U1,{when},5\n")
    elif form == "parquet":
        parquet.write_table(
            pa.table({"id": ["R1"], "unit": ["U1"], "when": [when], "score": [5.0]}), folder / "r.parquet"
        )
    elif form == "excel":
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(["id", "unit", "when", "score"])
        sheet.append(["R1", "U1", when, 5])
        book.save(folder / "r.xlsx")
    else:
        with sqlite3.connect(folder / "r.db") as connection:
            connection.execute("CREATE TABLE r (id TEXT, unit TEXT, 'when' TEXT, score REAL)")
            connection.execute("INSERT INTO r VALUES ('R1', 'U1', ?, 5.0)", (when,))
        connection.close()
        monkeypatch.setenv("DAYS_DB", f"sqlite:///{folder / 'r.db'}")


DAY = "%Y-%m-%d"
TIMED = "%Y-%m-%d %H:%M:%S"


@pytest.mark.parametrize("time_zone", ["UTC", "unit", "Asia/Tokyo"])
@pytest.mark.parametrize(
    ("form", "formats", "when"),
    [
        ("csv", [DAY], "2025-06-06"),
        ("csv", [TIMED, DAY], "2025-06-06"),
        ("csv", [DAY + "Z"], "2025-06-06Z"),
        ("csv", ["%d.%m.%Y"], "06.06.2025"),
        ("database", [DAY], "2025-06-06"),
        ("excel", [TIMED], dt.date(2025, 6, 6)),
        ("excel", [TIMED], dt.datetime(2025, 6, 6)),  # noqa: DTZ001 - a worksheet knows no zone
        ("parquet", [TIMED], dt.date(2025, 6, 6)),
    ],
)
def test_a_day_without_a_time_is_the_units_own_day(
    form: str, formats: list[str], when: Any, time_zone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(form, tmp_path, when, monkeypatch)
    (row,) = taken_in(run_of(form, formats=formats, time_zone=time_zone), tmp_path)
    assert row["submitted_day"] == (dt.date(2025, 6, 6) - dt.date(1970, 1, 1)).days
    assert row["submitted_second"] == WHOLE_DAY
    assert row["submitted_at"] == midnight("2025-06-06")


@pytest.mark.parametrize(
    ("form", "when"),
    [
        ("csv", "2025-06-06 00:00:00"),
        ("parquet", dt.datetime(2025, 6, 6)),  # noqa: DTZ001 - local, as the file holds it
        ("excel", dt.datetime(2025, 6, 6, 0, 0, 1)),  # noqa: DTZ001
    ],
)
def test_an_instant_with_a_time_stays_one_at_midnight_too(
    form: str, when: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(form, tmp_path, when, monkeypatch)
    (row,) = taken_in(run_of(form, formats=[TIMED], time_zone="unit"), tmp_path)
    assert row["submitted_second"] == (1 if form == "excel" else 0)


def followed(folder: Path, sent: str, answered: str, *, formats: list[str]) -> tuple[int, int]:
    """Return how many responses were kept and how many lie before their invitation."""
    (folder / "units.csv").write_text("unit_id,time_zone\nU1,America/New_York\n")
    (folder / "i.csv").write_text(f"id,unit,sent\nI1,U1,{sent}\n")
    (folder / "r.csv").write_text(f"id,unit,invitation,when,score\nR1,U1,I1,{answered},5\n")
    run = run_of("csv", formats=formats).model_dump(mode="json")
    invitations = {
        "table": "invitations", "form": "csv", "file": "i.csv", "constants": {"survey_type": "visit"},
        "columns": {"invitation_id": "id", "unit_id": "unit", "sent": "sent"},
        "dates": {"formats": formats, "time_zone": "unit"},
    }  # fmt: skip
    responses = {
        "table": "responses", "form": "csv", "file": "r.csv", "constants": {"survey_type": "visit"},
        "columns": {"response_id": "id", "unit_id": "unit", "invitation_id": "invitation",
                    "submitted": "when", "q_overall": "score"},
        "dates": {"formats": formats, "time_zone": "unit"},
    }  # fmt: skip
    run["sources"] = [run["sources"][0], invitations, responses]
    evidence = prepare(Run.model_validate(run), folder, folder / "store", threads=1)
    return len(evidence.frame("responses")), len(evidence.frame("quarantine"))


@pytest.mark.parametrize(
    ("sent", "answered", "kept"),
    [
        ("2025-06-06 10:00:00", "2025-06-06", 1),
        ("2025-06-06 10:00:00", "2025-06-05", 0),
        ("2025-06-06", "2025-06-06 00:00:00", 1),
        ("2025-06-06", "2025-06-05 23:59:59", 0),
        ("2025-06-06", "2025-06-06", 1),
        ("2025-06-06 10:00:00", "2025-06-06 09:59:59", 0),
    ],
)
def test_what_happened_on_a_day_is_not_before_its_trigger_of_that_day(
    sent: str, answered: str, kept: int, tmp_path: Path
) -> None:
    assert followed(tmp_path, sent, answered, formats=[TIMED, DAY]) == (kept, 1 - kept)


@pytest.mark.parametrize("code", ["99", "99.0", " 99.00 "])
@pytest.mark.parametrize("form", ["parquet", "excel", "database"])
@pytest.mark.parametrize("where", ["not_applicable", "missing"])
def test_a_code_that_is_a_number_is_compared_by_value(
    code: str, form: str, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbered(form, tmp_path, monkeypatch)
    more = {"scale": {"not_applicable": [code]}} if where == "not_applicable" else {"missing": [code]}
    run = run_of(form, formats=[DAY], **more)
    assert [row["q_overall"] for row in taken_in(run, tmp_path)] == [4.0, 4.5]
    (third,) = taken_in(run, tmp_path, "unanswered")  # a row whose only answer is none is no response
    assert third["response_id"] == "R3"


def numbered(form: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write three answers: 4, 4.5 and 99, which stands for none."""
    scores = [4.0, 4.5, 99.0]
    ids, units, days = ["R1", "R2", "R3"], ["U1"] * 3, ["2025-06-06"] * 3
    if form == "parquet":
        parquet.write_table(
            pa.table({"id": ids, "unit": units, "when": days, "score": scores}), folder / "r.parquet"
        )
    elif form == "excel":
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for row in [("id", "unit", "when", "score"), *zip(ids, units, days, scores, strict=True)]:
            sheet.append(row)
        book.save(folder / "r.xlsx")
    else:
        with sqlite3.connect(folder / "r.db") as connection:
            connection.execute("CREATE TABLE r (id TEXT, unit TEXT, 'when' TEXT, score REAL)")
            connection.executemany(
                "INSERT INTO r VALUES (?, ?, ?, ?)", list(zip(ids, units, days, scores, strict=True))
            )
        connection.close()
        monkeypatch.setenv("DAYS_DB", f"sqlite:///{folder / 'r.db'}")


@pytest.mark.parametrize("named", [True, False], ids=["mapped", "not mapped"])
def test_the_account_of_an_entry_of_the_matrix_is_stored_where_a_source_names_it(
    tmp_path: Path, named: bool
) -> None:
    """Two lists of one matrix: what only one of them has is empty in the rows of the other."""
    plain = {"responsibility_id": "id", "unit_id": "unit", "role": "role", "valid_from": "from"}
    (tmp_path / "m.csv").write_text("id,unit,role,from\nM1,U1,staff,2025-01-01\n")
    (tmp_path / "k.csv").write_text(
        "id,unit,role,from,account\nK1,,staff,2025-01-01,007\nK2,,staff,2025-01-01,\n"
    )
    lists = [
        {"table": "responsibilities", "form": "csv", "file": "m.csv", "columns": plain},
        {"table": "responsibilities", "form": "csv", "file": "k.csv",
         "columns": plain | ({"account_id": "account"} if named else {})},
    ]  # fmt: skip
    run = run_of("csv", formats=["%Y-%m-%d"])
    sources = [run.sources[0], *map(Source.model_validate, lists)]
    run = run.model_copy(update={"sources": tuple(sources)})
    rows = taken_in(run, tmp_path, "responsibilities")
    assert [row["responsibility_id"] for row in rows] == ["M1", "K1", "K2"]
    accounts = [row.get("account_id", "-") for row in rows]
    assert [None if pd.isna(each) else each for each in accounts] == (
        [None, "007", None] if named else ["-"] * 3
    )
    facts = gather(
        open_evidence(next(path for path in (tmp_path / "store").iterdir() if path.is_dir())),
        "responsibilities",
        period=run.period,
    )
    assert facts.missing.get("account_id") == (2 if named else None)
