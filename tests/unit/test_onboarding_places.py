"""check foresees a unit whose place no calendar of its duties knows: unit, file, line, and what to write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from auditlib.errors import DataError, Problem
from auditlib.onboarding.check import CheckReport, check
from auditlib.runs.events import Event, Planned
from auditlib.runs.performing import perform
from auditlib.runs.steps import Options

ROOT = Path(__file__).parents[2]
RUN = """audit: small
party: {name: Three sites}
period: {start: 2025-03-01, end: 2025-03-31}
as_of: 2025-04-01T00:00:00Z
policies: [POLICY]
sources:
  - table: units
    form: csv
    file: units.csv
    columns: {unit_id: unit, country: Land, subdivision: Part}
notebooks: {01_intake: {}}
"""
GOOD = ("A,DE,DE-BY", "B,GB,SCT", "C,CH,")


def checked(
    folder: Path,
    *units: str,
    run: str = RUN,
    policy: str = "escalation@2025",
    calendar: str = "business",
    change: tuple[str, str] = ("", ""),
) -> CheckReport:
    """Check a project whose register holds `units`."""
    (folder / "units.csv").write_text("\n".join(("unit,Land,Part", *units, "")), encoding="utf-8")
    (folder / "run.yaml").write_text(run.replace("POLICY", policy), encoding="utf-8")
    (folder / "notebooks").symlink_to(ROOT / "notebooks")
    (folder / "params" / "policies").mkdir(parents=True)
    for part in ("calendars", "standards"):
        (folder / "params" / part).symlink_to(ROOT / "params" / part)
    file = Path("params", "policies", f"{policy.partition('@')[0]}.yaml")
    text = (ROOT / file).read_text(encoding="utf-8")
    (folder / file).write_text(
        text.replace("calendar: 24x7", f"calendar: {calendar}").replace(*change), encoding="utf-8"
    )
    return check(folder / "run.yaml", data=folder, store=folder / "store")


def problems(folder: Path, *units: str, **more: Any) -> tuple[Problem, ...]:
    return checked(folder, *units, **more).problems


@pytest.mark.parametrize("policy", ["escalation@2025", "service_promises@2025"])
def test_units_in_known_places_raise_no_question(tmp_path: Path, policy: str) -> None:
    assert problems(tmp_path, *GOOD, policy=policy) == ()


@pytest.mark.parametrize(
    ("wrong", "column", "said", "remedy"),
    [
        ("D,DE,DE-BX", "Part", "'DE-BX' is no subdivision of DE", "Known are: BB,"),
        ("D,UX,", "Land", "country 'UX'", "Did you mean"),
    ],
)
def test_a_wrong_place_is_named_with_unit_file_line_and_what_to_write(
    tmp_path: Path, wrong: str, column: str, said: str, remedy: str
) -> None:
    (problem,) = problems(tmp_path, *GOOD, wrong)
    assert (problem.file, problem.line, problem.column) == ("units.csv", 5, column)
    assert "1 unit (D in line 5)" in problem.message
    assert said in problem.message
    assert remedy in problem.remedy


def test_units_that_share_a_mistake_share_a_question(tmp_path: Path) -> None:
    first, second = problems(tmp_path, "A,DE,XX", "B,DE,XX", "C,UX,")
    assert "1 unit (C in line 4)" in first.message
    assert "2 units (A in line 2, B in line 3)" in second.message


@pytest.mark.parametrize("unit", ["D,,", "D,,BY"])
def test_a_unit_without_a_country_is_told_and_stops_nothing(tmp_path: Path, unit: str) -> None:
    report = checked(tmp_path, *GOOD, unit)
    (note,) = (note for note in report.notes if "no country" in note)
    assert report.exit_code == 0
    assert note.startswith("units.csv, line 5, column Land: 1 unit (D in line 5): no country, and calendar")
    assert "what is owed there will not be judged. Write its ISO 3166 alpha-2 code, such as DE." in note


def test_a_country_that_no_column_gives_is_asked_for_in_the_run_file(tmp_path: Path) -> None:
    report = checked(tmp_path, *GOOD, run=RUN.replace(", country: Land, subdivision: Part", ""))
    (note,) = (note for note in report.notes if "no country" in note)
    assert report.exit_code == 0
    assert f"{tmp_path.as_posix()}/run.yaml, line 10" in note
    assert "Map country" in note


@pytest.mark.parametrize("wrong", ["D,UX,", "D,DE,DE-BX"])
def test_a_run_refuses_what_check_refuses_in_the_same_words_before_its_first_notebook(
    tmp_path: Path, wrong: str
) -> None:
    report, told = checked(tmp_path, *GOOD, wrong), list[Event]()
    options = Options(data=tmp_path, outputs=tmp_path / "outputs")
    with pytest.raises(DataError) as refused:
        perform(tmp_path / "run.yaml", options=options, notify=told.append)
    assert refused.value.problems == report.problems
    assert refused.value.exit_code == report.exit_code == 3
    assert not [event for event in told if isinstance(event, Planned)]


def test_a_constant_that_is_no_country_is_named_where_it_stands(tmp_path: Path) -> None:
    run = RUN.replace("country: Land, subdivision: Part}", "name: Part}\n    constants: {country: XX}")
    (problem,) = problems(tmp_path, *GOOD, run=run)
    assert (problem.file.endswith("run.yaml"), problem.line) == (True, 11)


def test_a_calendar_without_holidays_of_the_units_asks_for_no_place(tmp_path: Path) -> None:
    assert problems(tmp_path, "D,,", policy="complaint_limits@2025", calendar="24x7") == ()


@pytest.mark.parametrize("policy", ["complaint_limits@2025", "incident_resolution@2025"])
def test_the_clocks_of_a_desk_run_on_the_calendar_of_each_units_place(tmp_path: Path, policy: str) -> None:
    assert problems(tmp_path, *GOOD, policy=policy) == ()


def test_a_desk_asks_for_the_place_of_its_units_as_every_duty_does(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, *GOOD, "D,UX,", policy="complaint_limits@2025")
    assert (problem.file, problem.line, problem.column) == ("units.csv", 5, "Land")


@pytest.mark.parametrize(("wrong", "asked"), [("D,,", 0), ("D,DE,XX", 1)])
def test_a_calendar_that_a_flag_is_only_tried_on_asks_no_unit_for_its_country(
    tmp_path: Path, wrong: str, asked: int
) -> None:
    tried = ("probe: [24x7, weekdays, desk]", "probe: [24x7, business]")
    policy = "incident_resolution@2025"
    report = checked(tmp_path, *GOOD, wrong, policy=policy, calendar="24x7", change=tried)
    assert len(report.problems) == asked
    assert not [note for note in report.notes if "no country" in note]
