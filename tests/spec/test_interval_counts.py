"""Interval counts at intake: what contradicts itself, is cut short, is a total, or counts a time twice."""

from __future__ import annotations

from typing import Any

from quarantined import UNITS, run_of, units, verdicts

from auditlib.contracts import TABLES
from auditlib.evidence import Evidence, prepare

HEADER = "unit,channel,queue,start,seconds,offered,answered,quick,lost"
NAMED = {
    "unit_id": "unit",
    "channel": "channel",
    "queue": "queue",
    "starts": "start",
    "length": "seconds",
    "offered": "offered",
    "answered": "answered",
    "answered_in_time": "quick",
    "abandoned": "lost",
}


def counts(**more: Any) -> dict[str, Any]:
    given = {"table": "interval_counts", "file": "counts.csv", "form": "csv", "columns": NAMED}
    return {**given, "constants": {"within_seconds": "20"}, "dates": {"time_zone": "unit"}, **more}


def taken(folder, *rows: str, header: str = HEADER, **more: Any) -> Evidence:
    data = folder / "data"
    data.mkdir(exist_ok=True)
    (data / "units.csv").write_text(UNITS, encoding="utf-8")
    (data / "counts.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return prepare(run_of(units(), counts(**more)), data, folder / "store", threads=1)


def row(start: str, offered: int, *, queue: str = "", seconds: int | str = 1800, unit: str = "007") -> str:
    return f"{unit},phone,{queue},2024-05-{start},{seconds},{offered},{offered},{offered},0"


def test_counts_are_kept_with_the_limit_that_the_source_declares(tmp_path):
    evidence = taken(tmp_path, "007,phone,,2024-05-01 10:00:00,1800,10,8,7,2")
    assert verdicts(evidence) == []
    held = evidence.frame("interval_counts").iloc[0]
    assert (held["offered"], held["answered_in_time"], held["within_seconds"]) == (10, 7, 20)


def test_who_was_answered_in_time_was_answered_and_who_waits_counts_in_the_next_interval(tmp_path):
    numbers = {
        "10,8,7,2": None,
        "10,8,8,0": None,
        "10,8,7,3": None,
        "10,11,7,": None,
        "10,8,9,2": ("quick", "contradiction"),
        "10,,11,": None,
        "10,,,11": None,
        "10,-1,,": ("answered", "scale"),
        ",1,1,0": ("offered", "scale"),
    }
    rows = [f"007,phone,,2024-05-01 {hour:02}:00:00,1800,{cells}" for hour, cells in enumerate(numbers)]
    faults = [(line, *fault) for line, fault in enumerate(numbers.values(), start=2) if fault]
    assert verdicts(taken(tmp_path, *rows)) == faults


def test_an_interval_is_as_long_as_it_says(tmp_path):
    header = "unit,channel,start,end,seconds,offered"
    columns = {"unit_id": "unit", "channel": "channel", "starts": "start", "ended": "end",
               "length": "seconds", "offered": "offered"}  # fmt: skip
    said = {
        ("2024-05-01 09:30:00", "1800"): "",
        ("2024-05-02 09:29:59", "1800"): "",
        ("2024-05-03 09:29:58", "1800"): "cut short",
        ("2024-05-04 09:30:01", "1800"): "longer",
        ("2024-05-05 09:30:00", ""): "",
        ("", "1800"): "",
        ("", ""): "neither the end nor the length",
        ("2024-05-08 09:00:00", ""): "ends when it starts",
        ("2024-05-09 08:00:00", ""): "before",
        ("", "0"): "above zero",
        ("2024-05-11", ""): "",
    }
    rows = [
        f"007,phone,2024-05-{day:02} 09:00:00,{end},{length},5" for day, (end, length) in enumerate(said, 1)
    ]
    frame = taken(tmp_path, *rows, header=header, columns=columns).quarantine()
    faults = {line: words for line, words in enumerate(said.values(), start=2) if words}
    assert frame["line"].tolist() == list(faults)
    for message, words in zip(frame["message"].str.lower(), faults.values(), strict=True):
        assert words in message


def test_an_interval_that_is_not_over_is_cut_short(tmp_path):
    """The audit looks from the midnight, in UTC, that ends the year."""
    starts = ("2024-12-31 23:00:00", "2024-12-31 23:30:00")
    rows = [f"007,phone,,{start},1800,5,5,5,0" for start in starts]
    late = "NA,phone,,2024-12-31 23:30:01,1800,5,5,5,0"
    evidence = taken(tmp_path, *rows, late, dates={"time_zone": "UTC"})
    assert verdicts(evidence) == [(4, "start", "future")]
    assert "cut short" in evidence.quarantine()["message"].iloc[0]


def test_a_total_at_the_foot_is_called_one(tmp_path):
    feet = [
        ",".join([*("" if cell != place else named for cell in range(4)), "", "20", "20", "20", "0"])
        for named in ("Total", "Grand total:", "TOTALS", "Gesamt", "Summe", "Average", "Total général")
        for place in range(4)
    ]
    evidence = taken(tmp_path, row("01 10:00:00", 20), *feet)
    columns = ["unit", "channel", "queue", "start"] * (len(feet) // 4)
    assert verdicts(evidence) == [(line, column, "overlap") for line, column in enumerate(columns, start=3)]
    assert set(evidence.quarantine()["message"].str.contains("row of totals")) == {True}


def test_a_total_that_does_not_call_itself_one_is_found_by_its_sum(tmp_path):
    halves = [row("01 00:00:00", 3), row("01 00:30:00", 4), row("01 01:00:00", 5)]
    evidence = taken(tmp_path, row("01 00:00:00", 12, seconds=86_400), *halves)
    assert verdicts(evidence) == [(2, "starts", "overlap")]
    assert "row of totals" in evidence.quarantine()["message"].iloc[0]
    assert evidence.frame("interval_counts")["offered"].sum() == 12


def test_where_the_parts_do_not_add_up_nobody_can_tell(tmp_path):
    halves = [row("01 00:00:00", 3), row("01 00:30:00", 4)]
    evidence = taken(tmp_path, row("01 00:00:00", 8, seconds=86_400), *halves, row("02 00:00:00", 9))
    assert verdicts(evidence) == [(line, "starts", "overlap") for line in (2, 3, 4)]
    assert evidence.frame("interval_counts")["offered"].tolist() == [9]


def test_intervals_that_touch_do_not_overlap_and_a_second_more_does(tmp_path):
    touching = [row("01 09:00:00", 3), row("01 09:30:00", 4)]
    over = [row("02 09:00:00", 3, seconds=1801), row("02 09:30:00", 4)]
    assert verdicts(taken(tmp_path, *over, *touching)) == [(2, "starts", "overlap"), (3, "starts", "overlap")]


def test_repeated_rows_are_copies_and_other_counts_of_the_interval_a_contradiction(tmp_path):
    same = row("01 09:00:00", 3)
    evidence = taken(tmp_path, same, same, row("01 09:30:00", 3), row("01 09:30:00", 4))
    reasons = [(line, reason) for line, _, reason in verdicts(evidence)]
    assert reasons == [(3, "identical"), (4, "conflicting"), (5, "conflicting")]


def test_queues_stand_beside_each_other_and_their_sum_is_a_total(tmp_path):
    rows = [row("01 09:00:00", 3, queue="A"), row("01 09:00:00", 4, queue="B"), row("01 09:00:00", 7)]
    evidence = taken(tmp_path, *rows)
    assert verdicts(evidence) == [(4, "starts", "overlap")]
    assert evidence.frame("interval_counts")["offered"].sum() == 7


def test_a_row_of_every_queue_that_is_not_their_sum_takes_all_with_it(tmp_path):
    rows = [row("01 09:00:00", 3, queue="A"), row("01 09:00:00", 4), row("01 09:30:00", 4, queue="A")]
    evidence = taken(tmp_path, *rows)
    assert verdicts(evidence) == [(2, "starts", "overlap"), (3, "starts", "overlap")]


def test_days_of_clock_changes_do_not_overlap_the_days_beside_them(tmp_path):
    """2024-03-31 has 23 hours in Berlin and 2024-10-27 has 25, though reports say 86400 seconds."""
    days = ["03-30", "03-31", "04-01", "10-26", "10-27", "10-28"]
    rows = [f"007,phone,,2024-{day},86400,5,5,5,0" for day in days]
    assert verdicts(taken(tmp_path, *rows)) == []


def test_an_hour_that_comes_twice_is_two_hours(tmp_path):
    rows = [f"007,phone,,2024-10-27 {hour}:00:00,3600,5,5,5,0" for hour in ("00", "01")]
    assert verdicts(taken(tmp_path, *rows, dates={"time_zone": "UTC"})) == []


def test_no_key_of_another_table_holds_a_column_whose_empty_cell_says_something():
    said = {t.name for t in TABLES.values() for name in t.key if t.column(name).empty}
    assert said == {"interval_counts"}


EXPORTED = {
    "header": f"{HEADER},exported",
    "columns": {**NAMED, "exported_on": "exported"},
}


def test_what_another_day_exported_overlaps_nothing_and_what_the_same_day_did_does(tmp_path):
    """Days are kept beside each other; within an export, totals and overlaps are found as ever."""
    rows = [
        f"{row(start, offered, seconds=seconds)},2024-0{month}-01"
        for month in (6, 7)
        for start, offered, seconds in (
            ("01 00:00:00", month, 1800), ("01 00:30:00", 1, 1800), ("01 00:00:00", month + 1, 86_400),
            ("02 09:00:00", 3, 1801), ("02 09:30:00", 4, 1800),
        )
    ]  # fmt: skip
    evidence = taken(tmp_path, *rows, **EXPORTED)
    assert [line for line, _, _ in verdicts(evidence)] == [4, 5, 6, 9, 10, 11]
    assert sorted(evidence.frame("interval_counts")["offered"]) == [1, 1, 6, 7]


def test_no_part_of_those_given_up_is_more_than_all_of_them(tmp_path):
    """Three given up after a short wait where none was given up: the columns contradict each other."""
    header, columns = f"{HEADER},short", {**NAMED, "abandoned_short": "short"}
    rows = [f"{row(f'0{day} 09:00:00', 5)},{short}" for day, short in ((1, 0), (2, 3))]
    evidence = taken(tmp_path, *rows, header=header, columns=columns)
    assert verdicts(evidence) == [(3, "short", "contradiction")]
