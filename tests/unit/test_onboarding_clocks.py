"""check on the night the clocks go back: two rows of one local time are asked about as two hours."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditlib.onboarding.check import check

ROOT = Path(__file__).parents[2]
RUN = """audit: night
party: {name: Night}
period: {start: 2025-10-01, end: 2025-10-31}
as_of: 2025-11-01T00:00:00Z
sources:
  - {table: units, form: csv, file: units.csv, columns: {unit_id: unit}}
  - table: interval_counts
    form: csv
    file: counts.csv
    dates: {time_zone: Europe/Copenhagen}
    columns: {unit_id: unit, starts: start, offered: n}
    constants: {channel: phone, length: "1800"}
notebooks: {01_intake: {}}
"""
ROWS = ("Hill,2025-10-26 02:00:00,2", "Hill,2025-10-26 02:00:00,7", "Hill,2025-10-27 02:00:00,1")


@pytest.mark.parametrize("ambiguous", ["earlier", "in_order"])
def test_two_rows_of_an_hour_that_came_twice_are_asked_about_as_hours(tmp_path: Path, ambiguous: str) -> None:
    (tmp_path / "units.csv").write_text("unit\nHill\n", encoding="utf-8")
    (tmp_path / "counts.csv").write_text("\n".join(("unit,start,n", *ROWS, "")), encoding="utf-8")
    text = RUN.replace("Copenhagen}", f"Copenhagen, ambiguous: {ambiguous}}}")
    (tmp_path / "run.yaml").write_text(text, encoding="utf-8")
    for part in ("notebooks", "params"):
        (tmp_path / part).symlink_to(ROOT / part)
    report = check(tmp_path / "run.yaml", data=tmp_path, store=tmp_path / "store")
    if ambiguous == "in_order":
        assert report.aside == ()
        return
    (problem,) = report.aside
    assert "2 of 3 rows in quarantine for conflicting" in problem.message
    assert "clocks were put back" in problem.message
    assert "dates: {ambiguous: in_order}" in problem.remedy
    assert problem.line == 10


def test_an_hour_that_stands_once_is_asked_for_and_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text("unit\nHill\n", encoding="utf-8")
    (tmp_path / "counts.csv").write_text("\n".join(("unit,start,n", *ROWS[1:], "")), encoding="utf-8")
    text = RUN.replace("Copenhagen}", "Copenhagen, ambiguous: in_order}")
    (tmp_path / "run.yaml").write_text(text, encoding="utf-8")
    for part in ("notebooks", "params"):
        (tmp_path / part).symlink_to(ROOT / part)
    report = check(tmp_path / "run.yaml", data=tmp_path, store=tmp_path / "store")
    (problem,) = report.aside
    assert "1 of 2 rows in quarantine for time" in problem.message
    assert "ambiguous: in_order" in problem.message
    assert "a row for each of the two, 0 where no contact came" in problem.remedy
    assert problem.line == 10
