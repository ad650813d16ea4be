"""check guesses which counts leave out what another column tells, and writes the sums that mend it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from auditlib.onboarding.check import CheckReport, check

ROOT = Path(__file__).parents[2]
RUN = """audit: small
party: {{name: A utility}}
period: {{start: 2025-03-01, end: 2025-03-31}}
as_of: 2025-04-01T00:00:00Z
sources:
  - {{table: units, form: csv, file: units.csv, columns: {{unit_id: unit}}}}
  - table: interval_counts
    form: csv
    file: counts.csv
    columns: {{unit_id: unit, starts: start, offered: came, answered: taken, abandoned: {abandoned}{more}}}
    constants: {{channel: phone, length: "1800"}}
notebooks: {{01_intake: {{}}}}
"""
HEADER = "unit,start,came,taken,lost,brief"
SHORT = ", abandoned_short: brief"
ROWS = [(day % 7 + 3, day % 3, day % 4 if day % 2 else 0) for day in range(1, 29)]
"""Answered, given up after a longer wait, given up after a short one."""

Layout = Callable[[int, int, int], tuple[int, int]]


def checked(
    folder: Path, layout: Layout, *, more: str = "", abandoned: str = "lost", header: str = HEADER
) -> CheckReport:
    """Check counts of which `layout` says how many came and were lost, by answered, long and short waits."""
    (folder / "units.csv").write_text("unit\nHill\n", encoding="utf-8")
    lines = [header]
    for day, (taken, long, brief) in enumerate(ROWS, 1):
        came, lost = layout(taken, long, brief)
        lines.append(f"Hill,2025-03-{day:02} 09:00:00,{came},{taken},{lost},{brief}")
    (folder / "counts.csv").write_text("\n".join((*lines, "")), encoding="utf-8")
    (folder / "run.yaml").write_text(RUN.format(more=more, abandoned=abandoned), encoding="utf-8")
    for part in ("notebooks", "params"):
        (folder / part).symlink_to(ROOT / part)
    return check(folder / "run.yaml", data=folder, store=folder / "store")


def without(taken: int, long: int, brief: int) -> tuple[int, int]:
    return taken + long, long


def half_without(taken: int, long: int, brief: int) -> tuple[int, int]:
    return taken + long + brief, long


def lost_alone(taken: int, long: int, brief: int) -> tuple[int, int]:
    return taken + long, long + brief


def neither(taken: int, long: int, brief: int) -> tuple[int, int]:
    return taken + long + brief + long % 2, long


@pytest.mark.parametrize(
    ("layout", "sums", "added"),
    [
        (without, "columns: {offered: {sum: [came, brief]}, abandoned: {sum: [lost, brief]}}", "without it"),
        (half_without, "columns: {abandoned: {sum: [lost, brief]}}", "with it"),
    ],
)
def test_short_waits_that_are_no_part_of_those_given_up(
    tmp_path: Path, layout: Layout, sums: str, added: str
) -> None:
    (remedy,) = {problem.remedy for problem in checked(tmp_path, layout, more=SHORT).aside}
    assert remedy.startswith("'brief' is more than 'lost' and so no part of it: in ")
    assert f"adds up to those offered {added}. Where" in remedy
    assert f"write {sums}; ask the client" in remedy


def test_the_sums_it_writes_mend_it(tmp_path: Path) -> None:
    report = checked(tmp_path, half_without, more=SHORT, abandoned="{sum: [lost, brief]}")
    assert not report.aside
    assert not [note for note in report.notes if "counts.csv: in" in note]
    assert report.totals[1].rows_kept == len(ROWS)


def test_counts_that_nothing_explains_are_left_to_the_client(tmp_path: Path) -> None:
    report = checked(tmp_path, neither, more=SHORT)
    assert {"No setting mends it." in problem.remedy for problem in report.aside} == {True}
    assert not [note for note in report.notes if "counts.csv: in" in note]


GAVE_UP = (
    "Where these gave up, too, write columns: {abandoned: {sum: [lost, brief]}}; "
    "where they were passed on to another queue, columns: {flowed_out: brief}; ask the client."
)
UNCOUNTED = (
    "Where those offered are counted without these, write columns: {offered: {sum: [came, brief]}}; ask"
)


@pytest.mark.parametrize(("layout", "said"), [(half_without, GAVE_UP), (lost_alone, UNCOUNTED)])
def test_a_column_that_nothing_maps_explains_what_the_counts_miss(
    tmp_path: Path, layout: Layout, said: str
) -> None:
    (note,) = [note for note in checked(tmp_path, layout).notes if note.startswith("counts.csv: in")]
    assert "by exactly what 'brief' holds" in note
    assert said in note


def test_a_column_of_short_waits_that_nothing_maps_is_named(tmp_path: Path) -> None:
    """Honest counts without short waits add up: nothing but the name of the other column says it."""
    report = checked(tmp_path, without, header="unit,start,came,taken,lost,short abandons")
    (note,) = [note for note in report.notes if note.startswith("counts.csv:")]
    assert "'short abandons' is called as those who gave up after a short wait are" in note
    assert "columns: {abandoned_short: short abandons}" in note


def test_counts_that_add_up_are_not_spoken_of(tmp_path: Path) -> None:
    assert not [note for note in checked(tmp_path, without).notes if note.startswith("counts.csv: in")]
