"""A day that the run file gives for all rows is read as run files write days, whatever the cells."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_evidence_arranged import taken
from test_evidence_scaled import HEAD, TAIL

from auditlib.errors import ParameterError
from auditlib.parameters.checks import load_run

ROWS = "Site,Start,Offered\nHill,{start},5\n"
DAY = 20_395
"""3 November 2025."""


@pytest.mark.parametrize(
    ("formats", "start", "day"),
    [
        ('"%d.%m.%Y %H:%M"', "01.10.2025 09:00", "2025-11-03"),
        ('"%d.%m.%Y %H:%M", "%d.%m.%Y"', "01.10.2025 09:00", "03.11.2025"),
        ('"%Y-%m-%dT%H:%M:%S%z"', "2025-10-01T09:00:00+02:00", "2025-11-03"),
        ("epoch_seconds", "1759302000", "2025-11-03"),
    ],
)
def test_a_constant_day_needs_no_format_of_the_cells(
    tmp_path: Path, formats: str, start: str, day: str
) -> None:
    head = HEAD.replace("dates: {time_zone: UTC}", f"dates: {{time_zone: UTC, formats: [{formats}]}}")
    head = head.replace('length: "1800"', f'length: "1800", exported_on: "{day}"')
    evidence = taken(tmp_path, load_run(head + TAIL, name="run.yaml"), counts=ROWS.format(start=start))
    assert evidence.frame("interval_counts")["exported_on"].tolist() == [DAY]


def test_how_a_constant_is_written_may_be_said(tmp_path: Path) -> None:
    head = HEAD.replace('length: "1800"', 'length: "1800", exported_on: "11/03/2025"')
    head = head.replace("    dates:", '    dates_of: {exported_on: {formats: ["%m/%d/%Y"]}}\n    dates:')
    evidence = taken(
        tmp_path, load_run(head + TAIL, name="run.yaml"), counts=ROWS.format(start="2025-10-01 09:00:00")
    )
    assert evidence.frame("interval_counts")["exported_on"].tolist() == [DAY]


def test_what_stands_for_a_constant_is_refused_and_so_are_dates_of_nothing() -> None:
    for key in ("stands_for: {exported_on: the day it came}", 'dates_of: {ended: {formats: ["%Y"]}}'):
        head = HEAD.replace('length: "1800"', 'length: "1800", exported_on: "2025-11-03"')
        with pytest.raises(ParameterError, match="to which no column is mapped"):
            load_run(head.replace("    dates:", f"    {key}\n    dates:") + TAIL, name="run.yaml")
