"""What check says of interval counts that were exported twice: the day of export, first and shortly."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from auditlib.onboarding.check import CheckReport, check

ROOT = Path(__file__).parents[2]
RUN = """audit: small
party: {{name: A utility}}
period: {{start: 2025-10-01, end: 2025-10-31}}
as_of: 2025-11-04T00:00:00Z
sources:
  - {{table: units, form: csv, file: units.csv, columns: {{unit_id: unit}}}}
{sources}notebooks: {{01_intake: {{}}}}
"""
SOURCE = """  - table: interval_counts
    form: csv
    file: {file}
{once}    columns:
      unit_id: unit
      queue: queue
      starts: start
      offered: offered
      answered: answered
      answered_in_time: prompt
    constants: {{channel: phone, length: "{length}", within_seconds: "30"{more}}}
"""
HEADER = "unit,queue,start,offered,answered,prompt"
FIRST = [f"Hill,main,2025-10-{day:02} 09:00:00,12,11,10" for day in range(1, 29)]
SECOND = [*FIRST[20:24], "Hill,main,2025-10-25 09:00:00,12,12,10", "Hill,main,2025-10-26 09:00:00,12,10,12"]


def source(file: str, *, once: bool = False, length: int = 900, more: str = "") -> str:
    return SOURCE.format(file=file, once="    once: true\n" if once else "", length=length, more=more)


def checked(folder: Path, *sources: str, first: Sequence[str] = FIRST) -> CheckReport:
    (folder / "units.csv").write_text("unit\nHill\n", encoding="utf-8")
    for file, rows in (("early.csv", first), ("late.csv", SECOND)):
        (folder / file).write_text("\n".join((HEADER, *rows, "")), encoding="utf-8")
    (folder / "run.yaml").write_text(RUN.format(sources="".join(sources)), encoding="utf-8")
    for part in ("notebooks", "params"):
        (folder / part).symlink_to(ROOT / part)
    return check(folder / "run.yaml", data=folder, store=folder / "store")


def remedies(report: CheckReport, reason: str) -> list[str]:
    problems = (*report.aside, *report.data)
    return [problem.remedy for problem in problems if f"in quarantine for {reason}" in problem.message]


def test_a_repeated_export_is_asked_for_its_day_first(tmp_path: Path) -> None:
    report = checked(tmp_path, source("early.csv"), source("late.csv"))
    for reason in ("identical", "conflicting"):
        said = remedies(report, reason)
        assert said
        assert all("once" not in remedy for remedy in said)
        other = {remedy.partition(", too. Where it is an export")[0] for remedy in said}
        assert other <= {f"These intervals are counted by {name}.csv" for name in ("early", "late")}
        assert all('exported_on: "YYYY-MM-DD"' in remedy for remedy in said)


def test_several_exports_in_a_file_have_a_column_of_their_day(tmp_path: Path) -> None:
    report = checked(tmp_path, source("early.csv"), first=[*FIRST, FIRST[3]])
    (said,) = remedies(report, "identical")
    assert said.startswith(
        "Where the file holds several exports, map the day of each first: columns: {exported_on: ...}"
    )
    assert "once" not in said


def test_exports_that_overlap_are_listed_shortly_and_their_columns_are_not_called_swapped(
    tmp_path: Path,
) -> None:
    report = checked(tmp_path, source("early.csv"), source("late.csv", once=True, length=1800))
    (said, *_) = remedies(report, "overlap")
    assert "exported_on" in said
    assert len(report.aside) + len(report.data) < 10
    assert not any("swapped" in problem.remedy for problem in (*report.aside, *report.data))


def test_many_reasons_of_a_source_are_counted_and_not_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auditlib.onboarding.set_aside.MOST_REASONS", 1)
    bad = [
        "Dale,main,2025-10-02 10:00:00,3,2,1",
        "Hill,main,soon,3,2,1",
        "Hill,main,2025-10-03 10:00:00,x,2,1",
    ]
    report = checked(tmp_path, source("early.csv"), first=[*FIRST, *bad])
    assert len(report.aside) == 2
    assert "2 further reasons for 2 rows" in report.aside[-1].message
