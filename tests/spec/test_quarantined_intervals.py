"""Intervals whose row is in quarantine: kept by themselves with what can be read, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from test_interval_counts import taken

from auditlib.evidence import Evidence

NAMES = ("queue", "offered", "answered", "answered_in_time", "reason", "rule", "source_line")


def aside(evidence: Evidence) -> list[tuple[Any, ...]]:
    frame = evidence.frame("quarantined_intervals", columns=list(NAMES))
    return [
        tuple(None if value != value else value for value in row)
        for row in frame.astype(object).itertuples(index=False, name=None)
    ]


def test_a_row_that_contradicts_itself_is_still_an_interval(tmp_path: Path) -> None:
    evidence = taken(tmp_path, "007,phone,A,2024-05-01 10:00:00,1800,10,8,9,2")
    why = ("contradiction", "more were answered in time than answered")
    assert aside(evidence) == [("A", 10, 8, 9, *why, 2)]
    row = evidence.frame("quarantined_intervals").iloc[0]
    assert (row["source_file"], bool(row["in_period"]), row["starts_second"]) == ("counts.csv", True, 36000)


def test_a_count_that_cannot_be_read_is_empty_and_the_others_stand(tmp_path: Path) -> None:
    (row,) = aside(taken(tmp_path, "007,phone,A,2024-05-01 10:00:00,1800,10,x,7,2"))
    assert row == ("A", 10, None, 7, "scale", "this is no whole number of zero or more", 2)


def test_of_rows_that_say_different_things_of_an_interval_all_are_aside(tmp_path: Path) -> None:
    rows = [f"007,phone,A,2024-05-01 10:00:00,1800,{offered},8,7,2" for offered in (10, 12)]
    assert [row[1:5] for row in aside(taken(tmp_path, *rows))] == [
        (10, 8, 7, "conflicting"), (12, 8, 7, "conflicting"),
    ]  # fmt: skip


def test_a_copy_an_unknown_unit_and_a_start_that_cannot_be_read_are_no_intervals(tmp_path: Path) -> None:
    sound = "007,phone,A,2024-05-01 10:00:00,1800,10,8,7,2"
    foreign, unread = sound.replace("007", "nowhere"), sound.replace("2024-05-01", "someday")
    evidence = taken(tmp_path, sound, sound, foreign, unread)
    assert len(evidence.quarantine()) == 3
    assert aside(evidence) == []


def test_sound_counts_leave_the_table_empty(tmp_path: Path) -> None:
    assert aside(taken(tmp_path, "007,phone,A,2024-05-01 10:00:00,1800,10,8,7,2")) == []


def test_a_row_of_totals_is_no_interval(tmp_path: Path) -> None:
    halves = [f"007,phone,A,2024-05-01 10:{minute}:00,1800,10,8,7,2" for minute in ("00", "30")]
    evidence = taken(tmp_path, *halves, "007,phone,A,2024-05-01 10:00:00,3600,20,16,14,4")
    assert list(evidence.quarantine()["reason"]) == ["overlap"]
    assert aside(evidence) == []


def test_times_that_overlap_and_do_not_add_up_are_in_doubt(tmp_path: Path) -> None:
    halves = [f"007,phone,A,2024-05-01 10:{minute}:00,1800,10,8,7,2" for minute in ("00", "15")]
    assert [row[-3] for row in aside(taken(tmp_path, *halves))] == ["overlap", "overlap"]
