"""A cell of very many lines is one record, whatever the file holds around it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from auditlib.evidence import Evidence, prepare
from auditlib.parameters.run import Run

COLUMNS = {"person_id": "id", "name": "name", "unit_id": "unit"}


def read(folder: Path, content: bytes, **source: Any) -> Evidence:
    (folder / "people.csv").write_bytes(content)
    declared = {"table": "employees", "file": "people.csv", "form": "csv", "columns": COLUMNS, **source}
    run = {
        "audit": "cells",
        "party": {"name": "Cells"},
        "period": {"start": "2024-01-01", "end": "2024-12-31"},
        "as_of": "2025-01-01T00:00:00Z",
        "sources": [declared],
        "notebooks": {"01_intake": {}},
    }
    return prepare(Run.model_validate(run), folder, folder / "store", threads=1)


def kept(evidence: Evidence) -> list[tuple[str, int]]:
    frame = evidence.frame("employees", columns=["person_id", "source_line"])
    return list(frame.itertuples(index=False, name=None))


LINES = 300_000
BEFORE, BEHIND = b"id,name,unit\n1,a,b\n", b"3,c,d\n"


@pytest.mark.parametrize("piece", [1 << 24, 1 << 19])
def test_a_cell_of_very_many_lines_is_one_record_in_quarantine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr("auditlib.evidence.byte_stream.BLOCK_BYTES", piece)
    evidence = read(tmp_path, BEFORE + b'2,"' + b"a line\n" * LINES + b'",x\n' + BEHIND)
    assert kept(evidence) == [("1", 2), ("3", LINES + 4)]
    frame = evidence.quarantine()
    assert frame["line"].tolist() == [3]
    assert frame["message"].tolist() == ["The record is longer than 1048576 bytes."]


@pytest.mark.parametrize("piece", [1 << 24, 1 << 19])
@pytest.mark.parametrize("row", [b"%d,c,d\n", b"%d,c\n"])
def test_an_open_quote_breaks_its_own_line_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int, row: bytes
) -> None:
    monkeypatch.setattr("auditlib.evidence.byte_stream.BLOCK_BYTES", piece)
    two = row.count(b",") == 1
    columns = {"person_id": "id", "name": "name"} if two else COLUMNS
    head = (b"id,name\n1,a\n" if two else BEFORE) + b'2,"c\n'
    evidence = read(tmp_path, head + b"".join(row % number for number in range(10, 150_000)), columns=columns)
    assert evidence.quarantine()["line"].tolist() == [3]
    assert evidence.totals[0].rows_kept == 1 + 150_000 - 10


def read_touched(folder: Path, *instants: str) -> dict[int, str]:
    """Take in interactions at these local times of Berlin; return the messages of the quarantine by line."""
    columns = {"interaction_id": "id", "unit_id": "unit", "offered": "at"}
    lines = [f"{number},u,{instant}" for number, instant in enumerate(instants)]
    dates = {"formats": ["%Y-%m-%d %H:%M"], "time_zone": "Europe/Berlin"}
    dates |= {"ambiguous": "quarantine", "nonexistent": "quarantine"}
    table = {"table": "interactions", "columns": columns, "dates": dates, "constants": {"channel": "phone"}}
    evidence = read(folder, "\n".join(["id,unit,at", *lines]).encode(), **table)
    frame = evidence.quarantine()
    return dict(zip(frame["line"].tolist(), frame["message"].tolist(), strict=True))


def test_a_time_that_was_skipped_and_one_that_came_twice_are_told_apart(tmp_path: Path) -> None:
    messages = read_touched(
        tmp_path, "2024-03-31 01:59", "2024-03-31 02:30", "2024-10-27 02:30", "2024-10-27 03:00"
    )
    assert sorted(messages) == [3, 4]
    assert "put forward: this local time does not exist" in messages[3]
    assert "put back: this local time came twice" in messages[4]


def test_the_last_days_of_the_calendar_are_in_the_future_and_no_traceback(tmp_path: Path) -> None:
    days = ("9999-12-31 23:59", "9999-12-30 23:59", "9999-01-01 00:00", "2024-05-01 10:00")
    messages = read_touched(tmp_path, *days)
    assert [message.split(": ", 1)[1] for message in messages.values()] == [
        "this day stands for an unknown one, and the row needs it.",
        "it lies after the instant of the audit.",
        "it lies after the instant of the audit.",
    ]
