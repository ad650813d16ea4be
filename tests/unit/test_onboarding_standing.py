"""check asks before a run judges: files of which nothing could be kept, and words nobody knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditlib.onboarding.check import CheckReport, check

ROOT = Path(__file__).parents[2]
FIELD = ROOT.parent / "shared" / "field"
RUN = """audit: small
party: {name: One site}
period: {start: 2025-03-01, end: 2025-03-31}
as_of: 2025-04-01T00:00:00Z
sources:
  - {table: units, form: csv, file: units.csv, columns: {unit_id: unit}}
  - table: complaints
    form: csv
    file: complaints.csv
    columns: {complaint_id: id, unit_id: unit, received: at, severity: grade}
  - table: complaint_events
    form: csv
    file: events.csv
    dates:
      formats: ["%Y-%m-%d %H:%M"]
    columns: {event_id: id, complaint_id: case, occurred: at, state: state}
notebooks: {01_intake: {}}
"""


def checked(
    folder: Path, *, run: str = RUN, grade: str = "high", state: str = "resolved", at: str
) -> CheckReport:
    (folder / "units.csv").write_text("unit\nA\n", encoding="utf-8")
    row = f"C1,A,2025-03-02 10:00,{grade}\n"
    (folder / "complaints.csv").write_text(f"id,unit,at,grade\n{row}", encoding="utf-8")
    (folder / "events.csv").write_text(f"id,case,at,state\nE1,C1,{at},{state}\n", encoding="utf-8")
    (folder / "run.yaml").write_text(run, encoding="utf-8")
    (folder / "notebooks").symlink_to(ROOT / "notebooks")
    (folder / "params").symlink_to(ROOT / "params")
    return check(folder / "run.yaml", data=folder, store=folder / "store")


SOON = "2025-03-03 10:00"


def test_known_words_and_readable_rows_raise_no_question(tmp_path: Path) -> None:
    assert checked(tmp_path, at=SOON).problems == ()


def test_an_unknown_state_is_asked_about_where_it_is_mapped(tmp_path: Path) -> None:
    report = checked(tmp_path, state="reolved", at=SOON)
    (problem,) = report.parameters
    assert report.exit_code == 2
    assert problem.line == 16
    assert "'reolved'" in problem.message
    assert "{reolved: resolved}" in problem.remedy


def test_an_unknown_severity_is_asked_about(tmp_path: Path) -> None:
    (problem,) = checked(tmp_path, grade="P1", at=SOON).parameters
    assert (problem.line, "'P1'" in problem.message) == (10, True)


def test_a_word_declared_as_itself_is_not_asked_about(tmp_path: Path) -> None:
    declared = RUN.replace("state: state}", "state: state}\n    values: {state: {parked: parked}}")
    assert checked(tmp_path, run=declared, state="parked", at=SOON).problems == ()


def test_a_file_without_a_kept_row_shows_its_first_cell_and_what_is_declared(tmp_path: Path) -> None:
    report = checked(tmp_path, at="03.03.2025 10:00")
    (problem,) = report.data
    assert report.exit_code == 3
    assert problem.line == 15
    assert "no row of complaint_events" in problem.message
    for said in ("line 2, column 'at'", "'03.03.2025 10:00'", "'%Y-%m-%d %H:%M'"):
        assert said in problem.message
    assert report.totals[2].rows_kept == 0


def test_sources_declared_soundly_are_counted_beside_one_that_is_not(tmp_path: Path) -> None:
    """As with a column that only a person can name: it is open, and the rest is read all the same."""
    report = checked(tmp_path, run=RUN.replace(", state: state}", "}  # DECIDE: which is state?"), at=SOON)
    assert [(each.file, each.rows_kept) for each in report.totals] == [
        ("units.csv", 1),
        ("complaints.csv", 1),
    ]
    assert report.exit_code == 2
    assert [(each.line, each.message) for each in report.undecided] == [(16, "which is state?")]
    assert any("state" in problem.message for problem in report.parameters)


def test_nothing_is_counted_beside_a_wrong_register_of_units(tmp_path: Path) -> None:
    report = checked(tmp_path, run=RUN.replace("{unit_id: unit}", "{nme: unit}"), at=SOON)
    assert (report.totals, report.exit_code) == ((), 2)


@pytest.mark.parametrize(
    ("name", "code", "line", "remedy"),
    [
        ("03-states-in-other-words", 2, 14, "Say what they mean"),
        ("13-everything-set-aside", 3, 11, "'%d.%m.%Y %H:%M' fits all of them"),
    ],
)
def test_inputs_from_the_field(name: str, code: int, line: int, remedy: str, tmp_path: Path) -> None:
    if not (FIELD / name).is_dir():
        pytest.skip(f"{FIELD / name} is not here")
    for file in (FIELD / name).iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    (tmp_path / "params").symlink_to(ROOT / "params")
    report = check(tmp_path / "run.yaml", data=tmp_path, store=tmp_path / "store")
    assert (report.exit_code, report.problems[0].line) == (code, line)
    assert remedy in report.problems[0].remedy
