"""Numbers that a source counts in another unit than the canonical column: a declared factor."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_evidence_arranged import taken

from auditlib.errors import ParameterError
from auditlib.parameters.checks import load_run
from auditlib.parameters.run import Run

HEAD = """\
audit: words
party: {name: Words}
period: {start: 2025-01-01, end: 2025-12-31}
as_of: 2026-01-31T18:00:00Z
sources:
  - table: units
    form: csv
    file: units.csv
    columns: {unit_id: site}
  - table: interval_counts
    form: csv
    file: counts.csv
    dates: {time_zone: UTC}
    constants: {channel: phone, length: "1800"}
    columns:
      unit_id: Site
      starts: Start
      offered: Offered
"""
TAIL = "notebooks: {01_intake: {}}\n"
ROWS = "Site,Start,Offered,Minutes,Percent,Handled\n"


def run_of(*lines: str) -> Run:
    return load_run(HEAD + "".join(f"      {line}\n" for line in lines) + TAIL, name="scaled.yaml")


def counts(*cells: str) -> str:
    rows = [f"Hill,2025-03-0{day} 09:00:00,10,{cell}\n" for day, cell in enumerate(cells, 1)]
    return ROWS + "".join(rows)


SCALED = (
    "mean_wait: {column: Minutes, scale: 60}",
    "abandoned_share: {column: Percent, scale: 0.01}",
    "handle_seconds: {column: Handled, scale: 60}",
)


def test_minutes_become_seconds_and_percentages_shares(tmp_path: Path) -> None:
    """2.51 minutes are 150.6 seconds: a count of seconds is rounded."""
    evidence = taken(tmp_path, run_of(*SCALED), counts=counts("1.5,27,2.51", "12,0,0", ",,", "0,100,1"))
    frame = evidence.frame("interval_counts")
    assert frame["mean_wait"].fillna(-1).tolist() == [90.0, 720.0, -1.0, 0.0]
    assert frame["abandoned_share"].fillna(-1).round(12).tolist() == [0.27, 0.0, -1.0, 1.0]
    assert frame["handle_seconds"].fillna(-1).tolist() == [151, 0, -1, 60]


@pytest.mark.parametrize(
    ("cells", "column"),
    [("1,27,x", "Handled"), ("1,101,1", "Percent"), ("x,27,1", "Minutes"), ("1,27,-1", "Handled")],
)  # fmt: skip
def test_a_product_is_held_to_the_rules_of_its_column(tmp_path: Path, cells: str, column: str) -> None:
    quarantine = taken(tmp_path, run_of(*SCALED), counts=counts(cells)).quarantine()
    assert quarantine["column"].tolist() == [column]


@pytest.mark.parametrize(
    ("line", "at", "message"),
    [
        ("queue: {column: Percent, scale: 60}", 19, "'queue' holds no plain numbers"),
        ("mean_wait: {column: Minutes, scale: 0}", 19, "'scale' must be above 0; found the number 0"),
        ("queue: {join: [Site, Start], scale: 2}", 19, "'scale' belongs to a column of numbers"),
    ],
)
def test_a_factor_that_cannot_be_is_refused_where_it_stands(line: str, at: int, message: str) -> None:
    with pytest.raises(ParameterError) as refused:
        run_of(line)
    assert message in str(refused.value)
    assert f"scaled.yaml, line {at}, " in str(refused.value)


MONTHLY = """\
audit: words
party: {name: Words}
period: {start: 2025-01-01, end: 2025-12-31}
as_of: 2026-01-31T18:00:00Z
sources:
  - table: units
    form: csv
    file: units.csv
    columns: {unit_id: site}
  - table: interval_counts
    form: csv
    file: counts.csv
    dates_of:
      starts: {formats: ["%Y%m", "%Y-%m-%d"], of_month: first}
      ended: {formats: ["%Y%m", "%Y-%m-%d"], of_month: last}
    constants: {channel: phone}
    columns: {unit_id: Site, starts: Month, ended: Month, offered: Offered}
notebooks: {01_intake: {}}
"""


def test_a_column_that_names_a_month_says_when_it_starts_and_when_it_ends(tmp_path: Path) -> None:
    """February has 28 days, and months that follow one another do not overlap."""
    text = "Site,Month,Offered\nHill,202502,5\nHill,202503,5\nHill,2025-04-17,5\nHill,2025-13,5\n"
    evidence = taken(tmp_path, load_run(MONTHLY, name="m.yaml"), counts=text)
    frame = evidence.frame("interval_counts")
    assert (frame["ended_day"] - frame["starts_day"] + 1).tolist() == [28, 31, 30]
    assert set(frame["ended_second"]) == set(frame["starts_second"]) == {-1}
    assert evidence.quarantine()["line"].unique().tolist() == [5]


def test_without_a_month_that_is_meant_a_format_needs_a_day() -> None:
    with pytest.raises(ParameterError, match="'%Y%m' is no date format"):
        load_run(MONTHLY.replace(", of_month: first", ""), name="m.yaml")


SECONDS = "handle_seconds: Handled"


@pytest.mark.parametrize(
    ("decimal", "cells", "seconds"),
    [
        (".", ["243.5", "243.4", '"1,234"', '"1,234.6"', "0", ""], [244, 243, 1234, 1235, 0, None]),
        (",", ['"243,5"', '"243,4"', "1.234", '"1.234,6"', "0", ""], [244, 243, 1234, 1235, 0, None]),
    ],
)
def test_a_sum_of_seconds_is_no_count_and_its_decimals_are_rounded(
    tmp_path: Path, decimal: str, cells: list[str], seconds: list[int | None]
) -> None:
    head = HEAD.replace(
        "    file: counts.csv\n", f"    file: counts.csv\n    dialect: {{decimal: '{decimal}'}}\n"
    )
    run = load_run(f"{head}      {SECONDS}\n{TAIL}", name="seconds.yaml")
    evidence = taken(tmp_path, run, counts=counts(*(f",,{cell}" for cell in cells)))
    assert len(evidence.quarantine()) == 0
    read = evidence.frame("interval_counts")["handle_seconds"]
    assert [None if value != value else int(value) for value in read] == seconds


@pytest.mark.parametrize("cell", ["-1", "4:03", "243.5 s"])
def test_what_is_no_sum_of_seconds_is_in_quarantine(tmp_path: Path, cell: str) -> None:
    evidence = taken(tmp_path, run_of(SECONDS), counts=counts(f",,{cell}"))
    assert len(evidence.quarantine()) == 1
